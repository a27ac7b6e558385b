//! Float arithmetic over edge values.

use super::{bits32, bits64, f, g, holds};

const NAN32: u64 = 0x7fc0_0000;
const NAN64: u64 = 0x7ff8_0000_0000_0000;

fn two(instruction: &str, a: f32, b: f32) -> f32 {
    f32::from_bits(bits32(
        &format!("{instruction}.f32 %r9, %r1, %r2;"),
        [f(a), f(b), 0],
    ))
}

#[test]
fn arithmetic_is_ieee() {
    for a in [
        0.0,
        -0.0,
        1.5,
        -3.25,
        f32::MIN_POSITIVE / 4.0,
        f32::MAX,
        f32::INFINITY,
    ] {
        for b in [0.5, -0.0, 3.0, f32::MAX, 1e-40] {
            for (name, want) in [
                ("add.rn", a + b),
                ("sub.rn", a - b),
                ("mul.rn", a * b),
                ("div.rn", a / b),
            ] {
                if !want.is_nan() {
                    assert_eq!(two(name, a, b).to_bits(), want.to_bits(), "{name} {a} {b}");
                }
            }
        }
    }
    assert_eq!(
        bits64("div.rn.f64 %d9, %d1, %d2;", [g(1.0), g(3.0), 0]),
        g(1.0 / 3.0)
    );
    assert_eq!(
        bits32("sqrt.rn.f32 %r9, %r1;", [f(2.0), 0, 0]),
        2f32.sqrt().to_bits()
    );
    assert_eq!(bits64("sqrt.rn.f64 %d9, %d1;", [g(-0.0), 0, 0]), g(-0.0));
    assert_eq!(
        bits32("rcp.rn.f32 %r9, %r1;", [f(3.0), 0, 0]),
        (1.0f32 / 3.0).to_bits()
    );
    let fused = 1.0000001f32.mul_add(1.0000001, -1.0);
    assert_eq!(
        bits32("fma.rn.f32 %r9, %r1, %r1, %r2;", [f(1.0000001), f(-1.0), 0]),
        fused.to_bits()
    );
}

#[test]
fn nan_of_arithmetic_is_never_canonical() {
    let signalling = 0x7f80_0001;
    for nan in [NAN32, signalling, 0xffc0_1234] {
        for name in ["add.rn", "sub.rn", "mul.rn", "div.rn", "min.NaN", "max.NaN"] {
            let text = format!("{name}.f32 %r9, %r1, %r2;");
            assert_eq!(bits32(&text, [nan, f(1.0), 0]), 0x7fff_ffff, "{name}");
            assert_eq!(bits32(&text, [f(1.0), nan, 0]), 0x7fff_ffff, "{name}");
        }
        // Not even the bits of the payload or the sign get through.
        assert_eq!(bits32("neg.f32 %r9, %r1;", [nan, 0, 0]), 0x7fff_ffff);
        assert_eq!(bits32("abs.f32 %r9, %r1;", [nan, 0, 0]), 0x7fff_ffff);
        assert_eq!(bits32("sqrt.rn.f32 %r9, %r1;", [nan, 0, 0]), 0x7fff_ffff);
        assert_eq!(
            bits32("cvt.rpi.f32.f32 %r9, %r1;", [nan, 0, 0]),
            0x7fff_ffff
        );
        assert_eq!(
            bits64("cvt.f64.f32 %d9, %r1;", [nan, 0, 0]),
            0xfff8_0000_0000_0001
        );
        // But moves carry them.
        assert_eq!(
            bits32("mov.f32 %f1, %r1; mov.b32 %r9, %f1;", [nan, 0, 0]),
            nan as u32
        );
        assert_eq!(
            bits32("copysign.f32 %r9, %r2, %r1;", [nan, 0, 0]),
            nan as u32 & 0x7fff_ffff
        );
    }
    assert_eq!(
        bits32("sub.rn.f32 %r9, %r1, %r1;", [f(f32::INFINITY), 0, 0]),
        0x7fff_ffff
    );
    assert_eq!(
        bits32("cvt.rn.f32.f64 %r9, %d1;", [NAN64, 0, 0]),
        0x7fff_ffff
    );
    for name in ["add.rn", "mul.rn", "div.rn"] {
        let text = format!("{name}.f64 %d9, %d1, %d2;");
        assert_eq!(bits64(&text, [NAN64, g(1.0), 0]), 0xfff8_0000_0000_0001);
    }
    assert_eq!(
        bits64("neg.f64 %d9, %d1;", [NAN64, 0, 0]),
        0xfff8_0000_0000_0001
    );
}

#[test]
fn min_and_max_lose_a_nan() {
    assert_eq!(two("min", f32::NAN, 3.0), 3.0);
    assert_eq!(two("max", 3.0, f32::NAN), 3.0);
    assert_eq!(bits32("min.f32 %r9, %r1, %r1;", [NAN32, 0, 0]), 0x7fff_ffff);
    assert_eq!(bits64("min.f64 %d9, %d1, %d2;", [NAN64, g(2.0), 0]), g(2.0));
    for (a, b) in [(0.0, -0.0), (-0.0, 0.0)] {
        assert_eq!(two("min", a, b).to_bits(), (-0f32).to_bits());
        assert_eq!(two("max.NaN", a, b).to_bits(), 0);
    }
    assert_eq!(two("min.NaN", -1.0, 2.0), -1.0);
    assert_eq!(two("max", -1.0, 2.0), 2.0);
}

#[test]
fn products_without_rounding_are_fused() {
    // 1.0000001^2 - its rounded square is 0 if rounded twice.
    let x = 1.0000001f32;
    let square = x * x;
    let error = x.mul_add(x, -square);
    assert_ne!(error, 0.0);
    let [a, b] = [f(x), f(-square)];
    let with = |mul: &str, add: &str| {
        f32::from_bits(bits32(
            &format!("{mul}.f32 %r4, %r1, %r1; {add}.f32 %r9, %r4, %r2;"),
            [a, b, 0],
        ))
    };
    assert_eq!(with("mul.rn", "add.rn"), 0.0);
    assert_eq!(with("mul", "add"), error);
    assert_eq!(with("mul", "add.rn"), error);
    assert_eq!(with("mul.rn", "add"), error);
    let text = "mul.f32 %r4, %r1, %r1; mov.b32 %r5, %r4; sub.f32 %r9, %r5, %r2;";
    assert_eq!(
        f32::from_bits(bits32(text, [a, f(square), 0])),
        error,
        "through a move"
    );
    let text = "mul.f32 %r4, %r1, %r1; sub.f32 %r9, %r2, %r4;";
    let other = square.next_up();
    let right = f32::from_bits(bits32(text, [a, f(other), 0]));
    assert_eq!(right, (-x).mul_add(x, other), "on the right");
    assert_ne!(right, other - square);
    let text = "mul.f32 %r4, %r1, %r1; bra NEXT; NEXT: add.f32 %r9, %r4, %r2;";
    assert_eq!(bits32(text, [a, b, 0]), 0, "another basic block");
    let y = 1.0 + 2f64.powi(-30);
    let text = "mul.f64 %d4, %d1, %d1; add.f64 %d9, %d4, %d2;";
    assert_eq!(bits64(text, [g(y), g(-(y * y)), 0]), g(2f64.powi(-60)));
}

#[test]
fn what_is_approximate_is_wrong() {
    assert_ne!(two("div.approx", 1.0, 3.0), 1.0 / 3.0);
    assert_ne!(two("div.full", 1.0, 3.0), 1.0 / 3.0);
    assert_ne!(
        f32::from_bits(bits32("sqrt.approx.f32 %r9, %r1;", [f(4.0), 0, 0])),
        2.0
    );
    assert_eq!(two("add.rn.ftz", 1e-40, 0.0), 0.0);
    assert_eq!(
        two("mul.rn.ftz", -1e-30, 1e-10).to_bits(),
        (-0f32).to_bits()
    );
    assert!(holds(
        "setp.eq.ftz.f32 %p1, %r1, 0f00000000;",
        [f(1e-40), 0, 0]
    ));
    assert_eq!(bits64("cvt.ftz.f64.f32 %d9, %r1;", [f(1e-40), 0, 0]), 0);
}

#[test]
fn comparisons_know_unordered() {
    let table = [
        ("eq", [false, true, false]),
        ("ne", [true, false, false]),
        ("lt", [true, false, false]),
        ("le", [true, true, false]),
        ("gt", [false, false, false]),
        ("ge", [false, true, false]),
        ("equ", [false, true, true]),
        ("neu", [true, false, true]),
        ("ltu", [true, false, true]),
        ("leu", [true, true, true]),
        ("gtu", [false, false, true]),
        ("geu", [false, true, true]),
        ("num", [true, true, false]),
        ("nan", [false, false, true]),
    ];
    for (name, want) in table {
        let pairs = [(1.0, 2.0), (0.0, -0.0), (f32::NAN, 1.0)];
        for ((a, b), want) in pairs.into_iter().zip(want) {
            assert_eq!(
                holds(&format!("setp.{name}.f32 %p1, %r1, %r2;"), [f(a), f(b), 0]),
                want,
                "{name} {a} {b}"
            );
            let [a, b] = [f64::from(a), f64::from(b)];
            assert_eq!(
                holds(&format!("setp.{name}.f64 %p1, %d1, %d2;"), [g(a), g(b), 0]),
                want,
                "{name} {a} {b}"
            );
        }
    }
    assert!(holds("testp.notanumber.f32 %p1, %r1;", [NAN32, 0, 0]));
    assert!(holds("testp.subnormal.f64 %p1, %d1;", [1, 0, 0]));
}
