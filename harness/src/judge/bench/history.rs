//! What a run leaves to later ones.

use std::collections::BTreeMap;

use crate::model::bench::{BenchReport, Evidence, HistoryEntry, Judged};

/// A run as it goes into the history; none if it measured no time, or does not
/// know what commit it measured.
pub fn remember(report: &BenchReport) -> Option<HistoryEntry> {
    let mut medians = BTreeMap::new();
    for Judged {
        metric, evidence, ..
    } in &report.judged
    {
        match evidence {
            Evidence::Stored(stored) => {
                medians.insert(metric.clone(), stored.current_ns);
            }
            // Of a metric that has both, what is stored is compared with what
            // was stored.
            Evidence::Pair(pair) => {
                medians.entry(metric.clone()).or_insert(pair.median_ns[1]);
            }
            Evidence::Exact { .. } | Evidence::Tail { .. } => {}
        }
    }
    medians.retain(|_, median| median.is_finite() && *median > 0.0);
    if medians.is_empty() {
        return None;
    }
    Some(HistoryEntry {
        schema: 1,
        commit: report.current.commit.clone()?,
        started: report.started.clone(),
        wasmtime: report.current.wasmtime.clone(),
        fingerprint: report.fingerprint.clone(),
        medians,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{
        ArmInfo, BenchVerdict, Clock, Conditions, Fingerprint, MetricName, PairEvidence, Rule,
        StoredEvidence,
    };

    #[test]
    fn a_run_is_remembered_by_its_medians() {
        let judged = |metric: &str, evidence| Judged {
            metric: MetricName::new(metric).unwrap(),
            rule: Rule::Stored,
            verdict: BenchVerdict::Pass,
            gating: true,
            evidence,
            explanation: None,
            remark: None,
        };
        let pair = Evidence::Pair(PairEvidence {
            clock: Clock::ThreadCpu,
            rounds: 15,
            stage: 1,
            effect: 0.0,
            interval: [0.0, 0.0],
            lower_bound: 0.0,
            spread: 0.01,
            detectable: 0.02,
            median_ns: [7.0, 8.0],
            wall_effect: None,
        });
        let stored = Evidence::Stored(StoredEvidence {
            baseline_ns: 1.0,
            current_ns: 9.0,
            effect: 8.0,
            threshold_pct: 10.0,
            tolerance_pct: 30.0,
        });
        let exact = Evidence::Exact {
            baseline: 1,
            current: 1,
        };
        let mut report = BenchReport {
            baseline: None,
            current: ArmInfo {
                label: "today".to_owned(),
                commit: Some("0123abc".to_owned()),
                wasmtime: None,
            },
            fingerprint: Fingerprint::default(),
            conditions: Conditions::default(),
            seed: 0,
            started: "2026-11-21T15:00:00Z".to_owned(),
            seconds: 0.0,
            judged: vec![
                judged("both", stored),
                judged("both", pair.clone()),
                judged("pair", pair),
                judged("count", exact),
            ],
            problems: Vec::new(),
            warnings: Vec::new(),
        };
        let entry = remember(&report).unwrap();
        let found: Vec<_> = entry
            .medians
            .iter()
            .map(|(n, m)| (n.as_str(), *m))
            .collect();
        assert_eq!(found, [("both", 9.0), ("pair", 8.0)]);
        report.current.commit = None;
        assert_eq!(remember(&report), None);
        report.judged.clear();
        assert_eq!(remember(&report), None);
    }
}
