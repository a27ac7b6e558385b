//! `atom` and `red` on the bytes of one word.

use super::super::float;
use super::super::inst::{Atom, AtomOp, FloatHow, FloatOp, IntOp, IntType};
use super::super::int;

/// What the word becomes.
pub(super) fn updated(atom: &Atom, old: u64, b: u64, c: u64) -> u64 {
    let ty = IntType::from(atom.ty);
    let int = |op| int::binary(op, ty, old, b, 0);
    match atom.op {
        AtomOp::Add => int(IntOp::Add),
        AtomOp::And => int(IntOp::And),
        AtomOp::Or => int(IntOp::Or),
        AtomOp::Xor => int(IntOp::Xor),
        AtomOp::Min => int(IntOp::Min),
        AtomOp::Max => int(IntOp::Max),
        AtomOp::Exch => b,
        AtomOp::Cas if old == b => c,
        AtomOp::Cas => old,
        AtomOp::Inc if old >= b => 0,
        AtomOp::Inc => old + 1,
        AtomOp::Dec if old == 0 || old > b => b,
        AtomOp::Dec => old - 1,
        AtomOp::FloatAdd => {
            // Atomic f32 additions flush denormals in global memory.
            let double = atom.ty.bits == 64;
            let how = FloatHow {
                double,
                ftz: !double,
                ..FloatHow::default()
            };
            float::binary(FloatOp::Add, how, old, b)
        }
    }
}
