//! What kernels do not have is refused, with its place.

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
    assert!(said.contains("RefNull"), "{said}");
    assert!(
        said.contains("function 1") && said.contains("at offset 0x"),
        "{said}"
    );
    // Where nothing runs, too.
    let dead = refusal("(module (func (unreachable) (drop (ref.is_null (ref.null func)))))");
    assert!(dead.contains("RefNull"), "{dead}");
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
