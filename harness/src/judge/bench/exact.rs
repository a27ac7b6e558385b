//! Counts, compared strictly: what is more is regressed, whatever the reason.

use super::pairs::CannotJudge;
use crate::model::bench::{BenchVerdict, Evidence, ExactReading, Judged, MetricName, Rule};

/// What the stored counts say of today's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgainstExact {
    /// One for each count that both have.
    pub judged: Vec<Judged>,
    /// Counts that are missing or of another program.
    pub problems: Vec<CannotJudge>,
    /// What did not stop the run and should be known.
    pub warnings: Vec<String>,
}

/// Compares today's counts with those of a baseline. `expects` says which of the
/// baseline's this run should have.
pub fn against_exact(
    baseline: &[ExactReading],
    today: &[ExactReading],
    expects: impl Fn(&MetricName) -> bool,
) -> AgainstExact {
    let mut out = AgainstExact::default();
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
            Some(now) => out.judged.push(judge(before, now)),
        }
    }
    let known = |name: &MetricName| baseline.iter().any(|before| before.metric == *name);
    let new: Vec<_> = today
        .iter()
        .map(|now| &now.metric)
        .filter(|name| !known(name))
        .map(MetricName::as_str)
        .collect();
    if !new.is_empty() {
        out.warnings.push(format!(
            "not in the baseline, and so not compared: {}; save one",
            new.join(", ")
        ));
    }
    out
}

fn judge(before: &ExactReading, now: &ExactReading) -> Judged {
    Judged {
        metric: before.metric.clone(),
        rule: Rule::Exact,
        verdict: compare(before.value, now.value, before.kind.slack()),
        gating: true,
        evidence: Evidence::Exact {
            baseline: before.value,
            current: now.value,
        },
        explanation: None,
        remark: None,
    }
}

/// `slack` is the largest relative difference that is none.
fn compare(before: u64, now: u64, slack: f64) -> BenchVerdict {
    #[expect(
        clippy::cast_precision_loss,
        reason = "only counts with a slack come here, and a slack is larger than the loss"
    )]
    let within = || before.abs_diff(now) as f64 <= before as f64 * slack;
    if before == now || (slack > 0.0 && within()) {
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
    use crate::model::bench::ExactKind;

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
        let of = |now| verdict(ExactKind::Instructions, 1_000_000, now);
        assert_eq!(of(1_000_100), BenchVerdict::Pass);
        assert_eq!(of(999_900), BenchVerdict::Pass);
        assert_eq!(of(1_000_101), BenchVerdict::Regressed);
        assert_eq!(of(999_899), BenchVerdict::Improved);
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
        let found = against_exact(&before, &now, |_| true);
        assert_eq!(found.judged, vec![]);
        assert!(found.problems[0].message.contains("the program changed"));
        assert!(found.problems[1].to_string().starts_with("gone: "));
        assert!(found.warnings[0].contains("new"));
        now[0] = reading("m", ExactKind::CodeBytes, 5);
        let found = against_exact(&before[..1], &now, |_| true);
        assert!(found.problems[0].message.contains("counts code-bytes now"));
    }
}
