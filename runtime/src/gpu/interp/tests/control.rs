//! Branches, calls, scopes and launches that are refused.

use super::{
    Fault, HEADER, Launch, Memory, Program, bits32, bits64, kernel, launch, module, outcome, run,
};

#[test]
fn loops_and_guards() {
    let sum =
        "mov.u32 %r9, 0; LOOP: setp.eq.u32 %p1, %r1, 0; @%p1 bra.uni DONE; add.u32 %r9, %r9, %r1;
        sub.u32 %r1, %r1, 1; bra LOOP; DONE: @!%p1 mov.u32 %r9, 0;";
    assert_eq!(bits32(sum, [100, 0, 0]), 5050);
    assert!(outcome("@%p1 exit; st.global.b32 [%d0], 1;", [0; 3], 1).is_err());
    let exits = "setp.eq.u32 %p1, %r1, 1; @%p1 exit; st.global.b32 [%d0], 1;";
    assert_eq!(outcome(exits, [1, 0, 0], 1).unwrap()[0], 0);
    assert_eq!(outcome(exits, [0, 0, 0], 1).unwrap()[0], 1);
}

#[test]
fn scopes_shadow() {
    let body =
        "{ .reg .b32 %r1; mov.u32 %r1, 9; st.global.b32 [%d0+4], %r1; } st.global.b32 [%d0], %r1;";
    assert_eq!(outcome(body, [3, 0, 0], 1).unwrap()[0], 9 << 32 | 3);
}

#[test]
fn calls_pass_values() {
    let text = format!(
        ".func (.param .b64 r) fact (.param .b64 n)
         {{
            .reg .b64 %d<5>; .reg .pred %p; .local .b64 kept;
            ld.param.b64 %d1, [n]; st.local.b64 [kept], %d1;
            setp.eq.s64 %p, %d1, 0; @!%p bra REST; st.param.b64 [r], 1; ret;
            REST: {{ .param .b64 a; .param .b64 b; sub.s64 %d2, %d1, 1; st.param.b64 [a], %d2;
              call.uni (b), fact, (a); ld.param.b64 %d3, [b]; }}
            ld.local.b64 %d1, [kept]; mul.lo.s64 %d4, %d3, %d1; st.param.b64 [r], %d4; ret;
         }}
         .func (.param .align 8 .b8 r[16]) swap (.param .align 8 .b8 p[16], .param .b32 unused)
         {{
            .reg .b64 %d<3>; ld.param.v2.b64 {{%d1, %d2}}, [p]; st.param.b64 [r+8], %d1; st.param.b64 [r], %d2;
         }}
         .func (.reg .b32 r) twice (.reg .b32 a) {{ add.u32 r, a, a; ret; }}
         .func nothing {{ ret; }}
         {}",
        kernel(
            "call.uni nothing;
             {{ .param .b64 x; .param .b64 y; st.param.b64 [x], %d1; call (y), fact, (x); ld.param.b64 %d4, [y]; }}
             {{ .param .align 8 .b8 x[16]; .param .align 8 .b8 y[16]; st.param.b64 [x], %d4; st.param.b64 [x+8], 5;
               call.uni (y), swap, (x, %r1); ld.param.b64 %d5, [y]; ld.param.u32 %r4, [y+8]; ld.param.s8 %r5, [y+8]; }}
             call (%r6), twice, (21); add.u32 %r9, %r4, %r6; st.global.b32 [%d0], %r9; st.global.b64 [%d0+8], %d5;"
        )
    );
    let program = module(&text.replace("{{", "{").replace("}}", "}"));
    let mut memory = Memory::new();
    let out = memory.alloc(16);
    run(&program, &mut memory, 1, &[out, 10, 0, 0], 1).unwrap();
    let mut bytes = [0; 16];
    memory.read(out, &mut bytes).unwrap();
    assert_eq!(bytes[..4], (3_628_800u32 + 42).to_le_bytes());
    assert_eq!(bytes[8..], 5u64.to_le_bytes());
}

#[test]
fn two_results_are_registers() {
    let text = format!(
        ".func (.reg .b32 q, .reg .b32 r) f (.reg .b32 a, .reg .b32 b) {{ div.u32 q, a, b; rem.u32 r, a, b; ret; }} {}",
        kernel("call (%r4, %r5), f, (%r1, 10); st.global.v2.b32 [%d0], {%r4, %r5};")
    );
    let mut memory = Memory::new();
    let out = memory.alloc(8);
    run(&module(&text), &mut memory, 1, &[out, 57, 0, 0], 1).unwrap();
    let mut bytes = [0; 8];
    memory.read(out, &mut bytes).unwrap();
    assert_eq!(u64::from_le_bytes(bytes), 7 << 32 | 5);
}

#[test]
fn a_narrow_parameter_is_cut() {
    let text = format!(
        ".func (.param .b32 r) f (.param .b8 a) {{ .reg .b32 %a; ld.param.u8 %a, [a]; st.param.b32 [r], %a; ret; }} {}",
        kernel(
            "{ .param .b8 x; .param .b32 y; st.param.b8 [x], %r1; call (y), f, (x); ld.param.b32 %r9, [y]; }
             st.global.b32 [%d0], %r9;"
        )
    );
    let mut memory = Memory::new();
    let out = memory.alloc(4);
    run(&module(&text), &mut memory, 1, &[out, 0x1ff, 0, 0], 1).unwrap();
    let mut bytes = [0; 4];
    memory.read(out, &mut bytes).unwrap();
    assert_eq!(u32::from_le_bytes(bytes), 0xff);
}

#[test]
fn a_result_that_was_not_stored_is_fresh() {
    let text = format!(
        ".func (.param .b32 r) f () {{ ret; }} {}",
        kernel("{ .param .b32 x; call (x), f, (); ld.param.b32 %r9, [x]; }")
    );
    let fault = run(&module(&text), &mut Memory::new(), 1, &[0; 4], 1).unwrap_err();
    assert!(
        matches!(fault, Fault::UninitializedRegister { .. }),
        "{fault}"
    );
}

#[test]
fn special_registers() {
    assert_eq!(bits32("mov.u32 %r9, %ntid.x;", [0; 3]), 1);
    assert_eq!(bits64("cvt.u64.u32 %d9, %tid.x;", [0; 3]), 0);
    assert_eq!(bits32("mov.u32 %r9, %nctaid.z;", [0; 3]), 1);
    let grows = "mov.u64 %d4, %clock64; mov.u64 %d5, %clock64; sub.s64 %d9, %d5, %d4;";
    assert_eq!(bits64(grows, [0; 3]), 16, "cycles of one instruction");
}

#[test]
fn launches_are_checked() {
    let program = Program::parse(&format!(
        "{HEADER} .visible .entry k(.param .u32 a) .maxntid 64 {{ ret; }} .entry l() .reqntid 8, 2 {{ ret; }}"
    ))
    .unwrap();
    assert_eq!(program.entries().collect::<Vec<_>>(), ["k", "l"]);
    let good = Launch {
        entry: "k",
        grid: [1; 3],
        block: [1; 3],
        shared_bytes: 0,
        arguments: &[1],
        seed: 0,
        steps: 100,
        cancel_word: None,
        begins_cancelled: false,
    };
    let outcome = |setup: Launch<'_>| launch(&program, &mut Memory::new(), &setup, &|| false);
    assert_eq!(outcome(good).unwrap().instructions, 1);
    let l = Launch {
        entry: "l",
        arguments: &[],
        ..good
    };
    assert!(
        outcome(Launch {
            block: [8, 2, 1],
            ..l
        })
        .is_ok()
    );
    for bad in [
        Launch { entry: "m", ..good },
        Launch {
            grid: [0, 1, 1],
            ..good
        },
        Launch {
            grid: [1, 65536, 1],
            ..good
        },
        Launch {
            grid: [1 << 31, 1, 1],
            ..good
        },
        Launch {
            block: [1, 0, 1],
            ..good
        },
        Launch {
            block: [1, 1, 65],
            ..good
        },
        Launch {
            block: [1024, 2, 1],
            ..good
        },
        Launch {
            block: [65, 1, 1],
            ..good
        },
        Launch {
            arguments: &[],
            ..good
        },
        Launch {
            arguments: &[1, 2],
            ..good
        },
        Launch {
            arguments: &[1 << 32],
            ..good
        },
        Launch {
            shared_bytes: 228 << 10,
            ..good
        },
        Launch {
            block: [2, 8, 1],
            ..l
        },
    ] {
        assert!(matches!(outcome(bad), Err(Fault::BadLaunch(_))), "{bad:?}");
    }
    let huge = Launch {
        grid: [(1 << 31) - 1, 65535, 65535],
        ..good
    };
    assert_eq!(outcome(huge), Err(Fault::OutOfSteps { steps: 100 }));
    assert_eq!(
        launch(&program, &mut Memory::new(), &good, &|| true),
        Err(Fault::Cancelled)
    );
}

#[test]
fn a_loop_is_cancelled() {
    let program = module(&kernel("LOOP: bra LOOP;"));
    let asked = std::cell::Cell::new(0);
    let cancelled = || asked.replace(asked.get() + 1) > 3;
    let setup = Launch {
        entry: "k",
        grid: [1; 3],
        block: [1; 3],
        shared_bytes: 0,
        arguments: &[0; 4],
        seed: 0,
        steps: u64::MAX,
        cancel_word: None,
        begins_cancelled: false,
    };
    assert_eq!(
        launch(&program, &mut Memory::new(), &setup, &cancelled),
        Err(Fault::Cancelled)
    );
}
