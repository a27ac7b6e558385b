//! `tensor-wasm gpu probe`: what a device answers, written to a file.

use std::path::PathBuf;

use clap::Args;
use tensor_wasm_runtime::gpu::probe::{Answers, ask};
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError};

use super::say;
use crate::exit::{Failure, INTERNAL};

const EXAMPLES: &str = "\
Example:
  tensor-wasm gpu probe --device cuda:0 --out h100.json

Operations of WebAssembly have to give the same on every device. Instructions of PTX
need not, where PTX leaves open what they give: then both answers are told.

Exit codes: 0 as the interpreter, 1 an operation gives something else,
2 wrong command line, 125 the device failed, or the file cannot be written";

/// An operation gave another result than the interpreter's.
const DIFFERENT: i32 = 1;

/// Ask a device for its answers at the edges of arithmetic, and compare them with the
/// interpreter's
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ProbeOptions {
    /// What is asked; not `cpu`, which runs no PTX and is not taken for `auto` either
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,

    /// Write all answers to this file, as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Asks; the exit code.
pub(crate) fn probe(options: &ProbeOptions) -> Result<i32, Failure> {
    let failed = |error: KernelError| Failure::new(INTERNAL, error.to_string());
    let answers = ask(options.device).map_err(failed)?;
    if let Some(file) = &options.out {
        let written = super::files::replace(file, answers.json().as_bytes());
        written.map_err(|error| Failure::new(INTERNAL, format!("{}: {error}", file.display())))?;
    }
    let interpreter = ask(DeviceChoice::Interp).map_err(failed)?;
    say(&format!("{}:", answers.device))?;
    let open = answers.open(&interpreter);
    told("instructions of PTX", answers.instructions.len(), &open)?;
    let wrong = answers.differences(&interpreter);
    told(
        "operations of WebAssembly",
        answers.operations.len(),
        &wrong,
    )?;
    say(&format!("{} answers in all", count(&answers)))?;
    Ok(if wrong.is_empty() { 0 } else { DIFFERENT })
}

fn told(what: &str, count: usize, differences: &[String]) -> Result<(), Failure> {
    let different = differences.len();
    say(&format!(
        "{count} {what}, {different} otherwise than the interpreter"
    ))?;
    differences
        .iter()
        .try_for_each(|line| say(&format!("  {line}")))
}

fn count(answers: &Answers) -> usize {
    let all = answers.instructions.iter().chain(&answers.operations);
    all.map(|answer| answer.results.len()).sum()
}
