//! The interpreter of PTX and the CPU do the same, to the bit and to the place of a
//! trap.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::{Arena as _, Arguments, Cancel, Cpu, Grid};
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, KernelError, Kernels, Options};

use crate::{DEVICES, OnDevice, instance, line, trap, wasm, with_fuel, with_options};

/// What a launch gives on every device, which is the same, as memory after it is.
#[track_caller]
fn same(
    mut each: Vec<OnDevice>,
    kernel: &str,
    grid: Grid,
    arguments: Arguments<'_>,
) -> Result<Vec<u64>, KernelError> {
    let mut ends = each.iter_mut().map(|instance| {
        let end = instance.launch_each(kernel, grid, arguments);
        let bytes = instance.0.arena().bytes().min(65_536);
        (end, instance.read(0, usize::try_from(bytes).unwrap()))
    });
    let first = ends.next().unwrap();
    for other in ends {
        assert_eq!(first.0, other.0, "{kernel} on {grid:?}");
        assert!(first.1 == other.1, "memory after {kernel} on {grid:?}");
    }
    first.0
}

fn each(text: &str, fuel: u64) -> Vec<OnDevice> {
    let devices = DEVICES.iter();
    devices
        .map(|device| with_fuel(*device, text, fuel))
        .collect()
}

/// A trap of each kind, in a function that a kernel calls and in the kernel itself.
const TRAPS: &str = r#"(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "thread_id_y" (func $y (result i32)))
  (memory 1 1) (data $d "abc")
  (type $unary (func (param i32) (result i32)))
  (type $none (func))
  (table 4 funcref) (elem (i32.const 0) $twice $nothing)
  (func $twice (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
  (func $nothing)
  (func $bad (param $kind i32) (param $x i32)
    (block $8 (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 (local.get $kind)))
      (unreachable))
      (drop (i32.div_s (i32.const 0x80000000) (i32.sub (i32.const 0) (local.get $x)))) (return))
      (drop (i32.rem_u (local.get $x) (i32.const 0))) (return))
      (drop (i64.load offset=65529 (i32.sub (local.get $x) (i32.const 1)))) (return))
      (drop (i32.trunc_f32_s (f32.div (f32.const 0) (f32.const 0)))) (return))
      (drop (call_indirect (type $unary) (local.get $x) (i32.const 7))) (return))
      (drop (call_indirect (type $unary) (local.get $x) (i32.const 1))) (return))
      (drop (call_indirect (type $unary) (local.get $x) (i32.const 2))) (return))
    (memory.init $d (i32.const 0) (i32.const 1) (i32.const 3)))
  (func (export "called") (param $kind i32) (param $from i32)
    (i32.store8 (call $id) (i32.const 1))
    (if (i32.ge_u (call $id) (local.get $from))
      (then (call $bad (local.get $kind) (i32.const 1)))))
  (func (export "inline") (param $kind i32) (param $from i32)
    (i32.store8 (call $id) (i32.const 1))
    (if (i32.lt_u (call $id) (local.get $from)) (then (return)))
    (if (i32.eqz (local.get $kind)) (then (unreachable)))
    (i32.store16 offset=65535 (local.get $kind) (i32.const 1)))
  (func (export "dropped") (param $length i32)
    (memory.init $d (i32.mul (call $id) (i32.const 3)) (i32.const 0) (i32.const 3))
    (data.drop $d)
    (memory.init $d (i32.const 0) (i32.const 0) (local.get $length)))
  (func (export "deep") (param $n i32) (result i32)
    (call_indirect (type $unary) (call $bottom (local.get $n)) (i32.const 0)))
  (func $bottom (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (call $bottom (i32.sub (local.get 0) (i32.const 1))))
      (else (i32.div_u (i32.const 1) (local.get 0))))))"#;

#[test]
fn traps_have_the_same_place() {
    for grid in [line(1, 1), line(1, 40), line(7, 32)] {
        let last = u64::from(grid.count().unwrap()) - 1;
        for from in [0, last / 2, last] {
            for kind in 0..9 {
                let arguments = [kind, from];
                let end = same(
                    each(TRAPS, 1000),
                    "called",
                    grid,
                    Arguments::Same(&arguments),
                );
                let found = trap(end);
                assert_eq!((found.function, u64::from(found.thread)), (4, from));
                assert!(found.offset > 0);
            }
            for kind in [0, 1] {
                let arguments = [kind, from];
                let end = same(
                    each(TRAPS, 1000),
                    "inline",
                    grid,
                    Arguments::Same(&arguments),
                );
                assert_eq!(u64::from(trap(end).thread), from);
            }
        }
        for length in [0, 1] {
            let end = same(
                each(TRAPS, 1000),
                "dropped",
                grid,
                Arguments::Same(&[length]),
            );
            assert_eq!(end.is_ok(), length == 0);
        }
        let lists: Vec<u64> = (0..=last).map(|thread| thread % 5).collect();
        let end = same(each(TRAPS, 1000), "deep", grid, Arguments::Each(&lists));
        assert_eq!(trap(end).code, TrapCode::IntegerDivideByZero);
    }
}

#[test]
fn fuel_is_counted_alike() {
    // Each thread writes to bytes of its own: memory is compared, and who is last
    // may differ.
    let text = r#"(module (import "gpu" "global_id_x" (func $id (result i32)))
      (memory 1) (data $d "0123456789")
      (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func (export "work") (param $n i32) (local $own i32)
        (local.set $own (i32.shl (call $id) (i32.const 8)))
        (loop $outer
          (loop (memory.fill (local.get $own) (i32.const 7) (local.get $n)))
          (memory.copy (i32.add (local.get $own) (i32.const 100)) (local.get $own) (local.get $n))
          (memory.init $d (local.get $own) (i32.const 0) (i32.const 3))
          (br_if $outer (local.tee $n (i32.sub (call $leaf (local.get $n)) (i32.const 2))))))
      (func (export "leaf") (param $n i32)
        (loop $next (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    let mut codes = Vec::new();
    for fuel in 0..60 {
        for grid in [line(1, 1), line(2, 3)] {
            for kernel in ["work", "leaf"] {
                let end = same(each(text, fuel), kernel, grid, Arguments::Same(&[5]));
                codes.push(end.is_ok());
            }
        }
    }
    assert!(codes.contains(&true) && codes.contains(&false));
}

#[test]
fn positions_are_the_same_along_every_axis() {
    let names = [
        "thread_id",
        "block_id",
        "block_dim",
        "grid_dim",
        "global_id",
    ];
    let names = names
        .iter()
        .flat_map(|name| ["x", "y", "z"].map(|axis| format!("{name}_{axis}")));
    let names: Vec<String> = names.collect();
    let imports: String = names
        .iter()
        .map(|name| format!("(import \"gpu\" \"{name}\" (func ${name} (result i32)))\n"))
        .collect();
    let sum: String = names
        .iter()
        .map(|name| {
            format!(
                "(local.set $s (i32.add (i32.mul (local.get $s) (i32.const 31)) (call ${name})))\n"
            )
        })
        .collect();
    let text = format!(
        r#"(module {imports} (memory 1)
          (func $sum (result i32) (local $s i32) {sum} (local.get $s))
          (func $at (result i32) (i32.shl (i32.atomic.rmw.add (i32.const 0) (i32.const 1)) (i32.const 2)))
          (func (export "given") (result i32) (call $sum))
          (func (export "exported") (export "again") (result i32) (call $global_id_z))
          (func (export "called") (drop (i32.atomic.rmw.xor offset=8 (i32.const 0) (call $sum))))
          (func (export "inline") (local $s i32) {sum}
            (drop (i32.atomic.rmw.xor offset=8 (i32.const 0) (local.get $s)))))"#
    );
    let grid = Grid {
        blocks: [3, 2, 5],
        threads: [4, 3, 2],
    };
    for kernel in ["given", "called", "inline", "exported"] {
        let end = same(each(&text, 1000), kernel, grid, Arguments::Same(&[]));
        end.unwrap();
    }
}

#[test]
fn memory_grows_as_far_as_it_may() {
    let text = r#"(module (memory 1 70000)
      (func (export "grow") (param i32) (result i32 i32)
        (memory.grow (local.get 0)) (memory.size)))"#
        .replace("70000", "65536");
    let lists = [4096, 1, 0, 0xffff_ffff];
    for pages in [0, 1, 4095, 4096, 4097, 65_535, 0xffff_ffff] {
        let end = same(
            each(&text, 10),
            "grow",
            line(1, 1),
            Arguments::Same(&[pages]),
        );
        end.unwrap();
    }
    let mut each = each(&text, 10);
    for pages in lists {
        let ends: Vec<_> = each
            .iter_mut()
            .map(|instance| instance.call("grow", &[pages]).unwrap())
            .collect();
        assert!(ends.iter().all(|end| *end == ends[0]), "{pages}: {ends:?}");
    }
}

#[test]
fn what_the_first_thread_leaves_in_its_globals_is_told() {
    let text = r#"(module
      (import "gpu" "global_id_x" (func $id (result i32)))
      (global $g (mut i64) (i64.const 5)) (global $c f32 (f32.const 2.5))
      (func (export "set") (param i64) (global.set $g (local.get 0)))
      (func (export "get") (result i64 f32) (global.get $g) (global.get $c)))"#;
    for mut instance in each(text, 100) {
        instance.launch("set", line(2, 3), &[9]).unwrap();
        assert_eq!(instance.call("get", &[]).unwrap()[0], 5);
        instance.call("set", &[7]).unwrap();
        assert_eq!(instance.0.global(0), Some(7));
        let found = instance.launch_each("get", line(1, 2), Arguments::Same(&[]));
        let constant = u64::from(2.5_f32.to_bits());
        assert_eq!(found.unwrap(), [7, constant, 7, constant]);
    }
}

#[test]
fn a_block_of_1024_threads_waits_for_all() {
    let text = r#"(module
      (import "gpu" "thread_id_x" (func $thread (result i32)))
      (import "gpu" "block_id_x" (func $block (result i32)))
      (import "gpu" "barrier" (func $barrier))
      (import "gpu" "workgroup" (memory $own 4096 (pagesize 1)))
      (memory $all 1)
      (func (export "sum") (local $step i32) (local $at i32)
        (local.set $at (i32.shl (call $thread) (i32.const 2)))
        (i32.store $own (local.get $at) (call $thread))
        (local.set $step (i32.const 512))
        (loop $next
          (call $barrier)
          (if (i32.lt_u (call $thread) (local.get $step))
            (then (i32.store $own (local.get $at) (i32.add (i32.load $own (local.get $at))
              (i32.load $own (i32.add (local.get $at) (i32.shl (local.get $step) (i32.const 2))))))))
          (br_if $next (local.tee $step (i32.shr_u (local.get $step) (i32.const 1)))))
        (if (i32.eqz (call $thread))
          (then (i32.store $all (i32.shl (call $block) (i32.const 2)) (i32.load $own (i32.const 0)))))))"#;
    let mut instance = instance(DeviceChoice::Cpu, text);
    for _ in 0..2 {
        instance.launch("sum", line(5, 1024), &[]).unwrap();
        let wanted: Vec<u8> = [523_776_u32; 5]
            .iter()
            .flat_map(|sum| sum.to_le_bytes())
            .collect();
        assert_eq!(instance.read(0, 20), wanted);
    }
}

#[test]
fn a_launch_without_an_end_ends_when_it_is_cancelled() {
    let text = r#"(module (import "gpu" "barrier" (func $barrier)) (memory 1)
        (func (export "spin") (loop (br 0)))
        (func (export "wait") (loop (call $barrier) (br 0)))
        (func (export "trap") (unreachable))
        (func (export "nothing")))"#;
    let every = line(0x7fff_ffff, 1);
    for (kernel, grid) in [
        ("spin", line(1, 1)),
        ("spin", line(64, 8)),
        ("wait", line(3, 33)),
        ("trap", every),
    ] {
        let cancel = Cancel::default();
        let options = Options {
            cancel: cancel.clone(),
            ..Options::default()
        };
        let mut instance = with_options(DeviceChoice::Cpu, text, options);
        let begin = Instant::now();
        let other = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            cancel.cancel();
        });
        let found = trap(instance.launch_each(kernel, grid, Arguments::Same(&[])));
        let wanted = match kernel {
            "trap" => TrapCode::Unreachable,
            _ => TrapCode::Interrupted,
        };
        assert_eq!((found.code, found.thread), (wanted, 0), "{kernel}");
        assert!(begin.elapsed() < Duration::from_secs(20), "{kernel}");
        other.join().unwrap();
    }
}

#[test]
fn arenas_of_nothing_and_of_4_gib() {
    for pages in [0_u64, 65_536] {
        let text = format!(
            r#"(module (memory {pages} {pages})
              (func (export "last") (param i32) (i32.store8 (local.get 0) (i32.const 9))))"#
        );
        let mut instance = instance(DeviceChoice::Cpu, &text);
        assert_eq!(instance.0.arena().bytes(), pages << 16);
        let end = instance.call("last", &[0xffff_ffff]);
        if pages == 0 {
            assert_eq!(trap(end).code, TrapCode::OutOfBoundsMemoryAccess);
            assert!(instance.0.arena().write(0, &[1]).is_err());
        } else {
            end.unwrap();
            assert_eq!(instance.read(0xffff_ffff, 1), [9]);
        }
    }
}

#[test]
fn threads_of_the_cpu_share_the_work() {
    let text = r#"(module (import "gpu" "global_id_x" (func $id (result i32)))
      (import "gpu" "workgroup" (memory $own 1 1)) (memory $all 2)
      (func (export "each") (i32.store8 $all (call $id) (i32.add
        (i32.load8_u $all (call $id)) (i32.const 1))))
      (func (export "first") (result i32)
        (i32.load $own (i32.const 0)) (i32.store $own (i32.const 0) (i32.const 1))))"#;
    let kernels = Arc::new(Kernels::new(&wasm(text)).unwrap());
    for threads in 1..5 {
        let device = Cpu::new(NonZero::new(threads)).unwrap();
        let mut instance = Instance::of(device, Arc::clone(&kernels), Options::default()).unwrap();
        instance.launch("each", line(1000, 100), &[]).unwrap();
        let found = instance.read(0, 100_001).unwrap().unwrap();
        assert!(found[..100_000].iter().all(|byte| *byte == 1));
        assert_eq!(found[100_000], 0);
        let found = instance.launch_each("first", line(20, 3), Arguments::Same(&[]));
        assert_eq!(found.unwrap(), [0, 1, 1].repeat(20));
    }
}

/// What the process has mapped, in bytes.
#[cfg(target_os = "linux")]
fn mapped() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmSize:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    kib.unwrap().parse::<u64>().unwrap() << 10
}

/// Each instance maps gigabytes, which other tests do meanwhile too, though not so many.
#[cfg(target_os = "linux")]
#[test]
fn what_ran_on_the_cpu_is_given_back() {
    let text = r#"(module (import "gpu" "barrier" (func $barrier)) (memory 1)
      (func (export "alone") (i32.store (i32.const 0) (i32.const 1)))
      (func (export "together") (call $barrier)))"#;
    let before = mapped();
    for _ in 0..300 {
        let mut instance = instance(DeviceChoice::Cpu, text);
        instance.launch("alone", line(1, 2), &[]).unwrap();
        instance.launch("together", line(1, 2), &[]).unwrap();
    }
    let more = mapped().saturating_sub(before);
    assert!(more < 150 * (4 << 30), "{} GiB more", more >> 30);
}
