//! Kernels run: results, memory, globals, traps with their thread, fuel.

use std::sync::Arc;

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::Interpreter;
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, KernelError, Kernels, Options};

use crate::{instance, line, on_each_device, trap, wasm, with_fuel};

const EVERYTHING: &str = include_str!("everything.wat");

on_each_device! {
    every_thread_of_a_grid_does_its_part,
    calls_through_the_table_are_checked,
    the_trap_that_is_told_is_that_of_the_first_thread,
    memory_lies_anywhere_and_ends_where_it_ends,
    a_loop_ends_when_its_fuel_does,
    calls_that_nest_too_deep_trap,
    calls_through_the_table_that_nest_too_deep_trap,
    long_functions_need_no_stack_unless_they_call_themselves,
    tables_of_branches_may_be_longer_than_an_assembler_takes,
    arguments_exports_and_grids_are_checked,
    a_start_function_runs_before_all_else,
    a_start_function_that_traps_says_where,
}

fn every_thread_of_a_grid_does_its_part(on: DeviceChoice) {
    let mut instance = instance(on, EVERYTHING);
    let x: Vec<f32> = (0..600).map(|i| i as f32).collect();
    let bytes = |values: &[f32]| -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    };
    instance.write(0, &bytes(&x));
    instance.write(4096, &bytes(&[1.5; 600]));
    let arguments = [600, u64::from(2.0_f32.to_bits())];
    instance.launch("saxpy", line(8, 32), &arguments).unwrap();
    let y: Vec<f32> = x.iter().map(|x| 2.0 * x + 1.5).collect();
    assert_eq!(instance.read(4096, 2400), bytes(&y));
}

fn calls_through_the_table_are_checked(on: DeviceChoice) {
    let mut instance = instance(on, EVERYTHING);
    assert_eq!(instance.call("ind", &[5, 0]).unwrap(), [120, 8]);
    assert_eq!(
        instance.call("ind", &[5, 1]).unwrap(),
        [25, 9],
        "globals stay"
    );
    for (index, code) in [
        (2, TrapCode::UninitializedElement),
        (3, TrapCode::OutOfBoundsTableAccess),
        (0xffff_ffff, TrapCode::OutOfBoundsTableAccess),
    ] {
        let trapped = trap(instance.call("ind", &[5, index]));
        assert_eq!(trapped.code, code);
    }
}

fn the_trap_that_is_told_is_that_of_the_first_thread(on: DeviceChoice) {
    let mut instance = instance(
        on,
        r#"(module (import "gpu" "global_id_x" (func $id (result i32))) (memory 1)
          (func (export "late") (local $i i32)
            (local.set $i (call $id))
            (if (i32.ge_u (local.get $i) (i32.const 37))
              (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
            (i32.store8 (local.get $i) (i32.const 1))))"#,
    );
    for _ in 0..20 {
        let trapped = trap(instance.launch("late", line(4, 16), &[]));
        assert_eq!(
            (trapped.code, trapped.function, trapped.thread),
            (TrapCode::IntegerDivideByZero, 1, 37)
        );
        assert!(trapped.offset > 0);
        let written = instance.read(0, 64);
        assert!(written[..37].iter().all(|byte| *byte == 1));
        assert!(written[37..].iter().all(|byte| *byte == 0));
    }
}

fn memory_lies_anywhere_and_ends_where_it_ends(on: DeviceChoice) {
    let mut instance = instance(on, EVERYTHING);
    for at in 0..9 {
        let [long, half] = instance.call("mem", &[at]).unwrap()[..] else {
            panic!("two results");
        };
        // What is read at 1 is two bytes of nothing and two of what lies at 3.
        assert_eq!(half, 0, "at {at}");
        assert_eq!(long, 0x7788_0000, "at {at}");
        let found = instance.read(at + 3, 8);
        assert_eq!(found, 0x1122_3344_5566_7788_u64.to_le_bytes());
        instance.write(0, &[0; 32]);
    }
    let last = 2 * 65_536 - 11;
    assert!(instance.call("mem", &[last]).is_ok());
    let trapped = trap(instance.call("mem", &[last + 1]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
    let trapped = trap(instance.call("mem", &[0xffff_ffff]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
}

fn a_loop_ends_when_its_fuel_does(on: DeviceChoice) {
    let text = r#"(module (func (export "spin") (param i32)
        (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $l (local.get 0)))))"#;
    for (fuel, rounds, ends) in [
        (5_000, 5_000, true),
        (5_000, 5_001, false),
        (10, 10, true),
        (10, 11, false),
        (0, 1, false),
    ] {
        let mut instance = with_fuel(on, text, fuel);
        match instance.call("spin", &[rounds]) {
            Ok(_) => assert!(ends, "{rounds} of {fuel}"),
            Err(error) => {
                assert!(!ends, "{rounds} of {fuel}: {error}");
                assert_eq!(trap(Err::<(), _>(error)).code, TrapCode::OutOfFuel);
            }
        }
    }
}

fn calls_that_nest_too_deep_trap(on: DeviceChoice) {
    let text = r#"(module (func $down (export "down") (param i32) (result i32)
          (if (result i32) (local.get 0)
            (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
            (else (i32.const 0)))))"#;
    let mut instance = instance(on, text);
    // What docs/gpu.md says of such a function: 128 KiB are 481 times 272 bytes.
    let (deep, too_deep) = match on {
        DeviceChoice::Cpu => (20_000, 100_000),
        _ => (480, 481),
    };
    assert_eq!(instance.call("down", &[deep]).unwrap(), [deep]);
    let trapped = trap(instance.call("down", &[too_deep]));
    assert_eq!(trapped.code, TrapCode::CallStackExhausted);
    // Where the function begins that found no room: the first instruction that computes,
    // after `local.get 0` and `if (result i32)`.
    let wasm = wasm(text);
    let begin = { wasm.windows(4) }.position(|bytes| bytes == [0x20, 0, 0x04, 0x7f]);
    let place = (trapped.function, trapped.offset as usize);
    assert_eq!(place, (0, begin.unwrap() + 4));
    assert_eq!(instance.call("down", &[3]).unwrap(), [3], "usable after it");
}

/// What hands a call through the table on takes stack as well.
fn calls_through_the_table_that_nest_too_deep_trap(on: DeviceChoice) {
    let text = r#"(module (type $down (func (param i32) (result i32)))
          (table 1 funcref) (elem (i32.const 0) $down)
          (func $down (export "down") (type $down)
            (if (result i32) (local.get 0)
              (then (i32.add (i32.const 1) (call_indirect (type $down)
                (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))))
              (else (i32.const 0)))))"#;
    let kernels = Kernels::new(&wasm(text)).unwrap();
    let counts = kernels.ptx().text.split("add.u32 %depth, %depth, ").skip(1);
    let counts = counts.map(|text| text.split_once(';').unwrap().0.parse().unwrap());
    let [function, dispatcher]: [u64; 2] = counts.collect::<Vec<_>>().try_into().unwrap();
    assert!(dispatcher >= 128, "{dispatcher}");
    let fits = ((128 << 10) - function) / (function + dispatcher);
    let (deep, too_deep) = match on {
        DeviceChoice::Cpu => (10_000, 100_000),
        _ => (fits, fits + 1),
    };
    let mut instance = instance(on, text);
    assert_eq!(instance.call("down", &[deep]).unwrap(), [deep]);
    let trapped = trap(instance.call("down", &[too_deep]));
    assert_eq!(trapped.code, TrapCode::CallStackExhausted);
}

/// A function has a register of the text for each of its values, and is long before it
/// needs many at a time.
fn long_functions_need_no_stack_unless_they_call_themselves(on: DeviceChoice) {
    let steps = |count: usize| {
        "(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 3)) (i32.load (i32.const 0))))"
            .repeat(count)
    };
    let text = format!(
        r#"(module (memory 1) (data (i32.const 0) "\01")
          (func (export "long") (param $x i32) (result i32) {long} (call $next (local.get $x)))
          (func $next (param $x i32) (result i32) {long} (call $down (local.get $x)))
          (func $down (param $x i32) (result i32) (local $n i32)
            {short}
            (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
            (if (i32.ge_s (global.get $depth) (i32.const 0))
              (then (local.set $x (call $down (local.get $x)))))
            (local.get $x))
          (global $depth (mut i32) (i32.const 1))
          (func (export "deeper") (param $x i32) (result i32)
            (global.set $depth (i32.const 100000)) (call $down (local.get $x))))"#,
        long = steps(4_000),
        short = steps(100),
    );
    let wanted = (0..8_200).fold(7_u32, |x, _| x.wrapping_mul(3).wrapping_add(1));
    let mut instance = instance(on, &text);
    let given = instance.call("long", &[7]).unwrap();
    assert_eq!(given, [u64::from(wanted)]);
    let trapped = trap(instance.call("deeper", &[7]));
    assert_eq!(trapped.code, TrapCode::CallStackExhausted);
}

fn tables_of_branches_may_be_longer_than_an_assembler_takes(on: DeviceChoice) {
    // The first of each 16,000, the last of them and the last of all go somewhere else.
    let targets: Vec<&str> = (0..40_000)
        .map(|index| {
            if [0, 15_999, 16_000, 32_000, 39_999].contains(&index) {
                "1"
            } else {
                "0"
            }
        })
        .collect();
    let text = format!(
        r#"(module (func (export "far") (param i32) (result i32)
          (block (block (br_table {} 0 (local.get 0))) (return (i32.const 7)))
          (i32.const 8)))"#,
        targets.join(" ")
    );
    let mut instance = instance(on, &text);
    for (index, given) in [
        (0, 8),
        (1, 7),
        (15_998, 7),
        (15_999, 8),
        (16_000, 8),
        (16_001, 7),
        (31_999, 7),
        (32_000, 8),
        (32_001, 7),
        (39_999, 8),
        (40_000, 7),
        (0xffff_ffff, 7),
    ] {
        assert_eq!(instance.call("far", &[index]).unwrap(), [given], "{index}");
    }
}

#[test]
fn what_a_dropped_module_kept_on_the_interpreter_is_gone() {
    let text = r#"(module (memory 1) (data $d "abc")
        (func (export "f") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3))))"#;
    let device = Interpreter::device(1, 10_000);
    for _ in 0..3 {
        let options = Options::default();
        let mut instance = Instance::new(device.clone(), &wasm(text), options).unwrap();
        instance.launch("f", line(1, 1), &[]).unwrap();
        assert!(!format!("{device:?}").contains("loaded: {}"));
        drop(instance);
        assert!(format!("{device:?}").contains("loaded: {}"));
    }
}

fn a_start_function_runs_before_all_else(on: DeviceChoice) {
    let mut instance = instance(
        on,
        r#"(module (import "gpu" "global_id_x" (func $id (result i32))) (memory 1 4)
          (global $g (mut i32) (i32.const 5)) (data $d "wxyz") (data (i32.const 8) "abcd")
          (start $first)
          (func $first
            (memory.init $d (i32.const 0) (i32.const 0) (i32.const 4))
            (i32.store8 (i32.const 8) (i32.const 0x7a))
            (data.drop $d)
            (drop (memory.grow (i32.const 1)))
            (global.set $g (i32.add (global.get $g) (i32.const 1))))
          (func (export "state") (result i32 i32) (global.get $g) (memory.size))
          (func (export "again") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 4)))
          (func (export "store")
            (i32.store (i32.add (i32.const 16) (i32.shl (call $id) (i32.const 2)))
              (global.get $g))))"#,
    );
    assert_eq!(instance.read(0, 12), *b"wxyz\0\0\0\0zbcd");
    assert_eq!(instance.call("state", &[]).unwrap(), [6, 2]);
    // Every thread begins with what it left, a dropped segment among it.
    instance.launch("store", line(1, 3), &[]).unwrap();
    assert_eq!(instance.read(16, 12), [6, 0, 0, 0].repeat(3));
    let trapped = trap(instance.launch("again", line(1, 2), &[]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
}

fn a_start_function_that_traps_says_where(on: DeviceChoice) {
    let start = |text: &str, options: Options| {
        let kernels = Arc::new(Kernels::new(&wasm(text)).unwrap());
        trap(on.instantiate(kernels, options, 7).map(drop))
    };
    let text = "(module (func $other) (func $first (unreachable)) (start $first))";
    let trapped = start(text, Options::default());
    let place = (trapped.code, trapped.function, trapped.thread);
    assert_eq!(place, (TrapCode::Unreachable, 1, 0));
    // What bounds launches bounds it too.
    let endless = "(module (func $first (loop (br 0))) (start $first))";
    let fuel = Options {
        fuel: Some(1000),
        ..Options::default()
    };
    assert_eq!(start(endless, fuel).code, TrapCode::OutOfFuel);
    let cancelled = Options::default();
    cancelled.cancel.cancel();
    assert_eq!(start(endless, cancelled).code, TrapCode::Interrupted);
    // Nothing but a barrier, which a single thread does not wait at.
    let barrier = r#"(module (import "gpu" "barrier" (func $b)) (start $b)
      (func (export "nothing")))"#;
    let mut instance = instance(on, barrier);
    instance.launch("nothing", line(1, 2), &[]).unwrap();
}

fn arguments_exports_and_grids_are_checked(on: DeviceChoice) {
    let mut instance = instance(on, EVERYTHING);
    let says = |error: KernelError, words: &str| {
        assert!(error.to_string().contains(words), "{error}");
    };
    says(
        instance.call("none", &[]).unwrap_err(),
        "no exported function `none`",
    );
    says(
        instance.call("tab", &[]).unwrap_err(),
        "takes 1 arguments, not 0",
    );
    for grid in [line(0, 32), line(1 << 31, 1024), line(32, 0)] {
        says(
            instance.launch("tab", grid, &[0]).unwrap_err(),
            "cannot be launched",
        );
    }
    assert_eq!(instance.call("tab", &[1]).unwrap(), [2]);
}
