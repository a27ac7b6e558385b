//! A store: instances that may link to one another, and calls into them.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU8, Ordering};

use wasmtime::{AsContext as _, Extern, SharedMemory, StoreLimits, StoreLimitsBuilder, Val};

use crate::{Engine, EngineConfig, Error, Module};

/// An instance in a [`Store`]; only meaningful to the store that made it.
#[derive(Clone, Copy, Debug)]
pub struct Instance(wasmtime::Instance);

/// Instances, the names they can be imported under, and the limits they share.
///
/// References that calls return stay alive as long as the store.
#[derive(Debug)]
pub struct Store {
    store: wasmtime::Store<StoreLimits>,
    names: Names,
    /// Epochs an instantiation or a call may last.
    deadline_ticks: Option<u64>,
}

/// Wasmtime's linker, which does not implement `Debug`.
struct Names(wasmtime::Linker<StoreLimits>);

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names")
    }
}

impl Store {
    /// An empty store with the limits, the deadline and the fuel of the
    /// engine's configuration.
    pub fn new(engine: &Engine) -> Store {
        let config = engine.config();
        let mut store = wasmtime::Store::new(engine.wasmtime(), limits(config));
        store.limiter(|limits| limits);
        if let Some(fuel) = config.fuel {
            store
                .set_fuel(fuel)
                .expect("the engine was made with fuel, from the same configuration");
        }
        let mut linker = wasmtime::Linker::new(engine.wasmtime());
        linker.allow_shadowing(true);
        Store {
            store,
            names: Names(linker),
            deadline_ticks: config.deadline.map(|deadline| {
                let tick = config.epoch_tick.as_nanos().max(1);
                u64::try_from(deadline.as_nanos().div_ceil(tick))
                    .unwrap_or(u64::MAX)
                    .max(1)
            }),
        }
    }

    /// Instantiates a module, its imports taken from the registered names, and
    /// runs its start function.
    ///
    /// # Errors
    ///
    /// [`Error::Link`], a trap or an exception of the start function, or
    /// [`Error::Limit`].
    pub fn instantiate(&mut self, module: &Module) -> Result<Instance, Error> {
        module.make_images();
        self.arm();
        self.names
            .0
            .instantiate(&mut self.store, &module.0)
            .map(Instance)
            .map_err(|error| self.failure(&error))
    }

    /// Makes everything `instance` exports importable as `name`.
    ///
    /// # Errors
    ///
    /// [`Error::Link`] when Wasmtime refuses a name.
    pub fn register(&mut self, name: &str, instance: Instance) -> Result<(), Error> {
        self.names
            .0
            .instance(&mut self.store, name, instance.0)
            .map(drop)
            .map_err(|error| Error::Link(format!("{error:#}")))
    }

    /// Makes one shared memory importable.
    ///
    /// # Errors
    ///
    /// [`Error::Link`] when Wasmtime refuses the name.
    pub fn register_shared_memory(
        &mut self,
        module: &str,
        name: &str,
        memory: SharedMemory,
    ) -> Result<(), Error> {
        self.names
            .0
            .define(&mut self.store, module, name, memory)
            .map(drop)
            .map_err(|error| Error::Link(format!("{error:#}")))
    }

    /// Calls an exported function.
    ///
    /// # Errors
    ///
    /// A trap, an exception, a missing export, or arguments of other types
    /// than the function's.
    pub fn call(
        &mut self,
        instance: Instance,
        export: &str,
        arguments: &[Val],
    ) -> Result<Vec<Val>, Error> {
        let func = instance
            .0
            .get_func(&mut self.store, export)
            .ok_or_else(|| missing("function", export))?;
        let ty = func.ty(&self.store);
        self.check_arguments(&ty, export, arguments)?;
        let mut results = vec![Val::I32(0); ty.results().len()];
        self.arm();
        match func.call(&mut self.store, arguments, &mut results) {
            Ok(()) => Ok(results),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// Reads an exported global.
    ///
    /// # Errors
    ///
    /// [`Error::MissingExport`].
    pub fn global(&mut self, instance: Instance, export: &str) -> Result<Val, Error> {
        instance
            .0
            .get_global(&mut self.store, export)
            .map(|global| global.get(&mut self.store))
            .ok_or_else(|| missing("global", export))
    }

    /// Copies `length` bytes, from byte `at` on, out of an exported memory.
    /// Of a shared memory, bytes that other threads write meanwhile may be old
    /// or new, each by itself.
    ///
    /// # Errors
    ///
    /// [`Error::MissingExport`], or [`Error::OutOfBounds`] when the memory is
    /// shorter.
    pub fn read_memory(
        &mut self,
        instance: Instance,
        export: &str,
        at: u64,
        length: usize,
    ) -> Result<Vec<u8>, Error> {
        let found = instance.0.get_export(&mut self.store, export);
        let range = |size: usize| {
            let start = usize::try_from(at).ok();
            let end = start.and_then(|start| start.checked_add(length));
            match (start, end) {
                (Some(start), Some(end)) if end <= size => Ok(start..end),
                _ => Err(Error::OutOfBounds { at, length, size }),
            }
        };
        match found {
            Some(Extern::Memory(memory)) => {
                let data = memory.data(&self.store);
                Ok(data[range(data.len())?].to_vec())
            }
            Some(Extern::SharedMemory(memory)) => {
                let data = memory.data();
                Ok(data[range(data.len())?].iter().map(load_shared).collect())
            }
            _ => Err(missing("memory", export)),
        }
    }

    /// The shared memories an instance exports, with their names.
    pub fn shared_memories(&mut self, instance: Instance) -> Vec<(String, SharedMemory)> {
        instance
            .0
            .exports(&mut self.store)
            .filter_map(|export| {
                let name = export.name().to_owned();
                Some((name, export.into_shared_memory()?))
            })
            .collect()
    }

    /// Fuel that is left, where the engine counts it.
    pub fn fuel(&self) -> Option<u64> {
        self.store.get_fuel().ok()
    }

    /// Fills the tank to `fuel`, where the engine counts it.
    pub fn set_fuel(&mut self, fuel: u64) {
        // An engine that does not count has no tank to fill.
        let _ = self.store.set_fuel(fuel);
    }

    /// Wasmtime's own store, to make references and look into them.
    pub fn wasmtime(&mut self) -> &mut wasmtime::Store<StoreLimits> {
        &mut self.store
    }

    fn failure(&mut self, error: &wasmtime::Error) -> Error {
        let error = Error::from_execution(error);
        if matches!(error, Error::Exception(_)) {
            // A pending exception would be reported again by the next call.
            let _ = self.store.take_pending_exception();
        }
        error
    }

    fn arm(&mut self) {
        if let Some(ticks) = self.deadline_ticks {
            self.store.set_epoch_deadline(ticks);
        }
    }

    /// Wasmtime checks the types too, but answers with an error that cannot be
    /// told from a failure of the guest.
    fn check_arguments(
        &self,
        ty: &wasmtime::FuncType,
        export: &str,
        arguments: &[Val],
    ) -> Result<(), Error> {
        let refuse = |message: String| Error::Arguments {
            name: export.to_owned(),
            message,
        };
        if ty.params().len() != arguments.len() {
            return Err(refuse(format!(
                "it takes {} and was given {}",
                ty.params().len(),
                arguments.len()
            )));
        }
        for (index, (param, argument)) in ty.params().zip(arguments).enumerate() {
            let fits = argument
                .matches_ty(self.store.as_context(), &param)
                .unwrap_or(false);
            if !fits {
                return Err(refuse(format!("argument {index} is not of type {param}")));
            }
        }
        Ok(())
    }
}

/// Reads one byte of a memory that other threads may be writing.
#[expect(unsafe_code, reason = "a shared memory can only be read atomically")]
fn load_shared(byte: &UnsafeCell<u8>) -> u8 {
    // SAFETY: the pointer comes from a reference, so it is valid and, for one
    // byte, aligned. Every other access is either WebAssembly's, which is
    // atomic or may race under the memory model of the threads proposal as
    // Wasmtime implements it, or one made here, which is atomic.
    let byte = unsafe { AtomicU8::from_ptr(byte.get()) };
    byte.load(Ordering::Relaxed)
}

fn missing(kind: &'static str, name: &str) -> Error {
    Error::MissingExport {
        kind,
        name: name.to_owned(),
    }
}

fn limits(config: &EngineConfig) -> StoreLimits {
    let mut limits = StoreLimitsBuilder::new()
        // Wasmtime's default of 10,000 of each is kept for instances and
        // memories; what matters is what they hold.
        .instances(usize::MAX)
        .memories(usize::MAX)
        .tables(usize::MAX);
    if let Some(bytes) = config.max_memory_bytes {
        limits = limits.memory_size(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
    if let Some(elements) = config.max_table_elements {
        limits = limits.table_elements(usize::try_from(elements).unwrap_or(usize::MAX));
    }
    limits.build()
}
