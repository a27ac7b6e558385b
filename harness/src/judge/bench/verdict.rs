//! From what was decided of each metric to how the command ends.

use crate::model::Exit;
use crate::model::bench::{BenchReport, BenchVerdict};

/// The exit code of a run. What could not be measured is graver than what was
/// measured and is slower: whoever reads the code should not take a list of
/// regressions for the whole of it.
pub fn exit(report: &BenchReport) -> Exit {
    let gating = |verdicts: &[BenchVerdict]| {
        report
            .judged
            .iter()
            .any(|judged| judged.gating && verdicts.contains(&judged.verdict))
    };
    if !report.problems.is_empty() {
        Exit::CouldNotRun
    } else if gating(&[BenchVerdict::Regressed, BenchVerdict::Record]) {
        Exit::Unexpected
    } else if gating(&[BenchVerdict::Inconclusive]) {
        Exit::Inconclusive
    } else if report.judged.is_empty() {
        Exit::NothingSelected
    } else if report.judged.iter().all(|judged| !judged.gating) {
        // Whatever it shows, nothing of it decides.
        Exit::Inconclusive
    } else {
        Exit::Expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{
        ArmInfo, Conditions, Evidence, Fingerprint, Judged, MetricName, Rule,
    };

    fn report(judged: &[(BenchVerdict, bool)]) -> BenchReport {
        let judged = judged.iter().map(|(verdict, gating)| Judged {
            metric: MetricName::new("m").unwrap(),
            rule: Rule::Exact,
            verdict: *verdict,
            gating: *gating,
            evidence: Evidence::Exact {
                baseline: 1,
                current: 1,
            },
            explanation: None,
            remark: None,
        });
        BenchReport {
            baseline: None,
            current: ArmInfo {
                label: "today".to_owned(),
                commit: None,
                wasmtime: None,
            },
            fingerprint: Fingerprint::default(),
            conditions: Conditions::default(),
            seed: 0,
            started: String::new(),
            seconds: 0.0,
            measured: Vec::new(),
            exact: Vec::new(),
            judged: judged.collect(),
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn the_gravest_decides() {
        use BenchVerdict::{Improved, Inconclusive, Pass, Record, Recorded, Regressed};
        let code = |judged: &[(BenchVerdict, bool)]| exit(&report(judged)).code();
        assert_eq!(code(&[]), 4);
        assert_eq!(code(&[(Pass, true), (Improved, true), (Recorded, true)]), 0);
        assert_eq!(code(&[(Pass, true), (Inconclusive, true)]), 3);
        assert_eq!(code(&[(Record, true), (Inconclusive, true)]), 1);
        assert_eq!(code(&[(Regressed, true), (Inconclusive, true)]), 1);
        let mut broken = report(&[(Regressed, true)]);
        broken.problems.push("a worker died".to_owned());
        assert_eq!(exit(&broken).code(), 2);
        broken.judged.clear();
        assert_eq!(exit(&broken).code(), 2);
    }

    #[test]
    fn what_does_not_gate_has_no_say() {
        use BenchVerdict::{Inconclusive, Record, Regressed};
        let advice = [(Regressed, false), (Record, false), (Inconclusive, false)];
        let mut with_a_pass = advice.to_vec();
        with_a_pass.push((BenchVerdict::Pass, true));
        assert_eq!(exit(&report(&with_a_pass)), Exit::Expected);
        // A run in which nothing decides has not found out that all is well.
        assert_eq!(exit(&report(&advice)), Exit::Inconclusive);
    }

    #[test]
    fn of_two_exits_the_graver_stays() {
        let order = [
            Exit::Expected,
            Exit::NothingSelected,
            Exit::Inconclusive,
            Exit::Unexpected,
            Exit::CouldNotRun,
        ];
        for (index, less) in order.iter().enumerate() {
            for more in &order[index..] {
                assert_eq!(less.and(*more), *more);
                assert_eq!(more.and(*less), *more);
            }
        }
    }
}
