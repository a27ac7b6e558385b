//! Which functions may run as the threads of one launch.

use tensor_wasm_runtime::gpu::Kernels;

use crate::wasm;

/// Whether the export `f` of a module is pure: `body` is its code, `more` stands
/// beside it.
fn pure(more: &str, body: &str) -> bool {
    let text = format!(r#"(module {more} (func $f (export "f") (result i32) {body}))"#);
    let kernels = Kernels::new(&wasm(&text)).unwrap();
    kernels.is_pure(kernels.export("f").unwrap().function)
}

const MEMORY: &str = "(memory 1) (data $data \"x\")";
const GLOBAL: &str = "(global $g (mut i32) (i32.const 0))";

#[test]
fn what_only_computes_and_reads_is_pure() {
    assert!(pure("", "(i32.add (i32.const 1) (i32.const 2))"));
    // A trap is one call's own affair.
    assert!(pure("", "(i32.div_s (i32.const 1) (i32.const 0))"));
    assert!(pure(
        "",
        "(select (i32.const 1) (i32.const 2) (i32.const 3))"
    ));
    assert!(pure("", "(loop $l (br $l)) (i32.const 1)"));
    assert!(pure(MEMORY, "(i32.load (i32.const 0))"));
    assert!(pure(MEMORY, "(memory.size)"));
    assert!(pure(GLOBAL, "(global.get $g)"));
}

#[test]
fn what_writes_is_not() {
    for body in [
        "(i32.store (i32.const 0) (i32.const 1)) (i32.const 1)",
        "(memory.grow (i32.const 0))",
        "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 1)",
        "(memory.copy (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 1)",
        "(memory.init $data (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 1)",
        "(data.drop $data) (i32.const 1)",
        "(i32.atomic.load (i32.const 0))",
        "(i32.atomic.store (i32.const 0) (i32.const 1)) (i32.const 1)",
        "(i32.atomic.rmw.add (i32.const 0) (i32.const 1))",
        "(i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 1) (i32.const 1))",
        "(atomic.fence) (i32.const 1)",
    ] {
        assert!(!pure(MEMORY, body), "{body}");
    }
    assert!(!pure(GLOBAL, "(global.set $g (i32.const 1)) (i32.const 1)"));
}

#[test]
fn what_knows_its_place_or_waits_is_not() {
    let position = r#"(import "gpu" "global_id_x" (func $id (result i32)))"#;
    assert!(!pure(position, "(call $id)"));
    let barrier = r#"(import "gpu" "barrier" (func $wait))"#;
    assert!(!pure(barrier, "(call $wait) (i32.const 1)"));
}

#[test]
fn what_it_may_call_counts() {
    let good = "(func $good (result i32) (i32.const 1))";
    let bad = "(memory 1) (func $bad (result i32) (memory.grow (i32.const 0)))
        (func $farther (result i32) (call $far)) (func $far (result i32) (call $bad))";
    assert!(pure(good, "(call $good)"));
    assert!(!pure(bad, "(call $far)"));
    assert!(!pure(bad, "(call $farther)"));
    // Functions that call each other are pure if none of them is not.
    let even = "(func $even (result i32) (call $f))";
    assert!(pure(even, "(call $even)"));
    let odd = "(memory 1) (func $odd (result i32) (drop (call $f)) (memory.grow (i32.const 0)))";
    assert!(!pure(odd, "(call $odd)"));
}

#[test]
fn a_call_through_the_table_may_be_of_all_of_it() {
    let table = "(type $t (func (result i32))) (memory 1)
        (func $good (result i32) (i32.const 1))
        (func $bad (result i32) (memory.grow (i32.const 0)))";
    let call = "(call_indirect (type $t) (i32.const 0))";
    assert!(pure(&format!("{table} (table funcref (elem $good))"), call));
    assert!(!pure(
        &format!("{table} (table funcref (elem $good $bad))"),
        call
    ));
}

#[test]
fn launches_with_shadow_stacks_grow_the_memory() {
    let stack = r#"(memory 1)
        (global $__stack_pointer (mut i32) (i32.const 1024))
        (func (export "g") (global.set $__stack_pointer (i32.const 512)))"#;
    assert!(!pure(stack, "(memory.size)"));
}

#[test]
fn there_is_no_such_function() {
    let kernels = Kernels::new(&wasm("(module)")).unwrap();
    assert!(!kernels.is_pure(0));
}
