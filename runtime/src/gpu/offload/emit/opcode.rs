//! The opcodes of instructions that take values and give one: the section "Binary
//! Format, Instructions" of the specification. Those of one kind and type follow each
//! other there as they do in [`ir`](crate::gpu::ir).

use crate::gpu::ir::{Binary, Compare, Type, Unary};

/// Of a constant; its bits follow.
pub(super) fn constant(ty: Type) -> u8 {
    by_type(ty, [0x41, 0x42, 0x43, 0x44])
}

/// Of an operation on one value.
pub(super) fn unary(unary: Unary, from: Type, to: Type) -> Vec<u8> {
    let float = |at| by_type(from, [0, 0, 0x8b, 0x99]) + at;
    let integer = |at| by_type(from, [0x67, 0x79, 0, 0]) + at;
    let without_sign = |signed: bool| u8::from(!signed);
    // An integer and a float: f32 first, then f64; of each with a sign, then without.
    let pair = |float: Type, signed| 2 * u8::from(float == Type::F64) + without_sign(signed);
    let code = match unary {
        Unary::Clz => integer(0),
        Unary::Ctz => integer(1),
        Unary::Popcnt => integer(2),
        Unary::Abs => float(0),
        Unary::Neg => float(1),
        Unary::Ceil => float(2),
        Unary::Floor => float(3),
        Unary::Trunc => float(4),
        Unary::Nearest => float(5),
        Unary::Sqrt => float(6),
        Unary::Wrap => 0xa7,
        Unary::Truncate {
            signed,
            saturating: true,
        } => {
            let first = if to == Type::I32 { 0 } else { 4 };
            return vec![0xfc, first + pair(from, signed)];
        }
        Unary::Truncate { signed, .. } => by_type(to, [0xa8, 0xae, 0, 0]) + pair(from, signed),
        Unary::Widen { signed } => 0xac + without_sign(signed),
        // To f32 of i32 and i64, then to f64.
        Unary::Convert { signed } => {
            let first = by_type(to, [0, 0, 0xb2, 0xb7]);
            first + 2 * u8::from(from == Type::I64) + without_sign(signed)
        }
        Unary::Demote => 0xb6,
        Unary::Promote => 0xbb,
        Unary::Reinterpret => by_type(to, [0xbc, 0xbd, 0xbe, 0xbf]),
        Unary::Extend(8) => by_type(to, [0xc0, 0xc2, 0, 0]),
        Unary::Extend(16) => by_type(to, [0xc1, 0xc3, 0, 0]),
        Unary::Extend(_) => 0xc4,
    };
    vec![code]
}

/// Of an operation on two values of a type.
pub(super) fn binary(binary: Binary, ty: Type) -> u8 {
    if !ty.is_float() {
        return by_type(ty, [0x6a, 0x7c, 0, 0]) + binary as u8;
    }
    let at = match binary {
        Binary::Add => 0,
        Binary::Sub => 1,
        Binary::Mul => 2,
        Binary::Min => 4,
        Binary::Max => 5,
        Binary::Copysign => 6,
        _ => 3,
    };
    by_type(ty, [0, 0, 0x92, 0xa0]) + at
}

/// Of a comparison of two values of a type.
pub(super) fn compare(compare: Compare, ty: Type) -> u8 {
    if !ty.is_float() {
        return by_type(ty, [0x46, 0x51, 0, 0]) + compare as u8;
    }
    let at = match compare {
        Compare::Eq => 0,
        Compare::Ne => 1,
        Compare::LtS | Compare::LtU => 2,
        Compare::GtS | Compare::GtU => 3,
        Compare::LeS | Compare::LeU => 4,
        Compare::GeS | Compare::GeU => 5,
    };
    by_type(ty, [0, 0, 0x5b, 0x61]) + at
}

/// Of a load to a type.
pub(super) fn load(ty: Type, width: u8, signed: bool) -> u8 {
    let unsigned = u8::from(!signed);
    match (ty, width) {
        (Type::I32, 4) => 0x28,
        (Type::I64, 8) => 0x29,
        (Type::F32, _) => 0x2a,
        (Type::F64, _) => 0x2b,
        (Type::I32, 1) => 0x2c + unsigned,
        (Type::I32, _) => 0x2e + unsigned,
        (Type::I64, 1) => 0x30 + unsigned,
        (Type::I64, 2) => 0x32 + unsigned,
        (Type::I64, _) => 0x34 + unsigned,
    }
}

/// Of a store of a type.
pub(super) fn store(ty: Type, width: u8) -> u8 {
    match (ty, width) {
        (Type::I32, 4) => 0x36,
        (Type::I64, 8) => 0x37,
        (Type::F32, _) => 0x38,
        (Type::F64, _) => 0x39,
        (Type::I32, 1) => 0x3a,
        (Type::I32, _) => 0x3b,
        (Type::I64, 1) => 0x3c,
        (Type::I64, 2) => 0x3d,
        (Type::I64, _) => 0x3e,
    }
}

/// One of each type.
fn by_type(ty: Type, [i32, i64, f32, f64]: [u8; 4]) -> u8 {
    match ty {
        Type::I32 => i32,
        Type::I64 => i64,
        Type::F32 => f32,
        Type::F64 => f64,
    }
}
