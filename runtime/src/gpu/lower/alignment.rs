//! How many of an integer's lowest bits are zero, whatever the input: an index that
//! was shifted by two is a multiple of four.

use crate::gpu::ir::{Access, Binary, Code, Op, Unary, Value};

/// What a value has that is zero.
const ALL: u32 = 64;

/// Passes over a function before nothing is known of what blocks are given: loops in
/// loops need some, and not one for each level of an attack.
const PASSES: usize = 8;

/// Whether an access is aligned whatever the input, by these counts.
pub(in crate::gpu) fn is_aligned(access: &Access, zero_bits: &[u32]) -> bool {
    let width = u32::from(access.width);
    let zeros = zero_bits[access.address.0 as usize];
    zeros >= width.trailing_zeros() && access.offset.is_multiple_of(width)
}

/// The count for each value.
pub(super) fn zero_bits(code: &Code) -> Vec<u32> {
    let constants = constants(code);
    // From the best that could be, down to what holds on every way.
    let mut zeros = vec![ALL; code.values.len()];
    let given = code.blocks.first().map(|block| block.params.as_slice());
    for param in given.unwrap_or_default() {
        zeros[param.0 as usize] = 0;
    }
    for _ in 0..PASSES {
        if !pass(code, &constants, &mut zeros) {
            return zeros;
        }
    }
    for param in code.blocks.iter().flat_map(|block| &block.params) {
        zeros[param.0 as usize] = 0;
    }
    for _ in 0..PASSES {
        if !pass(code, &constants, &mut zeros) {
            return zeros;
        }
    }
    vec![0; code.values.len()]
}

fn constants(code: &Code) -> Vec<Option<u64>> {
    let mut constants = vec![None; code.values.len()];
    for instruction in code.instructions() {
        if let (Op::Constant(bits), [result]) = (&instruction.op, instruction.results.as_slice()) {
            constants[result.0 as usize] = Some(*bits);
        }
    }
    constants
}

/// One pass; whether something was less than thought.
fn pass(code: &Code, constants: &[Option<u64>], zeros: &mut [u32]) -> bool {
    let mut changed = false;
    let mut lower = |zeros: &mut [u32], value: Value, found: u32| {
        let known = &mut zeros[value.0 as usize];
        if found < *known {
            *known = found;
            changed = true;
        }
    };
    for block in &code.blocks {
        for instruction in &block.instructions {
            for result in &instruction.results {
                let found = of(&instruction.op, constants, zeros);
                lower(zeros, *result, found);
            }
        }
        for jump in block.end.jumps() {
            let params = &code.blocks[jump.block.0 as usize].params;
            for (param, argument) in params.iter().zip(&jump.arguments) {
                let found = zeros[argument.0 as usize];
                lower(zeros, *param, found);
            }
        }
    }
    changed
}

fn of(op: &Op, constants: &[Option<u64>], zeros: &[u32]) -> u32 {
    let known = |value: &Value| zeros[value.0 as usize];
    let constant = |value: &Value| constants[value.0 as usize];
    match op {
        Op::Constant(0) => ALL,
        Op::Constant(bits) => bits.trailing_zeros(),
        Op::Unary(Unary::Wrap | Unary::Widen { .. } | Unary::Extend(_), a) => known(a),
        Op::Select(_, a, b)
        | Op::Binary(Binary::Add | Binary::Sub | Binary::Or | Binary::Xor, a, b) => {
            known(a).min(known(b))
        }
        Op::Binary(Binary::And, a, b) => known(a).max(known(b)),
        Op::Binary(Binary::Mul, a, b) => known(a).saturating_add(known(b)).min(ALL),
        // A count is taken modulo 32 or 64: one that is less than both is taken as
        // it is.
        Op::Binary(Binary::Shl, a, b) => match constant(b) {
            Some(count @ 0..32) => known(a).saturating_add(count as u32).min(ALL),
            _ => 0,
        },
        Op::Binary(Binary::ShrS | Binary::ShrU, a, b) => match constant(b) {
            Some(count @ 0..32) => known(a).saturating_sub(count as u32),
            _ => 0,
        },
        _ => 0,
    }
}
