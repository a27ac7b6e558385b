//! What is a map with some arguments and not with others.

use tensor_wasm_runtime::gpu::DeviceChoice;
use tensor_wasm_runtime::gpu::offload::Reason;

use super::refused::{MEMORY, STORE, line, map_of};
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
