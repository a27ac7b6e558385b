//! The worker's side of measuring: serves one engine over standard input and
//! output, in the words of [`crate::execute::bench::protocol`].
//!
//! Whatever is asked, the engine does one thing, and the loop around it, the
//! clocks and the comparison of outputs are here. A program that traps or
//! writes something wrong is a [`BenchReply::Failed`], after which the worker
//! goes on. There are no deadlines: the harness ends a worker that takes too
//! long.

mod count;
mod output;
mod timing;
mod workload;

use crate::engine::Engine;
use crate::engine::bench::{Allocation, BenchEngine, BenchModule, Repeat};
use crate::execute::bench::protocol::{
    BENCH_PROTOCOL, BenchReply, BenchRequest, Effort, LONGEST_BENCH_LINE,
};
use crate::model::bench::{BenchProgram, Clock, Phase, ProcessTimings, WorkloadSize};
use crate::model::{Failure, FailureKind};

use super::{CountAllocations, Sink, read_requests};
use workload::Workload;

/// Greets and answers until the harness says so or goes away.
pub(super) fn serve(
    engine: Result<&dyn Engine, &String>,
    allocations: Option<CountAllocations>,
    send: &mut impl Sink<BenchReply>,
) -> std::io::Result<()> {
    let engine = match engine {
        Ok(engine) => engine,
        Err(message) => return send(BenchReply::Refused(message.clone())),
    };
    let bench = match engine.bench() {
        Ok(bench) => bench,
        Err(failure) => return send(BenchReply::Refused(failure.to_string())),
    };
    let operations = bench.operations().iter().map(|&name| name.to_owned());
    send(BenchReply::Hello {
        bench_protocol: BENCH_PROTOCOL,
        engine: engine.info(),
        operations: operations.collect(),
        profile: PROFILE.to_owned(),
    })?;
    let is_exit = |request: &BenchRequest| matches!(request, BenchRequest::Exit);
    let requests = read_requests(LONGEST_BENCH_LINE, is_exit)?;
    let mut bench = Bench {
        engine: bench.as_ref(),
        allocations,
        loaded: None,
    };
    loop {
        match requests.recv() {
            Ok(Ok(BenchRequest::Exit)) | Err(_) => return Ok(()),
            Ok(Ok(request)) => {
                let reply = bench.answer(request);
                send(reply.unwrap_or_else(|failure| failed(&failure)))?;
            }
            Ok(Err(message)) => {
                let message = format!("request not understood: {message}");
                send(BenchReply::Refused(message.clone()))?;
                return Err(std::io::Error::other(message));
            }
        }
    }
}

/// The profile this was built with, as far as the code can tell.
const PROFILE: &str = if cfg!(debug_assertions) {
    "dev"
} else {
    "release"
};

fn failed(failure: &Failure) -> BenchReply {
    match failure.kind {
        FailureKind::Unsupported => BenchReply::Unsupported(failure.message.clone()),
        FailureKind::Other => BenchReply::Failed(failure.message.clone()),
        _ => BenchReply::Failed(failure.to_string()),
    }
}

/// A failure of the harness's own making.
fn other(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Other, message)
}

struct Bench<'engine> {
    engine: &'engine dyn BenchEngine,
    allocations: Option<CountAllocations>,
    loaded: Option<Loaded<'engine>>,
}

/// The program that requests are about.
struct Loaded<'engine> {
    name: String,
    wasm: Vec<u8>,
    module: Box<dyn BenchModule + 'engine>,
    /// None for a module that is never executed.
    workload: Option<Workload>,
}

impl Bench<'_> {
    fn answer(&mut self, request: BenchRequest) -> Result<BenchReply, Failure> {
        match request {
            BenchRequest::Load { program, size } => {
                // Without its memory while the next one is compiled.
                self.loaded = None;
                self.load(&program, size)
                    .map_err(|failure| said_of(&program.name, failure))?;
                Ok(BenchReply::Loaded)
            }
            BenchRequest::Time { phase, effort } => {
                let loaded = self.loaded()?;
                let timings = self.time(loaded, phase, effort);
                timings
                    .map(BenchReply::Timed)
                    .map_err(|failure| said_of(&loaded.name, failure))
            }
            BenchRequest::Operation { name, effort } => {
                let mut operation = self.engine.operation(&name)?;
                let timings = timing::repeat(effort, Clock::ThreadCpu, operation.as_mut());
                timings
                    .map(BenchReply::Timed)
                    .map_err(|failure| said_of(&name, failure))
            }
            BenchRequest::Latencies { operation, count } => {
                let mut repeat = self.engine.operation(&operation)?;
                timing::latencies(count, repeat.as_mut())
                    .map(BenchReply::Latencies)
                    .map_err(|failure| said_of(&operation, failure))
            }
            BenchRequest::Count => {
                let loaded = self.loaded()?;
                let counts = count::count(self.engine, loaded, self.allocations);
                counts
                    .map(BenchReply::Counted)
                    .map_err(|failure| said_of(&loaded.name, failure))
            }
            // The loop above does not pass it on.
            BenchRequest::Exit => Err(other("it has ended")),
        }
    }

    fn load(&mut self, program: &BenchProgram, size: WorkloadSize) -> Result<(), Failure> {
        let wasm = workload::module(&program.wasm)?;
        let workload = Workload::read(program, size)?;
        let module = self.engine.load(&wasm)?;
        if let Some(workload) = &workload {
            // An engine that executes nothing is still measured otherwise.
            match workload.run_once(module.as_ref()) {
                Err(failure) if failure.kind == FailureKind::Unsupported => {}
                ran => ran?,
            }
        }
        self.loaded = Some(Loaded {
            name: program.name.clone(),
            wasm,
            module,
            workload,
        });
        Ok(())
    }

    fn loaded(&self) -> Result<&Loaded<'_>, Failure> {
        let loaded = self.loaded.as_ref();
        loaded.ok_or_else(|| other("no program is loaded; `load` comes first"))
    }

    fn time(
        &self,
        loaded: &Loaded<'_>,
        phase: Phase,
        effort: Effort,
    ) -> Result<ProcessTimings, Failure> {
        let repeat = |mut thing: Box<dyn Repeat + '_>| {
            timing::repeat(effort, Clock::ThreadCpu, thing.as_mut())
        };
        match phase {
            Phase::Compile => {
                let clock = if self.engine.compiles_in_parallel() {
                    Clock::ProcessCpu
                } else {
                    Clock::ThreadCpu
                };
                let mut compile = || self.engine.compile(&loaded.wasm);
                timing::repeat(effort, clock, &mut compile)
            }
            Phase::Instantiate => repeat(loaded.module.instantiate(Allocation::OnDemand)?),
            Phase::InstantiatePooled => repeat(loaded.module.instantiate(Allocation::Pooled)?),
            Phase::Serialize => repeat(loaded.module.serialize()?),
            Phase::Deserialize => repeat(loaded.module.deserialize()?),
            Phase::Execute => {
                let workload = loaded.workload.as_ref();
                let workload = workload
                    .ok_or_else(|| other("it has no workload; there is nothing to execute"))?;
                workload.time(loaded.module.as_ref(), effort)
            }
            Phase::Operation => Err(other("an operation is asked for by its name")),
        }
    }
}

/// The failure, with what it is about before it.
fn said_of(name: &str, failure: Failure) -> Failure {
    match failure.kind {
        FailureKind::Unsupported => failure,
        FailureKind::Other => other(format!("{name}: {}", failure.message)),
        _ => other(format!("{name}: {failure}")),
    }
}
