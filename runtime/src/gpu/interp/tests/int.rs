//! Integer instructions over edge values.

use super::{bits32, bits64, holds, outcome};

#[test]
fn sums_and_products_wrap() {
    let m = u64::from(u32::MAX);
    assert_eq!(bits32("add.u32 %r9, %r1, %r2;", [m, 2, 0]), 1);
    assert_eq!(bits32("sub.s32 %r9, %r1, %r2;", [0, 1, 0]), u32::MAX);
    assert_eq!(bits64("add.s64 %d9, %d1, %d2;", [u64::MAX, 2, 0]), 1);
    assert_eq!(bits32("mul.lo.u32 %r9, %r1, %r2;", [m, m, 0]), 1);
    assert_eq!(bits32("mul.hi.u32 %r9, %r1, %r2;", [m, m, 0]), 0xffff_fffe);
    assert_eq!(bits32("mul.hi.s32 %r9, %r1, %r2;", [m, m, 0]), 0);
    assert_eq!(
        bits64("mul.hi.u64 %d9, %d1, %d2;", [u64::MAX, u64::MAX, 0]),
        u64::MAX - 1
    );
    assert_eq!(
        bits64("mul.hi.s64 %d9, %d1, %d2;", [u64::MAX, 5, 0]),
        u64::MAX
    );
    assert_eq!(
        bits64("mul.hi.s64 %d9, %d1, %d2;", [1 << 63, 1 << 63, 0]),
        1 << 62
    );
    assert_eq!(
        bits64("mul.wide.u32 %d9, %r1, %r2;", [m, m, 0]),
        0xffff_fffe_0000_0001
    );
    assert_eq!(
        bits64("mul.wide.s32 %d9, %r1, %r2;", [m, 7, 0]),
        -7i64 as u64
    );
    assert_eq!(bits32("mad.lo.s32 %r9, %r1, %r2, %r3;", [3, 5, m]), 14);
    assert_eq!(bits32("mad.hi.u32 %r9, %r1, %r2, %r3;", [m, m, 3]), 1);
    assert_eq!(
        bits64("mad.wide.u32 %d9, %r1, %r2, %d3;", [m, 2, 1 << 40]),
        (m * 2) + (1 << 40)
    );
}

#[test]
fn quotients() {
    let minus = |x: i32| u64::from(x as u32);
    assert_eq!(
        bits32("div.s32 %r9, %r1, %r2;", [minus(-7), 2, 0]) as i32,
        -3
    );
    assert_eq!(
        bits32("rem.s32 %r9, %r1, %r2;", [minus(-7), 2, 0]) as i32,
        -1
    );
    assert_eq!(
        bits32("div.u32 %r9, %r1, %r2;", [minus(-7), 2, 0]),
        0x7fff_fffc
    );
    assert_eq!(bits64("rem.u64 %d9, %d1, %d2;", [u64::MAX, 10, 0]), 5);
    assert_eq!(
        bits64("div.s64 %d9, %d1, %d2;", [-9i64 as u64, 4, 0]) as i64,
        -2
    );
}

#[test]
fn division_by_zero_is_ones_and_its_remainder_poison() {
    assert_eq!(bits32("div.u32 %r9, %r1, %r2;", [7, 0, 0]), u32::MAX);
    assert_eq!(bits32("div.s32 %r9, %r1, %r2;", [7, 0, 0]), u32::MAX);
    assert_eq!(bits64("div.s64 %d9, %d1, %d2;", [7, 0, 0]), u64::MAX);
    assert_eq!(
        bits32("div.s32 %r9, %r1, %r2;", [1 << 31, 0xffff_ffff, 0]),
        1 << 31
    );
    assert_eq!(
        bits64("div.s64 %d9, %d1, %d2;", [1 << 63, u64::MAX, 0]),
        1 << 63
    );
    for (instruction, b) in [
        ("rem.u32 %r9, %r1, %r2;", 0),
        ("rem.s32 %r9, %r1, %r2;", 0xffff_ffff),
    ] {
        let body = format!("{instruction} st.global.b32 [%d0], %r9;");
        let of = |seed| outcome(&body, [1 << 31, b, 0], seed).unwrap()[0];
        assert_ne!(of(1), 0);
        assert_ne!(of(1), of(2), "the seed decides");
        assert_eq!(of(3), of(3));
    }
    // Only the one pair that overflows.
    assert_eq!(bits32("rem.s32 %r9, %r1, %r2;", [5, 0xffff_ffff, 0]), 0);
}

#[test]
fn shifts_clamp() {
    for count in [32, 33, 64, u64::from(u32::MAX)] {
        assert_eq!(bits32("shl.b32 %r9, %r1, %r2;", [1, count, 0]), 0);
        assert_eq!(bits32("shr.u32 %r9, %r1, %r2;", [1 << 31, count, 0]), 0);
        assert_eq!(
            bits32("shr.s32 %r9, %r1, %r2;", [1 << 31, count, 0]),
            u32::MAX
        );
    }
    assert_eq!(bits64("shl.b64 %d9, %d1, %r2;", [1, 64, 0]), 0);
    assert_eq!(bits64("shl.b64 %d9, %d1, %r2;", [1, 63, 0]), 1 << 63);
    assert_eq!(
        bits64("shr.s64 %d9, %d1, %r2;", [1 << 63, 100, 0]),
        u64::MAX
    );
    assert_eq!(bits64("shr.u64 %d9, %d1, %r2;", [1 << 63, 63, 0]), 1);
    assert_eq!(
        bits32("shr.s32 %r9, %r1, 4;", [0x8000_0010, 0, 0]),
        0xf800_0001
    );
}

#[test]
fn funnels() {
    let word = 0x8765_4321;
    assert_eq!(
        bits32("shf.l.wrap.b32 %r9, %r1, %r1, 8;", [word, 0, 0]),
        0x6543_2187
    );
    assert_eq!(
        bits32("shf.r.wrap.b32 %r9, %r1, %r1, 8;", [word, 0, 0]),
        0x2187_6543
    );
    assert_eq!(
        bits32("shf.l.wrap.b32 %r9, %r1, %r1, 32;", [word, 0, 0]),
        0x8765_4321
    );
    assert_eq!(
        bits32("shf.l.wrap.b32 %r9, %r1, %r2, 33;", [0x8000_0000, 1, 0]),
        3
    );
    assert_eq!(bits32("shf.l.clamp.b32 %r9, %r1, %r2, 33;", [5, 1, 0]), 5);
    assert_eq!(bits32("shf.r.clamp.b32 %r9, %r1, %r2, 40;", [5, 1, 0]), 1);
    assert_eq!(
        bits32("shf.r.wrap.b32 %r9, %r1, %r2, 1;", [4, 1, 0]),
        0x8000_0002
    );
}

#[test]
fn bits_are_counted_and_moved() {
    for (value, clz, popc) in [
        (0, 32, 0),
        (1, 31, 1),
        (0xffff_ffff, 0, 32),
        (0x00f0_0000, 8, 4),
    ] {
        assert_eq!(bits32("clz.b32 %r9, %r1;", [value, 0, 0]), clz);
        assert_eq!(bits32("popc.b32 %r9, %r1;", [value, 0, 0]), popc);
        assert_eq!(bits32("clz.b64 %r9, %d1;", [value, 0, 0]), clz + 32);
    }
    assert_eq!(bits32("clz.b64 %r9, %d1;", [0, 0, 0]), 64);
    assert_eq!(bits32("brev.b32 %r9, %r1;", [1, 0, 0]), 1 << 31);
    assert_eq!(bits64("brev.b64 %d9, %d1;", [0b110, 0, 0]), 0b011 << 61);
    assert_eq!(bits32("bfe.u32 %r9, %r1, 4, 8;", [0xabcd, 0, 0]), 0xbc);
    assert_eq!(
        bits32("bfe.s32 %r9, %r1, 4, 8;", [0xabcd, 0, 0]),
        0xffff_ffbc
    );
    assert_eq!(
        bits32("bfe.s32 %r9, %r1, 28, 8;", [0x8000_0000, 0, 0]),
        0xffff_fff8
    );
    assert_eq!(bits32("bfe.s32 %r9, %r1, 0, 0;", [u64::MAX, 0, 0]), 0);
    assert_eq!(
        bits64("bfe.s64 %d9, %d1, 8, 8;", [0x8000, 0, 0]),
        (-128i64) as u64
    );
    assert_eq!(
        bits32("bfi.b32 %r9, %r1, %r2, 8, 8;", [0x1ff, 0, 0]),
        0xff00
    );
    assert_eq!(bits32("bfi.b32 %r9, %r1, %r2, 32, 8;", [0x1ff, 5, 0]), 5);
    assert_eq!(
        bits64("bfi.b64 %d9, %d1, %d2, 60, 64;", [0xff, 3, 0]),
        0xf << 60 | 3
    );
    assert_eq!(
        bits32(
            "prmt.b32 %r9, %r1, %r2, 0x7610;",
            [0x4433_2211, 0x8877_6655, 0]
        ),
        0x8877_2211
    );
    assert_eq!(
        bits32("prmt.b32 %r9, %r1, %r2, 0x0000000f;", [0, 0x8000_0000, 0]),
        0xff
    );
    assert_eq!(
        bits32(
            "lop3.b32 %r9, %r1, %r2, %r3, 0xE8;",
            [0b1100, 0b1010, 0b1001]
        ),
        0b1000
    );
}

#[test]
fn logic_and_signs() {
    assert_eq!(bits32("and.b32 %r9, %r1, %r2;", [12, 10, 0]), 8);
    assert_eq!(bits32("or.b32 %r9, %r1, %r2;", [12, 10, 0]), 14);
    assert_eq!(bits64("xor.b64 %d9, %d1, %d2;", [12, u64::MAX, 0]), !12);
    assert_eq!(bits32("not.b32 %r9, %r1;", [0, 0, 0]), u32::MAX);
    assert_eq!(bits32("neg.s32 %r9, %r1;", [1 << 31, 0, 0]), 1 << 31);
    assert_eq!(bits32("abs.s32 %r9, %r1;", [0xffff_fffb, 0, 0]), 5);
    assert_eq!(
        bits32("min.s32 %r9, %r1, %r2;", [0xffff_ffff, 1, 0]),
        u32::MAX
    );
    assert_eq!(bits32("min.u32 %r9, %r1, %r2;", [0xffff_ffff, 1, 0]), 1);
    assert_eq!(bits32("max.s32 %r9, %r1, %r2;", [0xffff_ffff, 1, 0]), 1);
    assert_eq!(bits64("max.u64 %d9, %d1, %d2;", [u64::MAX, 1, 0]), u64::MAX);
    assert!(holds(
        "setp.ne.u32 %p2, 0, 0; not.pred %p3, %p2; and.pred %p1, %p3, 1;",
        [0; 3]
    ));
}

#[test]
fn comparisons() {
    let minus = 0xffff_ffff;
    assert!(holds("setp.lt.s32 %p1, %r1, %r2;", [minus, 1, 0]));
    assert!(!holds("setp.lt.u32 %p1, %r1, %r2;", [minus, 1, 0]));
    assert!(holds("setp.hi.u32 %p1, %r1, %r2;", [minus, 1, 0]));
    assert!(holds("setp.ls.u64 %p1, %d1, %d2;", [1, 1, 0]));
    assert!(holds("setp.ge.s64 %p1, %d1, -1;", [0, 0, 0]));
    assert!(holds(
        "setp.eq.b32 %p1|%p2, %r1, 4; not.pred %p2, %p2; and.pred %p1, %p1, %p2;",
        [4, 0, 0]
    ));
    assert!(holds(
        "setp.eq.b32 %p2, 1, 1; setp.eq.and.b32 %p1, %r1, 4, %p2;",
        [4, 0, 0]
    ));
    assert!(!holds(
        "setp.eq.b32 %p2, 1, 1; setp.eq.and.b32 %p1, %r1, 4, !%p2;",
        [4, 0, 0]
    ));
    assert!(holds(
        "setp.eq.b32 %p2, 1, 1; setp.eq.xor.b32 %p1, %r1, 5, %p2;",
        [4, 0, 0]
    ));
    assert_eq!(
        bits32("set.le.u32.s32 %r9, %r1, 0;", [minus, 0, 0]),
        u32::MAX
    );
    assert_eq!(
        bits32("set.le.f32.s32 %r9, %r1, 0;", [minus, 0, 0]),
        1f32.to_bits()
    );
}

#[test]
fn narrow_registers() {
    assert_eq!(
        bits32(
            "cvt.u16.u32 %h1, %r1; add.u16 %h2, %h1, %h1; cvt.u32.u16 %r9, %h2;",
            [0xffff, 0, 0]
        ),
        0xfffe
    );
    assert_eq!(
        bits32(
            "cvt.u16.u32 %h1, %r1; shr.s16 %h2, %h1, 20; cvt.s32.s16 %r9, %h2;",
            [0x8000, 0, 0]
        ),
        u32::MAX
    );
    assert_eq!(
        bits32(
            "mov.b32 {%h1, %h2}, %r1; mov.b32 %r9, {%h2, %h1};",
            [0x1234_5678, 0, 0]
        ),
        0x5678_1234
    );
    assert_eq!(
        bits64(
            "mov.b64 {%r4, %r5}, %d1; mov.b64 %d9, {%r5, %r4};",
            [1 << 32 | 7, 0, 0]
        ),
        7 << 32 | 1
    );
}
