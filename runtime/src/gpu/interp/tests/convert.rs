//! `cvt` over edge values.

use super::{bits32, bits64, f, g};

const NAN32: u64 = 0x7fc0_0000;

#[test]
fn floats_to_integers_clamp_and_nan_is_not_zero() {
    for (to, from, value, want) in [
        ("s32", "f32", f(f32::NAN), 0x8000_0000),
        ("u32", "f32", f(f32::NAN), 0x8000_0000),
        ("s32", "f64", g(f64::NAN), 0x8000_0000),
        ("s32", "f32", f(3e9), 0x7fff_ffff),
        ("s32", "f32", f(-3e9), 0x8000_0000),
        ("u32", "f32", f(-1.0), 0),
        ("u32", "f64", g(4294967295.9), 0xffff_ffff),
        ("u32", "f64", g(1e300), 0xffff_ffff),
        ("s32", "f64", g(-2147483648.9), 0x8000_0000),
    ] {
        let register = if from == "f32" { "%r1" } else { "%d1" };
        assert_eq!(
            bits32(
                &format!("cvt.rzi.{to}.{from} %r9, {register};"),
                [value, 0, 0]
            ),
            want,
            "{to} {from}"
        );
    }
    for (to, value, want) in [
        ("s64", f64::NAN, 1u64 << 63),
        ("u64", f64::NAN, 1 << 63),
        ("s64", 1e30, i64::MAX as u64),
        ("u64", f64::INFINITY, u64::MAX),
        ("u64", -1e30, 0),
    ] {
        assert_eq!(
            bits64(&format!("cvt.rzi.{to}.f64 %d9, %d1;"), [g(value), 0, 0]),
            want,
            "{to} {value}"
        );
    }
    for (mode, want) in [("rni", 2), ("rzi", 2), ("rmi", 2), ("rpi", 3)] {
        assert_eq!(
            bits32(&format!("cvt.{mode}.s32.f32 %r9, %r1;"), [f(2.5), 0, 0]),
            want
        );
    }
    for (mode, want) in [("rni", -4), ("rzi", -3), ("rmi", -4), ("rpi", -3)] {
        assert_eq!(
            bits32(&format!("cvt.{mode}.s32.f32 %r9, %r1;"), [f(-3.5), 0, 0]) as i32,
            want
        );
    }
    assert_eq!(
        bits32("cvt.rzi.s8.f32 %r9, %r1;", [f(-300.0), 0, 0]),
        0xffff_ff80
    );
}

#[test]
fn floats_to_integral_floats() {
    for (mode, want) in [
        ("rni", -2.0f32),
        ("rzi", -2.0),
        ("rmi", -3.0),
        ("rpi", -2.0),
    ] {
        assert_eq!(
            bits32(&format!("cvt.{mode}.f32.f32 %r9, %r1;"), [f(-2.5), 0, 0]),
            want.to_bits()
        );
    }
    assert_eq!(
        bits32("cvt.rpi.f32.f32 %r9, %r1;", [f(-0.5), 0, 0]),
        (-0f32).to_bits()
    );
    assert_eq!(bits64("cvt.rni.f64.f64 %d9, %d1;", [g(0.5), 0, 0]), 0);
    assert_eq!(
        bits32("cvt.sat.f32.f32 %r9, %r1;", [f(7.0), 0, 0]),
        1f32.to_bits()
    );
    assert_eq!(bits32("cvt.sat.f32.f32 %r9, %r1;", [NAN32, 0, 0]), 0);
}

#[test]
fn integers_to_floats_round_once() {
    let cases: [(&str, u64, [f32; 4]); 4] = [
        // rn, rz, rm, rp of 2^24 + 1 and its negative.
        (
            "s64",
            16777217,
            [16777216.0, 16777216.0, 16777216.0, 16777218.0],
        ),
        (
            "s64",
            -16777217i64 as u64,
            [-16777216.0, -16777216.0, -16777218.0, -16777216.0],
        ),
        (
            "u64",
            u64::MAX,
            [
                18446744073709551616.0,
                18446742974197923840.0,
                18446742974197923840.0,
                18446744073709551616.0,
            ],
        ),
        // Rounding to f64 first would lose the last bit, and tie to even.
        (
            "u64",
            0x8000_0080_0000_0001,
            [
                9223373136366403584.0,
                9223372036854775808.0,
                9223372036854775808.0,
                9223373136366403584.0,
            ],
        ),
    ];
    for (from, value, want) in cases {
        for (mode, want) in ["rn", "rz", "rm", "rp"].into_iter().zip(want) {
            let got = bits32(&format!("cvt.{mode}.f32.{from} %r9, %d1;"), [value, 0, 0]);
            assert_eq!(f32::from_bits(got), want, "{mode} {from} {value}");
        }
    }
    assert_eq!(
        bits64("cvt.rz.f64.u64 %d9, %d1;", [u64::MAX, 0, 0]),
        g(18446744073709549568.0)
    );
    assert_eq!(
        bits32("cvt.rn.f32.u32 %r9, %r1;", [0xffff_ffff, 0, 0]),
        4294967296f32.to_bits()
    );
    assert_eq!(
        bits32("cvt.rn.f32.s32 %r9, %r1;", [0xffff_ffff, 0, 0]),
        (-1f32).to_bits()
    );
}

#[test]
fn narrowing_rounds_in_every_direction() {
    let tenth = 0.1f64;
    let near = tenth as f32;
    assert!(f64::from(near) > tenth);
    let tiny = 1e-300;
    let huge = 1e300;
    let least = f32::from_bits(1);
    let cases = [
        (tenth, [near, near.next_down(), near.next_down(), near]),
        (-tenth, [-near, -near.next_down(), -near, -near.next_down()]),
        (tiny, [0.0, 0.0, 0.0, least]),
        (-tiny, [-0.0, -0.0, -least, -0.0]),
        (huge, [f32::INFINITY, f32::MAX, f32::MAX, f32::INFINITY]),
        (
            -huge,
            [f32::NEG_INFINITY, f32::MIN, f32::NEG_INFINITY, f32::MIN],
        ),
        (f64::INFINITY, [f32::INFINITY; 4]),
        (0.5, [0.5; 4]),
    ];
    for (value, want) in cases {
        for (mode, want) in ["rn", "rz", "rm", "rp"].into_iter().zip(want) {
            let got = bits32(&format!("cvt.{mode}.f32.f64 %r9, %d1;"), [g(value), 0, 0]);
            assert_eq!(got, want.to_bits(), "{mode} {value}");
        }
    }
}

#[test]
fn integers_convert_by_both_types() {
    for (text, a, want) in [
        ("cvt.s32.s8 %r9, %r1;", 0x1ff, u32::MAX),
        ("cvt.u32.u8 %r9, %r1;", 0x1ff, 0xff),
        ("cvt.s8.s32 %r9, %r1;", 0x80, 0xffff_ff80),
        ("cvt.u8.u32 %r9, %r1;", 0x180, 0x80),
        ("cvt.sat.u8.s32 %r9, %r1;", 0x8000_0000, 0),
        ("cvt.sat.s8.u32 %r9, %r1;", 0x8000_0000, 0x7f),
        ("cvt.u32.u64 %r9, %d1;", 0x1_0000_0002, 2),
        ("cvt.sat.s32.s64 %r9, %d1;", 1 << 40, 0x7fff_ffff),
    ] {
        assert_eq!(bits32(text, [a, 0, 0]), want, "{text}");
    }
    assert_eq!(
        bits64("cvt.s64.s32 %d9, %r1;", [0xffff_fffe, 0, 0]),
        -2i64 as u64
    );
    assert_eq!(
        bits64("cvt.u64.u32 %d9, %r1;", [0xffff_fffe, 0, 0]),
        0xffff_fffe
    );
}
