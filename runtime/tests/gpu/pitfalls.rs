//! Where a GPU does something else than WebAssembly says: one test for each, which
//! fails on the interpreter when the compiler forgets it.

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::KernelError;

use crate::{DEVICES, instance};

const CANONICAL: u64 = 0x7fc0_0000;
const CANONICAL_64: u64 = 0x7ff8_0000_0000_0000;

/// One operation of two parameters, called.
fn binary(ty: &str, op: &str, a: u64, b: u64) -> Result<u64, TrapCode> {
    let text = format!(
        r#"(module (func (export "f") (param {ty} {ty}) (result {ty})
            ({op} (local.get 0) (local.get 1))))"#
    );
    called(&text, &[a, b])
}

/// One operation of one parameter, called.
fn unary(from: &str, to: &str, op: &str, a: u64) -> Result<u64, TrapCode> {
    let text = format!(
        r#"(module (func (export "f") (param {from}) (result {to}) ({op} (local.get 0))))"#
    );
    called(&text, &[a])
}

/// What every device says.
fn called(text: &str, arguments: &[u64]) -> Result<u64, TrapCode> {
    let ends = DEVICES.iter().map(
        |device| match instance(*device, text).call("f", arguments) {
            Ok(results) => Ok(results[0]),
            Err(KernelError::Trap(trap)) => Err(trap.code),
            Err(other) => panic!("{other}"),
        },
    );
    let ends: Vec<_> = ends.collect();
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    ends[0]
}

fn f32(value: f32) -> u64 {
    u64::from(value.to_bits())
}

fn f64(value: f64) -> u64 {
    value.to_bits()
}

#[test]
fn a_nan_that_is_seen_is_canonical() {
    assert_eq!(binary("f32", "f32.div", f32(0.0), f32(0.0)), Ok(CANONICAL));
    assert_eq!(
        binary("f64", "f64.div", f64(0.0), f64(0.0)),
        Ok(CANONICAL_64)
    );
    assert_eq!(unary("f32", "f32", "f32.sqrt", f32(-1.0)), Ok(CANONICAL));
    let nan = f64(f64::NAN) | 0xdead;
    assert_eq!(unary("f64", "f32", "f32.demote_f64", nan), Ok(CANONICAL));
    // Through a loop and a local, stored.
    let text = r#"(module (memory 1) (func (export "f") (param f32) (result i32) (local $i i32)
        (loop $l (local.set 0 (f32.sub (local.get 0) (local.get 0)))
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
        (f32.store (i32.const 0) (local.get 0)) (i32.load (i32.const 0))))"#;
    assert_eq!(called(text, &[f32(f32::INFINITY)]), Ok(CANONICAL));
}

#[test]
fn wherever_a_nan_can_be_seen_it_is_canonical() {
    let nan = "(f32.div (local.get 0) (local.get 0))";
    let seen = [
        format!("(i32.reinterpret_f32 {nan})"),
        format!("(i32.reinterpret_f32 (f32.abs {nan}))"),
        format!("(i32.reinterpret_f32 (f32.copysign {nan} (f32.const 1)))"),
        format!("(i32.reinterpret_f32 (select {nan} (f32.const 1) (i32.const 1)))"),
        format!("(i32.reinterpret_f32 (call $same {nan}))"),
        format!("(global.set $g {nan}) (i32.reinterpret_f32 (global.get $g))"),
        format!(
            "(i32.reinterpret_f32 (if (result f32) (i32.const 1) (then {nan}) (else (f32.const 1))))"
        ),
    ];
    for body in seen {
        let text = format!(
            r#"(module (global $g (mut f32) (f32.const 0))
              (func $same (param f32) (result f32) (local.get 0))
              (func (export "f") (param f32) (result i32) {body}))"#
        );
        assert_eq!(called(&text, &[f32(0.0)]), Ok(CANONICAL), "{body}");
    }
}

#[test]
fn the_bits_of_a_nan_stay_where_nothing_computes() {
    let nan = 0x7fa1_2345;
    assert_eq!(unary("f32", "f32", "f32.neg", nan), Ok(0xffa1_2345));
    assert_eq!(unary("f32", "f32", "f32.abs", nan | 0x8000_0000), Ok(nan));
    assert_eq!(
        binary("f32", "f32.copysign", nan, f32(-1.0)),
        Ok(0xffa1_2345)
    );
}

#[test]
fn a_product_and_a_sum_are_rounded_twice() {
    let text = r#"(module (func (export "f") (param f32 f32 f32) (result f32)
        (f32.add (f32.mul (local.get 0) (local.get 1)) (local.get 2))))"#;
    let x = f32::from_bits(0x3f80_0001);
    let (product, sum) = (x * x, -(x * x));
    assert_ne!(x.mul_add(x, sum), 0.0, "fused it would be seen");
    assert_eq!(
        called(text, &[f32(x), f32(x), f32(sum)]),
        Ok(f32(product + sum))
    );
}

#[test]
fn min_and_max_keep_a_nan() {
    for op in ["f32.min", "f32.max"] {
        let result = binary("f32", op, f32(f32::NAN), f32(1.0));
        assert_eq!(result, Ok(CANONICAL), "{op}");
    }
    for op in ["f64.min", "f64.max"] {
        let result = binary("f64", op, f64(1.0), f64(f64::NAN));
        assert_eq!(result, Ok(CANONICAL_64), "{op}");
    }
    assert_eq!(binary("f32", "f32.min", f32(0.0), f32(-0.0)), Ok(f32(-0.0)));
}

#[test]
fn counts_of_shifts_and_rotations_are_masked() {
    assert_eq!(binary("i32", "i32.shl", 1, 33), Ok(2));
    assert_eq!(binary("i64", "i64.shr_u", 4, 65), Ok(2));
    assert_eq!(binary("i64", "i64.shl", 1, 1 << 32), Ok(1));
    assert_eq!(binary("i32", "i32.rotl", 0x8000_0001, 33), Ok(3));
    assert_eq!(binary("i64", "i64.rotl", 5, 0), Ok(5));
    assert_eq!(binary("i64", "i64.rotr", 1, 65), Ok(1 << 63));
}

#[test]
fn divisions_trap_and_remainders_do_not() {
    let least = 0x8000_0000;
    let minus_one = 0xffff_ffff;
    let zero = Err(TrapCode::IntegerDivideByZero);
    for op in ["i32.div_s", "i32.div_u", "i32.rem_s", "i32.rem_u"] {
        assert_eq!(binary("i32", op, 7, 0), zero, "{op}");
    }
    let overflow = Err(TrapCode::IntegerOverflow);
    assert_eq!(binary("i32", "i32.div_s", least, minus_one), overflow);
    assert_eq!(binary("i64", "i64.div_s", 1 << 63, u64::MAX), overflow);
    assert_eq!(binary("i32", "i32.rem_s", least, minus_one), Ok(0));
    assert_eq!(binary("i32", "i32.div_s", least, 2), Ok(0xc000_0000));
}

#[test]
fn conversions_are_bounded() {
    let trunc = |value| unary("f64", "i32", "i32.trunc_f64_s", f64(value));
    assert_eq!(trunc(f64::NAN), Err(TrapCode::InvalidConversionToInteger));
    assert_eq!(trunc(2_147_483_648.0), Err(TrapCode::IntegerOverflow));
    assert_eq!(trunc(-2_147_483_649.0), Err(TrapCode::IntegerOverflow));
    assert_eq!(trunc(-2_147_483_648.9), Ok(0x8000_0000));
    let unsigned = |value| unary("f32", "i32", "i32.trunc_f32_u", f32(value));
    assert_eq!(unsigned(-0.9), Ok(0));
    assert_eq!(unsigned(-1.0), Err(TrapCode::IntegerOverflow));
    let saturating = |value| unary("f32", "i64", "i64.trunc_sat_f32_s", f32(value));
    assert_eq!(saturating(f32::NAN), Ok(0));
    assert_eq!(saturating(f32::INFINITY), Ok(i64::MAX.cast_unsigned()));
}

#[test]
fn floats_that_are_not_ordered_differ() {
    let text = r#"(module (func (export "f") (param f32) (result i32)
        (f32.ne (local.get 0) (local.get 0))))"#;
    assert_eq!(called(text, &[f32(f32::NAN)]), Ok(1));
    assert_eq!(called(text, &[f32(1.0)]), Ok(0));
}

#[test]
fn an_address_does_not_wrap() {
    let text = r#"(module (memory 1) (func (export "f") (param i32) (result i32)
        (i32.load offset=8 (local.get 0))))"#;
    let outside = Err(TrapCode::OutOfBoundsMemoryAccess);
    assert_eq!(called(text, &[0xffff_fffc]), outside);
    assert_eq!(called(text, &[65_536 - 11]), outside);
    assert_eq!(called(text, &[65_536 - 12]), Ok(0));
}
