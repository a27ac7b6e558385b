//! Times: of one process, of one round, of one metric.

use serde::{Deserialize, Serialize};

use super::MetricName;

/// The two sides of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// What is compared with.
    Baseline,
    /// What is judged.
    Current,
}

impl Arm {
    /// The one it is compared with.
    #[must_use]
    pub fn other(self) -> Arm {
        match self {
            Arm::Baseline => Arm::Current,
            Arm::Current => Arm::Baseline,
        }
    }
}

/// What an arm was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmInfo {
    /// For people: a commit, a version or a path.
    pub label: String,
    /// The git commit it was built from, where that is known.
    pub commit: Option<String>,
    /// The version of the Wasmtime inside.
    pub wasmtime: Option<String>,
}

/// Which clock a statistic is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// CPU time of the thread that does the work.
    ThreadCpu,
    /// CPU time of the whole process, where several threads work.
    ProcessCpu,
    /// Time on the wall.
    Wall,
}

/// One batch: times of one iteration, averaged over the batch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Nanoseconds on the wall.
    pub wall_ns: f64,
    /// Nanoseconds of CPU time, by the clock of [`ProcessTimings::clock`].
    pub cpu_ns: f64,
}

/// What one process measured of one metric, after its warm-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessTimings {
    /// The clock of `cpu_ns`.
    pub clock: Clock,
    /// Iterations in each batch.
    pub batch: u64,
    /// One entry a batch, in the order they ran.
    pub timings: Vec<Timing>,
    /// How many of them belong to each slice, where the work was cut into
    /// slices that two processes took turns with; empty for a single one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<u32>,
    /// Whether the other arm's process worked at the same time, on the same core:
    /// what was measured on the wall is then of both.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_once: bool,
}

impl ProcessTimings {
    /// The times that are judged, in nanoseconds of an iteration.
    pub fn times(&self) -> Vec<f64> {
        self.times_of(self.clock)
    }

    /// The times by a clock: the wall's, or the one `cpu_ns` is of.
    pub fn times_of(&self, clock: Clock) -> Vec<f64> {
        let times = self.timings.iter().map(|timing| match clock {
            Clock::Wall => timing.wall_ns,
            Clock::ThreadCpu | Clock::ProcessCpu => timing.cpu_ns,
        });
        times.collect()
    }
}

/// Two processes, one of each arm, that worked in turns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Its number in its stage, from zero.
    pub number: u32,
    /// The arm that ran first; drawn from the run's seed.
    pub first: Arm,
    /// What the baseline's process measured.
    pub baseline: ProcessTimings,
    /// What the current build's process measured.
    pub current: ProcessTimings,
}

/// All rounds of one metric in one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedRounds {
    /// The metric.
    pub metric: MetricName,
    /// 1, or 2 for the confirmation on fresh data.
    pub stage: u8,
    /// How many rounds were fixed before the stage began.
    pub planned: u32,
    /// Those that ran.
    pub rounds: Vec<Round>,
}
