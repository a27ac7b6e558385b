//! PTX that somebody else wrote: what a driver reads of its arguments is what is there.

use tensor_wasm_runtime::gpu::DeviceChoice;
use tensor_wasm_runtime::gpu::device::{
    Arena as _, ArenaSize, Cancel, Device as _, Grid, PtxArgument, PtxLaunch,
};
use tensor_wasm_runtime::gpu::interp::entries;

use crate::stand_in::with_stand_in;

const HEAD: &str = ".version 8.0\n.target sm_80\n.address_size 64\n";

const ADD: &str = ".visible .entry add (.param .u64 .ptr .global .align 4 at, .param .f32 what)\n\
    { .reg .u64 %a; .reg .u32 %v, %w;\n\
    ld.param.u64 %a, [at]; ld.param.b32 %v, [what];\n\
    ld.global.u32 %w, [%a]; add.u32 %w, %w, %v; st.global.u32 [%a], %w; ret; }\n";

/// Here, and over the stand-in for a driver.
macro_rules! where_ptx_runs {
    ($($name:ident),* $(,)?) => {
        mod interp {
            $(#[test] fn $name() { super::$name(super::DeviceChoice::Interp); })*
        }
        mod cuda {
            $(#[test] fn $name() {
                let test = concat!(module_path!(), "::", stringify!($name));
                super::with_stand_in(test, "", || {
                    super::$name(super::DeviceChoice::Cuda(None));
                });
            })*
        }
    };
}

where_ptx_runs!(
    arguments_are_as_many_and_as_large_as_the_text_says,
    shared_memory_may_be_more_the_next_time,
);

fn arguments_are_as_many_and_as_large_as_the_text_says(on: DeviceChoice) {
    let device = on.open(1).unwrap();
    let size = ArenaSize {
        initial: 1,
        room: 1,
        maximum: 1,
    };
    let arena = device.arena(size).unwrap();
    let program = device.compile_ptx(&format!("{HEAD}{ADD}")).unwrap();
    let cancel = Cancel::default();
    let launch = |entry: &str, arguments: &[PtxArgument]| {
        let launch = PtxLaunch {
            entry,
            grid: Grid::ONE,
            shared_bytes: 0,
            arguments,
            cancel: &cancel,
        };
        device.launch_ptx(&program, &arena, &launch)
    };
    let at = PtxArgument::Pointer {
        offset: 0,
        length: 4,
    };
    let what = PtxArgument::Word(42);
    launch("add", &[at, what]).unwrap();
    for (entry, arguments, said) in [
        ("add", &[][..], "`add` takes 2 arguments, not 0"),
        ("add", &[at], "`add` takes 2 arguments, not 1"),
        ("add", &[at, what, what], "`add` takes 2 arguments, not 3"),
        (
            "add",
            &[what, what],
            "argument 0 has 4 bytes, and `add` takes 8 there",
        ),
        (
            "add",
            &[at, PtxArgument::Long(42)],
            "argument 1 has 8 bytes, and `add` takes 4 there",
        ),
        ("sub", &[at, what], "no entry `sub`"),
    ] {
        let refused = launch(entry, arguments).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
    let mut word = [0; 4];
    arena.read(0, &mut word).unwrap();
    assert_eq!(word, [42, 0, 0, 0], "only the first has run");
}

#[test]
fn what_entries_take_is_read_or_refused() {
    let read = |text: &str| entries(&format!("{HEAD}{text}"));
    let body = "{ ret; }\n";
    let all = read(&format!(
        ".visible .entry none {body} .entry empty () .maxntid 32, 1, 1 {body}
         // .entry no (.param .u32 a) {{ ret; }}
         .entry bound .maxntid 32 {body} .func f (.param .b32 a) {body} .pragma \".entry x\";
         .weak .entry all (.param .b8 a[4096], .param .align 16 .b32 b[3][2], .param .f64 c,
           .param .u16 d, .param .u64 .ptr .shared .align 8 e, .param .b128 f) {body}"
    ));
    let all = all.unwrap();
    let mut names: Vec<&str> = all.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["all", "bound", "empty", "none"]);
    assert_eq!(all["all"], [4096, 24, 8, 2, 8, 16]);
    assert!(names[1..].iter().all(|name| all[*name].is_empty()));
    for (wrong, said) in [
        (
            ".entry a (.param .u32 x, .reg .u32 y) {}",
            "expected `.param`",
        ),
        (".entry a (.param .texref x) {}", "`.texref` in a parameter"),
        (".entry a (.param x) {}", "of no type"),
        (".entry a (.param .u32 .u64 x) {}", "of two types"),
        (".entry a (.param .b8 x[N]) {}", "number of elements"),
        (".entry a (.param .b8 x[4) {}", "expected `]`"),
        (".entry a (.param .u32 x", "expected `,`"),
        (".entry a .attribute(.param .u32 x) {}", "expected a body"),
        (
            ".entry a (.param .u32 x); .entry a {}",
            "declared in two ways",
        ),
        (".pragma \"\\\";", "a backslash in a string"),
        (".entry {}", "expected an entry's name"),
    ] {
        let refused = read(wrong).unwrap_err().to_string();
        assert!(refused.contains(said), "{wrong}: {refused}");
    }
}

fn shared_memory_may_be_more_the_next_time(on: DeviceChoice) {
    let device = on.open(1).unwrap();
    let size = ArenaSize {
        initial: 1,
        room: 1,
        maximum: 1,
    };
    let arena = device.arena(size).unwrap();
    let text = format!("{HEAD}.visible .entry nothing ()\n{{ ret; }}\n");
    let program = device.compile_ptx(&text).unwrap();
    let cancel = Cancel::default();
    for shared_bytes in [0, 1024, 100 << 10, 2048, 150 << 10] {
        let launch = PtxLaunch {
            entry: "nothing",
            grid: Grid::ONE,
            shared_bytes,
            arguments: &[],
            cancel: &cancel,
        };
        device.launch_ptx(&program, &arena, &launch).unwrap();
    }
}
