//! `tensor-wasm gpu`: what devices there are, what a module becomes, and kernels
//! from the command line.

mod bench;
mod compile;
mod files;
mod launch;
mod probe;
mod values;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError, Kernels, Refused};

use crate::exit::{Failure, INTERNAL, NO_ENTRY_POINT, NOT_LOADED, TRAP, USAGE};

/// The largest module that is read, in bytes: what kernels refuse anyway.
const LARGEST: u64 = 64 << 20;

#[derive(Debug, Subcommand)]
pub(crate) enum Gpu {
    /// Say which devices there are
    Info,
    Compile(compile::CompileOptions),
    Run(Box<launch::LaunchOptions>),
    Probe(probe::ProbeOptions),
    Bench(bench::BenchOptions),
}

/// Does what the command says; the exit code.
pub(crate) fn run(command: Gpu) -> Result<i32, Failure> {
    match command {
        Gpu::Info => info(),
        Gpu::Compile(options) => compile::compile(&options),
        Gpu::Run(options) => launch::launch(&options),
        Gpu::Probe(options) => probe::probe(&options),
        Gpu::Bench(options) => bench::bench(&options),
    }
}

fn info() -> Result<i32, Failure> {
    for (name, found) in DeviceChoice::found() {
        match found {
            Ok(what) => say(&format!("{name:<8} {what}"))?,
            Err(why) => say(&format!("{name:<8} not here: {why}"))?,
        }
    }
    Ok(0)
}

/// A line of standard output.
fn say(line: &str) -> Result<(), Failure> {
    let written = writeln!(std::io::stdout(), "{line}");
    written.map_err(|error| Failure::new(INTERNAL, format!("standard output: {error}")))
}

/// The kernels of a module from a file, as binary or as text.
fn load(file: &Path) -> Result<Arc<Kernels>, Failure> {
    understand(file, |bytes| Kernels::new(bytes).map(Arc::new))
}

/// The same, by whatever way kernels come of its bytes.
fn understand(
    file: &Path,
    kernels: impl FnOnce(&[u8]) -> Result<Arc<Kernels>, Refused>,
) -> Result<Arc<Kernels>, Failure> {
    let failed =
        |message: String| Failure::new(NOT_LOADED, format!("{}: {message}", file.display()));
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| failed(error.to_string()))?;
    let read = opened.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(failed(format!("it has more than {} MiB", LARGEST >> 20)));
    }
    if !bytes.starts_with(b"\0asm") {
        let text = String::from_utf8(bytes)
            .map_err(|_| failed("it is neither a module nor text".to_owned()))?;
        bytes = encode(&text).map_err(|mut error| {
            error.set_path(file);
            error.set_text(&text);
            Failure::new(NOT_LOADED, error.to_string())
        })?;
    }
    kernels(&bytes).map_err(|refused| failed(refused.to_string()))
}

fn encode(text: &str) -> Result<Vec<u8>, wast::Error> {
    let buffer = wast::parser::ParseBuffer::new(text)?;
    wast::parser::parse::<wast::Wat<'_>>(&buffer)?.encode()
}

/// What an error of kernels comes to.
fn failure(error: &KernelError, file: &Path) -> Failure {
    let code = match error {
        KernelError::Refused(_) | KernelError::Instantiation(_) => NOT_LOADED,
        KernelError::NoExport(_) => NO_ENTRY_POINT,
        KernelError::Arguments { .. } | KernelError::Grid { .. } | KernelError::Stacks { .. } => {
            USAGE
        }
        KernelError::Trap(_) => TRAP,
        KernelError::Device(_) => INTERNAL,
    };
    Failure::new(code, format!("{}: {error}", file.display()))
}
