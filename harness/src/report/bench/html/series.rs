//! The numbers of a metric's plots.

use super::Page;
use super::plots::{self, Point};
use crate::model::bench::{Clock, MetricName, PairEvidence, PairedRounds, ProcessTimings};

/// Nanoseconds of each process of both arms, and the change of each round, of
/// the stage that decided.
pub(super) fn measured(
    rounds: &[PairedRounds],
    metric: &MetricName,
    pair: &PairEvidence,
) -> Option<(Vec<f64>, Vec<f64>, Vec<f64>)> {
    let mut of_metric = rounds.iter().filter(|rounds| rounds.metric == *metric);
    let decided = of_metric.clone().find(|rounds| rounds.stage == pair.stage);
    let rounds = &decided.or_else(|| of_metric.next_back())?.rounds;
    let of = |process: &ProcessTimings| statistic(process, pair.clock).unwrap_or(f64::NAN);
    let baseline: Vec<_> = rounds.iter().map(|round| of(&round.baseline)).collect();
    let current: Vec<_> = rounds.iter().map(|round| of(&round.current)).collect();
    let effects = baseline.iter().zip(&current).map(|(a, b)| b / a - 1.0);
    let effects = effects.collect();
    Some((baseline, current, effects))
}

/// The first quartile of what a process measured, which is what is judged.
fn statistic(process: &ProcessTimings, clock: Clock) -> Option<f64> {
    let times = process.timings.iter().map(|timing| match clock {
        Clock::Wall => timing.wall_ns,
        Clock::ThreadCpu | Clock::ProcessCpu => timing.cpu_ns,
    });
    let mut times: Vec<_> = times.collect();
    times.sort_by(f64::total_cmp);
    plots::quantile(&times, 0.25)
}

/// The medians of earlier runs and of this one.
pub(super) fn points<'a>(
    page: &Page<'a>,
    metric: &MetricName,
    pair: &PairEvidence,
) -> Vec<Point<'a>> {
    let earlier = page.history.iter().filter_map(|run| {
        Some(Point {
            commit: &run.commit,
            fingerprint: &run.fingerprint,
            median_ns: *run.medians.get(metric)?,
            spread_pct: run.spreads_pct.get(metric).copied(),
        })
    });
    let current = Point {
        commit: page.report.current.commit.as_deref().unwrap_or("now"),
        fingerprint: &page.report.fingerprint,
        median_ns: pair.median_ns[1],
        spread_pct: None,
    };
    earlier.chain([current]).collect()
}
