//! Which load an out of bounds trap is of.
//!
//! Cranelift makes one instruction of a load and of what uses its value, where only
//! one does, and the trap then has the place of the user.

use std::collections::HashMap;

use crate::gpu::ir::{Code, Instruction, Op, Value};

/// The place of the access that trapped, by the place that was told. Where a user
/// has several loads it could be of, that one stays.
pub(super) fn access(code: &Code, told: u32) -> u32 {
    // Locals that are zero have the place of the function's beginning.
    let here = |it: &&Instruction| it.offset == told && !matches!(it.op, Op::Constant(_));
    let user = code.instructions().find(here);
    let Some(user) = user.filter(|user| !is_access(&user.op)) else {
        return told;
    };
    let made: HashMap<Value, &Instruction> = code
        .instructions()
        .flat_map(|it| it.results.iter().map(move |result| (*result, it)))
        .collect();
    let mut loads = Vec::new();
    let mut work = vec![user];
    while let Some(instruction) = work.pop() {
        instruction.op.uses(|value| match made.get(&value) {
            Some(made) if matches!(made.op, Op::Load { .. }) => loads.push(made.offset),
            // What only changes the width goes into the same instruction.
            Some(made) if matches!(made.op, Op::Unary(..)) => work.push(made),
            _ => {}
        });
    }
    loads.dedup();
    match loads.as_slice() {
        [load] => *load,
        _ => told,
    }
}

fn is_access(op: &Op) -> bool {
    matches!(
        op,
        Op::Load { .. }
            | Op::Store(..)
            | Op::AtomicLoad(_)
            | Op::AtomicStore(..)
            | Op::AtomicRmw(..)
            | Op::AtomicCompareExchange(..)
            | Op::MemoryFill(..)
            | Op::MemoryCopy(..)
            | Op::MemoryInit(..)
    )
}
