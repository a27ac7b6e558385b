//! `cargo xtask conformance`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use tensor_wasm_harness::model::{Exit, Shard};
use tensor_wasm_harness::pipeline::{
    Action, Conformance, conformance, engine_for, import_expectations,
};
use tensor_wasm_harness::report::{self, Repro, Terminal};
use tensor_wasm_harness::select::{Filter, Selection};

use crate::{build, merge};

#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  cargo xtask conformance                              every bundled suite
  cargo xtask conformance spec --filter 'spec/wasm-v3/*'
  cargo xtask conformance --filter i32.wast            cases with this in their name
  cargo xtask conformance suites/wat/compute/crc32.wat one file
  cargo xtask conformance spec --from ../testsuite     a checkout of WebAssembly/testsuite
  cargo xtask conformance --variant all --report out   every variant, with reports
  cargo xtask conformance --engine wasmi               another engine
  cargo xtask conformance gpu-spec --device interp     kernels, on the interpreter of PTX
  cargo xtask conformance wasi-testsuite --from ../wasi-testsuite
  cargo xtask conformance wasi-testsuite --engine wasmtime --from ../wasi-testsuite

Exit codes: 0 as expected, 1 unexpected outcome, 2 could not run, 4 nothing selected."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Suites, or paths of single .wast and .wat files; all suites if none is given
    #[arg(value_name = "SUITE|FILE")]
    targets: Vec<String>,
    /// Take the files from this folder instead of the suite's own source
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// The engine to test: this project's, or a runtime with a file in suites/engines, or the path
    /// of such a file. What the suites say if none is given, else tensor-wasm
    #[arg(long)]
    engine: Option<String>,
    /// The device that kernels run on: auto, interp, cpu, cuda or cuda:N. Selects the engine
    /// tensor-wasm-gpu
    #[arg(long, value_name = "DEVICE", value_parser = device, conflicts_with = "variant")]
    device: Option<String>,
    /// A variant of suites/variants.toml, or `all`; the engine's first if none is given
    #[arg(long, value_name = "NAME")]
    variant: Vec<String>,
    /// The program of a runtime that has a file in suites/engines, instead of the one it names
    #[arg(long, value_name = "PATH")]
    engine_command: Option<PathBuf>,
    /// Compile every program anew, instead of keeping compiled code below target/
    #[arg(long)]
    no_code_cache: bool,
    /// A worker of your own, instead of building this project's
    #[arg(long, value_name = "PATH")]
    worker: Option<PathBuf>,
    /// Run only cases whose name matches this glob; without a `/`, any part of the name
    #[arg(long, value_name = "GLOB")]
    filter: Vec<String>,
    /// Run only part K of N, balanced by duration
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Say what would run, and do not run it
    #[arg(long)]
    list: bool,
    /// How many workers or programs run at once; by default one worker, or two programs, for each
    /// core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Seconds one directive may take
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
    /// MiB of memory a worker may have resident
    #[arg(long, value_name = "MIB", default_value_t = MEMORY_MIB)]
    memory: u64,
    /// Try a case that does not go as expected this often again; if it then does, it is flaky
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u32,
    /// Show where the engine's wording of an error differs from the script's
    #[arg(long)]
    messages: bool,
    /// Write results.jsonl, results.json, junit.xml and summary.md to this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Name in summary.md what is newly broken or fixed since this results.json
    #[arg(long, value_name = "FILE", requires = "report")]
    against: Option<PathBuf>,
    /// Rewrite expectations and goldens to match what happens
    #[arg(long, conflicts_with_all = ["list", "shard"])]
    bless: bool,
    /// Add what an expectation file of wasi-testsuite says to the suite's, and run nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["list", "bless", "shard"])]
    import_expectations: Option<PathBuf>,
    /// Record how long cases take in the suites' durations.json
    #[arg(long, conflicts_with_all = ["list", "bless"])]
    record_durations: bool,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// What `--timeout` and `--memory` are if not given.
const TIMEOUT: Duration = Duration::from_secs(30);
const MEMORY_MIB: u64 = 4096;

#[derive(Subcommand)]
enum Command {
    /// Joins the reports of shards, and judges them as one run
    Merge(merge::Arguments),
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people
    Human,
    /// One JSON document
    Json,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> report::Format {
        match format {
            Format::Human => report::Format::Human,
            Format::Json => report::Format::Json,
        }
    }
}

/// The engine that has devices.
const KERNELS: &str = "tensor-wasm-gpu";

/// A device's name. Whether there is one here is found out when it is to run.
fn device(text: &str) -> Result<String, String> {
    let number = |number: &str| {
        number.bytes().all(|byte| byte.is_ascii_digit()) && number.parse::<u16>().is_ok()
    };
    let known = match text.split_once(':') {
        None => ["auto", "interp", "cpu", "cuda"].contains(&text),
        Some((name, ordinal)) => name == "cuda" && number(ordinal),
    };
    match known {
        true => Ok(text.to_owned()),
        false => Err("a device is auto, interp, cpu, cuda or cuda:N".to_owned()),
    }
}

/// The engine to test: what the command line says, or what its suites are for.
fn engine(root: &Path, arguments: &Arguments) -> anyhow::Result<String> {
    match (&arguments.engine, &arguments.device) {
        (Some(engine), Some(_)) if engine != KERNELS => {
            bail!("--device is for the engine {KERNELS}, and not for {engine}")
        }
        (Some(engine), _) => Ok(engine.clone()),
        (None, Some(_)) => Ok(KERNELS.to_owned()),
        (None, None) => engine_for(root, &arguments.targets).map_err(anyhow::Error::msg),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if !(0.001..=86_400.0).contains(&seconds) {
        return Err("expected 0.001 to 86400 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

pub(crate) fn run(arguments: Arguments, stop: &AtomicBool) -> anyhow::Result<Exit> {
    if let Some(Command::Merge(merge)) = arguments.command {
        return merge::run(&merge);
    }
    let root = build::root()?;
    let filters = arguments
        .filter
        .iter()
        .map(|text| Filter::new(text).with_context(|| format!("malformed filter `{text}`")))
        .collect::<Result<Vec<_>, _>>()?;
    let engine = engine(&root, &arguments)?;
    let repro = repro(&arguments);
    let built = match (&arguments.worker, &arguments.engine_command) {
        _ if arguments.import_expectations.is_some() => build::Built::default(),
        (None, None) => build::engine(&root, &engine)?,
        // Nobody needs the worker of an engine that is another program.
        (worker, runtime) => build::Built {
            worker: worker.clone(),
            runtime: runtime.clone(),
        },
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let action = if arguments.list {
        Action::List
    } else if arguments.bless {
        Action::Bless
    } else if arguments.record_durations {
        Action::RecordDurations
    } else {
        Action::Run
    };
    let config = Conformance {
        root,
        targets: arguments.targets,
        from: arguments.from,
        engine,
        variants: arguments.variant,
        device: arguments.device,
        worker: built.worker,
        runtime: built.runtime,
        code_cache: !arguments.no_code_cache,
        jobs: arguments.jobs.map_or(cores, usize::from),
        program_jobs: arguments.jobs.map_or(2 * cores, usize::from),
        timeout: arguments.timeout,
        start_timeout: arguments.timeout.max(Duration::from_secs(30)),
        memory_limit: arguments.memory.saturating_mul(1 << 20),
        retries: arguments.retries,
        selection: Selection {
            filters,
            shard: arguments.shard,
        },
        action,
        messages: arguments.messages,
        report: arguments.report,
        against: arguments.against,
        repro,
    };
    let mut terminal = Terminal::new(arguments.format.into());
    if let Some(upstream) = arguments.import_expectations {
        return Ok(import_expectations(&config, &upstream, &terminal));
    }
    Ok(conformance(&config, stop, &mut terminal).exit)
}

/// The part of the command line that a repetition of one case needs too.
fn repro(arguments: &Arguments) -> Repro {
    let mut words = vec!["cargo xtask conformance".to_owned()];
    if let Some(engine) = &arguments.engine
        && engine != "tensor-wasm"
    {
        words.push(format!("--engine {}", report::quote(engine)));
    }
    if let Some(device) = &arguments.device {
        words.push(format!("--device {device}"));
    }
    if let Some(worker) = &arguments.worker {
        words.push(format!(
            "--worker {}",
            report::quote(&worker.display().to_string())
        ));
    }
    if let Some(command) = &arguments.engine_command {
        words.push(format!(
            "--engine-command {}",
            report::quote(&command.display().to_string())
        ));
    }
    if let Some(from) = &arguments.from {
        words.push(format!(
            "--from {}",
            report::quote(&from.display().to_string())
        ));
    }
    if arguments.timeout != TIMEOUT {
        words.push(format!("--timeout {}", arguments.timeout.as_secs_f64()));
    }
    if arguments.memory != MEMORY_MIB {
        words.push(format!("--memory {}", arguments.memory));
    }
    Repro(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_is_one_of_four_and_cuda_may_have_a_number() {
        for right in ["auto", "interp", "cpu", "cuda", "cuda:0", "cuda:12"] {
            assert_eq!(device(right), Ok(right.to_owned()));
        }
        for wrong in [
            "",
            "gpu",
            "CUDA",
            "cuda:",
            "cuda:x",
            "cuda:-1",
            "cuda:99999",
            "cpu:1",
        ] {
            let said = device(wrong);
            assert!(said.is_err_and(|said| said.contains("cuda:N")), "{wrong}");
        }
    }
}
