//! From a history of runs to tolerances.

use crate::model::bench::{
    Baseline, CalibratedMetric, Calibration, Fingerprint, HistoryEntry, MetricName,
};

use super::statistics::{median, standard_deviation};

/// How many runs a gate needs before it may be made required.
pub const FEWEST_RUNS: u32 = 20;

/// The share of them that has to pass.
pub const PASS_RATE: f64 = 0.95;

/// How many standard deviations above the median the limit is.
const SIGMAS: f64 = 2.0;

/// The fewest runs a tolerance is fitted to; a fit without one of them needs two.
const FEWEST_TO_FIT: usize = 3;

/// What a metric is allowed.
#[derive(Clone, Copy)]
struct Limit {
    median_ns: f64,
    tolerance_pct: f64,
}

impl Limit {
    /// The median, and two standard deviations above it.
    fn fitted(values: &[f64]) -> Option<Limit> {
        let median_ns = median(values)?;
        let sigma = standard_deviation(values)?;
        Some(Limit {
            median_ns,
            // A tolerance of nothing would fail for the next rounding error.
            tolerance_pct: (SIGMAS * sigma / median_ns * 100.0).ceil().max(1.0),
        })
    }

    /// Whether it would have passed, explained or not: the three-way rule.
    fn allows(&self, value: f64, threshold_pct: f64) -> bool {
        value <= self.median_ns * (1.0 + self.tolerance_pct.max(threshold_pct) / 100.0)
    }
}

/// What the runs of one machine say of tolerances. Runs of other machines are
/// left out.
///
/// The pass rate is not measured on the runs a tolerance was fitted to: each run
/// is judged by what the others say (leave one out). And it is one of runs, not
/// of metrics: a run fails when one of its metrics does.
pub fn calibrate(
    history: &[HistoryEntry],
    machine: &Fingerprint,
    present: Option<&Baseline>,
    threshold_pct: f64,
    fewest_runs: u32,
) -> Calibration {
    let runs: Vec<&HistoryEntry> = history
        .iter()
        .filter(|run| run.fingerprint == *machine)
        .collect();
    let mut passes = vec![true; runs.len()];
    let mut present_passes = vec![true; runs.len()];
    let mut metrics = Vec::new();
    let mut refusals = Vec::new();
    for name in names(&runs) {
        // Which run, and what it took.
        let values: Vec<(usize, f64)> = (0..)
            .zip(&runs)
            .filter_map(|(run, entry)| Some((run, *entry.medians.get(name)?)))
            .collect();
        if values.len() < runs.len() {
            refusals.push(format!(
                "{name} is in {} of {} runs",
                values.len(),
                runs.len()
            ));
        }
        let all: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
        let Some(limit) = Limit::fitted(&all).filter(|_| all.len() >= FEWEST_TO_FIT) else {
            continue;
        };
        let stored = present.and_then(|baseline| {
            let metric = baseline
                .metrics
                .iter()
                .find(|metric| metric.name == *name)?;
            let limit = Limit {
                median_ns: metric.median_ns,
                tolerance_pct: metric.tolerance_pct,
            };
            Some((limit, baseline.policy.regress_pct_threshold))
        });
        let (mut passed, mut present_passed) = (0, 0);
        for (index, (run, value)) in values.iter().enumerate() {
            let mut others = all.clone();
            others.remove(index);
            if Limit::fitted(&others).is_some_and(|limit| limit.allows(*value, threshold_pct)) {
                passed += 1;
            } else {
                passes[*run] = false;
            }
            if let Some((limit, threshold_pct)) = stored {
                if limit.allows(*value, threshold_pct) {
                    present_passed += 1;
                } else {
                    present_passes[*run] = false;
                }
            }
        }
        let sigma = standard_deviation(&all).unwrap_or_default();
        metrics.push(CalibratedMetric {
            name: name.clone(),
            runs: small(all.len()),
            median_ns: limit.median_ns,
            sigma_pct: sigma / limit.median_ns * 100.0,
            tolerance_pct: limit.tolerance_pct,
            present_tolerance_pct: stored.map(|(limit, _)| limit.tolerance_pct),
            pass_rate: share(passed, all.len()),
            present_pass_rate: stored.map(|_| share(present_passed, all.len())),
        });
    }
    let count = |passes: &[bool]| passes.iter().filter(|passed| **passed).count();
    let pass_rate = share(count(&passes), runs.len());
    if small(runs.len()) < fewest_runs {
        refusals.push(format!(
            "{} runs of this machine; {fewest_runs} are needed",
            runs.len()
        ));
    }
    if metrics.is_empty() {
        refusals.push(format!(
            "no metric was measured in {FEWEST_TO_FIT} runs or more"
        ));
    } else if pass_rate < PASS_RATE {
        refusals.push(format!(
            "{:.0} % of the runs would have passed; {:.0} % are needed",
            pass_rate * 100.0,
            PASS_RATE * 100.0
        ));
    }
    Calibration {
        runs: small(runs.len()),
        foreign: small(history.len() - runs.len()),
        pass_rate,
        present_pass_rate: metrics
            .iter()
            .any(|metric| metric.present_pass_rate.is_some())
            .then(|| share(count(&present_passes), runs.len())),
        metrics,
        refusals,
    }
}

fn names<'h>(runs: &[&'h HistoryEntry]) -> Vec<&'h MetricName> {
    let mut names: Vec<_> = runs.iter().flat_map(|run| run.medians.keys()).collect();
    names.sort();
    names.dedup();
    names
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn share(count: usize, of: usize) -> f64 {
    if of == 0 {
        return 0.0;
    }
    f64::from(small(count)) / f64::from(small(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{BaselineMetric, Policy};

    fn name(text: &str) -> MetricName {
        MetricName::new(text).unwrap()
    }

    fn history(values: &[f64]) -> Vec<HistoryEntry> {
        let entry = |value: &f64| HistoryEntry {
            schema: 1,
            commit: "0123abc".to_owned(),
            started: "2026-11-21T00:00:00Z".to_owned(),
            wasmtime: None,
            fingerprint: Fingerprint::default(),
            medians: [(name("m"), *value)].into(),
            spreads_pct: std::collections::BTreeMap::new(),
        };
        values.iter().map(entry).collect()
    }

    fn present(median_ns: f64, tolerance_pct: f64) -> Baseline {
        Baseline {
            metrics: vec![BaselineMetric {
                name: name("m"),
                median_ns,
                tolerance_pct,
                regression_check: true,
                samples: None,
                spread_pct: None,
                tail: Vec::new(),
            }],
            exact: Vec::new(),
            policy: Policy {
                regress_pct_threshold: 0.0,
                note: None,
            },
            origin: None,
        }
    }

    fn of(history: &[HistoryEntry], present: Option<&Baseline>) -> Calibration {
        calibrate(history, &Fingerprint::default(), present, 0.0, FEWEST_RUNS)
    }

    #[test]
    fn a_tolerance_is_two_standard_deviations_rounded_up() {
        // Ten at 95 and ten at 105: a standard deviation of 5.13.
        let values: Vec<f64> = (0..20)
            .map(|n| if n % 2 == 0 { 95.0 } else { 105.0 })
            .collect();
        let found = of(&history(&values), Some(&present(100.0, 2.0)));
        let metric = &found.metrics[0];
        assert!((metric.median_ns - 100.0).abs() < 1e-9);
        assert!((metric.sigma_pct - 5.13).abs() < 0.01, "{metric:?}");
        assert!((metric.tolerance_pct - 11.0).abs() < f64::EPSILON);
        assert!((metric.pass_rate - 1.0).abs() < f64::EPSILON);
        assert_eq!(metric.present_pass_rate, Some(0.5));
        assert_eq!(found.present_pass_rate, Some(0.5));
        assert_eq!(found.refusals, Vec::<String>::new());
    }

    #[test]
    fn a_run_is_not_judged_by_itself() {
        // A lone outlier pulls a tolerance up that is fitted to it, far enough
        // to let it pass in a history of five.
        let values = [100.0, 100.0, 100.0, 101.0, 104.0];
        let all = Limit::fitted(&values).unwrap();
        assert!(all.allows(104.0, 0.0));
        let found = of(&history(&values), None);
        assert!((found.pass_rate - 0.8).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_run_fails_with_any_of_its_metrics() {
        let mut runs = history(&[100.0; 20]);
        for (index, run) in runs.iter_mut().enumerate() {
            let outliers = [(3, "a"), (5, "b")];
            for (at, metric) in outliers {
                let value = if index == at { 200.0 } else { 100.0 };
                run.medians.insert(name(metric), value);
            }
        }
        let found = of(&runs, None);
        assert!((found.metrics[0].pass_rate - 0.95).abs() < 1e-9);
        assert!((found.pass_rate - 0.9).abs() < 1e-9);
        assert_eq!(
            found.refusals,
            ["90 % of the runs would have passed; 95 % are needed"]
        );
    }

    #[test]
    fn few_runs_make_no_gate() {
        let mut runs = history(&[100.0; 20]);
        runs[7].fingerprint.cores = 64;
        let found = of(&runs, None);
        assert_eq!((found.runs, found.foreign), (19, 1));
        assert_eq!(found.refusals, ["19 runs of this machine; 20 are needed"]);
        runs[7].fingerprint = Fingerprint::default();
        runs[7].medians = [(name("new"), 1.0)].into();
        let refusals = of(&runs, None).refusals;
        assert_eq!(
            refusals,
            ["m is in 19 of 20 runs", "new is in 1 of 20 runs"]
        );
        let nothing = of(&[], None);
        assert_eq!(nothing.refusals.len(), 2, "{nothing:?}");
    }
}
