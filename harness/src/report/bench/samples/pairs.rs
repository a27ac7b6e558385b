//! Which processes of a file of samples belong together.

use std::collections::BTreeMap;

use super::{Sampled, Samples};
use crate::model::bench::{Arm, Clock, MetricName, PairedRounds, Round};

/// What is known of a stage of a metric while a file is read.
#[derive(Default)]
pub(super) struct Pairs {
    stages: BTreeMap<(MetricName, u8), Stage>,
}

struct Stage {
    planned: u32,
    /// Of each arm: an older worker may read another clock.
    clocks: [Option<Clock>; 2],
    rounds: BTreeMap<u32, Seen>,
}

/// The line of each arm's process.
struct Seen {
    first: Arm,
    lines: [Option<usize>; 2],
}

impl Pairs {
    /// Adds the process of line `number`, and says what of it contradicts the
    /// lines before.
    pub(super) fn add(&mut self, number: usize, sampled: &Sampled) -> Result<(), String> {
        let stage = self
            .stages
            .entry((sampled.metric.clone(), sampled.stage))
            .or_insert_with(|| Stage {
                planned: sampled.planned,
                clocks: [None; 2],
                rounds: BTreeMap::new(),
            });
        if stage.planned != sampled.planned {
            return Err(format!(
                "`planned` is {}, and was {} before: the rounds of a stage are fixed before it begins",
                sampled.planned, stage.planned
            ));
        }
        let clock = sampled.timings.clock;
        let before = stage.clocks[sampled.arm as usize].get_or_insert(clock);
        if *before != clock {
            return Err("another `clock` than this arm's lines before".to_owned());
        }
        let seen = stage.rounds.entry(sampled.round).or_insert(Seen {
            first: sampled.first,
            lines: [None; 2],
        });
        if seen.first != sampled.first {
            return Err("the other process of this round says that another was first".to_owned());
        }
        if let Some(before) = seen.lines[sampled.arm as usize].replace(number) {
            return Err(format!("the same process as line {before}"));
        }
        Ok(())
    }

    /// What to say of rounds of which one process is missing: those are not
    /// judged. A stage without a baseline has no pairs at all.
    pub(super) fn lonely(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        for ((metric, stage), seen) in &self.stages {
            let arms: [bool; 2] = [0, 1].map(|arm| {
                let mut rounds = seen.rounds.values();
                rounds.any(|round| round.lines[arm].is_some())
            });
            if arms != [true, true] {
                continue;
            }
            for (number, round) in &seen.rounds {
                if let [None, Some(line)] | [Some(line), None] = round.lines {
                    sentences.push(format!(
                        "line {line}: round {number} of {metric} in stage {stage} has one process only and is left out"
                    ));
                }
            }
        }
        sentences
    }
}

/// The processes of a round, by arm.
type Halves<'a> = [Option<&'a Sampled>; 2];

impl Samples {
    /// The rounds that have both processes, by metric and stage.
    pub fn paired(&self) -> Vec<PairedRounds> {
        let mut stages: BTreeMap<_, (u32, BTreeMap<u32, Halves<'_>>)> = BTreeMap::new();
        for sampled in &self.processes {
            let (_, rounds) = stages
                .entry((&sampled.metric, sampled.stage))
                .or_insert((sampled.planned, BTreeMap::new()));
            rounds.entry(sampled.round).or_default()[sampled.arm as usize] = Some(sampled);
        }
        let stages = stages.into_iter();
        let stages = stages.map(|((metric, stage), (planned, rounds))| PairedRounds {
            metric: metric.clone(),
            stage,
            planned,
            rounds: rounds.into_iter().filter_map(round).collect(),
        });
        stages.filter(|stage| !stage.rounds.is_empty()).collect()
    }
}

fn round((number, halves): (u32, Halves<'_>)) -> Option<Round> {
    let [Some(baseline), Some(current)] = halves else {
        return None;
    };
    Some(Round {
        number,
        first: baseline.first,
        baseline: baseline.timings.clone(),
        current: current.timings.clone(),
    })
}

impl Sampled {
    /// The two processes of a round, in the order they ran.
    pub fn of_round(metric: &MetricName, stage: u8, planned: u32, round: &Round) -> [Sampled; 2] {
        let half = |arm, timings: &crate::model::bench::ProcessTimings| Sampled {
            metric: metric.clone(),
            stage,
            planned,
            round: round.number,
            arm,
            first: round.first,
            timings: timings.clone(),
        };
        let baseline = half(Arm::Baseline, &round.baseline);
        let current = half(Arm::Current, &round.current);
        match round.first {
            Arm::Baseline => [baseline, current],
            Arm::Current => [current, baseline],
        }
    }
}
