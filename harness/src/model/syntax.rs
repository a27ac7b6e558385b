//! Constants and result patterns of the script format, as model values.

use wast::core::{
    AbstractHeapType, HeapType, NanPattern, V128Const, V128Pattern, WastArgCore, WastRetCore,
};
use wast::parser::{self, Parse, ParseBuffer, Parser};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

use super::{FloatPattern, LanePattern, Pattern, RefKind, Reference, Value};

/// The value an argument stands for; an error is its description.
///
/// # Errors
///
/// An argument no core function takes.
pub fn argument(argument: &WastArg<'_>) -> Result<Value, String> {
    match argument {
        WastArg::Core(core) => core_argument(core),
        other => Err(format!("{other:?} is not an argument of a core function")),
    }
}

/// The pattern a result stands for.
///
/// # Errors
///
/// A result no core function gives.
pub fn pattern(result: &WastRet<'_>) -> Result<Pattern, String> {
    match result {
        WastRet::Core(core) => core_pattern(core),
        other => Err(format!("{other:?} is not a result of a core function")),
    }
}

/// Parses arguments as `(i32.const 1) (f32.const nan)`.
///
/// # Errors
///
/// What does not parse.
pub fn parse_arguments(text: &str) -> Result<Vec<Value>, String> {
    let buffer = ParseBuffer::new(text).map_err(|error| error.message())?;
    let list = parser::parse::<List<WastArg<'_>>>(&buffer).map_err(|error| error.message())?;
    list.0.iter().map(argument).collect()
}

/// Parses results as `(i32.const 1) (f32.const nan:canonical)`.
///
/// # Errors
///
/// What does not parse.
pub fn parse_patterns(text: &str) -> Result<Vec<Pattern>, String> {
    let buffer = ParseBuffer::new(text).map_err(|error| error.message())?;
    let list = parser::parse::<List<WastRet<'_>>>(&buffer).map_err(|error| error.message())?;
    list.0.iter().map(pattern).collect()
}

struct List<T>(Vec<T>);

impl<'a, T: Parse<'a>> Parse<'a> for List<T> {
    fn parse(parser: Parser<'a>) -> parser::Result<Self> {
        let mut items = Vec::new();
        while !parser.is_empty() {
            items.push(parser.parens(|parser| parser.parse())?);
        }
        Ok(List(items))
    }
}

fn core_argument(argument: &WastArgCore<'_>) -> Result<Value, String> {
    Ok(match argument {
        WastArgCore::I32(value) => Value::I32(*value),
        WastArgCore::I64(value) => Value::I64(*value),
        WastArgCore::F32(value) => Value::F32(value.bits),
        WastArgCore::F64(value) => Value::F64(value.bits),
        WastArgCore::V128(value) => Value::V128(vector(value)),
        WastArgCore::RefNull(heap) => Value::Ref(Reference::Null(ref_kind(heap)?)),
        WastArgCore::RefExtern(number) => Value::Ref(Reference::Extern(*number)),
        WastArgCore::RefHost(number) => Value::Ref(Reference::Host(*number)),
    })
}

fn core_pattern(result: &WastRetCore<'_>) -> Result<Pattern, String> {
    Ok(match result {
        WastRetCore::I32(value) => Pattern::I32(*value),
        WastRetCore::I64(value) => Pattern::I64(*value),
        WastRetCore::F32(value) => Pattern::F32(f32_pattern(value)),
        WastRetCore::F64(value) => Pattern::F64(f64_pattern(value)),
        WastRetCore::V128(value) => Pattern::V128(match value {
            V128Pattern::I8x16(lanes) => LanePattern::I8x16(*lanes),
            V128Pattern::I16x8(lanes) => LanePattern::I16x8(*lanes),
            V128Pattern::I32x4(lanes) => LanePattern::I32x4(*lanes),
            V128Pattern::I64x2(lanes) => LanePattern::I64x2(*lanes),
            V128Pattern::F32x4(lanes) => LanePattern::F32x4(lanes.each_ref().map(f32_pattern)),
            V128Pattern::F64x2(lanes) => LanePattern::F64x2(lanes.each_ref().map(f64_pattern)),
        }),
        WastRetCore::RefNull(heap) => Pattern::RefNull(heap.as_ref().map(ref_kind).transpose()?),
        WastRetCore::RefExtern(number) => Pattern::RefExtern(*number),
        WastRetCore::RefHost(number) => Pattern::RefHost(*number),
        WastRetCore::RefFunc(_) => Pattern::Ref(RefKind::Func),
        WastRetCore::RefAny => Pattern::Ref(RefKind::Any),
        WastRetCore::RefEq => Pattern::Ref(RefKind::Eq),
        WastRetCore::RefArray => Pattern::Ref(RefKind::Array),
        WastRetCore::RefStruct => Pattern::Ref(RefKind::Struct),
        WastRetCore::RefI31 | WastRetCore::RefI31Shared => Pattern::Ref(RefKind::I31),
        WastRetCore::Either(choices) => {
            Pattern::Either(choices.iter().map(core_pattern).collect::<Result<_, _>>()?)
        }
    })
}

fn f32_pattern(pattern: &NanPattern<F32>) -> FloatPattern<u32> {
    match pattern {
        NanPattern::CanonicalNan => FloatPattern::CanonicalNan,
        NanPattern::ArithmeticNan => FloatPattern::ArithmeticNan,
        NanPattern::Value(value) => FloatPattern::Bits(value.bits),
    }
}

fn f64_pattern(pattern: &NanPattern<F64>) -> FloatPattern<u64> {
    match pattern {
        NanPattern::CanonicalNan => FloatPattern::CanonicalNan,
        NanPattern::ArithmeticNan => FloatPattern::ArithmeticNan,
        NanPattern::Value(value) => FloatPattern::Bits(value.bits),
    }
}

fn vector(value: &V128Const) -> u128 {
    u128::from_le_bytes(value.to_le_bytes())
}

/// The kind whose null a heap type has; nulls of one hierarchy are the same.
fn ref_kind(heap: &HeapType<'_>) -> Result<RefKind, String> {
    use AbstractHeapType as A;
    match heap {
        HeapType::Abstract { ty, .. } => Ok(match ty {
            A::Func | A::NoFunc => RefKind::Func,
            A::Extern | A::NoExtern => RefKind::Extern,
            A::Exn | A::NoExn => RefKind::Exn,
            A::Cont | A::NoCont => RefKind::Cont,
            A::Any | A::Eq | A::Struct | A::Array | A::I31 | A::None => RefKind::Any,
        }),
        // A concrete type's hierarchy cannot be told without its module.
        HeapType::Concrete(_) | HeapType::Exact(_) => {
            Err("a null of a concrete type is not supported in scripts".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_keep_their_bits() {
        let values = parse_arguments(
            "(i32.const -1) (f32.const nan:0x200000) (f64.const -0) (ref.extern 7) \
             (v128.const i32x4 1 2 3 0xffffffff)",
        )
        .unwrap();
        assert_eq!(
            values,
            [
                Value::I32(-1),
                Value::F32(0x7fa0_0000),
                Value::F64(1 << 63),
                Value::Ref(Reference::Extern(7)),
                Value::V128(0xffff_ffff_0000_0003_0000_0002_0000_0001),
            ]
        );
    }

    #[test]
    fn patterns_are_read_and_errors_named() {
        let patterns =
            parse_patterns("(either (i32.const 1) (f64.const nan:arithmetic)) (ref.null)").unwrap();
        assert_eq!(
            patterns,
            [
                Pattern::Either(vec![
                    Pattern::I32(1),
                    Pattern::F64(FloatPattern::ArithmeticNan)
                ]),
                Pattern::RefNull(None),
            ]
        );
        assert!(parse_arguments("(i32.const one)").is_err());
        assert!(parse_arguments("(i32.const 1").is_err());
    }
}
