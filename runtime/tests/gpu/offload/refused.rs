//! What is no map, each with its reason and the instruction it is about.

use tensor_wasm_runtime::gpu::offload::{Reason, analyze};
use tensor_wasm_runtime::gpu::{DeviceChoice, Kernels};

use super::{compiled, refusal};
use crate::on_each_device;

on_each_device! {
    one_iteration_reads_what_another_writes,
    a_trap_before_the_loop,
    loops_that_do_not_end,
    what_is_not_known_before,
    a_counter_of_two_steps,
    a_step_that_is_an_argument,
    steps_that_differ,
}

/// Where the instruction of an offset is, as the text of what was understood says.
fn line(kernels: &Kernels, offset: u32) -> String {
    let text = kernels.module().to_string();
    let place = format!("@{offset:#x}");
    let found = text.lines().find(|line| line.ends_with(&place));
    found.unwrap_or_default().trim().to_owned()
}

/// A loop over `$i` below `$n` with this body, of a module with more beside it.
fn map_of(more: &str, body: &str) -> String {
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

const MEMORY: &str = "(memory 1)";
const STORE: &str = "(i32.store (local.get $x) (local.get $i))";

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

fn one_iteration_reads_what_another_writes(on: DeviceChoice) {
    // Prefix sums, and a filter in place: what is read lies before or behind.
    let around = |offset: i32| {
        format!(
            "(i32.store (local.get $x) (i32.add (i32.load (local.get $x))
               (i32.load (i32.add (local.get $x) (i32.const {offset})))))"
        )
    };
    for offset in [-4, -3, -1, 1, 3, 4, 40, -40, 4 * 99] {
        let kernels = compiled(&map_of(MEMORY, &around(offset)));
        let not = refusal(on, &kernels, "f", &[100, 4000]);
        let Reason::Overlap { other } = not.reason else {
            panic!("{offset}: {not}");
        };
        assert!(
            line(&kernels, not.offset).contains("load"),
            "{offset}: {not}"
        );
        assert!(line(&kernels, other).contains("store"), "{offset}: {not}");
    }
    for offset in [0, 4 * 100, -4 * 100] {
        let kernels = compiled(&map_of(MEMORY, &around(offset)));
        super::taken(on, &kernels, "f", &[100, 4000]);
    }
    // A stride of 8 on one side: every second is met.
    let strides = "(i32.store (local.get $x) (i32.load (i32.shl (local.get $i) (i32.const 3))))";
    let kernels = compiled(&map_of(MEMORY, strides));
    for (x, meets) in [(0, true), (795, true), (796, false)] {
        if meets {
            let not = refusal(on, &kernels, "f", &[100, x]);
            assert!(matches!(not.reason, Reason::Overlap { .. }), "{not}");
        } else {
            super::taken(on, &kernels, "f", &[100, x]);
        }
    }
    // One address that all read, and one writes.
    let same = "(i32.store (local.get $x) (i32.load (i32.const 480)))";
    let kernels = compiled(&map_of(MEMORY, same));
    for (x, meets) in [(477, true), (484, false), (80, false), (81, true)] {
        if meets {
            let not = refusal(on, &kernels, "f", &[100, x]);
            assert!(matches!(not.reason, Reason::Overlap { .. }), "{x}: {not}");
        } else {
            super::taken(on, &kernels, "f", &[100, x]);
        }
    }
}

fn a_trap_before_the_loop(on: DeviceChoice) {
    let before = |code: &str| {
        let text = map_of(MEMORY, STORE);
        compiled(&text.replace("(block $done", &format!("{code} (block $done")))
    };
    for (code, at) in [
        ("(drop (i32.div_u (i32.const 1) (local.get $i)))", "divu"),
        (
            "(drop (i32.div_s (i32.const 0x80000000) (i32.sub (local.get $i) (i32.const 1))))",
            "divs",
        ),
        ("(drop (i32.load (i32.const 65533)))", "load"),
        (
            "(i32.store offset=65530 (i32.const 3) (i32.const 65533))",
            "store",
        ),
    ] {
        let kernels = before(code);
        let not = refusal(on, &kernels, "f", &[10, 0]);
        assert_eq!(not.reason, Reason::Traps, "{code}");
        assert!(line(&kernels, not.offset).contains(at), "{code}: {not}");
    }
    let not = refusal(
        on,
        &before("(if (local.get $n) (then unreachable))"),
        "f",
        &[10, 0],
    );
    assert_eq!(not.reason, Reason::Traps);
    for code in [
        "(drop (i32.div_u (i32.const 1) (local.get $n)))",
        "(drop (i32.load (i32.const 65532)))",
        "(i32.store offset=65529 (i32.const 3) (i32.const 65533))",
    ] {
        super::taken(on, &before(code), "f", &[10, 0]);
    }
}

fn loops_that_do_not_end(on: DeviceChoice) {
    let text = |test: &str| {
        compiled(&format!(
            r#"(module (memory 1) (func (export "f") (param $n i32) (param $by i32) (local $i i32)
              (block $done
                (loop $next
                  (br_if $done {test})
                  (i32.store8 (local.get $i) (i32.const 1))
                  (local.set $i (i32.add (local.get $i) (local.get $by)))
                  (br $next)))))"#
        ))
    };
    let minus = u64::from(u32::MAX);
    for (test, n, by, reason) in [
        ("(local.get $n)", 0, 1, Reason::Endless),
        (
            "(i32.ge_u (local.get $i) (local.get $n))",
            5,
            0,
            Reason::Endless,
        ),
        (
            "(i32.eq (local.get $i) (local.get $n))",
            5,
            2,
            Reason::CounterWraps,
        ),
        (
            "(i32.gt_u (local.get $i) (local.get $n))",
            minus,
            1,
            Reason::CounterWraps,
        ),
        (
            "(i32.ge_s (local.get $i) (local.get $n))",
            5,
            minus,
            Reason::CounterWraps,
        ),
        (
            "(i32.lt_s (local.get $i) (local.get $n))",
            0,
            1,
            Reason::CounterWraps,
        ),
        (
            "(i32.lt_u (local.get $i) (local.get $n))",
            0,
            minus,
            Reason::CounterWraps,
        ),
        (
            "(i32.ge_u (local.get $i) (local.get $n))",
            minus,
            2,
            Reason::CounterWraps,
        ),
    ] {
        let not = refusal(on, &text(test), "f", &[n, by]);
        assert_eq!(not.reason, reason, "{test} {n} {by}");
    }
    for (test, n, by) in [
        ("(local.get $n)", 1, 1),
        ("(i32.ge_u (local.get $i) (local.get $n))", 0, 0),
        ("(i32.eq (local.get $i) (local.get $n))", 6, 2),
        ("(i32.gt_u (local.get $i) (local.get $n))", 40, 3),
        ("(i32.le_s (local.get $n) (local.get $i))", 41, 3),
        ("(i32.ne (local.get $i) (local.get $n))", 0, 9),
        ("(i32.ne (local.get $i) (local.get $n))", 1, 9),
        ("(i32.eqz (i32.gt_s (local.get $n) (local.get $i)))", 12, 5),
        ("(i32.lt_u (local.get $n) (local.get $i))", 12, 5),
    ] {
        super::taken(on, &text(test), "f", &[n, by]);
    }
}

fn what_is_not_known_before(on: DeviceChoice) {
    // The bound of the second loop is what the first one wrote.
    let text = |at: u32| {
        compiled(&format!(
            r#"(module (memory 1) (func (export "f") (param $n i32) (param $x i32) (local $i i32)
              (loop $one
                (i32.store8 (local.get $i) (i32.const 3))
                (br_if $one (i32.lt_u
                  (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.set $n (i32.load8_u (i32.const {at})))
              (loop $two
                (i32.store8 (local.get $x) (i32.const 1))
                (local.set $x (i32.add (local.get $x) (i32.const 1)))
                (br_if $two (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#
        ))
    };
    assert_eq!(
        refusal(on, &text(99), "f", &[100, 500]).reason,
        Reason::Unknown
    );
    super::taken(on, &text(100), "f", &[100, 500]);
    // A result that only the last iteration knows.
    let result = r#"(module (memory 1) (func (export "f") (param $n i32) (result i32) (local $v i32)
      (loop $next
        (local.set $v (i32.load (local.get $n)))
        (i32.store offset=1000 (local.get $n) (local.get $v))
        (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))
      (local.get $v)))"#;
    assert_eq!(
        refusal(on, &compiled(result), "f", &[40]).reason,
        Reason::Unknown
    );
}

fn a_counter_of_two_steps(on: DeviceChoice) {
    let text = map_of(
        MEMORY,
        "(i32.store (local.get $x) (local.get $i))
         (local.set $x (i32.sub (i32.add (local.get $n) (local.get $x)) (i32.const 8)))",
    );
    // 16 - 8 + 4.
    assert_eq!(super::taken(on, &compiled(&text), "f", &[16, 100]), 16);
    let not = refusal(on, &compiled(&text), "f", &[4, 100]);
    assert!(matches!(not.reason, Reason::Overlap { .. }), "{not}");
}

fn a_step_that_is_an_argument(on: DeviceChoice) {
    let text = map_of(
        MEMORY,
        "(i32.store (i32.mul (local.get $n) (local.get $i)) (local.get $x))",
    );
    assert_eq!(super::taken(on, &compiled(&text), "f", &[100, 7]), 100);
    let not = refusal(on, &compiled(&text), "f", &[3, 7]);
    assert!(matches!(not.reason, Reason::Overlap { .. }), "{not}");
}

fn steps_that_differ(on: DeviceChoice) {
    // On one way back it is one, on the other two.
    let text = |other: u32| {
        compiled(&format!(
            r#"(module (memory 1) (func (export "f") (param $n i32) (local $i i32) (local $j i32)
              (block $done
                (loop $next
                  (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
                  (i32.store8 (local.get $j) (local.get $i))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (if (i32.load8_u offset=4000 (local.get $i))
                    (then (local.set $j (i32.add (local.get $j) (i32.const 1))) (br $next)))
                  (local.set $j (i32.add (local.get $j) (i32.const {other})))
                  (br $next)))))"#
        ))
    };
    super::taken(on, &text(1), "f", &[100]);
    assert_eq!(refusal(on, &text(2), "f", &[100]).reason, Reason::Carried);
}
