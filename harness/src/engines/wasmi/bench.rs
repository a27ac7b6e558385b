//! Wasmi as it is measured: compiling, instantiating, executing and fuel. It
//! has no pool, and stores no code.

mod wasi;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wasmi::{Config, Engine, ExternType, Linker, Module, Store};

use super::failure;
use crate::engine::bench::{
    Allocation, BenchEngine, BenchModule, Ended, Markers, Program, Repeat, Surroundings,
};
use crate::model::bench::ExactKind;
use crate::model::{Failure, FailureKind};
use wasi::Guest;

/// Enough for every program, and far from overflowing.
const FUEL: u64 = u64::MAX / 4;

pub(super) struct Measured {
    config: Config,
    engine: Engine,
}

impl Measured {
    pub(super) fn new(config: &Config) -> Measured {
        Measured {
            config: config.clone(),
            engine: Engine::new(config),
        }
    }
}

impl BenchEngine for Measured {
    fn compile(&self, wasm: &[u8]) -> Result<(), Failure> {
        compile(&self.engine, wasm).map(drop)
    }

    fn load(&self, wasm: &[u8]) -> Result<Box<dyn BenchModule + '_>, Failure> {
        Ok(Box::new(Loaded {
            module: compile(&self.engine, wasm)?,
        }))
    }

    fn count(
        &self,
        wasm: &[u8],
        surroundings: Option<&Surroundings>,
    ) -> Result<Vec<(ExactKind, u64)>, Failure> {
        let Some(surroundings) = surroundings else {
            return Ok(Vec::new());
        };
        let mut config = self.config.clone();
        config.consume_fuel(true);
        let module = compile(&Engine::new(&config), wasm)?;
        // What was left at the start and at the end.
        let left: Arc<[AtomicU64; 2]> = Arc::default();
        let mut linker = linker(&module)?;
        for (place, name) in ["start", "end"].into_iter().enumerate() {
            let left = Arc::clone(&left);
            linker
                .func_wrap("bench", name, move |caller: wasmi::Caller<'_, Guest>| {
                    left[place].store(caller.get_fuel().unwrap_or(0), Ordering::Relaxed);
                })
                .map_err(|error| failure(error.into()))?;
        }
        let mut executed = Executed {
            module: &module,
            linker,
            surroundings: surroundings.clone(),
            fuel: Some(FUEL),
        };
        executed.execute()?;
        let [start, end] = [0, 1].map(|place| left[place].load(Ordering::Relaxed));
        Ok(vec![(ExactKind::Fuel, start.saturating_sub(end))])
    }
}

fn compile(engine: &Engine, wasm: &[u8]) -> Result<Module, Failure> {
    Module::new(engine, wasm).map_err(|error| Failure::new(FailureKind::Refused, error.to_string()))
}

struct Loaded {
    module: Module,
}

impl BenchModule for Loaded {
    fn instantiate(&self, allocation: Allocation) -> Result<Box<dyn Repeat + '_>, Failure> {
        if allocation == Allocation::Pooled {
            return Err(Failure::unsupported("a pool of instances"));
        }
        let mut linker = linker(&self.module)?;
        for import in self.module.imports() {
            let ExternType::Func(ty) = import.ty() else {
                continue;
            };
            // One that is there already stays.
            let _ = linker.func_new(import.module(), import.name(), ty.clone(), |_, _, _| {
                Err(wasmi::Error::new("an import that need not work"))
            });
        }
        Ok(Box::new(move || {
            let mut store = Store::new(self.module.engine(), Guest::default());
            let instance = linker.instantiate_and_start(&mut store, &self.module);
            instance.map(drop).map_err(failure)
        }))
    }

    fn program(
        &self,
        surroundings: &Surroundings,
        markers: Arc<Markers>,
    ) -> Result<Box<dyn Program + '_>, Failure> {
        let mut linker = linker(&self.module)?;
        let same = Arc::clone(&markers);
        linker
            .func_wrap("bench", "start", move || markers.start())
            .and_then(|linker| linker.func_wrap("bench", "end", move || same.end()))
            .map_err(|error| failure(error.into()))?;
        Ok(Box::new(Executed {
            module: &self.module,
            linker,
            surroundings: surroundings.clone(),
            fuel: None,
        }))
    }
}

/// A linker with WASI in it.
fn linker(module: &Module) -> Result<Linker<Guest>, Failure> {
    let mut linker = Linker::new(module.engine());
    wasi::link(&mut linker, module).map_err(failure)?;
    Ok(linker)
}

struct Executed<'module> {
    module: &'module Module,
    linker: Linker<Guest>,
    surroundings: Surroundings,
    fuel: Option<u64>,
}

impl Program for Executed<'_> {
    fn execute(&mut self) -> Result<Ended, Failure> {
        let guest = Guest::new(&self.surroundings)?;
        let mut store = Store::new(self.module.engine(), guest);
        if let Some(fuel) = self.fuel {
            store.set_fuel(fuel).map_err(failure)?;
        }
        let ended = self
            .linker
            .instantiate_and_start(&mut store, self.module)
            .and_then(|instance| instance.get_typed_func::<(), ()>(&store, "_start"))
            .and_then(|start| start.call(&mut store, ()));
        let code = match ended {
            Ok(()) => 0,
            Err(error) => match error.i32_exit_status() {
                Some(code) => code,
                None => return Err(failure(error)),
            },
        };
        let Guest { stdout, stderr, .. } = store.into_data();
        Ok(Ended {
            code,
            stdout,
            stderr,
        })
    }
}
