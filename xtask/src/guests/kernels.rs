//! Kernels of suite `gpu` in C: one source for each fixture. What the fixture must
//! do stands in the source's first lines, behind `//!`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::build;
use super::sources;
use super::toolchain::Toolchain;

/// Where the sources lie, and what becomes of them.
const FOLDER: &str = "suites/gpu/c";

/// The pointer to the stack must have a name: each thread gets a stack of its own.
/// The memory is large enough for `BUFFERS` of `gpu.h` and what lies behind.
const LDFLAGS: &[&str] = &[
    "-Wl,--no-entry",
    "-Wl,--strip-all",
    "-Wl,--export=__stack_pointer",
    "-Wl,-z,stack-size=16384",
    "-Wl,--initial-memory=1048576",
];

/// A fixture with a source in C.
pub(super) struct Kernel {
    name: String,
    /// `suites/gpu/c` of the workspace.
    folder: PathBuf,
    /// Relative to it.
    source: PathBuf,
}

impl Kernel {
    pub(super) fn id(&self) -> String {
        format!("gpu/{}", self.name)
    }

    pub(super) fn source(&self) -> &Path {
        &self.source
    }

    /// Where the fixture is committed, relative to the workspace.
    pub(super) fn output(&self) -> PathBuf {
        Path::new(FOLDER).join(format!("{}.wat", self.name))
    }

    /// The fixture's text.
    pub(super) fn build(&self, tools: &Toolchain, scratch: &Path) -> anyhow::Result<Vec<u8>> {
        let folder = scratch.join("gpu");
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let output = folder.join(format!("{}.wasm", self.name));
        let mut zig = tools.zig();
        zig.current_dir(&self.folder).arg("cc");
        zig.args(build::FREESTANDING)
            .arg(build::FREESTANDING_FEATURES);
        zig.args(build::WARNINGS).args(LDFLAGS);
        zig.arg("-o").arg(&output).arg(&self.source);
        build::quiet(&mut zig, "zig cc")?;
        let path = self.folder.join(&self.source);
        let source = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let header = header(&source);
        if header.is_empty() {
            bail!(
                "{} does not begin with `//!` and what it must do",
                path.display()
            );
        }
        let module = wasmprinter::print_bytes(build::read(&output)?)?;
        let from = self.source.display();
        Ok(
            format!("{header}\n;; From {from}: `cargo xtask guests --bless` writes it.\n{module}")
                .into_bytes(),
        )
    }
}

/// The first lines of a source as those of a fixture.
fn header(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| format!(";;!{line}\n")).collect()
}

/// All kernels that have a source, by name.
pub(super) fn find(root: &Path) -> anyhow::Result<Vec<Kernel>> {
    let folder = root.join(FOLDER);
    let names = sources::names(&folder, "c")?;
    let kernels = names.into_iter().map(|name| Kernel {
        source: PathBuf::from(format!("{name}.c")),
        folder: folder.clone(),
        name,
    });
    Ok(kernels.collect())
}

/// Committed fixtures that no source makes, relative to the workspace.
pub(super) fn orphans(root: &Path, kernels: &[Kernel]) -> anyhow::Result<Vec<PathBuf>> {
    let names = sources::names(&root.join(FOLDER), "wat")?;
    let orphans = names
        .into_iter()
        .filter(|name| kernels.iter().all(|kernel| kernel.name != *name));
    Ok(orphans
        .map(|name| Path::new(FOLDER).join(format!("{name}.wat")))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_is_committed_with_what_its_source_says_of_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let kernels = find(&root).unwrap();
        assert!(kernels.len() >= 5, "{} kernels", kernels.len());
        for kernel in &kernels {
            let source = std::fs::read_to_string(kernel.folder.join(&kernel.source)).unwrap();
            let fixture = std::fs::read_to_string(root.join(kernel.output())).unwrap();
            let wanted = header(&source);
            assert!(!wanted.is_empty(), "{}", kernel.name);
            assert!(
                fixture.starts_with(&wanted),
                "{} is not as its source says: cargo xtask guests --bless gpu/",
                kernel.id()
            );
        }
        assert_eq!(orphans(&root, &kernels).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn only_the_first_lines_are_the_header() {
        let source = "//! a = 1\n//!\n#include <x.h>\n//! b = 2\n";
        assert_eq!(header(source), ";;! a = 1\n;;!\n");
    }
}
