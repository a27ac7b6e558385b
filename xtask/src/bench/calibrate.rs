//! `cargo xtask bench calibrate`.

use clap::Args;
use std::path::PathBuf;
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::pipeline::{Calibrate, bench_calibrate};
use tensor_wasm_harness::report::Terminal;

use crate::build;
use crate::conformance::Format;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench calibrate            what the runs of this machine say of tolerances
  cargo xtask bench calibrate --require  fails unless the gate may be made required
  cargo xtask bench calibrate --write    puts the tolerances into bench-results/baseline.json

Exit codes: 0 done, 1 refused, 2 could not run.")]
pub(super) struct Arguments {
    /// The folder of runs
    #[arg(long, value_name = "DIR", default_value = "bench-results/history")]
    history: PathBuf,
    /// The baseline whose tolerances they are compared with
    #[arg(
        long,
        value_name = "FILE",
        default_value = "bench-results/baseline.json"
    )]
    baseline: PathBuf,
    /// How many runs a gate needs before it may be made required
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(5..=10_000))]
    runs: u32,
    /// Fail if the gate must not be made required yet
    #[arg(long)]
    require: bool,
    /// Write the tolerances to the baseline
    #[arg(long)]
    write: bool,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let root = build::root()?;
    let config = Calibrate {
        history: root.join(&arguments.history),
        baseline: root.join(&arguments.baseline),
        fewest_runs: arguments.runs,
        require: arguments.require,
        write: arguments.write,
    };
    Ok(bench_calibrate(
        &config,
        &Terminal::new(arguments.format.into()),
    ))
}
