//! Limits on quantiles of single iterations: p95, p99, p99.9.
//!
//! A limit is broken only when the quantile is surely above it, and kept only
//! when it is surely below. How many samples that takes is a matter of order
//! statistics: without 3688 of them, nothing bounds the quantile 0.999 from
//! above.

use super::findings::Findings;
use super::pairs::CannotJudge;
use super::statistics::{quantile, quantile_interval};
use super::stored::why_advisory;
use crate::model::bench::{
    Baseline, BenchVerdict, Evidence, Fingerprint, Judged, MetricName, Rule, Tail,
};

/// The error of a quantile's interval, both sides together.
const ALPHA: f64 = 0.05;

/// Judges every limit of a baseline by today's single iterations, in nanoseconds.
/// `expects` says which metrics of the baseline this run should have measured.
pub fn against_limits(
    baseline: &Baseline,
    here: &Fingerprint,
    today: &[(MetricName, Vec<u64>)],
    expects: impl Fn(&MetricName) -> bool,
) -> Findings {
    let foreign = why_advisory(baseline, here);
    let mut out = Findings::default();
    let limited = baseline
        .metrics
        .iter()
        .filter(|metric| !metric.tail.is_empty() && expects(&metric.name));
    for metric in limited {
        let Some((_, ns)) = today.iter().find(|(name, _)| *name == metric.name) else {
            out.problems.push(CannotJudge {
                metric: metric.name.clone(),
                message: "the baseline limits its tail, and no latencies of it were measured"
                    .to_owned(),
            });
            continue;
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "a latency of 2^53 ns would be 104 days"
        )]
        let samples: Vec<f64> = ns.iter().map(|ns| *ns as f64).collect();
        let unchecked = "advisory: `regression_check` is off".to_owned();
        let advisory = match metric.regression_check {
            true => foreign.clone(),
            false => Some(unchecked),
        };
        for tail in &metric.tail {
            match against_limit(&metric.name, tail, &samples, advisory.is_none()) {
                Ok(mut judged) => {
                    judged.remark = judged.remark.or_else(|| advisory.clone());
                    out.judged.push(judged);
                }
                Err(error) => out.problems.push(error),
            }
        }
    }
    out
}

/// Judges one limit of a metric by nanoseconds of single iterations. `gating`
/// says whether it has a say here.
///
/// # Errors
///
/// No samples, or samples that are no times.
fn against_limit(
    metric: &MetricName,
    tail: &Tail,
    samples: &[f64],
    gating: bool,
) -> Result<Judged, CannotJudge> {
    let cannot = |message: &str| CannotJudge {
        metric: metric.clone(),
        message: message.to_owned(),
    };
    if samples.iter().any(|time| !time.is_finite() || *time < 0.0) {
        return Err(cannot("has samples that are no times"));
    }
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let estimate_ns = quantile(&sorted, tail.quantile)
        .ok_or_else(|| cannot("has no samples for the limit on its tail"))?;
    let interval_ns = quantile_interval(&sorted, tail.quantile, ALPHA);
    let verdict = match interval_ns {
        [Some(lower), _] if lower > tail.limit_ns => BenchVerdict::Regressed,
        [_, Some(upper)] if upper <= tail.limit_ns => BenchVerdict::Pass,
        _ => BenchVerdict::Inconclusive,
    };
    let remark = (verdict == BenchVerdict::Inconclusive && interval_ns[1].is_none()).then(|| {
        format!(
            "{} samples are too few to bound the quantile {} from above",
            samples.len(),
            tail.quantile
        )
    });
    Ok(Judged {
        metric: metric.clone(),
        rule: Rule::Tail,
        verdict,
        gating,
        evidence: Evidence::Tail {
            quantile: tail.quantile,
            limit_ns: tail.limit_ns,
            estimate_ns,
            interval_ns,
            samples: u64::try_from(samples.len()).unwrap_or(u64::MAX),
        },
        explanation: None,
        remark,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{BaselineMetric, Origin, Policy};

    fn judge(count: u32, limit_ns: f64) -> Judged {
        let tail = Tail {
            quantile: 0.999,
            limit_ns,
        };
        // From the largest down: the order must not matter.
        let samples: Vec<f64> = (1..=count).rev().map(f64::from).collect();
        against_limit(&MetricName::new("m").unwrap(), &tail, &samples, true).unwrap()
    }

    #[test]
    fn a_limit_is_broken_only_when_that_is_sure() {
        // Of 1 to 10000 the quantile lies between 9984 and 9997 or so.
        assert_eq!(judge(10_000, 9_998.0).verdict, BenchVerdict::Pass);
        assert_eq!(judge(10_000, 9_990.0).verdict, BenchVerdict::Inconclusive);
        assert_eq!(judge(10_000, 9_980.0).verdict, BenchVerdict::Regressed);
        assert_eq!(judge(10_000, 9_990.0).remark, None);
    }

    #[test]
    fn too_few_samples_cannot_pass() {
        let judged = judge(3_000, 1e9);
        assert_eq!(judged.verdict, BenchVerdict::Inconclusive);
        assert!(judged.remark.unwrap().contains("too few"));
        // They can tell that a limit is broken.
        assert_eq!(judge(3_000, 10.0).verdict, BenchVerdict::Regressed);
    }

    #[test]
    fn what_is_not_checked_has_no_say_in_its_tail_either() {
        let limited = |regression_check| {
            let name = MetricName::new("operation/spawn/cranelift").unwrap();
            let baseline = Baseline {
                metrics: vec![BaselineMetric {
                    name: name.clone(),
                    median_ns: 1.0,
                    tolerance_pct: 30.0,
                    regression_check,
                    samples: None,
                    spread_pct: None,
                    tail: vec![Tail {
                        quantile: 0.5,
                        limit_ns: 1.0,
                    }],
                }],
                exact: Vec::new(),
                policy: Policy::default(),
                origin: Some(Origin {
                    commit: "0123456789".repeat(4),
                    wasmtime: None,
                    date: "2026-11-21".to_owned(),
                    fingerprint: Fingerprint::default(),
                }),
            };
            let today = [(name, vec![5; 100])];
            let found = against_limits(&baseline, &Fingerprint::default(), &today, |_| true);
            let judged = &found.judged[0];
            assert_eq!(judged.verdict, BenchVerdict::Regressed);
            (judged.gating, judged.remark.clone())
        };
        assert_eq!(limited(true), (true, None));
        let (gating, remark) = limited(false);
        assert!(!gating && remark.unwrap().contains("`regression_check` is off"));
    }

    #[test]
    fn no_samples_are_no_pass() {
        let tail = Tail {
            quantile: 0.5,
            limit_ns: 1.0,
        };
        let name = MetricName::new("m").unwrap();
        assert!(against_limit(&name, &tail, &[], true).is_err());
        assert!(against_limit(&name, &tail, &[1.0, f64::NAN], true).is_err());
    }
}
