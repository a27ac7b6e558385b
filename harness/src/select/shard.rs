//! Splits a plan into parts of about the same duration.

use crate::model::{NotRun, Plan, Shard};

/// Keeps the cases of one shard. Each case, longest first, goes to the shard
/// with the least work so far, so every machine that plans the same cases
/// splits them in the same way.
pub(super) fn keep(plan: &mut Plan, shard: Shard) {
    let mut loads = vec![0_u64; shard.count];
    let mut kept = Vec::new();
    for planned in std::mem::take(&mut plan.run) {
        let lightest = (0..loads.len())
            .min_by_key(|index| loads[*index])
            .unwrap_or_default();
        loads[lightest] += planned.weight.max(1);
        if lightest + 1 == shard.index {
            kept.push(planned);
        } else {
            plan.not_run.push((planned.case.id, NotRun::OtherShard));
        }
    }
    plan.run = kept;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::{Case, CaseId, Limits, Planned, Program, Settings};

    fn planned(name: &str, weight: u64) -> Planned {
        Planned {
            weight,
            case: Case {
                id: CaseId(name.to_owned()),
                path: name.into(),
                size: 1,
                requires: BTreeSet::new(),
                wants: BTreeSet::new(),
                limits: Limits::default(),
                settings: Settings::new(),
                program: Program::Script,
            },
        }
    }

    #[test]
    fn shards_cover_everything_once_and_balance_the_weights() {
        let all = [("a", 90), ("b", 50), ("c", 40), ("d", 30), ("e", 10)];
        let mut seen = Vec::new();
        let mut loads = Vec::new();
        for index in 1..=2 {
            let mut plan = Plan {
                run: all
                    .iter()
                    .map(|(name, weight)| planned(name, *weight))
                    .collect(),
                not_run: Vec::new(),
            };
            keep(&mut plan, Shard { index, count: 2 });
            assert_eq!(plan.run.len() + plan.not_run.len(), all.len());
            loads.push(plan.run.iter().map(|planned| planned.weight).sum::<u64>());
            seen.extend(plan.run.into_iter().map(|planned| planned.case.id.0));
        }
        seen.sort();
        assert_eq!(seen, ["a", "b", "c", "d", "e"]);
        assert_eq!(loads, [120, 100]);
    }
}
