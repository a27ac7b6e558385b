//! Loads, stores, atomics, and the host's side of memory.

use super::{Fault, Memory, bits32, bits64, kernel, module, outcome, run};

#[test]
fn loads_extend_by_type() {
    let with = |load: &str| {
        bits32(
            &format!("st.global.b32 [%d0], %r1; {load}"),
            [0xffff_80f1, 0, 0],
        )
    };
    assert_eq!(with("ld.global.u8 %r9, [%d0];"), 0xf1);
    assert_eq!(with("ld.global.s8 %r9, [%d0];"), 0xffff_fff1);
    assert_eq!(with("ld.global.b8 %r9, [%d0];"), 0xf1);
    assert_eq!(with("ld.global.u16 %r9, [%d0];"), 0x80f1);
    assert_eq!(with("ld.global.s16 %r9, [%d0];"), 0xffff_80f1);
    assert_eq!(
        with("ld.global.s8 %h1, [%d0]; cvt.u32.u16 %r9, %h1;"),
        0xfff1
    );
    let wide = bits64(
        "st.global.b32 [%d0], %r1; ld.global.s32 %d9, [%d0];",
        [0x8000_0000, 0, 0],
    );
    assert_eq!(wide, 0xffff_ffff_8000_0000);
}

#[test]
fn stores_cut() {
    let body = "st.global.b8 [%d0+1], %r1; st.global.u16 [%d0+2], %d2; st.global.volatile.b32 [%d0+4], %r3;";
    assert!(
        super::Program::parse(&format!("{}{}", super::HEADER, kernel(body))).is_err(),
        "modifiers have an order"
    );
    let body = "st.global.b8 [%d0+1], %r1; st.global.u16 [%d0+2], %d2; st.volatile.global.b32 [%d0+4], %r3;";
    assert_eq!(
        outcome(body, [0x1ab, 0x1_cdef, 0x1_0000_0007], 1).unwrap()[0],
        0x0000_0007_cdef_ab00
    );
}

#[test]
fn vectors() {
    let body = "st.global.v4.b32 [%d0], {%r1, %r2, 5, %r3}; ld.global.v2.u32 {%r4, %r5}, [%d0+8];
        st.global.v2.b32 [%d0], {%r5, %r4};";
    assert_eq!(
        outcome(body, [1, 2, 3], 1).unwrap(),
        [5 << 32 | 3, 3 << 32 | 5]
    );
    let body = "st.global.v2.f64 [%d0], {%d1, %d2}; ld.relaxed.sys.global.v4.u16 {%h1, _, %h3, %h4}, [%d0];
        cvt.u32.u16 %r9, %h3; st.global.b32 [%d0+8], %r9;";
    assert_eq!(
        outcome(body, [0x4444_3333_2222_1111, 0, 0], 1).unwrap()[1],
        0x3333
    );
}

#[test]
fn spaces_hold_their_variables() {
    let text = format!(
        ".global .align 8 .b8 g[8] = {{1, 2, 3, 0xff}};
         .const .align 4 .s32 cc[3] = {{-1, 5}};
         .shared .align 4 .b32 s;
         {}",
        kernel(
            ".local .align 16 .b8 stack[32];
             ld.global.u32 %r4, [g]; ld.const.s32 %r5, [cc+4]; mov.u64 %d4, cc; cvta.const.u64 %d5, %d4;
             ld.s32 %r6, [%d5]; st.shared.b32 [s], %r5; ld.shared.b32 %r7, [s];
             st.local.b32 [stack+28], %r6; mov.u64 %d6, stack; cvta.local.u64 %d7, %d6; ld.b32 %r8, [%d7+28];
             add.u32 %r9, %r4, %r7; st.global.b32 [%d0], %r9; st.global.b32 [%d0+4], %r8;
             mov.u64 %d8, g; ld.global.b8 %r9, [%d8+1]; add.u32 %r9, %r9, 1; st.global.b8 [%d8+1], %r9;"
        )
    );
    let program = module(&text);
    let mut memory = Memory::new();
    let out = memory.alloc(8);
    for round in 0..2 {
        run(&program, &mut memory, 1, &[out, 0, 0, 0], 3).unwrap();
        let mut bytes = [0; 8];
        memory.read(out, &mut bytes).unwrap();
        // A `.global` variable stays over launches.
        assert_eq!(
            u64::from_le_bytes(bytes),
            0xffff_ffff_ff03_0201 + 5 + (round << 8)
        );
    }
    let at = memory.symbol(&program, "g").unwrap();
    let mut byte = [0];
    memory.read(at + 1, &mut byte).unwrap();
    assert_eq!(byte, [4]);
    memory.unload(&program);
    assert!(memory.symbol(&program, "g").is_none() && memory.read(at, &mut byte).is_err());
}

#[test]
fn atomics() {
    let table: [(&str, u32, u32); 14] = [
        ("add.u32", 5, 12),
        ("and.b32", 5, 5),
        ("or.b32", 8, 15),
        ("xor.b32", 5, 2),
        ("exch.b32", 9, 9),
        ("min.s32", 0xffff_ffff, 0xffff_ffff),
        ("min.u32", 0xffff_ffff, 7),
        ("max.s32", 0xffff_ffff, 7),
        ("max.u32", 0xffff_ffff, 0xffff_ffff),
        ("inc.u32", 7, 0),
        ("inc.u32", 8, 8),
        ("dec.u32", 9, 6),
        ("dec.u32", 3, 3),
        ("add.s32", 0xffff_fffe, 5),
    ];
    for (op, operand, want) in table {
        let body = format!(
            "st.global.b32 [%d0], 7; atom.global.{op} %r9, [%d0], %r1; st.global.b32 [%d0+4], %r9;"
        );
        let [word, _] = outcome(&body, [operand.into(), 0, 0], 1).unwrap();
        assert_eq!((word as u32, word >> 32), (want, 7), "{op}");
    }
    for (expected, want) in [(7, 9), (6, 7)] {
        let body = "st.global.b64 [%d0], 7; atom.acq_rel.gpu.global.cas.b64 %d9, [%d0], %d1, 9;";
        assert_eq!(outcome(body, [expected, 0, 0], 1).unwrap()[0], want);
    }
    let body = "red.relaxed.sys.global.max.u64 [%d0], %d1; red.global.min.s64 [%d0+8], -1;";
    assert_eq!(
        outcome(body, [u64::MAX, 0, 0], 1).unwrap(),
        [u64::MAX, u64::MAX]
    );
    let body = ".shared .b32 s; st.shared.b32 [s], 1; atom.shared.add.u32 _, [s], 4; ld.shared.b32 %r9, [s]; st.global.b32 [%d0], %r9;";
    assert_eq!(outcome(body, [0; 3], 1).unwrap()[0], 5);
}

#[test]
fn the_host_allocates_reads_writes_and_frees() {
    let mut memory = Memory::new();
    let (a, b) = (memory.alloc(100_000), memory.alloc(10));
    assert!(a.abs_diff(b) > 1 << 32 && a % 256 == 0);
    let bytes: Vec<u8> = (0..99_999u32).map(|at| (at * 7) as u8).collect();
    memory.write(a + 1, &bytes).unwrap();
    let mut back = vec![0; 99_999];
    memory.read(a + 1, &mut back).unwrap();
    assert!(bytes == back);
    memory.fill(a + 5, 90_000, 0xee).unwrap();
    memory.read(a + 1, &mut back).unwrap();
    assert!(
        back[..4] == bytes[..4]
            && back[4..90_004].iter().all(|byte| *byte == 0xee)
            && back[90_004..] == bytes[90_004..]
    );
    assert!(matches!(
        memory.write(b + 8, &[0; 3]),
        Err(Fault::OutOfBounds { .. })
    ));
    assert!(matches!(
        memory.read(b - 1, &mut [0]),
        Err(Fault::OutOfBounds { .. })
    ));
    assert!(memory.read(b + 10, &mut []).is_ok());
    assert!(memory.free(b) && !memory.free(b) && !memory.free(a + 1) && !memory.free(0));
    assert!(memory.read(b, &mut [0]).is_err(), "freed");
    assert_ne!(memory.alloc(10), b, "addresses are not used again soon");
    assert_eq!(memory.alloc(u64::MAX), 0);
    // Four gigabytes cost nothing until they are touched.
    let large = memory.alloc(4 << 30);
    memory.fill(large, 4 << 30, 0).unwrap();
    memory.write(large + (3 << 30), &[9]).unwrap();
    let mut pair = [1; 2];
    memory.read(large + (3 << 30), &mut pair).unwrap();
    assert_eq!(pair, [9, 0]);
}
