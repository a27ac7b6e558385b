//! Runs one thread for some instructions.

mod atomic;
mod space;
mod thread;

use self::space::{LOCAL_START, Spaces, Use, load};
pub(super) use self::space::{SHARED_START, Watch};
pub(super) use self::thread::Thread;
use self::thread::{Cell, special};
use super::convert::convert;
use super::fault::Halt;
use super::float;
use super::inst::{Access, BoolOp, Compare, Comparison, Inst, Op, Src};
use super::int::{cut, extend};
use super::program::Program;
use super::types::Type;
use super::{Memory, int};

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
    /// Instructions before this quantum: what `%clock64` counts from, 16
    /// cycles for each.
    pub(super) clock: u64,
    pub(super) watch: Option<Watch>,
}

/// Why a thread stopped without a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    OutOfBudget,
    Barrier,
    Exit,
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
                for (at, value) in values.iter_mut().enumerate().take(count.into()) {
                    *value = get!(program.lists[parts as usize + at]).to_le_bytes();
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
            Op::StoreParam {
                first,
                bytes,
                whole: true,
                a,
            } => set!(first, cut(get!(a), u32::from(bytes) * 8)),
            Op::StoreParam {
                first, bytes, a, ..
            } => {
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
