//! One measuring worker: started, asked with a deadline on every answer, ended.

use std::sync::atomic::{AtomicBool, Ordering};

use super::super::worker_process::{Lost, StartError, Worker, WorkerConfig};
use super::cores;
use super::protocol::{BENCH_PROTOCOL, BenchReply, BenchRequest, Effort};
use super::{ArmConfig, Item, Subject, Unit};
use crate::model::bench::{Arm, ExactKind, ProcessTimings};
use crate::model::{EngineInfo, EngineSpec};

/// Why a process measured nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BenchError {
    /// The worker cannot be used at all.
    #[error("{arm}: {message}")]
    Start {
        /// The arm's label.
        arm: String,
        /// Why.
        message: String,
    },
    /// It died, was silent or broke the protocol.
    #[error("{arm}, {unit}: the worker was lost: {message}")]
    Lost {
        /// The arm's label.
        arm: String,
        /// What was measured.
        unit: String,
        /// Why.
        message: String,
    },
    /// The program went wrong.
    #[error("{arm}, {unit}: {message}")]
    Failed {
        /// The arm's label.
        arm: String,
        /// What was measured.
        unit: String,
        /// What went wrong.
        message: String,
    },
    /// The run is being stopped.
    #[error("interrupted")]
    Interrupted,
}

/// What a worker says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The engine.
    pub engine: EngineInfo,
    /// The operations it can time.
    pub operations: Vec<String>,
    /// The profile it was built with.
    pub profile: String,
}

/// Starts a worker, asks what it is, and ends it.
///
/// # Errors
///
/// A worker that cannot be started, or one that does not measure.
pub fn greeting(
    arm: &ArmConfig,
    spec: &EngineSpec,
    stop: &AtomicBool,
) -> Result<Greeting, BenchError> {
    Measuring::start(arm, spec, None, stop).map(|(_, greeting)| greeting)
}

/// Counts what can be counted of a unit's program; `None` where the engine
/// cannot.
///
/// # Errors
///
/// A worker or a program that fails.
pub fn count(
    arm: &ArmConfig,
    unit: &Unit,
    side: Arm,
    stop: &AtomicBool,
) -> Result<Option<Vec<(ExactKind, u64)>>, BenchError> {
    let (mut measuring, _) = Measuring::start(arm, &unit.spec, None, stop)?;
    measuring.load(unit, side)?;
    match measuring.ask(&BenchRequest::Count, &unit.name)? {
        BenchReply::Counted(counts) => Ok(Some(counts)),
        BenchReply::Unsupported(_) => Ok(None),
        other => Err(measuring.broken(&unit.name, &other)),
    }
}

/// Single latencies of an operation, in nanoseconds on the wall; `None` where
/// the engine has no such operation.
///
/// # Errors
///
/// A worker or an operation that fails.
pub fn latencies(
    arm: &ArmConfig,
    spec: &EngineSpec,
    operation: &str,
    count: u64,
    stop: &AtomicBool,
) -> Result<Option<Vec<u64>>, BenchError> {
    let (mut measuring, _) = Measuring::start(arm, spec, None, stop)?;
    let request = BenchRequest::Latencies {
        operation: operation.to_owned(),
        count,
    };
    match measuring.ask(&request, operation)? {
        BenchReply::Latencies(latencies) => Ok(Some(latencies)),
        BenchReply::Unsupported(_) => Ok(None),
        other => Err(measuring.broken(operation, &other)),
    }
}

/// Whether times can be computed with: a worker may be somebody else's.
fn is_sound(timings: &ProcessTimings) -> bool {
    let sound = |ns: f64| ns.is_finite() && ns >= 0.0;
    !timings.timings.is_empty()
        && timings.batch > 0
        && timings
            .timings
            .iter()
            .all(|timing| sound(timing.wall_ns) && sound(timing.cpu_ns))
}

/// How a worker is started that measures.
pub(super) fn worker(arm: &ArmConfig, spec: &EngineSpec) -> WorkerConfig {
    WorkerConfig {
        program: arm.worker.clone(),
        arguments: vec!["--bench".to_owned()],
        spec: spec.clone(),
        start_timeout: arm.start_timeout,
        memory_limit: arm.memory_limit,
    }
}

/// A worker that measures, and is ready for a request.
pub(super) struct Measuring<'a> {
    pub(super) worker: Worker,
    arm: &'a ArmConfig,
    stop: &'a AtomicBool,
}

impl<'a> Measuring<'a> {
    pub(super) fn start(
        arm: &'a ArmConfig,
        spec: &EngineSpec,
        core: Option<usize>,
        stop: &'a AtomicBool,
    ) -> Result<(Measuring<'a>, Greeting), BenchError> {
        Measuring::start_as(arm, worker(arm, spec), core, stop)
    }

    /// The worker of an arm, started otherwise.
    pub(super) fn start_as(
        arm: &'a ArmConfig,
        config: WorkerConfig,
        core: Option<usize>,
        stop: &'a AtomicBool,
    ) -> Result<(Measuring<'a>, Greeting), BenchError> {
        let start = |message: String| BenchError::Start {
            arm: arm.info.label.clone(),
            message,
        };
        let mut worker = Worker::spawn(&config).map_err(|error| start(error.to_string()))?;
        if let Some(core) = core {
            // Before it has threads, which stay where they are made: with one on
            // another core, every change of its mappings interrupts that core.
            cores::pin(worker.id(), core);
        }
        let stopped = || stop.load(Ordering::Relaxed);
        let greeting = match worker.reply(arm.start_timeout, &stopped) {
            Ok(BenchReply::Hello {
                bench_protocol: BENCH_PROTOCOL,
                engine,
                operations,
                profile,
            }) => Greeting {
                engine,
                operations,
                profile,
            },
            Ok(BenchReply::Hello { bench_protocol, .. }) => {
                return Err(start(format!(
                    "its worker measures by protocol {bench_protocol}, this harness by \
                     {BENCH_PROTOCOL}: compare with a commit that has the same"
                )));
            }
            Ok(BenchReply::Refused(message)) if message.contains("--bench") => {
                return Err(start(format!(
                    "its worker does not measure; it is older than `cargo xtask bench` ({message})"
                )));
            }
            Ok(BenchReply::Refused(message)) => {
                return Err(start(StartError::Refused(message).to_string()));
            }
            Ok(other) => {
                return Err(start(format!(
                    "its worker opened with {other:?} instead of a greeting"
                )));
            }
            Err(Lost::Interrupted) => return Err(BenchError::Interrupted),
            Err(lost) => return Err(start(worker.did_not_start(lost, &config).to_string())),
        };
        Ok((Measuring { worker, arm, stop }, greeting))
    }

    pub(super) fn load(&mut self, unit: &Unit, side: Arm) -> Result<(), BenchError> {
        let Some(program) = unit.program(side) else {
            return Ok(());
        };
        let request = BenchRequest::Load {
            program: Box::new(program.clone()),
            size: unit.size,
        };
        match self.ask(&request, &unit.name)? {
            BenchReply::Loaded => Ok(()),
            other => Err(self.broken(&unit.name, &other)),
        }
    }

    /// Times one item; `None` where the engine has no such thing.
    pub(super) fn time(
        &mut self,
        item: &Item,
        effort: Effort,
    ) -> Result<Option<ProcessTimings>, BenchError> {
        let request = match &item.subject {
            Subject::Phase(phase) => BenchRequest::Time {
                phase: *phase,
                effort,
            },
            Subject::Operation(name) => BenchRequest::Operation {
                name: name.clone(),
                effort,
            },
        };
        self.worker.send(&request);
        self.timed(item)
    }

    /// Asks for more of the item that was timed last.
    pub(super) fn send_again(&mut self, busy_ms: u64) {
        self.worker.send(&BenchRequest::Again { busy_ms });
    }

    /// The times that were asked for.
    pub(super) fn timed(&mut self, item: &Item) -> Result<Option<ProcessTimings>, BenchError> {
        let place = item.metric.as_str();
        match self.reply(place)? {
            BenchReply::Timed(timings) if is_sound(&timings) => Ok(Some(timings)),
            BenchReply::Unsupported(_) => Ok(None),
            other => Err(self.broken(place, &other)),
        }
    }

    pub(super) fn ask(
        &mut self,
        request: &BenchRequest,
        place: &str,
    ) -> Result<BenchReply, BenchError> {
        self.worker.send(request);
        self.reply(place)
    }

    fn reply(&mut self, place: &str) -> Result<BenchReply, BenchError> {
        let stopped = || self.stop.load(Ordering::Relaxed);
        let lost = |message: String| BenchError::Lost {
            arm: self.arm.info.label.clone(),
            unit: place.to_owned(),
            message,
        };
        match self.worker.reply(self.arm.request_timeout, &stopped) {
            Ok(BenchReply::Failed(message)) => Err(BenchError::Failed {
                arm: self.arm.info.label.clone(),
                unit: place.to_owned(),
                message,
            }),
            Ok(reply) => Ok(reply),
            Err(Lost::Interrupted) => Err(BenchError::Interrupted),
            Err(Lost::Crashed(why)) => Err(lost(why)),
            Err(Lost::TimedOut) => Err(lost(format!(
                "it said nothing for {} s",
                self.arm.request_timeout.as_secs_f64()
            ))),
        }
    }

    /// An answer to another question.
    pub(super) fn broken(&self, place: &str, reply: &BenchReply) -> BenchError {
        let message = match reply {
            BenchReply::Timed(_) => {
                "it sent times that are none: empty, negative or not finite".to_owned()
            }
            BenchReply::Unsupported(what) => format!("the engine cannot: {what}"),
            other => format!("it answered {other:?}"),
        };
        BenchError::Failed {
            arm: self.arm.info.label.clone(),
            unit: place.to_owned(),
            message,
        }
    }
}
