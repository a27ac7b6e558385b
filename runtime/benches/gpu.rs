//! What kernels take: compiling them, launching them, and what they do on the CPU.
//!
//!     cargo bench --profile dev --workspace --bench gpu
//!     cargo bench --profile dev --workspace --bench gpu -- --ratios
//!
//! The names are metrics, as those of `executor` are. The second form lets kernels on
//! the device `cpu` and plain loops under Wasmtime take turns, and prints the ratios of
//! their times.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on panics")]

#[path = "gpu/loops.rs"]
mod loops;
#[path = "overhead/paired.rs"]
mod paired;

use std::sync::{Arc, Mutex};
use std::thread;

use criterion::Criterion;
use paired::{measure, print_ratios, wanted};
use tensor_wasm_runtime::gpu::device::{Cpu, Grid};
use tensor_wasm_runtime::gpu::{Instance, Kernels, Options};

/// Products of matrices, with a kernel that works in tiles.
const MATMUL: &str = include_str!("../../suites/gpu/kernels/matmul.wat");

/// Launches of one iteration: one after the other, and at once.
const IN_SERIES: usize = 10;
const AT_ONCE: usize = 100;
/// Of those at once, how many run.
const CAP: usize = 64;

fn main() {
    if let Some(wanted) = wanted(loops::comparisons) {
        print_ratios(wanted, "kernel");
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    compile(&mut criterion);
    launch_in_series(&mut criterion);
    launch_at_once(&mut criterion);
    measure(&mut criterion, loops::comparisons(), "kernel");
    criterion.final_summary();
}

fn wasm(text: &str) -> Vec<u8> {
    let buffer = wast::parser::ParseBuffer::new(text).unwrap();
    let mut module: wast::Wat<'_> = wast::parser::parse(&buffer).unwrap();
    module.encode().unwrap()
}

/// A kernel of about so many hundred instructions: loads, arithmetic, a branch and a
/// store, again and again.
fn some_hundreds(hundreds: usize) -> Vec<u8> {
    let part = r#"
      (local.set $x (f32.load offset=64 (i32.shl (local.get $i) (i32.const 2))))
      (if (f32.lt (local.get $x) (f32.const 0))
        (then (local.set $x (f32.neg (local.get $x)))))
      (f32.store offset=4096 (i32.shl (local.get $i) (i32.const 2))
        (f32.add (f32.mul (local.get $x) (local.get $x)) (f32.const 1)))
      (local.set $i (i32.add (i32.xor (local.get $i) (i32.const 5)) (i32.const 1)))"#;
    let body = part.repeat(4 * hundreds);
    wasm(&format!(
        r#"(module (import "gpu" "global_id_x" (func $id (result i32))) (memory 1)
          (func (export "kernel") (local $i i32) (local $x f32)
            (local.set $i (call $id)) {body}))"#
    ))
}

/// From WebAssembly to PTX, validated.
fn compile(criterion: &mut Criterion) {
    let mut emit = |name: &str, wasm: Vec<u8>| {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| Kernels::new(&wasm).unwrap().ptx().text.len());
        });
    };
    for hundreds in [1, 4, 16] {
        let name = format!("kernel_compile/instructions/{}", 100 * hundreds);
        emit(&name, some_hundreds(hundreds));
    }
    emit("jit_compile/emit_text/matmul[16x16x16]", wasm(MATMUL));
}

/// A kernel that does nothing, compiled.
fn nothing(device: &Cpu) -> Instance<Cpu> {
    let wasm = wasm(r#"(module (memory 1) (func (export "nothing")))"#);
    let kernels = Arc::new(Kernels::new(&wasm).unwrap());
    let mut instance = Instance::of(device.clone(), kernels, Options::default()).unwrap();
    instance.launch("nothing", BLOCK, &[]).unwrap();
    instance
}

const BLOCK: Grid = Grid {
    blocks: [1; 3],
    threads: [32, 1, 1],
};

/// Launches one after the other.
fn launch_in_series(criterion: &mut Criterion) {
    let mut instance = nothing(&Cpu::new(None).unwrap());
    criterion.bench_function(&format!("dispatch/serial/{IN_SERIES}"), |bencher| {
        bencher.iter(|| {
            for _ in 0..IN_SERIES {
                instance.launch("nothing", BLOCK, &[]).unwrap();
            }
        });
    });
}

/// Launches on instances of their own, by threads that are there.
fn launch_at_once(criterion: &mut Criterion) {
    let device = Cpu::new(None).unwrap();
    let instances: Vec<_> = (0..CAP).map(|_| Mutex::new(nothing(&device))).collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores)
        .build();
    let (tokio, instances) = (tokio.unwrap(), Arc::new(instances));
    let name = format!("dispatch/concurrent_cap{CAP}/{AT_ONCE}");
    criterion.bench_function(&name, |bencher| {
        bencher.iter(|| {
            tokio.block_on(async {
                let mut launches = tokio::task::JoinSet::new();
                for number in 0..AT_ONCE {
                    let instances = Arc::clone(&instances);
                    launches.spawn(async move {
                        let mut instance = instances[number % CAP].lock().unwrap();
                        instance.launch("nothing", BLOCK, &[]).unwrap();
                    });
                }
                while let Some(ended) = launches.join_next().await {
                    ended.unwrap();
                }
            });
        });
    });
}
