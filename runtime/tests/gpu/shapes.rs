//! The CPU runs threads of a line, of blocks, and those that surely do not trap by code
//! of their own; what they do is the same.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::{
    Arena, ArenaSize, Arguments, Cancel, Cpu, Device, Grid, Launch,
};
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError, Kernels, Options};

use crate::{DEVICES, OnDevice, line, trap, wasm, with_options};

/// As [`line`], but for the CPU it is none.
fn plane(blocks: u32, threads: u32) -> Grid {
    Grid {
        blocks: [blocks, 2, 1],
        threads: [threads, 1, 1],
    }
}

/// What a launch without fuel gives on every device, and memory after it.
#[track_caller]
fn same(
    text: &str,
    kernel: &str,
    grid: Grid,
    arguments: &[u64],
) -> (Result<(), KernelError>, Vec<u8>) {
    let mut ends = DEVICES.iter().map(|device| {
        let mut instance: OnDevice = with_options(*device, text, Options::default());
        let end = instance.launch(kernel, grid, arguments);
        let bytes = usize::try_from(instance.0.arena().bytes()).unwrap();
        (end, instance.read(0, bytes))
    });
    let first = ends.next().unwrap();
    for other in ends {
        assert_eq!(first.0, other.0, "{kernel}{arguments:x?} on {grid:?}");
        assert!(
            first.1 == other.1,
            "memory after {kernel}{arguments:x?} on {grid:?}"
        );
    }
    first
}

fn word(memory: &[u8], index: usize) -> u32 {
    let bytes = memory[4 * index..][..4].try_into().unwrap();
    u32::from_le_bytes(bytes)
}

const CANONICAL: u32 = 0x7fc0_0000;

/// NaNs by arithmetic go to memory by every way; those that were in memory keep their
/// bits. Each thread has 64 bytes, and the first word of all is a NaN with other bits.
const NANS: &str = r#"(module
  (import "gpu" "global_id_x" (func $x (result i32)))
  (import "gpu" "global_id_y" (func $y (result i32)))
  (memory 1) (data (i32.const 0) "\01\00\a0\ff")
  (global $g (mut f32) (f32.const 0))
  (func $pass (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
  (func $give (param f32) (result f32) (f32.div (local.get 0) (local.get 0)))
  (func (export "stores") (param $zero f32) (local $at i32) (local $sum f32) (local $k i32)
    (local $both f32) (local $long f64)
    (local.set $at (i32.shl (i32.add (i32.add (call $x) (i32.mul (call $y) (i32.const 64)))
      (i32.const 1)) (i32.const 6)))
    ;; as it is made
    (f32.store (local.get $at) (f32.div (local.get $zero) (local.get $zero)))
    (f64.store offset=8 (local.get $at)
      (f64.sqrt (f64.sub (f64.promote_f32 (local.get $zero)) (f64.const 1))))
    ;; by one of two ways
    (f32.store offset=16 (local.get $at) (select
      (f32.div (local.get $zero) (local.get $zero)) (f32.const 1) (i32.eqz (local.get $k))))
    ;; what was in memory, and what might have been
    (f32.store offset=20 (local.get $at) (f32.load (i32.const 0)))
    (local.set $both (f32.load (i32.const 0)))
    (if (i32.and (call $x) (i32.const 1))
      (then (local.set $both (f32.div (local.get $zero) (local.get $zero)))))
    (f32.store offset=24 (local.get $at) (local.get $both))
    ;; not its own, but a NaN by memory's
    (f32.store offset=28 (local.get $at) (f32.add (f32.load (i32.const 0)) (f32.const 1)))
    ;; with another sign
    (f32.store offset=32 (local.get $at) (f32.neg (f32.div (local.get $zero) (local.get $zero))))
    (i32.store offset=36 (local.get $at)
      (i32.reinterpret_f32 (f32.demote_f64 (f64.load offset=8 (local.get $at)))))
    (f64.store offset=40 (local.get $at) (f64.promote_f32 (f32.load (i32.const 0)))))
  (func (export "sums") (param $zero f32) (local $at i32) (local $sum f32) (local $k i32)
    (local.set $at (i32.shl (i32.add (i32.add (call $x) (i32.mul (call $y) (i32.const 64)))
      (i32.const 1)) (i32.const 6)))
    (local.set $k (i32.const 3))
    (loop $next
      (local.set $sum (f32.add (local.get $sum) (f32.div (local.get $zero) (local.get $zero))))
      (br_if $next (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
    (f32.store (local.get $at) (local.get $sum))
    (i32.store offset=4 (local.get $at) (i32.reinterpret_f32 (local.get $sum)))
    (i32.store offset=8 (local.get $at)
      (call $pass (f32.div (local.get $zero) (local.get $zero))))
    (i32.store offset=12 (local.get $at) (i32.reinterpret_f32 (call $give (local.get $zero))))
    (global.set $g (f32.div (local.get $zero) (local.get $zero)))
    (f32.store offset=16 (local.get $at) (global.get $g))
    (f32.store offset=20 (local.get $at)
      (f32.copysign (f32.div (local.get $zero) (local.get $zero)) (f32.const -1)))))"#;

#[test]
fn nans_are_canonical_wherever_a_launch_stores_them() {
    for grid in [line(2, 5), plane(2, 5), line(1, 1)] {
        let (end, memory) = same(NANS, "stores", grid, &[0]);
        end.unwrap();
        for thread in 0..grid.threads[0] as usize {
            let words: Vec<u32> = (0..10)
                .map(|index| word(&memory, 16 * (thread + 1) + index))
                .collect();
            let stays = 0xffa0_0001;
            let both = if thread % 2 == 1 { CANONICAL } else { stays };
            let wanted = [
                CANONICAL,
                0,
                0,
                0x7ff8_0000,
                CANONICAL,
                stays,
                both,
                CANONICAL,
                0xffc0_0000,
                CANONICAL,
            ];
            assert_eq!(words, wanted, "{grid:?}, thread {thread}");
        }
        let (end, memory) = same(NANS, "sums", grid, &[0]);
        end.unwrap();
        let words: Vec<u32> = (0..6).map(|index| word(&memory, 16 + index)).collect();
        assert_eq!(words[..5], [CANONICAL; 5], "{grid:?}");
        assert_eq!(words[5], 0xffc0_0000, "{grid:?}");
    }
}

/// A kernel that stores where its thread is, if this compares.
fn guarded(comparison: &str, works: bool) -> String {
    let store = "(i32.store (i32.shl (call $x) (i32.const 2)) (i32.add (call $x) (i32.const 7)))";
    let body = match works {
        true => format!("(if {comparison} (then {store}))"),
        false => format!("(if {comparison} (then (return))) {store}"),
    };
    format!(
        r#"(module (import "gpu" "global_id_x" (func $x (result i32))) (memory 1)
          (func (export "kernel") (param $n i32) {body}))"#
    )
}

#[test]
fn threads_beyond_the_end_do_nothing_however_that_is_asked() {
    type Compares = fn(i64, i64) -> bool;
    let kernels: [(&str, Compares); 4] = [
        ("lt", |a, b| a < b),
        ("ge", |a, b| a >= b),
        ("gt", |a, b| a > b),
        ("le", |a, b| a <= b),
    ];
    let edges: [u32; 5] = [0, 39, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    for ((name, compares), (sign, swapped, works)) in kernels
        .into_iter()
        .flat_map(|kernel| FORMS.map(|form| (kernel, form)))
    {
        let (x, n) = ("(call $x)", "(local.get $n)");
        let (a, b) = if swapped { (n, x) } else { (x, n) };
        let text = guarded(&format!("(i32.{name}_{sign} {a} {b})"), works);
        for n in edges {
            let value = match sign {
                "s" => i64::from(n.cast_signed()),
                _ => i64::from(n),
            };
            let wanted: Vec<u32> = (0..40)
                .map(|x| {
                    let (a, b) = if swapped { (value, x) } else { (x, value) };
                    let word = u32::try_from(x).unwrap() + 7;
                    if compares(a, b) == works { word } else { 0 }
                })
                .collect();
            for grid in [line(5, 8), plane(5, 8)] {
                let (end, memory) = same(&text, "kernel", grid, &[n.into()]);
                end.unwrap();
                let found: Vec<u32> = (0..40).map(|index| word(&memory, index)).collect();
                assert_eq!(found, wanted, "{n:#x} {grid:?} {text}");
            }
        }
    }
}

/// With signs or without, operands swapped, and whether those that compare work.
const FORMS: [(&str, bool, bool); 8] = [
    ("u", false, false),
    ("u", false, true),
    ("u", true, false),
    ("u", true, true),
    ("s", false, false),
    ("s", false, true),
    ("s", true, false),
    ("s", true, true),
];

#[test]
fn the_first_thread_beyond_the_end_of_memory_is_named() {
    let text = |scale: &str, offset: u64| {
        format!(
            r#"(module (import "gpu" "global_id_x" (func $x (result i32))) (memory 1)
              (func (export "kernel") (param $n i32) (param $base i32)
                (if (i32.lt_u (call $x) (local.get $n)) (then
                  (i32.store offset={offset} (i32.add (local.get $base) {scale}) (i32.const 1))))))"#
        )
    };
    let scales = [
        "(i32.shl (call $x) (i32.const 6))",
        "(i32.mul (call $x) (i32.const 64))",
        "(i32.shl (call $x) (i32.const 38))",
    ];
    for scale in scales {
        for (offset, base) in [(0, 0), (4, 0), (0, 64), (65_500, 0), (0, 0xffff_fff0)] {
            let kernel = text(scale, offset);
            let first = 65_532_u64
                .checked_sub(offset + base)
                .map(|last| last / 64 + 1);
            for n in [1, 1023, 1024, 1025] {
                let (end, _) = same(&kernel, "kernel", line(33, 32), &[n, base]);
                let wanted = match first {
                    Some(first) => (first < n).then_some(first),
                    // It begins before address 0, which is no address.
                    None => Some(0),
                };
                match wanted {
                    None => end.unwrap(),
                    Some(thread) => {
                        let found = trap(end);
                        assert_eq!(found.code, TrapCode::OutOfBoundsMemoryAccess);
                        assert_eq!(u64::from(found.thread), thread, "{kernel}, {n}, {base}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_traps_without_memory_is_told_too() {
    for body in [
        "(drop (i32.div_u (i32.const 1) (i32.sub (call $x) (i32.const 7))))",
        "(drop (i32.trunc_f32_u (f32.convert_i32_s (i32.sub (i32.const 6) (call $x)))))",
        "(if (i32.eq (call $x) (i32.const 7)) (then (unreachable)))",
    ] {
        let text = format!(
            r#"(module (import "gpu" "global_id_x" (func $x (result i32))) (memory 1)
              (func (export "kernel") {body}))"#
        );
        let (end, _) = same(&text, "kernel", line(4, 8), &[]);
        assert_eq!(trap(end).thread, 7, "{body}");
    }
}

#[test]
fn whatever_a_kernel_is_made_of_it_ends_when_it_is_cancelled() {
    let levels: String = (1..24)
        .map(|level| {
            let call = format!("(call $f{})", level - 1);
            format!("(func $f{level} {})", call.repeat(4))
        })
        .collect();
    let steps = "(local.set $k (i32.mul (local.get $k) (i32.xor (local.get $k) (i32.const 5))))";
    let steps = steps.repeat(10_000);
    let text = format!(
        r#"(module (import "gpu" "global_id_x" (func $x (result i32)))
          (import "gpu" "thread_id_x" (func $t (result i32)))
          (memory 64 64) (global $g (mut i32) (i32.const 0))
          (func $f0 (global.set $g (i32.add (global.get $g) (i32.const 1))))
          {levels}
          (func $spin (loop (br 0)))
          (func (export "tree") (call $f23))
          (func (export "called") (call $spin))
          (func (export "nested") (loop $a (loop $b (br_if $b (i32.eqz (global.get $g)))) (br $a)))
          (func (export "fills") (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x3f0000)))
          (func (export "line") (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (call $x))))
          (func (export "blocks") (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (call $t))))
          (func (export "traps") (i32.store offset=0x3fffff (call $x) (i32.const 0)))
          (func (export "long") (local $k i32) (local.set $k (call $x)) {steps}
            (i32.store (i32.const 0) (local.get $k))))"#
    );
    let every = line(0x7fff_ffff, 1);
    for (kernel, grid) in [
        ("tree", line(1, 1)),
        ("tree", line(4, 4)),
        ("called", line(4, 4)),
        ("nested", line(4, 4)),
        ("fills", every),
        ("line", line(0x003f_ffff, 1024)),
        ("blocks", line(0x003f_ffff, 1024)),
        ("traps", every),
        ("long", every),
    ] {
        let cancel = Cancel::default();
        let options = Options {
            cancel: cancel.clone(),
            ..Options::default()
        };
        let mut instance = with_options(DeviceChoice::Cpu, &text, options);
        // Compiles it.
        if kernel == "long" {
            instance.launch(kernel, line(2, 1), &[]).unwrap();
        }
        let other = thread::spawn(move || {
            thread::sleep(Duration::from_millis(30));
            cancel.cancel();
            Instant::now()
        });
        let found = trap(instance.launch_each(kernel, grid, Arguments::Same(&[])));
        let wanted = match kernel {
            "traps" => TrapCode::OutOfBoundsMemoryAccess,
            _ => TrapCode::Interrupted,
        };
        assert_eq!(found.code, wanted, "{kernel}");
        let late = other.join().unwrap().elapsed();
        assert!(late < Duration::from_secs(3), "{kernel}: {late:?}");
        // What was cancelled stays so, and no thread runs.
        let again = trap(instance.launch_each("line", line(2, 2), Arguments::Same(&[])));
        assert_eq!((again.code, again.thread), (TrapCode::Interrupted, 0));
    }
}

#[test]
fn every_thread_of_a_launch_has_a_stack() {
    let text = r#"(module (import "gpu" "global_id_x" (func $x (result i32)))
      (import "gpu" "global_id_y" (func $y (result i32)))
      (memory 1 8) (global $sp (export "__stack_pointer") (mut i32) (i32.const 4096))
      (func (export "kernel")
        (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
        (i32.store
          (i32.shl (i32.add (call $x) (i32.mul (call $y) (i32.const 20))) (i32.const 2))
          (global.get $sp))))"#;
    for grid in [line(4, 5), plane(4, 5)] {
        let (end, memory) = same(text, "kernel", grid, &[]);
        end.unwrap();
        let mut stacks: Vec<u32> = (0..20).map(|index| word(&memory, index)).collect();
        stacks.sort_unstable();
        stacks.dedup();
        assert!(stacks.len() == 20 && stacks[0] >= 65_536, "{stacks:?}");
    }
}

#[test]
fn an_arena_is_usable_after_a_launch_was_cancelled_in_it() {
    let text = r#"(module (memory 1 1)
      (func (export "kernel") (loop)
        (loop (br_if 0 (i32.eqz (i32.atomic.load (i32.const 0)))))))"#;
    let kernels = Arc::new(Kernels::new(&wasm(text)).unwrap());
    let device = Cpu::new(None).unwrap();
    let program = device.compile(&kernels).unwrap();
    let size = ArenaSize {
        initial: 1,
        room: 1,
        maximum: 1,
    };
    let arena = device.arena(size).unwrap();
    let run = |cancel: &Cancel| {
        let launch = Launch {
            function: kernels.export("kernel").unwrap().function,
            grid: line(2, 2),
            arguments: Arguments::Same(&[]),
            globals: &[],
            fuel: None,
            stacks: None,
            cancel,
        };
        let outcome = device.launch(&program, &arena, &launch).unwrap();
        outcome.trap.map(|trap| trap.code)
    };
    let cancel = Cancel::default();
    let other = cancel.clone();
    let cancels = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        other.cancel();
    });
    assert_eq!(run(&cancel), Some(TrapCode::Interrupted));
    cancels.join().unwrap();
    arena.write(0, &[1]).unwrap();
    assert_eq!(run(&Cancel::default()), None);
    assert_eq!(run(&cancel), Some(TrapCode::Interrupted));
}
