//! Whether a change makes a baseline stricter that also moves Wasmtime.
//!
//! A baseline that is tightened in the change that brings the next Wasmtime
//! hides what that Wasmtime costs, or makes the change after it pay.

use super::stored::no_say;
use crate::model::bench::{Baseline, ExactReading, MetricName};

/// What a change did to a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tightened {
    /// What became stricter while Wasmtime moved; that is not allowed.
    pub violations: Vec<String>,
    /// What is no longer there, whether Wasmtime moved or not: nothing compares
    /// it any more.
    pub gone: Vec<String>,
}

/// Compares the baseline before a change with the one after it.
pub fn tightened(before: &Baseline, after: &Baseline, wasmtime_moved: bool) -> Tightened {
    let mut stricter = Vec::new();
    let mut gone = Vec::new();
    let mut lower = |what: String, before: f64, after: f64| {
        if after < before {
            stricter.push(format!("{what} went from {before} to {after}"));
        }
    };
    lower(
        "the policy's `regress_pct_threshold`".to_owned(),
        before.policy.regress_pct_threshold,
        after.policy.regress_pct_threshold,
    );
    for old in &before.metrics {
        let Some(new) = after.metrics.iter().find(|new| new.name == old.name) else {
            gone.push(format!("metric {} is gone", old.name));
            continue;
        };
        let name = &old.name;
        lower(
            format!("the median of {name}"),
            old.median_ns,
            new.median_ns,
        );
        lower(
            format!("the tolerance of {name}"),
            old.tolerance_pct,
            new.tolerance_pct,
        );
        for tail in &new.tail {
            let known = old
                .tail
                .iter()
                .find(|old| old.quantile.total_cmp(&tail.quantile).is_eq());
            lower(
                format!("the limit of {name} at {}", tail.quantile),
                known.map_or(f64::INFINITY, |known| known.limit_ns),
                tail.limit_ns,
            );
        }
        gone.extend(
            old.tail
                .iter()
                .filter(|old| {
                    new.tail
                        .iter()
                        .all(|new| new.quantile.total_cmp(&old.quantile).is_ne())
                })
                .map(|old| format!("the limit of {name} at {} is gone", old.quantile)),
        );
        if let (None, Some(why)) = (no_say(old), no_say(new)) {
            gone.push(format!("{name} has no say any more: {why}"));
        }
    }
    stricter.extend(given_a_say(before, after));
    for old in &before.exact {
        let Some(new) = after.exact.iter().find(|new| new.metric == old.metric) else {
            gone.push(format!("metric {} is gone", old.metric));
            continue;
        };
        stricter.extend(fewer(old, new));
    }
    Tightened {
        violations: if wasmtime_moved { stricter } else { Vec::new() },
        gone,
    }
}

fn given_a_say(before: &Baseline, after: &Baseline) -> impl Iterator<Item = String> {
    let had_none = |name: &MetricName| {
        let mut before = before.metrics.iter();
        before.any(|metric| metric.name == *name && no_say(metric).is_some())
    };
    after
        .metrics
        .iter()
        .filter(move |metric| no_say(metric).is_none() && had_none(&metric.name))
        .map(|metric| format!("{} was given a say", metric.name))
}

/// Counts of two programs are not comparable, and neither is stricter.
fn fewer(old: &ExactReading, new: &ExactReading) -> Option<String> {
    (old.sha256 == new.sha256 && new.value < old.value)
        .then(|| format!("{} went from {} to {}", old.metric, old.value, new.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{BaselineMetric, ExactKind, Policy, Tail};

    fn baseline() -> Baseline {
        Baseline {
            metrics: vec![BaselineMetric {
                name: MetricName::new("m").unwrap(),
                median_ns: 100.0,
                tolerance_pct: 30.0,
                regression_check: true,
                samples: None,
                spread_pct: None,
                tail: vec![Tail {
                    quantile: 0.99,
                    limit_ns: 500.0,
                }],
            }],
            exact: vec![ExactReading {
                metric: MetricName::new("fuel/m/v").unwrap(),
                kind: ExactKind::Fuel,
                value: 10,
                sha256: "0".repeat(64),
            }],
            policy: Policy::default(),
            origin: None,
        }
    }

    fn change(change: impl Fn(&mut Baseline)) -> (Vec<String>, Vec<String>) {
        let before = baseline();
        let mut after = baseline();
        change(&mut after);
        let still = tightened(&before, &after, false);
        assert_eq!(
            still.violations,
            Vec::<String>::new(),
            "Wasmtime did not move"
        );
        let moved = tightened(&before, &after, true);
        assert_eq!(moved.gone, still.gone);
        (moved.violations, moved.gone)
    }

    #[test]
    fn whatever_is_stricter_is_named() {
        type Change = fn(&mut Baseline);
        let changes: [(Change, &str); 6] = [
            (
                |b| b.metrics[0].median_ns = 99.9,
                "the median of m went from 100 to 99.9",
            ),
            (
                |b| b.metrics[0].tolerance_pct = 29.0,
                "the tolerance of m went from 30 to 29",
            ),
            (
                |b| b.policy.regress_pct_threshold = 9.0,
                "the policy's `regress_pct_threshold` went from 10 to 9",
            ),
            (
                |b| b.metrics[0].tail[0].limit_ns = 400.0,
                "the limit of m at 0.99 went from 500 to 400",
            ),
            (|b| b.exact[0].value = 9, "fuel/m/v went from 10 to 9"),
            (
                |b| {
                    b.metrics[0].tail.push(Tail {
                        quantile: 0.5,
                        limit_ns: 1.0,
                    })
                },
                "the limit of m at 0.5 went from inf to 1",
            ),
        ];
        for (make, wanted) in changes {
            assert_eq!(change(make), (vec![wanted.to_owned()], vec![]));
        }
        let [mut off, mut noisy] = [baseline(), baseline()];
        off.metrics[0].regression_check = false;
        noisy.metrics[0].spread_pct = Some(5.1);
        for silent in [off, noisy] {
            let found = tightened(&silent, &baseline(), true).violations;
            assert_eq!(found, ["m was given a say"]);
        }
    }

    #[test]
    fn whatever_is_looser_is_allowed() {
        let found = change(|b| {
            b.metrics[0].median_ns = 101.0;
            b.metrics[0].tolerance_pct = 31.0;
            b.policy.regress_pct_threshold = 11.0;
            b.metrics[0].tail[0].limit_ns = 501.0;
            b.exact[0].value = 11;
        });
        assert_eq!(found, (vec![], vec![]));
        let program = change(|b| {
            b.exact[0].value = 1;
            b.exact[0].sha256 = "1".repeat(64);
        });
        assert_eq!(program, (vec![], vec![]), "another program");
    }

    #[test]
    fn what_is_gone_is_named_whether_wasmtime_moved_or_not() {
        assert_eq!(change(|b| b.metrics.clear()).1, ["metric m is gone"]);
        assert_eq!(change(|b| b.exact.clear()).1, ["metric fuel/m/v is gone"]);
        assert_eq!(
            change(|b| b.metrics[0].tail.clear()).1,
            ["the limit of m at 0.99 is gone"]
        );
        let off = change(|b| b.metrics[0].regression_check = false);
        assert_eq!(off.1, ["m has no say any more: `regression_check` is off"]);
        // So much spread that nothing depends on it.
        let noisy = change(|b| b.metrics[0].spread_pct = Some(5.1));
        assert!(noisy.1[0].starts_with("m has no say any more: it spread by 5.1 %"));
        let quiet = change(|b| b.metrics[0].spread_pct = Some(5.0));
        assert_eq!(quiet, (vec![], vec![]));
    }
}
