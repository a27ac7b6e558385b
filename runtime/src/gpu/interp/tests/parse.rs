//! What the parser refuses, and that nothing makes it panic.

use super::{HEADER, Launch, Memory, Program, kernel, launch, refused};

#[test]
fn what_is_not_known_is_refused_where_it_stands() {
    for (body, message) in [
        ("add.cc.u32 %r9, %r1, %r2;", "`.cc`"),
        ("add.u32.sat %r9, %r1, %r2;", "`.sat`"),
        ("frobnicate.u32 %r9, %r1;", "`frobnicate`"),
        ("add.rn.u32 %r9, %r1, %r2;", "neither"),
        ("add.rz.f32 %r9, %r1, %r2;", "other than `.rn`"),
        ("div.f32 %r9, %r1, %r2;", "needs either"),
        ("sqrt.approx.f64 %d9, %d1;", "no approximation"),
        ("min.NaN.f64 %d9, %d1, %d2;", "only f32"),
        ("mov.b64 %r9, %d1;", "`%r9` is .b32"),
        ("mov.b32 %r9, %d1;", "`%d1` is .b64"),
        ("add.f32 %r9, %d1, %r2;", "`%d1`"),
        ("add.u32 %f1, %r1, %r2;", "`%f1` is .f32"),
        ("add.u32 %r20, %r1, %r2;", "not declared"),
        ("add.u32 %r09, %r1, %r2;", "not declared"),
        ("add.u32 %r9, %r1;", "expected `,`"),
        ("add.u32 %r9, %r1, %r2", "expected `;`"),
        ("add.u32 %r9, %r1, 4294967296;", "expected an operand"),
        ("add.f32 %r9, %r1, 1;", "expected an operand"),
        ("add.u32 5, %r1, %r2;", "expected a register"),
        ("setp.lt.b32 %p1, %r1, %r2;", "have no `.lt`"),
        ("setp.lo.s32 %p1, %r1, %r2;", "have no `.lo`"),
        ("setp.ltu.u32 %p1, %r1, %r2;", "have no `.ltu`"),
        ("selp.b32 %r9, %r1, %r2, %r3;", "`%r3` is .b32"),
        ("cvt.s32.f32 %r9, %r1;", "does not go with"),
        ("cvt.f32.f64 %f1, %d1;", "does not go with"),
        ("cvt.rn.f64.f32 %d9, %r1;", "does not go with"),
        ("cvt.rn.u64.u32 %d9, %r1;", "does not go with"),
        ("cvt.f32.s32 %r9, %r1;", "does not go with"),
        ("ld.global.b32 %r9, [%r1];", "`%r1`"),
        ("ld.global.weird.b32 %r9, [%d1];", "`.weird`"),
        ("ld.global.v3.b32 %r9, [%d1];", "`.v3`"),
        (
            "ld.global.v4.b64 {%d1, %d2, %d3, %d4}, [%d0];",
            "at most 16",
        ),
        ("ld.global.f64 %f1, [%d1];", "`%f1`"),
        ("ld.relaxed.global.b32 %r9, [%d1];", "expected one of .cta"),
        ("st.const.b32 [%d1], %r1;", "not written"),
        ("atom.local.add.u32 %r9, [%d1], 1;", "`.local`"),
        ("atom.global.add.s64 %d9, [%d1], 1;", "`.s64`"),
        ("red.global.cas.b32 [%d1], 1, 2;", "no `.exch`"),
        ("bra NOWHERE;", "`NOWHERE` is nowhere"),
        ("A: A: ret;", "placed twice"),
        ("ld.global.b32 _, [%d0];", "`_` is not declared"),
        ("brx.idx %r1, T; T: .branchtargets A; A:", "before this"),
        (
            "T: .branchtargets A; T: .branchtargets A; A:",
            "declared twice",
        ),
        ("T: .branchtargets NOWHERE;", "`NOWHERE` is nowhere"),
        ("add.u32 %r9, %tid.x, 1;", "by `mov` and `cvt` alone"),
        ("ld.global.b32 %r9, [64];", "only `.local`"),
        ("st.param.b64 [a], %d1;", "its own parameters"),
        ("{ .param .b64 a; }", "parameter of the function already"),
        ("call f, (%r1);", "`f` is not declared"),
        ("call k, (%d1, %d1, %d1, %d1);", "is an entry"),
        ("bar.sync 16;", "at most 15"),
        ("bar.sync 0, 32;", "expected `;`"),
        ("bar.arrive 0, 32;", "`.arrive`"),
        ("ld.param.u32 %r9, [out];", "as a whole"),
        ("ld.param.u64 %d9, [nothing];", "not declared"),
        (".reg .b32 %r1, %r1;", "declared twice"),
        (".local .align 3 .b8 v[4];", "alignment 3"),
        ("mov.u32 %r9, %tid.w;", "expected `.x`"),
        ("@%r1 ret;", "`%r1` is .b32"),
        ("{ ret;", "end of the text"),
    ] {
        let text = kernel(&format!("\n{body}\n"));
        let error = refused(&text);
        assert!(error.message.contains(message), "{body}: {error}");
        assert!(error.line > 3 && error.column > 0, "{body}: {error}");
    }
    let error = refused(&kernel("\n  add.u32 %r9,\n  %r1 %r2;"));
    let line = 4 + kernel("\n@@")
        .lines()
        .position(|line| line.contains("@@"))
        .unwrap() as u32;
    assert_eq!((error.line, error.column), (line + 1, 7), "{error}");
}

#[test]
fn modules_need_their_header() {
    for text in [
        "",
        ".version 8.0",
        ".version 3.0 .target sm_80 .address_size 64",
        ".version 8.0 .target sm_70 .address_size 64",
        ".version 8.0 .target sm_80 .address_size 32",
        ".target sm_80 .version 8.0 .address_size 64",
    ] {
        assert!(Program::parse(text).is_err(), "{text}");
    }
    assert!(Program::parse(".version 9.1 .target sm_90a .address_size 64").is_ok());
    for text in [
        ".func f (); .entry k() { call f; ret; }",
        ".func f () { ret; } .func f () { ret; }",
        ".func (.param .b32 r, .param .b32 s) f () { ret; }",
        ".func f (.param .b32 a); .func f (.param .b64 a) { ret; }",
        ".func (.param .b32 r) f () { ret; } .entry k() { call f; }",
        ".func f (.param .b32 a) { ret; } .entry k() { .param .b64 b; call f, (b); }",
        ".global .b8 g[2] = {1, 2, 3};",
        ".global .b8 g[] ;",
        ".global .b8 g[99999999999];",
        ".shared .b32 s = 4;",
        ".extern .func f ();",
        ".global .b32 a; .global .b32 a;",
        ".entry k(.param .b8 a[4]) { ret; }",
        "/* open",
        "\u{e9}",
        ".pragma \"open",
    ] {
        refused(text);
    }
}

/// A text with most of the grammar in it.
fn sample() -> String {
    format!(
        "{HEADER}.global .align 4 .b8 g[8] = {{1, 2}}; .const .f64 c1 = 0d3FF0000000000000;
         .extern .shared .align 16 .b8 dyn[]; .file 1 \"a.wasm\"
         .func (.param .b32 r) f (.param .b32 n);
         .func (.param .b32 r) f (.param .b32 n) {{ .reg .b32 %a; ld.param.b32 %a, [n]; st.param.b32 [r], %a; ret; }}
         {}",
        kernel(
            ".loc 1 2 3
             .local .align 16 .b8 stack[64]; .pragma \"nounroll\";
             {{ .param .b32 x; .param .b32 y; st.param.b32 [x], %r1; call.uni (y), f, (x); ld.param.b32 %r9, [y]; }}
             mov.u64 %d4, stack; cvta.local.u64 %d4, %d4; st.v2.b32 [%d4+8], {%r1, %r2};
             and.b32 %r5, %r1, 1; T: .branchtargets A, B; brx.idx %r5, T;
             A: add.rn.f32 %f1, 0f3F800000, 0f40000000; cvt.rzi.s32.f32 %r6, %f1; bra C;
             B: setp.eq.and.b32 %p1|%p2, %r1, -1, !%p3; @!%p1 atom.relaxed.gpu.global.cas.b32 %r7, [%d0], 0, 1;
             C: bar.sync 0; mov.b64 {%r4, %r5}, %d1; ld.global.nc.L1::no_allocate.v2.u32 {%r6, _}, [%d0+8];"
        )
        .replace("{{ .param", "{ .param")
        .replace("[y]; }}", "[y]; }")
    )
}

#[test]
fn mutated_text_never_panics() {
    let text = sample();
    let good = Program::parse(&text).unwrap();
    assert_eq!(good.entries().count(), 1);
    let mut rng = fastrand::Rng::with_seed(1);
    let words: Vec<&str> = text.split_inclusive([' ', ',', ';']).collect();
    let (mut parsed, mut ran) = (0, 0);
    for _ in 0..20_000 {
        let mut mutant = if rng.bool() {
            let mut words = words.clone();
            for _ in 0..rng.usize(1..4) {
                let (at, from) = (rng.usize(0..words.len()), rng.usize(0..words.len()));
                match rng.u8(0..3) {
                    0 => words[at] = words[from],
                    1 => words.insert(at, words[from]),
                    _ => drop(words.remove(at)),
                }
            }
            words.concat().into_bytes()
        } else {
            text.clone().into_bytes()
        };
        for _ in 0..rng.usize(0..3) {
            let at = rng.usize(0..mutant.len());
            match rng.u8(0..4) {
                0 => mutant.truncate(at.max(1)),
                1 => drop(mutant.remove(at)),
                2 => {
                    mutant[at] =
                        b"{}()[]<>.,;:%@!_-+0123456789abfrsuvx\"/* \n\x80"[rng.usize(0..42)]
                }
                _ => mutant.insert(at, mutant[rng.usize(0..mutant.len())]),
            }
        }
        let Ok(program) = Program::parse(&String::from_utf8_lossy(&mutant)) else {
            continue;
        };
        parsed += 1;
        let Some(entry) = program.entries().next() else {
            continue;
        };
        let mut memory = Memory::new();
        let out = memory.alloc(64);
        let arguments = [out, rng.u64(0..4), 1, 2];
        let setup = Launch {
            entry,
            grid: [2, 1, 1],
            block: [3, 1, 1],
            shared_bytes: 64,
            arguments: &arguments,
            seed: rng.u64(..),
            steps: 5000,
            cancel_word: None,
            begins_cancelled: false,
        };
        ran += usize::from(launch(&program, &mut memory, &setup, &|| false).is_ok());
    }
    assert!(parsed > 500, "{parsed} mutants parsed");
    assert!(ran > 50, "{ran} mutants ran to their end");
}

#[test]
fn deep_and_long_texts_are_refused_quickly() {
    refused(&kernel(&"{".repeat(100_000)));
    refused(&kernel(&"@".repeat(100_000)));
    refused(&".reg".repeat(100_000));
    refused(&kernel(&format!("mov.b64 {{{}", "%r1,".repeat(100_000))));
    let long = kernel(&"add.u32 %r9, %r1, %r2;\n".repeat(100_000));
    assert!(Program::parse(&format!("{HEADER}{long}")).is_ok());
}
