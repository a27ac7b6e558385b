//! `bench`: discovers programs, measures builds, judges, reports.

mod gate;
mod inject;
mod judging;
mod plan;
mod save;
mod self_check;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use self::gate::{Compared, Gate};
use self::judging::Stored;
use self::plan::BenchPlan;
use super::input::CannotRun;
use crate::discover::{self, Explanation};
use crate::execute::bench::machine::{self, Watch};
use crate::execute::bench::protocol::Effort;
use crate::execute::bench::{ArmConfig, Measured, Unit, count, latencies, measure};
use crate::judge::bench::pairs::GateRule;
use crate::judge::bench::verdict::exit_code;
use crate::model::bench::{
    Arm, ArmInfo, BenchReport, ExactReading, MeasuredMetric, MetricName, Phase, WorkloadSize,
};
use crate::model::{EngineSpec, Exit, InputError};
use crate::report::{
    self, BenchProgress, Sampled, SamplesHeader, SamplesWriter, StoreError, Terminal,
};
use crate::select::MetricFilter;
pub use save::Saving;
pub use self_check::SelfCheck;

/// A run of `bench`, as the command line has it.
#[derive(Clone, Debug)]
pub struct Bench {
    /// The folder that holds `suites/` and `bench-results/`.
    pub root: PathBuf,
    /// The engine's name.
    pub engine: String,
    /// The variants; `all` for all of the engine's, its first if empty.
    pub variants: Vec<String>,
    /// A corpus instead of `suites/corpus`.
    pub from: Option<PathBuf>,
    /// Single modules instead of a corpus.
    pub modules: Vec<PathBuf>,
    /// The metrics; all if empty.
    pub only: Vec<MetricFilter>,
    /// Which workload.
    pub size: WorkloadSize,
    /// The build that is judged.
    pub current: ArmConfig,
    /// What it is compared with.
    pub against: Against,
    /// `baseline.json`.
    pub baseline: PathBuf,
    /// `explanations.toml`.
    pub explanations: PathBuf,
    /// The folder of earlier runs.
    pub history: PathBuf,
    /// The folder of criterion's results.
    pub criterion: PathBuf,
    /// Where generated modules are kept.
    pub generated: PathBuf,
    /// The work of each timing.
    pub effort: Effort,
    /// Rounds of the first stage for every metric, whatever its spread.
    pub rounds: Option<u32>,
    /// Processes of a run that compares nothing live.
    pub processes: u32,
    /// What the orders are drawn from.
    pub seed: u64,
    /// Where to write reports.
    pub report: Option<PathBuf>,
    /// Write a baseline, or a run for the history, of what was measured.
    pub save: Option<Saving>,
    /// Show every metric.
    pub all: bool,
    /// How a metric is measured again, as the start of a command line.
    pub repro: report::Repro,
}

/// What a build is compared with.
#[derive(Clone, Debug)]
pub enum Against {
    /// Nothing: it is only measured.
    Nothing,
    /// The baseline's file, and its build if there is time for it.
    Baseline {
        /// The baseline's build.
        live: Option<ArmConfig>,
    },
    /// Another build.
    Build(ArmConfig),
}

impl Against {
    fn live(&self) -> Option<&ArmConfig> {
        match self {
            Against::Nothing => None,
            Against::Baseline { live } => live.as_ref(),
            Against::Build(arm) => Some(arm),
        }
    }
}

/// What a run of `bench` came to.
#[derive(Clone, Debug)]
pub struct BenchDone {
    /// How the command ends.
    pub exit: Exit,
    /// What was found out, if it came to that.
    pub report: Option<BenchReport>,
}

/// Measures, compares and tells. Stops early when `stop` is set.
pub fn bench(config: &Bench, stop: &AtomicBool, terminal: &mut Terminal) -> BenchDone {
    let ended = run(config, stop, terminal).and_then(|(report, rounds)| {
        let exit = exit_code(&report);
        tell(config, &report, &rounds, exit, terminal)?;
        Ok((report, exit))
    });
    match ended {
        Ok((report, exit)) => BenchDone {
            exit,
            report: Some(report),
        },
        Err(failed) => {
            terminal.complain(&failed.message);
            terminal.document(&report::bench_failure(&failed.message, failed.exit));
            BenchDone {
                exit: failed.exit,
                report: None,
            }
        }
    }
}

/// Tries the gate itself out.
pub fn bench_self_check(
    config: &Bench,
    check: &SelfCheck,
    stop: &AtomicBool,
    terminal: &mut Terminal,
) -> Exit {
    let variants = super::input::engine_variants(&config.root, &config.engine, &config.variants);
    let ended = variants.and_then(|variants| {
        let spec = variants[0].spec();
        self_check::self_check(config, check, &spec, stop, terminal)
    });
    match ended {
        Ok(found) => {
            let broken = self_check::broken_promises(&found);
            terminal.self_check(&found, &broken);
            match broken.is_empty() {
                true => Exit::Expected,
                false => Exit::Unexpected,
            }
        }
        Err(failed) => {
            terminal.complain(&failed.message);
            terminal.document(&report::bench_failure(&failed.message, failed.exit));
            failed.exit
        }
    }
}

/// The rounds of a run, for the pictures.
type Rounds = Vec<crate::model::bench::PairedRounds>;

fn run(
    config: &Bench,
    stop: &AtomicBool,
    terminal: &mut Terminal,
) -> Result<(BenchReport, Rounds), CannotRun> {
    // What is cheap to know is said before anything takes time.
    let stored = Stored::read(config)?;
    let variants: Vec<EngineSpec> =
        super::input::engine_variants(&config.root, &config.engine, &config.variants)?
            .iter()
            .map(discover::Variant::spec)
            .collect();
    let plan = plan::plan(config, &variants, stop)?;
    for left_out in &plan.left_out {
        terminal.note(&format!("left out: {left_out}"));
    }
    stored.check_names(config, &plan, &variants)?;
    if plan.units.is_empty() && !stored.has_criterion(config) {
        return Err(CannotRun::nothing_selected(nothing_selected(config, &variants, stop)));
    }
    let started = jiff::Timestamp::now();
    let clock = Instant::now();
    let watch = Watch::start();
    let mut report = BenchReport {
        baseline: config.against.live().map(|arm| arm.info.clone()).or_else(|| stored.info()),
        current: current_info(config, &plan),
        fingerprint: machine::fingerprint(&plan.greeting.profile),
        conditions: watch.end(),
        seed: config.seed,
        started: started.to_string(),
        seconds: 0.0,
        measured: Vec::new(),
        exact: Vec::new(),
        judged: Vec::new(),
        problems: Vec::new(),
        warnings: Vec::new(),
    };
    let mut samples = match &config.report {
        Some(folder) => Some(samples(&report, &folder.join("samples.jsonl"))?),
        None => None,
    };
    let mut progress = BenchProgress::start(terminal);

    let mut counted = Counted::default();
    count_all(config, &plan, &mut counted, &mut progress, stop)?;
    let mut rounds = Vec::new();
    let mut keep = |sampled: Sampled, progress: &mut BenchProgress| {
        progress.now(sampled.metric.as_str());
        progress.step();
        match &mut samples {
            Some(samples) => samples.process(&sampled),
            None => Ok(()),
        }
    };
    match config.against.live() {
        Some(baseline) => {
            let gate = Gate {
                baseline,
                current: &config.current,
                rule: GateRule::for_metrics(metrics(&plan.units)),
                effort: config.effort,
                seed: config.seed,
                rounds: config.rounds,
                spreads: &stored.spreads(),
            };
            let compared = gate.run(plan.units.clone(), stop, &mut progress, &mut keep)?;
            report.measured = judging::measured_of_rounds(&compared.rounds);
            rounds = take_compared(&mut report, compared);
        }
        None => {
            let processes = config.processes;
            let steps = metrics(&plan.units) as u64 * u64::from(processes);
            progress.stage("measuring", steps);
            let (measured, problems) = measure(
                &plan.units,
                &config.current,
                processes,
                config.effort,
                stop,
                &mut |process| {
                    let sampled = Sampled {
                        metric: process.metric.clone(),
                        stage: process.stage,
                        planned: processes,
                        round: process.round,
                        arm: process.arm,
                        first: process.first,
                        timings: process.timings.clone(),
                    };
                    keep(sampled, &mut progress)
                },
            )?;
            report.problems.extend(problems.iter().map(ToString::to_string));
            report.measured = measured.iter().filter_map(judging::measured).collect();
        }
    }
    let tails = tail_latencies(config, &stored, &variants, stop)?;
    progress.end();
    report.conditions = watch.end();
    stored.judge(config, &mut report, &counted, &tails)?;
    if let Some(mut samples) = samples {
        for (arm, reading) in counted.all() {
            samples.count(arm, reading)?;
        }
        for (metric, ns) in &tails {
            samples.latencies(metric, ns)?;
        }
        samples.finish(&report.conditions)?;
    }
    report.exact = counted.current;
    report.seconds = clock.elapsed().as_secs_f64();
    if let Some(saving) = &config.save {
        save::save(config, saving, &stored, &report, &tails, terminal)?;
    }
    Ok((report, rounds))
}

/// Counts of the current build, and of the other where that was built now.
#[derive(Debug, Default)]
struct Counted {
    baseline: Vec<ExactReading>,
    current: Vec<ExactReading>,
}

impl Counted {
    fn all(&self) -> impl Iterator<Item = (Arm, &ExactReading)> {
        let baseline = self.baseline.iter().map(|reading| (Arm::Baseline, reading));
        baseline.chain(self.current.iter().map(|reading| (Arm::Current, reading)))
    }
}

/// Counts once for each program and variant, whatever of it is timed.
fn count_all(
    config: &Bench,
    plan: &BenchPlan,
    counted: &mut Counted,
    progress: &mut BenchProgress,
    stop: &AtomicBool,
) -> Result<(), CannotRun> {
    let programs = plan.units.iter().filter_map(|unit| Some((unit, unit.programs.as_deref()?)));
    let programs: Vec<_> = programs.collect();
    progress.stage("counting", programs.len() as u64);
    let mut arms = vec![(Arm::Current, &config.current)];
    if let Against::Build(other) = &config.against {
        arms.push((Arm::Baseline, other));
    }
    for (unit, [_, program]) in programs {
        progress.now(&unit.name);
        for (arm, build) in &arms {
            let counts = count(build, unit, *arm, stop)?.unwrap_or_default();
            for (kind, value) in counts {
                let metric = plan::name(kind.name(), &program.name, &unit.spec)?;
                let reading = ExactReading {
                    metric,
                    kind,
                    value,
                    sha256: program.sha256.clone(),
                };
                match arm {
                    Arm::Baseline => counted.baseline.push(reading),
                    Arm::Current => counted.current.push(reading),
                }
            }
        }
        progress.step();
    }
    Ok(())
}

/// Moves what a comparison gave to the report.
fn take_compared(report: &mut BenchReport, compared: Compared) -> Rounds {
    report.judged.extend(compared.judged);
    report.problems.extend(compared.problems);
    for (metric, arm) in compared.one_sided {
        match arm {
            Arm::Baseline => report.problems.push(format!(
                "{metric}: the baseline has it and the current build has not"
            )),
            Arm::Current => report
                .warnings
                .push(format!("{metric}: the baseline's build has no such thing")),
        }
    }
    compared.rounds
}

/// Single latencies of the metrics whose tails have limits.
fn tail_latencies(
    config: &Bench,
    stored: &Stored,
    variants: &[EngineSpec],
    stop: &AtomicBool,
) -> Result<Vec<(MetricName, Vec<u64>)>, CannotRun> {
    let mut found = Vec::new();
    for spec in variants {
        for (operation, samples) in stored.tails(config, spec) {
            let metric = plan::name(Phase::Operation.name(), &operation, spec)?;
            let Some(ns) = latencies(&config.current, spec, &operation, samples, stop)? else {
                return Err(CannotRun::new(format!(
                    "{metric}: the baseline limits its tail, and the engine has no such operation"
                )));
            };
            found.push((metric, ns));
        }
    }
    Ok(found)
}

fn current_info(config: &Bench, plan: &BenchPlan) -> ArmInfo {
    ArmInfo {
        wasmtime: plan.greeting.engine.wasmtime.clone(),
        ..config.current.info.clone()
    }
}

fn metrics(units: &[Unit]) -> usize {
    units.iter().map(|unit| unit.items.len()).sum()
}

fn samples(report: &BenchReport, path: &std::path::Path) -> Result<SamplesWriter, CannotRun> {
    let header = SamplesHeader {
        fingerprint: report.fingerprint.clone(),
        conditions: report.conditions.clone(),
        baseline: report.baseline.clone(),
        current: report.current.clone(),
        seed: report.seed,
        started: report.started.clone(),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            InputError::file(folder, format!("cannot be created: {error}"))
        })?;
    }
    Ok(SamplesWriter::create(path, &header)?)
}

/// Names what comes nearest to filters that select nothing.
fn nothing_selected(config: &Bench, variants: &[EngineSpec], stop: &AtomicBool) -> String {
    let mut message = "nothing was selected: no metric passes the filters".to_owned();
    let everything = Bench {
        only: Vec::new(),
        ..config.clone()
    };
    let Ok(plan) = plan::plan(&everything, variants, stop) else {
        return message;
    };
    let items = plan.units.iter().flat_map(|unit| &unit.items);
    let names: Vec<&str> = items.map(|item| item.metric.as_str()).collect();
    for filter in &config.only {
        let nearest = super::input::nearest(filter.text(), names.iter().copied(), 3);
        if !nearest.is_empty() {
            let nearest = nearest.join(", ");
            message.push_str(&format!("\n  nearest to `{}`: {nearest}", filter.text()));
        }
    }
    message
}
