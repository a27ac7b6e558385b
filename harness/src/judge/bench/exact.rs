//! Counts, compared strictly: what is more is regressed, whatever the reason.

use super::findings::Findings;
use super::pairs::CannotJudge;
use crate::model::bench::{
    Baseline, BenchVerdict, Evidence, ExactKind, ExactReading, Fingerprint, Judged, MetricName,
    Rule,
};

/// Compares today's counts with those of a baseline. `expects` says which of the
/// baseline's this run should have; `elsewhere`, if they were counted on another
/// system, that they were.
pub fn against_exact(
    baseline: &[ExactReading],
    today: &[ExactReading],
    elsewhere: Option<&str>,
    expects: impl Fn(&MetricName) -> bool,
) -> Findings {
    let mut out = Findings::default();
    for before in baseline.iter().filter(|before| expects(&before.metric)) {
        let cannot = |message: &str| CannotJudge {
            metric: before.metric.clone(),
            message: message.to_owned(),
        };
        match today.iter().find(|now| now.metric == before.metric) {
            None => out.problems.push(cannot(
                "is in the baseline and was not counted; was it renamed?",
            )),
            Some(now) if now.kind != before.kind => out.problems.push(cannot(&format!(
                "counts {} now and counted {} in the baseline",
                now.kind, before.kind
            ))),
            Some(now) if now.sha256 != before.sha256 => out.problems.push(cannot(
                "the program changed, and counts of two programs say nothing of each other: save \
                 a new baseline",
            )),
            Some(now) if now.value == 0 && before.value > 0 => {
                out.problems.push(cannot("nothing was counted"));
            }
            Some(now) => out.judged.push(judge(before, now, elsewhere)),
        }
    }
    out.warn_of_new(today.iter().map(|now| &now.metric), |name| {
        baseline.iter().any(|before| before.metric == *name)
    });
    out
}

/// Why counts of a baseline do not gate here, but for fuel; none if they do.
/// Other processors have other code, and other systems other allocations.
pub fn why_advisory(baseline: &Baseline, here: &Fingerprint) -> Option<String> {
    let there = &baseline.origin.as_ref()?.fingerprint;
    let system =
        |machine: &Fingerprint| format!("{} {} {}", machine.os, machine.arch, machine.profile);
    let (there, here) = (system(there), system(here));
    (there != here).then(|| format!("advisory: counted on {there}, and this is {here}"))
}

fn judge(before: &ExactReading, now: &ExactReading, elsewhere: Option<&str>) -> Judged {
    // Fuel is the guest's own.
    let remark = elsewhere.filter(|_| before.kind != ExactKind::Fuel);
    Judged {
        metric: before.metric.clone(),
        rule: Rule::Exact,
        verdict: compare(before.value, now.value, before.kind.slack(before.value)),
        gating: remark.is_none(),
        evidence: Evidence::Exact {
            baseline: before.value,
            current: now.value,
        },
        explanation: None,
        remark: remark.map(str::to_owned),
    }
}

/// `slack` is the largest difference that is none.
fn compare(before: u64, now: u64, slack: u64) -> BenchVerdict {
    if before.abs_diff(now) <= slack {
        BenchVerdict::Pass
    } else if now > before {
        BenchVerdict::Regressed
    } else {
        BenchVerdict::Improved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{Origin, Policy};

    fn reading(metric: &str, kind: ExactKind, value: u64) -> ExactReading {
        ExactReading {
            metric: MetricName::new(metric).unwrap(),
            kind,
            value,
            sha256: "0".repeat(64),
        }
    }

    fn verdict(kind: ExactKind, before: u64, now: u64) -> BenchVerdict {
        let found = against_exact(
            &[reading("m", kind, before)],
            &[reading("m", kind, now)],
            None,
            |_| true,
        );
        found.judged[0].verdict
    }

    #[test]
    fn one_more_is_a_regression() {
        let large = 1 << 60;
        assert_eq!(verdict(ExactKind::Fuel, large, large), BenchVerdict::Pass);
        assert_eq!(
            verdict(ExactKind::Fuel, large, large + 1),
            BenchVerdict::Regressed
        );
        assert_eq!(
            verdict(ExactKind::Fuel, large, large - 1),
            BenchVerdict::Improved
        );
        assert_eq!(
            verdict(ExactKind::Allocations, 0, 1),
            BenchVerdict::Regressed
        );
    }

    #[test]
    fn callgrind_has_a_little_slack() {
        let of = |now| verdict(ExactKind::Instructions, 100_000_000, now);
        assert_eq!(of(100_010_000), BenchVerdict::Pass);
        assert_eq!(of(99_990_000), BenchVerdict::Pass);
        assert_eq!(of(100_010_001), BenchVerdict::Regressed);
        assert_eq!(of(99_989_999), BenchVerdict::Improved);
        let small = |now| verdict(ExactKind::Instructions, 40_000, now);
        assert_eq!(small(42_000), BenchVerdict::Pass);
        assert_eq!(small(42_001), BenchVerdict::Regressed);
        let compiled = |now| verdict(ExactKind::CompileInstructions, 1_000_000, now);
        assert_eq!(compiled(1_005_000), BenchVerdict::Pass);
        assert_eq!(compiled(1_005_001), BenchVerdict::Regressed);
    }

    #[test]
    fn counts_of_another_program_are_not_compared() {
        let before = [
            reading("m", ExactKind::Fuel, 5),
            reading("gone", ExactKind::Fuel, 5),
        ];
        let mut now = [
            reading("m", ExactKind::Fuel, 5),
            reading("new", ExactKind::Fuel, 5),
        ];
        now[0].sha256 = "1".repeat(64);
        let found = against_exact(&before, &now, None, |_| true);
        assert_eq!(found.judged, vec![]);
        assert!(found.problems[0].message.contains("the program changed"));
        assert!(found.problems[1].to_string().starts_with("gone: "));
        assert!(found.warnings[0].contains("new"));
        now[0] = reading("m", ExactKind::CodeBytes, 5);
        let found = against_exact(&before[..1], &now, None, |_| true);
        assert!(found.problems[0].message.contains("counts code-bytes now"));
    }

    #[test]
    fn counts_of_another_system_are_advice_and_fuel_is_the_same_everywhere() {
        let here = Fingerprint {
            arch: "x86_64".to_owned(),
            ..Fingerprint::default()
        };
        let baseline = |fingerprint| Baseline {
            metrics: Vec::new(),
            exact: Vec::new(),
            policy: Policy::default(),
            origin: Some(Origin {
                commit: "0123abc".to_owned(),
                wasmtime: None,
                date: "2026-11-21".to_owned(),
                fingerprint,
            }),
        };
        // Another kernel counts the same.
        let kernel = Fingerprint {
            kernel: "7.0".to_owned(),
            ..here.clone()
        };
        assert_eq!(why_advisory(&baseline(kernel), &here), None);
        let elsewhere = why_advisory(&baseline(Fingerprint::default()), &here).unwrap();
        let before = [
            reading("f", ExactKind::Fuel, 1),
            reading("c", ExactKind::CodeBytes, 1),
        ];
        let now = [
            reading("f", ExactKind::Fuel, 2),
            reading("c", ExactKind::CodeBytes, 2),
        ];
        let found = against_exact(&before, &now, Some(&elsewhere), |_| true);
        assert!(found.judged[0].gating && !found.judged[1].gating);
        assert!(found.judged[1].remark.as_ref().unwrap().contains("x86_64"));
    }

    #[test]
    fn nothing_counted_is_no_improvement() {
        let before = [reading("m", ExactKind::Fuel, 5)];
        let now = [reading("m", ExactKind::Fuel, 0)];
        let found = against_exact(&before, &now, None, |_| true);
        assert_eq!(found.judged, vec![]);
        assert!(found.problems[0].message.contains("nothing was counted"));
    }
}
