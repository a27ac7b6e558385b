//! Float arithmetic on bits, round to nearest even, with the NaNs of `nan.rs`.

use super::inst::{Compare, FloatHow, FloatOp, TestOp};
use super::nan;

/// One operation on two operands (`b` is ignored by those of one).
pub(super) fn binary(op: FloatOp, how: FloatHow, a: u64, b: u64) -> u64 {
    ternary(op, how, a, b, 0)
}

/// One operation on up to three operands.
pub(super) fn ternary(op: FloatOp, how: FloatHow, a: u64, b: u64, c: u64) -> u64 {
    if how.double {
        let value = f64_op(op, f64::from_bits(a), f64::from_bits(b), f64::from_bits(c));
        return match op {
            FloatOp::CopySign => value.to_bits(),
            _ if value.is_nan() => nan::F64,
            _ if how.rough => off_by_one(value.to_bits(), value == 0.0 || value.is_infinite()),
            _ => value.to_bits(),
        };
    }
    let [a, b, c] = [a, b, c].map(|bits| flush(how.ftz, f32::from_bits(bits as u32)));
    let value = flush(how.ftz && op != FloatOp::CopySign, f32_op(op, a, b, c));
    match op {
        FloatOp::CopySign => value.to_bits().into(),
        _ if value.is_nan() => nan::F32.into(),
        _ if how.rough => off_by_one(value.to_bits().into(), value == 0.0 || value.is_infinite()),
        _ => value.to_bits().into(),
    }
}

/// The neighbour away from zero; the largest number becomes infinite.
fn off_by_one(bits: u64, exact: bool) -> u64 {
    if exact { bits } else { bits + 1 }
}

/// `.ftz`: a denormal is a zero of its sign.
pub(super) fn flush(ftz: bool, value: f32) -> f32 {
    if ftz && value.is_subnormal() {
        0f32.copysign(value)
    } else {
        value
    }
}

macro_rules! operation {
    ($name:ident, $float:ty) => {
        fn $name(op: FloatOp, a: $float, b: $float, c: $float) -> $float {
            match op {
                FloatOp::Add => a + b,
                FloatOp::Sub => a - b,
                FloatOp::Mul => a * b,
                FloatOp::Div => a / b,
                // The other operand, if one is NaN.
                FloatOp::Min if a.is_nan() => b,
                FloatOp::Max if a.is_nan() => b,
                FloatOp::Min | FloatOp::Max if b.is_nan() => a,
                FloatOp::MinNan | FloatOp::MaxNan if a.is_nan() || b.is_nan() => <$float>::NAN,
                FloatOp::Min | FloatOp::MinNan if a == b => {
                    if a.is_sign_negative() {
                        a
                    } else {
                        b
                    }
                }
                FloatOp::Max | FloatOp::MaxNan if a == b => {
                    if a.is_sign_negative() {
                        b
                    } else {
                        a
                    }
                }
                FloatOp::Min | FloatOp::MinNan => {
                    if a < b {
                        a
                    } else {
                        b
                    }
                }
                FloatOp::Max | FloatOp::MaxNan => {
                    if a > b {
                        a
                    } else {
                        b
                    }
                }
                FloatOp::CopySign => b.copysign(a),
                FloatOp::Fma => a.mul_add(b, c),
                FloatOp::Sqrt => a.sqrt(),
                FloatOp::Rcp => 1.0 / a,
                FloatOp::Rsqrt => 1.0 / a.sqrt(),
                FloatOp::Neg => -a,
                FloatOp::Abs => a.abs(),
            }
        }
    };
}

operation!(f32_op, f32);
operation!(f64_op, f64);

/// `setp` of floats.
pub(super) fn compare(how: Compare, double: bool, ftz: bool, a: u64, b: u64) -> bool {
    let (a, b) = if double {
        (f64::from_bits(a), f64::from_bits(b))
    } else {
        let read = |bits: u64| f64::from(flush(ftz, f32::from_bits(bits as u32)));
        (read(a), read(b))
    };
    let unordered = a.is_nan() || b.is_nan();
    match how {
        Compare::Eq => a == b,
        // Ordered: false for NaN, unlike `!=` elsewhere.
        Compare::Ne => a != b && !unordered,
        Compare::Lt => a < b,
        Compare::Le => a <= b,
        Compare::Gt => a > b,
        Compare::Ge => a >= b,
        Compare::Equ => a == b || unordered,
        Compare::Neu => a != b,
        Compare::Ltu => a < b || unordered,
        Compare::Leu => a <= b || unordered,
        Compare::Gtu => a > b || unordered,
        Compare::Geu => a >= b || unordered,
        Compare::Num => !unordered,
        Compare::Nan => unordered,
    }
}

/// `testp`.
pub(super) fn test(op: TestOp, double: bool, bits: u64) -> bool {
    use std::num::FpCategory::{Infinite, Nan, Normal, Subnormal};
    let class = if double {
        f64::from_bits(bits).classify()
    } else {
        f32::from_bits(bits as u32).classify()
    };
    match op {
        TestOp::Finite => !matches!(class, Infinite | Nan),
        TestOp::Infinite => class == Infinite,
        TestOp::Number => class != Nan,
        TestOp::NotANumber => class == Nan,
        TestOp::Normal => class == Normal,
        TestOp::Subnormal => class == Subnormal,
    }
}

/// Products that wait to be fused: exact until a sum takes them.
///
/// They are found again by the bits of the rounded product, so that a `mov` or
/// `selp` between the two does not hide a forgotten `.rn`.
#[derive(Debug, Default, Clone)]
pub(super) struct Products {
    kept: [Product; 8],
    count: usize,
}

#[derive(Debug, Default, Clone, Copy)]
struct Product {
    rounded: u64,
    a: u64,
    b: u64,
    how: FloatHow,
}

impl Products {
    /// A new basic block begins.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// `add`, `sub` and `mul` where the program forgot a `.rn` somewhere.
    pub(super) fn run(&mut self, op: FloatOp, how: FloatHow, a: u64, b: u64) -> u64 {
        if op == FloatOp::Mul {
            let rounded = binary(op, how, a, b);
            self.kept[self.count % self.kept.len()] = Product { rounded, a, b, how };
            self.count += 1;
            return rounded;
        }
        let negative = |bits: u64| bits ^ if how.double { 1 << 63 } else { 1 << 31 };
        let addend = if op == FloatOp::Sub { negative(b) } else { b };
        if let Some(product) = self.find(how, a) {
            return ternary(FloatOp::Fma, how, product.a, product.b, addend);
        }
        if let Some(product) = self.find(how, b) {
            let factor = if op == FloatOp::Sub {
                negative(product.a)
            } else {
                product.a
            };
            return ternary(FloatOp::Fma, how, factor, product.b, a);
        }
        binary(op, how, a, b)
    }

    fn find(&self, how: FloatHow, rounded: u64) -> Option<Product> {
        let kept = &self.kept[..self.count.min(self.kept.len())];
        let fits = |product: &&Product| {
            product.rounded == rounded
                && product.how.double == how.double
                && (product.how.loose || how.loose)
        };
        kept.iter().rev().find(fits).copied()
    }
}
