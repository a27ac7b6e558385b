//! NVIDIA's assembler, where it is installed: the proof that what is written is PTX.
//! Nothing needs it, and it is never part of this project.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// The architectures that everything is to assemble for: the oldest that is
/// supported, an H100's or H200's, a B200's.
pub const ARCHITECTURES: [&str; 3] = ["sm_80", "sm_90", "sm_100"];

/// The assembler. `pip install nvidia-cuda-nvcc` has it.
#[derive(Clone, Debug)]
pub struct Ptxas {
    program: PathBuf,
}

impl Ptxas {
    /// The one that the variable `PTXAS` names, or that is found on the path.
    ///
    /// # Errors
    ///
    /// There is none that starts.
    pub fn find() -> Result<Ptxas, String> {
        let program = std::env::var_os("PTXAS").unwrap_or_else(|| OsString::from("ptxas"));
        let program = PathBuf::from(program);
        let started = Command::new(&program)
            .arg("--version")
            .stdin(Stdio::null())
            .output();
        match started {
            Ok(output) if output.status.success() => Ok(Ptxas { program }),
            Ok(output) => Err(format!("{}: {}", program.display(), output.status)),
            Err(error) => Err(format!(
                "{}: {error}; `pip install nvidia-cuda-nvcc` has ptxas, and the variable PTXAS names it",
                program.display()
            )),
        }
    }

    /// Assembles for one architecture, as `sm_90`; the binary.
    ///
    /// # Errors
    ///
    /// What the assembler says of the text, or what went wrong with files.
    pub fn assemble(&self, text: &str, architecture: &str) -> Result<Vec<u8>, String> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tensor-wasm-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let assembled = std::fs::create_dir(&folder)
            .map_err(|error| format!("{}: {error}", folder.display()))
            .and_then(|()| self.assemble_in(&folder, text, architecture));
        // Temporary: that it stays is no reason to fail.
        let _ = std::fs::remove_dir_all(&folder);
        assembled
    }

    fn assemble_in(
        &self,
        folder: &Path,
        text: &str,
        architecture: &str,
    ) -> Result<Vec<u8>, String> {
        let (source, binary) = (folder.join("k.ptx"), folder.join("k.cubin"));
        let failed = |error: io::Error| format!("{}: {error}", folder.display());
        std::fs::write(&source, text).map_err(failed)?;
        let output = Command::new(&self.program)
            .args(["-arch", architecture, "-o"])
            .args([&binary, &source])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{architecture}: {}", said.trim()));
        }
        std::fs::read(&binary).map_err(failed)
    }
}
