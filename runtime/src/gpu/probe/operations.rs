//! Operations of WebAssembly as the compiler writes them. Those that trap are not here:
//! the specification's test suite asks for each of them alone.

use std::fmt::Write as _;

use super::Kind;
use super::Kind::{F32, F64, I32, I64};

/// Every operation on numbers that cannot trap: its name, what it takes and gives.
pub(super) const OPERATIONS: &[(&str, &[Kind], Kind)] = &[
    ("i32.clz", &[I32], I32),
    ("i32.ctz", &[I32], I32),
    ("i32.popcnt", &[I32], I32),
    ("i32.extend8_s", &[I32], I32),
    ("i32.extend16_s", &[I32], I32),
    ("i32.eqz", &[I32], I32),
    ("i32.add", &[I32, I32], I32),
    ("i32.sub", &[I32, I32], I32),
    ("i32.mul", &[I32, I32], I32),
    ("i32.and", &[I32, I32], I32),
    ("i32.or", &[I32, I32], I32),
    ("i32.xor", &[I32, I32], I32),
    ("i32.shl", &[I32, I32], I32),
    ("i32.shr_s", &[I32, I32], I32),
    ("i32.shr_u", &[I32, I32], I32),
    ("i32.rotl", &[I32, I32], I32),
    ("i32.rotr", &[I32, I32], I32),
    ("i32.eq", &[I32, I32], I32),
    ("i32.ne", &[I32, I32], I32),
    ("i32.lt_s", &[I32, I32], I32),
    ("i32.lt_u", &[I32, I32], I32),
    ("i32.gt_s", &[I32, I32], I32),
    ("i32.gt_u", &[I32, I32], I32),
    ("i32.le_s", &[I32, I32], I32),
    ("i32.le_u", &[I32, I32], I32),
    ("i32.ge_s", &[I32, I32], I32),
    ("i32.ge_u", &[I32, I32], I32),
    ("i64.clz", &[I64], I64),
    ("i64.ctz", &[I64], I64),
    ("i64.popcnt", &[I64], I64),
    ("i64.extend8_s", &[I64], I64),
    ("i64.extend16_s", &[I64], I64),
    ("i64.extend32_s", &[I64], I64),
    ("i64.eqz", &[I64], I32),
    ("i64.add", &[I64, I64], I64),
    ("i64.sub", &[I64, I64], I64),
    ("i64.mul", &[I64, I64], I64),
    ("i64.and", &[I64, I64], I64),
    ("i64.or", &[I64, I64], I64),
    ("i64.xor", &[I64, I64], I64),
    ("i64.shl", &[I64, I64], I64),
    ("i64.shr_s", &[I64, I64], I64),
    ("i64.shr_u", &[I64, I64], I64),
    ("i64.rotl", &[I64, I64], I64),
    ("i64.rotr", &[I64, I64], I64),
    ("i64.eq", &[I64, I64], I32),
    ("i64.ne", &[I64, I64], I32),
    ("i64.lt_s", &[I64, I64], I32),
    ("i64.lt_u", &[I64, I64], I32),
    ("i64.gt_s", &[I64, I64], I32),
    ("i64.gt_u", &[I64, I64], I32),
    ("i64.le_s", &[I64, I64], I32),
    ("i64.le_u", &[I64, I64], I32),
    ("i64.ge_s", &[I64, I64], I32),
    ("i64.ge_u", &[I64, I64], I32),
    ("f32.abs", &[F32], F32),
    ("f32.neg", &[F32], F32),
    ("f32.ceil", &[F32], F32),
    ("f32.floor", &[F32], F32),
    ("f32.trunc", &[F32], F32),
    ("f32.nearest", &[F32], F32),
    ("f32.sqrt", &[F32], F32),
    ("f32.add", &[F32, F32], F32),
    ("f32.sub", &[F32, F32], F32),
    ("f32.mul", &[F32, F32], F32),
    ("f32.div", &[F32, F32], F32),
    ("f32.min", &[F32, F32], F32),
    ("f32.max", &[F32, F32], F32),
    ("f32.copysign", &[F32, F32], F32),
    ("f32.eq", &[F32, F32], I32),
    ("f32.ne", &[F32, F32], I32),
    ("f32.lt", &[F32, F32], I32),
    ("f32.gt", &[F32, F32], I32),
    ("f32.le", &[F32, F32], I32),
    ("f32.ge", &[F32, F32], I32),
    ("i32.trunc_sat_f32_s", &[F32], I32),
    ("f32.convert_i32_s", &[I32], F32),
    ("i32.trunc_sat_f32_u", &[F32], I32),
    ("f32.convert_i32_u", &[I32], F32),
    ("i64.trunc_sat_f32_s", &[F32], I64),
    ("f32.convert_i64_s", &[I64], F32),
    ("i64.trunc_sat_f32_u", &[F32], I64),
    ("f32.convert_i64_u", &[I64], F32),
    ("f64.abs", &[F64], F64),
    ("f64.neg", &[F64], F64),
    ("f64.ceil", &[F64], F64),
    ("f64.floor", &[F64], F64),
    ("f64.trunc", &[F64], F64),
    ("f64.nearest", &[F64], F64),
    ("f64.sqrt", &[F64], F64),
    ("f64.add", &[F64, F64], F64),
    ("f64.sub", &[F64, F64], F64),
    ("f64.mul", &[F64, F64], F64),
    ("f64.div", &[F64, F64], F64),
    ("f64.min", &[F64, F64], F64),
    ("f64.max", &[F64, F64], F64),
    ("f64.copysign", &[F64, F64], F64),
    ("f64.eq", &[F64, F64], I32),
    ("f64.ne", &[F64, F64], I32),
    ("f64.lt", &[F64, F64], I32),
    ("f64.gt", &[F64, F64], I32),
    ("f64.le", &[F64, F64], I32),
    ("f64.ge", &[F64, F64], I32),
    ("i32.trunc_sat_f64_s", &[F64], I32),
    ("f64.convert_i32_s", &[I32], F64),
    ("i32.trunc_sat_f64_u", &[F64], I32),
    ("f64.convert_i32_u", &[I32], F64),
    ("i64.trunc_sat_f64_s", &[F64], I64),
    ("f64.convert_i64_s", &[I64], F64),
    ("i64.trunc_sat_f64_u", &[F64], I64),
    ("f64.convert_i64_u", &[I64], F64),
    ("i32.wrap_i64", &[I64], I32),
    ("i64.extend_i32_s", &[I32], I64),
    ("i64.extend_i32_u", &[I32], I64),
    ("f32.demote_f64", &[F64], F32),
    ("f64.promote_f32", &[F32], F64),
    ("i32.reinterpret_f32", &[F32], I32),
    ("i64.reinterpret_f64", &[F64], I64),
    ("f32.reinterpret_i32", &[I32], F32),
    ("f64.reinterpret_i64", &[I64], F64),
];

/// A module that exports each of them.
pub(super) fn module() -> Result<Vec<u8>, String> {
    let mut text = "(module\n".to_owned();
    for (name, operands, result) in OPERATIONS {
        let params: Vec<&str> = operands.iter().map(|kind| kind.name()).collect();
        let _ = write!(
            text,
            "(func (export \"{name}\") (param {}) (result {}) ({name}",
            params.join(" "),
            result.name()
        );
        for number in 0..operands.len() {
            let _ = write!(text, " (local.get {number})");
        }
        text.push_str("))\n");
    }
    text.push(')');
    let encoded = wast::parser::ParseBuffer::new(&text)
        .and_then(|buffer| wast::parser::parse::<wast::Wat<'_>>(&buffer)?.encode());
    encoded.map_err(|error| error.to_string())
}
