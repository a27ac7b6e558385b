//! The two sides of each comparison: the same work, done with Wasmtime and
//! with the executor.

#[path = "epochs.rs"]
mod epochs;

use std::time::{Duration, Instant};

use tensor_wasm_runtime::executor::{
    CallOptions, Executor, ExecutorConfig, Guest, Host, LoadedModule, Pooled, TenantId,
};
use tensor_wasm_runtime::wasmtime::{self, InstancePre, Linker, Store};
use tensor_wasm_runtime::{Allocator, PoolSize, Val};
use tokio::runtime::Runtime;

use crate::paired::Comparison;

const GUEST: &str = r#"(module
  (import "host" "add" (func $host (param i32 i32) (result i32)))
  (memory 4)
  (table 16 funcref)
  (data (i32.const 1024) "some data that an instance starts with")
  (elem (i32.const 0) func $add)
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "host") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (call $host (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "loop") (param $n i32) (result i32) (local $x i32)
    (loop $again
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1103515245)) (local.get $n)))
      (i32.store (i32.and (local.get $x) (i32.const 0xfffc)) (local.get $x))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x)))"#;

const HOST_CALLS: i32 = 1_000;
const LOOP: i32 = 3_000_000;
const TENANT: TenantId = TenantId(1);

struct Adder;

fn link<T: 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.func_wrap("host", "add", |a: i32, b: i32| a.wrapping_add(b))?;
    Ok(())
}

impl Host for Adder {
    type Data = ();

    fn link(&self, linker: &mut Linker<Guest<()>>) -> wasmtime::Result<()> {
        link(linker)
    }

    fn data(&self, _: TenantId) {}
}

fn config(pooling: bool) -> ExecutorConfig {
    let mut config = ExecutorConfig::default();
    if pooling {
        config.engine.allocator = Allocator::Pooling(PoolSize {
            memory_bytes: 16 << 20,
            ..PoolSize::default()
        });
    }
    config.cached_modules = 1;
    config.idle_instances = 512;
    config.idle_instances_per_module = 512;
    config
}

/// Both sides with one engine: the code that runs is the same to the byte.
struct World {
    runtime: Runtime,
    executor: Executor<Adder>,
    loaded: LoadedModule<()>,
    pre: InstancePre<()>,
}

impl World {
    /// Lives as long as the program, for its sides to borrow.
    fn new(pooling: bool) -> &'static World {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let executor = Executor::with_host(config(pooling), Adder).unwrap();
        let loaded = runtime.block_on(executor.load(GUEST.as_bytes())).unwrap();
        let mut linker = Linker::new(executor.engine().wasmtime());
        link(&mut linker).unwrap();
        let pre = linker.instantiate_pre(loaded.wasmtime()).unwrap();
        Box::leak(Box::new(World {
            runtime,
            executor,
            loaded,
            pre,
        }))
    }

    /// As thin as it can be, with the epoch on: code compiled for epochs
    /// traps without a deadline.
    async fn bare(&self) -> (Store<()>, wasmtime::Instance) {
        let mut store = Store::new(self.executor.engine().wasmtime(), ());
        store.epoch_deadline_async_yield_and_update(1);
        store.set_epoch_deadline(1);
        let instance = self.pre.instantiate_async(&mut store).await.unwrap();
        (store, instance)
    }

    /// An instance of the executor in exclusive use.
    async fn session(&self) -> Pooled<Adder> {
        let session = self.executor.checkout(TENANT, &self.loaded).await;
        session.unwrap()
    }

    /// Times what is done `count` times.
    fn time(&self, count: u64, mut once: impl AsyncFnMut()) -> Duration {
        self.runtime.block_on(async {
            let started = Instant::now();
            for _ in 0..count {
                once().await;
            }
            started.elapsed()
        })
    }
}

pub(crate) fn comparisons() -> Vec<Comparison> {
    let on_demand = World::new(false);
    let pooling = World::new(true);
    vec![
        compile(on_demand),
        instantiate("instantiate, on demand", on_demand),
        instantiate("instantiate, pooled", pooling),
        check_out(pooling),
        check_out_and_give_back(pooling),
        call_typed(on_demand),
        call_dynamic(on_demand),
        call_by_name(on_demand),
        guest_function("1,000 host calls", on_demand, "host", HOST_CALLS),
        guest_function("long loop", on_demand, "loop", LOOP),
        epochs::comparison(),
    ]
}

/// A module of some size, never the same, so that no cache has it.
fn compile(world: &'static World) -> Comparison {
    let function = r#"(func (param i32 i32) (result i32) (local $x i32)
      (loop $again
        (local.set $x (i32.xor (i32.add (local.get $x) (local.get 1)) (local.get 0)))
        (if (i32.ctz (local.get $x)) (then (i32.store (local.get 0) (local.get $x))))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get $x))"#;
    let body = function.repeat(50);
    let mut number = 0;
    let mut source = move || {
        number += 1;
        format!("(module (memory 1) (global i32 (i32.const {number})) {body})")
    };
    let mut other = source.clone();
    Comparison {
        name: "compile",
        bare: Box::new(move |count| {
            world.time(count, async || {
                let engine = world.executor.engine().wasmtime();
                wasmtime::Module::new(engine, source()).unwrap();
            })
        }),
        ours: Box::new(move |count| {
            world.time(count, async || {
                world.executor.load(other().as_bytes()).await.unwrap();
            })
        }),
        most: 4,
    }
}

/// Making and dropping an instance.
fn instantiate(name: &'static str, world: &'static World) -> Comparison {
    Comparison {
        name,
        bare: Box::new(move |count| world.time(count, async || drop(world.bare().await))),
        ours: Box::new(move |count| {
            world.time(count, async || {
                let spawned = world.executor.spawn(TENANT, &world.loaded).await;
                drop(spawned.unwrap());
            })
        }),
        most: 10_000,
    }
}

/// Taking an instance that waits, against making one; dropping neither.
fn check_out(world: &'static World) -> Comparison {
    const MOST: usize = 256;
    Comparison {
        name: "pool: check out",
        bare: Box::new(move |count| {
            world.runtime.block_on(async {
                let mut took = Duration::ZERO;
                for some in portions(count, MOST) {
                    let mut made = Vec::with_capacity(some);
                    let started = Instant::now();
                    for _ in 0..some {
                        made.push(world.bare().await);
                    }
                    took += started.elapsed();
                }
                took
            })
        }),
        ours: Box::new(move |count| {
            world.runtime.block_on(async {
                let mut took = Duration::ZERO;
                for some in portions(count, MOST) {
                    let warm = world.executor.warm_up(TENANT, &world.loaded, some);
                    warm.await.unwrap();
                    let mut taken = Vec::with_capacity(some);
                    let started = Instant::now();
                    for _ in 0..some {
                        taken.push(world.session().await);
                    }
                    took += started.elapsed();
                    taken.into_iter().for_each(Pooled::terminate);
                }
                took
            })
        }),
        most: 4 * MOST as u64,
    }
}

/// The whole round, the reset included, against making and dropping one.
fn check_out_and_give_back(world: &'static World) -> Comparison {
    Comparison {
        name: "pool: out and back",
        bare: Box::new(move |count| world.time(count, async || drop(world.bare().await))),
        ours: Box::new(move |count| {
            world.time(count, async || {
                world.session().await.give_back().await.unwrap();
            })
        }),
        most: 10_000,
    }
}

fn portions(count: u64, most: usize) -> impl Iterator<Item = usize> {
    let mut left = usize::try_from(count).unwrap_or(usize::MAX);
    std::iter::from_fn(move || {
        let some = left.min(most);
        left -= some;
        (some > 0).then_some(some)
    })
}

fn call_typed(world: &'static World) -> Comparison {
    let (mut store, instance) = world.runtime.block_on(world.bare());
    let bare = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add");
    let bare = bare.unwrap();
    let mut session = world.runtime.block_on(world.session());
    let export = session.typed::<(i32, i32), i32>("add").unwrap();
    Comparison {
        name: "call, typed",
        bare: Box::new(move |count| {
            world.time(count, async || {
                store.set_epoch_deadline(1);
                bare.call_async(&mut store, (1, 2)).await.unwrap();
            })
        }),
        ours: Box::new(move |count| {
            world.time(count, async || {
                let options = CallOptions::new();
                session.call_typed(&export, (1, 2), options).await.unwrap();
            })
        }),
        most: 1_000_000,
    }
}

fn call_dynamic(world: &'static World) -> Comparison {
    let (mut store, instance) = world.runtime.block_on(world.bare());
    let bare = instance.get_func(&mut store, "add").unwrap();
    let mut session = world.runtime.block_on(world.session());
    let export = session.export("add").unwrap();
    let arguments = [Val::I32(1), Val::I32(2)];
    let mut results = [Val::I32(0)];
    let mut same = results;
    Comparison {
        name: "call, by signature",
        bare: Box::new(move |count| {
            world.time(count, async || {
                store.set_epoch_deadline(1);
                bare.call_async(&mut store, &arguments, &mut results)
                    .await
                    .unwrap();
            })
        }),
        ours: Box::new(move |count| {
            world.time(count, async || {
                session
                    .call_into(&export, &arguments, &mut same, CallOptions::new())
                    .await
                    .unwrap();
            })
        }),
        most: 1_000_000,
    }
}

fn call_by_name(world: &'static World) -> Comparison {
    let (mut store, instance) = world.runtime.block_on(world.bare());
    let spawned = world.executor.spawn(TENANT, &world.loaded);
    let spawned = world.runtime.block_on(spawned).unwrap();
    let arguments = [Val::I32(1), Val::I32(2)];
    Comparison {
        name: "call, by name, shared",
        bare: Box::new(move |count| {
            world.time(count, async || {
                store.set_epoch_deadline(1);
                let func = instance.get_func(&mut store, "add").unwrap();
                let mut results = vec![Val::I32(0); func.ty(&store).results().len()];
                let call = func.call_async(&mut store, &arguments, &mut results);
                call.await.unwrap();
            })
        }),
        ours: Box::new(move |count| {
            world.time(count, async || {
                let call = spawned.call("add", &arguments, CallOptions::new());
                call.await.unwrap();
            })
        }),
        most: 1_000_000,
    }
}

/// One call that takes a while.
fn guest_function(
    name: &'static str,
    world: &'static World,
    export: &str,
    argument: i32,
) -> Comparison {
    let (mut store, instance) = world.runtime.block_on(world.bare());
    let bare = instance.get_typed_func::<i32, i32>(&mut store, export);
    let bare = bare.unwrap();
    let mut session = world.runtime.block_on(world.session());
    let export = session.typed::<i32, i32>(export).unwrap();
    Comparison {
        name,
        bare: Box::new(move |count| {
            world.time(count, async || {
                store.set_epoch_deadline(1);
                bare.call_async(&mut store, argument).await.unwrap();
            })
        }),
        ours: Box::new(move |count| {
            world.time(count, async || {
                let call = session.call_typed(&export, argument, CallOptions::new());
                call.await.unwrap();
            })
        }),
        most: 10_000,
    }
}
