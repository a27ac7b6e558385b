//! `tensor-wasm gpu compile`: what becomes of a module.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use tensor_wasm_runtime::gpu::{Kernels, offload};

use super::{load, say};
use crate::exit::{Failure, INTERNAL, NO_ENTRY_POINT, NOT_LOADED, tell};

const EXAMPLES: &str = "\
Examples:
  tensor-wasm gpu compile kernel.wat                    prints PTX
  tensor-wasm gpu compile kernel.wat --emit ir          what PTX is written from
  tensor-wasm gpu compile kernel.wasm --stats -o k.ptx  and what was saved
  tensor-wasm gpu compile plain.wasm --offload saxpy    loops of a function as kernels

Exit codes: 0 compiled, 2 wrong command line, 125 cannot be written,
126 the module cannot be read, or kernels cannot do what it does, 127 no function
of this name";

/// Compile a module, and print what it becomes
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompileOptions {
    /// The module, as binary or as text
    file: PathBuf,

    /// What is printed
    #[arg(long, value_enum, default_value = "ptx")]
    emit: Emit,

    /// Compile the loops of this exported function, each iteration a thread, and say
    /// on standard error which they are; or why they cannot be
    #[arg(long, value_name = "NAME")]
    offload: Option<String>,

    /// Say on standard error what it has, and what its checks cost
    #[arg(long)]
    stats: bool,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Emit {
    /// The compiler's own form
    Ir,
    /// NVIDIA's assembly
    Ptx,
}

/// Compiles and prints; the exit code.
pub(crate) fn compile(options: &CompileOptions) -> Result<i32, Failure> {
    let started = Instant::now();
    let mut kernels = load(&options.file)?;
    if let Some(name) = &options.offload {
        kernels = loops(&kernels, name, &options.file)?;
    }
    let read = started.elapsed();
    let written = Instant::now();
    let text = match options.emit {
        Emit::Ir => kernels.improved().to_string(),
        Emit::Ptx => kernels.ptx().text.clone(),
    };
    let written = written.elapsed();
    if options.stats {
        stats(
            &kernels,
            [read, written].map(|time| time.as_secs_f64() * 1e3),
        );
    }
    match &options.output {
        None => say(text.trim_end())?,
        Some(file) => super::files::replace(file, text.as_bytes())
            .map_err(|error| Failure::new(INTERNAL, format!("{}: {error}", file.display())))?,
    }
    Ok(0)
}

/// The loops of a function as kernels.
fn loops(kernels: &Kernels, name: &str, file: &Path) -> Result<Arc<Kernels>, Failure> {
    let failed =
        |code, message: String| Failure::new(code, format!("{}: {message}", file.display()));
    let export = kernels.export(name);
    let export =
        export.ok_or_else(|| failed(NO_ENTRY_POINT, format!("no exported function `{name}`")))?;
    let map = offload::analyze(kernels, export.function)
        .map_err(|not| failed(NOT_LOADED, format!("`{name}` cannot be offloaded: {not}")))?;
    for found in map.loops() {
        tell(&format!(
            "loop at {:#x}: a map, {} loads and {} stores in an iteration",
            found.offset, found.loads, found.stores
        ));
    }
    Ok(Arc::clone(map.kernels()))
}

fn stats(kernels: &Kernels, [read, written]: [f64; 2]) {
    let module = kernels.module();
    let code = module.functions.iter().map(|function| &function.code);
    let values: usize = code.clone().map(|code| code.values.len()).sum();
    let blocks: usize = code.map(|code| code.blocks.len()).sum();
    let ptx = kernels.ptx();
    let found = ptx.stats;
    for line in [
        format!(
            "{} functions, {} exported; {blocks} blocks, {values} values",
            module.functions.len(),
            module.exports.len()
        ),
        format!(
            "{} lines of PTX, {} places that can trap",
            ptx.text.lines().count(),
            ptx.sites.len()
        ),
        format!(
            "bounds: {} checks, {} accesses checked with another, {} checked before",
            found.bounds, found.merged_bounds, found.known_bounds
        ),
        format!(
            "alignment: {} tests, {} accesses aligned for sure",
            found.alignments, found.known_alignments
        ),
        format!("loads done with another: {}", found.merged_loads),
        format!("loops with a version without checks: {}", found.versions),
        format!(
            "NaN: {} made canonical, {} that nobody sees",
            found.canonical, found.unseen
        ),
        format!("time: {read:.2} ms to read and understand, {written:.2} ms to write"),
    ] {
        tell(&line);
    }
}
