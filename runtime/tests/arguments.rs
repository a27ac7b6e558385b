//! Arguments and results as JSON: what is taken, what is refused, and what
//! survives there and back.
#![cfg(feature = "executor")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use tensor_wasm_runtime::executor::{
    ArgumentError, arguments_from_json, value_to_json, values_to_json,
};
use tensor_wasm_runtime::wasmtime::{Engine, FuncType, Val, ValType};

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
    assert_eq!((error.index, error.ty.as_str()), (1, "funcref"));
}
