//! Measures: workers in fresh processes, two arms in turns.
//!
//! Nothing is decided here about whether a difference matters.

mod alone;
pub mod busy;
pub mod callgrind;
mod cores;
pub mod machine;
mod measuring;
pub mod protocol;
mod rounds;
mod slices;
mod turns;

use std::path::PathBuf;
use std::time::Duration;

use crate::model::EngineSpec;
use crate::model::bench::{Arm, ArmInfo, BenchProgram, MetricName, Phase, WorkloadSize};
pub use alone::{Measured, measure};
pub use measuring::{BenchError, Greeting, count, greeting, latencies};
pub use rounds::{Planned, Progress, Sink, Stage, StageOutcome, run_stage};

/// One side of a comparison: what is started.
#[derive(Clone, Debug)]
pub struct ArmConfig {
    /// What it is.
    pub info: ArmInfo,
    /// The worker's program.
    pub worker: PathBuf,
    /// How long its start may take.
    pub start_timeout: Duration,
    /// How long it may take to answer one request.
    pub request_timeout: Duration,
    /// The most bytes of memory it may have resident.
    pub memory_limit: u64,
}

/// What one process is asked to measure.
#[derive(Clone, Debug)]
pub struct Unit {
    /// For people: `fib, cranelift`.
    pub name: String,
    /// The engine's configuration.
    pub spec: EngineSpec,
    /// The program of the baseline and of the current build: the same, unless
    /// the gate itself is tried out. None for operations.
    pub programs: Option<Box<[BenchProgram; 2]>>,
    /// Which workload.
    pub size: WorkloadSize,
    /// What is timed, one after the other.
    pub items: Vec<Item>,
}

/// Something to time and the metric it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The metric.
    pub metric: MetricName,
    /// What is timed.
    pub subject: Subject,
}

/// What is timed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A phase of the unit's program.
    Phase(Phase),
    /// An operation of the engine.
    Operation(String),
}

impl Unit {
    /// The program of an arm.
    fn program(&self, arm: Arm) -> Option<&BenchProgram> {
        let [baseline, current] = self.programs.as_deref()?;
        Some(match arm {
            Arm::Baseline => baseline,
            Arm::Current => current,
        })
    }
}
