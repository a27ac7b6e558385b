//! One run of `bench`: what is measured, in which order, and where it goes.

mod counting;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::gate::{Compared, Gate};
use super::keeper::Keeper;
use super::plan::{self, BenchPlan};
use super::save::{self, Saved};
use super::stored::{Found, Stored, Variants};
use super::{Against, Bench, nothing_selected, specs};
use crate::discover;
use crate::execute::bench::machine::{self, Watch};
use crate::execute::bench::{ArmConfig, callgrind, measure};
use crate::judge::bench::measured::{measured, measured_in_pairs};
use crate::judge::bench::pairs::GateRule;
use crate::judge::bench::verdict;
use crate::model::Exit;
use crate::model::bench::{
    Arm, ArmInfo, BenchReport, Explanation, Judged, MetricName, PairedRounds,
};
use crate::pipeline::input::{self, CannotRun};
use crate::report::Terminal;
use crate::report::bench::{BenchDir, BenchProgress, Look, Page, Sampled, SamplesHeader};
pub(super) use counting::Counted;

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

pub(super) fn run(
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
        mut report,
        rounds,
        stored,
        equal,
        ..
    } = run;
    let files = match &config.save {
        None => Vec::new(),
        Some(saving) => {
            let files = save::files(config, saving, &stored, &report, &equal, terminal);
            files.unwrap_or_else(|refused| {
                report.problems.push(refused);
                Vec::new()
            })
        }
    };
    let publish = |report: &BenchReport| {
        let exit = ended(config, report);
        let written = folder.as_ref().map(|folder| {
            folder.write(&Page {
                report,
                rounds: &rounds,
                history: &history,
                exit,
                repro: &config.repro,
            })
        });
        written.transpose().map(|_| exit)
    };
    // A baseline is touched when all else went well, and what is told says whether
    // it was.
    let mut exit = publish(&report)?;
    if let Err(unwritten) = save::write(&files, terminal) {
        report.problems.push(unwritten.to_string());
        exit = publish(&report)?;
    }
    terminal.bench(&report, exit, &config.repro, &Look::of_stdout(config.all));
    Ok((report, exit))
}

/// How the command ends.
fn ended(config: &Bench, report: &BenchReport) -> Exit {
    match config.against {
        // Nothing was compared, and nothing was to be.
        Against::Nothing if report.problems.is_empty() => {
            match report.measured.is_empty() && report.exact.is_empty() {
                true => Exit::NothingSelected,
                false => Exit::Expected,
            }
        }
        _ => verdict::exit(report),
    }
}

impl<'a> Run<'a> {
    /// What is cheap to know is found out before anything takes time.
    fn prepare(
        config: &'a Bench,
        stop: &'a AtomicBool,
        watch: &Watch,
        terminal: &Terminal,
    ) -> Result<Run<'a>, CannotRun> {
        if config.instructions {
            callgrind::is_here().map_err(CannotRun::new)?;
        }
        let stored = Stored::read(config)?;
        let run = specs(config)?;
        let all = vec!["all".to_owned()];
        let known = input::engine_variants(&config.root, &config.engine, &all, true)?;
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
        let saved = self.config.save.as_ref().map(|saving| saving.what);
        match self.config.against.live() {
            Some(baseline) => self.compare(baseline, keeper)?,
            // A baseline is measured as it will be compared, and a build that
            // differs from itself shows a machine that cannot measure.
            None if saved == Some(Saved::Baseline) => {
                self.compare(&self.config.current, keeper)?;
                self.equal = std::mem::take(&mut self.report.judged);
            }
            None => self.alone(keeper)?,
        }
        self.tails();
        Ok(())
    }

    /// Says once what could not be measured: a program that fails when it is counted
    /// fails when it is timed.
    fn problem(&mut self, problem: impl ToString) {
        let problem = problem.to_string();
        if !self.report.problems.contains(&problem) {
            self.report.problems.push(problem);
        }
    }

    fn gate<'g>(&'g self, baseline: &'g ArmConfig) -> Gate<'g> {
        Gate {
            baseline,
            current: &self.config.current,
            rule: GateRule::default(),
            effort: self.config.effort,
            seed: self.config.seed,
            lanes: self.config.jobs,
            rounds: self.config.rounds,
            // For a baseline a build beside itself is to show how much rounds spread,
            // and not to find anything.
            spreads: match &self.config.save {
                Some(saving) if saving.what == Saved::Baseline => BTreeMap::new(),
                _ => self.stored.spreads(),
            },
        }
    }

    /// Two builds, side by side.
    fn compare(&mut self, baseline: &ArmConfig, keeper: &mut Keeper) -> Result<(), CannotRun> {
        let compared = self
            .gate(baseline)
            .run(self.plan.units.clone(), self.stop, keeper)?;
        let Compared {
            judged,
            rounds,
            one_sided,
            problems,
        } = compared;
        self.report.measured = measured_in_pairs(&rounds, &judged);
        self.report.judged.extend(judged);
        problems
            .into_iter()
            .for_each(|problem| self.problem(problem));
        self.rounds = rounds;
        for (metric, arm) in one_sided {
            match arm {
                Arm::Baseline => self.problem(format!(
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
        let (timed, problems) = measure(
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
        problems
            .into_iter()
            .for_each(|problem| self.problem(problem));
        let timed = timed.iter();
        self.report.measured = timed
            .filter_map(|timed| measured(&timed.metric, &timed.processes))
            .collect();
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
