//! TensorWasm's runtime as it is measured.

mod kernels;
mod operations;

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tensor_wasm_runtime::wasi::{Command, Directory, Grants, Hook};
use tensor_wasm_runtime::wasmtime::{InstancePre, Linker, Store};
use tensor_wasm_runtime::{Allocator, Engine as Runtime, EngineConfig, Module, PoolSize};

use super::{failure, other};
use crate::engine::bench::{
    Allocation, BenchEngine, BenchModule, Ended, LONGEST_OUTPUT, Markers, Program, Repeat,
    Surroundings,
};
use crate::model::bench::ExactKind;
use crate::model::{Failure, FailureKind};

/// Enough for every program, and far from overflowing.
const FUEL: u64 = u64::MAX / 4;

pub(super) struct Measured {
    config: EngineConfig,
    runtime: Runtime,
    on_demand: OnceCell<Runtime>,
    pooled: OnceCell<Runtime>,
    tokio: tokio::runtime::Runtime,
}

impl Measured {
    pub(super) fn new(config: EngineConfig) -> Result<Measured, Failure> {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        Ok(Measured {
            runtime: make(&config)?,
            config,
            on_demand: OnceCell::new(),
            pooled: OnceCell::new(),
            tokio: tokio.map_err(|error| other(&error))?,
        })
    }

    /// An engine of this allocator, made when it is first asked for: a pool
    /// reserves much address space.
    fn runtime(&self, allocation: Allocation) -> Result<&Runtime, Failure> {
        let (place, is_pooled) = match allocation {
            Allocation::OnDemand => (&self.on_demand, false),
            Allocation::Pooled => (&self.pooled, true),
        };
        if is_pooled == matches!(self.config.allocator, Allocator::Pooling(_)) {
            return Ok(&self.runtime);
        }
        if let Some(runtime) = place.get() {
            return Ok(runtime);
        }
        let mut config = self.config.clone();
        config.allocator = if is_pooled {
            Allocator::Pooling(PoolSize::default())
        } else {
            Allocator::OnDemand
        };
        let runtime = make(&config)?;
        Ok(place.get_or_init(|| runtime))
    }

    /// Fuel between the marks of one execution.
    fn fuel(&self, wasm: &[u8], surroundings: &Surroundings) -> Result<u64, Failure> {
        let mut config = self.config.clone();
        config.fuel = Some(FUEL);
        let runtime = make(&config)?;
        let (before, used) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let start = {
            let before = Arc::clone(&before);
            move |left: Option<u64>| before.store(left.unwrap_or(0), Ordering::Relaxed)
        };
        let end = {
            let used = Arc::clone(&used);
            move |left: Option<u64>| {
                let before = before.load(Ordering::Relaxed);
                used.store(before.saturating_sub(left.unwrap_or(0)), Ordering::Relaxed);
            }
        };
        let module = runtime.compile(wasm).map_err(|error| failure(&error))?;
        let mut run = self.executed(&runtime, &module, surroundings, start, end)?;
        run.execute()?;
        Ok(used.load(Ordering::Relaxed))
    }

    fn executed(
        &self,
        runtime: &Runtime,
        module: &Module,
        surroundings: &Surroundings,
        start: impl Fn(Option<u64>) + Send + Sync + 'static,
        end: impl Fn(Option<u64>) + Send + Sync + 'static,
    ) -> Result<Executed<'_>, Failure> {
        let hooks = [
            Hook::new("bench", "start", start),
            Hook::new("bench", "end", end),
        ];
        let command = Command::link(runtime, module, &hooks);
        let mut grants = Grants::default();
        grants.arguments = vec!["program".to_owned()];
        grants.environment = surroundings.environment.clone();
        grants.directories = vec![Directory {
            host: surroundings.folder.clone(),
            guest: ".".to_owned(),
        }];
        grants.own_thread = true;
        Ok(Executed {
            command: command.map_err(|error| failure(&error))?,
            grants,
            tokio: &self.tokio,
        })
    }
}

fn make(config: &EngineConfig) -> Result<Runtime, Failure> {
    Runtime::new(config).map_err(|error| failure(&error))
}

impl BenchEngine for Measured {
    fn compile(&self, wasm: &[u8]) -> Result<(), Failure> {
        let module = self.runtime.compile(wasm);
        module.map(drop).map_err(|error| failure(&error))
    }

    fn load(&self, wasm: &[u8]) -> Result<Box<dyn BenchModule + '_>, Failure> {
        Ok(Box::new(Loaded {
            module: self
                .runtime
                .compile(wasm)
                .map_err(|error| failure(&error))?,
            wasm: wasm.to_owned(),
            engine: self,
        }))
    }

    fn compiles_in_parallel(&self) -> bool {
        self.config.parallel_compilation
    }

    fn count(
        &self,
        wasm: &[u8],
        surroundings: Option<&Surroundings>,
    ) -> Result<Vec<(ExactKind, u64)>, Failure> {
        let size = self.config.code_size(wasm);
        let size = size.map_err(|error| failure(&error))?;
        let mut counts = vec![
            (ExactKind::CodeBytes, size.code),
            (ExactKind::SerializedBytes, size.serialized),
        ];
        if let Some(surroundings) = surroundings {
            counts.push((ExactKind::Fuel, self.fuel(wasm, surroundings)?));
        }
        Ok(counts)
    }

    fn operations(&self) -> &'static [&'static str] {
        operations::NAMES
    }

    fn operation(&self, name: &str) -> Result<Box<dyn Repeat + '_>, Failure> {
        operations::operation(name, &self.config, &self.tokio)
    }
}

struct Loaded<'engine> {
    engine: &'engine Measured,
    module: Module,
    wasm: Vec<u8>,
}

impl Loaded<'_> {
    /// The module as `runtime` has it: another allocator is another engine.
    fn module_of(&self, runtime: &Runtime) -> Result<Module, Failure> {
        if std::ptr::eq(runtime, &raw const self.engine.runtime) {
            return Ok(self.module.clone());
        }
        runtime.compile(&self.wasm).map_err(|error| failure(&error))
    }
}

impl BenchModule for Loaded<'_> {
    fn instantiate(&self, allocation: Allocation) -> Result<Box<dyn Repeat + '_>, Failure> {
        let runtime = self.engine.runtime(allocation)?;
        let module = self.module_of(runtime)?;
        module.make_images();
        let mut linker = Linker::<()>::new(runtime.wasmtime());
        let unlinkable = |error| Failure::new(FailureKind::Unlinkable, format!("{error:#}"));
        linker
            .define_unknown_imports_as_traps(module.wasmtime())
            .map_err(unlinkable)?;
        let pre = linker.instantiate_pre(module.wasmtime());
        let pre = pre.map_err(unlinkable)?;
        let runtime = runtime.clone();
        Ok(Box::new(move || instantiate(&runtime, &pre)))
    }

    fn program(
        &self,
        surroundings: &Surroundings,
        markers: Arc<Markers>,
    ) -> Result<Box<dyn Program + '_>, Failure> {
        let (engine, same) = (self.engine, Arc::clone(&markers));
        let executed = engine.executed(
            &engine.runtime,
            &self.module,
            surroundings,
            move |_| markers.start(),
            move |_| same.end(),
        )?;
        Ok(Box::new(executed))
    }

    fn serialize(&self) -> Result<Box<dyn Repeat + '_>, Failure> {
        Ok(Box::new(|| {
            let bytes = self.module.serialize();
            bytes.map(drop).map_err(|error| failure(&error))
        }))
    }

    fn deserialize(&self) -> Result<Box<dyn Repeat + '_>, Failure> {
        let bytes = self.module.serialize().map_err(|error| failure(&error))?;
        Ok(Box::new(move || {
            let module = self.engine.runtime.deserialize(&bytes);
            module.map(drop).map_err(|error| failure(&error))
        }))
    }
}

/// An instance, made and dropped.
fn instantiate(runtime: &Runtime, pre: &InstancePre<()>) -> Result<(), Failure> {
    let mut store = Store::new(runtime.wasmtime(), ());
    if runtime.config().deadline.is_some() {
        // Code compiled for epochs traps without a deadline.
        store.set_epoch_deadline(1 << 40);
    }
    if let Some(fuel) = runtime.config().fuel {
        store.set_fuel(fuel).map_err(|error| other(&error))?;
    }
    let instance = pre.instantiate(&mut store);
    let failed = |error| Failure::new(FailureKind::Other, format!("{error:#}"));
    instance.map(drop).map_err(failed)
}

struct Executed<'engine> {
    command: Command,
    grants: Grants,
    tokio: &'engine tokio::runtime::Runtime,
}

impl Program for Executed<'_> {
    fn execute(&mut self) -> Result<Ended, Failure> {
        let run = self.command.run_captured(&self.grants, LONGEST_OUTPUT);
        let run = self.tokio.block_on(run);
        let run = run.map_err(|error| failure(&error))?;
        Ok(Ended {
            code: run.ended.map_err(|error| failure(&error))?,
            stdout: run.stdout,
            stderr: run.stderr,
        })
    }
}
