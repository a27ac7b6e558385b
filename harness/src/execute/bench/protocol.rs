//! What a measuring worker and the harness say to each other: one JSON document
//! a line. The worker is started with `--bench` before `--engine NAME`.
//!
//! It is another conversation than that of conformance, with a version of its
//! own, because the other side may be the worker of an old commit: fields are
//! only ever added, and [`BENCH_PROTOCOL`] moves when that does not do.

use serde::{Deserialize, Serialize};

use crate::model::EngineInfo;
use crate::model::bench::{BenchProgram, ExactKind, Phase, ProcessTimings, WorkloadSize};

/// Changes with every change that an old worker does not understand.
pub const BENCH_PROTOCOL: u32 = 1;

/// The longest line either side accepts, in bytes.
pub const LONGEST_BENCH_LINE: usize = 16 << 20;

/// What the harness asks. Every request but [`BenchRequest::Exit`] gets one
/// reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenchRequest {
    /// Later requests are about this program. Answered by
    /// [`BenchReply::Loaded`] once it was compiled and, where it has a
    /// workload, run once and its output found right.
    Load {
        /// The program.
        program: Box<BenchProgram>,
        /// Which of its workloads.
        size: WorkloadSize,
    },
    /// Time one phase of the program. Answered by [`BenchReply::Timed`].
    Time {
        /// The phase; not [`Phase::Operation`].
        phase: Phase,
        /// How long.
        effort: Effort,
    },
    /// Time an operation of the engine, which needs no program.
    Operation {
        /// One of those the greeting names.
        name: String,
        /// How long.
        effort: Effort,
    },
    /// Time more of what was timed last, without a warm-up and in batches of the
    /// same size. Answered by [`BenchReply::Timed`].
    Again {
        /// Milliseconds of work.
        busy_ms: u64,
    },
    /// Time single iterations, for quantiles. Answered by
    /// [`BenchReply::Latencies`].
    Latencies {
        /// One of the greeting's operations.
        operation: String,
        /// How many.
        count: u64,
    },
    /// Count what can be counted of the program. Answered by
    /// [`BenchReply::Counted`].
    Count,
    /// Do one phase of the program again and again, so that a tool that watches
    /// the worker can count what that takes: within a function whose name holds
    /// [`COUNTED`], after one time outside. Answered by
    /// [`BenchReply::Repeated`].
    Repeat {
        /// The phase; not [`Phase::Operation`].
        phase: Phase,
        /// How often.
        times: u64,
    },
    /// End.
    Exit,
}

/// What the function is called in which a worker does what it was asked to
/// repeat.
pub const COUNTED: &str = "counted_by_callgrind";

/// How much work a timing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Thrown away first: milliseconds, and at least one iteration.
    pub warm_up_ms: u64,
    /// Kept: at least this many milliseconds on the wall.
    pub busy_ms: u64,
    /// A batch is at least this long, in microseconds, so that the clock does
    /// not matter.
    pub batch_us: u64,
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenchReply {
    /// It is ready.
    Hello {
        /// [`BENCH_PROTOCOL`] of the worker.
        bench_protocol: u32,
        /// The engine it serves.
        engine: EngineInfo,
        /// The operations it can time, by name.
        operations: Vec<String>,
        /// The profile it was built with, as `dev`.
        profile: String,
    },
    /// It cannot serve, because of this.
    Refused(String),
    /// The program is ready.
    Loaded,
    /// Times of one phase or operation.
    Timed(ProcessTimings),
    /// Wall-clock nanoseconds of single iterations, in the order they ran.
    Latencies(Vec<u64>),
    /// Counts of the program.
    Counted(Vec<(ExactKind, u64)>),
    /// It did what was to be repeated.
    Repeated,
    /// The engine has no such thing: no pool, no serialized modules.
    Unsupported(String),
    /// It went wrong: a trap, a wrong output. Nothing was measured.
    Failed(String),
}
