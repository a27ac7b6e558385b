//! What a self-check says of the gate.

use super::statistics::{median, share_interval};
use crate::model::bench::{BenchVerdict, Evidence, Judged, SelfCheckReport, SelfCheckRow};

/// The slowdown that must never be missed, in percent.
const NEVER_MISSED: i32 = 5;

/// The slowdown that should be found nine times in ten, in percent, where rounds
/// spread by no more than this.
const MOSTLY_FOUND: i32 = 2;
const MOSTLY: f64 = 0.9;
const QUIET: f64 = 0.03;

/// Counts what one gate said.
pub fn tally(row: &mut SelfCheckRow, judged: &Judged) {
    row.gates += 1;
    match judged.verdict {
        BenchVerdict::Regressed => row.flagged += 1,
        BenchVerdict::Inconclusive => row.inconclusive += 1,
        BenchVerdict::Improved => row.improved += 1,
        BenchVerdict::Pass | BenchVerdict::Record | BenchVerdict::Recorded => row.passed += 1,
    }
    if let Evidence::Pair(pair) = &judged.evidence {
        row.effects.push(pair.effect);
        row.spreads.push(pair.spread);
    }
    let interval = share_interval(u64::from(row.flagged), u64::from(row.gates), 0.05);
    row.flagged_interval = interval.unwrap_or([0.0, 1.0]);
}

/// What the gate promises and did not keep. That a busy core hides a slowdown is
/// no broken promise; that it makes one up is.
pub fn broken_promises(report: &SelfCheckReport) -> Vec<String> {
    report.rows.iter().filter_map(broken).collect()
}

fn broken(row: &SelfCheckRow) -> Option<String> {
    let SelfCheckRow {
        experiment,
        percent,
        gates,
        flagged,
        improved,
        busy,
        ..
    } = row;
    if *percent <= 0 && *flagged > 0 {
        return Some(format!(
            "{experiment}: {flagged} false alarms in {gates} gates"
        ));
    }
    if *percent >= 0 && *improved > 0 {
        return Some(format!(
            "{experiment}: {improved} of {gates} gates saw an improvement"
        ));
    }
    if *busy {
        return None;
    }
    let missed = match *percent {
        percent if percent >= NEVER_MISSED => flagged < gates,
        // That fewer were found by chance has to be ruled out.
        MOSTLY_FOUND => row.flagged_interval[1] < MOSTLY && is_quiet(row),
        _ => false,
    };
    missed.then(|| format!("{experiment}: found {flagged} of {gates}"))
}

fn is_quiet(row: &SelfCheckRow) -> bool {
    median(&row.spreads).is_none_or(|spread| spread <= QUIET)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{MetricName, Rule};

    fn row(percent: i32, verdicts: &[(BenchVerdict, u32)]) -> SelfCheckRow {
        let mut row = SelfCheckRow {
            experiment: format!("{percent:+} %"),
            percent,
            ..SelfCheckRow::default()
        };
        for (verdict, times) in verdicts {
            let judged = Judged {
                metric: MetricName::new("m").unwrap(),
                rule: Rule::LivePair,
                verdict: *verdict,
                gating: true,
                evidence: Evidence::Exact {
                    baseline: 1,
                    current: 1,
                },
                explanation: None,
                remark: None,
            };
            (0..*times).for_each(|_| tally(&mut row, &judged));
        }
        row
    }

    fn is_kept(row: SelfCheckRow) -> bool {
        broken_promises(&SelfCheckReport {
            rows: vec![row],
            ..SelfCheckReport::default()
        })
        .is_empty()
    }

    #[test]
    fn gates_are_counted_by_what_they_said() {
        use BenchVerdict::{Improved, Inconclusive, Pass, Regressed};
        let verdicts = [(Regressed, 3), (Inconclusive, 2), (Improved, 1), (Pass, 4)];
        let row = row(3, &verdicts);
        let counts = (row.gates, row.flagged, row.inconclusive, row.improved);
        assert_eq!(counts, (10, 3, 2, 1));
        assert_eq!(row.passed, 4);
        let [low, high] = row.flagged_interval;
        assert!((0.06..0.07).contains(&low) && (0.65..0.66).contains(&high));
    }

    #[test]
    fn an_alarm_where_nothing_is_slower_breaks_a_promise() {
        use BenchVerdict::{Improved, Pass, Regressed};
        assert!(is_kept(row(0, &[(Pass, 59)])));
        assert!(!is_kept(row(0, &[(Pass, 59), (Regressed, 1)])));
        assert!(!is_kept(row(0, &[(Pass, 59), (Improved, 1)])));
        assert!(is_kept(row(-5, &[(Improved, 59)])));
        assert!(!is_kept(row(-5, &[(Improved, 58), (Regressed, 1)])));
        let mut busy = row(0, &[(Regressed, 1)]);
        busy.busy = true;
        assert!(!is_kept(busy));
    }

    #[test]
    fn what_has_to_be_found_is_found() {
        use BenchVerdict::{Pass, Regressed};
        assert!(is_kept(row(5, &[(Regressed, 59)])));
        assert!(!is_kept(row(5, &[(Regressed, 58), (Pass, 1)])));
        assert!(is_kept(row(2, &[(Regressed, 52), (Pass, 7)])));
        let missed = row(2, &[(Regressed, 40), (Pass, 19)]);
        let noisy = SelfCheckRow {
            spreads: vec![0.02, 0.031, 0.04],
            ..missed.clone()
        };
        assert!(!is_kept(missed));
        assert!(is_kept(noisy));
        assert!(is_kept(row(1, &[(Pass, 20)])));
        let mut busy = row(5, &[(Pass, 20)]);
        busy.busy = true;
        assert!(is_kept(busy));
    }
}
