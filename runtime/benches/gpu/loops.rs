//! The same work as a kernel on the device `cpu` and as a plain loop under Wasmtime.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use tensor_wasm_runtime::gpu::device::{Cpu, Grid};
use tensor_wasm_runtime::gpu::{Instance, Kernels, Options};
use tensor_wasm_runtime::wasmtime::{self, Config, Engine, Store, TypedFunc};

use super::wasm;
use crate::paired::{Comparison, Side};

/// Elements of an array, 1 MiB of them; the second array is at 4 MiB.
const ELEMENTS: u32 = 1 << 18;

/// Rows, columns, and terms of a sum.
const MATRIX: u32 = 96;

const KERNELS: &str = r#"(module
  (import "gpu" "global_id_x" (func $x (result i32)))
  (import "gpu" "global_id_y" (func $y (result i32)))
  (memory 128 128)
  (func (export "saxpy") (param $n i32) (param $a f32)
    (if (i32.lt_u (call $x) (local.get $n))
      (then (f32.store offset=0x400000 (i32.shl (call $x) (i32.const 2))
        (f32.add
          (f32.mul (local.get $a) (f32.load (i32.shl (call $x) (i32.const 2))))
          (f32.load offset=0x400000 (i32.shl (call $x) (i32.const 2))))))))
  (func (export "many") (param $n i32) (param $a f32) (local $i i32)
    (local.set $i (i32.mul (call $x) (i32.const 1024)))
    (local.set $n (i32.add (local.get $i) (i32.const 1024)))
    (loop $next
      (f32.store offset=0x400000 (i32.shl (local.get $i) (i32.const 2))
        (f32.add
          (f32.mul (local.get $a) (f32.load (i32.shl (local.get $i) (i32.const 2))))
          (f32.load offset=0x400000 (i32.shl (local.get $i) (i32.const 2)))))
      (br_if $next (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  (func (export "copy") (param $n i32) (param $a f32)
    (if (i32.lt_u (call $x) (local.get $n))
      (then (i32.store offset=0x400000 (i32.shl (call $x) (i32.const 2))
        (i32.load (i32.shl (call $x) (i32.const 2)))))))
  (func (export "matmul") (param $n i32) (param $a f32) (local $k i32) (local $sum f32)
    (if (i32.or (i32.ge_u (call $y) (local.get $n)) (i32.ge_u (call $x) (local.get $n)))
      (then (return)))
    (loop $next
      (local.set $sum (f32.add (local.get $sum) (f32.mul
        (f32.load (i32.shl (i32.add (i32.mul (call $y) (local.get $n)) (local.get $k)) (i32.const 2)))
        (f32.load offset=0x200000
          (i32.shl (i32.add (i32.mul (local.get $k) (local.get $n)) (call $x)) (i32.const 2))))))
      (br_if $next (i32.lt_u
        (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $n))))
    (f32.store offset=0x400000
      (i32.shl (i32.add (i32.mul (call $y) (local.get $n)) (call $x)) (i32.const 2))
      (local.get $sum))))"#;

const LOOPS: &str = r#"(module
  (memory 128 128)
  (func (export "saxpy") (param $from i32) (param $n i32) (param $a f32)
    (loop $next
      (f32.store offset=0x400000 (i32.shl (local.get $from) (i32.const 2))
        (f32.add
          (f32.mul (local.get $a) (f32.load (i32.shl (local.get $from) (i32.const 2))))
          (f32.load offset=0x400000 (i32.shl (local.get $from) (i32.const 2)))))
      (br_if $next (i32.lt_u
        (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $n)))))
  (func (export "copy") (param $from i32) (param $n i32) (param $a f32)
    (loop $next
      (i32.store offset=0x400000 (i32.shl (local.get $from) (i32.const 2))
        (i32.load (i32.shl (local.get $from) (i32.const 2))))
      (br_if $next (i32.lt_u
        (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $n)))))
  (func (export "matmul") (param $y i32) (param $n i32) (param $a f32)
    (local $m i32) (local $x i32) (local $k i32) (local $sum f32)
    (local.set $m (i32.const MATRIX))
    (loop $rows
      (local.set $x (i32.const 0))
      (loop $columns
        (local.set $k (i32.const 0))
        (local.set $sum (f32.const 0))
        (loop $next
          (local.set $sum (f32.add (local.get $sum) (f32.mul
            (f32.load
              (i32.shl (i32.add (i32.mul (local.get $y) (local.get $m)) (local.get $k)) (i32.const 2)))
            (f32.load offset=0x200000
              (i32.shl (i32.add (i32.mul (local.get $k) (local.get $m)) (local.get $x)) (i32.const 2))))))
          (br_if $next (i32.lt_u
            (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $m))))
        (f32.store offset=0x400000
          (i32.shl (i32.add (i32.mul (local.get $y) (local.get $m)) (local.get $x)) (i32.const 2))
          (local.get $sum))
        (br_if $columns (i32.lt_u
          (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $m))))
      (br_if $rows (i32.lt_u
        (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $n))))))"#;

/// The kernel, the loop, and how many of what the loop counts there are.
#[derive(Clone, Copy)]
struct Work {
    kernel: &'static str,
    plain: &'static str,
    count: u32,
    grid: Grid,
}

impl Work {
    /// A thread for each element.
    const fn line(kernel: &'static str) -> Work {
        Work {
            kernel,
            plain: kernel,
            count: ELEMENTS,
            grid: Grid {
                blocks: [ELEMENTS / 256, 1, 1],
                threads: [256, 1, 1],
            },
        }
    }
}

pub(crate) fn comparisons() -> Vec<Comparison> {
    // A thousand elements for each thread.
    let many = Work {
        grid: Grid {
            blocks: [ELEMENTS / 1024, 1, 1],
            threads: [1; 3],
        },
        plain: "saxpy",
        ..Work::line("many")
    };
    let matmul = Work {
        count: MATRIX,
        grid: Grid {
            blocks: [MATRIX / 16, MATRIX / 16, 1],
            threads: [16, 16, 1],
        },
        ..Work::line("matmul")
    };
    let (saxpy, copy) = (Work::line("saxpy"), Work::line("copy"));
    let (plain, canonical) = (engine(false), engine(true));
    let one = NonZero::<usize>::MIN;
    let all = thread::available_parallelism().unwrap_or(one);
    vec![
        compare("gpu_cpu/saxpy", saxpy, &plain, one),
        compare("gpu_cpu/saxpy_nan", saxpy, &canonical, one),
        compare("gpu_cpu/saxpy_all", saxpy, &plain, all),
        compare("gpu_cpu/saxpy_many", many, &plain, one),
        compare("gpu_cpu/saxpy_many_nan", many, &canonical, one),
        compare("gpu_cpu/copy", copy, &plain, one),
        compare("gpu_cpu/copy_all", copy, &plain, all),
        compare("gpu_cpu/matmul", matmul, &plain, one),
        compare("gpu_cpu/matmul_nan", matmul, &canonical, one),
        compare("gpu_cpu/matmul_all", matmul, &plain, all),
    ]
}

/// As an embedder has it who changes nothing, or wants the bits of NaNs.
fn engine(canonical: bool) -> Engine {
    Engine::new(Config::new().cranelift_nan_canonicalization(canonical)).unwrap()
}

fn compare(name: &'static str, work: Work, engine: &Engine, threads: NonZero<usize>) -> Comparison {
    Comparison {
        name,
        bare: plain(work, engine, threads),
        ours: kernel(work, threads),
        most: 10_000,
    }
}

fn kernel(work: Work, threads: NonZero<usize>) -> Side {
    let kernels = Arc::new(Kernels::new(&wasm(KERNELS)).unwrap());
    let device = Cpu::new(Some(threads)).unwrap();
    let mut instance = Instance::of(device, kernels, Options::default()).unwrap();
    let n = if work.kernel == "matmul" {
        MATRIX
    } else {
        ELEMENTS
    };
    let arguments = [u64::from(n), u64::from(2.0_f32.to_bits())];
    Box::new(move |count| {
        let started = Instant::now();
        for _ in 0..count {
            instance.launch(work.kernel, work.grid, &arguments).unwrap();
        }
        started.elapsed()
    })
}

/// An instance for each thread of the CPU, and its part of the work.
struct Plain {
    store: Store<()>,
    function: TypedFunc<(i32, i32, f32), ()>,
    from: i32,
    to: i32,
}

impl Plain {
    fn run(&mut self) {
        let arguments = (self.from, self.to, 2.0);
        self.function.call(&mut self.store, arguments).unwrap();
    }
}

fn plain(work: Work, engine: &Engine, threads: NonZero<usize>) -> Side {
    let text = LOOPS.replace("MATRIX", &MATRIX.to_string());
    let module = wasmtime::Module::new(engine, wasm(&text)).unwrap();
    let threads = u32::try_from(threads.get()).unwrap();
    let bound = |part: u32| (work.count * part / threads).cast_signed();
    let mut parts: Vec<Plain> = (0..threads)
        .map(|part| {
            let mut store = Store::new(engine, ());
            let instance = wasmtime::Instance::new(&mut store, &module, &[]).unwrap();
            let function = instance.get_typed_func(&mut store, work.plain);
            Plain {
                function: function.unwrap(),
                store,
                from: bound(part),
                to: bound(part + 1),
            }
        })
        .collect();
    Box::new(move |count| {
        let started = Instant::now();
        for _ in 0..count {
            let (first, others) = parts.split_first_mut().unwrap();
            thread::scope(|scope| {
                for part in others {
                    scope.spawn(|| part.run());
                }
                first.run();
            });
        }
        started.elapsed()
    })
}
