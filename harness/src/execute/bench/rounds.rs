//! Rounds: a fresh process of each arm, in random order, working in turns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cores;
use super::measuring::BenchError;
use super::protocol::Effort;
use super::turns::{Ended, Turns, pair, process};
use super::{ArmConfig, Unit};
use crate::model::bench::{Arm, MetricName, PairedRounds, ProcessTimings, Round};

/// A unit, and in how many rounds each of its items is measured: each in as many as
/// it needs, so that a noisy one costs the others nothing.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The unit.
    pub unit: Unit,
    /// One for each item.
    pub rounds: Vec<u32>,
}

impl Planned {
    /// Places of the items that are measured in this round, from zero.
    fn in_round(&self, number: u32) -> Vec<usize> {
        let places = self.rounds.iter().enumerate();
        places
            .filter(|(_, rounds)| number < **rounds)
            .map(|(place, _)| place)
            .collect()
    }
}

/// A stage: a fixed number of rounds for each item.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    /// 1, or 2 for the confirmation.
    pub number: u8,
    /// What is measured, and in how many rounds.
    pub units: &'a [Planned],
    /// The work of each timing.
    pub effort: Effort,
    /// What the orders are drawn from.
    pub seed: u64,
}

/// One process has measured one metric.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The metric.
    pub metric: &'a MetricName,
    /// The stage; 0 where nothing is compared.
    pub stage: u8,
    /// The round in the stage.
    pub round: u32,
    /// The arm.
    pub arm: Arm,
    /// The arm that ran first in this round.
    pub first: Arm,
    /// The times.
    pub timings: &'a ProcessTimings,
}

/// What a stage gave.
#[derive(Clone, Debug, Default)]
pub struct StageOutcome {
    /// Every metric that both arms have.
    pub paired: Vec<PairedRounds>,
    /// Metrics that one arm has and the other has not, with the arm that has.
    pub one_sided: Vec<(MetricName, Arm)>,
    /// Units that were given up, and why. Their metrics have fewer rounds than
    /// planned.
    pub problems: Vec<BenchError>,
}

/// Runs a stage. Rounds of different units alternate, so that what the machine
/// does for a minute does not hit one metric alone. A unit that fails is given
/// up and the others go on; so is everything when `sink` fails, which is where
/// the times are kept.
///
/// # Errors
///
/// Those of `sink`.
pub fn run_stage<E>(
    stage: &Stage<'_>,
    baseline: &ArmConfig,
    current: &ArmConfig,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(Progress<'_>) -> Result<(), E>,
) -> Result<StageOutcome, E> {
    let mut random = fastrand::Rng::with_seed(stage.seed);
    let cores = cores::usable();
    let mut outcome = StageOutcome::default();
    let mut kept: BTreeMap<(usize, usize), Vec<Round>> = BTreeMap::new();
    let mut sides: BTreeMap<(usize, usize), [bool; 2]> = BTreeMap::new();
    let mut given_up = vec![false; stage.units.len()];
    let rounds = stage.units.iter().flat_map(|planned| &planned.rounds);
    'stage: for number in 0..rounds.copied().max().unwrap_or(0) {
        let mut order: Vec<usize> = (0..stage.units.len()).collect();
        random.shuffle(&mut order);
        for index in order {
            // Drawn whether or not it is used: a unit that is given up does not
            // change the order of the others.
            let first = if random.bool() {
                Arm::Baseline
            } else {
                Arm::Current
            };
            let unit = &stage.units[index].unit;
            let items = stage.units[index].in_round(number);
            if given_up[index] || items.is_empty() {
                continue;
            }
            if stop.load(Ordering::Relaxed) {
                outcome.problems.push(BenchError::Interrupted);
                break 'stage;
            }
            let core = core(unit, &cores, &mut random);
            let turns = Turns {
                unit,
                items: &items,
                effort: stage.effort,
                first,
                core,
            };
            let mut keep = |place: usize, [a, b]: [Option<ProcessTimings>; 2]| {
                for (arm, timings) in [(Arm::Baseline, &a), (Arm::Current, &b)] {
                    if let Some(timings) = timings {
                        sink(Progress {
                            metric: &unit.items[place].metric,
                            stage: stage.number,
                            round: number,
                            arm,
                            first,
                            timings,
                        })?;
                    }
                }
                sides.insert((index, place), [a.is_some(), b.is_some()]);
                if let (Some(baseline), Some(current)) = (a, b) {
                    kept.entry((index, place)).or_default().push(Round {
                        number,
                        first,
                        baseline,
                        current,
                    });
                }
                Ok(())
            };
            match pair([baseline, current], turns, stop, &mut keep) {
                Ok(()) => {}
                Err(Ended::Keeping(error)) => return Err(error),
                Err(Ended::Measuring(error)) => {
                    given_up[index] = true;
                    let interrupted = error == BenchError::Interrupted;
                    outcome.problems.push(error);
                    if interrupted {
                        break 'stage;
                    }
                }
            }
        }
    }
    for ((index, place), rounds) in kept {
        let Planned {
            unit,
            rounds: planned,
        } = &stage.units[index];
        outcome.paired.push(PairedRounds {
            metric: unit.items[place].metric.clone(),
            stage: stage.number,
            planned: planned[place],
            rounds,
        });
    }
    for ((index, place), [a, b]) in sides {
        let metric = || stage.units[index].unit.items[place].metric.clone();
        match (a, b) {
            (true, false) => outcome.one_sided.push((metric(), Arm::Baseline)),
            (false, true) => outcome.one_sided.push((metric(), Arm::Current)),
            _ => {}
        }
    }
    Ok(outcome)
}

/// One metric of one build, measured without a comparison.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The metric.
    pub metric: MetricName,
    /// One entry a process.
    pub processes: Vec<ProcessTimings>,
}

/// Measures one build alone, each unit in `processes` fresh processes.
///
/// # Errors
///
/// Those of `sink`.
pub fn measure<E>(
    units: &[Unit],
    arm: &ArmConfig,
    processes: u32,
    effort: Effort,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(Progress<'_>) -> Result<(), E>,
) -> Result<(Vec<Measured>, Vec<BenchError>), E> {
    let mut problems = Vec::new();
    let mut given_up = vec![false; units.len()];
    let mut kept: BTreeMap<(usize, usize), Vec<ProcessTimings>> = BTreeMap::new();
    // On one core, as in a pair: medians of both are compared with each other, and threads
    // that wake each other take several times as long on two.
    let (mut random, cores) = (fastrand::Rng::with_seed(0), cores::usable());
    'processes: for number in 0..processes {
        for (index, unit) in units.iter().enumerate() {
            if given_up[index] {
                continue;
            }
            let mut keep = |place: usize, timings: ProcessTimings| {
                sink(Progress {
                    metric: &unit.items[place].metric,
                    stage: 0,
                    round: number,
                    arm: Arm::Current,
                    first: Arm::Current,
                    timings: &timings,
                })?;
                kept.entry((index, place)).or_default().push(timings);
                Ok(())
            };
            let core = core(unit, &cores, &mut random);
            match process(arm, unit, core, effort, stop, &mut keep) {
                Ok(()) => {}
                Err(Ended::Keeping(error)) => return Err(error),
                Err(Ended::Measuring(error)) => {
                    given_up[index] = true;
                    let interrupted = error == BenchError::Interrupted;
                    problems.push(error);
                    if interrupted {
                        break 'processes;
                    }
                }
            }
        }
    }
    let measured = kept
        .into_iter()
        .filter(|((index, _), _)| !given_up[*index])
        .map(|((index, place), processes)| Measured {
            metric: units[index].items[place].metric.clone(),
            processes,
        })
        .collect();
    Ok((measured, problems))
}

/// The core that a unit's processes work on: threads that work at once need more than
/// one.
fn core(unit: &Unit, cores: &[usize], random: &mut fastrand::Rng) -> Option<usize> {
    let parallel = unit.spec.settings.get("parallel-compilation");
    match parallel.is_some_and(|value| value == "true") {
        true => None,
        false => random.choice(cores.iter().copied()),
    }
}
