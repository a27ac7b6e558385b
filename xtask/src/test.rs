//! `cargo xtask test`: the project's own tests.

use std::process::Command;

use clap::Args;
use tensor_wasm_harness::model::Exit;

use crate::build;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask test                     everything, every conformance case included
  cargo xtask test -- --test self_test what comes after -- goes to cargo test")]
pub(crate) struct Arguments {
    /// Passed on to `cargo test`
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let root = build::root()?;
    let mut test = command(&root);
    test.args(&arguments.rest);
    let status = test.status()?;
    Ok(if status.success() {
        Exit::Expected
    } else {
        Exit::Unexpected
    })
}

/// `cargo test` as the project wants it.
pub(crate) fn command(root: &std::path::Path) -> Command {
    let mut test = build::cargo(root);
    test.args([
        "test",
        "--workspace",
        "--features",
        "tensor-wasm-harness/wasmi",
    ]);
    test
}
