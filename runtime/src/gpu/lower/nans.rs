//! Where NaNs are made canonical by who has instructions for nothing else: once, and
//! as late as can be.

use std::collections::HashMap;

use super::bits;
use crate::gpu::ir::{Binary, Code, Op, Type, Unary, Value};

/// Where NaNs are made canonical, by the offsets of instructions.
#[derive(Clone, Debug, Default)]
pub(in crate::gpu) struct Nans {
    /// What the instruction gives.
    pub(in crate::gpu) made: HashMap<u32, Type>,
    /// What the instruction stores: the sum of a loop need not be made canonical each
    /// time that something is added.
    pub(in crate::gpu) stored: HashMap<u32, Type>,
}

/// Finds out.
pub(in crate::gpu) fn nans(code: &Code) -> Nans {
    let late = late(code);
    let seen = bits::flow(code, &late);
    let mut nans = Nans::default();
    for instruction in code.instructions() {
        if let Op::Store(_, value) = instruction.op
            && late[value.0 as usize]
        {
            let ty = code.values[value.0 as usize];
            nans.stored.insert(instruction.offset, ty);
        }
        let Some(result) = instruction.results.first() else {
            continue;
        };
        let ty = code.values[result.0 as usize];
        if ty.is_float() && makes_nan(&instruction.op) && seen[result.0 as usize] {
            nans.made.insert(instruction.offset, ty);
        }
    }
    nans
}

/// The values that come from several places, none of which gives a NaN whose bits
/// have to stay.
fn late(code: &Code) -> Vec<bool> {
    let mut keeps = vec![false; code.values.len()];
    let mut merged = vec![true; code.values.len()];
    // From each value to those that may be it.
    let mut goes_to: Vec<Vec<Value>> = vec![Vec::new(); code.values.len()];
    let entry = code.blocks.first().map_or(&[][..], |block| &block.params);
    for param in entry {
        keeps[param.0 as usize] = true;
    }
    for instruction in code.instructions() {
        for result in &instruction.results {
            merged[result.0 as usize] = matches!(instruction.op, Op::Select(..));
            keeps[result.0 as usize] = match &instruction.op {
                Op::Select(_, a, b) => {
                    goes_to[a.0 as usize].push(*result);
                    goes_to[b.0 as usize].push(*result);
                    false
                }
                Op::Constant(bits) => is_nan(code.values[result.0 as usize], *bits),
                Op::Unary(Unary::Convert { .. }, _) => false,
                op => !makes_nan(op),
            };
        }
    }
    for block in &code.blocks {
        for jump in block.end.jumps() {
            let params = &code.blocks[jump.block.0 as usize].params;
            for (argument, param) in jump.arguments.iter().zip(params) {
                goes_to[argument.0 as usize].push(*param);
            }
        }
    }
    let mut work: Vec<usize> = (0..keeps.len()).filter(|value| keeps[*value]).collect();
    while let Some(value) = work.pop() {
        for to in std::mem::take(&mut goes_to[value]) {
            if !std::mem::replace(&mut keeps[to.0 as usize], true) {
                work.push(to.0 as usize);
            }
        }
    }
    let types = code.values.iter();
    types
        .zip(keeps.iter().zip(&merged))
        .map(|(ty, (keeps, merged))| ty.is_float() && !keeps && *merged)
        .collect()
}

/// Whether an operation on floats gives a NaN of other bits than those it was given.
fn makes_nan(op: &Op) -> bool {
    match op {
        Op::Unary(unary, _) => matches!(
            unary,
            Unary::Ceil
                | Unary::Floor
                | Unary::Trunc
                | Unary::Nearest
                | Unary::Sqrt
                | Unary::Demote
                | Unary::Promote
        ),
        Op::Binary(binary, ..) => *binary != Binary::Copysign,
        _ => false,
    }
}

fn is_nan(ty: Type, bits: u64) -> bool {
    match ty {
        Type::F32 => bits & 0x7fff_ffff > 0x7f80_0000,
        Type::F64 => bits & (u64::MAX >> 1) > 0x7ff0_0000_0000_0000,
        Type::I32 | Type::I64 => false,
    }
}
