//! Compares values with patterns, bit by bit.

use crate::model::{FloatPattern, LanePattern, Pattern, RefKind, Reference, Value};

/// Payload bits of a canonical NaN, and the bits below the sign, for 32 bits.
/// <https://webassembly.github.io/spec/core/syntax/values.html#canonical-nan>
const F32_CANONICAL: u32 = 0x7fc0_0000;
const F32_MAGNITUDE: u32 = 0x7fff_ffff;
const F64_CANONICAL: u64 = 0x7ff8_0000_0000_0000;
const F64_MAGNITUDE: u64 = 0x7fff_ffff_ffff_ffff;

/// Whether the value is what the pattern asks for.
pub(super) fn matches(value: &Value, pattern: &Pattern) -> bool {
    match (value, pattern) {
        (_, Pattern::Either(choices)) => choices.iter().any(|choice| matches(value, choice)),
        (Value::I32(value), Pattern::I32(wanted)) => value == wanted,
        (Value::I64(value), Pattern::I64(wanted)) => value == wanted,
        (Value::F32(bits), Pattern::F32(pattern)) => f32_matches(*bits, pattern),
        (Value::F64(bits), Pattern::F64(pattern)) => f64_matches(*bits, pattern),
        (Value::V128(bits), Pattern::V128(pattern)) => v128_matches(*bits, pattern),
        (Value::Ref(reference), pattern) => reference_matches(*reference, pattern),
        _ => false,
    }
}

fn f32_matches(bits: u32, pattern: &FloatPattern<u32>) -> bool {
    match pattern {
        FloatPattern::CanonicalNan => bits & F32_MAGNITUDE == F32_CANONICAL,
        FloatPattern::ArithmeticNan => bits & F32_CANONICAL == F32_CANONICAL,
        FloatPattern::Bits(wanted) => bits == *wanted,
    }
}

fn f64_matches(bits: u64, pattern: &FloatPattern<u64>) -> bool {
    match pattern {
        FloatPattern::CanonicalNan => bits & F64_MAGNITUDE == F64_CANONICAL,
        FloatPattern::ArithmeticNan => bits & F64_CANONICAL == F64_CANONICAL,
        FloatPattern::Bits(wanted) => bits == *wanted,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a lane is cut out of its vector"
)]
fn v128_matches(bits: u128, pattern: &LanePattern) -> bool {
    fn all<T>(lanes: &[T], width: usize, matches: impl Fn(usize, &T) -> bool) -> bool {
        lanes
            .iter()
            .enumerate()
            .all(|(index, lane)| matches(index * width, lane))
    }
    match pattern {
        LanePattern::I8x16(lanes) => all(lanes, 8, |at, lane| (bits >> at) as i8 == *lane),
        LanePattern::I16x8(lanes) => all(lanes, 16, |at, lane| (bits >> at) as i16 == *lane),
        LanePattern::I32x4(lanes) => all(lanes, 32, |at, lane| (bits >> at) as i32 == *lane),
        LanePattern::I64x2(lanes) => all(lanes, 64, |at, lane| (bits >> at) as i64 == *lane),
        LanePattern::F32x4(lanes) => {
            all(lanes, 32, |at, lane| f32_matches((bits >> at) as u32, lane))
        }
        LanePattern::F64x2(lanes) => {
            all(lanes, 64, |at, lane| f64_matches((bits >> at) as u64, lane))
        }
    }
}

fn reference_matches(reference: Reference, pattern: &Pattern) -> bool {
    match (reference, pattern) {
        (Reference::Null(_), Pattern::RefNull(None)) => true,
        (Reference::Null(kind), Pattern::RefNull(Some(wanted))) => {
            hierarchy(kind) == hierarchy(*wanted)
        }
        (Reference::Extern(_) | Reference::Some(RefKind::Extern), Pattern::RefExtern(None)) => true,
        (Reference::Extern(number), Pattern::RefExtern(Some(wanted))) => number == *wanted,
        (Reference::Host(number), Pattern::RefHost(wanted)) => number == *wanted,
        (Reference::Host(_), Pattern::Ref(wanted)) => *wanted == RefKind::Any,
        (Reference::Some(kind), Pattern::Ref(wanted)) => is_a(kind, *wanted),
        _ => false,
    }
}

/// Whether every reference of this kind is one of that kind.
fn is_a(kind: RefKind, wanted: RefKind) -> bool {
    use RefKind::{Any, Array, Eq, I31, Struct};
    kind == wanted || matches!((kind, wanted), (I31 | Struct | Array, Eq | Any) | (Eq, Any))
}

/// The top of the kind's hierarchy; each has one null.
fn hierarchy(kind: RefKind) -> RefKind {
    if is_a(kind, RefKind::Any) {
        RefKind::Any
    } else {
        kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_nans_have_either_sign_and_no_other_payload() {
        let canonical = Pattern::F32(FloatPattern::CanonicalNan);
        assert!(matches(&Value::F32(0x7fc0_0000), &canonical));
        assert!(matches(&Value::F32(0xffc0_0000), &canonical));
        assert!(!matches(&Value::F32(0x7fff_ffff), &canonical));
        assert!(!matches(&Value::F32(0x7f80_0001), &canonical));
        let arithmetic = Pattern::F64(FloatPattern::ArithmeticNan);
        assert!(matches(&Value::F64(0xfff8_0000_0000_0001), &arithmetic));
        assert!(!matches(&Value::F64(0x7ff0_0000_0000_0001), &arithmetic));
    }

    #[test]
    fn zeros_of_different_sign_differ() {
        let zero = Pattern::F32(FloatPattern::Bits(0));
        assert!(matches(&Value::F32(0), &zero));
        assert!(!matches(&Value::F32(1 << 31), &zero));
    }

    #[test]
    fn every_lane_counts() {
        let pattern = |last| Pattern::V128(LanePattern::I16x8([1, -2, 3, 4, 5, 6, 7, last]));
        let bits = 0x0008_0007_0006_0005_0004_0003_fffe_0001;
        assert!(matches(&Value::V128(bits), &pattern(8)));
        assert!(!matches(&Value::V128(bits), &pattern(9)));
    }

    #[test]
    fn kinds_of_references_nest() {
        let some = |kind| Value::Ref(Reference::Some(kind));
        assert!(matches(&some(RefKind::I31), &Pattern::Ref(RefKind::Eq)));
        assert!(matches(&some(RefKind::Struct), &Pattern::Ref(RefKind::Any)));
        assert!(!matches(
            &some(RefKind::Struct),
            &Pattern::Ref(RefKind::Array)
        ));
        assert!(!matches(&some(RefKind::Func), &Pattern::Ref(RefKind::Any)));
        let null = Value::Ref(Reference::Null(RefKind::Any));
        assert!(matches(&null, &Pattern::RefNull(Some(RefKind::I31))));
        assert!(!matches(&null, &Pattern::RefNull(Some(RefKind::Extern))));
        assert!(!matches(&null, &Pattern::Ref(RefKind::Any)));
    }

    #[test]
    fn types_must_agree() {
        assert!(!matches(&Value::I64(1), &Pattern::I32(1)));
        let either = Pattern::Either(vec![Pattern::I32(1), Pattern::I64(1)]);
        assert!(matches(&Value::I64(1), &either));
        assert!(!matches(&Value::I64(2), &either));
    }
}
