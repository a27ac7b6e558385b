//! The numbers of a metric's plots.

use super::Page;
use super::plots::Point;
use super::values::quantile;
use crate::model::bench::{MetricName, PairEvidence, PairedRounds, ProcessTimings};

/// The first quartile of each process of both arms, in nanoseconds, of the stage
/// and by the clock that decided.
pub(super) fn processes(
    rounds: &[PairedRounds],
    metric: &MetricName,
    pair: &PairEvidence,
) -> Option<[Vec<f64>; 2]> {
    let mut of_metric = rounds.iter().filter(|rounds| rounds.metric == *metric);
    let decided = of_metric.clone().find(|rounds| rounds.stage == pair.stage);
    let rounds = &decided.or_else(|| of_metric.next_back())?.rounds;
    let quartile = |process: &ProcessTimings| {
        let mut times = process.times_of(pair.clock);
        times.sort_by(f64::total_cmp);
        quantile(&times, 0.25).unwrap_or(f64::NAN)
    };
    Some([
        rounds
            .iter()
            .map(|round| quartile(&round.baseline))
            .collect(),
        rounds
            .iter()
            .map(|round| quartile(&round.current))
            .collect(),
    ])
}

/// The medians of earlier runs, and of this one where it has one.
pub(super) fn points<'a>(
    page: &Page<'a>,
    metric: &MetricName,
    now_ns: Option<f64>,
) -> Vec<Point<'a>> {
    let earlier = page.history.iter().filter_map(|run| {
        Some(Point {
            commit: &run.commit,
            fingerprint: &run.fingerprint,
            median_ns: *run.medians.get(metric)?,
            spread_pct: run.spreads_pct.get(metric).copied(),
            is_now: false,
        })
    });
    let now = now_ns.map(|median_ns| Point {
        commit: page.report.current.commit.as_deref().unwrap_or("now"),
        fingerprint: &page.report.fingerprint,
        median_ns,
        spread_pct: None,
        is_now: true,
    });
    earlier.chain(now).collect()
}
