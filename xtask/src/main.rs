//! `cargo xtask`: the project's commands.
//!
//! A thin driver: it reads flags, builds the worker, calls the harness and
//! ends with the harness's exit code. It links no engine.

mod bench;
mod build;
mod ci;
mod clean;
mod conformance;
mod docs;
mod gpu_package;
mod guests;
mod merge;
mod suites;
mod test;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand};
use tensor_wasm_harness::model::Exit;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Tells whether a WebAssembly runtime is right, and as fast as it was",
    after_help = "Exit codes: 0 as expected, 1 unexpected outcome, 2 could not run, 3 cannot tell,\n\
                  4 nothing selected.\n\
                  Start with: cargo xtask conformance"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Is the runtime right? Runs conformance suites
    Conformance(Box<conformance::Arguments>),
    /// Is it as fast as it was? Measures, and compares with a baseline
    Bench(Box<bench::Arguments>),
    /// Takes away what benchmarks have built and no longer need
    Clean(clean::Arguments),
    /// Where suites' files are from and where they lie; gets and checks them
    Suites(suites::Arguments),
    /// Runs the project's own tests
    Test(test::Arguments),
    /// Builds the programs of suite `wasi` and compares them with the committed ones
    Guests(guests::Arguments),
    /// Packs all that runs kernels on a machine with a GPU and without Rust
    GpuPackage(gpu_package::Arguments),
    /// What CI runs, here
    Ci(ci::Arguments),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing can be done about a terminal that is gone.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                Exit::CouldNotRun.code()
            } else {
                Exit::Expected.code()
            });
        }
    };
    let stop = Arc::new(AtomicBool::new(false));
    let signalled = Arc::clone(&stop);
    // A second signal ends the process at once.
    let handled = ctrlc::set_handler(move || {
        if signalled.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    let result = match handled {
        Ok(()) => match arguments.command {
            Command::Conformance(arguments) => conformance::run(*arguments, &stop),
            Command::Bench(arguments) => bench::run(*arguments, &stop),
            Command::Clean(arguments) => clean::run(&arguments),
            Command::Suites(arguments) => suites::run(&arguments, &stop),
            Command::Test(arguments) => test::run(&arguments),
            Command::Guests(arguments) => guests::run(&arguments),
            Command::GpuPackage(arguments) => gpu_package::run(&arguments),
            Command::Ci(arguments) => ci::run(&arguments),
        },
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            build::say(&format!("error: {error:#}"));
            ExitCode::from(Exit::CouldNotRun.code())
        }
    }
}
