//! From a history of runs to tolerances.

use crate::model::bench::{
    Baseline, BaselineMetric, CalibratedMetric, Calibration, Fingerprint, HistoryEntry, MetricName,
};

use super::statistics::{median, standard_deviation};
use super::stored::{differences, no_say};

/// How many runs a gate needs before it may be made required.
pub const FEWEST_RUNS: u32 = 20;

/// The share of them that has to pass.
pub const PASS_RATE: f64 = 0.95;

/// How many standard deviations above the median the limit is.
const SIGMAS: f64 = 2.0;

/// The fewest runs a tolerance is fitted to; a fit without one of them needs two.
const FEWEST_TO_FIT: usize = 3;

/// The least tolerance: one of nothing would fail for the next rounding error. And
/// the most, above which a baseline is not read.
const TOLERANCES_PCT: [f64; 2] = [1.0, 1_000.0];

/// What a metric is compared with.
#[derive(Clone, Copy)]
struct Limit {
    stored_ns: f64,
    tolerance_pct: f64,
}

impl Limit {
    /// The tolerance that makes the limit the median of these runs and two standard
    /// deviations. It counts from the stored median, which the gate compares with,
    /// and which need not be that of the runs; from theirs where none is stored.
    fn fitted(values: &[f64], stored_ns: Option<f64>) -> Option<Limit> {
        let median_ns = median(values)?;
        let limit_ns = median_ns + SIGMAS * standard_deviation(values)?;
        let stored_ns = stored_ns.unwrap_or(median_ns);
        let [least, most] = TOLERANCES_PCT;
        Some(Limit {
            stored_ns,
            tolerance_pct: ((limit_ns / stored_ns - 1.0) * 100.0)
                .ceil()
                .clamp(least, most),
        })
    }

    /// Whether it passes by itself: what is beyond the threshold needs an
    /// explanation, whatever the tolerance, and the run is red without one.
    fn is_green(&self, value: f64, threshold_pct: f64) -> bool {
        value <= self.stored_ns * (1.0 + threshold_pct / 100.0)
    }

    /// Whether it is not regressed, so that an explanation is enough.
    fn holds(&self, value: f64, threshold_pct: f64) -> bool {
        self.is_green(value, self.tolerance_pct.max(threshold_pct))
    }
}

/// How many values, and which runs, passed.
struct Passed {
    values: usize,
    runs: Vec<bool>,
}

impl Passed {
    fn new(runs: usize) -> Passed {
        Passed {
            values: 0,
            runs: vec![true; runs],
        }
    }

    /// A run fails with any of its metrics that have a say.
    fn count(&mut self, run: usize, passes: bool, has_say: bool) {
        self.values += usize::from(passes);
        self.runs[run] &= passes || !has_say;
    }

    /// The share of values, counted from here on anew.
    fn share_of_values(&mut self, of: usize) -> f64 {
        share(std::mem::take(&mut self.values), of)
    }

    fn share_of_runs(&self) -> f64 {
        let passed = self.runs.iter().filter(|passed| **passed);
        share(passed.count(), self.runs.len())
    }
}

/// What the runs of one machine say of tolerances: of the baseline's, since its
/// medians are compared there and nowhere else, or of the newest run's if there is no
/// baseline. Runs of other machines are left out. None without a run.
///
/// The pass rate is not measured on the runs a tolerance was fitted to: each run
/// is judged by what the others say (leave one out). And it is one of runs, not
/// of metrics: a run fails when one of its metrics does.
pub fn calibrate(
    history: &[HistoryEntry],
    present: Option<&Baseline>,
    threshold_pct: f64,
    fewest_runs: u32,
) -> Option<Calibration> {
    let newest = &history.last()?.fingerprint;
    let origin = present.and_then(|baseline| baseline.origin.as_ref());
    let machine = origin.map_or(newest, |origin| &origin.fingerprint);
    let runs: Vec<&HistoryEntry> = history
        .iter()
        .filter(|run| run.fingerprint == *machine)
        .collect();
    let [mut green, mut held, mut held_now] = [(); 3].map(|()| Passed::new(runs.len()));
    let mut metrics = Vec::new();
    let mut refusals = Vec::new();
    if present.is_some() && origin.is_none() {
        refusals.push(
            "the baseline does not say what machine it is from: save one with --save-baseline"
                .to_owned(),
        );
    }
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
        let stored = stored(present, name);
        let stored_ns = stored.map(|metric| metric.median_ns);
        let fitted = Limit::fitted(&all, stored_ns).filter(|_| all.len() >= FEWEST_TO_FIT);
        let (Some(limit), Some(median_ns)) = (fitted, median(&all)) else {
            continue;
        };
        let now = stored.map(|metric| Limit {
            stored_ns: metric.median_ns,
            tolerance_pct: metric.tolerance_pct,
        });
        let has_say = stored.and_then(no_say).is_none();
        for (index, (run, value)) in values.iter().enumerate() {
            let mut others = all.clone();
            others.remove(index);
            let limit = Limit::fitted(&others, stored_ns);
            let by = |passes: fn(&Limit, f64, f64) -> bool, limit: Option<Limit>| {
                limit.is_some_and(|limit| passes(&limit, *value, threshold_pct))
            };
            green.count(*run, by(Limit::is_green, limit), has_say);
            held.count(*run, by(Limit::holds, limit), has_say);
            held_now.count(*run, by(Limit::holds, now), has_say && now.is_some());
        }
        let sigma = standard_deviation(&all).unwrap_or_default();
        let held_now = held_now.share_of_values(all.len());
        metrics.push(CalibratedMetric {
            name: name.clone(),
            runs: small(all.len()),
            median_ns,
            sigma_pct: sigma / median_ns * 100.0,
            present_median_ns: stored_ns,
            tolerance_pct: limit.tolerance_pct,
            present_tolerance_pct: now.map(|limit| limit.tolerance_pct),
            pass_rate: green.share_of_values(all.len()),
            tolerated_rate: held.share_of_values(all.len()),
            present_tolerated_rate: now.map(|_| held_now),
        });
    }
    // Runs that nothing was judged in have not passed.
    let of_runs = |passed: &Passed| match metrics.is_empty() {
        true => 0.0,
        false => passed.share_of_runs(),
    };
    let pass_rate = of_runs(&green);
    if small(runs.len()) < fewest_runs {
        refusals.push(too_few(runs.len(), fewest_runs, machine, newest));
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
    Some(Calibration {
        machine: machine.clone(),
        runs: small(runs.len()),
        foreign: small(history.len() - runs.len()),
        threshold_pct,
        pass_rate,
        tolerated_rate: of_runs(&held),
        present_tolerated_rate: metrics
            .iter()
            .any(|metric| metric.present_tolerated_rate.is_some())
            .then(|| held_now.share_of_runs()),
        metrics,
        refusals,
    })
}

fn stored<'b>(present: Option<&'b Baseline>, name: &MetricName) -> Option<&'b BaselineMetric> {
    let mut metrics = present?.metrics.iter();
    metrics.find(|metric| metric.name == *name)
}

fn too_few(runs: usize, fewest: u32, machine: &Fingerprint, newest: &Fingerprint) -> String {
    let differences = differences(machine, newest);
    if differences.is_empty() {
        return format!("{runs} runs of this machine; {fewest} are needed");
    }
    format!(
        "{runs} runs of the baseline's machine; {fewest} are needed. The newest run is of \
         another: {}",
        differences.join(", ")
    )
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
    use crate::model::bench::{Origin, Policy};

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
            origin: Some(Origin {
                commit: "0".repeat(40),
                wasmtime: None,
                date: "2026-11-21".to_owned(),
                fingerprint: Fingerprint::default(),
            }),
        }
    }

    fn with_threshold(
        history: &[HistoryEntry],
        present: Option<&Baseline>,
        threshold_pct: f64,
    ) -> Calibration {
        calibrate(history, present, threshold_pct, FEWEST_RUNS).unwrap()
    }

    /// With a threshold above which nothing is.
    fn of(history: &[HistoryEntry], present: Option<&Baseline>) -> Calibration {
        with_threshold(history, present, 50.0)
    }

    #[test]
    fn a_tolerance_is_two_standard_deviations_rounded_up() {
        // Ten at 95 and ten at 105: a standard deviation of 5.13.
        let values: Vec<f64> = (0..20)
            .map(|n| if n % 2 == 0 { 95.0 } else { 105.0 })
            .collect();
        let found = with_threshold(&history(&values), Some(&present(100.0, 2.0)), 0.0);
        let metric = &found.metrics[0];
        assert!((metric.median_ns - 100.0).abs() < 1e-9);
        assert!((metric.sigma_pct - 5.13).abs() < 0.01, "{metric:?}");
        assert_eq!(metric.tolerance_pct, 11.0);
        assert_eq!(metric.tolerated_rate, 1.0);
        assert_eq!(metric.present_tolerated_rate, Some(0.5));
        assert_eq!(found.present_tolerated_rate, Some(0.5));
    }

    /// What is beyond the threshold is `record` and red, unless somebody explains it.
    #[test]
    fn what_would_need_an_explanation_has_not_passed() {
        let values: Vec<f64> = (0..20)
            .map(|n| if n % 2 == 0 { 95.0 } else { 105.0 })
            .collect();
        let of =
            |threshold| with_threshold(&history(&values), Some(&present(100.0, 30.0)), threshold);
        let found = of(4.0);
        assert_eq!((found.pass_rate, found.tolerated_rate), (0.5, 1.0));
        assert_eq!(found.metrics[0].pass_rate, 0.5);
        assert_eq!(
            found.refusals,
            ["50 % of the runs would have passed; 95 % are needed"]
        );
        let found = of(6.0);
        assert_eq!((found.pass_rate, found.refusals), (1.0, vec![]));
    }

    /// A gate compares with the stored median, so that is what a tolerance counts from.
    #[test]
    fn the_limit_is_that_of_the_runs_whatever_median_is_stored() {
        let values: Vec<f64> = (0..20)
            .map(|n| if n % 2 == 0 { 95.0 } else { 105.0 })
            .collect();
        let tolerance = |stored| {
            let found = of(&history(&values), Some(&present(stored, 30.0)));
            assert_eq!(found.metrics[0].present_median_ns, Some(stored));
            found.metrics[0].tolerance_pct
        };
        // The limit is 110.26.
        assert_eq!(tolerance(90.0), 23.0);
        assert_eq!(tolerance(105.0), 6.0);
        // It is above the limit by itself.
        assert_eq!(tolerance(120.0), 1.0);
        assert_eq!(tolerance(1.0), 1_000.0);
    }

    #[test]
    fn medians_of_one_machine_get_no_tolerances_of_another() {
        let mut runs = history(&[100.0; 20]);
        let mut here = present(100.0, 30.0);
        let found = of(&runs, Some(&here));
        assert_eq!((found.runs, found.refusals), (20, vec![]));
        here.origin.as_mut().unwrap().fingerprint.cpu = "A".to_owned();
        let found = of(&runs, Some(&here));
        assert_eq!((found.runs, found.foreign), (0, 20));
        let [first, ..] = &found.refusals[..] else {
            panic!("{found:?}")
        };
        assert!(
            first.starts_with("0 runs of the baseline's machine; 20 are"),
            "{first}"
        );
        assert!(first.contains("cpu: A there"), "{first}");
        // A newer run of another machine is not in the way.
        let mut newer = runs[0].clone();
        newer.fingerprint.cpu = "B".to_owned();
        runs.push(newer);
        let found = of(&runs, Some(&present(100.0, 30.0)));
        assert_eq!((found.runs, found.foreign, found.refusals), (20, 1, vec![]));
        // Medians of nobody knows where get none at all.
        here.origin = None;
        let found = of(&runs[..20], Some(&here));
        assert!(found.refusals[0].contains("does not say"), "{found:?}");
    }

    #[test]
    fn what_has_no_say_fails_no_run() {
        let mut values = [100.0; 20];
        values[..3].fill(300.0);
        let mut silent = present(100.0, 30.0);
        assert_eq!(of(&history(&values), Some(&silent)).pass_rate, 0.85);
        silent.metrics[0].regression_check = false;
        let found = of(&history(&values), Some(&silent));
        assert_eq!((found.pass_rate, found.metrics[0].pass_rate), (1.0, 0.85));
    }

    #[test]
    fn a_run_is_not_judged_by_itself() {
        // A lone outlier pulls a tolerance up that is fitted to it, far enough
        // to let it pass in a history of five.
        let values = [100.0, 100.0, 100.0, 101.0, 104.0];
        let all = Limit::fitted(&values, None).unwrap();
        assert!(all.holds(104.0, 0.0));
        let found = with_threshold(&history(&values), None, 0.0);
        assert!((found.tolerated_rate - 0.8).abs() < 1e-9, "{found:?}");
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
        let found = of(&runs[..1], None);
        assert_eq!((found.pass_rate, found.tolerated_rate), (0.0, 0.0));
        assert_eq!(calibrate(&[], None, 10.0, FEWEST_RUNS), None);
    }
}
