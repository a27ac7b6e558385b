//! What kernels do not have is refused, with its place.

#[path = "../../src/gpu/ir/build/opcode.rs"]
#[expect(dead_code, reason = "only how names are spelled is tested here")]
mod opcode;

use tensor_wasm_runtime::gpu::ir;

use crate::wasm;

fn refusal(text: &str) -> String {
    let built = ir::build(&wasm(text)).map(|_| "it was built");
    built.unwrap_err().to_string()
}

#[test]
fn an_instruction_that_kernels_lack_is_named_with_its_place() {
    let said = refusal(
        "(module (func) (func (result i32) (i32.const 1) (drop (ref.is_null (ref.null func)))))",
    );
    assert!(said.contains("instruction ref.null (at"), "{said}");
    assert!(
        said.contains("function 1") && said.contains("at offset 0x"),
        "{said}"
    );
    // Where nothing runs, too.
    let dead = refusal("(module (func (unreachable) (drop (ref.is_null (ref.null func)))))");
    assert!(dead.contains("instruction ref.null (at"), "{dead}");
}

#[test]
fn there_is_no_host() {
    let said = refusal(r#"(module (import "env" "print" (func (param i32))))"#);
    assert!(said.contains("`env` `print`"), "{said}");
    let wrong = refusal(r#"(module (import "gpu" "global_id_x" (func (result i64))))"#);
    assert!(wrong.contains("gives an i32"), "{wrong}");
    let unknown = refusal(r#"(module (import "gpu" "warp_id" (func (result i32))))"#);
    assert!(unknown.contains("`gpu` `warp_id`"), "{unknown}");
}

#[test]
fn what_is_no_module_is_refused_and_nothing_breaks() {
    assert!(ir::build(b"").is_err());
    assert!(ir::build(b"\0asm\x01\0\0\0").is_ok());
    let whole = wasm(include_str!("everything.wat"));
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..2_000 {
        let mut broken = whole.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(8..broken.len());
            broken[at] = random.u8(..);
        }
        broken.truncate(random.usize(8..=broken.len()));
        // Whatever comes of it, it comes as a result.
        let _ = ir::build(&broken).map(|module| tensor_wasm_runtime::gpu::ptx::write(&module));
    }
}

#[test]
fn deep_nesting_and_many_locals_are_refused() {
    let deep = format!(
        "(module (func {} {}))",
        "(block ".repeat(1_001),
        ")".repeat(1_001)
    );
    assert!(refusal(&deep).contains("nested too deep"));
    let many = [
        0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 1, 0xd1,
        0x86, 0x03, 0x7f, 0x0b,
    ];
    let built = ir::build(&many).map(|_| "it was built");
    let said = built.unwrap_err().to_string();
    assert!(said.contains("too many locals"), "{said}");
}

/// Text that is there so often.
fn times(text: &str, count: usize) -> String {
    text.repeat(count)
}

/// A module of some kilobytes must not ask for gigabytes.
#[test]
fn what_grows_faster_than_its_module_is_refused() {
    let locals = 17_000;
    let sets: String = (0..locals)
        .map(|local| format!("i32.const 0 local.set {local} "))
        .collect();
    let function = |body: &str| {
        let locals = times("i32 ", locals);
        format!("(module (func (param i32) (local {locals}) {body}))")
    };
    let many = "i32 ".repeat(1000);
    let wide = |functions: &str| format!("(module (type $wide (func (param {many}))) {functions})");
    for (what, text) in [
        (
            "jumps that carry much",
            function(&format!(
                "block {sets} {} end",
                times("local.get 0 br_if 0 ", 300)
            )),
        ),
        (
            "blocks in blocks, each of which carries much",
            function(&format!(
                "{} {sets} {}",
                times("block ", 900),
                times("end ", 900)
            )),
        ),
        (
            "calls with many results",
            format!(
                "(module (type $wide (func (result {many}))) (func $f (type $wide) unreachable)
                  (func {} unreachable))",
                times("call $f ", 5000)
            ),
        ),
        (
            "functions with many parameters",
            wide(&times("(func (type $wide)) ", 5000)),
        ),
    ] {
        let said = refusal(&text);
        assert!(said.contains("too large for a kernel"), "{what}: {said}");
    }
}

#[test]
fn a_table_of_jumps_carries_its_values_once_for_each_label() {
    let sets: String = (0..1000)
        .map(|local| format!("local.get 0 local.set {local} "))
        .collect();
    let text = format!(
        "(module (func (param i32) (local {}) block block {sets} local.get 0 br_table {} end end))",
        times("i32 ", 1000),
        times("0 1 ", 100_000)
    );
    let module = ir::build(&wasm(&text)).unwrap();
    let blocks = &module.functions[0].code.blocks;
    let jumps = blocks.iter().flat_map(|block| block.end.jumps());
    let carried: usize = jumps.map(|jump| jump.arguments.len()).sum();
    // From the table to both, and from the inner one to the outer one.
    assert_eq!(carried, 3000);
}

/// A proposal's instruction, behind an import, another function and `nop`, of one byte:
/// what is said names all of that.
fn instruction_is_named(declared: &str, instructions: &str, name: &str) {
    let module = |body: &str| {
        format!(
            r#"(module (import "gpu" "barrier" (func)) {declared}
              (memory 1) (func nop nop) (func nop {body} unreachable))"#
        )
    };
    let text = module(instructions);
    let said = ir::build(&wasm(&text)).map(|_| "it was built").unwrap_err();
    assert_eq!(said.function, Some(2), "{said}");
    let shown = said.to_string();
    assert!(
        shown.ends_with(&format!(", function 2, {name})"))
            || shown.contains(&format!("the instruction {name} (")),
        "{shown}"
    );
    // Without it, and what comes behind it, the module ends there but for two bytes.
    let (before, _) = instructions.split_once(name).unwrap();
    let before = wasm(&module(before));
    assert_eq!(said.offset, before.len() - 2, "{shown}");
}

#[test]
fn vectors_are_refused_by_name() {
    instruction_is_named(
        "",
        "i32.const 7 drop v128.const i64x2 0 0 drop",
        "v128.const",
    );
    instruction_is_named("", "i32.const 7 i32x4.splat drop", "i32x4.splat");
}

#[test]
fn exceptions_are_refused_by_name() {
    instruction_is_named("", "nop throw_ref", "throw_ref");
    instruction_is_named("", "nop try_table nop end", "try_table");
}

#[test]
fn tail_calls_are_refused_by_name() {
    instruction_is_named("", "nop return_call 1", "return_call");
}

#[test]
fn garbage_collection_is_refused_by_name() {
    instruction_is_named("", "i32.const 1 ref.i31 drop", "ref.i31");
}

#[test]
fn wide_arithmetic_is_refused_by_name() {
    let four = "i64.const 1 i64.const 1 i64.const 1 i64.const 1";
    instruction_is_named("", &format!("{four} i64.add128 drop drop"), "i64.add128");
}

/// The memory is what is refused: there is no instruction.
#[test]
fn memories_of_64_bits_are_refused() {
    let said = ir::build(&wasm(
        "(module (memory i64 1) (func (drop (i32.load (i64.const 0)))))",
    ));
    let said = said.map(|_| "it was built").unwrap_err();
    assert!(said.message.contains("64-bit"), "{said}");
    assert_eq!((said.function, &said.instruction), (None, &None), "{said}");
}

#[test]
fn references_are_refused_by_name() {
    let table = "(table 4 funcref)";
    instruction_is_named(table, "nop ref.func 1 drop", "ref.func");
    instruction_is_named(table, "nop ref.null func drop", "ref.null");
    instruction_is_named(table, "i32.const 0 table.get drop", "table.get");
    let three = "i32.const 0 i32.const 0 i32.const 0";
    instruction_is_named(table, &format!("{three} table.copy"), "table.copy");
}

#[test]
fn threads_that_wait_are_refused_by_name() {
    let wait = "i32.const 0 i32.const 0 i64.const 0 memory.atomic.wait32 drop";
    instruction_is_named("", wait, "memory.atomic.wait32");
    let notify = "i32.const 0 i32.const 0 memory.atomic.notify drop";
    instruction_is_named("", notify, "memory.atomic.notify");
}

/// The reference's parser knows every name, but for what has left it or is not in it yet.
#[test]
fn instructions_are_spelled_as_in_the_text_format() {
    macro_rules! methods {
        ($(@$proposal:ident $op:ident $({ $($argument:ident: $ty:ty),* })? => $visit:ident ($($annotation:tt)*))*) => {
            [$(stringify!($visit)),*]
        };
    }
    let mut unknown = Vec::new();
    for method in wasmparser::for_each_operator!(methods) {
        let name = opcode::spelled(method);
        let buffer = wast::parser::ParseBuffer::new(&name).unwrap();
        let parsed = wast::parser::parse::<wast::core::Instruction<'_>>(&buffer);
        // Others want what comes behind them.
        if parsed.is_err_and(|error| error.message().contains("unknown operator")) {
            unknown.push(name);
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}
