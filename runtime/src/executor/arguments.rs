//! Arguments and results as JSON, typed by the signature of the export.
//!
//! | type | argument | result |
//! |---|---|---|
//! | `i32` | a whole number from −2³¹ to 2³² − 1 | signed |
//! | `i64` | a whole number from −2⁶³ to 2⁶⁴ − 1 | signed |
//! | `f32`, `f64` | a number; `"inf"`, `"-inf"`; `"nan"`, the canonical NaN; `"nan:0x7fa00000"`, a NaN by all its bits | likewise |
//! | `v128` | `"0x"` and 32 hexadecimal digits, the most significant first; or 16 bytes, lane 0 first | hexadecimal |
//! | references | refused | refused |

use serde_json::Value;
use serde_json::value::RawValue;
use wasmtime::{FuncType, V128, Val, ValType};

const CANONICAL_F32: u32 = 0x7fc0_0000;
const CANONICAL_F64: u64 = 0x7ff8_0000_0000_0000;

/// Arguments that do not fit a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentError {
    /// The text is not a JSON array.
    #[error("the arguments are not a JSON array: {0}")]
    NotAnArray(String),
    /// Too many or too few.
    #[error("the function takes {expected} arguments and was given {given}: its type is {ty}")]
    Count {
        /// How many the function takes.
        expected: usize,
        /// How many there were.
        given: usize,
        /// The function's type.
        ty: String,
    },
    /// One does not fit its type.
    #[error("argument {index} is not of type {ty}: {given} is not {wanted}")]
    Value {
        /// Which, from 0.
        index: usize,
        /// The parameter's type.
        ty: String,
        /// What was given.
        given: String,
        /// What the type takes.
        wanted: &'static str,
    },
    /// The parameter is a reference, which JSON cannot express.
    #[error("argument {index} is of type {ty}: a reference cannot be passed as JSON")]
    Reference {
        /// Which, from 0.
        index: usize,
        /// The parameter's type.
        ty: String,
    },
}

/// A result that JSON cannot express.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("result {index} is a reference ({ty}), which cannot be written as JSON")]
pub struct ResultError {
    /// Which, from 0.
    pub index: usize,
    /// The kind of reference.
    pub ty: &'static str,
}

/// Reads a JSON array of arguments for a function of type `ty`.
///
/// # Errors
///
/// Another number of arguments than the function has parameters, or one that
/// does not fit: the error names its index and its type.
pub fn arguments_from_json(ty: &FuncType, json: &str) -> Result<Vec<Val>, ArgumentError> {
    // Numbers stay text until their type is known: an f32 read by way of f64
    // would be rounded twice, and a u64 would lose its last digits.
    let given: Vec<&RawValue> =
        serde_json::from_str(json).map_err(|error| ArgumentError::NotAnArray(error.to_string()))?;
    if given.len() != ty.params().len() {
        return Err(ArgumentError::Count {
            expected: ty.params().len(),
            given: given.len(),
            ty: ty.to_string(),
        });
    }
    let arguments = ty.params().zip(given).enumerate();
    arguments
        .map(|(index, (ty, value))| argument(index, &ty, value.get()))
        .collect()
}

fn argument(index: usize, ty: &ValType, json: &str) -> Result<Val, ArgumentError> {
    let (value, wanted) = match ty {
        ValType::I32 => (i32(json), "a whole number from -2147483648 to 4294967295"),
        ValType::I64 => (
            i64(json),
            "a whole number from -9223372036854775808 to 18446744073709551615",
        ),
        ValType::F32 => (
            f32(json),
            "a number in the range of f32, \"inf\", \"-inf\", \"nan\", \
             or a NaN with all its bits, as \"nan:0x7fc00001\"",
        ),
        ValType::F64 => (
            f64(json),
            "a number in the range of f64, \"inf\", \"-inf\", \"nan\", \
             or a NaN with all its bits, as \"nan:0x7ff8000000000001\"",
        ),
        ValType::V128 => (
            v128(json),
            "\"0x\" and 32 hexadecimal digits, or an array of 16 bytes, lane 0 first",
        ),
        ValType::Ref(_) => {
            let ty = ty.to_string();
            return Err(ArgumentError::Reference { index, ty });
        }
    };
    value.ok_or_else(|| ArgumentError::Value {
        index,
        ty: ty.to_string(),
        given: shortened(json),
        wanted,
    })
}

/// The bits of an integer type do not say whether it is signed, so both
/// readings are taken.
fn i32(json: &str) -> Option<Val> {
    let signed = json.parse::<i32>().ok();
    let value = signed.or_else(|| json.parse().ok().map(u32::cast_signed));
    value.map(Val::I32)
}

fn i64(json: &str) -> Option<Val> {
    let signed = json.parse::<i64>().ok();
    let value = signed.or_else(|| json.parse().ok().map(u64::cast_signed));
    value.map(Val::I64)
}

fn f32(json: &str) -> Option<Val> {
    let bits = match string(json) {
        Some(text) => match text.as_str() {
            "nan" => CANONICAL_F32,
            "inf" => f32::INFINITY.to_bits(),
            "-inf" => f32::NEG_INFINITY.to_bits(),
            text => {
                let digits = text.strip_prefix("nan:").and_then(|bits| hex(bits, 8))?;
                let bits = u32::try_from(digits).ok()?;
                f32::from_bits(bits).is_nan().then_some(bits)?
            }
        },
        None => {
            let value: f32 = json.parse().ok()?;
            value.is_finite().then(|| value.to_bits())?
        }
    };
    Some(Val::F32(bits))
}

fn f64(json: &str) -> Option<Val> {
    let bits = match string(json) {
        Some(text) => match text.as_str() {
            "nan" => CANONICAL_F64,
            "inf" => f64::INFINITY.to_bits(),
            "-inf" => f64::NEG_INFINITY.to_bits(),
            text => {
                let digits = text.strip_prefix("nan:").and_then(|bits| hex(bits, 16))?;
                let bits = u64::try_from(digits).ok()?;
                f64::from_bits(bits).is_nan().then_some(bits)?
            }
        },
        None => {
            let value: f64 = json.parse().ok()?;
            value.is_finite().then(|| value.to_bits())?
        }
    };
    Some(Val::F64(bits))
}

fn v128(json: &str) -> Option<Val> {
    let bits = match string(json) {
        Some(text) => hex(&text, 32)?,
        None => u128::from_le_bytes(serde_json::from_str(json).ok()?),
    };
    Some(Val::V128(V128::from(bits)))
}

fn string(json: &str) -> Option<String> {
    serde_json::from_str(json).ok()
}

/// Exactly as many digits as the type has: a missing one is more likely a
/// mistake than a small number.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let text = text.strip_prefix("0x")?;
    let well_formed = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    well_formed.then(|| u128::from_str_radix(text, 16).ok())?
}

/// What was given, for an error that fits on a line.
fn shortened(json: &str) -> String {
    const LONGEST: usize = 60;
    match json.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &json[..end]),
        None => json.to_owned(),
    }
}

/// Writes results as a JSON array.
///
/// # Errors
///
/// A result is a reference.
pub fn values_to_json(values: &[Val]) -> Result<Value, ResultError> {
    let values = values
        .iter()
        .enumerate()
        .map(|(index, value)| value_to_json(value).map_err(|error| ResultError { index, ..error }));
    values.collect::<Result<Vec<Value>, _>>().map(Value::Array)
}

/// Writes one value as JSON.
///
/// # Errors
///
/// It is a reference.
pub fn value_to_json(value: &Val) -> Result<Value, ResultError> {
    let reference = |ty| Err(ResultError { index: 0, ty });
    Ok(match value {
        Val::I32(value) => (*value).into(),
        Val::I64(value) => (*value).into(),
        Val::F32(bits) => {
            let value = f32::from_bits(*bits);
            if *bits == CANONICAL_F32 {
                "nan".into()
            } else if value.is_nan() {
                format!("nan:{bits:#010x}").into()
            } else {
                // The shortest decimal that is this f32, not the f64 beside it.
                value.to_string().parse().map_or(Value::Null, float)
            }
        }
        Val::F64(bits) => {
            let value = f64::from_bits(*bits);
            if *bits == CANONICAL_F64 {
                "nan".into()
            } else if value.is_nan() {
                format!("nan:{bits:#018x}").into()
            } else {
                float(value)
            }
        }
        Val::V128(value) => format!("{:#034x}", value.as_u128()).into(),
        Val::FuncRef(_) => return reference("funcref"),
        Val::ExternRef(_) => return reference("externref"),
        Val::AnyRef(_) => return reference("anyref"),
        Val::ExnRef(_) => return reference("exnref"),
        Val::ContRef(_) => return reference("contref"),
    })
}

fn float(value: f64) -> Value {
    match serde_json::Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value > 0.0 => "inf".into(),
        None => "-inf".into(),
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::*;

    fn signature(params: &[ValType]) -> FuncType {
        FuncType::new(&Engine::default(), params.iter().cloned(), [])
    }

    /// There and back again: `None` where the argument is refused.
    fn round_trip(ty: ValType, json: &str) -> Option<String> {
        let values = arguments_from_json(&signature(&[ty]), &format!("[{json}]"));
        let values = match values {
            Ok(values) => values,
            Err(ArgumentError::Value { .. }) => return None,
            Err(error) => panic!("{json}: {error}"),
        };
        Some(value_to_json(&values[0]).unwrap().to_string())
    }

    #[test]
    fn values_survive_both_ways_and_what_does_not_fit_is_refused() {
        use ValType::{F32, F64, I32, I64, V128};
        let ones = format!("\"0x{}\"", "1".repeat(32));
        let (short, long) = (
            format!("\"0x{}\"", "1".repeat(31)),
            format!("\"0x{}\"", "1".repeat(33)),
        );
        let cases = [
            (I32, "-2147483648", Some("-2147483648")),
            (I32, "4294967295", Some("-1")),
            (I32, "4294967296", None),
            (I32, "-2147483649", None),
            (I32, "1.0", None),
            (I32, "1e2", None),
            (I32, "true", None),
            (I32, "null", None),
            (I32, "\"1\"", None),
            (I64, "18446744073709551615", Some("-1")),
            (I64, "9007199254740993", Some("9007199254740993")),
            (I64, "-9223372036854775808", Some("-9223372036854775808")),
            (I64, "18446744073709551616", None),
            (F32, "1", Some("1.0")),
            (F32, "-0", Some("-0.0")),
            (F32, "0.1", Some("0.1")),
            (F32, "16777217", Some("16777216.0")),
            (F32, "1e39", None),
            (F32, "\"nan\"", Some("\"nan\"")),
            (F32, "\"nan:0x7fc00000\"", Some("\"nan\"")),
            (F32, "\"nan:0x7fa00000\"", Some("\"nan:0x7fa00000\"")),
            (F32, "\"nan:0xffc00001\"", Some("\"nan:0xffc00001\"")),
            (F32, "\"nan:0x7f800000\"", None),
            (F32, "\"nan:0x7fa\"", None),
            (F32, "\"-inf\"", Some("\"-inf\"")),
            (F32, "\"1\"", None),
            (F64, "0.1", Some("0.1")),
            (F64, "1e400", None),
            (F64, "5e-324", Some("5e-324")),
            (F64, "\"inf\"", Some("\"inf\"")),
            (
                F64,
                "\"nan:0x7ff0000000000001\"",
                Some("\"nan:0x7ff0000000000001\""),
            ),
            (F64, "\"nan:0x7fa00000\"", None),
            (V128, &ones, Some(&*ones)),
            (V128, &short, None),
            (V128, &long, None),
            (V128, "\"0x+1111111111111111111111111111111\"", None),
            (
                V128,
                "[1,2,0,0,0,0,0,0,0,0,0,0,0,0,0,255]",
                Some("\"0xff000000000000000000000000000201\""),
            ),
            (V128, "[1,2]", None),
            (V128, "[256,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]", None),
            (V128, "7", None),
        ];
        for (ty, json, expected) in cases {
            let found = round_trip(ty.clone(), json);
            assert_eq!(found.as_deref(), expected, "{json} as {ty}");
        }
    }

    #[test]
    fn an_f32_is_rounded_once() {
        // Between two f32 and a hair above the middle, but less than an f64
        // can tell: by way of f64 it would go down.
        let json = "[1.00000005960464477539062500000000000001]";
        let values = arguments_from_json(&signature(&[ValType::F32]), json).unwrap();
        assert_eq!(values[0].unwrap_f32().to_bits(), 0x3f80_0001);
    }

    #[test]
    fn an_error_says_which_argument_and_which_type() {
        let ty = signature(&[ValType::I32, ValType::F32]);
        let text = |json: &str| arguments_from_json(&ty, json).unwrap_err().to_string();
        assert_eq!(
            text("[1, 2, 3]"),
            "the function takes 2 arguments and was given 3: its type is (type (func (param i32 f32)))"
        );
        let wrong = text("[1, \"x\"]");
        assert!(
            wrong.starts_with("argument 1 is not of type f32: \"x\" is not"),
            "{wrong}"
        );
        assert!(text("{}").starts_with("the arguments are not a JSON array"));
        assert!(text("[1, 2").starts_with("the arguments are not a JSON array"));
        assert!(text("[1, 2] 3").starts_with("the arguments are not a JSON array"));
        let deep = "[".repeat(100_000);
        assert!(text(&deep).starts_with("the arguments are not a JSON array"));
    }

    #[test]
    fn references_are_refused_both_ways() {
        let error = arguments_from_json(&signature(&[ValType::EXTERNREF]), "[null]").unwrap_err();
        assert!(
            matches!(error, ArgumentError::Reference { index: 0, .. }),
            "{error}"
        );
        let error = values_to_json(&[Val::I32(1), Val::FuncRef(None)]).unwrap_err();
        assert_eq!((error.index, error.ty), (1, "funcref"));
    }
}
