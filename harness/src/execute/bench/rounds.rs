//! Rounds: a fresh process of each arm, in random order, working in turns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::cores;
use super::measuring::BenchError;
use super::protocol::Effort;
use super::turns::{Ended, Turns, pair};
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
    /// How many pairs are measured at a time, each on a core of its own, if there are as
    /// many cores.
    pub lanes: usize,
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
pub fn run_stage<E: Send>(
    stage: &Stage<'_>,
    baseline: &ArmConfig,
    current: &ArmConfig,
    stop: &AtomicBool,
    sink: &mut Sink<'_, E>,
) -> Result<StageOutcome, E> {
    let drawn = draw(stage);
    let is_alone = |round: &Drawn| is_parallel(&stage.units[round.unit].unit);
    let (alone, drawn): (Vec<_>, Vec<_>) = drawn.into_iter().partition(is_alone);
    let kept = Mutex::new(Kept {
        sink,
        rounds: BTreeMap::new(),
        sides: BTreeMap::new(),
        given_up: vec![false; stage.units.len()],
        problems: Vec::new(),
        going: Going::On,
    });
    let lane = |drawn: &[Drawn], next: &AtomicUsize, core: Option<usize>| {
        while let Some(round) = drawn.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut now = lock(&kept);
            if !matches!(now.going, Going::On) {
                break;
            }
            if now.given_up[round.unit] {
                continue;
            }
            if stop.load(Ordering::Relaxed) {
                now.fail(round.unit, Ended::Measuring(BenchError::Interrupted));
                break;
            }
            drop(now);
            let turns = Turns {
                unit: &stage.units[round.unit].unit,
                items: &round.items,
                effort: stage.effort,
                first: round.first,
                core,
            };
            let mut done = |place, arms| lock(&kept).keep(stage, round, place, arms);
            if let Err(ended) = pair([baseline, current], turns, stop, &mut done) {
                lock(&kept).fail(round.unit, ended);
            }
        }
    };
    let (lane, drawn, next) = (&lane, &drawn, &AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for core in lanes(stage) {
            scope.spawn(move || lane(drawn, next, core));
        }
    });
    lane(&alone, &AtomicUsize::new(0), None);
    let kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    kept.outcome(stage)
}

/// Takes each process's times as they come; several lanes take turns with it.
pub type Sink<'s, E> = dyn FnMut(Progress<'_>) -> Result<(), E> + Send + 's;

/// A round that is to be measured.
struct Drawn {
    /// Of which unit.
    unit: usize,
    /// Which, from zero.
    number: u32,
    /// Places of the items that take part.
    items: Vec<usize>,
    /// The arm that begins.
    first: Arm,
}

/// Every round of a stage, in the order in which they are measured.
fn draw(stage: &Stage<'_>) -> Vec<Drawn> {
    let mut random = fastrand::Rng::with_seed(stage.seed);
    let rounds = stage.units.iter().flat_map(|planned| &planned.rounds);
    let mut drawn = Vec::new();
    for number in 0..rounds.copied().max().unwrap_or(0) {
        let mut order: Vec<usize> = (0..stage.units.len()).collect();
        random.shuffle(&mut order);
        for unit in order {
            let first = match random.bool() {
                true => Arm::Baseline,
                false => Arm::Current,
            };
            let items = stage.units[unit].in_round(number);
            if !items.is_empty() {
                drawn.push(Drawn {
                    unit,
                    number,
                    items,
                    first,
                });
            }
        }
    }
    drawn
}

/// The core of each lane, drawn; one lane on no core in particular where cores are not
/// known.
fn lanes(stage: &Stage<'_>) -> Vec<Option<usize>> {
    let mut cores: Vec<_> = cores::usable().into_iter().map(Some).collect();
    fastrand::Rng::with_seed(stage.seed).shuffle(&mut cores);
    cores.truncate(stage.lanes.max(1));
    if cores.is_empty() {
        cores.push(None);
    }
    cores
}

fn lock<'k, 's, 'd, E>(kept: &'k Mutex<Kept<'s, 'd, E>>) -> MutexGuard<'k, Kept<'s, 'd, E>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the lanes have in common.
struct Kept<'s, 'd, E> {
    sink: &'s mut Sink<'d, E>,
    /// By unit and place.
    rounds: BTreeMap<(usize, usize), Vec<Round>>,
    /// Whether the arms have such a thing.
    sides: BTreeMap<(usize, usize), [bool; 2]>,
    /// Units of which nothing more is measured.
    given_up: Vec<bool>,
    problems: Vec<BenchError>,
    going: Going<E>,
}

/// Whether more is to be measured.
enum Going<E> {
    On,
    Interrupted,
    /// The sink cannot keep anything.
    Lost(E),
}

impl<E> Kept<'_, '_, E> {
    fn keep(
        &mut self,
        stage: &Stage<'_>,
        round: &Drawn,
        place: usize,
        [a, b]: [Option<ProcessTimings>; 2],
    ) -> Result<(), E> {
        for (arm, timings) in [(Arm::Baseline, &a), (Arm::Current, &b)] {
            if let Some(timings) = timings {
                (self.sink)(Progress {
                    metric: &stage.units[round.unit].unit.items[place].metric,
                    stage: stage.number,
                    round: round.number,
                    arm,
                    first: round.first,
                    timings,
                })?;
            }
        }
        let item = (round.unit, place);
        self.sides.insert(item, [a.is_some(), b.is_some()]);
        if let (Some(baseline), Some(current)) = (a, b) {
            self.rounds.entry(item).or_default().push(Round {
                number: round.number,
                first: round.first,
                baseline,
                current,
            });
        }
        Ok(())
    }

    fn fail(&mut self, unit: usize, ended: Ended<E>) {
        match ended {
            // Later ones only say that there was an earlier one.
            Ended::Keeping(_) if matches!(self.going, Going::Lost(_)) => {}
            Ended::Keeping(error) => self.going = Going::Lost(error),
            Ended::Measuring(error) => {
                self.given_up[unit] = true;
                if error == BenchError::Interrupted && matches!(self.going, Going::On) {
                    self.going = Going::Interrupted;
                }
                // Two lanes may have had rounds of one unit, and both are interrupted.
                if !self.problems.contains(&error) {
                    self.problems.push(error);
                }
            }
        }
    }

    fn outcome(self, stage: &Stage<'_>) -> Result<StageOutcome, E> {
        if let Going::Lost(error) = self.going {
            return Err(error);
        }
        let metric = |(unit, place): (usize, usize)| &stage.units[unit].unit.items[place].metric;
        let paired = self.rounds.into_iter().map(|(item, mut rounds)| {
            rounds.sort_by_key(|round| round.number);
            PairedRounds {
                metric: metric(item).clone(),
                stage: stage.number,
                planned: stage.units[item.0].rounds[item.1],
                rounds,
            }
        });
        let one_sided = self.sides.into_iter().filter_map(|(item, sides)| {
            let arm = match sides {
                [true, false] => Arm::Baseline,
                [false, true] => Arm::Current,
                _ => return None,
            };
            Some((metric(item).clone(), arm))
        });
        Ok(StageOutcome {
            paired: paired.collect(),
            one_sided: one_sided.collect(),
            problems: self.problems,
        })
    }
}

/// Whether a unit's processes have threads that work at once, and so need more than one
/// core.
pub(super) fn is_parallel(unit: &Unit) -> bool {
    let parallel = unit.spec.settings.get("parallel-compilation");
    parallel.is_some_and(|value| value == "true")
}
