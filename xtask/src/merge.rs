//! `cargo xtask conformance merge`.

use std::path::PathBuf;

use clap::Args;
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::pipeline::{Merge, merge};
use tensor_wasm_harness::report::{Repro, Terminal};

use crate::build;
use crate::conformance::Format;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask conformance --shard 1/2 --report out/1   on one machine
  cargo xtask conformance --shard 2/2 --report out/2   on another
  cargo xtask conformance merge out/1 out/2 --report out/all")]
pub(crate) struct Arguments {
    /// The report folders of all shards
    #[arg(value_name = "DIR", required = true)]
    shards: Vec<PathBuf>,
    /// Write the joined reports to this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Name in summary.md what is newly broken or fixed since this results.json
    #[arg(long, value_name = "FILE", requires = "report")]
    against: Option<PathBuf>,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let config = Merge {
        root: build::root()?,
        shards: arguments.shards.clone(),
        report: arguments.report.clone(),
        against: arguments.against.clone(),
        repro: Repro("cargo xtask conformance".to_owned()),
    };
    let mut terminal = Terminal::new(arguments.format.into());
    Ok(merge(&config, &mut terminal).exit)
}
