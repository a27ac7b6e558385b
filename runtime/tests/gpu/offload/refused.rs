//! What is no map whatever its arguments are, each with its reason and the
//! instruction it is about.

use tensor_wasm_runtime::gpu::Kernels;
use tensor_wasm_runtime::gpu::offload::{Reason, analyze};

use super::compiled;

/// Where the instruction of an offset is, as the text of what was understood says.
pub(super) fn line(kernels: &Kernels, offset: u32) -> String {
    let text = kernels.module().to_string();
    let place = format!("@{offset:#x}");
    let found = text.lines().find(|line| line.ends_with(&place));
    found.unwrap_or_default().trim().to_owned()
}

/// A loop over `$i` below `$n` with this body, of a module with more beside it.
pub(super) fn map_of(more: &str, body: &str) -> String {
    format!(
        r#"(module {more}
          (func $f (export "f") (param $n i32) (param $x i32)
            (local $i i32) (local $s i32) (local $t f32)
            (block $done
              (loop $next
                (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
                {body}
                (local.set $x (i32.add (local.get $x) (i32.const 4)))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br $next)))))"#
    )
}

pub(super) const MEMORY: &str = "(memory 1)";
pub(super) const STORE: &str = "(i32.store (local.get $x) (local.get $i))";

/// Whatever the arguments are.
#[track_caller]
fn never(more: &str, body: &str, reason: &Reason, at: &str) {
    let kernels = compiled(&map_of(more, body));
    let function = kernels.export("f").unwrap().function;
    let not = analyze(&kernels, function).unwrap_err();
    assert_eq!((&not.reason, not.function), (reason, function), "{body}");
    let found = line(&kernels, not.offset);
    assert!(found.contains(at), "{body}: {found}");
}

#[test]
fn the_loop_that_the_others_are_made_of_is_a_map() {
    let kernels = compiled(&map_of(MEMORY, STORE));
    let map = analyze(&kernels, 0).unwrap();
    let [found] = map.loops() else {
        panic!("{:?}", map.loops());
    };
    assert_eq!((found.loads, found.stores), (0, 1));
    let header = kernels.module().functions[0].code.blocks.iter();
    let header = header.filter(|block| block.is_loop).map(|it| it.offset);
    assert_eq!(header.collect::<Vec<_>>(), [found.offset]);
}

#[test]
fn values_that_are_carried() {
    // A sum in a local, a sum in a float, the value of the iteration before.
    for (body, at) in [
        (
            "(local.set $s (i32.add (local.get $s) (i32.load (local.get $x))))
             (i32.store (local.get $x) (local.get $s))",
            "add",
        ),
        (
            "(local.set $t (f32.add (local.get $t) (f32.const 1)))
             (f32.store (local.get $x) (local.get $t))",
            "add",
        ),
        (
            "(i32.store (local.get $x) (local.get $s)) (local.set $s (i32.load (local.get $x)))",
            "load",
        ),
        (
            "(local.set $s (i32.mul (i32.add (local.get $s) (i32.const 1)) (i32.const 3)))
             (i32.store (local.get $x) (local.get $s))",
            "mul",
        ),
        // It decides where it is stored, or whether.
        (
            "(i32.store (local.get $s) (local.get $i))
             (local.set $s (i32.xor (local.get $s) (i32.const 4)))",
            "xor",
        ),
        (
            "(if (local.get $s) (then (i32.store (local.get $x) (i32.const 0))))
             (local.set $s (i32.load (local.get $x)))",
            "load",
        ),
    ] {
        never(MEMORY, body, &Reason::Carried, at);
    }
    // What nobody needs may be carried.
    let unneeded = "(local.set $s (i32.add (local.get $s) (i32.load (local.get $x))))";
    assert!(analyze(&compiled(&map_of(MEMORY, &format!("{unneeded}{STORE}"))), 0).is_ok());
}

#[test]
fn a_reduction() {
    let sum = r#"(module (memory 1) (func (export "f") (param $n i32) (result i32) (local $s i32)
      (loop $next
        (local.set $n (i32.sub (local.get $n) (i32.const 4)))
        (local.set $s (i32.add (local.get $s) (i32.load (local.get $n))))
        (i32.store (local.get $n) (i32.const 0))
        (br_if $next (local.get $n)))
      (local.get $s)))"#;
    assert_eq!(
        analyze(&compiled(sum), 0).unwrap_err().reason,
        Reason::Carried
    );
}

#[test]
fn addresses() {
    let gather = "(i32.store (local.get $x) (i32.load (i32.load (local.get $x))))";
    never(MEMORY, gather, &Reason::Address, "load");
    let square = "(i32.store (i32.mul (local.get $i) (local.get $i)) (i32.const 1))";
    never(MEMORY, square, &Reason::Address, "store");
    let masked = "(i32.store8 (i32.and (local.get $i) (i32.const 255)) (i32.const 1))";
    never(MEMORY, masked, &Reason::Address, "store");
    let halves = "(i32.store8 (i32.shr_u (local.get $i) (i32.const 1)) (i32.const 1))";
    never(MEMORY, halves, &Reason::Address, "store");
    let one = "(i32.store (i32.const 16) (local.get $i))";
    never(MEMORY, one, &Reason::SameAddress, "store");
}

#[test]
fn what_may_trap() {
    for (body, at) in [
        ("(drop (i32.div_u (i32.const 1) (local.get $i)))", "divu"),
        ("(drop (i32.div_s (local.get $i) (i32.const -1)))", "divs"),
        ("(drop (i32.rem_u (local.get $i) (i32.const 0)))", "remu"),
        (
            "(drop (i64.rem_s (i64.const 1) (i64.load (local.get $x))))",
            "rems",
        ),
        ("(drop (i32.trunc_f32_s (local.get $t)))", "truncate"),
    ] {
        never(MEMORY, &format!("{body}{STORE}"), &Reason::MayTrap, at);
    }
    never(
        MEMORY,
        &format!("(if (i32.load (local.get $x)) (then (unreachable))){STORE}"),
        &Reason::SecondExit,
        "load",
    );
}

#[test]
fn what_keeps_its_order() {
    let sleep = r#"(import "gpu" "barrier" (func $wait)) (memory 1)"#;
    never(
        sleep,
        "(call $wait)",
        &Reason::Effect("a barrier"),
        "barrier",
    );
    let place = r#"(import "gpu" "global_id_x" (func $id (result i32))) (memory 1)"#;
    let reason = Reason::Effect("the place of a thread");
    never(place, "(drop (call $id))", &reason, "globalid");
    let add = "(drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))";
    never(MEMORY, add, &Reason::Effect("an atomic access"), "atomic");
    let function = "(memory 1) (func $g)";
    never(function, "(call $g)", &Reason::Effect("a call"), "call");
    let table = "(memory 1) (type $t (func)) (table 1 funcref)";
    let call = "(call_indirect (type $t) (i32.const 0))";
    never(table, call, &Reason::Effect("a call"), "call");
    let global = "(memory 1) (global $g (mut i32) (i32.const 0))";
    let set = "(global.set $g (local.get $i))";
    never(
        global,
        set,
        &Reason::Effect("setting a global"),
        "set global",
    );
    let grow = "(drop (memory.grow (i32.const 1)))";
    never(MEMORY, grow, &Reason::Effect("growing the memory"), "grow");
    let fill = "(memory.fill (local.get $x) (i32.const 0) (i32.const 4))";
    never(MEMORY, fill, &Reason::Effect("filling or copying"), "fill");
    let workgroup = r#"(memory 1) (import "gpu" "workgroup" (memory $w 1))"#;
    let workgroup = workgroup.replacen("(memory 1) ", "", 1) + "(memory $m 1)";
    let store = "(i32.store $w (local.get $x) (i32.const 1))";
    never(
        &workgroup,
        store,
        &Reason::Effect("workgroup memory"),
        "workgroup",
    );
}

#[test]
fn ways_out() {
    let found = format!("{STORE} (br_if $done (i32.load (local.get $x)))");
    never(MEMORY, &found, &Reason::SecondExit, "load");
    let returns = format!("(if (i32.eq (local.get $i) (i32.const 7)) (then (return))){STORE}");
    never(MEMORY, &returns, &Reason::SecondExit, "eq");
    let reason = |text: &str| analyze(&compiled(text), 0).unwrap_err().reason;
    // Up to a zero in memory.
    let search = r#"(module (memory 1) (func (export "f") (param $x i32)
      (loop $next
        (i32.store8 offset=9000 (local.get $x) (i32.const 1))
        (br_if $next (i32.load8_u (local.tee $x (i32.add (local.get $x) (i32.const 1))))))))"#;
    assert_eq!(reason(search), Reason::Exit);
    let halves = r#"(module (memory 1) (func (export "f") (param $n i32) (local $i i32)
      (loop $next
        (i32.store8 (local.get $i) (i32.const 1))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $next (local.tee $n (i32.shr_u (local.get $n) (i32.const 1)))))))"#;
    assert_eq!(reason(halves), Reason::Carried);
    let endless = r#"(module (memory 1) (func (export "f") (local $i i32)
      (loop $next
        (i32.store8 (local.get $i) (i32.const 1))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next))))"#;
    assert_eq!(reason(endless), Reason::NoExit);
    // The test is not always come to.
    let skipped = r#"(module (memory 1) (func (export "f") (param $n i32) (local $i i32)
      (block $done
        (loop $next
          (i32.store8 (local.get $i) (i32.const 1))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $next (i32.load8_u offset=999 (local.get $i)))
          (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
          (br $next)))))"#;
    assert_eq!(reason(skipped), Reason::Exit);
}

#[test]
fn loops_in_loops_and_no_loops() {
    let inner = format!("(loop $in (br_if $in (i32.load (local.get $x)))) {STORE}");
    let not = analyze(&compiled(&map_of(MEMORY, &inner)), 0).unwrap_err();
    assert_eq!(not.reason, Reason::Nested);
    for text in [
        r#"(module (memory 1) (func (export "f") (i32.store (i32.const 0) (i32.const 1))))"#,
        r#"(module (func (export "f") (param i32)
          (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#,
    ] {
        let not = analyze(&compiled(text), 0).unwrap_err();
        assert_eq!(not.reason, Reason::NoLoop);
    }
}

#[test]
fn a_refusal_names_its_place() {
    let text = map_of(MEMORY, "(i32.store (i32.const 16) (local.get $i))");
    let not = analyze(&compiled(&text), 0).unwrap_err();
    let wanted = format!(
        "every iteration writes to the same address (at offset {:#x}, function 0)",
        not.offset
    );
    assert_eq!(not.to_string(), wanted);
}
