//! Threads of a block together: barriers, workgroup memory, atomic accesses, and
//! what each thread has for itself.

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::{Arena as _, Arguments, Trap};
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError, Options};

use crate::{instance, line, on_each_device, trap, with_options};

fn words(bytes: Vec<u8>) -> Vec<u32> {
    let words = bytes.chunks_exact(4);
    words
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect()
}

/// Each block reverses its part of the memory by way of its own.
pub(crate) const REVERSE: &str = r#"(module
  (import "gpu" "thread_id_x" (func $thread (result i32)))
  (import "gpu" "block_id_x" (func $block (result i32)))
  (import "gpu" "block_dim_x" (func $threads (result i32)))
  (import "gpu" "barrier" (func $barrier))
  (import "gpu" "workgroup" (memory $own 256 (pagesize 1)))
  (memory $all 1)
  (func (export "reverse") (local $at i32)
    (local.set $at (i32.shl
      (i32.add (i32.mul (call $block) (call $threads)) (call $thread)) (i32.const 2)))
    (i32.store $own (i32.shl (call $thread) (i32.const 2))
      (i32.load $all (local.get $at)))
    (call $barrier)
    (i32.store $all (local.get $at)
      (i32.load $own (i32.shl (i32.sub (i32.sub (call $threads) (i32.const 1)) (call $thread))
        (i32.const 2)))))
  (func (export "fresh") (result i32)
    (i32.load $own offset=252 (i32.const 0))
    (i32.store8 $own offset=255 (i32.const 0) (i32.const 1)))
  (func (export "beyond") (drop (i32.load $own offset=253 (i32.const 0))))
  (func (export "pages") (result i32 i32 i32)
    (memory.size $own) (memory.grow $own (i32.const 1)) (memory.grow $own (i32.const 0))))"#;

on_each_device! {
    threads_of_a_block_share_memory_and_wait_for_each_other,
    workgroup_memory_begins_as_zero_and_ends_where_it_ends,
    a_barrier_that_some_threads_never_reach_is_a_trap,
    atomic_accesses_give_what_was_there_and_leave_what_they_make,
    threads_that_race_on_one_word_lose_nothing,
    globals_and_dropped_segments_are_each_threads_own,
    every_thread_has_a_shadow_stack_of_its_own,
    a_launch_that_is_cancelled_ends_every_thread,
    bulk_operations_take_fuel_for_their_bytes,
}

fn threads_of_a_block_share_memory_and_wait_for_each_other(on: DeviceChoice) {
    let mut instance = instance(on, REVERSE);
    let bytes: Vec<u8> = (0..256_u32).flat_map(u32::to_le_bytes).collect();
    instance.write(0, &bytes);
    instance.launch("reverse", line(4, 64), &[]).unwrap();
    let found = words(instance.read(0, 1024));
    let wanted: Vec<u32> = (0..4)
        .flat_map(|block| (64 * block..64 * (block + 1)).rev())
        .collect();
    assert_eq!(found, wanted);
}

fn workgroup_memory_begins_as_zero_and_ends_where_it_ends(on: DeviceChoice) {
    let mut instance = instance(on, REVERSE);
    let found = instance.launch_each("fresh", line(8, 1), Arguments::Same(&[]));
    assert_eq!(found.unwrap(), [0; 8]);
    let trapped = trap(instance.launch("beyond", line(1, 1), &[]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
    assert_eq!(
        instance.call("pages", &[]).unwrap(),
        [256, 0xffff_ffff, 256]
    );
}

fn a_barrier_that_some_threads_never_reach_is_a_trap(on: DeviceChoice) {
    let mut instance = instance(
        on,
        r#"(module
          (import "gpu" "thread_id_x" (func $thread (result i32)))
          (import "gpu" "barrier" (func $barrier))
          (memory 1)
          (func (export "some") (param $most i32)
            (br_if 0 (i32.gt_u (call $thread) (local.get $most)))
            (call $barrier)
            (i32.store (i32.shl (call $thread) (i32.const 2)) (i32.const 1)))
          (func (export "traps") (param $which i32)
            (if (i32.eq (call $thread) (local.get $which)) (then (unreachable)))
            (call $barrier))
          (func (export "two") (param $which i32)
            (if (i32.and (call $thread) (i32.const 1))
              (then (call $barrier)) (else (call $barrier)))
            (call $barrier)))"#,
    );
    for blocks in [1, 3] {
        let trapped = trap(instance.launch("some", line(blocks, 96), &[40]));
        assert_eq!(trapped.code, TrapCode::BarrierNotReached);
        assert_eq!(trapped.thread, 0);
        assert_eq!(words(instance.read(0, 384)), [0; 96]);
    }
    let trapped = trap(instance.launch("traps", line(2, 64), &[0]));
    assert_eq!((trapped.code, trapped.thread), (TrapCode::Unreachable, 0));
    let trapped = trap(instance.launch("traps", line(2, 64), &[5]));
    assert_eq!(
        (trapped.code, trapped.thread),
        (TrapCode::BarrierNotReached, 0)
    );
    instance.launch("some", line(1, 96), &[96]).unwrap();
    assert_eq!(words(instance.read(0, 384)), [1; 96]);
    instance.launch("two", line(2, 64), &[0]).unwrap();
}

/// One kernel for each operation, on each width.
pub(crate) fn atomics() -> String {
    let mut text = String::from("(module (memory (export \"memory\") 1)\n");
    for (ty, widths) in [
        ("i32", &["", "8", "16"][..]),
        ("i64", &["", "8", "16", "32"]),
    ] {
        for width in widths {
            let end = if width.is_empty() { "" } else { "_u" };
            for op in ["add", "sub", "and", "or", "xor", "xchg"] {
                text += &format!(
                    "(func (export \"{ty}{width}.{op}\") (param i32 {ty}) (result {ty})
                      (local.get 0) (local.get 1) {ty}.atomic.rmw{width}.{op}{end})\n"
                );
            }
            text += &format!(
                "(func (export \"{ty}{width}.cmpxchg\") (param i32 {ty} {ty}) (result {ty})
                  (local.get 0) (local.get 1) (local.get 2) {ty}.atomic.rmw{width}.cmpxchg{end})
                 (func (export \"{ty}{width}.load\") (param i32) (result {ty})
                  (local.get 0) {ty}.atomic.load{width}{end})
                 (func (export \"{ty}{width}.store\") (param i32 {ty})
                  (local.get 0) (local.get 1) {ty}.atomic.store{width})\n"
            );
        }
    }
    text + ")"
}

fn atomic_accesses_give_what_was_there_and_leave_what_they_make(on: DeviceChoice) {
    let mut instance = instance(on, &atomics());
    let before = 0x8877_6655_4433_2211_u64;
    let value = 0x1234_5678_9abc_def0_u64;
    for (ty, bits) in [("i32", 32), ("i64", 64)] {
        for width in [8_u32, 16, 32, 64] {
            if width > bits {
                continue;
            }
            let mask = u64::MAX >> (64 - width);
            let name = if width == bits {
                String::new()
            } else {
                width.to_string()
            };
            for at in (0..8).step_by(width as usize / 8) {
                let shift = 8 * at;
                let old = before >> shift & mask;
                for op in [
                    "add", "sub", "and", "or", "xor", "xchg", "cmpxchg", "store", "load",
                ] {
                    instance.write(0, &before.to_le_bytes());
                    let given = value & (u64::MAX >> (64 - bits));
                    let mut arguments = vec![at, given];
                    if op == "cmpxchg" {
                        arguments = vec![at, old, given];
                    }
                    if op == "load" {
                        arguments.pop();
                    }
                    let found = instance
                        .call(&format!("{ty}{name}.{op}"), &arguments)
                        .unwrap();
                    let new = match op {
                        "add" => old.wrapping_add(value),
                        "sub" => old.wrapping_sub(value),
                        "and" => old & value,
                        "or" => old | value,
                        "xor" => old ^ value,
                        "load" => old,
                        _ => value,
                    };
                    let after = before & !(mask << shift) | (new & mask) << shift;
                    let memory = instance.read(0, 8);
                    assert_eq!(memory, after.to_le_bytes(), "{ty}{name}.{op} at {at}");
                    let results: &[u64] = if op == "store" { &[] } else { &[old] };
                    assert_eq!(found, results, "{ty}{name}.{op} at {at}");
                }
                let other = instance.call(&format!("{ty}{name}.cmpxchg"), &[at, old ^ 1, 7]);
                let now = instance.read(0, 8);
                assert_eq!(other.unwrap(), [old], "{ty}{name}: compared and not equal");
                assert_eq!(now, before.to_le_bytes());
            }
            if width > 8 {
                let trapped = instance
                    .call(&format!("{ty}{name}.add"), &[1, 1])
                    .unwrap_err();
                assert!(matches!(
                    trapped,
                    KernelError::Trap(Trap {
                        code: TrapCode::UnalignedAtomic,
                        ..
                    })
                ));
            }
            let trapped = instance
                .call(&format!("{ty}{name}.load"), &[65_536])
                .unwrap_err();
            assert!(matches!(
                trapped,
                KernelError::Trap(Trap {
                    code: TrapCode::OutOfBoundsMemoryAccess,
                    ..
                })
            ));
        }
    }
}

fn threads_that_race_on_one_word_lose_nothing(on: DeviceChoice) {
    let mut instance = instance(
        on,
        r#"(module
          (import "gpu" "global_id_x" (func $id (result i32)))
          (import "gpu" "workgroup" (memory $own 16 (pagesize 1)))
          (memory $all 1)
          (func (export "race")
            (drop (i32.atomic.rmw.add $all (i32.const 0) (i32.const 3)))
            (drop (i32.atomic.rmw8.add_u $all offset=5 (i32.const 0) (i32.const 1)))
            (drop (i32.atomic.rmw16.add_u $all offset=6 (i32.const 0) (i32.const 1)))
            (drop (i64.atomic.rmw.add $all offset=8 (i32.const 0) (i64.const 0x100000001)))
            (drop (i32.atomic.rmw8.add_u $own (i32.const 1) (i32.const 1)))
            (atomic.fence)
            (if (i32.eq (i32.atomic.rmw16.add_u $own offset=4 (i32.const 0) (i32.const 1))
                        (i32.const 63))
              (then (i32.store8 $all offset=16 (i32.shr_u (call $id) (i32.const 6))
                (i32.atomic.load8_u $own offset=1 (i32.const 0)))))))"#,
    );
    instance.launch("race", line(4, 64), &[]).unwrap();
    let found = instance.read(0, 20);
    let mut wanted = 768_u32.to_le_bytes().to_vec();
    wanted.extend([0, 0, 0, 1]);
    wanted.extend(0x100_0000_0100_u64.to_le_bytes());
    wanted.extend([64; 4]);
    assert_eq!(found, wanted);
}

fn globals_and_dropped_segments_are_each_threads_own(on: DeviceChoice) {
    let mut instance = instance(
        on,
        r#"(module
          (import "gpu" "thread_id_x" (func $thread (result i32)))
          (memory 1) (data $d "abc")
          (global $g (mut i32) (i32.const 10))
          (func (export "own") (result i32)
            (memory.init $d (i32.mul (call $thread) (i32.const 3)) (i32.const 0) (i32.const 3))
            (data.drop $d)
            (global.set $g (i32.add (global.get $g) (call $thread)))
            (global.get $g))
          (func (export "again") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))
          (func (export "nothing") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))))"#,
    );
    let found = instance.launch_each("own", line(1, 4), Arguments::Same(&[]));
    assert_eq!(found.unwrap(), [10, 11, 12, 13]);
    assert_eq!(instance.read(0, 12), b"abcabcabcabc");
    instance.call("again", &[]).unwrap();
    // What one thread does alone stays.
    assert_eq!(instance.call("own", &[]).unwrap(), [10]);
    let trapped = trap(instance.call("again", &[]).map(drop));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
    instance.call("nothing", &[]).unwrap();
}

fn every_thread_has_a_shadow_stack_of_its_own(on: DeviceChoice) {
    let text = r#"(module
          (import "gpu" "global_id_x" (func $id (result i32)))
          (memory 1 4)
          (global $__stack_pointer (mut i32) (i32.const 65536))
          (func (export "sum") (param $n i32) (result i32) (local $frame i32) (local $i i32)
            (local.set $frame (i32.sub (global.get $__stack_pointer) (i32.const 16)))
            (global.set $__stack_pointer (local.get $frame))
            (i32.store (local.get $frame) (i32.const 0))
            (loop $next
              (i32.store (local.get $frame)
                (i32.add (i32.load (local.get $frame)) (call $id)))
              (br_if $next (i32.lt_u
                (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
            (global.set $__stack_pointer (i32.add (local.get $frame) (i32.const 16)))
            (i32.load (local.get $frame)))
          (func (export "where") (result i32)
            (global.set $__stack_pointer (global.get $__stack_pointer))
            (global.get $__stack_pointer)))"#;
    let options = Options {
        stack_bytes: 256,
        ..Options::default()
    };
    let mut instance = with_options(on, text, options);
    // What is refused takes nothing.
    let refused = instance.launch("sum", line(1, 2048), &[20]).unwrap_err();
    assert!(matches!(refused, KernelError::Grid { .. }), "{refused}");
    let refused = instance.launch("sum", line(1 << 31, 1), &[20]).unwrap_err();
    assert!(matches!(refused, KernelError::Grid { .. }), "{refused}");
    let refused = instance.launch("sum", line(2, 64), &[]).unwrap_err();
    assert!(
        matches!(refused, KernelError::Arguments { .. }),
        "{refused}"
    );
    let refused = instance.0.prepare("none", line(2, 64), &[]).unwrap_err();
    assert!(matches!(refused, KernelError::NoExport(_)), "{refused}");
    assert_eq!(instance.0.arena().bytes(), 65_536);
    let found = instance.launch_each("sum", line(2, 64), Arguments::Same(&[20]));
    let wanted: Vec<u64> = (0..128).map(|thread| 20 * thread).collect();
    assert_eq!(found.unwrap(), wanted);
    let found = instance.launch_each("where", line(1, 3), Arguments::Same(&[]));
    assert_eq!(found.unwrap(), [65_536 + 256, 65_536 + 512, 65_536 + 768]);
    assert_eq!(instance.call("where", &[]).unwrap(), [65_536]);
    let error = instance.launch("where", line(16, 1024), &[]).unwrap_err();
    assert!(error.to_string().contains("shadow stack"), "{error}");
}

fn a_launch_that_is_cancelled_ends_every_thread(on: DeviceChoice) {
    let options = Options::default();
    let cancel = options.cancel.clone();
    let text = r#"(module (import "gpu" "barrier" (func $barrier))
        (func (export "spin") (loop (br 0)))
        (func (export "wait") (loop (call $barrier) (br 0))))"#;
    let mut instance = with_options(on, text, options);
    cancel.cancel();
    for kernel in ["spin", "wait"] {
        let trapped = trap(instance.launch(kernel, line(2, 33), &[]));
        assert_eq!((trapped.code, trapped.thread), (TrapCode::Interrupted, 0));
    }
}

fn bulk_operations_take_fuel_for_their_bytes(on: DeviceChoice) {
    let text = r#"(module (memory 1)
        (func (export "fill") (param i32)
          (memory.fill (i32.const 1) (i32.const 0xa5) (local.get 0))))"#;
    let mut instance = crate::with_fuel(on, text, 5000);
    instance.call("fill", &[5000]).unwrap();
    let mut wanted = vec![0xa5; 5002];
    (wanted[0], wanted[5001]) = (0, 0);
    assert_eq!(instance.read(0, 5002), wanted);
    let trapped = trap(instance.call("fill", &[5001]).map(drop));
    assert_eq!(trapped.code, TrapCode::OutOfFuel);
}
