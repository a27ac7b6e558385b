//! What a run leaves to later ones: a baseline if it is quiet enough, and a line
//! of the history.

use crate::model::bench::{
    Baseline, BaselineMetric, BenchReport, BenchVerdict, HistoryEntry, Judged, MeasuredMetric,
    MetricName, NOISY_SPREAD, Origin, Policy,
};

use super::pairs::is_noisy;

/// The tolerance of a metric of which nothing is known yet, in percent. Wide on
/// purpose: a calibration makes it narrow when there are runs to tell.
const FIRST_TOLERANCE_PCT: f64 = 30.0;

/// The least tolerance, as a multiple of a metric's spread.
const SPREADS: f64 = 3.0;

/// One metric in so many may be noisy; with more of them it is the machine.
const MOST_NOISY: usize = 3;

/// Above this share of the machine's cores that others kept busy, nothing is saved.
const MOST_OTHERS: f64 = 0.25;

/// Above this share of time given to other machines, nothing is saved. Rented machines
/// give some percent away all the time, and what is taken from both builds alike
/// is not in their ratio; whether it was is what the spreads tell.
const MOST_STEAL: f64 = 0.1;

/// Metrics whose median is no time, of which nothing is saved.
pub fn not_measured(report: &BenchReport) -> Vec<&MetricName> {
    let measured = report.measured.iter();
    measured
        .filter(|measured| measured.median_ns.is_nan() || measured.median_ns <= 0.0)
        .map(|measured| &measured.metric)
        .collect()
}

/// Why a run must not become a baseline; empty if it may. `equal` is what a
/// comparison of the build with itself showed.
pub fn unfit_to_save(report: &BenchReport, equal: &[Judged]) -> Vec<String> {
    let mut reasons = Vec::new();
    if equal.is_empty() {
        reasons.push("the build was not compared with itself".to_owned());
    }
    let wild: Vec<&MetricName> = report
        .measured
        .iter()
        .filter(|measured| spreads_wildly(measured))
        .map(|measured| &measured.metric)
        .collect();
    if wild.len() * MOST_NOISY > report.measured.len() {
        reasons.push(format!(
            "{} of {} metrics spread by more than {:.0} %",
            wild.len(),
            report.measured.len(),
            NOISY_SPREAD * 100.0
        ));
    }
    let conditions = &report.conditions;
    let most = f64::from(report.fingerprint.cores) * MOST_OTHERS;
    // Where it is not known what others did, how busy it was before this began.
    let others = conditions.others.unwrap_or(conditions.load[0]);
    if others > most {
        reasons.push(format!(
            "others kept {others:.1} cores busy; at most {most:.1} may be, a quarter of this \
             machine's"
        ));
    }
    if let Some(steal) = conditions.steal.filter(|steal| *steal > MOST_STEAL) {
        reasons.push(format!(
            "{:.1} % of the time went to other machines of the host; at most {:.0} % may",
            steal * 100.0,
            MOST_STEAL * 100.0
        ));
    }
    for judged in equal {
        let found = match judged.verdict {
            BenchVerdict::Pass => continue,
            _ if !judged.gating => continue,
            _ if wild.contains(&&judged.metric) => continue,
            BenchVerdict::Inconclusive => "could not be told from itself",
            _ => "differs from itself",
        };
        reasons.push(format!("{} {found}: measure again", judged.metric));
    }
    reasons
}

/// What is no number is not quiet either.
fn spreads_wildly(measured: &MeasuredMetric) -> bool {
    let spread = measured.spread_pct.map(|spread| spread / 100.0);
    spread.is_some_and(|spread| spread.is_nan() || is_noisy(spread))
}

/// A baseline of what a run measured and counted. What was decided about a
/// metric in the baseline before it stays: tolerance, limits, whether it is
/// checked.
pub fn baseline_of(report: &BenchReport, before: Option<&Baseline>, commit: &str) -> Baseline {
    let mut exact = report.exact.clone();
    exact.sort_by(|a, b| a.metric.cmp(&b.metric));
    let metrics = report.measured.iter();
    Baseline {
        metrics: metrics.map(|measured| metric(before, measured)).collect(),
        exact,
        policy: before.map_or_else(Policy::default, |before| before.policy.clone()),
        origin: Some(Origin {
            commit: commit.to_owned(),
            wasmtime: report.current.wasmtime.clone(),
            date: report.started.chars().take(10).collect(),
            fingerprint: report.fingerprint.clone(),
        }),
    }
}

fn metric(before: Option<&Baseline>, measured: &MeasuredMetric) -> BaselineMetric {
    let mut known = before.iter().flat_map(|before| &before.metrics);
    let known = known.find(|known| known.name == measured.metric);
    let spread = measured.spread_pct.unwrap_or_default();
    BaselineMetric {
        name: measured.metric.clone(),
        median_ns: to_a_tenth(measured.median_ns),
        tolerance_pct: known.map_or_else(
            || FIRST_TOLERANCE_PCT.max((SPREADS * spread).ceil()),
            |known| known.tolerance_pct,
        ),
        regression_check: known.is_none_or(|known| known.regression_check),
        samples: Some(measured.processes),
        spread_pct: measured
            .spread_pct
            .map(|spread| (spread * 100.0).round() / 100.0),
        tail: known.map_or_else(Vec::new, |known| known.tail.clone()),
    }
}

/// More digits than tenths of a nanosecond are noise in a diff.
fn to_a_tenth(ns: f64) -> f64 {
    ((ns * 10.0).round() / 10.0).max(0.1)
}

/// A run as it goes into the history.
pub fn remember(report: &BenchReport, commit: &str) -> HistoryEntry {
    let of = |value: &dyn Fn(&MeasuredMetric) -> Option<f64>| {
        let values = report.measured.iter();
        values
            .filter_map(|measured| Some((measured.metric.clone(), value(measured)?)))
            .collect()
    };
    HistoryEntry {
        schema: 1,
        commit: commit.to_owned(),
        started: report.started.clone(),
        wasmtime: report.current.wasmtime.clone(),
        fingerprint: report.fingerprint.clone(),
        medians: of(&|measured| Some(to_a_tenth(measured.median_ns))),
        spreads_pct: of(&|measured| measured.spread_pct),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{ArmInfo, Conditions, Evidence, Fingerprint, Rule};

    fn name(text: &str) -> MetricName {
        MetricName::new(text).unwrap()
    }

    fn judged(metric: &str, verdict: BenchVerdict) -> Judged {
        Judged {
            metric: name(metric),
            rule: Rule::LivePair,
            verdict,
            gating: true,
            evidence: Evidence::Exact {
                baseline: 1,
                current: 1,
            },
            explanation: None,
            remark: None,
        }
    }

    /// A quiet run of four metrics with these spreads in percent.
    fn run(spreads: [f64; 4]) -> BenchReport {
        let metrics = ["a", "b", "c", "d"].into_iter().zip(spreads);
        BenchReport {
            baseline: None,
            current: ArmInfo {
                label: "now".to_owned(),
                commit: None,
                wasmtime: None,
            },
            fingerprint: Fingerprint {
                cores: 2,
                ..Fingerprint::default()
            },
            conditions: Conditions {
                load: [0.2, 1.4],
                others: Some(0.1),
                steal: Some(0.02),
                counters: false,
            },
            seed: 0,
            started: "2026-11-21T12:00:00Z".to_owned(),
            seconds: 1.0,
            measured: metrics
                .map(|(metric, spread)| MeasuredMetric {
                    metric: name(metric),
                    median_ns: 100.04,
                    spread_pct: Some(spread),
                    processes: 15,
                    each_ns: Vec::new(),
                })
                .collect(),
            exact: Vec::new(),
            judged: Vec::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn reasons(change: impl Fn(&mut BenchReport)) -> Vec<String> {
        let mut report = run([1.0; 4]);
        change(&mut report);
        unfit_to_save(&report, &[judged("a", BenchVerdict::Pass)])
    }

    #[test]
    fn a_quiet_run_may_be_saved_and_what_disturbs_it_is_named() {
        assert_eq!(reasons(|_| ()), Vec::<String>::new());
        assert_eq!(reasons(|run| run.conditions.others = Some(0.4)).len(), 0);
        assert_eq!(reasons(|run| run.conditions.others = Some(0.6)).len(), 1);
        // What was before it began counts where nothing is known of others.
        assert_eq!(reasons(|run| run.conditions.load[0] = 9.0).len(), 0);
        let unknown = |load: f64| {
            reasons(|run| {
                run.conditions.others = None;
                run.conditions.load[0] = load;
            })
        };
        assert_eq!((unknown(0.4).len(), unknown(0.6).len()), (0, 1));
        assert_eq!(reasons(|run| run.conditions.steal = Some(0.13)).len(), 1);
        assert_eq!(unfit_to_save(&run([1.0; 4]), &[]).len(), 1);
    }

    #[test]
    fn what_takes_no_time_was_not_measured() {
        let mut report = run([1.0; 4]);
        assert_eq!(not_measured(&report), Vec::<&MetricName>::new());
        report.measured[2].median_ns = 0.0;
        report.measured[3].median_ns = f64::NAN;
        assert_eq!(not_measured(&report), [&name("c"), &name("d")]);
    }

    #[test]
    fn one_noisy_metric_is_that_metric_and_two_of_four_are_the_machine() {
        let equal = [judged("a", BenchVerdict::Inconclusive)];
        assert_eq!(unfit_to_save(&run([5.1, 1.0, 1.0, 1.0]), &equal).len(), 0);
        assert_eq!(unfit_to_save(&run([1.0; 4]), &equal).len(), 1);
        let many = unfit_to_save(&run([5.1, f64::NAN, 1.0, 1.0]), &equal);
        assert_eq!(many, ["2 of 4 metrics spread by more than 5 %"]);
    }

    #[test]
    fn a_quiet_metric_that_differs_from_itself_is_measured_again() {
        for verdict in [BenchVerdict::Regressed, BenchVerdict::Improved] {
            let found = unfit_to_save(&run([1.0; 4]), &[judged("b", verdict)]);
            assert_eq!(found, ["b differs from itself: measure again"]);
        }
    }

    #[test]
    fn what_was_decided_of_a_metric_outlives_its_median() {
        let mut before = baseline_of(&run([1.0; 4]), None, "0123abc");
        assert_eq!(before.metrics[0].median_ns, 100.0);
        assert_eq!(before.metrics[0].tolerance_pct, FIRST_TOLERANCE_PCT);
        before.metrics[0].tolerance_pct = 7.0;
        before.metrics[1].regression_check = false;
        let mut later = run([12.0, 1.0, 1.0, 1.0]);
        later.measured[0].median_ns = 50.0;
        let after = baseline_of(&later, Some(&before), "4567def");
        assert_eq!(after.metrics[0].median_ns, 50.0);
        assert_eq!(after.metrics[0].tolerance_pct, 7.0);
        // Noise is written down, and decides nothing for the next one.
        assert!(after.metrics[0].regression_check);
        assert!(!after.metrics[1].regression_check);
        assert_eq!(after.origin.unwrap().commit, "4567def");
    }
}
