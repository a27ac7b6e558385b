//! The gate: two builds side by side, in two stages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use super::keeper::Keeper;
use crate::execute::bench::protocol::Effort;
use crate::execute::bench::{ArmConfig, BenchError, Planned, Stage, StageOutcome, Unit, run_stage};
use crate::judge::bench::pairs::{
    FirstStage, GateRule, Unsettled, first_stage, rounds_for, second_stage, share_error,
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
    /// How many pairs are measured at a time.
    pub(super) lanes: usize,
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
        let units: Vec<Planned> = units
            .into_iter()
            .map(|unit| {
                let rounds = unit
                    .items
                    .iter()
                    .map(|item| self.first_rounds(&item.metric));
                let rounds = rounds.collect();
                Planned { unit, rounds }
            })
            .collect();
        let first = self.stage(1, &units, stop, keeper)?;
        compared.one_sided = first.one_sided;
        let mut open = Vec::new();
        for paired in whole(&first.paired, &first.problems) {
            match first_stage(paired, &self.rule) {
                Ok(FirstStage::Settled(judged)) => compared.judged.push(judged),
                Ok(FirstStage::Open(metric)) => open.push(metric),
                Err(error) => compared.problems.push(error.to_string()),
            }
        }
        compared.keep(first.paired, &first.problems);
        let open = share_error(open).into_iter();
        let open = open.map(|unsettled| (unsettled.metric().clone(), unsettled));
        let open: BTreeMap<_, _> = open.collect();
        let again = again(&units, &open);
        if !again.is_empty() {
            let second = self.stage(2, &again, stop, keeper)?;
            for paired in whole(&second.paired, &second.problems) {
                let Some(unsettled) = open.get(&paired.metric) else {
                    continue;
                };
                match second_stage(unsettled, paired) {
                    Ok(judged) => compared.judged.push(judged),
                    Err(error) => compared.problems.push(error.to_string()),
                }
            }
            compared.keep(second.paired, &second.problems);
        }
        compared.unjudged(&units);
        compared.judged.sort_by(|a, b| a.metric.cmp(&b.metric));
        Ok(compared)
    }

    fn first_rounds(&self, metric: &MetricName) -> u32 {
        self.rounds.unwrap_or_else(|| {
            let spread = self.spreads.get(metric).copied();
            rounds_for(spread.unwrap_or(USUAL_SPREAD), &self.rule)
        })
    }

    fn stage(
        &self,
        number: u8,
        units: &[Planned],
        stop: &AtomicBool,
        keeper: &mut Keeper,
    ) -> Result<StageOutcome, StoreError> {
        let planned: BTreeMap<&MetricName, u32> = units
            .iter()
            .flat_map(|planned| planned.unit.items.iter().zip(&planned.rounds))
            .map(|(item, rounds)| (&item.metric, *rounds))
            .collect();
        let stage = Stage {
            number,
            units,
            effort: self.effort,
            seed: self.seed.wrapping_add(u64::from(number)),
            lanes: self.lanes,
        };
        let steps = planned.values().map(|rounds| u64::from(*rounds));
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
    fn keep(&mut self, paired: Vec<PairedRounds>, problems: &[BenchError]) {
        self.rounds.extend(paired);
        self.problems
            .extend(problems.iter().map(ToString::to_string));
    }

    /// Says of every metric that was to be judged and was not that it was not,
    /// unless something else says why.
    fn unjudged(&mut self, units: &[Planned]) {
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
            .flat_map(|planned| &planned.unit.items)
            .map(|item| &item.metric)
            .filter(|metric| measured.contains(metric) && !known.contains(metric))
            .map(|metric| format!("{metric}: it was measured and not judged"))
            .collect();
        self.problems.extend(missing);
    }
}

/// The rounds that can be judged. What a lost worker left is no evidence; why it was
/// lost is said.
fn whole<'p>(
    paired: &'p [PairedRounds],
    problems: &'p [BenchError],
) -> impl Iterator<Item = &'p PairedRounds> {
    let is_cut = |paired: &PairedRounds| paired.rounds.len() < paired.planned as usize;
    let paired = paired.iter();
    paired.filter(move |paired| problems.is_empty() || !is_cut(paired))
}

/// What the first stage did not settle, each item in as many rounds as it needs.
fn again(units: &[Planned], open: &BTreeMap<MetricName, Unsettled>) -> Vec<Planned> {
    let of_unit = |planned: &Planned| {
        let mut unit = planned.unit.clone();
        unit.items.retain(|item| open.contains_key(&item.metric));
        let rounds = unit.items.iter();
        let rounds = rounds.filter_map(|item| open.get(&item.metric));
        let rounds = rounds.map(Unsettled::rounds).collect();
        Planned { unit, rounds }
    };
    let again = units.iter().map(of_unit);
    again
        .filter(|planned| !planned.unit.items.is_empty())
        .collect()
}
