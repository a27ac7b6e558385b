//! Launches: blocks and threads in an order drawn from the seed, barriers.

mod check;
mod order;

use fastrand::Rng;

use super::exec::{self, Event, Thread, Watch, World};
use super::fault::Halt;
use super::inst::{Barrier, Reduce};
use super::memory::poisoned;
use super::{Fault, Memory, Place, Program};

pub(super) use super::exec::SHARED_START;
use check::check;
pub(super) use order::Order;

/// The most blocks that run at the same time.
const RESIDENT: u64 = 4;
/// The longest a thread runs before another may, in instructions.
const QUANTUM: u32 = 8;
/// Instructions between two looks at whether the launch is cancelled.
const CANCEL: u64 = 1 << 14;

/// One launch of an entry over a grid.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// The entry's name.
    pub entry: &'a str,
    /// Blocks along x, y, z.
    pub grid: [u32; 3],
    /// Threads of a block along x, y, z.
    pub block: [u32; 3],
    /// Bytes of dynamic shared memory.
    pub shared_bytes: u32,
    /// The bits of each parameter, in order.
    pub arguments: &'a [u64],
    /// Draws the order of threads and blocks, and poison.
    pub seed: u64,
    /// Instructions, of all threads together, before [`Fault::OutOfSteps`].
    pub steps: u64,
    /// The address of a word of 32 bits that is set to 1 when the launch is
    /// cancelled, and that its threads look at; without one they end at once.
    pub cancel_word: Option<u64>,
    /// Whether blocks go on to begin once it is cancelled, as they do on a GPU. Else none
    /// does.
    pub begins_cancelled: bool,
}

/// What a launch took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Instructions of all threads, those included whose guard was false.
    pub instructions: u64,
    /// The least number in the grid of a thread that never began, because the launch
    /// was cancelled before.
    pub unbegun: Option<u64>,
}

/// A block that runs.
#[derive(Default)]
struct Resident {
    number: u64,
    id: [u32; 3],
    shared: Vec<u8>,
    threads: Vec<Thread>,
    runnable: Vec<u32>,
    /// Threads that have not exited.
    alive: usize,
}

/// Runs `launch` to its end, or to its first fault. `cancelled` is asked now and
/// then.
pub fn launch(
    program: &Program,
    memory: &mut Memory,
    launch: &Launch<'_>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Stats, Fault> {
    let (index, entry) = program
        .entry(launch.entry)
        .ok_or_else(|| Fault::BadLaunch(format!("there is no entry `{}`", launch.entry)))?;
    check(program, entry, launch).map_err(Fault::BadLaunch)?;
    let globals = memory.load(program)?;
    let mut world = World {
        program,
        memory,
        globals,
        constant: program.constant_bank.clone(),
        seed: launch.seed,
        grid: launch.grid,
        block: launch.block,
        dynamic_shared: launch.shared_bytes,
        clock: 0,
        watch: program.watches.then(Watch::default),
    };
    let mut rng = Rng::with_seed(launch.seed);
    let blocks: u64 = launch.grid.iter().map(|size| u64::from(*size)).product();
    let mut order = Order::new(blocks, &mut rng);
    let width = rng.u64(1..=RESIDENT);
    let mut resident: Vec<Resident> = Vec::new();
    let mut spare: Vec<Resident> = Vec::new();
    let mut asked = 0;
    let mut told = false;
    let mut unbegun = None;
    if cancelled() {
        told = tell(world.memory, launch)?;
        unbegun = stop(program, launch, &mut order, &mut resident);
    }
    loop {
        while (resident.len() as u64) < width
            && let Some(number) = order.next()
        {
            let mut block = spare.pop().unwrap_or_default();
            block.start(&world, index, number, launch)?;
            resident.push(block);
        }
        if resident.is_empty() {
            return Ok(Stats {
                instructions: world.clock,
                unbegun,
            });
        }
        let at = rng.usize(0..resident.len());
        let block = &mut resident[at];
        let turn = rng.usize(0..block.runnable.len());
        let alone = resident.len() == 1 && resident[at].runnable.len() == 1;
        let quantum = if alone {
            CANCEL
        } else {
            1 << rng.u32(0..=QUANTUM)
        };
        let budget = quantum.min(launch.steps - world.clock);
        if budget == 0 {
            return Err(Fault::OutOfSteps {
                steps: launch.steps,
            });
        }
        let block = &mut resident[at];
        let thread = &mut block.threads[block.runnable[turn] as usize];
        let mut left = budget;
        let outcome = exec::run(&mut world, &mut block.shared, block.id, thread, &mut left);
        world.clock += budget - left;
        match outcome.map_err(|halt| fault(program, block.id, thread, halt))? {
            Event::OutOfBudget => {}
            Event::Barrier => {
                block.runnable.swap_remove(turn);
                block.release(program)?;
            }
            Event::Exit => {
                block.runnable.swap_remove(turn);
                block.alive -= 1;
                if block.alive == 0 {
                    spare.push(resident.swap_remove(at));
                } else {
                    block.release(program)?;
                }
            }
        }
        if world.clock - asked >= CANCEL {
            asked = world.clock;
            if !told && cancelled() {
                told = tell(world.memory, launch)?;
                unbegun = stop(program, launch, &mut order, &mut resident);
            }
        }
    }
}

/// Tells the threads that the launch is cancelled, if they can be told.
fn tell(memory: &mut Memory, launch: &Launch<'_>) -> Result<bool, Fault> {
    let word = launch.cancel_word.ok_or(Fault::Cancelled)?;
    memory.write(word, &1_u32.to_le_bytes())?;
    Ok(true)
}

/// Takes out the blocks that have not begun, if none is to begin any more; the least
/// number of a thread of theirs. A block of which some thread has begun stays whole:
/// others of it may wait for each one.
fn stop(
    program: &Program,
    launch: &Launch<'_>,
    order: &mut Order,
    resident: &mut Vec<Resident>,
) -> Option<u64> {
    if launch.begins_cancelled {
        return None;
    }
    let begun = |block: &Resident| {
        let mut threads = block.threads.iter();
        threads.any(|thread| thread.has_begun(program))
    };
    let fresh = resident.iter().filter(|block| !begun(block));
    let fresh = fresh.map(|block| block.number);
    let least = fresh.chain(order.end()).min();
    resident.retain(begun);
    let threads = u64::from(launch.block.iter().product::<u32>());
    least.map(|number| number * threads)
}

impl Resident {
    fn start(
        &mut self,
        world: &World<'_>,
        entry: u32,
        number: u64,
        launch: &Launch<'_>,
    ) -> Result<(), Fault> {
        let [x, y] = [world.grid[0], world.grid[1]].map(u64::from);
        self.number = number;
        // Each is below the grid's size on its axis.
        self.id = [
            (number % x) as u32,
            (number / x % y) as u32,
            (number / x / y) as u32,
        ];
        let shared = world.program.shared.next_multiple_of(128) + launch.shared_bytes;
        let static_only = if launch.shared_bytes == 0 {
            world.program.shared
        } else {
            shared
        };
        self.shared = poisoned(launch.seed ^ number, static_only as usize);
        let threads: u32 = world.block.iter().product();
        self.threads.resize_with(threads as usize, Thread::default);
        for (linear, thread) in (0..threads).zip(&mut self.threads) {
            thread
                .start(world, entry, linear, launch.arguments)
                .map_err(|halt| fault(world.program, self.id, thread, halt))?;
        }
        self.runnable = (0..threads).collect();
        self.alive = threads as usize;
        Ok(())
    }

    /// Lets the block go on once all threads that live wait at one barrier.
    fn release(&mut self, program: &Program) -> Result<(), Fault> {
        if !self.runnable.is_empty() {
            return Ok(());
        }
        let barrier = |index: u32| program.barriers[index as usize];
        let waiting = || {
            self.threads
                .iter()
                .filter_map(|thread| Some((thread, thread.waits?)))
        };
        let Some((first, (index, _))) = waiting().next() else {
            return Ok(());
        };
        let Barrier { id, reduce, .. } = barrier(index);
        let undefined = |thread, what| Err(fault(program, self.id, thread, Halt::Undefined(what)));
        if waiting().any(|(_, (index, _))| barrier(index).id != id) {
            return Err(Fault::Deadlock {
                place: place(program, self.id, first, 1),
                barrier: id,
            });
        }
        let mut warp = (u32::MAX, 0);
        for (thread, (index, _)) in waiting() {
            let other = barrier(index);
            if other.reduce.map(|reduce| reduce.0) != reduce.map(|reduce| reduce.0) {
                return undefined(
                    thread,
                    "threads meet at one barrier with different operations",
                );
            }
            let number = thread.linear / 32;
            if number == warp.0 && other.aligned && thread.pc != warp.1 {
                return undefined(
                    thread,
                    "threads of one warp are at different aligned barriers",
                );
            }
            warp = (number, thread.pc);
        }
        let count = waiting().filter(|(_, (_, value))| *value).count();
        let all = waiting().count();
        self.runnable = waiting().map(|(thread, _)| thread.linear).collect();
        for thread in &mut self.threads {
            if let Some((index, _)) = thread.waits.take()
                && let Some((op, slot, ..)) = barrier(index).reduce
            {
                let value = match op {
                    Reduce::Popc => count,
                    Reduce::And => usize::from(count == all),
                    Reduce::Or => usize::from(count > 0),
                };
                thread.deliver(slot, value as u64);
            }
        }
        Ok(())
    }
}

/// Where a thread is; `back` instructions before its next one.
fn place(program: &Program, block: [u32; 3], thread: &Thread, back: u32) -> Place {
    let line = program
        .lines
        .get(thread.pc.wrapping_sub(back) as usize)
        .copied()
        .unwrap_or(0);
    Place {
        block,
        thread: thread.id,
        line,
    }
}

fn fault(program: &Program, block: [u32; 3], thread: &Thread, halt: Halt) -> Fault {
    // A thread that waits has passed its barrier already.
    let place = place(program, block, thread, thread.waits.is_some().into());
    match halt {
        Halt::Misaligned { address, bytes } => Fault::Misaligned {
            place,
            address,
            bytes,
        },
        Halt::OutOfBounds {
            space,
            address,
            bytes,
        } => Fault::OutOfBounds {
            place,
            space,
            address,
            bytes,
        },
        Halt::Fresh(slot) => Fault::UninitializedRegister {
            place,
            register: program.slot_name(thread.function, slot),
        },
        Halt::Trap => Fault::Trap { place },
        Halt::StackOverflow => Fault::StackOverflow { place },
        Halt::Undefined(what) => Fault::Undefined { place, what },
    }
}
