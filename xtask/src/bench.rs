//! `cargo xtask bench`.

pub(crate) mod arm;
mod calibrate;
mod compare;
mod lint;
mod pins;
mod self_check;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use tensor_wasm_harness::execute::bench::ArmConfig;
use tensor_wasm_harness::execute::bench::protocol::Effort;
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{ArmInfo, ExactKind, WorkloadSize};
use tensor_wasm_harness::pipeline::{
    Against, Bench, Saved, Saving, bench, bench_explain, bench_self_check,
};
use tensor_wasm_harness::report::{self, Repro, Terminal};
use tensor_wasm_harness::select::MetricFilter;

use crate::build;
use crate::conformance::Format;
use compare::Compare;
use self_check::{Thoroughness, Trials};

#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  cargo xtask bench                                     measures, compares with nothing
  cargo xtask bench --compare baseline                  the gate: is it as fast as it was?
  cargo xtask bench --compare baseline --quick          counts and stored medians only
  cargo xtask bench --compare HEAD~1 --only 'execute/*' this tree against a commit
  cargo xtask bench --compare wasmtime=47.0.3           this tree against another Wasmtime
  cargo xtask bench --compare worker=../other/worker    against any worker that measures
  cargo xtask bench --from ../sightglass                Sightglass's corpus
  cargo xtask bench --save-baseline                     writes bench-results/baseline.json
  cargo xtask bench --exact-instructions                and what callgrind counts
  cargo xtask bench --explain --only fib                which slowdown each rule would catch
  cargo xtask bench --self-check                        can the gate be trusted here?

Exit codes: 0 as fast as it was, 1 slower, 2 could not run, 3 cannot tell, 4 nothing selected."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// What to compare with: `baseline`, a git revision, `wasmtime=VERSION` or `worker=PATH`
    #[arg(long, value_name = "WHAT")]
    compare: Option<Compare>,
    /// Compare counts and stored medians only, and build nothing else
    #[arg(long, requires = "compare")]
    quick: bool,
    /// Only metrics whose name matches this glob, or contains this word
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// The engine to measure
    #[arg(long, default_value = "tensor-wasm")]
    engine: String,
    /// A variant of suites/variants.toml, or `all`; the engine's first if none is given
    #[arg(long, value_name = "NAME")]
    variant: Vec<String>,
    /// Take the programs from this folder, such as a checkout of Sightglass
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Measure compiling this module, instead of the corpus
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    module: Vec<PathBuf>,
    /// Give the programs their small inputs
    #[arg(long)]
    small: bool,
    /// A worker of your own as the build that is judged
    #[arg(long, value_name = "PATH")]
    worker: Option<PathBuf>,
    /// Write bench-results/baseline.json, and this run to bench-results/history
    #[arg(long, conflicts_with_all = [
        "compare", "from", "module", "small", "self_check", "only", "variant", "worker", "rounds"
    ])]
    save_baseline: bool,
    /// Save counts alone, which are the same on a machine that is never quiet
    #[arg(long, requires = "save_baseline")]
    counts_only: bool,
    /// Add this run to bench-results/history
    #[arg(long, conflicts_with_all = ["from", "module", "small", "self_check", "worker"])]
    record: bool,
    /// Show which slowdown each rule would catch, and measure nothing
    #[arg(long, conflicts_with_all = ["compare", "save_baseline", "self_check"])]
    explain: bool,
    /// Try the gate out: false alarms and what it finds
    #[arg(long, conflicts_with = "compare")]
    self_check: bool,
    /// How thorough the self-check is
    #[arg(long, value_enum, default_value_t = Thoroughness::Full, requires = "self_check")]
    thorough: Thoroughness,
    /// Gates of the self-check instead: of A/A, of what a promise rests on, of others
    #[arg(long, value_name = "N,N,N", requires = "self_check")]
    trials: Option<Trials>,
    /// Only experiments of the self-check whose names contain this
    #[arg(
        long,
        value_name = "WORDS",
        requires = "self_check",
        allow_hyphen_values = true
    )]
    experiment: Vec<String>,
    /// Count instructions too, with callgrind: minutes, and valgrind has to be installed
    #[arg(long, conflicts_with = "self_check")]
    exact_instructions: bool,
    /// The file of the baseline
    #[arg(
        long,
        value_name = "FILE",
        default_value = BASELINE
    )]
    baseline: PathBuf,
    /// Rounds of every metric, instead of what its spread asks for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(5..=999))]
    rounds: Option<u32>,
    /// Pairs measured at a time, each on a core of its own
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Processes for each metric, where nothing is compared live
    #[arg(long, value_name = "N", default_value_t = PROCESSES,
          value_parser = clap::value_parser!(u32).range(1..=999))]
    processes: u32,
    /// Milliseconds of work for each metric in each process
    #[arg(long, value_name = "MS", default_value_t = BUSY_MS,
          value_parser = clap::value_parser!(u64).range(1..=60_000))]
    busy: u64,
    /// What the order of the builds is drawn from; another one each time if not given
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Seconds a worker may take for one answer
    #[arg(long, value_name = "SECONDS", default_value_t = 120,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Write bench.json, bench.md, bench.html and samples.jsonl to this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Show every metric
    #[arg(long)]
    all: bool,
    /// Say which metrics there are, and measure nothing
    #[arg(long, conflicts_with_all = ["compare", "save_baseline", "self_check"])]
    list: bool,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Subcommand)]
enum Command {
    /// Turns the runs in bench-results/history into tolerances
    Calibrate(calibrate::Arguments),
    /// Refuses a baseline that is made stricter by the change that moves Wasmtime
    Lint(lint::Arguments),
}

/// Where the baseline is.
const BASELINE: &str = "bench-results/baseline.json";

/// Processes of a metric that is compared with no other build.
const PROCESSES: u32 = 7;

/// Milliseconds of work for each metric in a process.
const BUSY_MS: u64 = 40;

/// What a worker may have resident.
const MEMORY_BYTES: u64 = 8 << 30;

/// How long a worker may take to greet.
const START_TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) fn run(arguments: Arguments, stop: &AtomicBool) -> anyhow::Result<Exit> {
    match arguments.command {
        Some(Command::Calibrate(calibrate)) => return calibrate::run(&calibrate),
        Some(Command::Lint(lint)) => return lint::run(&lint),
        None => {}
    }
    let root = build::root()?;
    let mut terminal = Terminal::new(arguments.format.into());
    let only = match arguments.counts_only {
        true => filters(&ExactKind::ALL.map(|kind| format!("{}/*", kind.name())))?,
        false => filters(&arguments.only)?,
    };
    if arguments.explain {
        return Ok(bench_explain(
            &root.join(&arguments.baseline),
            &only,
            &terminal,
        ));
    }
    if arguments.compare == Some(Compare::Baseline) {
        comparable(&arguments)?;
    }
    if arguments.save_baseline && arguments.engine != "tensor-wasm" {
        bail!("bench-results/baseline.json is of the engine tensor-wasm");
    }
    if arguments.compare == Some(Compare::Baseline) {
        lint::explanations(&root, &arguments.baseline)?;
    }
    // A filter, a tree and a baseline that cannot be used are said before anything
    // is built.
    let save = saving(&root, &arguments)?;
    let live = match (&arguments.compare, arguments.quick) {
        (None, _) => None,
        (Some(Compare::Baseline), true) => None,
        (Some(_), true) => bail!("--quick compares with the baseline's file alone"),
        (Some(compare), false) => {
            Some(compare.worker(&root, &arguments.baseline, &arguments.engine)?)
        }
    };
    let current = current(&root, &arguments)?;
    let arm = |worker: arm::Worker| ArmConfig {
        info: worker.info,
        worker: worker.program,
        start_timeout: START_TIMEOUT,
        request_timeout: Duration::from_secs(arguments.timeout),
        memory_limit: MEMORY_BYTES,
    };
    let against = match (&arguments.compare, live) {
        (None, _) => Against::Nothing,
        (Some(Compare::Baseline), live) => Against::Baseline {
            live: live.map(&arm),
        },
        (Some(_), Some(live)) => Against::Build(arm(live)),
        (Some(_), None) => Against::Nothing,
    };
    let config = Bench {
        engine: arguments.engine.clone(),
        variants: arguments.variant.clone(),
        from: arguments.from.clone(),
        modules: arguments.module.clone(),
        only,
        size: match arguments.small {
            true => WorkloadSize::Small,
            false => WorkloadSize::Default,
        },
        current: arm(current),
        against,
        baseline: root.join(&arguments.baseline),
        explanations: root.join("bench-results/explanations.toml"),
        history: root.join("bench-results/history"),
        criterion: build::target(&root)?.join("criterion"),
        generated: arm::folder(&root)?.join("corpus"),
        effort: Effort {
            warm_up_ms: (arguments.busy / 5).max(1),
            busy_ms: arguments.busy,
            batch_us: 200,
        },
        instructions: arguments.exact_instructions,
        rounds: arguments.rounds,
        jobs: usize::from(arguments.jobs),
        processes: arguments.processes,
        seed: arguments.seed.unwrap_or_else(seed),
        report: arguments.report.clone(),
        save,
        all: arguments.all,
        list: arguments.list,
        repro: repro(&arguments),
        root: root.clone(),
    };
    if arguments.self_check {
        let check = self_check::prepare(&root, &arguments, &arm)?;
        return Ok(bench_self_check(&config, &check, stop, &mut terminal).exit);
    }
    Ok(bench(&config, stop, &mut terminal).exit)
}

/// Refuses what a baseline has no metrics of: each of them would be missing.
fn comparable(arguments: &Arguments) -> anyhow::Result<()> {
    let other = [
        ("--from", arguments.from.is_some(), "other programs"),
        ("--module", !arguments.module.is_empty(), "other modules"),
        (
            "--engine",
            arguments.engine != "tensor-wasm",
            "another engine",
        ),
        ("--small", arguments.small, "the small inputs"),
    ];
    match other.into_iter().find(|(_, given, _)| *given) {
        None => Ok(()),
        Some((flag, _, what)) => bail!(
            "the baseline is of the engine tensor-wasm and the default inputs of suites/corpus, \
             and {flag} measures {what}: compare with a commit or with worker=PATH instead, which \
             measure both builds"
        ),
    }
}

fn filters(texts: &[String]) -> anyhow::Result<Vec<MetricFilter>> {
    texts
        .iter()
        .map(|text| MetricFilter::new(text).with_context(|| format!("malformed glob `{text}`")))
        .collect()
}

/// The build that is judged: this tree's, or the user's own.
fn current(root: &Path, arguments: &Arguments) -> anyhow::Result<arm::Worker> {
    if let Some(program) = &arguments.worker {
        return compare::given(program);
    }
    let built = build::engine(root, &arguments.engine)?;
    let program = built
        .worker
        .with_context(|| format!("the engine `{}` has no worker", arguments.engine))?;
    let program = arm::keep_current(root, &program)?;
    // Outside of a checkout there is no commit, and that is no obstacle.
    let commit = arm::commit(root, "HEAD").ok();
    let label = match &commit {
        None => "this tree".to_owned(),
        Some(commit) => {
            let changes = match arm::changes(root)?.is_empty() {
                true => "",
                false => " with changes",
            };
            format!("{}{changes}", commit.chars().take(12).collect::<String>())
        }
    };
    Ok(arm::Worker {
        info: ArmInfo {
            label,
            commit,
            wasmtime: None,
        },
        program,
    })
}

fn saving(root: &Path, arguments: &Arguments) -> anyhow::Result<Option<Saving>> {
    if !arguments.save_baseline && !arguments.record {
        return Ok(None);
    }
    if let [first, others @ ..] = arm::changes(root)?.as_slice() {
        let more = match others.len() {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        bail!(
            "what is saved belongs to a commit, and this tree has changes that are in none \
             ({first}{more}): commit or stash them first, untracked files too"
        );
    }
    let commit = arm::commit(root, "HEAD")?;
    let what = match (arguments.save_baseline, arguments.counts_only) {
        (true, true) => Saved::Counts,
        (true, false) => Saved::Baseline,
        (false, _) => Saved::Run,
    };
    Ok(Some(Saving { commit, what }))
}

/// A seed that differs from run to run; it is printed and can be given again.
fn seed() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// The part of the command line that a repetition of one metric needs too.
fn repro(arguments: &Arguments) -> Repro {
    let mut words = vec!["cargo xtask bench".to_owned()];
    if let Some(compare) = &arguments.compare {
        words.push(format!("--compare {}", report::quote(&compare.to_string())));
    }
    if arguments.quick {
        words.push("--quick".to_owned());
    }
    if arguments.exact_instructions {
        words.push("--exact-instructions".to_owned());
    }
    if arguments.engine != "tensor-wasm" {
        words.push(format!("--engine {}", report::quote(&arguments.engine)));
    }
    for variant in &arguments.variant {
        words.push(format!("--variant {}", report::quote(variant)));
    }
    let path =
        |flag: &str, path: &Path| format!("{flag} {}", report::quote(&path.display().to_string()));
    words.extend(arguments.from.iter().map(|from| path("--from", from)));
    words.extend(
        arguments
            .module
            .iter()
            .map(|module| path("--module", module)),
    );
    words.extend(
        arguments
            .worker
            .iter()
            .map(|worker| path("--worker", worker)),
    );
    if arguments.small {
        words.push("--small".to_owned());
    }
    if arguments.baseline != Path::new(BASELINE) {
        words.push(path("--baseline", &arguments.baseline));
    }
    if let Some(rounds) = arguments.rounds {
        words.push(format!("--rounds {rounds}"));
    }
    for (flag, given, default) in [
        (
            "--processes",
            u64::from(arguments.processes),
            u64::from(PROCESSES),
        ),
        ("--busy", arguments.busy, BUSY_MS),
    ] {
        if given != default {
            words.push(format!("{flag} {given}"));
        }
    }
    Repro(words.join(" "))
}
