//! `cargo xtask suites`.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::{Args, Subcommand};
use tensor_wasm_harness::discover;
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::pipeline::{Suites, SuitesTask, suites};
use tensor_wasm_harness::report::Terminal;

use crate::build;
use crate::conformance::Format;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask suites list                    every suite, and where its files lie
  cargo xtask suites fetch                   gets every suite that is in a git repository
  cargo xtask suites fetch wasi-testsuite --url ../wasi-testsuite
  cargo xtask suites verify                  compares every file with what is pinned

Exit codes: 0 as pinned, 1 not as pinned, 2 could not run, 4 nothing selected.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Says where the files of suites are from, at which commit, and where they lie
    List(Which),
    /// Gets the suites that are in a git repository, and checks commit and content
    Fetch {
        #[command(flatten)]
        which: Which,
        /// A mirror or a local clone of the repository, instead of the pinned address
        #[arg(long, value_name = "URL|DIR", value_parser = discover::mirror)]
        url: Option<String>,
        /// Seconds that each suite may take
        #[arg(long, value_name = "SECONDS", default_value_t = 900,
              value_parser = clap::value_parser!(u64).range(1..=86_400))]
        timeout: u64,
    },
    /// Compares every file with what the suite pins
    Verify {
        #[command(flatten)]
        which: Which,
        /// Look at this folder instead, such as a checkout of your own
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
}

#[derive(Args)]
struct Which {
    /// Suites; all if none is given
    #[arg(value_name = "SUITE")]
    names: Vec<String>,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments, stop: &AtomicBool) -> anyhow::Result<Exit> {
    let (which, task) = match &arguments.command {
        Command::List(which) => (which, SuitesTask::List),
        Command::Fetch {
            which,
            url,
            timeout,
        } => {
            let url = url.clone();
            let timeout = Duration::from_secs(*timeout);
            (which, SuitesTask::Fetch { url, timeout })
        }
        Command::Verify { which, from } => {
            let from = from.clone();
            (which, SuitesTask::Verify { from })
        }
    };
    let config = Suites {
        root: build::root()?,
        names: which.names.clone(),
        task,
    };
    let mut terminal = Terminal::new(which.format.into());
    Ok(suites(&config, stop, &mut terminal))
}
