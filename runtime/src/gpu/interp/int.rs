//! Integer arithmetic on registers of 16, 32 and 64 bits.
//!
//! Values are kept zero-extended in 64 bits; every result is cut to its width.

use super::inst::{IntOp, IntType, TernaryOp, UnaryOp};

/// `value` cut to `bits`.
pub(super) fn cut(value: u64, bits: u32) -> u64 {
    value & (u64::MAX >> (64 - bits))
}

/// `value` of `bits`, sign-extended.
pub(super) fn extend(value: u64, bits: u32) -> i64 {
    let unused = 64 - bits;
    ((value << unused) as i64) >> unused
}

/// Bits that depend on the seed and on nothing a compiler could lean on.
pub(super) fn poison(seed: u64, salt: u64) -> u64 {
    let mut x = seed ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The 64 bits of both operands as numbers of their type.
fn wide(ty: IntType, a: u64, b: u64) -> (i128, i128) {
    if ty.signed {
        (extend(a, ty.bits()).into(), extend(b, ty.bits()).into())
    } else {
        (a.into(), b.into())
    }
}

pub(super) fn binary(op: IntOp, ty: IntType, a: u64, b: u64, seed: u64) -> u64 {
    let bits = ty.bits();
    let value = match op {
        IntOp::Add => a.wrapping_add(b),
        IntOp::Sub => a.wrapping_sub(b),
        IntOp::MulLo => a.wrapping_mul(b),
        IntOp::MulHi => {
            // Two's complement: the product of 64-bit numbers fits 128 bits,
            // signed or not, if it is taken by the right type.
            if ty.signed {
                let (a, b) = wide(ty, a, b);
                ((a * b) >> bits) as u64
            } else {
                ((u128::from(a) * u128::from(b)) >> bits) as u64
            }
        }
        IntOp::MulWide => {
            let (a, b) = wide(ty, a, b);
            return cut((a * b) as u64, bits * 2);
        }
        // Nothing traps: a divisor of zero gives all ones.
        IntOp::Div if b == 0 => u64::MAX,
        IntOp::Div if ty.signed => extend(a, bits).wrapping_div(extend(b, bits)) as u64,
        IntOp::Div => a / b,
        IntOp::Rem if b == 0 || (ty.signed && extend(b, bits) == -1 && a == 1 << (bits - 1)) => {
            poison(seed, a ^ b) | 1
        }
        IntOp::Rem if ty.signed => extend(a, bits).wrapping_rem(extend(b, bits)) as u64,
        IntOp::Rem => a % b,
        IntOp::Min | IntOp::Max => {
            let less = if ty.signed {
                extend(a, bits) < extend(b, bits)
            } else {
                a < b
            };
            if less == (op == IntOp::Min) { a } else { b }
        }
        IntOp::And => a & b,
        IntOp::Or => a | b,
        IntOp::Xor => a ^ b,
        // Counts are not masked: what is too far is shifted out.
        IntOp::Shl if b >= bits.into() => 0,
        IntOp::Shl => a << b,
        IntOp::Shr if ty.signed => (extend(a, bits) >> b.min(u64::from(bits) - 1)) as u64,
        IntOp::Shr if b >= bits.into() => 0,
        IntOp::Shr => a >> b,
    };
    cut(value, bits)
}

pub(super) fn unary(op: UnaryOp, ty: IntType, a: u64) -> u64 {
    let bits = ty.bits();
    match op {
        UnaryOp::Neg => cut(a.wrapping_neg(), bits),
        UnaryOp::Abs => cut(extend(a, bits).wrapping_abs() as u64, bits),
        UnaryOp::Not => cut(!a, bits),
        UnaryOp::Clz => u64::from(a.leading_zeros() + bits - 64),
        UnaryOp::Popc => a.count_ones().into(),
        UnaryOp::Brev => a.reverse_bits() >> (64 - bits),
    }
}

pub(super) fn ternary(op: TernaryOp, ty: IntType, a: u64, b: u64, c: u64) -> u64 {
    let bits = ty.bits();
    let value = match op {
        TernaryOp::MadLo => binary(IntOp::MulLo, ty, a, b, 0).wrapping_add(c),
        TernaryOp::MadHi => binary(IntOp::MulHi, ty, a, b, 0).wrapping_add(c),
        TernaryOp::MadWide => {
            let product = binary(IntOp::MulWide, ty, a, b, 0);
            return cut(product.wrapping_add(c), bits * 2);
        }
        TernaryOp::Bfe => return extract(ty, a, b as u32 & 0xff, c as u32 & 0xff),
        // The 64 bits are b:a; of them the upper half is shifted in.
        TernaryOp::ShfLeftWrap => ((b << 32 | a) << (c & 31)) >> 32,
        TernaryOp::ShfLeftClamp => ((b << 32 | a) << c.min(32)) >> 32,
        TernaryOp::ShfRightWrap => (b << 32 | a) >> (c & 31),
        TernaryOp::ShfRightClamp => (b << 32 | a) >> c.min(32),
        TernaryOp::Prmt => permute(a, b, c),
    };
    cut(value, bits)
}

/// `bfe`: `length` bits from `start`; the sign is that of the last bit there is.
fn extract(ty: IntType, a: u64, start: u32, length: u32) -> u64 {
    let bits = ty.bits();
    let bit = |at: u32| a >> at & 1;
    let sign = if !ty.signed || length == 0 {
        0
    } else {
        bit((start + length - 1).min(bits - 1))
    };
    let mut value = 0;
    for at in 0..bits {
        let inside = at < length && start + at < bits;
        value |= (if inside { bit(start + at) } else { sign }) << at;
    }
    value
}

/// `bfi`: the low `length` bits of `a` over those of `b` from `start`.
pub(super) fn insert(bits: u32, a: u64, b: u64, start: u64, length: u64) -> u64 {
    let (start, length) = (start & 0xff, length & 0xff);
    if start >= u64::from(bits) || length == 0 {
        return b;
    }
    let field = if length >= 64 {
        u64::MAX
    } else {
        (1 << length) - 1
    };
    cut((b & !(field << start)) | ((a & field) << start), bits)
}

/// `prmt`: four bytes of the eight of b:a; bit 3 of a selector spreads the sign.
fn permute(a: u64, b: u64, selectors: u64) -> u64 {
    let bytes = (b << 32 | a).to_le_bytes();
    let mut value = 0;
    for at in 0..4 {
        let selector = (selectors >> (4 * at)) as usize & 15;
        let byte = bytes[selector & 7];
        let byte = match selector & 8 {
            0 => byte,
            _ if byte & 0x80 != 0 => 0xff,
            _ => 0,
        };
        value |= u64::from(byte) << (8 * at);
    }
    value
}

/// `lop3`: each bit of the result is the bit of `table` that the three bits name.
pub(super) fn lop3(a: u64, b: u64, c: u64, table: u8) -> u64 {
    let mut value = 0;
    for row in 0..8u32 {
        if table >> row & 1 != 0 {
            let pick = |x: u64, bit: u32| if row >> bit & 1 != 0 { x } else { !x };
            value |= pick(a, 2) & pick(b, 1) & pick(c, 0);
        }
    }
    cut(value, 32)
}
