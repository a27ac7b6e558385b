//! Explanations of what got slower, and an account of what the rules catch.

use super::pairs::{GateRule, detectable, rounds_for};
use crate::model::bench::{
    Baseline, BenchVerdict, Catch, Evidence, Explained, Explanation, Judged, MetricName,
    Sensitivity,
};

/// Lets explanations answer for what needs one: a metric that is regressed, or
/// to be recorded, is recorded if an explanation is about it and allows as much.
pub fn apply_explanations(judged: &mut [Judged], explanations: &[Explanation]) {
    let needs_one = |verdict| matches!(verdict, BenchVerdict::Regressed | BenchVerdict::Record);
    for judged in judged.iter_mut().filter(|judged| needs_one(judged.verdict)) {
        let effect_pct = effect(&judged.evidence) * 100.0;
        let covers = |explanation: &&Explanation| {
            explanation.metric.matches(&judged.metric) && effect_pct <= explanation.up_to_pct
        };
        if let Some(explanation) = explanations.iter().find(covers) {
            judged.verdict = BenchVerdict::Recorded;
            judged.explanation = Some(Explained {
                commit: explanation.commit.clone(),
                reason: explanation.reason.clone(),
            });
        } else if let Some(too_small) = explanations
            .iter()
            .filter(|explanation| explanation.metric.matches(&judged.metric))
            .map(|explanation| explanation.up_to_pct)
            .max_by(f64::total_cmp)
        {
            let remark = format!("its explanation covers only {too_small} %");
            judged.remark = Some(match judged.remark.take() {
                Some(before) => format!("{before}; {remark}"),
                None => remark,
            });
        }
    }
}

/// How much more, as a ratio less one.
pub fn effect(evidence: &Evidence) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a percentage for people and for a limit in percent"
    )]
    match evidence {
        Evidence::Exact { baseline, current } if baseline == current => 0.0,
        Evidence::Exact { baseline, current } => *current as f64 / *baseline as f64 - 1.0,
        Evidence::Pair(pair) => pair.effect,
        Evidence::Stored(stored) => stored.effect,
        Evidence::Tail {
            limit_ns,
            estimate_ns,
            ..
        } => estimate_ns / limit_ns - 1.0,
    }
}

/// Which slowdown of a stored metric each rule would catch; none if the baseline
/// has no such metric. `measured_ns` is what it takes today, `spread` that of
/// its rounds, as a ratio.
pub fn sensitivity(
    baseline: &Baseline,
    name: &MetricName,
    measured_ns: Option<f64>,
    spread: Option<f64>,
    rule: &GateRule,
) -> Option<Sensitivity> {
    let metric = baseline
        .metrics
        .iter()
        .find(|metric| metric.name == *name)?;
    let (tolerance, threshold) = (metric.tolerance_pct, baseline.policy.regress_pct_threshold);
    let from = measured_ns
        .filter(|today| *today > 0.0)
        .unwrap_or(metric.median_ns);
    let above = |rule: &str, pct: f64, what: &str| Catch {
        rule: rule.to_owned(),
        slowdown: metric.median_ns * (1.0 + pct / 100.0) / from - 1.0,
        how: format!("above {} ns × (1 + {pct} %), {what}", metric.median_ns),
    };
    let mut catches = vec![
        above(
            "sum of tolerance and threshold",
            tolerance + threshold,
            "as a gate that adds them would; not used here",
        ),
        above("stored, needs an explanation", threshold, "the threshold"),
        above(
            "stored, fails",
            tolerance.max(threshold),
            "the larger of tolerance and threshold",
        ),
    ];
    if let Some(spread) = spread.or(metric.spread_pct.map(|pct| pct / 100.0)) {
        let rounds = rounds_for(spread, rule);
        catches.push(Catch {
            rule: "live pair".to_owned(),
            slowdown: detectable(spread, rounds, &rule.for_duration(metric.median_ns)),
            how: format!(
                "nine times in ten, by {rounds} rounds that spread by {:.1} %",
                spread * 100.0
            ),
        });
    }
    // Counts are named like times, but for the first word.
    let program = |name: &MetricName| {
        let rest = name.as_str().split_once('/');
        rest.map(|(_, rest)| rest.to_owned())
    };
    catches.extend(
        baseline
            .exact
            .iter()
            .filter(|exact| program(&exact.metric).is_some_and(|p| Some(p) == program(name)))
            .map(|exact| {
                let most = exact.value.saturating_add(exact.kind.slack(exact.value));
                Catch {
                    rule: format!("exact, {}", exact.kind),
                    slowdown: most as f64 / exact.value.max(1) as f64 - 1.0,
                    how: format!("anything above {most}"),
                }
            }),
    );
    Some(Sensitivity {
        metric: name.clone(),
        baseline_ns: metric.median_ns,
        measured_ns,
        catches,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{
        BaselineMetric, ExactKind, ExactReading, MetricPattern, Policy, Rule, StoredEvidence,
    };

    fn name(text: &str) -> MetricName {
        MetricName::new(text).unwrap()
    }

    fn judged(verdict: BenchVerdict, effect: f64) -> Judged {
        Judged {
            metric: name("execute/fib/cranelift"),
            rule: Rule::Stored,
            verdict,
            gating: true,
            evidence: Evidence::Stored(StoredEvidence {
                baseline_ns: 100.0,
                current_ns: 100.0 * (1.0 + effect),
                effect,
                threshold_pct: 10.0,
                tolerance_pct: 30.0,
            }),
            explanation: None,
            remark: None,
        }
    }

    fn explanation(metric: &str, up_to_pct: f64) -> Explanation {
        Explanation {
            metric: MetricPattern::parse(metric).unwrap(),
            commit: "0123abc".to_owned(),
            up_to_pct,
            reason: "bounds checks".to_owned(),
        }
    }

    #[test]
    fn an_explanation_answers_for_as_much_as_it_says() {
        let explained = |verdict, effect, explanations: &[Explanation]| {
            let mut all = [judged(verdict, effect)];
            apply_explanations(&mut all, explanations);
            let [judged] = all;
            judged
        };
        let one = [explanation("execute/*/*", 20.0)];
        let found = explained(BenchVerdict::Record, 0.15, &one);
        assert_eq!(found.verdict, BenchVerdict::Recorded);
        assert_eq!(found.explanation.unwrap().commit, "0123abc");
        let found = explained(BenchVerdict::Regressed, 0.15, &one);
        assert_eq!(found.verdict, BenchVerdict::Recorded);
        let found = explained(BenchVerdict::Record, 0.21, &one);
        assert_eq!(
            (found.verdict, found.explanation),
            (BenchVerdict::Record, None)
        );
        assert!(found.remark.unwrap().contains("only 20 %"));
        let other = [explanation("compile/*/*", 20.0)];
        let found = explained(BenchVerdict::Record, 0.15, &other);
        assert_eq!((found.verdict, found.remark), (BenchVerdict::Record, None));
        // Nothing else becomes anything else.
        for verdict in [
            BenchVerdict::Pass,
            BenchVerdict::Improved,
            BenchVerdict::Inconclusive,
        ] {
            assert_eq!(explained(verdict, 0.0, &one).verdict, verdict);
        }
    }

    #[test]
    fn what_was_nothing_and_is_something_is_not_covered() {
        let of = |baseline, current| effect(&Evidence::Exact { baseline, current });
        assert!(of(0, 5).is_infinite());
        assert!(of(0, 0).abs() < f64::EPSILON);
        assert!((of(100, 150) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_sum_catches_later_than_the_larger_bound() {
        let metric = name("execute/fib/cranelift");
        let exact = |metric: &str| ExactReading {
            metric: name(metric),
            kind: ExactKind::Fuel,
            value: 7,
            sha256: "0".repeat(64),
        };
        let baseline = Baseline {
            metrics: vec![BaselineMetric {
                name: metric.clone(),
                median_ns: 1e6,
                tolerance_pct: 100.0,
                regression_check: true,
                samples: None,
                spread_pct: Some(1.0),
                tail: Vec::new(),
            }],
            exact: vec![exact("fuel/fib/cranelift"), exact("fuel/noop/cranelift")],
            policy: Policy::default(),
            origin: None,
        };
        let rule = GateRule::default();
        let of = |today, spread| {
            let found = sensitivity(&baseline, &metric, today, spread, &rule).unwrap();
            found.catches.iter().map(|c| c.slowdown).collect::<Vec<_>>()
        };
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 2e-3, "{found}");
        let stored = of(None, None);
        assert_eq!(stored.len(), 5);
        for (found, wanted) in stored.iter().zip([1.1, 0.1, 1.0, 0.019, 0.0]) {
            near(*found, wanted);
        }
        // A median ten times what is measured today lets everything through.
        near(of(Some(1e5), None)[2], 19.0);
        assert!(of(None, Some(0.05))[3] > 0.03);
        assert_eq!(sensitivity(&baseline, &name("x"), None, None, &rule), None);
        // What is short has a wider floor.
        let mut short = baseline.clone();
        short.metrics[0].median_ns = 1e3;
        let found = sensitivity(&short, &metric, None, None, &rule).unwrap();
        assert!(found.catches[3].slowdown > 0.05);
    }
}
