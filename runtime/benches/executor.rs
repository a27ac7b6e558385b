//! What the executor takes: starting, calling, loading what is loaded already,
//! and running a WASI command.
//!
//!     cargo bench --profile dev --workspace --bench executor
//!
//! The names are metrics: `cargo xtask bench` reads what criterion writes of
//! them and compares it with `bench-results/baseline.json`. A benchmark that is
//! renamed is missing there. Unlike `runtime_overhead`, nothing here is compared
//! with bare Wasmtime.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on panics")]

use std::time::{Duration, Instant};

use criterion::Criterion;
use tensor_wasm_runtime::executor::{
    CallOptions, Executor, ExecutorConfig, Instance, LoadedModule, TenantId,
};
use tensor_wasm_runtime::wasi::{Command, Grants, Ready};
use tensor_wasm_runtime::{Allocator, Engine, EngineConfig, PoolSize, Val};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const GUEST: &[u8] = br#"(module
  (memory 4)
  (data (i32.const 1024) "some data that an instance starts with")
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"#;

/// Writes a line to a standard output that throws it away.
const HELLO: &[u8] = br#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "hello\n")
  (func (export "_start")
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))
      (then unreachable))))"#;

const TENANT: TenantId = TenantId(1);
const ARGUMENTS: [Val; 2] = [Val::I32(1), Val::I32(2)];

/// Calls of one iteration: one after the other, and at once.
const IN_SERIES: usize = 10;
const AT_ONCE: usize = 100;
/// Instances that share the calls made at once: some have to wait.
const SESSIONS: usize = 64;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let pool = Allocator::Pooling(PoolSize {
        memory_bytes: 16 << 20,
        ..PoolSize::default()
    });
    spawn(
        &mut criterion,
        "executor/spawn/on_demand",
        Allocator::OnDemand,
    );
    spawn(&mut criterion, "executor/spawn/pooled", pool);
    call_in_series(&mut criterion);
    call_at_once(&mut criterion);
    load_again(&mut criterion);
    run_command(&mut criterion);
    criterion.final_summary();
}

fn tokio() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// Times what is done `count` times.
fn time(tokio: &Runtime, count: u64, mut once: impl AsyncFnMut()) -> Duration {
    tokio.block_on(async {
        let started = Instant::now();
        for _ in 0..count {
            once().await;
        }
        started.elapsed()
    })
}

/// An executor with one module.
struct World {
    tokio: Runtime,
    executor: Executor,
    module: LoadedModule<()>,
}

impl World {
    fn new(allocator: Allocator) -> World {
        let tokio = tokio();
        let mut config = ExecutorConfig::default();
        config.engine.allocator = allocator;
        let executor = Executor::new(config).unwrap();
        let module = tokio.block_on(executor.load(GUEST)).unwrap();
        World {
            tokio,
            executor,
            module,
        }
    }
}

/// A cold start: an instance is made and dropped.
fn spawn(criterion: &mut Criterion, name: &str, allocator: Allocator) {
    let world = World::new(allocator);
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            time(&world.tokio, count, async || {
                let spawned = world.executor.spawn(TENANT, &world.module).await;
                drop(spawned.unwrap());
            })
        });
    });
}

/// Calls by name into an instance that is there and in exclusive use.
fn call_in_series(criterion: &mut Criterion) {
    let world = World::new(Allocator::OnDemand);
    let session = world.executor.checkout(TENANT, &world.module);
    let mut session = world.tokio.block_on(session).unwrap();
    let name = format!("executor/dispatch/serial/{IN_SERIES}");
    criterion.bench_function(&name, |bencher| {
        bencher.iter_custom(|count| {
            time(&world.tokio, count, async || {
                for _ in 0..IN_SERIES {
                    let call = session.call("add", &ARGUMENTS, CallOptions::new());
                    call.await.unwrap();
                }
            })
        });
    });
}

/// Calls by tasks of their own into instances that are shared.
fn call_at_once(criterion: &mut Criterion) {
    let world = World::new(Allocator::OnDemand);
    let sessions: Vec<Instance<()>> = (0..SESSIONS)
        .map(|_| {
            let spawned = world.executor.spawn(TENANT, &world.module);
            world.tokio.block_on(spawned).unwrap()
        })
        .collect();
    let name = format!("executor/dispatch/concurrent/{AT_ONCE}");
    criterion.bench_function(&name, |bencher| {
        bencher.iter_custom(|count| {
            time(&world.tokio, count, async || {
                let mut calls = JoinSet::new();
                for session in sessions.iter().cycle().take(AT_ONCE) {
                    let session = session.clone();
                    calls.spawn(async move {
                        session.call("add", &ARGUMENTS, CallOptions::new()).await
                    });
                }
                while let Some(ended) = calls.join_next().await {
                    ended.unwrap().unwrap();
                }
            })
        });
    });
}

/// Loading a module that is in the cache: hashing it and finding it.
fn load_again(criterion: &mut Criterion) {
    let world = World::new(Allocator::OnDemand);
    criterion.bench_function("executor/module_cache/warm_hit", |bencher| {
        bencher.iter_custom(|count| {
            time(&world.tokio, count, async || {
                let loaded = world.executor.load(GUEST).await;
                drop(loaded.unwrap());
            })
        });
    });
}

/// A program from its instantiation to its exit code.
fn run_command(criterion: &mut Criterion) {
    let tokio = tokio();
    let engine = Engine::new(&EngineConfig::default()).unwrap();
    let command = Command::load(&engine, HELLO).unwrap();
    let grants = Grants::default();
    criterion.bench_function("wasi/command/hello", |bencher| {
        bencher.iter_custom(|count| {
            time(&tokio, count, async || {
                let code = command.run(&grants, Ready::Off, || ()).await;
                assert_eq!(code.unwrap(), 0);
            })
        });
    });
}
