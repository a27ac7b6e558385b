//! The worker's side of measuring: serves one engine over standard input and
//! output, in the words of [`crate::execute::bench::protocol`].
//!
//! Whatever is asked, the engine does one thing, and the loop around it, the
//! clocks and the comparison of outputs are here. A program that traps or
//! writes something wrong is a [`BenchReply::Failed`], after which the worker
//! goes on. There are no deadlines: the harness ends a worker that takes too
//! long.

mod alignment;
mod count;
mod output;
mod timing;
mod workload;

use std::sync::mpsc::{Receiver, RecvError};

use crate::engine::Engine;
use crate::engine::bench::{Allocation, BenchEngine, BenchModule, Repeat};
use crate::execute::bench::protocol::{
    BENCH_PROTOCOL, BenchReply, BenchRequest, Effort, LONGEST_BENCH_LINE,
};
use crate::model::bench::{BenchProgram, Clock, Phase, ProcessTimings, WorkloadSize};
use crate::model::{Failure, FailureKind};

use super::{CountAllocations, Sink, read_requests};
use timing::{Batches, Series};
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
    let mut next = requests.recv();
    loop {
        match next {
            Ok(Ok(BenchRequest::Exit)) | Err(_) => return Ok(()),
            Ok(Ok(request)) => {
                next = match &request {
                    BenchRequest::Time { effort, .. } | BenchRequest::Operation { effort, .. } => {
                        slices(bench.series(&request), *effort, &requests, send)?
                    }
                    _ => {
                        let reply = bench.answer(request);
                        send(reply.unwrap_or_else(|failure| failed(&failure)))?;
                        requests.recv()
                    }
                };
            }
            Ok(Err(message)) => {
                let message = format!("request not understood: {message}");
                send(BenchReply::Refused(message.clone()))?;
                return Err(std::io::Error::other(message));
            }
        }
    }
}

type Requests = Receiver<Result<BenchRequest, String>>;
type Received = Result<Result<BenchRequest, String>, RecvError>;

/// Answers a request for times, and those for more of the same. Gives the first
/// request that is about something else.
fn slices(
    series: Result<Box<dyn Series + '_>, Failure>,
    effort: Effort,
    requests: &Requests,
    send: &mut impl Sink<BenchReply>,
) -> std::io::Result<Received> {
    let mut series = match series {
        Ok(series) => series,
        Err(failure) => {
            send(failed(&failure))?;
            return Ok(requests.recv());
        }
    };
    let mut timed = series.first(effort);
    loop {
        send(match timed {
            Ok(timings) => BenchReply::Timed(timings),
            Err(failure) => failed(&failure),
        })?;
        match requests.recv() {
            Ok(Ok(BenchRequest::Again { busy_ms })) => timed = series.again(busy_ms),
            other => return Ok(other),
        }
    }
}

/// A series whose failures say what they are about.
struct Named<'a> {
    name: String,
    series: Box<dyn Series + 'a>,
}

impl Series for Named<'_> {
    fn first(&mut self, effort: Effort) -> Result<ProcessTimings, Failure> {
        let timed = self.series.first(effort);
        timed.map_err(|failure| said_of(&self.name, failure))
    }

    fn again(&mut self, busy_ms: u64) -> Result<ProcessTimings, Failure> {
        let timed = self.series.again(busy_ms);
        timed.map_err(|failure| said_of(&self.name, failure))
    }

    fn repeat(&mut self, times: u64) -> Result<(), Failure> {
        let done = self.series.repeat(times);
        done.map_err(|failure| said_of(&self.name, failure))
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
            BenchRequest::Repeat { phase, times } => {
                if phase == Phase::Compile && self.engine.compiles_in_parallel() {
                    // The threads that help are not in the function.
                    return Err(Failure::unsupported("counting what several threads do"));
                }
                let mut series = self.series(&request)?;
                series.repeat(times).map(|()| BenchReply::Repeated)
            }
            BenchRequest::Again { .. } => Err(other("nothing was timed that could go on")),
            // The loop above does not pass them on.
            BenchRequest::Time { .. } | BenchRequest::Operation { .. } | BenchRequest::Exit => {
                Err(other("it is no question of its own"))
            }
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

    /// What a request for times is about.
    fn series(&self, request: &BenchRequest) -> Result<Box<dyn Series + '_>, Failure> {
        let (name, series) = match request {
            BenchRequest::Time { phase, .. } | BenchRequest::Repeat { phase, .. } => {
                let loaded = self.loaded()?;
                (loaded.name.clone(), self.phase(loaded, *phase))
            }
            BenchRequest::Operation { name, .. } => {
                let operation = self.engine.operation(name);
                let series = operation.map(|operation| {
                    let clock = clock(operation.works_elsewhere());
                    Box::new(Batches::new(clock, operation)) as Box<dyn Series>
                });
                (name.clone(), series)
            }
            _ => return Err(other("nothing to be timed")),
        };
        match series {
            Ok(series) => Ok(Box::new(Named { name, series })),
            Err(failure) => Err(said_of(&name, failure)),
        }
    }

    fn phase<'s>(
        &'s self,
        loaded: &'s Loaded<'_>,
        phase: Phase,
    ) -> Result<Box<dyn Series + 's>, Failure> {
        let repeat = |thing: Box<dyn Repeat + 's>| -> Result<Box<dyn Series + 's>, Failure> {
            Ok(Box::new(Batches::new(Clock::ThreadCpu, thing)))
        };
        match phase {
            Phase::Compile => {
                let clock = clock(self.engine.compiles_in_parallel());
                let compile = || self.engine.compile(&loaded.wasm);
                Ok(Box::new(Batches::new(clock, Box::new(compile))))
            }
            Phase::Instantiate => {
                let instantiate = loaded.module.instantiate(Allocation::OnDemand)?;
                let batches = Batches::new(Clock::ThreadCpu, instantiate);
                Ok(Box::new(batches.aligned()))
            }
            Phase::InstantiatePooled => repeat(loaded.module.instantiate(Allocation::Pooled)?),
            Phase::Serialize => repeat(loaded.module.serialize()?),
            Phase::Deserialize => repeat(loaded.module.deserialize()?),
            Phase::Execute => {
                let workload = loaded.workload.as_ref();
                let workload = workload
                    .ok_or_else(|| other("it has no workload; there is nothing to execute"))?;
                workload.series(loaded.module.as_ref())
            }
            Phase::Operation => Err(other("an operation is asked for by its name")),
        }
    }
}

/// The clock that sees all of the work.
fn clock(works_elsewhere: bool) -> Clock {
    match works_elsewhere {
        true => Clock::ProcessCpu,
        false => Clock::ThreadCpu,
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
