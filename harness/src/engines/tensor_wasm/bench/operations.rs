//! What the executor and its WASI do without a program of the corpus.
//!
//! Each operation is made with a world of its own and looks at its result once
//! before it is handed out.

use tensor_wasm_runtime::executor::{
    CallOptions, Executor, ExecutorConfig, ExecutorError, Guest, Host, Instance, LoadedModule,
    Pooled, TenantId,
};
use tensor_wasm_runtime::wasi::{Command, Grants};
use tensor_wasm_runtime::wasmtime::{self, Linker};
use tensor_wasm_runtime::{Engine, EngineConfig, TrapCode, Val};
use tokio::runtime::Runtime as Tokio;

use super::{kernels, make};
use crate::engine::bench::Repeat;
use crate::engines::tensor_wasm::{failure, other};
use crate::model::Failure;

/// Every operation, in the order of the greeting.
pub(super) const NAMES: &[&str] = &[
    CALL_TYPED,
    CALL_DYNAMIC,
    HOST_CALL,
    TRAP,
    POOL_CHECK_OUT,
    SPAWN,
    DISPATCH,
    WASI_FD_WRITE,
    WASI_CLOCK,
    kernels::COMPILE,
    kernels::LAUNCH,
    kernels::DISPATCH,
];

/// A call of an export whose types are known when the caller is compiled.
const CALL_TYPED: &str = "call-typed";
/// The same by the signature, with values that carry their types.
const CALL_DYNAMIC: &str = "call-dynamic";
/// A call from the guest to a host function and back.
const HOST_CALL: &str = "host-call";
/// A call that traps and becomes an error.
const TRAP: &str = "trap";
/// Taking an instance that waits in the pool.
const POOL_CHECK_OUT: &str = "pool-check-out";
/// A cold start: an instance of a module that is loaded.
const SPAWN: &str = "spawn";
/// A call by name into an instance that others may use too.
const DISPATCH: &str = "dispatch";
/// Writing six bytes to a standard output that throws them away.
const WASI_FD_WRITE: &str = "wasi-fd-write";
/// Reading the monotonic clock.
const WASI_CLOCK: &str = "wasi-clock";

const GUEST: &[u8] = br#"(module
  (import "host" "add" (func $host (param i32 i32) (result i32)))
  (memory 4)
  (table 16 funcref)
  (data (i32.const 1024) "some data that an instance starts with")
  (elem (i32.const 0) func $add)
  (func $add (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "trap") unreachable)
  (func (export "host") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (call $host (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))"#;

/// Both exports return the errors of all calls, or-ed.
const WASI: &[u8] = br#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "hello\n")
  (func (export "wasi-fd-write") (param $n i32) (result i32) (local $errors i32)
    (loop $again
      (local.set $errors (i32.or (local.get $errors)
        (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $errors))
  (func (export "wasi-clock") (param $n i32) (result i32) (local $errors i32)
    (loop $again
      (local.set $errors (i32.or (local.get $errors)
        (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 32))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $errors)))"#;

const TENANT: TenantId = TenantId(1);
/// Instances that are alive at once, for what makes or takes them.
const INSTANCES: usize = 64;
/// Calls a guest's loop makes at once.
const LOOP: u64 = 1 << 20;

/// The operation of this name, ready to be repeated.
pub(super) fn operation<'tokio>(
    name: &str,
    config: &EngineConfig,
    tokio: &'tokio Tokio,
) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
    let world = || World::new(config, tokio);
    match name {
        CALL_TYPED => world()?.call_typed(),
        CALL_DYNAMIC => world()?.call_dynamic(),
        HOST_CALL => world()?.host_call(),
        TRAP => world()?.trap(),
        POOL_CHECK_OUT => world()?.pool_check_out(),
        SPAWN => world()?.spawn(),
        DISPATCH => world()?.dispatch(),
        WASI_FD_WRITE => wasi(WASI_FD_WRITE, config, tokio),
        WASI_CLOCK => wasi(WASI_CLOCK, config, tokio),
        kernels::COMPILE => kernels::compile(),
        kernels::LAUNCH => kernels::launch(),
        kernels::DISPATCH => kernels::dispatch(tokio),
        _ => Err(Failure::unsupported(format!(
            "no operation `{name}`; there are {}",
            NAMES.join(", ")
        ))),
    }
}

struct Adder;

impl Host for Adder {
    type Data = ();

    fn link(&self, linker: &mut Linker<Guest<()>>) -> wasmtime::Result<()> {
        linker.func_wrap("host", "add", |a: i32, b: i32| a.wrapping_add(b))?;
        Ok(())
    }

    fn data(&self, _: TenantId) {}
}

/// An executor with one module.
struct World<'tokio> {
    tokio: &'tokio Tokio,
    executor: Executor<Adder>,
    loaded: LoadedModule<()>,
}

impl<'tokio> World<'tokio> {
    fn new(engine: &EngineConfig, tokio: &'tokio Tokio) -> Result<World<'tokio>, Failure> {
        let mut config = ExecutorConfig::default();
        config.engine = engine.clone();
        config.idle_instances = INSTANCES;
        config.idle_instances_per_module = INSTANCES;
        let executor = Executor::with_host(config, Adder).map_err(failed)?;
        let loaded = tokio.block_on(executor.load(GUEST)).map_err(failed)?;
        Ok(World {
            tokio,
            executor,
            loaded,
        })
    }

    /// An instance in exclusive use.
    fn session(&self) -> Result<Pooled<Adder>, Failure> {
        let session = self.executor.checkout(TENANT, &self.loaded);
        self.tokio.block_on(session).map_err(failed)
    }

    fn call_typed(self) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
        let mut session = self.session()?;
        let export = session.typed::<(i32, i32), i32>("add").map_err(failed)?;
        let tokio = self.tokio;
        counted(u64::MAX, move |count| {
            tokio.block_on(async {
                let mut sum = 0;
                for _ in 0..count {
                    let call = session.call_typed(&export, (sum, 2), CallOptions::new());
                    sum = call.await.map_err(failed)?;
                }
                check(sum, 2_i32.wrapping_mul(truncated(count)))
            })
        })
    }

    fn call_dynamic(self) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
        let mut session = self.session()?;
        let export = session.export("add").map_err(failed)?;
        let tokio = self.tokio;
        counted(u64::MAX, move |count| {
            tokio.block_on(async {
                let mut results = [Val::I32(0)];
                for _ in 0..count {
                    let arguments = [results[0], Val::I32(2)];
                    let options = CallOptions::new();
                    let call = session.call_into(&export, &arguments, &mut results, options);
                    call.await.map_err(failed)?;
                }
                let sum = results[0].i32().unwrap_or_default();
                check(sum, 2_i32.wrapping_mul(truncated(count)))
            })
        })
    }

    fn host_call(self) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
        let mut session = self.session()?;
        let export = session.typed::<i32, i32>("host").map_err(failed)?;
        let tokio = self.tokio;
        counted(LOOP, move |count| {
            let call = session.call_typed(&export, truncated(count), CallOptions::new());
            let sum = tokio.block_on(call).map_err(failed)?;
            check(sum, truncated(count * (count + 1) / 2))
        })
    }

    fn trap(self) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
        let mut session = self.session()?;
        let export = session.typed::<(), ()>("trap").map_err(failed)?;
        let tokio = self.tokio;
        counted(u64::MAX, move |count| {
            tokio.block_on(async {
                for _ in 0..count {
                    let call = session.call_typed(&export, (), CallOptions::new()).await;
                    let code = call.err().and_then(|error| error.trap_code());
                    if code != Some(TrapCode::Unreachable) {
                        return Err(other(&"`unreachable` did not trap as such"));
                    }
                }
                Ok(())
            })
        })
    }

    fn dispatch(self) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
        let instance = self.executor.spawn(TENANT, &self.loaded);
        let instance = self.tokio.block_on(instance).map_err(failed)?;
        let tokio = self.tokio;
        let arguments = [Val::I32(1), Val::I32(2)];
        counted(u64::MAX, move |count| {
            tokio.block_on(async {
                for _ in 0..count {
                    let call = instance.call("add", &arguments, CallOptions::new());
                    let results = call.await.map_err(failed)?;
                    check(results[0].i32().unwrap_or_default(), 3)?;
                }
                Ok(())
            })
        })
    }

    fn spawn(self) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
        ready(Spawn {
            spawned: Vec::with_capacity(INSTANCES),
            world: self,
        })
    }

    fn pool_check_out(self) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
        ready(CheckOut {
            taken: Vec::with_capacity(INSTANCES),
            world: self,
        })
    }
}

/// Makes instances; those of the last time are dropped beforehand.
struct Spawn<'tokio> {
    spawned: Vec<Instance<()>>,
    world: World<'tokio>,
}

impl Repeat for Spawn<'_> {
    fn prepare(&mut self, _: u64) -> Result<(), Failure> {
        self.spawned.clear();
        Ok(())
    }

    fn run(&mut self, count: u64) -> Result<(), Failure> {
        let World {
            tokio,
            executor,
            loaded,
        } = &self.world;
        tokio.block_on(async {
            for _ in 0..count {
                let spawned = executor.spawn(TENANT, loaded).await;
                self.spawned.push(spawned.map_err(failed)?);
            }
            Ok(())
        })
    }

    fn most(&self) -> u64 {
        INSTANCES as u64
    }
}

/// Takes instances from the pool, which is filled beforehand.
struct CheckOut<'tokio> {
    taken: Vec<Pooled<Adder>>,
    world: World<'tokio>,
}

impl Repeat for CheckOut<'_> {
    fn prepare(&mut self, count: u64) -> Result<(), Failure> {
        self.taken.drain(..).for_each(Pooled::terminate);
        let World {
            tokio,
            executor,
            loaded,
        } = &self.world;
        let idle = executor.pool_stats().idle as u64;
        let missing = usize::try_from(count.saturating_sub(idle)).unwrap_or(usize::MAX);
        let warm = executor.warm_up(TENANT, loaded, missing);
        tokio.block_on(warm).map(drop).map_err(failed)
    }

    fn run(&mut self, count: u64) -> Result<(), Failure> {
        let World {
            tokio,
            executor,
            loaded,
        } = &self.world;
        let misses = executor.pool_stats().misses;
        tokio.block_on(async {
            for _ in 0..count {
                let taken = executor.checkout(TENANT, loaded).await;
                self.taken.push(taken.map_err(failed)?);
            }
            if executor.pool_stats().misses > misses {
                return Err(other(&"the pool had fewer instances than were put there"));
            }
            Ok(())
        })
    }

    fn most(&self) -> u64 {
        INSTANCES as u64
    }
}

/// A loop of WASI calls inside a guest.
fn wasi<'tokio>(
    export: &'static str,
    config: &EngineConfig,
    tokio: &'tokio Tokio,
) -> Result<Box<dyn Repeat + 'tokio>, Failure> {
    let runtime: Engine = make(config)?;
    let module = runtime.compile(WASI).map_err(|error| failure(&error))?;
    let command = Command::link(&runtime, &module, &[]).map_err(|error| failure(&error))?;
    let mut grants = Grants::default();
    grants.own_thread = true;
    let reactor = tokio.block_on(command.reactor(&grants));
    let mut reactor = reactor.map_err(|error| failure(&error))?;
    counted(LOOP, move |count| {
        let errors = tokio.block_on(reactor.call(export, truncated(count)));
        check(errors.map_err(|error| failure(&error))?, 0)
    })
}

/// What does itself `count` times.
struct Counted<F> {
    most: u64,
    run: F,
}

impl<F: FnMut(u64) -> Result<(), Failure>> Repeat for Counted<F> {
    fn run(&mut self, count: u64) -> Result<(), Failure> {
        (self.run)(count)
    }

    fn most(&self) -> u64 {
        self.most
    }
}

pub(super) fn counted<'a>(
    most: u64,
    run: impl FnMut(u64) -> Result<(), Failure> + 'a,
) -> Result<Box<dyn Repeat + 'a>, Failure> {
    ready(Counted { most, run })
}

/// The operation after it was done a few times, its result looked at.
fn ready<'a>(mut operation: impl Repeat + 'a) -> Result<Box<dyn Repeat + 'a>, Failure> {
    operation.prepare(4)?;
    operation.run(4)?;
    Ok(Box::new(operation))
}

/// Sums wrap around as the guest's do.
#[expect(clippy::cast_possible_truncation, reason = "as the guest's arithmetic")]
fn truncated(count: u64) -> i32 {
    count as i32
}

pub(super) fn check(result: i32, expected: i32) -> Result<(), Failure> {
    if result == expected {
        return Ok(());
    }
    Err(other(&format!("returned {result} instead of {expected}")))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: ExecutorError) -> Failure {
    other(&error)
}
