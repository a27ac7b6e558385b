//! Thousands of launches in a row that trap or are cancelled: each is told exactly,
//! and the device works behind each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::{Device, Grid, Interpreter};
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, Kernels, Options};

use crate::{on_each_device, trap, wasm, with_options};

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

on_each_device!(thousands_of_traps_in_a_row_are_told_each_with_its_thread);

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

#[test]
fn cancelled_launches_leave_the_interpreter_usable() {
    // It may run for as long as it takes to be cancelled.
    are_told_and_leave_it_usable(&Interpreter::device(3, u64::MAX), 300);
}

#[cfg(feature = "executor")]
#[test]
fn cancelled_launches_leave_the_cpu_usable() {
    are_told_and_leave_it_usable(&DeviceChoice::Cpu.open(3).unwrap(), 1000);
}

fn are_told_and_leave_it_usable<D: Device + Clone>(device: &D, rounds: usize) {
    let kernels = Arc::new(Kernels::new(&wasm(TEXT)).unwrap());
    for round in 0..rounds {
        let options = Options::default();
        let cancel = options.cancel.clone();
        let mut instance = Instance::of(device.clone(), Arc::clone(&kernels), options).unwrap();
        instance.launch("count", GRID, &[]).unwrap();
        let export = ["spin", "wait", "copy"][round % 3];
        let started = AtomicBool::new(false);
        let trapped = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !started.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                cancel.cancel();
            });
            started.store(true, Ordering::Release);
            trap(instance.launch(export, GRID, &[]))
        });
        // Another thread may see it first, and leave this one waiting for it.
        let left = export == "wait" && trapped.code == TrapCode::BarrierNotReached;
        let ended = left || trapped.code == TrapCode::Interrupted;
        assert!(ended && trapped.thread == 0, "{export}: {trapped}");
        // It stays cancelled; what others do on the device does not.
        let again = trap(instance.launch("spin", GRID, &[]));
        assert_eq!(again.code, TrapCode::Interrupted);
        let mut other =
            Instance::of(device.clone(), Arc::clone(&kernels), Options::default()).unwrap();
        other.launch("count", GRID, &[]).unwrap();
        assert_eq!(other.read(0, 4).unwrap().unwrap(), 16_u32.to_le_bytes());
    }
}
