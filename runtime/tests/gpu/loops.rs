//! Loops with a version that checks nothing: when there is one, when it runs, and that
//! what can be seen is the same whichever runs.

mod random;

use std::sync::Arc;

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::Interpreter;
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, Kernels, Options};

use crate::{instance, on_each_device, trap, wasm};

on_each_device!(
    what_a_loop_leaves_is_used_after_it,
    a_loop_that_leaves_its_memory_traps_where_it_does_and_has_written_before,
    memory_that_grows_in_a_loop_is_seen,
    what_is_asked_before_a_loop_is_true_in_all_of_it,
);

/// `y[i] += x[i]`, from `x` and `y` on, for `n` elements; as it is written by hand.
const BY_INDEX: &str = r#"(module (memory (export "memory") 1)
  (func (export "f") (param $x i32) (param $y i32) (param $n i32) (local $i i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
        (i32.store (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2)))
          (i32.add
            (i32.load (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2))))
            (i32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))))"#;

/// The same as a compiler of C writes it: pointers that move, and a count that falls.
const BY_POINTER: &str = r#"(module (memory (export "memory") 1)
  (func (export "f") (param $x i32) (param $y i32) (param $n i32)
    (if (local.get $n)
      (then
        (loop $next
          (i32.store (local.get $y)
            (i32.add (i32.load (local.get $y)) (i32.load (local.get $x))))
          (local.set $x (i32.add (local.get $x) (i32.const 4)))
          (local.set $y (i32.add (local.get $y) (i32.const 4)))
          (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))))"#;

fn versions(text: &str) -> usize {
    let kernels = Kernels::new(&wasm(text)).unwrap();
    kernels.ptx().stats.versions
}

/// How many instructions a call takes on the interpreter, ended as it should be.
fn steps(text: &str, arguments: &[u64], traps: bool) -> u64 {
    let takes = |steps: u64| {
        let kernels = Arc::new(Kernels::new(&wasm(text)).unwrap());
        let device = Interpreter::device(1, steps);
        let mut instance = Instance::of(device, kernels, Options::default()).unwrap();
        match instance.call("f", arguments) {
            Ok(_) => !traps,
            Err(tensor_wasm_runtime::gpu::KernelError::Trap(_)) => traps,
            Err(_) => false,
        }
    };
    let (mut less, mut enough) = (0, 1 << 20);
    assert!(takes(enough));
    while enough - less > 1 {
        let middle = (less + enough) / 2;
        if takes(middle) {
            enough = middle;
        } else {
            less = middle;
        }
    }
    enough
}

#[test]
fn a_loop_that_stays_in_bounds_checks_nothing() {
    for text in [BY_INDEX, BY_POINTER] {
        assert_eq!(versions(text), 1, "{text}");
        let end = 65_536;
        // To the last byte; from there on, one element more is one too many.
        let fast = steps(text, &[0, end - 4000, 1000], false);
        let slow = steps(text, &[0, end - 4000, 1001], true);
        // A check of bounds is two instructions, and one of alignment too; there are
        // two places, or three.
        assert!(slow - fast > 1000 * 6, "{text}: {slow} and {fast}");
        // What is not aligned is slow as well, and right.
        let odd = steps(text, &[2, end - 4000, 1000], false);
        assert!(odd - fast > 1000 * 6, "{text}: {odd} and {fast}");
        // Nothing to do is no harm.
        let none = steps(text, &[u64::from(u32::MAX), 4, 0], false);
        assert!(none < 200, "{text}: {none}");
    }
}

#[test]
fn loops_are_understood_as_they_are_written() {
    let text = |header: &str, end: &str| {
        format!(
            r#"(module (memory 1) (func $other)
              (func (export "f") (param $n i32) (param $s i32) (local $i i32) (local $v i32)
                (block $done (loop $next {header}
                  (local.set $v (i32.load (local.get $i))) {end}))
                (i32.store (i32.const 0) (local.get $v))))"#
        )
    };
    let add = "(local.set $i (i32.add (local.get $i) (i32.const 4)))";
    let until = |test: &str| format!("(br_if $done {test}) {add} (br $next)");
    for (header, end, wanted) in [
        // Tests, at the loop's beginning and at its end.
        ("", until("(i32.gt_s (local.get $i) (local.get $n))"), 1),
        ("", until("(i32.le_u (local.get $n) (local.get $i))"), 1),
        ("", until("(i32.eq (local.get $i) (local.get $n))"), 1),
        ("", until("(i32.eqz (i32.ne (local.get $i) (i32.const 400)))"), 1),
        ("", "(br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n)))".to_owned(), 1),
        // By a step that is known when it runs.
        ("", "(local.set $i (i32.add (local.get $i) (local.get $s))) (br_if $next (i32.lt_s (local.get $i) (local.get $n)))".to_owned(), 1),
        // What does not end by counting, or counts otherwise.
        ("", until("(i32.load8_u (i32.mul (local.get $i) (local.get $i)))"), 0),
        ("", until("(i32.ne (local.get $i) (local.get $n))"), 0),
        ("", "(local.set $i (i32.mul (local.get $i) (i32.const 4))) (br_if $next (i32.lt_u (local.get $i) (local.get $n)))".to_owned(), 0),
        ("", until("(i64.gt_u (i64.extend_i32_u (local.get $i)) (i64.const 400))"), 0),
        // The test is not on every way.
        ("(if (local.get $s) (then (local.set $i (i32.add (local.get $i) (i32.const 4))) (br $next)))", until("(i32.gt_s (local.get $i) (local.get $n))"), 0),
        // Who is called, or waits, may do anything.
        ("(call $other)", until("(i32.gt_s (local.get $i) (local.get $n))"), 0),
        // A few iterations are not worth it.
        ("", until("(i32.eq (local.get $i) (i32.const 8))"), 0),
    ] {
        let text = text(header, &end);
        assert_eq!(versions(&text), wanted, "{text}");
    }
}

/// What versions add counts as stack of a call: a function that is large without them has
/// none, and runs.
#[test]
fn a_large_function_still_has_room_for_a_call() {
    let sums = "(local.set $v (i32.add (i32.mul (local.get $v) (local.get $v)) (local.get $i)))";
    let one = format!(
        "(local.set $i (i32.const 0))
        (loop $l (i32.store (local.get $i) (local.get $v)) {}
          (br_if $l (i32.lt_u
            (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))",
        sums.repeat(490)
    );
    let text = |loops: usize| {
        format!(
            "(module (memory 1) (func (export \"f\") (param $n i32) (local $i i32) (local $v i32) {}))",
            one.repeat(loops)
        )
    };
    let large = text(5);
    assert_eq!(versions(&large), 0);
    let mut instance = instance(DeviceChoice::Interp, &large);
    instance.call("f", &[40]).unwrap();
}

/// Modules below 1 MiB that would take minutes if anything went by the square of their
/// size. There is no clock here: whoever breaks it will notice.
#[test]
fn what_is_as_bad_as_it_can_be_is_compiled() {
    let function = |body: &str| format!("(module (func (export \"f\") (param i32) {body}))");
    let deep = "(block ".repeat(900) + "(local.set 0 (local.get 0))" + &")".repeat(900);
    let many = |text: &str, count: usize| text.repeat(count);
    for body in [
        // Locals that stay what they are, block by block.
        many(&deep, 100),
        // Many ways to one block.
        format!("(block $d {})", many("(br_if $d (local.get 0))", 100_000)),
        // Many ways out of a loop, and many back.
        format!(
            "(block $d (loop $l {} (br_if $l (local.get 0))))",
            many("(br_if $d (local.get 0))", 100_000)
        ),
        format!(
            "(block $d (loop $l {} {}))",
            many("(br_if $d (local.get 0))", 50_000),
            many("(br_if $l (local.get 0))", 50_000)
        ),
        // Conditions of conditions, asked by many loops.
        format!(
            "(local.set 0 {}(local.get 0){}) {}",
            many("(i32.eqz ", 800),
            many(")", 800),
            many("(block (loop (br_if 1 (local.get 0)) (br 0)))", 15_000)
        ),
    ] {
        Kernels::new(&wasm(&function(&body))).unwrap().ptx();
    }
}

#[test]
fn what_is_known_in_advance_needs_no_second_version() {
    let text = |last: u32| {
        format!(
            r#"(module (import "gpu" "workgroup" (memory $w 4096 (pagesize 1)))
              (func (export "f") (local $i i32)
                (loop $next
                  (i32.store $w (local.get $i) (i32.const 1))
                  (br_if $next (i32.le_u
                    (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const {last}))))))"#
        )
    };
    let stats = |last| Kernels::new(&wasm(&text(last))).unwrap().ptx().stats;
    let known = stats(4092);
    assert_eq!(
        (known.versions, known.bounds, known.known_bounds),
        (0, 0, 1)
    );
    let beyond = stats(4096);
    assert_eq!((beyond.versions, beyond.bounds), (0, 1));
}

fn what_a_loop_leaves_is_used_after_it(on: DeviceChoice) {
    let text = r#"(module (memory 1)
      (func (export "f") (param $n i32) (result i32 i32) (local $i i32) (local $sum i32)
        (loop $next
          (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $i))))
          (br_if $next (i32.lt_u
            (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))
        (local.get $sum) (i32.mul (local.get $i) (i32.add (local.get $sum) (i32.const 1)))))"#;
    assert_eq!(versions(text), 1);
    let mut instance = instance(on, text);
    let numbers: Vec<u8> = (0..100_u32).flat_map(u32::to_le_bytes).collect();
    instance.write(65_536 - 400, &numbers);
    instance.write(0, &numbers);
    assert_eq!(instance.call("f", &[400]).unwrap(), [4950, 400 * 4951]);
    // The last load that is in bounds, and the first that is not.
    assert!(instance.call("f", &[65_536]).is_ok());
    let trapped = trap(instance.call("f", &[65_537]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
}

fn a_loop_that_leaves_its_memory_traps_where_it_does_and_has_written_before(on: DeviceChoice) {
    for text in [BY_INDEX, BY_POINTER] {
        let mut instance = instance(on, text);
        instance.write(0, &1_u32.to_le_bytes().repeat(200));
        let first = 65_536 - 400;
        let trapped = trap(instance.call("f", &[0, first, 101]));
        assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
        assert_eq!(instance.read(first, 400), 1_u32.to_le_bytes().repeat(100));
        // From the end of the addresses they go on at their beginning.
        let trapped = trap(instance.call("f", &[0, u64::from(u32::MAX - 3), 2]));
        assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
    }
}

fn memory_that_grows_in_a_loop_is_seen(on: DeviceChoice) {
    let text = r#"(module (memory 1 2)
      (func (export "f") (param $n i32) (local $i i32)
        (loop $next
          (i32.store (local.get $i) (i32.const 7))
          (if (i32.eq (local.get $i) (i32.const 65532)) (then (drop (memory.grow (i32.const 1)))))
          (br_if $next (i32.lt_u
            (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $n))))))"#;
    assert_eq!(versions(text), 1);
    let mut instance = instance(on, text);
    instance.call("f", &[65_540]).unwrap();
    assert_eq!(instance.read(65_532, 8), [7, 0, 0, 0, 7, 0, 0, 0]);
    let trapped = trap(instance.call("f", &[131_076]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
}

/// Loops in which the first iterations look as if all stayed in bounds. Each begins at
/// `p`, four bytes before the memory's end, and ends in the next iteration if it is
/// understood wrongly.
fn what_is_asked_before_a_loop_is_true_in_all_of_it(on: DeviceChoice) {
    let text = |body: &str, test: &str| {
        format!(
            r#"(module (memory 1)
              (func (export "f") (param $p i32) (param $i i32) (param $n i32)
                (loop $next
                  (i32.store (local.get $p) (i32.const 1)) {body}
                  (local.set $p (i32.add (local.get $p) (i32.const 4)))
                  (br_if $next {test}))))"#
        )
    };
    let step = |by: i32| format!("(local.tee $i (i32.add (local.get $i) (i32.const {by})))");
    let u = |number: i32| u64::from(number.cast_unsigned());
    for (body, test, from, to) in [
        // The counter wraps around, up and down, with a sign and without.
        (
            "",
            format!("(i32.lt_u {} (local.get $n))", step(16)),
            u(-32),
            u(-8),
        ),
        (
            "",
            format!("(i32.le_s {} (local.get $n))", step(16)),
            u(i32::MAX - 24),
            u(i32::MAX),
        ),
        (
            "",
            format!("(i32.gt_u {} (local.get $n))", step(-16)),
            24,
            3,
        ),
        (
            "",
            format!("(i32.ge_s {} (local.get $n))", step(-16)),
            u(i32::MIN + 24),
            u(i32::MIN),
        ),
        // It steps over the number that would end it.
        ("", format!("(i32.ne {} (local.get $n))", step(12)), 0, 20),
        (
            "",
            format!("(i32.ne {} (local.get $n))", step(-12)),
            0,
            u(-20),
        ),
        // It goes the wrong way.
        ("", format!("(i32.lt_s {} (local.get $n))", step(-1)), 0, 2),
        // By a step that turns out to be none.
        (
            "",
            "(i32.lt_s (local.tee $i (i32.add (local.get $i)
                (i32.shr_u (local.get $n) (i32.const 31)))) (local.get $n))"
                .to_owned(),
            0,
            2,
        ),
        // Another access at the address reaches further.
        (
            "(i32.store offset=8 (local.get $p) (i32.const 1))",
            format!("(i32.ne {} (local.get $n))", step(1)),
            0,
            1,
        ),
    ] {
        let text = text(body, &test);
        let mut instance = instance(on, &text);
        let trapped = trap(instance.call("f", &[65_528, from, to]));
        assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess, "{text}");
        // And far from the end it may go on until its fuel is spent.
        match instance.call("f", &[0, from, to]) {
            Ok(_) => {}
            Err(error) => drop(trap(Err::<(), _>(error))),
        }
    }
}
