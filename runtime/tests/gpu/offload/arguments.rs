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
    bits_that_are_in_both,
    an_index_that_wraps_before_it_is_longer,
    floats_before_a_loop,
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

fn bits_that_are_in_both(on: DeviceChoice) {
    let text = |bits: u32| {
        compiled(&format!(
            r#"(module (memory 1) (func (export "f") (param $i i32) (param $by i32)
              (loop $next
                (i32.store16 (i32.or (local.get $i) (i32.const {bits})) (local.get $i))
                (br_if $next (i32.lt_u
                  (local.tee $i (i32.add (local.get $i) (local.get $by))) (i32.const 900))))))"#
        ))
    };
    for (bits, i, by) in [(1, 0, 2), (1, 600, 4), (2, 0, 4), (3, 8, 4), (7, 16, 24)] {
        super::taken(on, &text(bits), "f", &[i, by]);
    }
    for (bits, i, by) in [(1, 0, 1), (1, 1, 4), (2, 0, 2), (3, 8, 6), (8, 16, 24)] {
        let not = refusal(on, &text(bits), "f", &[i, by]);
        assert_eq!(not.reason, Reason::Address, "{bits} {i} {by}");
    }
}

fn an_index_that_wraps_before_it_is_longer(on: DeviceChoice) {
    let text = |sign: &str| {
        compiled(&format!(
            r#"(module (memory 1) (func (export "f") (param $n i32) (param $j i32) (result i64)
              (local $r i64)
              (loop $next
                (local.set $r (i64.extend_i32_{sign} (local.get $j)))
                (i32.store8 (local.get $n) (i32.const 1))
                (local.set $j (i32.add (local.get $j) (i32.const 2)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $r)))"#
        ))
    };
    // The last of 100 is 198 more than the first.
    for (sign, j, stays) in [
        ("u", 0xffff_ffff - 198, true),
        ("u", 0xffff_ffff - 197, false),
        ("u", 0x7fff_fff0, true),
        ("s", 0x7fff_ffff - 198, true),
        ("s", 0x7fff_ffff - 197, false),
        ("s", 0xffff_fff0, true),
    ] {
        if stays {
            super::taken(on, &text(sign), "f", &[100, j]);
        } else {
            let not = refusal(on, &text(sign), "f", &[100, j]);
            assert_eq!(not.reason, Reason::Unknown, "{sign} {j:#x}");
        }
    }
}

/// What is computed before the launch has the bits that a device gives.
fn floats_before_a_loop(on: DeviceChoice) {
    const LONGS: [f64; 7] = [0.0, -0.0, 1.5, -3.0e38, 1.0e-310, f64::INFINITY, f64::NAN];
    let text = |ty: &str, other: &str, change: &str| {
        compiled(&format!(
            r#"(module (memory 1)
              (func (export "f") (param $a {ty}) (param $b {ty}) (param $n i32)
                (local $c {ty}) (local $d {ty}) (local $e {other})
                (local.set $c (select (local.get $a)
                  ({ty}.neg (local.get $b)) ({ty}.lt (local.get $a) (local.get $b))))
                (local.set $d ({ty}.div
                  ({ty}.sub (local.get $a) ({ty}.mul (local.get $b) (local.get $a)))
                  ({ty}.add ({ty}.sqrt (local.get $a)) ({ty}.abs (local.get $b)))))
                (local.set $e ({change} (local.get $b)))
                (loop $next
                  ({ty}.store offset=0 (local.get $n) (local.get $c))
                  ({ty}.store offset=8 (local.get $n) (local.get $d))
                  ({other}.store offset=16 (local.get $n) (local.get $e))
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 24)))))))"#
        ))
    };
    let short = text("f32", "f64", "f64.promote_f32");
    let long = text("f64", "f32", "f32.demote_f64");
    // With a sign and bits that arithmetic does not give.
    let [odd_short, odd_long] = [0xffa1_2345, 0xfff4_0000_1234_5678];
    let longs = || LONGS.map(f64::to_bits).into_iter().chain([odd_long]);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rounding is as good as any"
    )]
    let shorts = || {
        let bits = LONGS.map(|value| u64::from((value as f32).to_bits()));
        bits.into_iter().chain([odd_short])
    };
    for a in longs() {
        for b in longs() {
            super::taken(on, &long, "f", &[a, b, 48]);
        }
    }
    for a in shorts() {
        for b in shorts() {
            super::taken(on, &short, "f", &[a, b, 48]);
        }
    }
}
