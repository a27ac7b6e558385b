//! From the times of processes to one number for each metric.

use super::statistics::{lower_quartile, median, standard_deviation};
use crate::model::bench::{
    Evidence, Judged, MeasuredMetric, MetricName, PairedRounds, ProcessTimings,
};

/// The median over processes of the lower quartile of their times; none without
/// times.
pub fn measured<'p>(
    metric: &MetricName,
    processes: impl IntoIterator<Item = &'p ProcessTimings>,
) -> Option<MeasuredMetric> {
    let quartiles: Vec<f64> = processes
        .into_iter()
        .filter_map(|process| lower_quartile(&process.times()))
        .collect();
    let logarithms: Vec<f64> = quartiles.iter().map(|ns| ns.ln()).collect();
    Some(MeasuredMetric {
        metric: metric.clone(),
        median_ns: median(&quartiles)?,
        spread_pct: standard_deviation(&logarithms).map(|spread| spread * 100.0),
        processes: u32::try_from(quartiles.len()).unwrap_or(u32::MAX),
        each_ns: quartiles,
    })
}

/// What the current build took in the first stage of a comparison. The spread is
/// that of the rounds, which is what another comparison will have to live with.
pub fn measured_in_pairs(rounds: &[PairedRounds], judged: &[Judged]) -> Vec<MeasuredMetric> {
    let first = rounds.iter().filter(|paired| paired.stage == 1);
    first
        .filter_map(|paired| {
            let processes = paired.rounds.iter().map(|round| &round.current);
            let mut measured = measured(&paired.metric, processes)?;
            let mut pairs = judged.iter().filter(|pair| pair.metric == paired.metric);
            if let Some(Evidence::Pair(pair)) = pairs.next().map(|pair| &pair.evidence) {
                measured.spread_pct = Some(pair.spread * 100.0);
            }
            Some(measured)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{Clock, Timing};

    fn process(clock: Clock, cpu: &[f64]) -> ProcessTimings {
        ProcessTimings {
            clock,
            batch: 1,
            timings: cpu
                .iter()
                .map(|cpu_ns| Timing {
                    wall_ns: 1000.0,
                    cpu_ns: *cpu_ns,
                })
                .collect(),
            slices: Vec::new(),
            at_once: false,
        }
    }

    #[test]
    fn a_metric_is_the_middle_process_by_its_lower_quartile() {
        let metric = MetricName::new("m").unwrap();
        let of = |values: [f64; 5]| process(Clock::ThreadCpu, &values);
        let processes = [
            of([1.0, 2.0, 9.0, 9.0, 9.0]),
            of([4.0, 4.0, 4.0, 4.0, 4.0]),
            of([1.0, 3.0, 3.0, 8.0, 50.0]),
        ];
        let found = measured(&metric, &processes).unwrap();
        assert_eq!((found.median_ns, found.processes), (3.0, 3));
        assert!(found.spread_pct.unwrap() > 10.0);
        assert_eq!(found.each_ns, [2.0, 4.0, 3.0]);
        let one = measured(&metric, &processes[..1]).unwrap();
        assert_eq!((one.median_ns, one.spread_pct), (2.0, None));
        assert_eq!(measured(&metric, &[]), None);
        let wall = [process(Clock::Wall, &[1.0])];
        assert_eq!(measured(&metric, &wall).unwrap().median_ns, 1000.0);
    }
}
