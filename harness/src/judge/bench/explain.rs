//! Explanations of what got slower, and an account of what the rules catch.

use super::pairs::{GateRule, detectable, is_mostly_marks, rounds_for};
use super::stored::no_say;
use crate::model::bench::{
    Baseline, BaselineMetric, BenchVerdict, Catch, Evidence, Explained, Explanation, Judged,
    MetricName, Sensitivity,
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

/// Which slowdown of a stored metric each rule would catch. Rules on times decide
/// nothing of a metric that has no say, and are shown all the same: somebody may want
/// to give it one.
pub fn sensitivity(baseline: &Baseline, metric: &BaselineMetric, rule: &GateRule) -> Sensitivity {
    let name = &metric.name;
    let (tolerance, threshold) = (metric.tolerance_pct, baseline.policy.regress_pct_threshold);
    let no_say = no_say(metric).or_else(|| {
        let unknown = "the baseline does not say what machine and commit it is from";
        baseline.origin.is_none().then(|| unknown.to_owned())
    });
    let has_say = no_say.is_none();
    let above = |rule: &str, pct: f64, what: &str| Catch {
        rule: rule.to_owned(),
        slowdown: pct / 100.0,
        in_force: has_say,
        how: format!("above {} ns × (1 + {pct} %), {what}", metric.median_ns),
    };
    let mut catches = vec![
        Catch {
            in_force: false,
            ..above(
                "sum of tolerance and threshold",
                tolerance + threshold,
                "as a gate that adds them would; not used here",
            )
        },
        above("stored, needs an explanation", threshold, "the threshold"),
        above(
            "stored, fails",
            tolerance.max(threshold),
            "the larger of tolerance and threshold",
        ),
    ];
    if let Some(spread) = metric.spread_pct.map(|pct| pct / 100.0) {
        let rounds = rounds_for(spread, rule);
        catches.push(Catch {
            rule: "live pair".to_owned(),
            in_force: has_say && !is_mostly_marks(name, metric.median_ns),
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
                    in_force: true,
                    slowdown: most as f64 / exact.value.max(1) as f64 - 1.0,
                    how: format!("anything above {most}"),
                }
            }),
    );
    Sensitivity {
        metric: name.clone(),
        baseline_ns: metric.median_ns,
        no_say,
        catches,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{
        ExactKind, ExactReading, Fingerprint, MetricPattern, Origin, Policy, Rule, StoredEvidence,
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

    fn baseline() -> Baseline {
        let exact = |metric: &str| ExactReading {
            metric: name(metric),
            kind: ExactKind::Fuel,
            value: 7,
            sha256: "0".repeat(64),
        };
        Baseline {
            metrics: vec![BaselineMetric {
                name: name("execute/fib/cranelift"),
                median_ns: 1e6,
                tolerance_pct: 100.0,
                regression_check: true,
                samples: None,
                spread_pct: Some(1.0),
                tail: Vec::new(),
            }],
            exact: vec![exact("fuel/fib/cranelift"), exact("fuel/noop/cranelift")],
            policy: Policy::default(),
            origin: Some(Origin {
                commit: "0".repeat(40),
                wasmtime: None,
                date: "2026-11-21".to_owned(),
                fingerprint: Fingerprint::default(),
            }),
        }
    }

    fn of(baseline: &Baseline) -> Sensitivity {
        sensitivity(baseline, &baseline.metrics[0], &GateRule::default())
    }

    #[test]
    fn the_sum_catches_later_than_the_larger_bound() {
        let found = of(&baseline());
        assert_eq!(found.catches.len(), 5);
        for (found, wanted) in found.catches.iter().zip([1.1, 0.1, 1.0, 0.019, 0.0]) {
            assert!((found.slowdown - wanted).abs() < 2e-3, "{found:?}");
        }
        let mut wide = baseline();
        wide.metrics[0].spread_pct = Some(5.0);
        assert!(of(&wide).catches[3].slowdown > 0.025);
        // What is short has a wider floor.
        let mut short = baseline();
        short.metrics[0].median_ns = 1e3;
        assert!(of(&short).catches[3].slowdown > 0.05);
    }

    #[test]
    fn a_rule_on_what_has_no_say_is_not_in_force() {
        let in_force = |baseline: &Baseline| -> Vec<bool> {
            let found = of(baseline).catches;
            found.iter().map(|catch| catch.in_force).collect()
        };
        assert_eq!(in_force(&baseline()), [false, true, true, true, true]);
        assert_eq!(of(&baseline()).no_say, None);
        // Counts decide whatever its times are worth.
        let counts_alone = [false, false, false, false, true];
        type Change = fn(&mut Baseline);
        let changes: [(Change, &str); 3] = [
            (|b| b.metrics[0].regression_check = false, "is off"),
            (|b| b.metrics[0].spread_pct = Some(5.1), "spread by 5.1 %"),
            (|b| b.origin = None, "does not say"),
        ];
        for (change, why) in changes {
            let mut silent = baseline();
            change(&mut silent);
            assert_eq!(in_force(&silent), counts_alone, "{why}");
            assert!(of(&silent).no_say.unwrap().contains(why));
        }
    }
}
