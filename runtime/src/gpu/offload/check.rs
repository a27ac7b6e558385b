//! What can be shown of a function without its arguments.

use super::emit::Part;
use super::graph::{Graph, Loop};
use super::shape::{Rounds, Shape, Shapes};
use super::values::{Values, may_trap};
use super::{MapLoop, Reason};
use crate::gpu::ir::graph::target;
use crate::gpu::ir::{
    Access, Binary, Code, Compare, Instruction, Op, Space, Terminator, Type, Unary, Value, number,
};

/// The most pairs of accesses that are compared at a launch.
const MOST_PAIRS: usize = 1_000_000;

/// A reason, and where.
pub(super) type Refusal = (Reason, u32);

/// The parts of a function that become kernels, and which of them are loops.
pub(super) fn parts(
    code: &Code,
    graph: &Graph,
    values: &Values,
) -> Result<(Vec<Part>, Vec<MapLoop>), Refusal> {
    let reached = graph.order.iter().map(|number| &code.blocks[*number]);
    for instruction in reached.flat_map(|block| &block.instructions) {
        allowed(&instruction.op).map_err(|reason| (reason, instruction.offset))?;
    }
    let mut parts = Vec::new();
    let mut loops = Vec::new();
    let mut writes = false;
    for number in &graph.order {
        let block = &code.blocks[*number];
        let stores = block.instructions.iter().filter(|it| is_store(&it.op));
        if let Some(within) = &graph.loops[*number] {
            let (counters, found) = in_loop(code, values, within)?;
            writes |= found.stores > 0;
            loops.push(found);
            parts.push(Part {
                within: Some(within.clone()),
                block: *number,
                counters,
            });
        } else if graph.inside[*number].is_none() && stores.count() > 0 {
            parts.push(Part {
                within: None,
                block: *number,
                counters: Vec::new(),
            });
        }
    }
    if !writes {
        let begin = code.blocks.first().map_or(0, |block| block.offset);
        return Err((Reason::NoLoop, begin));
    }
    Ok((parts, loops))
}

fn is_store(op: &Op) -> bool {
    matches!(op, Op::Store(..))
}

/// Whether an instruction can be in such a function at all.
fn allowed(op: &Op) -> Result<(), Reason> {
    let what = match op {
        Op::Load { access, .. } | Op::Store(access, _) if access.space == Space::Workgroup => {
            "workgroup memory"
        }
        Op::Store(..) => return Ok(()),
        Op::Position(_) => "the place of a thread",
        Op::AtomicLoad(_)
        | Op::AtomicStore(..)
        | Op::AtomicRmw(..)
        | Op::AtomicCompareExchange(..)
        | Op::Fence => "an atomic access",
        Op::Barrier => "a barrier",
        Op::GlobalSet(..) => "setting a global",
        Op::Call(..) | Op::CallIndirect(..) => "a call",
        Op::MemoryGrow(_) => "growing the memory",
        Op::MemoryFill(..) | Op::MemoryCopy(..) | Op::MemoryInit(..) => "filling or copying",
        _ => return Ok(()),
    };
    Err(Reason::Effect(what))
}

/// The counters of a loop, if it can be a map.
fn in_loop(code: &Code, values: &Values, within: &Loop) -> Result<(Vec<Value>, MapLoop), Refusal> {
    let offset = code.blocks[within.header].offset;
    let [(last, _)] = within.exits[..] else {
        let reason = if within.exits.is_empty() {
            Reason::NoExit
        } else {
            Reason::SecondExit
        };
        return Err((
            reason,
            within
                .exits
                .get(1)
                .map_or(offset, |(block, _)| end_of(code, *block)),
        ));
    };
    let mut begin = Vec::new();
    for param in &code.blocks[within.header].params {
        if values.is_needed(*param) && values.resolved(*param) == *param {
            begin.push((*param, Shape::Line(None)));
        }
    }
    let shapes = |rounds| Shapes::of(code, values, within, &begin, rounds, &|_| None);
    let later = shapes(Rounds::Later);
    for (param, _) in &begin {
        for latch in &within.latches {
            let next = given(code, values, within, *latch, *param);
            if next.is_none_or(|next| way(code, values, &later, next, *param).is_none()) {
                let place = next.and_then(|next| values.instruction(code, next));
                return Err((Reason::Carried, place.map_or(offset, |it| it.offset)));
            }
        }
    }
    let found = exit(code, values, &shapes(Rounds::NotYet), within);
    if !within.always_comes_to(code, last) || found.is_none() {
        return Err((Reason::Exit, end_of(code, last)));
    }
    let mut found = MapLoop {
        offset,
        loads: 0,
        stores: 0,
    };
    for instruction in within
        .blocks
        .iter()
        .flat_map(|block| &code.blocks[*block].instructions)
    {
        let refused = |reason| Err((reason, instruction.offset));
        match accessed(instruction) {
            Some((access, writes)) => {
                found.loads += usize::from(!writes);
                found.stores += usize::from(writes);
                match later.get(access.address) {
                    Shape::Varying => return refused(Reason::Address),
                    Shape::Fixed(_) if writes => return refused(Reason::SameAddress),
                    _ => {}
                }
            }
            None if may_trap(&instruction.op) && !is_safe(code, values, &instruction.op) => {
                return refused(Reason::MayTrap);
            }
            None => debug_assert!(!instruction.op.has_effect(), "{:?}", instruction.op),
        }
    }
    if found.stores * (found.loads + found.stores) > MOST_PAIRS {
        return Err((Reason::TooLarge, offset));
    }
    let counters = begin.into_iter().map(|(param, _)| param).collect();
    Ok((counters, found))
}

/// Where a block's last instruction stands, or the block.
fn end_of(code: &Code, block: usize) -> u32 {
    let block = &code.blocks[block];
    block
        .instructions
        .last()
        .map_or(block.offset, |it| it.offset)
}

/// What an instruction reads or writes, and whether it writes.
pub(super) fn accessed(instruction: &Instruction) -> Option<(&Access, bool)> {
    match &instruction.op {
        Op::Load { access, .. } => Some((access, false)),
        Op::Store(access, _) => Some((access, true)),
        _ => None,
    }
}

/// Whether an operation that may trap does not, with the constant it has: division
/// by neither 0 nor -1.
fn is_safe(code: &Code, values: &Values, op: &Op) -> bool {
    let Op::Binary(binary, a, b) = op else {
        return !matches!(op, Op::Unary(Unary::Truncate { .. }, _));
    };
    let ty = code.values[a.0 as usize];
    let minus_one = number::mask(ty);
    ty.is_float()
        || values
            .constant(code, *b)
            .is_some_and(|by| by != 0 && (*binary != Binary::DivS || by != minus_one))
}

/// What the jumps back of a block give for a parameter of the loop's first block, if
/// that is one value.
pub(super) fn given(
    code: &Code,
    values: &Values,
    within: &Loop,
    latch: usize,
    param: Value,
) -> Option<Value> {
    let header = &code.blocks[within.header];
    let place = header.params.iter().position(|known| *known == param)?;
    let jumps = code.blocks[latch].end.jumps().iter();
    let back = jumps.filter(|jump| target(jump) == within.header);
    let mut arguments = back.map(|jump| values.resolved(jump.arguments[place]));
    let first = arguments.next()?;
    arguments.all(|value| value == first).then_some(first)
}

/// The values that are added to a counter, and subtracted, to give the next one: what
/// stays the same; none if that is not what is done.
pub(super) fn way(
    code: &Code,
    values: &Values,
    shapes: &Shapes<'_>,
    next: Value,
    counter: Value,
) -> Option<Vec<(Value, bool)>> {
    let stays = |value| matches!(shapes.get(value), Shape::Fixed(_));
    let mut found = Vec::new();
    let mut at = values.resolved(next);
    while at != counter {
        let Op::Binary(binary, a, b) = values.instruction(code, at)?.op else {
            return None;
        };
        if code.values[a.0 as usize].is_float() {
            return None;
        }
        let (on, more) = match binary {
            Binary::Add if stays(b) => (a, (b, true)),
            Binary::Add if stays(a) => (b, (a, true)),
            Binary::Sub if stays(b) => (a, (b, false)),
            _ => return None,
        };
        found.push(more);
        at = values.resolved(on);
    }
    Some(found)
}

/// What ends a loop: the first time that a line compares so with what stays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exit {
    pub(super) compare: Compare,
    pub(super) ty: Type,
    pub(super) line: Shape,
    pub(super) with: Shape,
}

/// What ends a loop; none if that is something else.
pub(super) fn exit(
    code: &Code,
    values: &Values,
    shapes: &Shapes<'_>,
    within: &Loop,
) -> Option<Exit> {
    let [(block, which)] = within.exits[..] else {
        return None;
    };
    let Terminator::Branch(condition, _) = code.blocks[block].end else {
        return None;
    };
    // The first jump is taken where the condition is not zero.
    let mut holds = which == 0;
    let mut at = condition;
    loop {
        let op = values.instruction(code, at).map(|it| &it.op);
        match op {
            // What is compared with zero to turn it round.
            Some(Op::Compare(Compare::Eq, inner, zero))
                if values.constant(code, *zero) == Some(0)
                    && values
                        .instruction(code, *inner)
                        .is_some_and(|it| matches!(it.op, Op::Compare(..))) =>
            {
                at = *inner;
                holds = !holds;
            }
            Some(Op::Compare(compare, a, b)) => {
                let ty = code.values[a.0 as usize];
                if ty.is_float() {
                    return None;
                }
                let compare = if holds { *compare } else { compare.opposite() };
                return exit_of(compare, ty, shapes.get(*a), shapes.get(*b));
            }
            _ => {
                let compare = if holds { Compare::Ne } else { Compare::Eq };
                let zero = Shape::Fixed(Some(0));
                return exit_of(compare, Type::I32, shapes.get(at), zero);
            }
        }
    }
}

fn exit_of(compare: Compare, ty: Type, a: Shape, b: Shape) -> Option<Exit> {
    let (compare, line, with) = match (a, b) {
        (Shape::Varying, _) | (_, Shape::Varying) | (Shape::Line(_), Shape::Line(_)) => {
            return None;
        }
        (_, Shape::Fixed(_)) => (compare, a, b),
        (Shape::Fixed(_), _) => (compare.turned(), b, a),
    };
    Some(Exit {
        compare,
        ty,
        line,
        with,
    })
}
