//! Tries the gate out, here and now: how often it cries wolf, and what it finds.
//!
//! Every trial is a whole gate, both stages, over one metric. Nothing is
//! simulated: the processes run, and what they differ in was put there.

mod experiments;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::Bench;
use super::gate::{Compared, Gate};
use super::inject::Injected;
use super::keeper::Keeper;
use super::plan::{self, BenchPlan, name};
use crate::execute::bench::busy::Busy;
use crate::execute::bench::machine::{self, Watch};
use crate::execute::bench::{ArmConfig, Item, Subject, Unit, count};
use crate::judge::bench::pairs::GateRule;
use crate::judge::bench::self_check::tally;
use crate::judge::bench::statistics::median;
use crate::model::bench::{
    Arm, Evidence, ExactKind, Judged, MetricName, SelfCheckReport, SelfCheckRow, WorkloadSize,
};
use crate::model::{EngineSpec, Exit, InputError};
use crate::pipeline::input::CannotRun;
use crate::report::bench::{SamplesHeader, SamplesWriter};
use crate::report::{Progress, Terminal};
use experiments::{Experiment, experiments};

/// How thorough it is.
#[derive(Clone, Debug)]
pub struct SelfCheck {
    /// Trials of each experiment that a promise rests on: without a miss, 300
    /// bound a rate of false alarms below 1 % and 59 show a power of 95 %.
    pub alarms: u32,
    /// Trials of each injected slowdown of 2 and of 5 %, and of speed-ups.
    pub power: u32,
    /// Trials of every other experiment.
    pub others: u32,
    /// The current build twice, each time in a random order of its own; without
    /// them that experiment is not run, and the report says so. Neither is the build
    /// as it was linked: that order is better than a random one.
    pub layouts: Option<[ArmConfig; 2]>,
    /// A program that keeps a core busy, with its arguments.
    pub busy: Vec<String>,
    /// Where raw samples go.
    pub folder: PathBuf,
    /// Only experiments whose names contain one of these; all if empty.
    pub experiments: Vec<String>,
}

/// Runs every experiment.
pub(super) fn self_check(
    config: &Bench,
    check: &SelfCheck,
    variant: &EngineSpec,
    stop: &AtomicBool,
    terminal: &Terminal,
) -> Result<SelfCheckReport, CannotRun> {
    let plan = plan::plan(config, std::slice::from_ref(variant), stop)?;
    // One metric a trial, of all programs and phases in turn.
    let corpus: Vec<Unit> = plan.units.iter().flat_map(one_by_one).collect();
    if corpus.is_empty() {
        return Err(CannotRun::nothing_selected("no metric is selected"));
    }
    let experiments = experiments(check)?;
    let mut progress = Progress::start(terminal);
    let started = Instant::now();
    let mut report = SelfCheckReport::default();
    let mut gates = Gates {
        config,
        check,
        variant,
        stop,
        plan,
        corpus,
        spreads: Spreads::default(),
    };
    for experiment in experiments {
        if experiment.layout && check.layouts.is_none() {
            report.not_run.push(experiment.name);
            continue;
        }
        let mut row = SelfCheckRow {
            experiment: experiment.name.clone(),
            percent: experiment.percent,
            busy: experiment.busy,
            ..SelfCheckRow::default()
        };
        let ran = gates.run(&experiment, &mut row, &mut |row, trial| {
            progress.say(&format!(
                "{}: gate {} of {}, {} flagged; {} s",
                experiment.name,
                trial + 1,
                experiment.trials,
                row.flagged,
                started.elapsed().as_secs()
            ));
        });
        if row.gates > 0 {
            report.rows.push(row);
        }
        // What was found before is told all the same: it took hours.
        if let Err(failed) = ran {
            let name = &experiment.name;
            report.problems.push(format!("{name}: {}", failed.message));
            break;
        }
    }
    progress.end();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// How the command ends.
pub(super) fn ended(report: &SelfCheckReport, broken: &[String]) -> Exit {
    if !report.problems.is_empty() {
        Exit::CouldNotRun
    } else if !broken.is_empty() {
        Exit::Unexpected
    } else if report.rows.is_empty() {
        Exit::NothingSelected
    } else {
        Exit::Expected
    }
}

/// What all gates have in common.
struct Gates<'a> {
    config: &'a Bench,
    check: &'a SelfCheck,
    variant: &'a EngineSpec,
    stop: &'a AtomicBool,
    plan: BenchPlan,
    /// Units of one item each.
    corpus: Vec<Unit>,
    spreads: Spreads,
}

impl Gates<'_> {
    /// Runs the gates of an experiment, and counts what they say.
    fn run(
        &mut self,
        experiment: &Experiment,
        row: &mut SelfCheckRow,
        say: &mut dyn FnMut(&SelfCheckRow, u32),
    ) -> Result<(), CannotRun> {
        let Gates {
            config,
            check,
            variant,
            stop,
            ..
        } = *self;
        if stop.load(Ordering::Relaxed) {
            return Err(CannotRun::new("interrupted"));
        }
        if let Some(injected) = experiment.injected {
            let dose = dose(config, check, variant, injected, experiment, stop)?;
            row.measured_dose = Some(dose);
        }
        let folder = folder(check, experiment)?;
        let busy = experiment
            .busy
            .then(|| Busy::start(&check.busy))
            .transpose()
            .map_err(CannotRun::new)?;
        for trial in 0..experiment.trials {
            say(row, trial);
            let unit = unit(check, variant, experiment, &self.corpus, trial)?;
            let samples = samples(config, &self.plan, &folder, trial)?;
            let mut keeper = Keeper::new(Some(samples), None);
            let gate = gate(config, check, experiment, trial, self.spreads.known());
            let judged = only(gate.run(vec![unit], stop, &mut keeper)?)?;
            self.spreads.add(&judged);
            tally(row, &judged);
        }
        drop(busy);
        Ok(())
    }
}

/// The folder of an experiment's samples, without those of an earlier check.
fn folder(check: &SelfCheck, experiment: &Experiment) -> Result<PathBuf, InputError> {
    let name = experiment.name.replace(" %", "").replace(", ", "-");
    let folder = check.folder.join(name.replace([' ', '/'], "-"));
    let cannot =
        |error: std::io::Error| InputError::file(&folder, format!("cannot be emptied: {error}"));
    std::fs::create_dir_all(&folder)
        .map_err(|error| InputError::file(&folder, format!("cannot be created: {error}")))?;
    for entry in std::fs::read_dir(&folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("samples-") && name.ends_with(".jsonl") {
            std::fs::remove_file(&path).map_err(cannot)?;
        }
    }
    Ok(folder)
}

/// The samples of a gate, in a file of its own: two gates may be over one metric.
fn samples(
    config: &Bench,
    plan: &BenchPlan,
    folder: &Path,
    trial: u32,
) -> Result<SamplesWriter, CannotRun> {
    let header = SamplesHeader {
        fingerprint: machine::fingerprint(&plan.greeting.profile),
        conditions: Watch::start().end(),
        baseline: Some(config.current.info.clone()),
        current: config.current.info.clone(),
        seed: config.seed,
        started: jiff::Timestamp::now().to_string(),
    };
    Ok(SamplesWriter::create(
        &folder.join(format!("samples-{trial:03}.jsonl")),
        &header,
    )?)
}

/// Units of one item each.
fn one_by_one(unit: &Unit) -> Vec<Unit> {
    let alone = |item: &Item| Unit {
        items: vec![item.clone()],
        ..unit.clone()
    };
    unit.items.iter().map(alone).collect()
}

/// What a trial measures.
fn unit(
    check: &SelfCheck,
    variant: &EngineSpec,
    experiment: &Experiment,
    corpus: &[Unit],
    trial: u32,
) -> Result<Unit, CannotRun> {
    match experiment.injected {
        // The trials of an experiment spread over all metrics, those of the
        // next experiment over the same ones.
        None => Ok(corpus[trial as usize % corpus.len()].clone()),
        Some(injected) => injected_unit(
            &check.folder.join("programs"),
            variant,
            injected,
            experiment.percent,
        ),
    }
}

fn injected_unit(
    folder: &Path,
    variant: &EngineSpec,
    injected: Injected,
    percent: i32,
) -> Result<Unit, CannotRun> {
    let plain = injected.program(0, folder)?;
    let changed = injected.program(percent.unsigned_abs(), folder)?;
    let metric = name(injected.phase().name(), &plain.name, variant)?;
    let programs = if percent < 0 {
        [changed, plain]
    } else {
        [plain, changed]
    };
    Ok(Unit {
        name: format!("{metric}, {percent:+} %"),
        spec: variant.clone(),
        programs: Some(Box::new(programs)),
        size: WorkloadSize::Default,
        items: vec![Item {
            metric,
            subject: Subject::Phase(injected.phase()),
        }],
    })
}

fn gate<'c>(
    config: &'c Bench,
    check: &'c SelfCheck,
    experiment: &Experiment,
    trial: u32,
    spreads: BTreeMap<MetricName, f64>,
) -> Gate<'c> {
    let [baseline, current] = match &check.layouts {
        Some(layouts) if experiment.layout => layouts.each_ref(),
        _ => [&config.current, &config.current],
    };
    Gate {
        baseline,
        current,
        rule: GateRule::default(),
        effort: config.effort,
        seed: config
            .seed
            .wrapping_add(u64::from(trial) << 8)
            .wrapping_add(hash(&experiment.name)),
        lanes: config.jobs,
        rounds: config.rounds,
        spreads,
    }
}

/// The spreads that earlier gates saw. A gate plans its rounds by the spreads of a
/// baseline, and these stand for one.
#[derive(Default)]
struct Spreads(BTreeMap<MetricName, Vec<f64>>);

impl Spreads {
    fn add(&mut self, judged: &Judged) {
        if let Evidence::Pair(pair) = &judged.evidence {
            let seen = self.0.entry(judged.metric.clone()).or_default();
            seen.push(pair.spread);
        }
    }

    fn known(&self) -> BTreeMap<MetricName, f64> {
        let median = |(metric, seen): (&MetricName, &Vec<f64>)| {
            median(seen).map(|spread| (metric.clone(), spread))
        };
        self.0.iter().filter_map(median).collect()
    }
}

/// FNV-1a: only to give each experiment orders of its own.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What a gate over one metric said.
fn only(compared: Compared) -> Result<Judged, CannotRun> {
    if let Some(problem) = compared.problems.into_iter().next() {
        return Err(CannotRun::new(problem));
    }
    let mut judged = compared.judged;
    match (judged.pop(), judged.len()) {
        (Some(only), 0) => Ok(only),
        (_, others) => Err(CannotRun::new(format!(
            "a gate over one metric judged {}",
            others + 1
        ))),
    }
}

/// The ratio, less one, of what was injected, as counted and not timed.
fn dose(
    config: &Bench,
    check: &SelfCheck,
    variant: &EngineSpec,
    injected: Injected,
    experiment: &Experiment,
    stop: &AtomicBool,
) -> Result<f64, CannotRun> {
    let folder = check.folder.join("programs");
    let unit = injected_unit(&folder, variant, injected, experiment.percent)?;
    let kind = match injected {
        Injected::Work => ExactKind::Fuel,
        Injected::Code => ExactKind::CodeBytes,
        Injected::Data => ExactKind::SerializedBytes,
    };
    let read = |arm: Arm| -> Result<f64, CannotRun> {
        let counts = count(&config.current, &unit, arm, stop)?.unwrap_or_default();
        let found = counts.iter().find(|(found, _)| *found == kind);
        found.map(|(_, value)| *value as f64).ok_or_else(|| {
            CannotRun::new(format!(
                "the engine counts no {kind}, and what was injected cannot be shown"
            ))
        })
    };
    let dose = read(Arm::Current)? / read(Arm::Baseline)? - 1.0;
    let wanted = f64::from(experiment.percent) / 100.0;
    // Code and serialized modules have parts that do not grow.
    let wanted = if wanted < 0.0 {
        1.0 / (1.0 - wanted) - 1.0
    } else {
        wanted
    };
    if (dose - wanted).abs() > 0.2 * wanted.abs() {
        return Err(CannotRun::new(format!(
            "{}: the {kind} differ by {:.2} %",
            experiment.name,
            dose * 100.0
        )));
    }
    Ok(dose)
}
