//! From the times of two processes a round to one estimate for each clock.

use super::{CannotJudge, is_mostly_marks};
use crate::judge::bench::statistics::{Estimate, lower_quartile, median, trimmed_mean};
use crate::model::bench::{Clock, MetricName, PairedRounds, ProcessTimings, Round};

/// The fewest rounds anything is judged by: below, the trimmed mean keeps so few
/// that its intervals are as wide as the world.
const FEWEST: u32 = 5;

/// The log ratios of one stage, summed up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ratios {
    pub(super) metric: MetricName,
    pub(super) stage: u8,
    pub(super) rounds: u32,
    /// Whether there was more to measure than the marks around it, in either build:
    /// an execution that got as slow as the work of a program is no mark. What the
    /// first stage left open was more.
    pub(super) has_say: bool,
    /// Of the clock that is judged.
    pub(super) own: Clocked,
    /// Of the wall clock, where another is judged and it has a say.
    pub(super) wall: Option<Clocked>,
}

/// What a clock says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clocked {
    pub(super) clock: Clock,
    pub(super) estimate: Estimate,
    /// One log ratio a round.
    pub(super) each: Vec<f64>,
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
        let first = clocks(&paired.rounds[0]);
        if let Some(other) = paired.rounds.iter().find(|round| clocks(round) != first) {
            return Err(cannot(format!(
                "round {} was timed by another clock than the first",
                other.number
            )));
        }
        // An older worker may have read another clock; the wall is of both.
        let [baseline, current] = first;
        let own = if baseline == current {
            current
        } else {
            Clock::Wall
        };
        let alone = |arm: &ProcessTimings| !arm.at_once;
        let mut all = paired.rounds.iter();
        let is_own = all.all(|round| alone(&round.baseline) && alone(&round.current));
        let wall = (own != Clock::Wall && is_own)
            .then(|| Clocked::by(Clock::Wall, &paired.rounds))
            .transpose();
        let own = Clocked::by(own, &paired.rounds).map_err(cannot)?;
        let [baseline, current] = own.median_ns;
        Ok(Ratios {
            metric: paired.metric.clone(),
            stage,
            rounds: paired.planned,
            has_say: stage > 1 || !is_mostly_marks(&paired.metric, baseline.max(current)),
            own,
            wall: wall.map_err(cannot)?,
        })
    }
}

impl Clocked {
    /// Sums up what a clock says of these rounds.
    fn by(clock: Clock, rounds: &[Round]) -> Result<Clocked, String> {
        let mut each = Vec::with_capacity(rounds.len());
        let mut medians = [
            Vec::with_capacity(rounds.len()),
            Vec::with_capacity(rounds.len()),
        ];
        for round in rounds {
            let unusable = || {
                format!(
                    "round {} has no times, or times that are not above zero",
                    round.number
                )
            };
            let arms = [&round.baseline, &round.current];
            let times = arms.map(|arm| arm.times_of(clock));
            each.push(log_ratio(arms, &times).ok_or_else(unusable)?);
            for (times, medians) in times.iter().zip(&mut medians) {
                medians.push(median(times).ok_or_else(unusable)?);
            }
        }
        let none = || "has times whose ratio is no number".to_owned();
        Ok(Clocked {
            clock,
            estimate: trimmed_mean(&each).ok_or_else(none)?,
            each,
            median_ns: [
                median(&medians[0]).ok_or_else(none)?,
                median(&medians[1]).ok_or_else(none)?,
            ],
        })
    }
}

/// By which clocks the arms of a round were timed.
fn clocks(round: &Round) -> [Clock; 2] {
    [round.baseline.clock, round.current.clock]
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
