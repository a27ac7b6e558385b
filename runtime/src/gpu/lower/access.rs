//! Which accesses need no check of their bounds, and which loads are one.
//!
//! A memory never shrinks: what was in bounds once is in bounds for good. So an
//! address that was checked on every way to an access is not checked there again.
//! Loads from one address after the other, with nothing between that could be seen
//! from outside or trap, are checked together; which of them traps is found out only
//! when one does.

use std::collections::HashMap;

use crate::gpu::ir::graph::{Dominators, reverse_postorder};
use crate::gpu::ir::{Access, Binary, Block, Code, Instruction, Op, Space, Unary, Value};

/// How the bounds of an access are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gpu) enum Check {
    /// Not at all: it is in bounds for sure.
    Known,
    /// By itself, if it is an access.
    Own,
    /// Together with what follows: where each load stands in the module, and its
    /// offset and width, in their order. The last one reaches furthest.
    Together(Vec<(u32, Access)>),
}

/// How a load is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gpu) enum Loaded {
    /// By itself.
    Alone,
    /// With these, in the order of their addresses, all of the same width: it comes
    /// first.
    Vector(Vec<Value>),
    /// With one before it.
    Before,
}

/// What was found out, by block and instruction.
pub(super) struct Accesses {
    pub(super) checks: Vec<Vec<Check>>,
    pub(super) loads: Vec<Vec<Loaded>>,
}

pub(super) fn accesses(code: &Code, zero_bits: &[u32]) -> Accesses {
    let count = |block: &Block| block.instructions.len();
    let mut found = Accesses {
        // What is never reached is checked as anything.
        checks: code
            .blocks
            .iter()
            .map(|it| vec![Check::Own; count(it)])
            .collect(),
        loads: code
            .blocks
            .iter()
            .map(|it| vec![Loaded::Alone; count(it)])
            .collect(),
    };
    let tree = Dominators::of(code, &reverse_postorder(code));
    // What is known on the way down the tree, and how to forget it on the way up.
    let mut known = Known::default();
    let mut work = vec![Step::Enter(0)];
    while let Some(step) = work.pop() {
        match step {
            Step::Forget(length) => known.forget(length),
            Step::Enter(block) => {
                work.push(Step::Forget(known.changes.len()));
                in_block(code, block, zero_bits, &mut known, &mut found);
                work.extend(tree.children[block].iter().map(|child| Step::Enter(*child)));
            }
        }
    }
    found
}

enum Step {
    Enter(usize),
    Forget(usize),
}

/// For each memory and address, up to where it was in bounds.
#[derive(Default)]
struct Known {
    ends: HashMap<(bool, Value), u64>,
    changes: Vec<((bool, Value), Option<u64>)>,
}

impl Known {
    fn key(access: &Access) -> (bool, Value) {
        (access.space == Space::Arena, access.address)
    }

    /// Whether an access is in bounds for sure; if not, it is from here on.
    fn check(&mut self, access: &Access) -> bool {
        let key = Known::key(access);
        let before = self.ends.get(&key).copied();
        let end = end(access);
        if before.is_some_and(|before| before >= end) {
            return true;
        }
        self.ends.insert(key, end);
        self.changes.push((key, before));
        false
    }

    fn forget(&mut self, length: usize) {
        for (key, before) in self.changes.drain(length..).rev() {
            match before {
                Some(before) => self.ends.insert(key, before),
                None => self.ends.remove(&key),
            };
        }
    }
}

/// How far from its address an access reaches, in bytes.
pub(in crate::gpu) fn end(access: &Access) -> u64 {
    u64::from(access.offset) + u64::from(access.width)
}

fn in_block(
    code: &Code,
    number: usize,
    zero_bits: &[u32],
    known: &mut Known,
    found: &mut Accesses,
) {
    let instructions = &code.blocks[number].instructions;
    let (checks, loads) = (&mut found.checks[number], &mut found.loads[number]);
    // Up to where loads are in a group already.
    let mut grouped = 0;
    for (at, instruction) in instructions.iter().enumerate() {
        let Some(access) = instruction.op.access().copied() else {
            continue;
        };
        let group = match instruction.op {
            Op::Load { .. } if at >= grouped => group(&instructions[at..]),
            _ => Vec::new(),
        };
        if let [_, .., (last, ..)] = group.as_slice() {
            grouped = at + last + 1;
            vectors(code, &group, zero_bits, loads, at);
        }
        let furthest = group.last().map_or(access, |(_, _, access)| *access);
        checks[at] = if furthest.proved.bounds || known.check(&furthest) {
            Check::Known
        } else if group.len() > 1 {
            let members = group.iter();
            Check::Together(
                members
                    .map(|(_, it, access)| (it.offset, *access))
                    .collect(),
            )
        } else {
            Check::Own
        };
    }
}

/// The first of these, which is a load, and those after it that can be checked with
/// it: from the same address, each reaching further, and nothing between them that
/// writes, waits or traps.
fn group(instructions: &[Instruction]) -> Vec<(usize, &Instruction, Access)> {
    let mut group: Vec<(usize, &Instruction, Access)> = Vec::new();
    for (at, instruction) in instructions.iter().enumerate() {
        match &instruction.op {
            Op::Load { access, .. } => {
                if let Some((_, _, last)) = group.last()
                    && ((last.space, last.address) != (access.space, access.address)
                        || end(last) >= end(access))
                {
                    break;
                }
                group.push((at, instruction, *access));
            }
            op if is_quiet(op) => {}
            _ => break,
        }
    }
    group
}

/// Whether an instruction neither traps nor touches what others see.
pub(super) fn is_quiet(op: &Op) -> bool {
    match op {
        Op::Constant(_) | Op::Compare(..) | Op::Select(..) | Op::GlobalGet(_) | Op::Position(_) => {
            true
        }
        Op::Unary(unary, _) => !matches!(
            unary,
            Unary::Truncate {
                saturating: false,
                ..
            }
        ),
        // Of floats too: that is as careful as it has to be.
        Op::Binary(binary, ..) => !matches!(
            binary,
            Binary::DivS | Binary::DivU | Binary::RemS | Binary::RemU
        ),
        _ => false,
    }
}

/// Finds loads of a group that lie side by side, so that two or four are one.
fn vectors(
    code: &Code,
    group: &[(usize, &Instruction, Access)],
    zero_bits: &[u32],
    loads: &mut [Loaded],
    first: usize,
) {
    let mut at = 0;
    while at < group.len() {
        let count = [4, 2].into_iter().find(|count| {
            group
                .get(at..at + count)
                .is_some_and(|loads| is_vector(code, loads, zero_bits))
        });
        let Some(count) = count else {
            at += 1;
            continue;
        };
        let parts = &group[at..at + count];
        let results = parts.iter().filter_map(|(_, it, _)| it.results.first());
        loads[first + parts[0].0] = Loaded::Vector(results.copied().collect());
        for (place, ..) in &parts[1..] {
            loads[first + place] = Loaded::Before;
        }
        at += count;
    }
}

/// Whether loads fill one aligned vector: at most 16 bytes, of parts of 4 or 8.
fn is_vector(code: &Code, loads: &[(usize, &Instruction, Access)], zero_bits: &[u32]) -> bool {
    let Some((_, _, first)) = loads.first() else {
        return false;
    };
    let width = u32::from(first.width);
    let bytes = width * u32::try_from(loads.len()).unwrap_or(u32::MAX);
    let aligned = bytes.trailing_zeros();
    let sides = loads.windows(2).all(|pair| {
        pair[0].2.width == pair[1].2.width
            && pair[1].2.offset == pair[0].2.offset.wrapping_add(width)
    });
    let is_whole = |(_, instruction, _): &(usize, &Instruction, Access)| {
        // What is extended to a wider type is not read so.
        let ty = instruction
            .results
            .first()
            .map(|result| code.values[result.0 as usize]);
        ty.is_some_and(|ty| ty.bits() == 8 * width)
    };
    width >= 4
        && bytes <= 16
        && sides
        && loads.iter().all(is_whole)
        && zero_bits[first.address.0 as usize] >= aligned
        && first.offset % bytes == 0
}
