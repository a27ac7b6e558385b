//! Launches of which it is sure that no thread traps, and which threads have something
//! to do.
//!
//! Nobody will ask where such a launch stopped, so its threads need not say who runs.
//! Whether threads lie beyond the end of an array is asked once, and not by each.

use crate::gpu::device::{Arguments, Launch};
use crate::gpu::ir::{
    Access, Axis, Binary, Block, BlockId, Code, Compare, Module, Op, Position, Space, Terminator,
    Type, Unary, Value,
};

/// The most instructions that are looked at: it is done for each launch.
const MOST: usize = 256;

/// All that an i32 may be.
const ANY: Range = Range {
    least: 0,
    most: u32::MAX,
};

/// What an i32 may be, without its sign. What other types have is not used.
#[derive(Clone, Copy, Debug)]
struct Range {
    least: u32,
    most: u32,
}

/// A comparison that decides whether a thread of a line does anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    /// Where it stands in the module.
    pub(super) offset: u32,
    /// What comes of it in the threads that do something: those before `end`.
    pub(super) works: bool,
    end: Value,
    signed: bool,
}

/// How many threads of a line, whose kernel is straight, do something, if none of them
/// traps in an arena of so many bytes.
pub(super) fn threads(module: &Module, launch: &Launch<'_>, bytes: u64) -> Option<u32> {
    let code = &module.functions[launch.function as usize].code;
    if launch.fuel.is_some() || code.instructions().take(MOST + 1).count() > MOST {
        return None;
    }
    let mut ranges = vec![ANY; code.values.len()];
    let Arguments::Same(arguments) = launch.arguments else {
        return None;
    };
    for (param, bits) in code.blocks.first()?.params.iter().zip(arguments) {
        ranges[param.0 as usize] = Range::of(lower(*bits));
    }
    let count = launch.grid.count()?;
    let threads = match guard(code) {
        Some(guard) => guard.threads(ranges[guard.end.0 as usize].least, count)?,
        None => count,
    };
    let last = threads.saturating_sub(1);
    for (number, block) in code.blocks.iter().enumerate() {
        for instruction in &block.instructions {
            let range = match &instruction.op {
                Op::Position(Position::GlobalId(Axis::X)) => Range {
                    least: 0,
                    most: last,
                },
                op if is_sure(code, op, &ranges, bytes) => range(op, &ranges),
                _ => return None,
            };
            if let [result] = instruction.results[..] {
                ranges[result.0 as usize] = range;
            }
        }
        // What several jumps give may be anything, and so it stays. Nothing may have
        // been looked at before it is known.
        let ahead = |block: BlockId| block.0 as usize > number;
        let traps = matches!(block.end, Terminator::Trap(..));
        if traps || !block.end.jumps().iter().all(|jump| ahead(jump.block)) {
            return None;
        }
    }
    Some(threads)
}

impl Range {
    fn of(value: u32) -> Range {
        Range {
            least: value,
            most: value,
        }
    }

    /// What an operation makes that grows with both, if it nowhere wraps.
    fn grown(self, other: Range, apply: impl Fn(u32, u32) -> Option<u32>) -> Range {
        let least = apply(self.least, other.least);
        let most = apply(self.most, other.most);
        match (least, most) {
            (Some(least), Some(most)) => Range { least, most },
            _ => ANY,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "32 bits are the lower half"
)]
fn lower(bits: u64) -> u32 {
    bits as u32
}

/// What an operation that does not trap gives.
fn range(op: &Op, ranges: &[Range]) -> Range {
    let of = |value: &Value| ranges[value.0 as usize];
    match op {
        Op::Constant(bits) => Range::of(lower(*bits)),
        Op::Binary(Binary::Add, a, b) => of(a).grown(of(b), u32::checked_add),
        Op::Binary(Binary::Mul, a, b) => of(a).grown(of(b), u32::checked_mul),
        Op::Binary(Binary::Shl, a, b) if of(b).least == of(b).most => {
            let factor = 1_u32 << (of(b).most & 31);
            of(a).grown(Range::of(factor), u32::checked_mul)
        }
        _ => ANY,
    }
}

/// Whether an operation does not trap.
fn is_sure(code: &Code, op: &Op, ranges: &[Range], bytes: u64) -> bool {
    let fits = |access: &Access| {
        let from = u64::from(ranges[access.address.0 as usize].most);
        let end = from + u64::from(access.offset) + u64::from(access.width);
        access.space == Space::Arena && end <= bytes
    };
    match op {
        Op::Load { access, .. } | Op::Store(access, _) => fits(access),
        Op::Unary(Unary::Truncate { saturating, .. }, _) => *saturating,
        Op::Binary(Binary::DivS | Binary::DivU | Binary::RemS | Binary::RemU, a, _) => {
            code.values[a.0 as usize].is_float()
        }
        Op::Constant(_)
        | Op::Unary(..)
        | Op::Binary(..)
        | Op::Compare(..)
        | Op::Select(..)
        | Op::Position(_)
        | Op::GlobalGet(_)
        | Op::MemorySize => true,
        _ => false,
    }
}

/// The comparison that a kernel begins with, if the threads that are not before some
/// number do nothing.
pub(super) fn guard(code: &Code) -> Option<Guard> {
    let first = code.blocks.first()?;
    let Terminator::Branch(condition, [yes, no]) = &first.end else {
        return None;
    };
    let made = |value: Value| {
        let mut all = first.instructions.iter();
        all.find(|it| it.results.contains(&value))
    };
    let is_place = |value: Value| {
        let place = Op::Position(Position::GlobalId(Axis::X));
        made(value).is_some_and(|it| it.op == place)
    };
    let comparison = made(*condition)?;
    let Op::Compare(compare, a, b) = comparison.op else {
        return None;
    };
    let (end, works, signed) = match compare {
        Compare::LtU if is_place(a) => (b, true, false),
        Compare::LtS if is_place(a) => (b, true, true),
        Compare::GeU if is_place(a) => (b, false, false),
        Compare::GeS if is_place(a) => (b, false, true),
        Compare::GtU if is_place(b) => (a, true, false),
        Compare::GtS if is_place(b) => (a, true, true),
        Compare::LeU if is_place(b) => (a, false, false),
        Compare::LeS if is_place(b) => (a, false, true),
        _ => return None,
    };
    let idle = if works { no } else { yes };
    let pure = |op: &Op| matches!(op, Op::Constant(_) | Op::Position(_) | Op::Compare(..));
    let is_guard = first.params.contains(&end)
        && code.values[end.0 as usize] == Type::I32
        && first.instructions.iter().all(|it| pure(&it.op))
        && is_idle(code, idle.block);
    is_guard.then_some(Guard {
        offset: comparison.offset,
        works,
        end,
        signed,
    })
}

impl Guard {
    /// How many of so many threads work; none if that is not known.
    fn threads(self, end: u32, count: u32) -> Option<u32> {
        match self.signed {
            false => Some(count.min(end)),
            true if count > i32::MAX.cast_unsigned() => None,
            true => Some(count.min(end.cast_signed().max(0).cast_unsigned())),
        }
    }
}

/// Whether nothing more is done there.
fn is_idle(code: &Code, block: BlockId) -> bool {
    let Some(Block {
        instructions, end, ..
    }) = code.blocks.get(block.0 as usize)
    else {
        return false;
    };
    instructions.is_empty()
        && match end {
            Terminator::Return(_) => true,
            Terminator::Jump(jump) => jump.block.0 > block.0 && is_idle(code, jump.block),
            _ => false,
        }
}
