//! Arithmetic on bits, as every device does it: what can be known before a launch.
//!
//! Of floats there is what code before a loop is likely to do; the rest is not known.

use super::{Binary, Compare, Type, Unary};

/// The NaN that arithmetic gives.
const NAN_32: u32 = 0x7fc0_0000;
const NAN_64: u64 = 0x7ff8_0000_0000_0000;

/// The bits of a type.
pub(in crate::gpu) fn mask(ty: Type) -> u64 {
    u64::MAX >> (64 - ty.bits())
}

/// An integer's value, with its sign.
pub(in crate::gpu) fn signed(ty: Type, bits: u64) -> i64 {
    let unused = 64 - ty.bits();
    (bits << unused).cast_signed() >> unused
}

fn single(bits: u64) -> f32 {
    f32::from_bits(low(bits))
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
fn low(bits: u64) -> u32 {
    bits as u32
}

fn of_single(value: f32) -> u64 {
    u64::from(if value.is_nan() {
        NAN_32
    } else {
        value.to_bits()
    })
}

fn of_double(value: f64) -> u64 {
    if value.is_nan() {
        NAN_64
    } else {
        value.to_bits()
    }
}

/// What an operation gives; none if it traps, or is not known here.
pub(in crate::gpu) fn unary(unary: Unary, from: Type, to: Type, bits: u64) -> Option<u64> {
    let sign = 1_u64 << (from.bits() - 1);
    Some(match (unary, from) {
        (Unary::Clz, Type::I32 | Type::I64) => u64::from(bits.leading_zeros() + from.bits() - 64),
        (Unary::Ctz, Type::I32 | Type::I64) => u64::from(bits.trailing_zeros().min(from.bits())),
        (Unary::Popcnt, _) => u64::from(bits.count_ones()),
        (Unary::Extend(width), _) => {
            let unused = 64 - u32::from(width);
            ((bits << unused).cast_signed() >> unused).cast_unsigned() & mask(to)
        }
        (Unary::Wrap, _) => bits & mask(Type::I32),
        (Unary::Widen { signed: true }, _) => signed(Type::I32, bits).cast_unsigned(),
        (Unary::Widen { signed: false } | Unary::Reinterpret, _) => bits,
        (Unary::Abs, _) => bits & !sign,
        (Unary::Neg, _) => bits ^ sign,
        (Unary::Sqrt, Type::F32) => of_single(single(bits).sqrt()),
        (Unary::Sqrt, Type::F64) => of_double(f64::from_bits(bits).sqrt()),
        (Unary::Promote, _) => of_double(f64::from(single(bits))),
        (Unary::Demote, _) => of_single(demoted(f64::from_bits(bits))),
        (Unary::Convert { signed }, _) => converted(signed, from, to, bits),
        _ => return None,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding is what it is for"
)]
fn demoted(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_precision_loss, reason = "rounding is what it is for")]
fn converted(with_sign: bool, from: Type, to: Type, bits: u64) -> u64 {
    let integer = signed(from, bits);
    match (to, with_sign) {
        (Type::F32, true) => of_single(integer as f32),
        (Type::F32, false) => of_single(bits as f32),
        (_, true) => of_double(integer as f64),
        (_, false) => of_double(bits as f64),
    }
}

/// What an operation on two values of a type gives; none if it traps, or is not
/// known here.
pub(in crate::gpu) fn binary(binary: Binary, ty: Type, a: u64, b: u64) -> Option<u64> {
    match ty {
        Type::I32 | Type::I64 => integer(binary, ty, a, b),
        Type::F32 => {
            let (a, b) = (single(a), single(b));
            Some(of_single(match binary {
                Binary::Add => a + b,
                Binary::Sub => a - b,
                Binary::Mul => a * b,
                Binary::DivS => a / b,
                _ => return None,
            }))
        }
        Type::F64 => {
            let (a, b) = (f64::from_bits(a), f64::from_bits(b));
            Some(of_double(match binary {
                Binary::Add => a + b,
                Binary::Sub => a - b,
                Binary::Mul => a * b,
                Binary::DivS => a / b,
                _ => return None,
            }))
        }
    }
}

fn integer(binary: Binary, ty: Type, a: u64, b: u64) -> Option<u64> {
    let bits = ty.bits();
    let count = low(b) & (bits - 1);
    let (sa, sb) = (signed(ty, a), signed(ty, b));
    let result = match binary {
        Binary::Add => a.wrapping_add(b),
        Binary::Sub => a.wrapping_sub(b),
        Binary::Mul => a.wrapping_mul(b),
        Binary::DivS => {
            let result = sa.checked_div(sb)?;
            // The one result that does not fit.
            if sb == -1 && sa == signed(ty, 1 << (bits - 1)) {
                return None;
            }
            result.cast_unsigned()
        }
        Binary::DivU => a.checked_div(b)?,
        Binary::RemS if sb == 0 => return None,
        Binary::RemS => sa.wrapping_rem(sb).cast_unsigned(),
        Binary::RemU => a.checked_rem(b)?,
        Binary::And => a & b,
        Binary::Or => a | b,
        Binary::Xor => a ^ b,
        Binary::Shl => a << count,
        Binary::ShrS => (sa >> count).cast_unsigned(),
        Binary::ShrU => a >> count,
        Binary::Rotl if ty == Type::I32 => u64::from(low(a).rotate_left(count)),
        Binary::Rotl => a.rotate_left(count),
        Binary::Rotr if ty == Type::I32 => u64::from(low(a).rotate_right(count)),
        Binary::Rotr => a.rotate_right(count),
        Binary::Min | Binary::Max | Binary::Copysign => return None,
    };
    Some(result & mask(ty))
}

/// Whether two values of a type compare so.
pub(in crate::gpu) fn compare(compare: Compare, ty: Type, a: u64, b: u64) -> bool {
    let order = match ty {
        Type::F32 => single(a).partial_cmp(&single(b)),
        Type::F64 => f64::from_bits(a).partial_cmp(&f64::from_bits(b)),
        Type::I32 | Type::I64 if is_signed(compare) => Some(signed(ty, a).cmp(&signed(ty, b))),
        Type::I32 | Type::I64 => Some(a.cmp(&b)),
    };
    match compare {
        Compare::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
        Compare::Ne => order.is_none_or(std::cmp::Ordering::is_ne),
        Compare::LtS | Compare::LtU => order.is_some_and(std::cmp::Ordering::is_lt),
        Compare::GtS | Compare::GtU => order.is_some_and(std::cmp::Ordering::is_gt),
        Compare::LeS | Compare::LeU => order.is_some_and(std::cmp::Ordering::is_le),
        Compare::GeS | Compare::GeU => order.is_some_and(std::cmp::Ordering::is_ge),
    }
}

/// Whether a comparison of integers takes their signs into account.
pub(in crate::gpu) fn is_signed(compare: Compare) -> bool {
    matches!(
        compare,
        Compare::LtS | Compare::GtS | Compare::LeS | Compare::GeS
    )
}
