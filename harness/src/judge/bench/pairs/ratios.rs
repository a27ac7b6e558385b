//! From the times of two processes a round to one estimate.

use super::CannotJudge;
use crate::judge::bench::statistics::{Estimate, lower_quartile, median, trimmed_mean};
use crate::model::bench::{Clock, MetricName, PairedRounds, ProcessTimings};

/// The fewest rounds anything is judged by: below, the trimmed mean keeps so few
/// that its intervals are as wide as the world.
const FEWEST: u32 = 5;

/// The log ratios of one stage, summed up.
pub(super) struct Ratios {
    pub(super) metric: MetricName,
    pub(super) stage: u8,
    pub(super) rounds: u32,
    pub(super) clock: Clock,
    /// Of the clock that is judged.
    pub(super) estimate: Estimate,
    /// One a round, of the clock that is judged.
    pub(super) each: Vec<f64>,
    /// Of the wall clock, where another is judged.
    pub(super) wall: Option<Estimate>,
    /// Nanoseconds of an iteration: baseline, current.
    pub(super) median_ns: [f64; 2],
}

impl Ratios {
    /// Checks that the rounds are those that were planned, and sums them up.
    pub(super) fn of(paired: &PairedRounds, stage: u8) -> Result<Ratios, CannotJudge> {
        let cannot = |message: String| CannotJudge {
            metric: paired.metric.clone(),
            message,
        };
        if paired.stage != stage {
            return Err(cannot(format!(
                "these rounds are of stage {}; stage {stage} was expected",
                paired.stage
            )));
        }
        if paired.planned < FEWEST {
            return Err(cannot(format!(
                "{} rounds were planned; at least {FEWEST} are needed",
                paired.planned
            )));
        }
        let ran = paired.rounds.len();
        if usize::try_from(paired.planned) != Ok(ran) {
            return Err(cannot(format!(
                "{ran} rounds ran and {} were planned; what was cut short is not judged",
                paired.planned
            )));
        }
        let mut numbers: Vec<u32> = paired.rounds.iter().map(|round| round.number).collect();
        numbers.sort_unstable();
        if !numbers.iter().copied().eq(0..paired.planned) {
            return Err(cannot(format!(
                "rounds should be numbered 0 to {}, each once",
                paired.planned - 1
            )));
        }
        let clock = paired.rounds[0].baseline.clock;
        let mut judged = Vec::with_capacity(ran);
        let mut wall = Vec::with_capacity(ran);
        let mut medians = [Vec::with_capacity(ran), Vec::with_capacity(ran)];
        for round in &paired.rounds {
            let arms = [&round.baseline, &round.current];
            if arms.iter().any(|arm| arm.clock != clock) {
                return Err(cannot(format!(
                    "round {} was timed by another clock than the first",
                    round.number
                )));
            }
            let unusable = || {
                cannot(format!(
                    "round {} has no times, or times that are not above zero",
                    round.number
                ))
            };
            let times = arms.map(ProcessTimings::times);
            judged.push(log_ratio(arms, &times).ok_or_else(unusable)?);
            for (times, medians) in times.iter().zip(&mut medians) {
                medians.push(median(times).ok_or_else(unusable)?);
            }
            let is_own = arms.iter().all(|arm| !arm.at_once);
            if clock != Clock::Wall && is_own {
                let on_the_wall = |arm: &ProcessTimings| -> Vec<f64> {
                    arm.timings.iter().map(|timing| timing.wall_ns).collect()
                };
                let times = arms.map(on_the_wall);
                wall.push(log_ratio(arms, &times).ok_or_else(unusable)?);
            }
        }
        let too_few = || cannot("has times whose ratio is no number".to_owned());
        Ok(Ratios {
            metric: paired.metric.clone(),
            stage,
            rounds: paired.planned,
            clock,
            estimate: trimmed_mean(&judged).ok_or_else(too_few)?,
            each: judged,
            wall: trimmed_mean(&wall),
            median_ns: [
                median(&medians[0]).ok_or_else(too_few)?,
                median(&medians[1]).ok_or_else(too_few)?,
            ],
        })
    }
}

/// The logarithm of the ratio of two processes that took turns: the median over
/// their turns of ln(B/A), where each is the lower quartile of the times of a
/// slice. Neighbours on the machine slow both slices of most turns alike.
///
/// Processes whose work was not cut, or not alike, are one turn. None without
/// times, or with a quartile that is not above zero.
fn log_ratio(arms: [&ProcessTimings; 2], times: &[Vec<f64>; 2]) -> Option<f64> {
    let is_time = |time: &f64| time.is_finite() && *time >= 0.0;
    if !times.iter().flatten().all(is_time) {
        return None;
    }
    let [baseline, current] = times.each_ref().map(Vec::as_slice);
    let [a, b] = arms.map(|arm| arm.slices.as_slice());
    let are_alike = a.len() == b.len() && !a.is_empty();
    let turns = match (cut(baseline, a), cut(current, b)) {
        (Some(a), Some(b)) if are_alike => a.into_iter().zip(b).collect(),
        _ => vec![(baseline, current)],
    };
    // What takes no longer than the clock can tell is now and then nothing.
    let above_zero = |times: &[f64]| lower_quartile(times).filter(|time| *time > 0.0);
    let ratios = turns
        .into_iter()
        .map(|(a, b)| Some((above_zero(b)? / above_zero(a)?).ln()));
    median(&ratios.collect::<Option<Vec<f64>>>()?)
}

/// Times by slice; none if the slices are not of these times.
fn cut<'t>(times: &'t [f64], slices: &[u32]) -> Option<Vec<&'t [f64]>> {
    let mut rest = times;
    let mut cut = Vec::with_capacity(slices.len());
    for count in slices {
        let (slice, after) = rest.split_at_checked(usize::try_from(*count).ok()?)?;
        cut.push(slice);
        rest = after;
    }
    rest.is_empty().then_some(cut)
}
