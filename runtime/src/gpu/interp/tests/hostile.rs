//! Faults of one thread: what a GPU answers with a lost context, or not at all.

use super::{Fault, Memory, kernel, module, outcome, run};

fn fault(body: &str, arguments: [u64; 3]) -> Fault {
    match outcome(body, arguments, 7) {
        Ok(_) => panic!("no fault: {body}"),
        Err(fault) => fault,
    }
}

#[test]
fn misaligned_accesses_fault() {
    for (ty, register, bytes) in [
        ("b16", "%h1", 2),
        ("b32", "%r9", 4),
        ("f32", "%f1", 4),
        ("b64", "%d9", 8),
    ] {
        for offset in 1..bytes {
            let load = fault(
                &format!("ld.global.{ty} {register}, [%d0+{offset}];"),
                [0; 3],
            );
            assert!(
                matches!(load, Fault::Misaligned { bytes: of, .. } if of == bytes),
                "{ty} {offset}: {load}"
            );
        }
    }
    let vector = fault("ld.global.v2.b32 {%r4, %r5}, [%d0+4];", [0; 3]);
    assert!(matches!(vector, Fault::Misaligned { bytes: 8, .. }));
    assert!(matches!(
        fault("st.global.b32 [%d0+2], %r1;", [0; 3]),
        Fault::Misaligned { .. }
    ));
    assert!(matches!(
        fault("red.global.add.u32 [%d0+2], 1;", [0; 3]),
        Fault::Misaligned { .. }
    ));
    assert!(matches!(
        fault("atom.global.cas.b64 %d9, [%d0+4], %d1, %d2;", [0; 3]),
        Fault::Misaligned { .. }
    ));
    // A byte is never misaligned.
    assert!(
        outcome(
            "ld.global.u8 %r9, [%d0+3]; st.global.b32 [%d0], %r9;",
            [0; 3],
            1
        )
        .is_ok()
    );
}

#[test]
fn addresses_outside_fault() {
    for address in ["[%d0+16]", "[%d0+-4]", "[%d1]", "[%d0+2147483640]"] {
        let fault = fault(&format!("ld.global.b32 %r9, {address};"), [0, 0, 0]);
        assert!(
            matches!(
                fault,
                Fault::OutOfBounds {
                    space: "global",
                    bytes: 4,
                    ..
                }
            ),
            "{address}: {fault}"
        );
    }
    assert!(matches!(
        fault("st.global.b8 [%d0+16], %r1;", [0; 3]),
        Fault::OutOfBounds { .. }
    ));
    // The last bytes are inside.
    assert!(outcome("st.global.b32 [%d0+12], %r1;", [0; 3], 1).is_ok());
}

#[test]
fn a_place_names_the_line() {
    let program = module(&kernel("\n\n  st.global.b8 [%d1], %r1;"));
    let fault = run(&program, &mut Memory::new(), 1, &[0, 0, 0, 0], 1).unwrap_err();
    let Fault::OutOfBounds { place, .. } = fault else {
        panic!("{fault}")
    };
    let text = kernel("\n\n  st.global.b8 [%d1], %r1;");
    let line = 4 + text
        .lines()
        .position(|line| line.contains("st.global"))
        .unwrap();
    assert_eq!(place.line as usize, line);
    assert!(
        fault.to_string().contains(&format!("at PTX line {line}")),
        "{fault}"
    );
}

#[test]
fn fresh_registers_fault() {
    let fault = fault("add.u32 %r9, %r1, %r17;", [0; 3]);
    assert!(
        matches!(&fault, Fault::UninitializedRegister { register, .. } if register == "%r17"),
        "{fault}"
    );
    for body in [
        "@%p3 mov.u32 %r9, 1;",
        "selp.b32 %r9, 1, %r17, 1;",
        "st.global.b32 [%d0], %r17;",
        "ld.global.b32 %r9, [%d17];",
        // A move whose guard is false writes nothing.
        "setp.ne.u32 %p1, 0, 0; @%p1 mov.u32 %r9, 1; st.global.b32 [%d0], %r9;",
    ] {
        assert!(
            matches!(
                outcome(body, [0; 3], 1),
                Err(Fault::UninitializedRegister { .. })
            ),
            "{body}"
        );
    }
}

#[test]
fn trap_and_steps() {
    assert!(matches!(fault("trap;", [0; 3]), Fault::Trap { .. }));
    assert_eq!(
        fault("LOOP: bra LOOP;", [0; 3]),
        Fault::OutOfSteps { steps: 1_000_000 }
    );
}

#[test]
fn recursion_ends_in_a_stack_overflow() {
    let text = format!(
        ".func (.param .b32 r) f (.param .b32 a);
         .func (.param .b32 r) f (.param .b32 a) {{
            .reg .b32 %r<4>; .param .b32 x; .param .b32 y;
            ld.param.b32 %r1, [a];
            st.param.b32 [x], %r1;
            call.uni (y), f, (x);
            ld.param.b32 %r2, [y];
            st.param.b32 [r], %r2;
            ret;
         }}
         {}",
        kernel(
            "{ .param .b32 a0; .param .b32 r0; st.param.b32 [a0], %r1; call.uni (r0), f, (a0); }"
        )
    );
    let fault = run(&module(&text), &mut Memory::new(), 1, &[0; 4], 1).unwrap_err();
    assert!(matches!(fault, Fault::StackOverflow { .. }), "{fault}");
}

#[test]
fn fresh_memory_is_poison() {
    let read = |seed| {
        let mut memory = Memory::with_seed(seed);
        let at = memory.alloc(64);
        let mut bytes = [0; 64];
        memory.read(at, &mut bytes).unwrap();
        bytes
    };
    assert_ne!(read(1), [0; 64]);
    assert_ne!(read(1), read(2));
    assert_eq!(read(3), read(3));
    // What a kernel sees is what the host sees; local memory is poison as well.
    let mut memory = Memory::with_seed(5);
    let at = memory.alloc(16);
    let mut word = [0; 8];
    memory.read(at, &mut word).unwrap();
    let program = module(&kernel(
        "ld.global.b64 %d4, [%d0]; st.global.b64 [%d0+8], %d4;",
    ));
    run(&program, &mut memory, 1, &[at, 0, 0, 0], 5).unwrap();
    let mut copy = [0; 8];
    memory.read(at + 8, &mut copy).unwrap();
    assert_eq!(word, copy);
    let body = ".local .align 8 .b8 v[16]; ld.local.b64 %d4, [v]; st.global.b64 [%d0], %d4;";
    assert_ne!(outcome(body, [0; 3], 1).unwrap()[0], 0);
    assert_ne!(
        outcome(body, [0; 3], 1).unwrap(),
        outcome(body, [0; 3], 2).unwrap()
    );
    let body = ".shared .align 8 .b8 v[16]; ld.shared.b64 %d4, [v]; st.global.b64 [%d0], %d4;";
    assert_ne!(outcome(body, [0; 3], 1).unwrap()[0], 0);
}

#[test]
fn read_only_loads_of_written_memory_are_undefined() {
    for body in [
        "st.global.b32 [%d0], %r1; ld.global.nc.b32 %r9, [%d0];",
        "ld.global.nc.b32 %r9, [%d0]; st.global.b8 [%d0+3], %r1;",
        "ld.global.nc.b32 %r9, [%d0]; red.global.add.u32 [%d0], 1;",
    ] {
        assert!(
            matches!(fault(body, [0; 3]), Fault::Undefined { .. }),
            "{body}"
        );
    }
    assert!(
        outcome(
            "ld.global.nc.b32 %r9, [%d0]; st.global.b32 [%d0+4], %r9;",
            [0; 3],
            1
        )
        .is_ok()
    );
}

#[test]
fn branch_tables_do_not_clamp() {
    let body = "T: .branchtargets A, B; brx.idx %r1, T;
        A: st.global.b32 [%d0], 10; ret; B: st.global.b32 [%d0], 20; ret;";
    assert_eq!(outcome(body, [0, 0, 0], 1).unwrap()[0], 10);
    assert_eq!(outcome(body, [1, 0, 0], 1).unwrap()[0], 20);
    for index in [2, 0xffff_ffff] {
        assert!(matches!(
            fault(body, [index, 0, 0]),
            Fault::Undefined { .. }
        ));
    }
}

#[test]
fn windows_are_apart() {
    let shared = ".shared .align 8 .b8 v[16];";
    // A generic address must be made by `cvta`.
    let raw = fault(
        &format!("{shared} mov.u64 %d4, v; st.b32 [%d4], %r1;"),
        [0; 3],
    );
    assert!(matches!(raw, Fault::OutOfBounds { .. }), "{raw}");
    let twice = fault(
        &format!("{shared} mov.u64 %d4, v; cvta.shared.u64 %d4, %d4; st.shared.b32 [%d4], %r1;"),
        [0; 3],
    );
    assert!(
        matches!(
            twice,
            Fault::OutOfBounds {
                space: "shared",
                ..
            }
        ),
        "{twice}"
    );
    let back = fault("cvta.to.shared.u64 %d4, %d0;", [0; 3]);
    assert!(matches!(back, Fault::Undefined { .. }), "{back}");
    let right = format!(
        "{shared} mov.u64 %d4, v; cvta.shared.u64 %d4, %d4; st.b32 [%d4+4], %r1;
         ld.shared.b32 %r9, [v+4]; st.global.b32 [%d0], %r9;"
    );
    assert_eq!(outcome(&right, [77, 0, 0], 1).unwrap()[0], 77);
    let past = fault(&format!("{shared} ld.shared.b32 %r9, [v+16];"), [0; 3]);
    assert!(
        matches!(
            past,
            Fault::OutOfBounds {
                space: "shared",
                ..
            }
        ),
        "{past}"
    );
    let null = fault(
        &format!("{shared} mov.u32 %r4, 0; ld.shared.b32 %r9, [%r4];"),
        [0; 3],
    );
    assert!(
        matches!(
            null,
            Fault::OutOfBounds {
                space: "shared",
                ..
            }
        ),
        "{null}"
    );
}
