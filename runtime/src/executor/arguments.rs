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

use crate::float::{special_f32, special_f64};

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
    /// The caller's place for results has another size.
    #[error("the function has {expected} results and there is room for {given}")]
    ResultCount {
        /// How many the function has.
        expected: usize,
        /// How many there is room for.
        given: usize,
    },
    /// The parameter is a reference, which JSON cannot express.
    #[error("argument {index} is of type {ty}: a reference cannot be passed")]
    Reference {
        /// Which, from 0.
        index: usize,
        /// The parameter's type.
        ty: String,
    },
}

/// A result that JSON cannot express.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("result {index} is of type {ty}: a reference cannot be passed out")]
pub struct ResultError {
    /// Which, from 0.
    pub index: usize,
    /// The kind of reference.
    pub ty: String,
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
        Some(text) => special_f32(&text)?,
        None => {
            let value: f32 = json.parse().ok()?;
            value.is_finite().then(|| value.to_bits())?
        }
    };
    Some(Val::F32(bits))
}

fn f64(json: &str) -> Option<Val> {
    let bits = match string(json) {
        Some(text) => special_f64(&text)?,
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
    let reference = |ty: &str| {
        Err(ResultError {
            index: 0,
            ty: ty.to_owned(),
        })
    };
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
