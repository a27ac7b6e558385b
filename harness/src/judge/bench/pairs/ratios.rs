//! From the times of two processes a round to one estimate.

use super::CannotJudge;
use crate::judge::bench::statistics::{Estimate, lower_quartile, median, trimmed_mean};
use crate::model::bench::{Clock, MetricName, PairedRounds, ProcessTimings, Timing};

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
            let statistic = |arm: &ProcessTimings, of: fn(&Timing) -> f64| {
                let times: Vec<f64> = arm.timings.iter().map(of).collect();
                let usable = times.iter().all(|time| time.is_finite() && *time > 0.0);
                let both = (lower_quartile(&times), median(&times));
                match both {
                    (Some(quartile), Some(median)) if usable => Ok((quartile, median)),
                    _ => Err(cannot(format!(
                        "round {} has no times, or times that are not above zero",
                        round.number
                    ))),
                }
            };
            let of: fn(&Timing) -> f64 = match clock {
                Clock::Wall => |timing| timing.wall_ns,
                Clock::ThreadCpu | Clock::ProcessCpu => |timing| timing.cpu_ns,
            };
            let (before, before_median) = statistic(arms[0], of)?;
            let (now, now_median) = statistic(arms[1], of)?;
            judged.push((now / before).ln());
            medians[0].push(before_median);
            medians[1].push(now_median);
            if clock != Clock::Wall {
                let of = |timing: &Timing| timing.wall_ns;
                wall.push((statistic(arms[1], of)?.0 / statistic(arms[0], of)?.0).ln());
            }
        }
        let too_few = || cannot("has times whose ratio is no number".to_owned());
        Ok(Ratios {
            metric: paired.metric.clone(),
            stage,
            rounds: paired.planned,
            clock,
            estimate: trimmed_mean(&judged).ok_or_else(too_few)?,
            wall: trimmed_mean(&wall),
            median_ns: [
                median(&medians[0]).ok_or_else(too_few)?,
                median(&medians[1]).ok_or_else(too_few)?,
            ],
        })
    }
}
