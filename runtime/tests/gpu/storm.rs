//! Thousands of launches in a row that trap or are cancelled: each is told exactly,
//! and the device works behind each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::Grid;
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, Kernels, Options};

use crate::{line, on_each_device, trap, wasm, with_options};

const TEXT: &str = r#"(module (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "barrier" (func $barrier))
  (memory 1)
  (func (export "divide") (param i32)
    (drop (i32.div_u (i32.const 1) (i32.sub (call $id) (local.get 0)))))
  (func (export "beyond") (param i32)
    (i32.store (i32.add (i32.const 65533) (i32.sub (call $id) (local.get 0))) (i32.const -1)))
  (func (export "left") (param i32)
    (if (i32.ne (call $id) (local.get 0)) (then (call $barrier))))
  (func (export "spin") (loop (br 0)))
  (func (export "wait") (loop (call $barrier) (br 0)))
  (func (export "copy")
    (loop (memory.copy (i32.const 0) (i32.const 1) (i32.const 65535)) (br 0)))
  (func (export "count") (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))))"#;

const GRID: Grid = Grid {
    blocks: [2, 1, 1],
    threads: [8, 1, 1],
};

/// Each thread goes on until it looks: with fewer of them a storm has more launches.
const FEW: Grid = Grid {
    blocks: [2, 1, 1],
    threads: [2, 1, 1],
};

on_each_device!(
    thousands_of_traps_in_a_row_are_told_each_with_its_thread,
    cancelled_launches_in_a_row_are_told_and_leave_the_device_usable,
    a_large_block_ends_when_it_is_cancelled,
    threads_that_begin_after_a_cancel_do_nothing,
);

fn thousands_of_traps_in_a_row_are_told_each_with_its_thread(on: DeviceChoice) {
    let mut instance = with_options(on, TEXT, Options::default());
    for round in 0..3000_u32 {
        let which = round % 16;
        let (export, code, thread) = match round % 3 {
            0 => ("divide", TrapCode::IntegerDivideByZero, which),
            1 => ("beyond", TrapCode::OutOfBoundsMemoryAccess, which),
            // The first thread of the block that waits for the one that left.
            _ => {
                let first = which / 8 * 8;
                let waits = if which == first { first + 1 } else { first };
                ("left", TrapCode::BarrierNotReached, waits)
            }
        };
        let trapped = trap(instance.launch(export, GRID, &[which.into()]));
        assert_eq!((trapped.code, trapped.thread), (code, thread), "{round}");
        if round % 100 == 0 {
            instance.launch("count", GRID, &[]).unwrap();
        }
    }
    let counted = instance.read(0, 4);
    assert_eq!(counted, (30 * 16_u32).to_le_bytes());
}

fn cancelled_launches_in_a_row_are_told_and_leave_the_device_usable(on: DeviceChoice) {
    let kernels = Arc::new(Kernels::new(&wasm(TEXT)).unwrap());
    let device = on.open(3).unwrap();
    let on_device = |options| Instance::of(device.clone(), Arc::clone(&kernels), options).unwrap();
    let mut other = on_device(Options::default());
    for round in 1..=2000_u32 {
        let options = Options::default();
        let cancel = options.cancel.clone();
        let mut instance = on_device(options);
        let export = ["spin", "wait", "copy"][round as usize % 3];
        let started = AtomicBool::new(false);
        let trapped = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !started.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                cancel.cancel();
            });
            started.store(true, Ordering::Release);
            trap(instance.launch(export, FEW, &[]))
        });
        // Another thread may see it first, and leave this one waiting for it.
        let left = export == "wait" && trapped.code == TrapCode::BarrierNotReached;
        let ended = left || trapped.code == TrapCode::Interrupted;
        assert!(ended && trapped.thread == 0, "{export}: {trapped}");
        // It stays cancelled; what others do on the device does not.
        let again = trap(instance.launch("spin", GRID, &[]));
        assert_eq!(again.code, TrapCode::Interrupted);
        other.launch("count", GRID, &[]).unwrap();
        let counted = other.read(0, 4).unwrap().unwrap();
        assert_eq!(counted, (16 * round).to_le_bytes());
    }
}

/// Threads that others of their block wait for begin, whenever that is.
fn a_large_block_ends_when_it_is_cancelled(on: DeviceChoice) {
    for round in 0..24_u64 {
        let options = Options::default();
        let cancel = options.cancel.clone();
        let mut instance = with_options(on, TEXT, options);
        let export = ["spin", "wait"][round as usize % 2];
        let trapped = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_micros(300 * round));
                cancel.cancel();
            });
            trap(instance.launch(export, line(2, 1024), &[]))
        });
        let left = export == "wait" && trapped.code == TrapCode::BarrierNotReached;
        assert!(left || trapped.code == TrapCode::Interrupted, "{trapped}");
    }
}

/// What a thread does before it looks the first time may be much.
fn threads_that_begin_after_a_cancel_do_nothing(on: DeviceChoice) {
    const LONG: &str = r#"(module (import "gpu" "barrier" (func)) (memory 1)
      (func $work (param $i i32)
        (loop $next
          (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (i32.store (i32.const 0) (i32.const 1)))
      (func (export "loops") (local $i i32)
        (local.set $i (i32.const 900))
        (loop $next
          (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (i32.store (i32.const 0) (i32.const 1)))
      (func (export "calls") (call $work (i32.const 800))))"#;
    let options = Options::default();
    options.cancel.cancel();
    let mut instance = with_options(on, LONG, options);
    for (export, function) in [("loops", 2), ("calls", 3)] {
        let trapped = trap(instance.launch(export, line(2, 8), &[]));
        assert_eq!(trapped.code, TrapCode::Interrupted);
        assert_eq!((trapped.function, trapped.thread), (function, 0));
        assert_eq!(instance.read(0, 4), [0; 4], "{export}");
    }
}
