//! TensorWasm's own runtime as an engine under test.

mod bench;

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};

use tensor_wasm_runtime::wasmtime::{AnyRef, ExternRef, HeapType, Rooted, SharedMemory};
use tensor_wasm_runtime::{
    Engine as Runtime, EngineConfig, Error, Instance, Module, Proposal, Store, Val,
    WASMTIME_VERSION,
};

use crate::engine::bench::BenchEngine;
use crate::engine::{Engine, InstanceHandle, ModuleHandle, Session, SessionConfig};
use crate::model::{
    Capability, EngineInfo, Failure, FailureKind, RefKind, Reference, Settings, TrapCode, Value,
};

/// How many engines of different configuration a worker keeps.
const KEPT_RUNTIMES: usize = 12;

/// Makes the engine; settings are [`EngineConfig`]'s.
pub(super) fn make(settings: &Settings) -> Result<Box<dyn Engine>, String> {
    let mut base = EngineConfig::default();
    // A worker per core leaves nothing to gain from more threads, and what a
    // case may use is said by its limits alone.
    base.parallel_compilation = false;
    base.max_memory_bytes = None;
    for (key, value) in settings {
        base.set(key, value).map_err(|error| error.to_string())?;
    }
    Ok(Box::new(TensorWasm {
        proposals: base.supported_proposals(),
        base,
        runtimes: RefCell::default(),
    }))
}

struct TensorWasm {
    base: EngineConfig,
    proposals: BTreeSet<Proposal>,
    /// The engines used last, by configuration: making one takes longer than
    /// most scripts, and a pooling one reserves terabytes of addresses.
    runtimes: RefCell<VecDeque<(SessionConfig, Runtime)>>,
}

impl Engine for TensorWasm {
    fn info(&self) -> EngineInfo {
        let facilities = Capability::ALL.iter().copied().filter(|c| !c.is_proposal());
        EngineInfo {
            name: "tensor-wasm".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            wasmtime: Some(WASMTIME_VERSION.to_owned()),
            capabilities: Capability::proposals()
                .filter(|capability| self.supports(*capability))
                .chain(facilities)
                .collect(),
        }
    }

    fn session(&self, config: &SessionConfig) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(World::new(self.runtime(config)?)))
    }

    fn bench(&self) -> Result<Box<dyn BenchEngine + '_>, Failure> {
        let mut config = self.base.clone();
        // A compiler that lacks some does not start with them.
        config
            .proposals
            .retain(|proposal| self.proposals.contains(proposal));
        Ok(Box::new(bench::Measured::new(config)?))
    }
}

impl TensorWasm {
    fn supports(&self, capability: Capability) -> bool {
        proposal(capability).is_some_and(|proposal| self.proposals.contains(&proposal))
    }

    fn runtime(&self, config: &SessionConfig) -> Result<Runtime, Failure> {
        let mut runtimes = self.runtimes.borrow_mut();
        if let Some((_, runtime)) = runtimes.iter().find(|(known, _)| known == config) {
            return Ok(runtime.clone());
        }
        let impossible = |error: &dyn std::fmt::Display| Failure::unsupported(error.to_string());
        let mut engine = self.base.clone();
        for (key, value) in &config.settings {
            engine.set(key, value).map_err(|error| impossible(&error))?;
        }
        engine.proposals = config
            .proposals
            .iter()
            .copied()
            .filter_map(proposal)
            .collect();
        let limits = &config.limits;
        if limits.memory_bytes.is_some() {
            engine.max_memory_bytes = limits.memory_bytes;
        }
        if limits.table_elements.is_some() {
            engine.max_table_elements = limits.table_elements;
        }
        if let Some(bytes) = limits.stack_bytes {
            engine.max_stack_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        }
        if limits.fuel.is_some() {
            engine.fuel = limits.fuel;
        }
        if let Some(ms) = limits.deadline_ms {
            engine.deadline = Some(std::time::Duration::from_millis(ms));
        }
        if runtimes.len() >= KEPT_RUNTIMES {
            runtimes.pop_front();
        }
        let runtime = Runtime::new(&engine).map_err(|error| impossible(&error))?;
        runtimes.push_back((config.clone(), runtime.clone()));
        Ok(runtime)
    }
}

fn proposal(capability: Capability) -> Option<Proposal> {
    capability.name().parse().ok()
}

/// An instance of this session, or the shared memories of another's.
enum Made {
    Instance(Instance),
    Shared(Vec<(String, SharedMemory)>),
}

struct World {
    runtime: Runtime,
    store: Store,
    modules: Vec<Module>,
    instances: Vec<Made>,
    /// Fuel in the tank before the last call.
    fuel_before: u64,
}

impl World {
    fn new(runtime: Runtime) -> World {
        World {
            store: Store::new(&runtime),
            runtime,
            modules: Vec::new(),
            instances: Vec::new(),
            fuel_before: 0,
        }
    }

    fn keep(&mut self, made: Made) -> InstanceHandle {
        self.instances.push(made);
        InstanceHandle(self.instances.len() - 1)
    }

    fn instance(&self, handle: InstanceHandle) -> Result<Instance, Failure> {
        match self.instances.get(handle.0) {
            Some(Made::Instance(instance)) => Ok(*instance),
            Some(Made::Shared(_)) => Err(Failure::new(
                FailureKind::Missing,
                "only the memories of a shared instance can be used",
            )),
            None => Err(Failure::new(FailureKind::Missing, "no such instance")),
        }
    }

    fn refuel(&mut self) {
        if let Some(fuel) = self.runtime.config().fuel {
            self.store.set_fuel(fuel);
            self.fuel_before = fuel;
        }
    }

    fn val(&mut self, value: &Value) -> Result<Val, Failure> {
        Ok(match value {
            Value::I32(value) => Val::I32(*value),
            Value::I64(value) => Val::I64(*value),
            Value::F32(bits) => Val::F32(*bits),
            Value::F64(bits) => Val::F64(*bits),
            Value::V128(bits) => Val::V128((*bits).into()),
            Value::Ref(Reference::Null(kind)) => Val::null_ref(&match kind {
                RefKind::Func => HeapType::NoFunc,
                RefKind::Extern => HeapType::NoExtern,
                RefKind::Exn => HeapType::NoExn,
                RefKind::Cont => HeapType::NoCont,
                _ => HeapType::None,
            }),
            Value::Ref(Reference::Extern(number)) => {
                Val::ExternRef(Some(self.extern_ref(*number)?))
            }
            Value::Ref(Reference::Host(number)) => {
                let reference = self.extern_ref(*number)?;
                let any = AnyRef::convert_extern(self.store.wasmtime(), reference);
                Val::AnyRef(Some(any.map_err(|error| other(&error))?))
            }
            Value::Ref(Reference::Some(kind)) => {
                return Err(Failure::unsupported(format!("an argument {kind:?}")));
            }
        })
    }

    fn extern_ref(&mut self, number: u32) -> Result<Rooted<ExternRef>, Failure> {
        ExternRef::new(self.store.wasmtime(), number).map_err(|error| other(&error))
    }

    fn value(&mut self, val: &Val) -> Result<Value, Failure> {
        Ok(match val {
            Val::I32(value) => Value::I32(*value),
            Val::I64(value) => Value::I64(*value),
            Val::F32(bits) => Value::F32(*bits),
            Val::F64(bits) => Value::F64(*bits),
            Val::V128(bits) => Value::V128(bits.as_u128()),
            Val::FuncRef(None) => null(RefKind::Func),
            Val::FuncRef(Some(_)) => some(RefKind::Func),
            Val::ExternRef(None) => null(RefKind::Extern),
            Val::ExternRef(Some(reference)) => Value::Ref(
                self.number(reference)?
                    .map_or(Reference::Some(RefKind::Extern), Reference::Extern),
            ),
            Val::AnyRef(None) => null(RefKind::Any),
            Val::AnyRef(Some(reference)) => self.any(reference)?,
            Val::ExnRef(None) => null(RefKind::Exn),
            Val::ExnRef(Some(_)) => some(RefKind::Exn),
            Val::ContRef(None) => null(RefKind::Cont),
            Val::ContRef(Some(_)) => some(RefKind::Cont),
        })
    }

    /// The number a host reference of a script carries.
    fn number(&mut self, reference: &Rooted<ExternRef>) -> Result<Option<u32>, Failure> {
        let data = reference
            .data(self.store.wasmtime())
            .map_err(|error| other(&error))?;
        Ok(data.and_then(|data| data.downcast_ref::<u32>()).copied())
    }

    fn any(&mut self, reference: &Rooted<AnyRef>) -> Result<Value, Failure> {
        let store = self.store.wasmtime();
        let is = |answer: Result<bool, _>| answer.map_err(|error| other(&error));
        if is(reference.is_i31(&mut *store))? {
            return Ok(some(RefKind::I31));
        }
        if is(reference.is_struct(&mut *store))? {
            return Ok(some(RefKind::Struct));
        }
        if is(reference.is_array(&mut *store))? {
            return Ok(some(RefKind::Array));
        }
        let converted = ExternRef::convert_any(&mut *store, *reference);
        let reference = converted.map_err(|error| other(&error))?;
        Ok(Value::Ref(
            self.number(&reference)?
                .map_or(Reference::Some(RefKind::Any), Reference::Host),
        ))
    }
}

impl Session for World {
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleHandle, Failure> {
        let module = self
            .runtime
            .compile(wasm)
            .map_err(|error| failure(&error))?;
        self.modules.push(module);
        Ok(ModuleHandle(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleHandle) -> Result<InstanceHandle, Failure> {
        self.refuel();
        let instance = self
            .store
            .instantiate(&self.modules[module.0])
            .map_err(|error| failure(&error))?;
        Ok(self.keep(Made::Instance(instance)))
    }

    fn register(&mut self, name: &str, instance: InstanceHandle) -> Result<(), Failure> {
        match &self.instances[instance.0] {
            Made::Instance(instance) => self.store.register(name, *instance),
            Made::Shared(memories) => memories.iter().try_for_each(|(export, memory)| {
                self.store
                    .register_shared_memory(name, export, memory.clone())
            }),
        }
        .map_err(|error| failure(&error))
    }

    fn invoke(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let instance = self.instance(instance)?;
        let arguments = arguments
            .iter()
            .map(|value| self.val(value))
            .collect::<Result<Vec<_>, _>>()?;
        self.refuel();
        let results = self
            .store
            .call(instance, export, &arguments)
            .map_err(|error| failure(&error))?;
        results.iter().map(|val| self.value(val)).collect()
    }

    fn global(&mut self, instance: InstanceHandle, export: &str) -> Result<Value, Failure> {
        let instance = self.instance(instance)?;
        let val = self
            .store
            .global(instance, export)
            .map_err(|error| failure(&error))?;
        self.value(&val)
    }

    fn memory(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        at: u64,
        length: usize,
    ) -> Result<Vec<u8>, Failure> {
        let instance = self.instance(instance)?;
        self.store
            .read_memory(instance, export, at, length)
            .map_err(|error| failure(&error))
    }

    fn fuel_used(&mut self) -> Result<u64, Failure> {
        self.store
            .fuel()
            .map(|left| self.fuel_before.saturating_sub(left))
            .ok_or_else(|| Failure::unsupported("fuel is not counted in this case"))
    }

    fn share(
        &mut self,
        instance: InstanceHandle,
    ) -> Result<(Box<dyn Session>, InstanceHandle), Failure> {
        let instance = self.instance(instance)?;
        let memories = self.store.shared_memories(instance);
        let mut other = World::new(self.runtime.clone());
        let handle = other.keep(Made::Shared(memories));
        Ok((Box::new(other), handle))
    }
}

fn null(kind: RefKind) -> Value {
    Value::Ref(Reference::Null(kind))
}

fn some(kind: RefKind) -> Value {
    Value::Ref(Reference::Some(kind))
}

fn other(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Other, error.to_string())
}

fn failure(error: &Error) -> Failure {
    let kind = match error {
        Error::Compile(_) => FailureKind::Refused,
        Error::Link(_) => FailureKind::Unlinkable,
        Error::Trap { code, message } => {
            // The two lists use the specification's words for the same code.
            let code = TrapCode::from_text(code.text()).unwrap_or(TrapCode::Other);
            return Failure::trap(code, message.clone());
        }
        Error::Exception(_) => FailureKind::Exception,
        Error::Limit(_) => FailureKind::Limit,
        Error::MissingExport { .. } | Error::OutOfBounds { .. } => FailureKind::Missing,
        Error::Config(_) => FailureKind::Unsupported,
        _ => FailureKind::Other,
    };
    Failure::new(kind, error.to_string())
}
