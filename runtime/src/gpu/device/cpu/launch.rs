//! A launch: its threads are shared out among threads of the CPU.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use wasmtime::Val;

use super::arena::{CpuArena, clear};
use super::block::Group;
use super::error;
use super::program::{Code, CpuProgram};
use super::way::{self, Way};
use super::worker::{Worker, bits, value};
use crate::TrapCode;
use crate::gpu::device::{Arguments, DeviceError, Launch, Outcome, Trap};
use crate::gpu::ir::{Module, Type};

/// Threads of kernels, in pieces as large as this or smaller: a piece is what is
/// done between two looks at what is left.
const LARGEST_PIECE: u64 = 1 << 20;

/// Pieces for each thread of the CPU, if there is enough to do: the last ones must
/// not wait for one.
const PIECES: u64 = 8;

/// Instructions of straight code that take about as long as it takes another thread of
/// the operating system to begin: some dozens of microseconds.
const SOON: u64 = 1 << 16;

/// The most threads of kernels that are alive at once and wait for each other. Each
/// has a stack, and an operating system gives only so many pieces of memory.
const MOST_ALIVE: u64 = 8192;

/// What is to be done.
pub(super) struct Job<'a> {
    program: &'a CpuProgram,
    arena: &'a CpuArena,
    pub(super) launch: &'a Launch<'a>,
    code: Arc<Code>,
    way: Way,
    /// All threads that have something to do.
    count: u32,
    /// Threads of a block.
    pub(super) block: u32,
    /// Threads of a piece.
    piece: u64,
    next: AtomicU64,
    /// Whether something went so wrong that nobody needs to go on.
    failed: AtomicBool,
    results: Vec<AtomicU64>,
}

/// What a thread of the CPU has to tell.
#[derive(Debug, Default)]
pub(super) struct Told {
    trap: Option<Trap>,
    /// Those of the first thread.
    pub(super) globals: Option<Vec<u64>>,
}

impl Told {
    /// Keeps the trap of the thread with the smaller number.
    pub(super) fn trap(&mut self, trap: Trap) {
        if self.trap.is_none_or(|known| trap.thread < known.thread) {
            self.trap = Some(trap);
        }
    }
}

/// Compiles what a launch will run.
pub(super) fn prepare(
    program: &CpuProgram,
    arena: &CpuArena,
    launch: &Launch<'_>,
) -> Result<(), DeviceError> {
    let (_, form, _) = way::choose(program, arena, launch, count(launch)?);
    program.code(form).map(drop)
}

fn count(launch: &Launch<'_>) -> Result<u32, DeviceError> {
    match launch.grid.count() {
        None => Err(error("more threads than a number of 32 bits has")),
        Some(0) => Err(error("a grid without threads")),
        Some(count) => Ok(count),
    }
}

pub(super) fn launch(
    threads: NonZero<usize>,
    program: &CpuProgram,
    arena: &CpuArena,
    launch: &Launch<'_>,
) -> Result<Outcome, DeviceError> {
    let count = count(launch)?;
    let _alone = arena.0.use_alone();
    arena.0.set_cancelled(false);
    let _told = launch.cancel.tell(&arena.0);
    let (job, threads) = Job::new(threads, program, arena, launch, count)?;
    let told = thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map_while(|_| {
                thread::Builder::new()
                    .spawn_scoped(scope, || job.work())
                    .ok()
            })
            .collect();
        let mut all = vec![job.work()];
        for other in others {
            all.push(
                other
                    .join()
                    .unwrap_or_else(|_| Err(error("a thread panicked"))),
            );
        }
        all.into_iter().collect::<Result<Vec<Told>, DeviceError>>()
    })?;
    let mut outcome = Outcome {
        globals: launch.globals.to_vec(),
        ..Outcome::default()
    };
    let mut first = Told::default();
    for told in told {
        told.trap.into_iter().for_each(|trap| first.trap(trap));
        first.globals = first.globals.or(told.globals);
    }
    outcome.trap = first.trap;
    if let Some(globals) = first.globals {
        outcome.globals = globals;
    }
    let results = job.results.into_iter().map(AtomicU64::into_inner);
    outcome.results = results.collect();
    Ok(outcome)
}

impl<'a> Job<'a> {
    /// And how many threads of the CPU are to work on it.
    fn new(
        threads: NonZero<usize>,
        program: &'a CpuProgram,
        arena: &'a CpuArena,
        launch: &'a Launch<'a>,
        count: u32,
    ) -> Result<(Job<'a>, u64), DeviceError> {
        let (way, form, count) = way::choose(program, arena, launch, count);
        let module = program.kernels.module();
        let block = launch.grid.threads.iter().product::<u32>();
        // A block that has memory for itself stays in one piece.
        let unit = match way {
            Way::Together => block,
            _ if module.workgroup_bytes > 0 => block,
            _ => 1,
        };
        let units = u64::from(count / unit);
        let mut threads = (threads.get() as u64).min(units).max(1);
        if ends_soon(program, launch, count) {
            threads = 1;
        }
        if way == Way::Together {
            threads = threads.min((MOST_ALIVE / u64::from(block)).max(1));
        }
        let most = (LARGEST_PIECE / u64::from(unit)).max(1);
        let piece = (units / (threads * PIECES)).clamp(1, most) * u64::from(unit);
        let all = usize::try_from(count).unwrap_or(usize::MAX);
        let length = all.saturating_mul(results(module, launch.function).len());
        let mut room: Vec<AtomicU64> = Vec::new();
        room.try_reserve_exact(length)
            .map_err(|_| error(format!("{length} results are too many")))?;
        room.resize_with(length, AtomicU64::default);
        let job = Job {
            code: program.code(form)?,
            program,
            arena,
            launch,
            way,
            count,
            block,
            piece,
            next: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            results: room,
        };
        Ok((job, threads))
    }

    pub(super) fn module(&self) -> &Module {
        self.program.kernels.module()
    }

    pub(super) fn results(&self) -> impl Iterator<Item = Type> {
        results(self.module(), self.launch.function).iter().copied()
    }

    /// A thread's arguments.
    pub(super) fn arguments(&self, thread: u32) -> Vec<Val> {
        let module = self.module();
        let signature = module.functions[self.launch.function as usize].signature;
        let params = &module.signatures[signature as usize].params;
        let given = match self.launch.arguments {
            Arguments::Same(given) => given,
            Arguments::Each(given) => &given[thread as usize * params.len()..],
        };
        let pairs = params.iter().zip(given);
        pairs.map(|(ty, bits)| value(*ty, *bits)).collect()
    }

    /// Keeps a thread's results.
    pub(super) fn give(&self, thread: u32, results: &[Val]) {
        let from = thread as usize * results.len();
        for (place, result) in self.results[from..].iter().zip(results) {
            place.store(bits(result), Ordering::Relaxed);
        }
    }

    /// Works until nothing is left.
    fn work(&self) -> Result<Told, DeviceError> {
        let worked = match self.way {
            Way::Together => self.work_together(),
            Way::Loop | Way::Calls => self.work_alone(),
        };
        if worked.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        worked
    }

    /// The next threads to run, from the first up to the last but one; none if all
    /// have run, or nobody wants them to.
    fn piece(&self, told: &mut Told) -> Option<(u32, u32)> {
        let first = self.next.fetch_add(self.piece, Ordering::Relaxed);
        if first >= u64::from(self.count) || self.failed.load(Ordering::Relaxed) {
            return None;
        }
        let end = u64::from(self.count).min(first + self.piece);
        let [first, end] = [first, end].map(|thread| u32::try_from(thread).unwrap_or(u32::MAX));
        (!self.is_cancelled(first, told)).then_some((first, end))
    }

    /// Whether the launch was cancelled: then a thread that has not begun yet is said
    /// to be interrupted.
    fn is_cancelled(&self, thread: u32, told: &mut Told) -> bool {
        let cancelled = self.launch.cancel.is_cancelled();
        if cancelled {
            let code = &self.module().functions[self.launch.function as usize].code;
            told.trap(Trap {
                code: TrapCode::Interrupted,
                function: self.launch.function,
                offset: code.blocks.first().map_or(0, |block| block.offset),
                thread,
            });
        }
        cancelled
    }

    fn work_alone(&self) -> Result<Told, DeviceError> {
        let mut told = Told::default();
        let Some(mut piece) = self.piece(&mut told) else {
            return Ok(told);
        };
        let mut worker = self.program.worker(&self.code, &self.arena.0)?;
        worker.prepare(self.launch)?;
        loop {
            match self.way {
                Way::Loop => self.run_loop(&mut worker, piece, &mut told)?,
                _ => self.run_calls(&mut worker, piece, &mut told)?,
            }
            let Some(next) = self.piece(&mut told) else {
                break;
            };
            piece = next;
        }
        self.program.keep(&self.code, worker);
        Ok(told)
    }

    fn run_loop(
        &self,
        worker: &mut Worker,
        (first, end): (u32, u32),
        told: &mut Told,
    ) -> Result<(), DeviceError> {
        let number = |thread: u32| Val::I32(thread.cast_signed());
        let mut arguments = vec![number(0); 2];
        arguments.extend(self.arguments(0));
        let mut from = first;
        while from < end {
            // What the first thread leaves is asked for.
            let to = if from == 0 && self.code.reach.sets.contains(&true) {
                1
            } else {
                end.min(from.saturating_add(self.code.most_threads))
            };
            arguments[..2].clone_from_slice(&[number(from), number(to)]);
            let (function, store) = worker.function()?;
            let ran = function.call(store, &arguments, &mut []);
            from = match ran {
                Ok(()) => to,
                Err(failure) => {
                    let thread = worker.thread();
                    if !(from..to).contains(&thread) {
                        return Err(error("a thread trapped that surely would not"));
                    }
                    let trap = worker.trap(self.launch.function, thread, &failure)?;
                    told.trap(trap);
                    thread + 1
                }
            };
            if to == 1 {
                told.globals = Some(worker.globals());
            }
            if from < end && self.is_cancelled(from, told) {
                break;
            }
        }
        Ok(())
    }

    fn run_calls(
        &self,
        worker: &mut Worker,
        (first, end): (u32, u32),
        told: &mut Told,
    ) -> Result<(), DeviceError> {
        let mut results: Vec<Val> = self.results().map(|ty| value(ty, 0)).collect();
        for thread in first..end {
            if let Some(memory) = &worker.kit.workgroup
                && thread % self.block == 0
            {
                clear(memory);
            }
            worker.begin(self.module(), self.launch, thread)?;
            let (function, store) = worker.function()?;
            let ran = function.call(store, &self.arguments(thread), &mut results);
            if thread == 0 {
                told.globals = Some(worker.globals());
            }
            match ran {
                Ok(()) => self.give(thread, &results),
                Err(failure) => {
                    let trap = worker.trap(self.launch.function, thread, &failure)?;
                    told.trap(trap);
                }
            }
            if thread + 1 < end && self.is_cancelled(thread + 1, told) {
                break;
            }
        }
        Ok(())
    }

    fn work_together(&self) -> Result<Told, DeviceError> {
        let mut told = Told::default();
        let Some(mut piece) = self.piece(&mut told) else {
            return Ok(told);
        };
        let count = self.block as usize;
        let mut group: Group = self.program.group(&self.code, &self.arena.0, count)?;
        for lane in &mut group.lanes[..count] {
            lane.prepare(self.launch)?;
        }
        loop {
            let (first, end) = piece;
            for block in (first..end).step_by(count) {
                group.run(self, block, &mut told)?;
                let next = block + self.block;
                if next < end && self.is_cancelled(next, &mut told) {
                    break;
                }
            }
            let Some(next) = self.piece(&mut told) else {
                break;
            };
            piece = next;
        }
        self.program.keep_group(&self.code, group);
        Ok(told)
    }
}

/// Whether all threads are done before another thread of the CPU would have begun.
fn ends_soon(program: &CpuProgram, launch: &Launch<'_>, count: u32) -> bool {
    let code = &program.kernels.module().functions[launch.function as usize].code;
    let each = code.instructions().count() as u64;
    program.reach(launch.function).is_straight() && u64::from(count) * each < SOON
}

pub(super) fn results(module: &Module, function: u32) -> &[Type] {
    let signature = module.functions[function as usize].signature;
    &module.signatures[signature as usize].results
}
