//! A thread's registers, frames and local memory.

use super::super::LOCAL_BYTES;
use super::super::fault::Halt;
use super::super::float::Products;
use super::super::inst::{Slot, Special};
use super::super::int::cut;
use super::super::memory::poisoned;
use super::super::program::Program;
use super::{SHARED_START, World};

/// Cycles of an instruction that waits for the one before it, as on a GPU.
const CYCLES: u64 = 16;

/// A register: its bits, zero-extended, and whether it was ever written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) value: u64,
    pub(super) ready: bool,
}

/// Where a call returns to.
#[derive(Debug)]
struct Frame {
    pc: u32,
    base: usize,
    function: u32,
    site: u32,
    local: usize,
    charged: u32,
}

/// One thread: its registers, frames and local memory.
#[derive(Debug, Default)]
pub(in super::super) struct Thread {
    pub(in super::super) id: [u32; 3],
    /// The place in its block, x first.
    pub(in super::super) linear: u32,
    /// The next instruction, or the one that halted.
    pub(in super::super) pc: u32,
    /// The function it is in.
    pub(in super::super) function: u32,
    /// The barrier it waits at, and the value it brought.
    pub(in super::super) waits: Option<(u32, bool)>,
    pub(super) cells: Vec<Cell>,
    /// Where the current frame's registers and variables start.
    pub(super) base: usize,
    pub(super) local_base: usize,
    frames: Vec<Frame>,
    pub(super) local: Vec<u8>,
    /// Bytes of local memory that the frames count for.
    charged: u32,
    pub(super) products: Products,
}

impl Thread {
    /// Makes it ready to run `function` from its start.
    pub(in super::super) fn start(
        &mut self,
        world: &World<'_>,
        function: u32,
        linear: u32,
        arguments: &[u64],
    ) -> Result<(), Halt> {
        let [x, y, _] = world.block;
        self.id = [linear % x, linear / x % y, linear / x / y];
        self.linear = linear;
        self.waits = None;
        self.cells.clear();
        self.local.clear();
        self.frames.clear();
        self.products.clear();
        self.charged = 0;
        self.enter(world.program, world.seed, function)?;
        for (cell, argument) in self.cells.iter_mut().zip(arguments) {
            *cell = Cell {
                value: *argument,
                ready: true,
            };
        }
        Ok(())
    }

    /// Whether it has executed an instruction, where no branch goes back to the first.
    pub(in super::super) fn has_begun(&self, program: &Program) -> bool {
        let first = program.functions[self.function as usize].start;
        self.pc != first || !self.frames.is_empty() || self.waits.is_some()
    }

    /// A new frame, on top of those there are.
    fn enter(&mut self, program: &Program, seed: u64, function: u32) -> Result<(), Halt> {
        let callee = &program.functions[function as usize];
        let charged = self.charged.saturating_add(callee.frame_bytes());
        if charged > LOCAL_BYTES {
            return Err(Halt::StackOverflow);
        }
        self.charged = charged;
        self.base = self.cells.len();
        self.cells
            .resize(self.base + callee.slots as usize, Cell::default());
        self.local_base = self.local.len();
        if callee.local > 0 {
            // Every frame starts at a multiple of the largest alignment.
            let bytes = callee.local.next_multiple_of(128) as usize;
            let salt = u64::from(self.linear) << 32 | u64::from(charged);
            self.local.extend(poisoned(seed ^ salt, bytes));
        }
        self.function = function;
        self.pc = callee.start;
        Ok(())
    }

    pub(super) fn call(&mut self, world: &World<'_>, site: u32) -> Result<(), Halt> {
        let program = world.program;
        let call = &program.calls[site as usize];
        let frame = Frame {
            pc: self.pc + 1,
            base: self.base,
            function: self.function,
            site,
            local: self.local_base,
            charged: self.charged,
        };
        self.enter(program, world.seed, call.function)?;
        let first = self.base + program.functions[call.function as usize].result_slots() as usize;
        for (at, source) in call.arguments.iter().enumerate() {
            self.cells[first + at] = match source.split() {
                Ok(slot) => self.cells[frame.base + slot],
                Err(index) => Cell {
                    value: program.constants[index],
                    ready: true,
                },
            };
        }
        self.frames.push(frame);
        self.products.clear();
        Ok(())
    }

    /// Back to the caller; false if there is none.
    pub(super) fn leave(&mut self, program: &Program) -> bool {
        let Some(frame) = self.frames.pop() else {
            return false;
        };
        for (at, slot) in program.calls[frame.site as usize]
            .results
            .iter()
            .enumerate()
        {
            self.cells[frame.base + *slot as usize] = self.cells[self.base + at];
        }
        self.cells.truncate(self.base);
        self.local.truncate(self.local_base);
        self.products.clear();
        self.base = frame.base;
        self.local_base = frame.local;
        self.charged = frame.charged;
        self.function = frame.function;
        self.pc = frame.pc;
        true
    }

    /// Hands a value to a register while the thread waits.
    pub(in super::super) fn deliver(&mut self, slot: Slot, value: u64) {
        self.cells[self.base + slot as usize] = Cell { value, ready: true };
    }
}

/// The value of a special register.
pub(super) fn special(
    world: &World<'_>,
    thread: &Thread,
    block: [u32; 3],
    what: Special,
    clock: u64,
) -> u64 {
    let axis = |vector: [u32; 3], axis: u8| vector[usize::from(axis) % 3].into();
    match what {
        Special::Thread(at) => axis(thread.id, at),
        Special::BlockSize(at) => axis(world.block, at),
        Special::Block(at) => axis(block, at),
        Special::GridSize(at) => axis(world.grid, at),
        Special::Lane => (thread.linear % 32).into(),
        Special::Warp => (thread.linear / 32).into(),
        Special::LaneMaskLt => (1 << (thread.linear % 32)) - 1,
        Special::Clock32 => cut(clock.wrapping_mul(CYCLES), 32),
        Special::Clock64 => clock.wrapping_mul(CYCLES),
        Special::DynamicSharedSize => world.dynamic_shared.into(),
        Special::DynamicSharedAddress => {
            (SHARED_START + world.program.shared.next_multiple_of(128)).into()
        }
    }
}
