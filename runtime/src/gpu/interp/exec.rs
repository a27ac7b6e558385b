//! Runs one thread for some instructions.

mod atomic;
mod space;

use self::space::{LOCAL_START, Spaces, Use};
pub(super) use self::space::{SHARED_START, Watch};
use super::convert::convert;
use super::fault::Halt;
use super::float::{self, Products};
use super::inst::{Access, BoolOp, Compare, Comparison, Inst, Op, Slot, Special, Src};
use super::int::{cut, extend};
use super::memory::poisoned;
use super::program::Program;
use super::types::Type;
use super::{LOCAL_BYTES, Memory, int};

/// What all threads of a launch share.
pub(super) struct World<'a> {
    pub(super) program: &'a Program,
    pub(super) memory: &'a mut Memory,
    /// Addresses of the program's `.global` variables.
    pub(super) globals: Vec<u64>,
    pub(super) constant: Vec<u8>,
    pub(super) seed: u64,
    pub(super) grid: [u32; 3],
    pub(super) block: [u32; 3],
    pub(super) dynamic_shared: u32,
    /// Instructions before this quantum: what `%clock64` counts from.
    pub(super) clock: u64,
    pub(super) watch: Option<Watch>,
}

/// A register: its bits, zero-extended, and whether it was ever written.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    value: u64,
    ready: bool,
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
pub(super) struct Thread {
    pub(super) id: [u32; 3],
    /// The place in its block, x first.
    pub(super) linear: u32,
    /// The next instruction, or the one that halted.
    pub(super) pc: u32,
    /// The function it is in.
    pub(super) function: u32,
    /// The barrier it waits at, and the value it brought.
    pub(super) waits: Option<(u32, bool)>,
    cells: Vec<Cell>,
    /// Where the current frame's registers and variables start.
    base: usize,
    local_base: usize,
    frames: Vec<Frame>,
    local: Vec<u8>,
    /// Bytes of local memory that the frames count for.
    charged: u32,
    products: Products,
}

/// Why a thread stopped without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    OutOfBudget,
    Barrier,
    Exit,
}

impl Thread {
    /// Makes it ready to run `function` from its start.
    pub(super) fn start(
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

    fn call(&mut self, world: &World<'_>, site: u32) -> Result<(), Halt> {
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
    fn leave(&mut self, program: &Program) -> bool {
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
    pub(super) fn deliver(&mut self, slot: Slot, value: u64) {
        self.cells[self.base + slot as usize] = Cell { value, ready: true };
    }
}

/// The value of a special register.
fn special(world: &World<'_>, thread: &Thread, block: [u32; 3], what: Special, clock: u64) -> u64 {
    let axis = |vector: [u32; 3], axis: u8| vector[usize::from(axis) % 3].into();
    match what {
        Special::Thread(at) => axis(thread.id, at),
        Special::BlockSize(at) => axis(world.block, at),
        Special::Block(at) => axis(block, at),
        Special::GridSize(at) => axis(world.grid, at),
        Special::Lane => (thread.linear % 32).into(),
        Special::Warp => (thread.linear / 32).into(),
        Special::LaneMaskLt => (1 << (thread.linear % 32)) - 1,
        Special::Clock32 => cut(clock, 32),
        Special::Clock64 => clock,
        Special::DynamicSharedSize => world.dynamic_shared.into(),
        Special::DynamicSharedAddress => {
            (SHARED_START + world.program.shared.next_multiple_of(128)).into()
        }
    }
}

fn holds(comparison: &Comparison, a: u64, b: u64) -> bool {
    let ty = comparison.ty;
    if ty.float() {
        return float::compare(comparison.how, ty.bits == 64, comparison.ftz, a, b);
    }
    let order = if ty.signed() {
        extend(a, ty.bits).cmp(&extend(b, ty.bits))
    } else {
        a.cmp(&b)
    };
    match comparison.how {
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Gt => order.is_gt(),
        // The parser lets no float comparison come here.
        _ => order.is_ge(),
    }
}

fn load(bytes: &[u8], extends: u8) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    let value = u64::from_le_bytes(word);
    match extends {
        0 => value,
        register => cut(
            extend(value, bytes.len() as u32 * 8) as u64,
            register.into(),
        ),
    }
}

/// Runs `thread` until it stops, but no more than `left` instructions; what is
/// not used up stays in `left`.
pub(super) fn run(
    world: &mut World<'_>,
    shared: &mut [u8],
    block: [u32; 3],
    thread: &mut Thread,
    left: &mut u64,
) -> Result<Event, Halt> {
    let program = world.program;
    let clock = world.clock + *left;
    while *left > 0 {
        *left -= 1;
        let Inst { guard, op } = program.code[thread.pc as usize];
        let cells = &mut thread.cells[thread.base..];
        macro_rules! get {
            ($source:expr) => {
                match $source.split() {
                    Ok(slot) => {
                        let cell = cells[slot];
                        if !cell.ready {
                            return Err(Halt::Fresh(slot as u32));
                        }
                        cell.value
                    }
                    Err(index) => program.constants[index],
                }
            };
        }
        macro_rules! set {
            ($slot:expr, $value:expr) => {{
                let value = $value;
                cells[$slot as usize] = Cell { value, ready: true };
            }};
        }
        macro_rules! spaces {
            () => {
                Spaces {
                    memory: world.memory,
                    shared,
                    local: &mut thread.local,
                    constant: &mut world.constant,
                    watch: world.watch.as_mut(),
                }
            };
        }
        if let Some((slot, wanted)) = guard.test()
            && get!(Src::slot(slot)) != wanted
        {
            thread.pc += 1;
            continue;
        }
        match op {
            Op::Move { d, a } => set!(d, get!(a)),
            Op::Binary { op, ty, d, a, b } => {
                set!(d, int::binary(op, ty, get!(a), get!(b), world.seed))
            }
            Op::Unary { op, ty, d, a } => set!(d, int::unary(op, ty, get!(a))),
            Op::Ternary { op, ty, d, a, b, c } => {
                set!(d, int::ternary(op, ty, get!(a), get!(b), get!(c)))
            }
            Op::Bfi {
                bits,
                d,
                a,
                b,
                c,
                e,
            } => {
                set!(
                    d,
                    int::insert(bits.into(), get!(a), get!(b), get!(c), get!(e))
                );
            }
            Op::Lop3 { table, d, a, b, c } => set!(d, int::lop3(get!(a), get!(b), get!(c), table)),
            Op::Float { op, how, d, a, b } if how.fusing && program.loose => {
                let (a, b) = (get!(a), get!(b));
                set!(d, thread.products.run(op, how, a, b));
            }
            Op::Float { op, how, d, a, b } => set!(d, float::binary(op, how, get!(a), get!(b))),
            Op::Fma { how, d, a, b, c } => {
                set!(
                    d,
                    float::ternary(super::inst::FloatOp::Fma, how, get!(a), get!(b), get!(c))
                );
            }
            Op::Convert { index, d, a } => {
                set!(d, convert(&program.converts[index as usize], get!(a)))
            }
            Op::Compare { index, a, b } => {
                let comparison = &program.comparisons[index as usize];
                let mut truth = holds(comparison, get!(a), get!(b));
                let mut opposite = !truth;
                if let Some((op, c, negated)) = comparison.combine {
                    let c = (get!(c) != 0) != negated;
                    let combine = |x: bool| match op {
                        BoolOp::And => x && c,
                        BoolOp::Or => x || c,
                        BoolOp::Xor => x != c,
                    };
                    (truth, opposite) = (combine(truth), combine(opposite));
                }
                set!(comparison.d, if truth { comparison.truth } else { 0 });
                if let Some(q) = comparison.q {
                    set!(q, u64::from(opposite));
                }
            }
            Op::Test { op, double, d, a } => set!(d, u64::from(float::test(op, double, get!(a)))),
            Op::Select { d, a, b, p } => {
                let (a, b, p) = (get!(a), get!(b), get!(p));
                set!(d, if p != 0 { a } else { b });
            }
            Op::Load {
                access,
                d,
                base,
                offset,
            } => {
                let address = get!(base).wrapping_add_signed(offset.into());
                let what = if access.read_only {
                    Use::ReadOnly
                } else {
                    Use::Read
                };
                let mut spaces = spaces!();
                let bytes = spaces.at(access.space, address, access.bytes.into(), what)?;
                set!(d, load(bytes, access.extend));
            }
            Op::Store {
                access,
                a,
                base,
                offset,
            } => {
                let address = get!(base).wrapping_add_signed(offset.into());
                let value = get!(a).to_le_bytes();
                let mut spaces = spaces!();
                let bytes = spaces.at(access.space, address, access.bytes.into(), Use::Write)?;
                bytes.copy_from_slice(&value[..bytes.len()]);
            }
            Op::LoadVector {
                access,
                parts,
                base,
                offset,
            } => {
                let Access {
                    space,
                    bytes: width,
                    count,
                    ..
                } = access;
                let address = get!(base).wrapping_add_signed(offset.into());
                let what = if access.read_only {
                    Use::ReadOnly
                } else {
                    Use::Read
                };
                let mut spaces = spaces!();
                let bytes = spaces.at(space, address, u64::from(width) * u64::from(count), what)?;
                for (at, bytes) in bytes.chunks_exact(width.into()).enumerate() {
                    if let Ok(d) = program.lists[parts as usize + at].split() {
                        set!(d, load(bytes, access.extend));
                    }
                }
            }
            Op::StoreVector {
                access,
                parts,
                base,
                offset,
            } => {
                let Access {
                    space,
                    bytes: width,
                    count,
                    ..
                } = access;
                let address = get!(base).wrapping_add_signed(offset.into());
                let mut values = [[0; 8]; 4];
                for at in 0..usize::from(count) {
                    values[at] = get!(program.lists[parts as usize + at]).to_le_bytes();
                }
                let mut spaces = spaces!();
                let bytes = spaces.at(
                    space,
                    address,
                    u64::from(width) * u64::from(count),
                    Use::Write,
                )?;
                for (bytes, value) in bytes.chunks_exact_mut(width.into()).zip(values) {
                    bytes.copy_from_slice(&value[..bytes.len()]);
                }
            }
            Op::Special { d, what } => {
                let now = special(world, thread, block, what, clock - *left);
                thread.cells[thread.base + d as usize] = Cell {
                    value: now,
                    ready: true,
                };
            }
            Op::LocalAddress { d, offset } => {
                set!(
                    d,
                    u64::from(LOCAL_START) + thread.local_base as u64 + u64::from(offset)
                );
            }
            Op::GlobalAddress { d, index } => set!(d, world.globals[index as usize]),
            Op::Pack {
                d,
                parts,
                count,
                bits,
            } => {
                let mut value = 0;
                for at in 0..u32::from(count) {
                    value |= get!(program.lists[(parts + at) as usize]) << (at * u32::from(bits));
                }
                set!(d, value);
            }
            Op::Unpack {
                parts,
                count,
                bits,
                a,
            } => {
                let value = get!(a);
                for at in 0..u32::from(count) {
                    if let Ok(d) = program.lists[(parts + at) as usize].split() {
                        set!(d, cut(value >> (at * u32::from(bits)), bits.into()));
                    }
                }
            }
            Op::LoadParam {
                d,
                first,
                bytes,
                extend: extends,
            } => {
                let mut held = [0; 8];
                for at in 0..u32::from(bytes) {
                    held[at as usize] = get!(Src::slot(first + at)) as u8;
                }
                set!(d, load(&held[..bytes.into()], extends));
            }
            Op::StoreParam { first, bytes: 0, a } => set!(first, get!(a)),
            Op::StoreParam { first, bytes, a } => {
                let value = get!(a).to_le_bytes();
                for at in 0..u32::from(bytes) {
                    set!(first + at, value[at as usize].into());
                }
            }
            Op::Atom {
                index,
                base,
                offset,
                b,
                c,
            } => {
                let atom = &program.atoms[index as usize];
                let address = get!(base).wrapping_add_signed(offset.into());
                let (b, c) = (get!(b), get!(c));
                let mut spaces = spaces!();
                let bytes =
                    spaces.at(atom.space, address, Type::bytes(atom.ty).into(), Use::Write)?;
                let old = load(bytes, 0);
                bytes.copy_from_slice(
                    &atomic::updated(atom, old, b, c).to_le_bytes()[..bytes.len()],
                );
                if let Some(d) = atom.d {
                    set!(d, old);
                }
            }
            Op::Generic { d, a, space, back } => set!(d, space::convert(get!(a), space, back)?),
            Op::Branch { target } => {
                thread.products.clear();
                thread.pc = target;
                continue;
            }
            Op::BranchTable { index, table } => {
                let index = get!(index);
                let targets = &program.tables[table as usize];
                let target = usize::try_from(index)
                    .ok()
                    .and_then(|index| targets.get(index));
                thread.products.clear();
                thread.pc =
                    *target.ok_or(Halt::Undefined("`brx.idx` past the end of its targets"))?;
                continue;
            }
            Op::Call { site } => {
                thread.call(world, site)?;
                continue;
            }
            Op::Return => {
                if thread.leave(program) {
                    continue;
                }
                return Ok(Event::Exit);
            }
            Op::Exit => return Ok(Event::Exit),
            Op::Trap => return Err(Halt::Trap),
            Op::Barrier { index } => {
                let value = match program.barriers[index as usize].reduce {
                    Some((_, _, value, negated)) => (get!(value) != 0) != negated,
                    None => false,
                };
                thread.waits = Some((index, value));
                thread.pc += 1;
                return Ok(Event::Barrier);
            }
            Op::Nothing => {}
        }
        thread.pc += 1;
    }
    Ok(Event::OutOfBudget)
}
