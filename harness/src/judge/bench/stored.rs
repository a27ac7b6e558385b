//! The three-way rule on stored medians.
//!
//! Within the policy's threshold a metric passes. Beyond it, but within its own
//! tolerance, it needs an explanation. Beyond both it is regressed. The larger
//! of the two bounds counts, never their sum: a threshold of 10 % and a
//! tolerance of 30 % catch a slowdown of 31 %.

use crate::model::bench::{
    Baseline, BaselineMetric, BenchVerdict, Evidence, Fingerprint, Judged, MetricName, Policy,
    Rule, StoredEvidence,
};

use super::findings::Findings;
use super::pairs::{CannotJudge, MARKS, is_mostly_marks, is_noisy};

/// Compares today's medians, nanoseconds of an iteration by metric, with those
/// of the baseline.
///
/// `expects` says which metrics of the baseline this run should have measured:
/// all, or those that its filters leave. One that is not there was renamed or is
/// gone; that is a problem and not a pass.
pub fn against_stored(
    baseline: &Baseline,
    here: &Fingerprint,
    today: &[(MetricName, f64)],
    expects: impl Fn(&MetricName) -> bool,
) -> Findings {
    let foreign = why_advisory(baseline, here);
    let mut out = Findings::default();
    for metric in baseline.metrics.iter().filter(|m| expects(&m.name)) {
        let cannot = |message: String| CannotJudge {
            metric: metric.name.clone(),
            message,
        };
        match today.iter().find(|(name, _)| *name == metric.name) {
            None => out.problems.push(cannot(
                "is in the baseline and was not measured; was it renamed?".to_owned(),
            )),
            Some((_, median)) if !median.is_finite() || *median <= 0.0 => out
                .problems
                .push(cannot(format!("a median of {median} ns is no measurement"))),
            Some((_, median)) => {
                out.judged
                    .push(judge(metric, &baseline.policy, *median, foreign.as_deref()))
            }
        }
    }
    out.warn_of_new(today.iter().map(|(name, _)| name), |name| {
        baseline.metrics.iter().any(|metric| metric.name == *name)
    });
    out
}

/// Why nanoseconds of the baseline, tails included, do not gate here; none if
/// they do.
pub fn why_advisory(baseline: &Baseline, here: &Fingerprint) -> Option<String> {
    let Some(origin) = &baseline.origin else {
        return Some("advisory: the baseline does not say what machine it is from".to_owned());
    };
    let differences = differences(&origin.fingerprint, here);
    (!differences.is_empty()).then(|| {
        format!(
            "advisory: the baseline is of another machine: {}",
            differences.join(", ")
        )
    })
}

/// In what two machines differ, as `cpu: A there, B here`.
pub fn differences(there: &Fingerprint, here: &Fingerprint) -> Vec<String> {
    // Named one by one, so that a field that is added is not forgotten.
    let Fingerprint {
        cpu,
        cores,
        arch,
        os,
        kernel,
        governor,
        memory_mib,
        profile,
    } = there;
    let none = || "none".to_owned();
    let governors = [governor, &here.governor].map(|name| name.clone().unwrap_or_else(none));
    let fields = [
        ("cpu", cpu.clone(), here.cpu.clone()),
        ("cores", cores.to_string(), here.cores.to_string()),
        ("arch", arch.clone(), here.arch.clone()),
        ("os", os.clone(), here.os.clone()),
        ("kernel", kernel.clone(), here.kernel.clone()),
        ("governor", governors[0].clone(), governors[1].clone()),
        (
            "memory_mib",
            memory_mib.to_string(),
            here.memory_mib.to_string(),
        ),
        ("profile", profile.clone(), here.profile.clone()),
    ];
    fields
        .into_iter()
        .filter(|(_, there, here)| there != here)
        .map(|(field, there, here)| format!("{field}: {there} there, {here} here"))
        .collect()
}

/// Why nothing depends on a metric: somebody said so, or it was so noisy when it
/// was saved that a verdict on it means little. None if it has a say.
pub fn no_say(metric: &BaselineMetric) -> Option<String> {
    if !metric.regression_check {
        return Some("`regression_check` is off".to_owned());
    }
    let spread = metric
        .spread_pct
        .filter(|spread| is_noisy(spread / 100.0))?;
    Some(format!(
        "it spread by {spread:.1} % when the baseline was saved"
    ))
}

/// Lets the better evidence decide where a metric was judged twice: two builds
/// now say more than one build then. And takes the say from live pairs of metrics
/// that have none, but for those that are surely slower although they are noisy: their
/// rounds know how much they spread.
pub fn give_way(judged: &mut [Judged], baseline: &Baseline) {
    let pairs: Vec<MetricName> = judged
        .iter()
        .filter(|judged| judged.rule == Rule::LivePair && judged.gating)
        .map(|judged| judged.metric.clone())
        .collect();
    for judged in judged {
        let remark = match judged.rule {
            Rule::Stored if pairs.contains(&judged.metric) => {
                Some("advisory: the live pair decides".to_owned())
            }
            Rule::LivePair => {
                let is_sure = judged.verdict == BenchVerdict::Regressed;
                let mut metrics = baseline.metrics.iter();
                metrics
                    .find(|metric| metric.name == judged.metric)
                    .filter(|metric| !(is_sure && metric.regression_check))
                    .and_then(no_say)
            }
            _ => None,
        };
        if judged.gating && remark.is_some() {
            judged.gating = false;
            judged.remark = remark;
        }
    }
}

fn judge(
    metric: &BaselineMetric,
    policy: &Policy,
    current_ns: f64,
    foreign: Option<&str>,
) -> Judged {
    let effect = current_ns / metric.median_ns - 1.0;
    let threshold = policy.regress_pct_threshold / 100.0;
    let tolerance = metric.tolerance_pct / 100.0;
    let marks = is_mostly_marks(&metric.name, current_ns.max(metric.median_ns));
    let marks = marks.then(|| MARKS.to_owned());
    let remark = no_say(metric).or(marks);
    let remark = remark.or_else(|| foreign.map(str::to_owned));
    Judged {
        metric: metric.name.clone(),
        rule: Rule::Stored,
        verdict: three_way(effect, threshold, tolerance),
        gating: remark.is_none(),
        evidence: Evidence::Stored(StoredEvidence {
            baseline_ns: metric.median_ns,
            current_ns,
            effect,
            threshold_pct: policy.regress_pct_threshold,
            tolerance_pct: metric.tolerance_pct,
        }),
        explanation: None,
        remark,
    }
}

/// The rule itself. All three are ratios less one.
fn three_way(effect: f64, threshold: f64, tolerance: f64) -> BenchVerdict {
    if effect > threshold.max(tolerance) {
        BenchVerdict::Regressed
    } else if effect > threshold {
        BenchVerdict::Record
    } else if effect < -threshold {
        BenchVerdict::Improved
    } else {
        BenchVerdict::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::Origin;

    fn name(text: &str) -> MetricName {
        MetricName::new(text).unwrap()
    }

    fn here() -> Fingerprint {
        Fingerprint {
            cpu: "a".to_owned(),
            cores: 2,
            kernel: "6.1".to_owned(),
            ..Fingerprint::default()
        }
    }

    fn metric(text: &str, tolerance_pct: f64) -> BaselineMetric {
        BaselineMetric {
            name: name(text),
            median_ns: 100.0,
            tolerance_pct,
            regression_check: true,
            samples: None,
            spread_pct: None,
            tail: Vec::new(),
        }
    }

    fn baseline(metrics: Vec<BaselineMetric>) -> Baseline {
        Baseline {
            metrics,
            exact: Vec::new(),
            policy: Policy::default(),
            origin: Some(Origin {
                commit: "0".repeat(40),
                wasmtime: None,
                date: "2026-11-21".to_owned(),
                fingerprint: here(),
            }),
        }
    }

    fn one(current: f64, tolerance: f64) -> Judged {
        let baseline = baseline(vec![metric("m", tolerance)]);
        let mut found = against_stored(&baseline, &here(), &[(name("m"), current)], |_| true);
        assert_eq!((&found.problems, &found.warnings), (&vec![], &vec![]));
        found.judged.remove(0)
    }

    #[test]
    fn the_larger_bound_counts_and_never_the_sum() {
        for (current, verdict) in [
            (109.9, BenchVerdict::Pass),
            (110.1, BenchVerdict::Record),
            (129.9, BenchVerdict::Record),
            (130.1, BenchVerdict::Regressed),
            // The sum would have let this one pass.
            (139.0, BenchVerdict::Regressed),
            (90.1, BenchVerdict::Pass),
            (89.9, BenchVerdict::Improved),
        ] {
            assert_eq!(one(current, 30.0).verdict, verdict, "{current}");
        }
        // A tolerance below the threshold changes nothing.
        assert_eq!(one(109.0, 5.0).verdict, BenchVerdict::Pass);
        assert_eq!(one(111.0, 5.0).verdict, BenchVerdict::Regressed);
        assert!(one(111.0, 5.0).gating);
    }

    #[test]
    fn nanoseconds_of_another_machine_are_advice() {
        let baseline = baseline(vec![metric("m", 30.0)]);
        let other = Fingerprint {
            cpu: "b".to_owned(),
            governor: Some("performance".to_owned()),
            ..here()
        };
        let found = against_stored(&baseline, &other, &[(name("m"), 200.0)], |_| true);
        let judged = &found.judged[0];
        assert_eq!(judged.verdict, BenchVerdict::Regressed);
        assert!(!judged.gating);
        let remark = judged.remark.as_ref().unwrap();
        assert!(remark.contains("cpu: a there, b here"), "{remark}");
        assert!(remark.contains("governor: none there, performance here"));
        let short = Baseline {
            origin: None,
            ..baseline
        };
        let found = against_stored(&short, &here(), &[(name("m"), 200.0)], |_| true);
        assert!(!found.judged[0].gating);
        let remark = found.judged[0].remark.as_ref().unwrap();
        assert!(remark.contains("does not say"), "{remark}");
    }

    #[test]
    fn what_is_not_checked_is_shown() {
        let mut metrics = vec![metric("m", 30.0)];
        metrics[0].regression_check = false;
        let found = against_stored(&baseline(metrics), &here(), &[(name("m"), 200.0)], |_| true);
        assert_eq!(found.judged[0].verdict, BenchVerdict::Regressed);
        assert!(!found.judged[0].gating);
    }

    #[test]
    fn what_was_noisy_has_a_say_where_its_fresh_rounds_are_sure() {
        let noisy = BaselineMetric {
            spread_pct: Some(13.0),
            ..metric("noisy", 30.0)
        };
        let off = BaselineMetric {
            regression_check: false,
            ..metric("off", 30.0)
        };
        let baseline = baseline(vec![metric("quiet", 30.0), noisy, off]);
        let gates = |text: &str, verdict: BenchVerdict| {
            let mut pair = [Judged {
                metric: name(text),
                rule: Rule::LivePair,
                verdict,
                ..one(100.0, 30.0)
            }];
            give_way(&mut pair, &baseline);
            let [pair] = pair;
            assert_eq!(pair.gating, pair.remark.is_none());
            pair.gating
        };
        for (text, unsure, sure) in [
            ("quiet", true, true),
            ("noisy", false, true),
            ("off", false, false),
        ] {
            assert_eq!(gates(text, BenchVerdict::Inconclusive), unsure, "{text}");
            assert_eq!(gates(text, BenchVerdict::Improved), unsure, "{text}");
            assert_eq!(gates(text, BenchVerdict::Regressed), sure, "{text}");
        }
    }

    #[test]
    fn what_is_missing_or_no_measurement_is_a_problem() {
        let baseline = baseline(vec![
            metric("a", 30.0),
            metric("b", 30.0),
            metric("c", 30.0),
        ]);
        let today = [(name("b"), 0.0), (name("c"), f64::NAN), (name("d"), 1.0)];
        let found = against_stored(&baseline, &here(), &today, |_| true);
        assert_eq!(found.judged, vec![]);
        let problems: Vec<_> = found.problems.iter().map(ToString::to_string).collect();
        assert!(problems[0].contains("a: is in the baseline and was not measured"));
        assert!(problems[1].contains("b: a median of 0 ns"));
        assert!(problems[2].contains("c: a median of NaN ns"));
        assert!(
            found.warnings[0].contains("not in the baseline") && found.warnings[0].contains('d')
        );
        let found = against_stored(&baseline, &here(), &[], |name| name.as_str() == "c");
        assert_eq!(found.problems.len(), 1, "others were not asked for");
    }
}
