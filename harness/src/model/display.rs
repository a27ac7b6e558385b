//! Values and patterns as a reader of reports wants to see them: the text
//! format's constants, floats with their bits.

use std::fmt;

use super::{FloatPattern, LanePattern, Pattern, RefKind, Reference, Value};

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::I32(value) => write!(f, "(i32.const {value})"),
            Value::I64(value) => write!(f, "(i64.const {value})"),
            Value::F32(bits) => {
                write!(f, "(f32.const {})", F32(&FloatPattern::Bits(*bits)))
            }
            Value::F64(bits) => {
                write!(f, "(f64.const {})", F64(&FloatPattern::Bits(*bits)))
            }
            Value::V128(bits) => {
                write!(f, "(v128.const i32x4")?;
                for lane in 0..4 {
                    #[expect(clippy::cast_possible_truncation, reason = "one lane is meant")]
                    let lane = (bits >> (32 * lane)) as u32;
                    write!(f, " {lane:#010x}")?;
                }
                f.write_str(")")
            }
            Value::Ref(reference) => reference.fmt(f),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Null(kind) => write!(f, "(ref.null {kind})"),
            Reference::Extern(number) => write!(f, "(ref.extern {number})"),
            Reference::Host(number) => write!(f, "(ref.host {number})"),
            Reference::Some(kind) => write!(f, "(ref.{kind})"),
        }
    }
}

impl fmt::Display for RefKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RefKind::Func => "func",
            RefKind::Extern => "extern",
            RefKind::Any => "any",
            RefKind::Eq => "eq",
            RefKind::I31 => "i31",
            RefKind::Struct => "struct",
            RefKind::Array => "array",
            RefKind::Exn => "exn",
            RefKind::Cont => "cont",
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::I32(value) => write!(f, "(i32.const {value})"),
            Pattern::I64(value) => write!(f, "(i64.const {value})"),
            Pattern::F32(pattern) => write!(f, "(f32.const {})", F32(pattern)),
            Pattern::F64(pattern) => write!(f, "(f64.const {})", F64(pattern)),
            Pattern::V128(lanes) => write!(f, "(v128.const {lanes})"),
            Pattern::RefNull(None) => f.write_str("(ref.null)"),
            Pattern::RefNull(Some(kind)) => write!(f, "(ref.null {kind})"),
            Pattern::RefExtern(None) => f.write_str("(ref.extern)"),
            Pattern::RefExtern(Some(number)) => write!(f, "(ref.extern {number})"),
            Pattern::RefHost(number) => write!(f, "(ref.host {number})"),
            Pattern::Ref(kind) => write!(f, "(ref.{kind})"),
            Pattern::Either(choices) => {
                f.write_str("(either")?;
                for choice in choices {
                    write!(f, " {choice}")?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for LanePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn lanes(
            f: &mut fmt::Formatter<'_>,
            shape: &str,
            lanes: impl IntoIterator<Item = impl fmt::Display>,
        ) -> fmt::Result {
            f.write_str(shape)?;
            lanes.into_iter().try_for_each(|lane| write!(f, " {lane}"))
        }
        match self {
            LanePattern::I8x16(values) => lanes(f, "i8x16", values),
            LanePattern::I16x8(values) => lanes(f, "i16x8", values),
            LanePattern::I32x4(values) => {
                lanes(f, "i32x4", values.map(|lane| format!("{lane:#010x}")))
            }
            LanePattern::I64x2(values) => {
                lanes(f, "i64x2", values.map(|lane| format!("{lane:#018x}")))
            }
            LanePattern::F32x4(values) => lanes(f, "f32x4", values.iter().map(F32)),
            LanePattern::F64x2(values) => lanes(f, "f64x2", values.iter().map(F64)),
        }
    }
}

struct F32<'a>(&'a FloatPattern<u32>);

impl fmt::Display for F32<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            FloatPattern::CanonicalNan => f.write_str("nan:canonical"),
            FloatPattern::ArithmeticNan => f.write_str("nan:arithmetic"),
            FloatPattern::Bits(bits) => {
                let sign = if bits >> 31 == 1 { "-" } else { "" };
                let value = f32::from_bits(*bits);
                if value.is_nan() {
                    write!(f, "{sign}nan:{:#x}", bits & 0x7f_ffff)
                } else {
                    write!(f, "{value:?} [{bits:#010x}]")
                }
            }
        }
    }
}

struct F64<'a>(&'a FloatPattern<u64>);

impl fmt::Display for F64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            FloatPattern::CanonicalNan => f.write_str("nan:canonical"),
            FloatPattern::ArithmeticNan => f.write_str("nan:arithmetic"),
            FloatPattern::Bits(bits) => {
                let sign = if bits >> 63 == 1 { "-" } else { "" };
                let value = f64::from_bits(*bits);
                if value.is_nan() {
                    write!(f, "{sign}nan:{:#x}", bits & 0xf_ffff_ffff_ffff)
                } else {
                    write!(f, "{value:?} [{bits:#018x}]")
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_show_their_bits_and_nans_their_payload() {
        assert_eq!(
            Value::F32(0x3fc0_0000).to_string(),
            "(f32.const 1.5 [0x3fc00000])"
        );
        assert_eq!(
            Value::F64(0xfff8_0000_0000_0001).to_string(),
            "(f64.const -nan:0x8000000000001)"
        );
    }

    #[test]
    fn vectors_show_lane_zero_first() {
        assert_eq!(
            Value::V128(1 << 96 | 0xab).to_string(),
            "(v128.const i32x4 0x000000ab 0x00000000 0x00000000 0x00000001)"
        );
    }
}
