//! `bench`: discovers programs, measures builds, judges, reports.

mod gate;
mod inject;
mod judging;
mod keeper;
mod plan;
mod save;
mod self_check;
mod tools;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use self::gate::{Compared, Gate};
use self::judging::{Found, Stored, Variants};
use self::keeper::Keeper;
use self::plan::BenchPlan;
use super::input::CannotRun;
use crate::discover;
use crate::execute::bench::machine::{self, Watch};
use crate::execute::bench::protocol::Effort;
use crate::execute::bench::{ArmConfig, count, latencies, measure};
use crate::judge::bench::pairs::GateRule;
use crate::judge::bench::verdict;
use crate::model::bench::{
    Arm, ArmInfo, BenchReport, Evidence, ExactReading, Explanation, Judged, MetricName,
    PairedRounds, Phase, WorkloadSize,
};
use crate::model::{EngineSpec, Exit};
use crate::report::bench::{BenchDir, BenchProgress, Look, Page, Sampled, SamplesHeader};
use crate::report::{self, Terminal};
use crate::select::MetricFilter;
pub use save::Saving;
pub use self_check::SelfCheck;
pub use tools::{BaselineChange, Calibrate, bench_calibrate, bench_explain, bench_lint};

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
    /// Say which metrics there are, and measure nothing.
    pub list: bool,
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
    /// Why it did not come to that.
    pub failure: Option<String>,
}

/// Measures, compares and tells. Stops early when `stop` is set.
pub fn bench(config: &Bench, stop: &AtomicBool, terminal: &mut Terminal) -> BenchDone {
    if config.list {
        return BenchDone {
            exit: tools::ended(list(config, stop, terminal), terminal),
            report: None,
            failure: None,
        };
    }
    match run(config, stop, terminal) {
        Ok((report, exit)) => BenchDone {
            exit,
            report: Some(report),
            failure: None,
        },
        Err(failed) => {
            terminal.complain(&failed.message);
            terminal.document(&report::bench::failure(&failed.message, failed.exit));
            BenchDone {
                exit: failed.exit,
                report: None,
                failure: Some(failed.message),
            }
        }
    }
}

/// A run under way: what it will tell, and what it was told from.
struct Run<'a> {
    config: &'a Bench,
    stop: &'a AtomicBool,
    variants: Variants,
    explanations: Vec<Explanation>,
    plan: BenchPlan,
    stored: Stored,
    report: BenchReport,
    rounds: Vec<PairedRounds>,
    counted: Counted,
    tails: Vec<(MetricName, Vec<u64>)>,
    /// What the build showed against itself, before it becomes a baseline.
    equal: Vec<Judged>,
}

fn run(
    config: &Bench,
    stop: &AtomicBool,
    terminal: &mut Terminal,
) -> Result<(BenchReport, Exit), CannotRun> {
    let clock = Instant::now();
    let watch = Watch::start();
    let mut run = Run::prepare(config, stop, &watch, terminal)?;
    let header = run.header();
    let (folder, samples) = match &config.report {
        None => (None, None),
        Some(folder) => {
            let (folder, samples) = BenchDir::create(folder, &header)?;
            (Some(folder), Some(samples))
        }
    };
    let history = discover::read_history(&config.history)?;
    let mut keeper = Keeper::new(samples, Some(BenchProgress::start(terminal)));
    let measured = run.measure(&mut keeper);
    let samples = keeper.end();
    measured?;
    run.report.conditions = watch.end();
    run.report.seconds = clock.elapsed().as_secs_f64();
    run.judge();
    if let Some(mut samples) = samples {
        for (arm, reading) in run.counted.all() {
            samples.count(arm, reading)?;
        }
        for (metric, ns) in &run.tails {
            samples.latencies(metric, ns)?;
        }
        samples.finish(&run.report.conditions)?;
    }
    let Run {
        report,
        rounds,
        stored,
        equal,
        ..
    } = run;
    let exit = match config.against {
        // Nothing was compared, and nothing was to be.
        Against::Nothing if report.problems.is_empty() => {
            match report.measured.is_empty() && report.exact.is_empty() {
                true => Exit::NothingSelected,
                false => Exit::Expected,
            }
        }
        _ => verdict::exit(&report),
    };
    if let Some(saving) = &config.save {
        save::save(config, saving, &stored, &report, &equal, terminal)?;
    }
    if let Some(folder) = folder {
        folder.write(&Page {
            report: &report,
            rounds: &rounds,
            history: &history,
            exit,
            repro: &config.repro,
        })?;
    }
    terminal.bench(&report, exit, &config.repro, &Look::of_stdout(config.all));
    Ok((report, exit))
}

impl<'a> Run<'a> {
    /// What is cheap to know is found out before anything takes time.
    fn prepare(
        config: &'a Bench,
        stop: &'a AtomicBool,
        watch: &Watch,
        terminal: &Terminal,
    ) -> Result<Run<'a>, CannotRun> {
        let stored = Stored::read(config)?;
        let run = specs(config)?;
        let all = vec!["all".to_owned()];
        let known = super::input::engine_variants(&config.root, &config.engine, &all, true)?;
        let variants = Variants {
            known: known.into_iter().map(|variant| variant.name).collect(),
            run,
        };
        let plan = plan::plan(config, &variants.run, stop)?;
        for left_out in &plan.left_out {
            terminal.note(&format!("left out: {left_out}"));
        }
        if plan.units.is_empty() && plan.counted.is_empty() && stored.criterion.is_empty() {
            return Err(CannotRun::nothing_selected(nothing_selected(
                config,
                &variants.run,
                stop,
            )));
        }
        let mut problems = Vec::new();
        // A program of our own that is gone would be a metric less; another
        // corpus may hold what nobody can run.
        if config.from.is_none() {
            problems.extend(plan.left_out.iter().cloned());
        }
        if let Some(other) = config.against.live() {
            problems.extend(plan::incomparable(
                config,
                other,
                &plan,
                &variants.run,
                stop,
            )?);
        }
        let explanations = match config.against {
            Against::Baseline { .. } => {
                let items = plan.units.iter().flat_map(|unit| &unit.items);
                let mut names: Vec<_> = items.map(|item| item.metric.clone()).collect();
                names.extend(stored.names());
                discover::read_explanations(&config.explanations, &names)?
            }
            _ => Vec::new(),
        };
        let current = ArmInfo {
            wasmtime: plan.greeting.engine.wasmtime.clone(),
            ..config.current.info.clone()
        };
        let live = config.against.live().map(|arm| arm.info.clone());
        let is_stored = matches!(config.against, Against::Baseline { .. });
        let baseline = live.or_else(|| stored.info().filter(|_| is_stored));
        let report = BenchReport {
            baseline,
            current,
            fingerprint: machine::fingerprint(&plan.greeting.profile),
            conditions: watch.end(),
            seed: config.seed,
            started: jiff::Timestamp::now().to_string(),
            seconds: 0.0,
            measured: Vec::new(),
            exact: Vec::new(),
            judged: Vec::new(),
            problems,
            warnings: Vec::new(),
        };
        Ok(Run {
            config,
            stop,
            variants,
            explanations,
            plan,
            stored,
            report,
            rounds: Vec::new(),
            counted: Counted::default(),
            tails: Vec::new(),
            equal: Vec::new(),
        })
    }

    fn header(&self) -> SamplesHeader {
        SamplesHeader {
            fingerprint: self.report.fingerprint.clone(),
            conditions: self.report.conditions.clone(),
            baseline: self.report.baseline.clone(),
            current: self.report.current.clone(),
            seed: self.report.seed,
            started: self.report.started.clone(),
        }
    }

    fn measure(&mut self, keeper: &mut Keeper) -> Result<(), CannotRun> {
        self.count(keeper)?;
        let saved = self.config.save.as_ref();
        match self.config.against.live() {
            Some(baseline) => self.compare(baseline, keeper)?,
            // A baseline is measured as it will be compared, and a build that
            // differs from itself shows a machine that cannot measure.
            None if saved.is_some_and(|saving| saving.baseline && !saving.counts_only) => {
                self.compare(&self.config.current, keeper)?;
                self.equal = std::mem::take(&mut self.report.judged);
            }
            None => self.alone(keeper)?,
        }
        self.tails()
    }

    /// Counts once for each program and variant, whatever of it is timed.
    fn count(&mut self, keeper: &mut Keeper) -> Result<(), CannotRun> {
        let programs: Vec<_> = self
            .plan
            .counted
            .iter()
            .filter_map(|unit| Some((unit, &unit.programs.as_deref()?[1])))
            .collect();
        keeper.stage("counting", programs.len() as u64);
        let mut arms = vec![(Arm::Current, &self.config.current)];
        if let Against::Build(other) = &self.config.against {
            arms.push((Arm::Baseline, other));
        }
        for (unit, program) in programs {
            keeper.now(&unit.name);
            for (arm, build) in &arms {
                let counts = count(build, unit, *arm, self.stop)?.unwrap_or_default();
                for (kind, value) in counts {
                    let metric = plan::name(kind.name(), &program.name, &unit.spec)?;
                    // All counts of a program that is timed; those that were
                    // asked for of one that is not.
                    if !unit.items.is_empty() || plan::selected(&metric, &self.config.only) {
                        self.counted.of(*arm).push(ExactReading {
                            metric,
                            kind,
                            value,
                            sha256: program.sha256.clone(),
                        });
                    }
                }
            }
            keeper.step();
        }
        Ok(())
    }

    fn gate<'g>(&'g self, baseline: &'g ArmConfig) -> Gate<'g> {
        let items = self.plan.units.iter().map(|unit| unit.items.len());
        Gate {
            baseline,
            current: &self.config.current,
            rule: GateRule::for_metrics(items.sum()),
            effort: self.config.effort,
            seed: self.config.seed,
            rounds: self.config.rounds,
            spreads: self.stored.spreads(),
        }
    }

    /// Two builds, side by side.
    fn compare(&mut self, baseline: &ArmConfig, keeper: &mut Keeper) -> Result<(), CannotRun> {
        let compared = self
            .gate(baseline)
            .run(self.plan.units.clone(), self.stop, keeper)?;
        self.report.measured = judging::measured_of_rounds(&compared.rounds);
        let Compared {
            judged,
            rounds,
            one_sided,
            problems,
        } = compared;
        for measured in &mut self.report.measured {
            let mut pairs = judged.iter().filter(|pair| pair.metric == measured.metric);
            if let Some(Evidence::Pair(pair)) = pairs.next().map(|pair| &pair.evidence) {
                measured.spread_pct = Some(pair.spread * 100.0);
            }
        }
        self.report.judged.extend(judged);
        self.report.problems.extend(problems);
        self.rounds = rounds;
        for (metric, arm) in one_sided {
            match arm {
                Arm::Baseline => self.report.problems.push(format!(
                    "{metric}: the baseline has it and the current build has not"
                )),
                Arm::Current => self
                    .report
                    .warnings
                    .push(format!("{metric}: the baseline's build has no such thing")),
            }
        }
        Ok(())
    }

    /// One build, without another.
    fn alone(&mut self, keeper: &mut Keeper) -> Result<(), CannotRun> {
        let processes = self.config.processes;
        let items = self.plan.units.iter().map(|unit| unit.items.len());
        let steps = items.sum::<usize>() as u64 * u64::from(processes);
        keeper.stage("measuring", steps);
        let (measured, problems) = measure(
            &self.plan.units,
            &self.config.current,
            processes,
            self.config.effort,
            self.stop,
            &mut |process| {
                keeper.process(&Sampled {
                    metric: process.metric.clone(),
                    stage: process.stage,
                    planned: processes,
                    round: process.round,
                    arm: process.arm,
                    first: process.first,
                    timings: process.timings.clone(),
                })
            },
        )?;
        let problems = problems.iter().map(ToString::to_string);
        self.report.problems.extend(problems);
        self.report.measured = measured.iter().filter_map(judging::measured).collect();
        Ok(())
    }

    /// Single latencies of the metrics whose tails have limits.
    fn tails(&mut self) -> Result<(), CannotRun> {
        for spec in &self.variants.run {
            for (operation, samples) in self.stored.tails(self.config, spec) {
                let metric = plan::name(Phase::Operation.name(), &operation, spec)?;
                let found = latencies(&self.config.current, spec, &operation, samples, self.stop)?;
                let Some(ns) = found else {
                    return Err(CannotRun::new(format!(
                        "{metric}: the baseline limits its tail, and the engine has no such \
                         operation"
                    )));
                };
                self.tails.push((metric, ns));
            }
        }
        Ok(())
    }

    /// Judges by everything that is stored.
    fn judge(&mut self) {
        self.report.exact.clone_from(&self.counted.current);
        let found = Found {
            report: &mut self.report,
            counted: &self.counted,
            tails: &self.tails,
            explanations: &self.explanations,
        };
        self.stored.judge(self.config, &self.variants, found);
    }
}

/// Names every metric that would be measured.
fn list(config: &Bench, stop: &AtomicBool, terminal: &Terminal) -> Result<Exit, CannotRun> {
    let variants = specs(config)?;
    let plan = plan::plan(config, &variants, stop)?;
    let items = plan.units.iter().flat_map(|unit| &unit.items);
    let names: Vec<&str> = items.map(|item| item.metric.as_str()).collect();
    if names.is_empty() {
        return Err(CannotRun::nothing_selected(nothing_selected(
            config, &variants, stop,
        )));
    }
    terminal.text(&names.join("\n"));
    terminal.document(&serde_json::json!({ "schema": 1, "metrics": names }));
    for left_out in &plan.left_out {
        terminal.note(&format!("left out: {left_out}"));
    }
    Ok(Exit::Expected)
}

fn specs(config: &Bench) -> Result<Vec<EngineSpec>, CannotRun> {
    let variants =
        super::input::engine_variants(&config.root, &config.engine, &config.variants, true)?;
    Ok(variants.iter().map(discover::Variant::spec).collect())
}

/// Tries the gate itself out.
pub fn bench_self_check(
    config: &Bench,
    check: &SelfCheck,
    stop: &AtomicBool,
    terminal: &mut Terminal,
) -> Exit {
    let ended = specs(config)
        .and_then(|specs| self_check::self_check(config, check, &specs[0], stop, terminal));
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
            terminal.document(&report::bench::failure(&failed.message, failed.exit));
            failed.exit
        }
    }
}

/// Counts of the current build, and of the other where that was built now.
#[derive(Debug, Default)]
struct Counted {
    baseline: Vec<ExactReading>,
    current: Vec<ExactReading>,
}

impl Counted {
    fn of(&mut self, arm: Arm) -> &mut Vec<ExactReading> {
        match arm {
            Arm::Baseline => &mut self.baseline,
            Arm::Current => &mut self.current,
        }
    }

    fn all(&self) -> impl Iterator<Item = (Arm, &ExactReading)> {
        let baseline = self.baseline.iter().map(|reading| (Arm::Baseline, reading));
        baseline.chain(self.current.iter().map(|reading| (Arm::Current, reading)))
    }
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
