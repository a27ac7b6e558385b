//! The interpreter wasmi as an engine under test: shows that the harness is
//! not made for one runtime, and serves as the example of
//! `docs/adding-an-engine.md`.

mod bench;

use wasmi::errors::{ErrorKind, FuncError, InstantiationError};
use wasmi::{
    CompilationMode, Config, Error, ExternRef, F32, F64, Instance, Linker, Module, Nullable, Store,
    StoreLimits, StoreLimitsBuilder, V128, Val,
};

use crate::engine::bench::BenchEngine;
use crate::engine::{Engine, InstanceHandle, ModuleHandle, Session, SessionConfig};
use crate::model::{
    Capability, EngineInfo, Failure, FailureKind, Limits, RefKind, Reference, Settings, TrapCode,
    Value,
};

/// The version in the workspace's Cargo.toml: the crate does not tell its own.
const VERSION: &str = "2.0.0";

/// The facilities; the proposals are those that have a [`switch`].
const FACILITIES: &[Capability] = &[
    Capability::Fuel,
    Capability::MemoryLimit,
    Capability::TableLimit,
    Capability::StackLimit,
    Capability::ReadMemory,
];

/// Makes the engine. The only setting is `compilation-mode`: `eager`,
/// `lazy-translation` or `lazy`, the last of which validates a function when it
/// is called first, so that many an invalid module is accepted.
pub(super) fn make(settings: &Settings) -> Result<Box<dyn Engine>, String> {
    let mut base = Config::default();
    // Translating everything at once tests more of the translator, and keeps
    // its work out of the fuel of a function's first call.
    base.compilation_mode(CompilationMode::Eager);
    configure(&mut base, settings)?;
    Ok(Box::new(Wasmi { base }))
}

fn configure(config: &mut Config, settings: &Settings) -> Result<(), String> {
    for (key, value) in settings {
        config.compilation_mode(match (key.as_str(), value.as_str()) {
            ("compilation-mode", "eager") => CompilationMode::Eager,
            ("compilation-mode", "lazy-translation") => CompilationMode::LazyTranslation,
            ("compilation-mode", "lazy") => CompilationMode::Lazy,
            _ => {
                return Err(format!(
                    "wasmi has no setting `{key}` that can be `{value}`; \
                     it has compilation-mode: eager, lazy-translation or lazy"
                ));
            }
        });
    }
    Ok(())
}

struct Wasmi {
    base: Config,
}

impl Engine for Wasmi {
    fn info(&self) -> EngineInfo {
        EngineInfo {
            name: "wasmi".to_owned(),
            version: VERSION.to_owned(),
            wasmtime: None,
            capabilities: Capability::proposals()
                .filter(|proposal| switch(*proposal).is_some())
                .chain(FACILITIES.iter().copied())
                .collect(),
        }
    }

    fn session(&self, config: &SessionConfig) -> Result<Box<dyn Session>, Failure> {
        let mut engine = self.base.clone();
        configure(&mut engine, &config.settings).map_err(Failure::unsupported)?;
        for proposal in Capability::proposals() {
            let on = config.proposals.contains(&proposal);
            match switch(proposal) {
                Some(switch) => switch(&mut engine, on),
                None if on => return Err(Failure::unsupported(proposal.name())),
                None => continue,
            };
        }
        let limits = &config.limits;
        if limits.deadline_ms.is_some() {
            return Err(Failure::unsupported(Capability::Deadline.name()));
        }
        if let Some(bytes) = limits.stack_bytes.map(size) {
            // The first stack must not be larger than the largest.
            engine.set_min_stack_height(bytes.min(1000));
            engine.set_max_stack_height(bytes);
        }
        engine.consume_fuel(limits.fuel.is_some());
        let engine = wasmi::Engine::new(&engine);
        Ok(Box::new(World::new(engine, limits)))
    }

    fn bench(&self) -> Result<Box<dyn BenchEngine + '_>, Failure> {
        Ok(Box::new(bench::Measured::new(&self.base)))
    }
}

/// What switches a proposal on and off, if wasmi has it.
fn switch(proposal: Capability) -> Option<fn(&mut Config, bool) -> &mut Config> {
    Some(match proposal {
        Capability::MutableGlobal => Config::wasm_mutable_global,
        Capability::NontrappingFloatToInt => Config::wasm_saturating_float_to_int,
        Capability::SignExtension => Config::wasm_sign_extension,
        Capability::MultiValue => Config::wasm_multi_value,
        Capability::BulkMemory => Config::wasm_bulk_memory,
        Capability::ReferenceTypes => Config::wasm_reference_types,
        Capability::Simd => Config::wasm_simd,
        Capability::RelaxedSimd => Config::wasm_relaxed_simd,
        Capability::TailCall => Config::wasm_tail_call,
        Capability::ExtendedConst => Config::wasm_extended_const,
        Capability::MultiMemory => Config::wasm_multi_memory,
        Capability::Memory64 => Config::wasm_memory64,
        Capability::WideArithmetic => Config::wasm_wide_arithmetic,
        Capability::CustomPageSizes => Config::wasm_custom_page_sizes,
        _ => return None,
    })
}

/// A number of bytes or elements, as far as this machine can count.
fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

struct World {
    store: Store<StoreLimits>,
    linker: Linker<StoreLimits>,
    modules: Vec<Module>,
    instances: Vec<Instance>,
    /// Fuel for an instantiation and for each call.
    fuel: Option<u64>,
}

impl World {
    fn new(engine: wasmi::Engine, limits: &Limits) -> World {
        let mut caps = StoreLimitsBuilder::new();
        if let Some(bytes) = limits.memory_bytes {
            caps = caps.memory_size(size(bytes));
        }
        if let Some(elements) = limits.table_elements {
            caps = caps.table_elements(size(elements));
        }
        let mut store = Store::new(&engine, caps.build());
        store.limiter(|caps| caps);
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        World {
            store,
            linker,
            modules: Vec::new(),
            instances: Vec::new(),
            fuel: limits.fuel,
        }
    }

    fn instance(&self, handle: InstanceHandle) -> Result<Instance, Failure> {
        let instance = self.instances.get(handle.0).copied();
        instance.ok_or_else(|| missing("no such instance"))
    }

    fn refuel(&mut self) -> Result<(), Failure> {
        match self.fuel {
            Some(fuel) => self.store.set_fuel(fuel).map_err(failure),
            None => Ok(()),
        }
    }

    fn val(&mut self, value: &Value) -> Result<Val, Failure> {
        Ok(match value {
            Value::I32(value) => Val::I32(*value),
            Value::I64(value) => Val::I64(*value),
            Value::F32(bits) => Val::F32(F32::from_bits(*bits)),
            Value::F64(bits) => Val::F64(F64::from_bits(*bits)),
            Value::V128(bits) => Val::V128(V128::from(*bits)),
            Value::Ref(Reference::Null(RefKind::Func)) => Val::FuncRef(Nullable::Null),
            Value::Ref(Reference::Null(RefKind::Extern)) => Val::ExternRef(Nullable::Null),
            Value::Ref(Reference::Extern(number)) => {
                Val::from(ExternRef::new(&mut self.store, *number))
            }
            Value::Ref(other) => return Err(Failure::unsupported(format!("an argument {other}"))),
        })
    }

    fn value(&self, val: &Val) -> Value {
        match val {
            Val::I32(value) => Value::I32(*value),
            Val::I64(value) => Value::I64(*value),
            Val::F32(value) => Value::F32(value.to_bits()),
            Val::F64(value) => Value::F64(value.to_bits()),
            Val::V128(value) => Value::V128(value.as_u128()),
            Val::FuncRef(Nullable::Null) => Value::Ref(Reference::Null(RefKind::Func)),
            Val::FuncRef(Nullable::Val(_)) => Value::Ref(Reference::Some(RefKind::Func)),
            Val::ExternRef(Nullable::Null) => Value::Ref(Reference::Null(RefKind::Extern)),
            Val::ExternRef(Nullable::Val(reference)) => {
                let number = reference.data(&self.store).downcast_ref::<u32>();
                let unknown = Reference::Some(RefKind::Extern);
                Value::Ref(number.map_or(unknown, |number| Reference::Extern(*number)))
            }
        }
    }
}

impl Session for World {
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleHandle, Failure> {
        let module = Module::new(self.store.engine(), wasm)
            .map_err(|error| Failure::new(FailureKind::Refused, error.to_string()))?;
        self.modules.push(module);
        Ok(ModuleHandle(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleHandle) -> Result<InstanceHandle, Failure> {
        self.refuel()?;
        let module = self.modules.get(module.0);
        let module = module.ok_or_else(|| missing("no such module"))?;
        let instance = self
            .linker
            .instantiate_and_start(&mut self.store, module)
            .map_err(failure)?;
        self.instances.push(instance);
        Ok(InstanceHandle(self.instances.len() - 1))
    }

    fn register(&mut self, name: &str, instance: InstanceHandle) -> Result<(), Failure> {
        let instance = self.instance(instance)?;
        self.linker
            .instance(&mut self.store, name, instance)
            .map_err(failure)?;
        Ok(())
    }

    fn invoke(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let function = self
            .instance(instance)?
            .get_func(&self.store, export)
            .ok_or_else(|| missing(&format!("no exported function `{export}`")))?;
        let arguments = arguments
            .iter()
            .map(|value| self.val(value))
            .collect::<Result<Vec<_>, _>>()?;
        let ty = function.ty(&self.store);
        let results = ty.results().iter().copied();
        let mut results: Vec<_> = results.map(Val::default_for_ty).collect();
        self.refuel()?;
        function
            .call(&mut self.store, &arguments, &mut results)
            .map_err(failure)?;
        Ok(results.iter().map(|val| self.value(val)).collect())
    }

    fn global(&mut self, instance: InstanceHandle, export: &str) -> Result<Value, Failure> {
        let global = self
            .instance(instance)?
            .get_global(&self.store, export)
            .ok_or_else(|| missing(&format!("no exported global `{export}`")))?;
        Ok(self.value(&global.get(&self.store)))
    }

    fn memory(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        at: u64,
        length: usize,
    ) -> Result<Vec<u8>, Failure> {
        let memory = self
            .instance(instance)?
            .get_memory(&self.store, export)
            .ok_or_else(|| missing(&format!("no exported memory `{export}`")))?;
        let bytes = memory.data(&self.store);
        let at = size(at);
        let range = bytes.get(at..at.saturating_add(length));
        let short = || missing(&format!("`{export}` has only {} bytes", bytes.len()));
        range.map(<[u8]>::to_vec).ok_or_else(short)
    }

    fn fuel_used(&mut self) -> Result<u64, Failure> {
        // An error if fuel is not counted in this case.
        let left = self.store.get_fuel().map_err(failure)?;
        Ok(self.fuel.unwrap_or(left).saturating_sub(left))
    }
}

fn missing(what: &str) -> Failure {
    Failure::new(FailureKind::Missing, what)
}

/// What an error of instantiating, calling or linking means to the harness.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failure(error: Error) -> Failure {
    use InstantiationError as I;
    let kind = match error.kind() {
        ErrorKind::Instantiation(I::ElementSegmentDoesNotFit { .. }) => {
            FailureKind::Trap(TrapCode::OutOfBoundsTableAccess)
        }
        ErrorKind::Instantiation(
            I::TooManyInstances
            | I::TooManyTables
            | I::TooManyMemories
            | I::FailedToInstantiateMemory(_)
            | I::FailedToInstantiateTable(_),
        )
        | ErrorKind::UserLimits(_)
        | ErrorKind::ImplementationLimits(_) => FailureKind::Limit,
        ErrorKind::Linker(_) | ErrorKind::Instantiation(_) => FailureKind::Unlinkable,
        // A function that is validated or translated when it is called first.
        ErrorKind::Wasm(_) | ErrorKind::Translation(_) => FailureKind::Refused,
        ErrorKind::Func(FuncError::ExportedFuncNotFound) => FailureKind::Missing,
        kind => kind.as_trap_code().map_or(FailureKind::Other, trap),
    };
    Failure::new(kind, error.to_string())
}

fn trap(code: wasmi::TrapCode) -> FailureKind {
    use wasmi::TrapCode as T;
    FailureKind::Trap(match code {
        T::UnreachableCodeReached => TrapCode::Unreachable,
        T::MemoryOutOfBounds => TrapCode::OutOfBoundsMemoryAccess,
        T::TableOutOfBounds => TrapCode::OutOfBoundsTableAccess,
        T::IndirectCallToNull => TrapCode::UninitializedElement,
        T::IntegerDivisionByZero => TrapCode::IntegerDivideByZero,
        T::IntegerOverflow => TrapCode::IntegerOverflow,
        T::BadConversionToInteger => TrapCode::InvalidConversionToInteger,
        T::StackOverflow => TrapCode::CallStackExhausted,
        T::BadSignature => TrapCode::IndirectCallTypeMismatch,
        T::OutOfFuel => TrapCode::OutOfFuel,
        T::GrowthOperationLimited | T::OutOfSystemMemory => return FailureKind::Limit,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_the_one_that_is_built() {
        let manifest = include_str!("../../../Cargo.toml");
        let pin = format!("wasmi = {{ version = \"={}\"", super::VERSION);
        assert!(manifest.contains(&pin));
    }
}
