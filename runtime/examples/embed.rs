//! A program that embeds the executor: it offers guests a host function, runs
//! calls with deadlines, sees caps at work, and lends instances from a pool.
//!
//!     cargo run --package tensor-wasm-runtime --example embed
//!
//! `docs/embedding.md` walks through it, and a test compares what it prints
//! with what is shown there.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use tensor_wasm_runtime::executor::{
    CallOptions, Executor, ExecutorConfig, ExecutorError, Guest, Host, LimitError, TenantId,
};
use tensor_wasm_runtime::wasmtime::{self, Caller, Linker};
use tensor_wasm_runtime::{Allocator, PoolSize};

const GUEST: &[u8] = br#"(module
  (import "host" "log" (func $log (param i64)))
  (memory 1)
  (global $visits (mut i64) (i64.const 0))
  (func (export "scale") (param f32 i32) (result f32)
    (f32.mul (local.get 0) (f32.convert_i32_s (local.get 1))))
  (func (export "visit") (result i64)
    (global.set $visits (i64.add (global.get $visits) (i64.const 1)))
    (call $log (global.get $visits))
    (global.get $visits))
  (func (export "spin") (loop (br 0)))
  (func (export "hoard")
    (loop
      (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
      (br 0))))"#;

/// What guests can import.
struct Logger;

/// What each instance has of its own.
#[derive(Default)]
struct Log(Vec<i64>);

impl Host for Logger {
    type Data = Log;

    fn link(&self, linker: &mut Linker<Guest<Log>>) -> wasmtime::Result<()> {
        linker.func_wrap(
            "host",
            "log",
            |mut caller: Caller<'_, Guest<Log>>, value: i64| caller.data_mut().0.push(value),
        )?;
        Ok(())
    }

    fn data(&self, _: TenantId) -> Log {
        Log::default()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(&mut std::io::stdout()).await
}

pub(crate) async fn run(out: &mut (dyn Write + Send)) -> Result<(), Box<dyn Error>> {
    let mut config = ExecutorConfig::default();
    config.limits.memory_bytes = 8 << 20;
    config.tenant_instances = 2;
    config.engine.allocator = Allocator::Pooling(PoolSize {
        instances: 100,
        memory_bytes: 8 << 20,
        ..PoolSize::default()
    });
    let executor = Executor::with_host(config, Logger)?;
    let tenant = TenantId(1);

    // Compiled once; loading the same bytes again finds it in the cache.
    let module = executor.load(GUEST).await?;

    // Arguments are typed by the export's signature.
    let instance = executor.spawn(tenant, &module).await?;
    let default = CallOptions::new();
    let scaled = instance.call_json("scale", "[0.1, 3]", default).await?;
    writeln!(out, "scale(0.1, 3) = {scaled}")?;

    // A deadline stops a guest that never ends by itself.
    let short = CallOptions::new().deadline(Duration::from_millis(50));
    match instance.call("spin", &[], short).await {
        Err(ExecutorError::Timeout { deadline, .. }) => {
            writeln!(out, "spin: stopped after {deadline:?}")?
        }
        other => return Err(format!("spin: {other:?}").into()),
    }

    // So does anybody who has the instance.
    let spinning = tokio::spawn({
        let instance = instance.clone();
        async move { instance.call("spin", &[], default).await }
    });
    while !instance.cancel() {
        tokio::task::yield_now().await;
    }
    match spinning.await? {
        Err(ExecutorError::Cancelled(_)) => writeln!(out, "spin: cancelled")?,
        other => return Err(format!("spin: {other:?}").into()),
    }

    // The guest is refused memory past the cap, and gives up.
    let error = match instance.call("hoard", &[], default).await {
        Err(error) => error,
        Ok(_) => return Err("hoard: it should not have got the memory".into()),
    };
    match error.limit() {
        Some(LimitError::Memory { limit, asked }) => {
            writeln!(out, "hoard: asked for {asked} bytes of {limit}")?;
        }
        _ => return Err(error.into()),
    }
    instance.terminate().await;

    // Instances from the pool are as good as new, whoever had them before.
    for _ in 0..2 {
        let mut pooled = executor.checkout(tenant, &module).await?;
        let visits = pooled.call_json("visit", "[]", default).await?;
        writeln!(out, "visits: {visits}, logged: {:?}", pooled.data().0)?;
        pooled.give_back().await?;
    }

    // A tenant that has too many instances says so; others are not affected.
    let first = executor.spawn(tenant, &module).await?;
    let second = executor.spawn(tenant, &module).await?;
    match executor.spawn(tenant, &module).await {
        Err(ExecutorError::Limit(limit)) => writeln!(out, "third: {limit}")?,
        other => return Err(format!("third: {other:?}").into()),
    }
    executor.spawn(TenantId(2), &module).await?;
    drop((first, second));
    writeln!(out, "instances left: {}", executor.instances())?;
    Ok(())
}
