//! The gate: two builds side by side, in two stages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use super::keeper::Keeper;
use crate::execute::bench::protocol::Effort;
use crate::execute::bench::{ArmConfig, Stage, StageOutcome, Unit, run_stage};
use crate::judge::bench::pairs::{
    FirstStage, GateRule, Suspect, first_stage, rounds_for, second_stage,
};
use crate::model::bench::{Arm, Judged, MetricName, PairedRounds};
use crate::report::StoreError;
use crate::report::bench::Sampled;

/// The spread that is usual, for a metric of which nothing is known.
const USUAL_SPREAD: f64 = 0.01;

/// How a comparison is made.
pub(super) struct Gate<'a> {
    /// What is compared with.
    pub(super) baseline: &'a ArmConfig,
    /// What is judged.
    pub(super) current: &'a ArmConfig,
    /// How it is judged.
    pub(super) rule: GateRule,
    /// The work of each timing.
    pub(super) effort: Effort,
    /// What the orders are drawn from.
    pub(super) seed: u64,
    /// Rounds of the first stage for every metric, whatever its spread.
    pub(super) rounds: Option<u32>,
    /// The spreads of earlier runs, as ratios.
    pub(super) spreads: BTreeMap<MetricName, f64>,
}

/// What a comparison gave.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Every metric that could be judged.
    pub(super) judged: Vec<Judged>,
    /// All rounds of both stages.
    pub(super) rounds: Vec<PairedRounds>,
    /// Metrics that only one arm has.
    pub(super) one_sided: Vec<(MetricName, Arm)>,
    /// What could not be measured or judged.
    pub(super) problems: Vec<String>,
}

impl Gate<'_> {
    /// Measures and judges. The number of rounds of a stage is fixed before it
    /// begins.
    ///
    /// # Errors
    ///
    /// What `keeper` keeps cannot be written.
    pub(super) fn run(
        &self,
        units: Vec<Unit>,
        stop: &AtomicBool,
        keeper: &mut Keeper,
    ) -> Result<Compared, StoreError> {
        let mut compared = Compared::default();
        let units: Vec<(Unit, u32)> = units
            .into_iter()
            .map(|unit| {
                let rounds = self.first_rounds(&unit);
                (unit, rounds)
            })
            .collect();
        let first = self.stage(1, &units, stop, keeper)?;
        let failed = !first.problems.is_empty();
        compared.one_sided = first.one_sided;
        compared
            .problems
            .extend(first.problems.iter().map(ToString::to_string));
        let mut suspects = BTreeMap::new();
        for paired in &first.paired {
            // What a lost worker left is no evidence; why it was lost is said.
            if failed && paired.rounds.len() < paired.planned as usize {
                continue;
            }
            match first_stage(paired, &self.rule) {
                Ok(FirstStage::Settled(judged)) => compared.judged.push(judged),
                Ok(FirstStage::Suspect(suspect)) => {
                    suspects.insert(suspect.metric().clone(), suspect);
                }
                Err(error) => compared.problems.push(error.to_string()),
            }
        }
        compared.rounds = first.paired;
        let again = confirming(&units, &suspects);
        if !again.is_empty() {
            let second = self.stage(2, &again, stop, keeper)?;
            let failed = !second.problems.is_empty();
            compared
                .problems
                .extend(second.problems.iter().map(ToString::to_string));
            for paired in &second.paired {
                if failed && paired.rounds.len() < paired.planned as usize {
                    continue;
                }
                let Some(suspect) = suspects.get(&paired.metric) else {
                    continue;
                };
                match second_stage(suspect, paired) {
                    Ok(judged) => compared.judged.push(judged),
                    Err(error) => compared.problems.push(error.to_string()),
                }
            }
            compared.rounds.extend(second.paired);
        }
        compared.unjudged(&units);
        compared.judged.sort_by(|a, b| a.metric.cmp(&b.metric));
        Ok(compared)
    }

    fn first_rounds(&self, unit: &Unit) -> u32 {
        let of_metric = |metric: &MetricName| {
            let spread = self.spreads.get(metric).copied();
            rounds_for(spread.unwrap_or(USUAL_SPREAD), &self.rule)
        };
        self.rounds.unwrap_or_else(|| {
            let rounds = unit.items.iter().map(|item| of_metric(&item.metric));
            rounds.max().unwrap_or_default()
        })
    }

    fn stage(
        &self,
        number: u8,
        units: &[(Unit, u32)],
        stop: &AtomicBool,
        keeper: &mut Keeper,
    ) -> Result<StageOutcome, StoreError> {
        let planned: BTreeMap<&MetricName, u32> = units
            .iter()
            .flat_map(|(unit, rounds)| unit.items.iter().map(|item| (&item.metric, *rounds)))
            .collect();
        let stage = Stage {
            number,
            units,
            effort: self.effort,
            seed: self.seed.wrapping_add(u64::from(number)),
        };
        let steps = units
            .iter()
            .map(|(unit, rounds)| unit.items.len() as u64 * u64::from(*rounds));
        let name = match number {
            1 => "comparing",
            _ => "confirming",
        };
        keeper.stage(name, 2 * steps.sum::<u64>());
        run_stage(&stage, self.baseline, self.current, stop, &mut |process| {
            keeper.process(&Sampled {
                metric: process.metric.clone(),
                stage: process.stage,
                planned: planned.get(process.metric).copied().unwrap_or_default(),
                round: process.round,
                arm: process.arm,
                first: process.first,
                timings: process.timings.clone(),
            })
        })
    }
}

impl Compared {
    /// Says of every metric that was to be judged and was not that it was not,
    /// unless something else says why.
    fn unjudged(&mut self, units: &[(Unit, u32)]) {
        if !self.problems.is_empty() {
            return;
        }
        let known: BTreeSet<&MetricName> = self
            .judged
            .iter()
            .map(|judged| &judged.metric)
            .chain(self.one_sided.iter().map(|(metric, _)| metric))
            .collect();
        let measured: BTreeSet<&MetricName> =
            self.rounds.iter().map(|paired| &paired.metric).collect();
        let missing: Vec<String> = units
            .iter()
            .flat_map(|(unit, _)| &unit.items)
            .map(|item| &item.metric)
            .filter(|metric| measured.contains(metric) && !known.contains(metric))
            .map(|metric| format!("{metric}: it was measured and not judged"))
            .collect();
        self.problems.extend(missing);
    }
}

/// The units of the suspects alone, and how many rounds confirm them.
fn confirming(units: &[(Unit, u32)], suspects: &BTreeMap<MetricName, Suspect>) -> Vec<(Unit, u32)> {
    let mut again = Vec::new();
    for (unit, _) in units {
        let mut unit = unit.clone();
        unit.items
            .retain(|item| suspects.contains_key(&item.metric));
        let rounds = unit.items.iter();
        let rounds = rounds
            .filter_map(|item| suspects.get(&item.metric))
            .map(Suspect::rounds);
        if let Some(rounds) = rounds.max() {
            again.push((unit, rounds));
        }
    }
    again
}
