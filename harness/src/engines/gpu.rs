//! TensorWasm's kernels as an engine under test: modules become PTX, and each call
//! is a launch of one thread on a device.

mod assembler;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tensor_wasm_runtime::TrapCode as Code;
use tensor_wasm_runtime::gpu::device::{AnyDevice, Arena as _, Arguments, Grid as DeviceGrid};
use tensor_wasm_runtime::gpu::ir::{Signature, Type};
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, KernelError, Kernels, Options};
use wasmparser::{ExternalKind, Parser, Payload, Validator, WasmFeatures};

use crate::engine::{Engine, InstanceHandle, ModuleHandle, Session, SessionConfig};
use crate::model::{Capability, EngineInfo, Failure, FailureKind, Grid, Settings, TrapCode, Value};
use crate::worker::classify;
use assembler::{Accepted, Assembler};

/// Back edges and calls of one call, where a case does not say. More than the
/// longest copy takes, which would else trap for fuel before it is out of bounds.
const FUEL: u64 = 1 << 33;

/// Threads of a block when calls run side by side.
const BLOCK: u32 = 256;

/// What kernels can do.
const PROPOSALS: &[Capability] = &[
    Capability::MutableGlobal,
    Capability::NontrappingFloatToInt,
    Capability::SignExtension,
    Capability::MultiValue,
    Capability::BulkMemory,
    Capability::ExtendedConst,
    Capability::Threads,
];

/// What a module may have beyond that if it imports workgroup memory: that is a
/// second one, and 64 KiB would be a large one.
const WORKGROUP: WasmFeatures = WasmFeatures::MULTI_MEMORY.union(WasmFeatures::CUSTOM_PAGE_SIZES);

/// Makes the engine. Its settings are `device`, and `ptxas = "true"`: every module is
/// also assembled.
pub(super) fn make(settings: &Settings) -> Result<Box<dyn Engine>, String> {
    let begin = Gpu {
        device: DeviceChoice::Auto,
        assembler: None,
        accepted: Accepted::default(),
        about: String::new(),
    };
    let mut configured = begin.configured(settings)?;
    let absent = |why| format!("there is no device `{}`: {why}", configured.device);
    configured.about = configured.device.about().map_err(absent)?;
    Ok(Box::new(configured))
}

#[derive(Clone)]
struct Gpu {
    device: DeviceChoice,
    assembler: Option<Assembler>,
    /// What any session's assembler has accepted.
    accepted: Accepted,
    /// The device that runs everything, whatever it was called by.
    about: String,
}

impl Gpu {
    fn configured(&self, settings: &Settings) -> Result<Gpu, String> {
        let mut configured = self.clone();
        for (key, value) in settings {
            match (key.as_str(), value.as_str()) {
                ("device", name) => configured.device = name.parse()?,
                ("ptxas", "true") if self.assembler.is_none() => {
                    configured.assembler = Some(Assembler::find(&self.accepted)?);
                }
                ("ptxas", "true") => {}
                _ => {
                    return Err(format!(
                        "kernels have no setting `{key} = {value}`; they have device and ptxas"
                    ));
                }
            }
        }
        Ok(configured)
    }
}

impl Engine for Gpu {
    fn info(&self) -> EngineInfo {
        let proposals = PROPOSALS.iter().copied();
        EngineInfo {
            name: "tensor-wasm-gpu".to_owned(),
            version: format!("{} on {}", env!("CARGO_PKG_VERSION"), self.about),
            wasmtime: None,
            capabilities: proposals
                .chain([Capability::ReadMemory, Capability::Kernels])
                .collect(),
        }
    }

    fn session(&self, config: &SessionConfig) -> Result<Box<dyn Session>, Failure> {
        let configured = self.configured(&config.settings);
        let Gpu {
            device, assembler, ..
        } = configured.map_err(Failure::unsupported)?;
        let mut proposals = config.proposals.iter();
        if let Some(unknown) = proposals.find(|proposal| !PROPOSALS.contains(proposal)) {
            return Err(Failure::unsupported(unknown.name()));
        }
        Ok(Box::new(World {
            device,
            assembler,
            proposals: config.proposals.union(&config.lacking).copied().collect(),
            fuel: config.limits.fuel.unwrap_or(FUEL),
            modules: Vec::new(),
            instances: Vec::new(),
        }))
    }
}

struct World {
    device: DeviceChoice,
    assembler: Option<Assembler>,
    /// Those that decide whether a module is valid; whether it can become kernels is
    /// another question.
    proposals: BTreeSet<Capability>,
    fuel: u64,
    modules: Vec<Vec<u8>>,
    instances: Vec<Known>,
}

struct Known {
    instance: Instance<AnyDevice>,
    /// Exported globals and their types.
    globals: BTreeMap<String, (u32, Type)>,
    memories: Vec<String>,
}

impl Known {
    fn signature(&self, export: &str) -> Result<&Signature, Failure> {
        let found = self.instance.kernels().export(export);
        let found = found.ok_or_else(|| failure(&KernelError::NoExport(export.to_owned())))?;
        Ok(found.signature)
    }

    /// The types of an exported function's results.
    fn results(&self, export: &str) -> Result<Vec<Type>, Failure> {
        Ok(self.signature(export)?.results.clone())
    }

    /// Whether a function takes arguments of these types. How many they are the
    /// instance finds out itself.
    fn takes(&self, export: &str, arguments: &[Value]) -> Result<(), Failure> {
        let params = &self.signature(export)?.params;
        for (index, (param, argument)) in params.iter().zip(arguments).enumerate() {
            let fits = matches!(
                (param, argument),
                (Type::I32, Value::I32(_))
                    | (Type::I64, Value::I64(_))
                    | (Type::F32, Value::F32(_))
                    | (Type::F64, Value::F64(_))
            );
            if !fits {
                return Err(Failure::new(
                    FailureKind::Arguments,
                    format!("argument {index} of `{export}` is {argument}, not of type {param:?}"),
                ));
            }
        }
        Ok(())
    }

    /// Whether an exported memory has so many bytes from there on.
    fn reaches(&self, export: &str, at: u64, length: usize) -> Result<(), Failure> {
        if !self.memories.iter().any(|name| name == export) {
            return Err(missing(&format!("no exported memory `{export}`")));
        }
        let end = at.checked_add(length as u64);
        if end.is_none_or(|end| end > self.instance.arena().bytes()) {
            return Err(missing(&format!("`{export}` is shorter than that")));
        }
        Ok(())
    }
}

impl World {
    fn known(&mut self, handle: InstanceHandle) -> Result<&mut Known, Failure> {
        let known = self.instances.get_mut(handle.0);
        known.ok_or_else(|| missing("no such instance"))
    }
}

impl Session for World {
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleHandle, Failure> {
        let mut features = classify::features(&self.proposals);
        if has_workgroup(wasm) {
            features |= WORKGROUP;
        }
        Validator::new_with_features(features | WasmFeatures::FLOATS | WasmFeatures::GC_TYPES)
            .validate_all(wasm)
            .map_err(|error| {
                let kind = classify::refused(wasm, &self.proposals);
                Failure::new(kind, error.to_string())
            })?;
        self.modules.push(wasm.to_vec());
        Ok(ModuleHandle(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleHandle) -> Result<InstanceHandle, Failure> {
        let wasm = self.modules.get(module.0);
        let wasm = wasm.ok_or_else(|| missing("no such module"))?;
        let options = Options {
            fuel: Some(self.fuel),
            ..Options::default()
        };
        let kernels = Kernels::new(wasm).map_err(|refused| failure(&refused.into()))?;
        if let Some(assembler) = &self.assembler {
            let accepted = assembler.accepts(&kernels.ptx().text);
            accepted.map_err(|said| Failure::new(FailureKind::Other, said))?;
        }
        let seed = self.instances.len() as u64;
        let instance = self
            .device
            .instantiate(Arc::new(kernels), options, seed)
            .map_err(|error| failure(&error))?;
        let (globals, memories) = exports(wasm);
        self.instances.push(Known {
            instance,
            globals,
            memories,
        });
        Ok(InstanceHandle(self.instances.len() - 1))
    }

    fn register(&mut self, _name: &str, _instance: InstanceHandle) -> Result<(), Failure> {
        // Nothing can be imported from another module; a module that tries is
        // refused, and says so.
        Ok(())
    }

    fn invoke(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let known = self.known(instance)?;
        known.takes(export, arguments)?;
        let bits = bits(arguments)?;
        let types = known.results(export)?;
        let results = known
            .instance
            .call(export, &bits)
            .map_err(|error| failure(&error))?;
        let results = types.into_iter().zip(results);
        Ok(results.map(|(ty, bits)| value(ty, bits)).collect())
    }

    fn invoke_pure(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        arguments: &[Vec<Value>],
    ) -> Option<Vec<Vec<Value>>> {
        let known = self.known(instance).ok()?;
        let kernels = known.instance.kernels();
        let found = kernels.export(export)?;
        if !kernels.is_pure(found.function) {
            return None;
        }
        let (params, types) = (found.signature.params.len(), known.results(export).ok()?);
        let calls = u32::try_from(arguments.len()).ok()?;
        let threads = calls.min(BLOCK);
        let grid = DeviceGrid {
            blocks: [calls.div_ceil(threads.max(1)), 1, 1],
            threads: [threads, 1, 1],
        };
        let mut each = Vec::new();
        for one in arguments {
            let bits = bits(one).ok().filter(|bits| bits.len() == params)?;
            each.extend(bits);
        }
        // What the last block has beyond them does the last call again.
        let last = each[each.len().saturating_sub(params)..].to_vec();
        for _ in calls..grid.count()? {
            each.extend(&last);
        }
        let results = known
            .instance
            .launch_each(export, grid, Arguments::Each(&each))
            .ok()?;
        let of_call = |call: usize| {
            let bits = results.get(call * types.len()..)?.iter();
            Some(
                types
                    .iter()
                    .zip(bits)
                    .map(|(ty, bits)| value(*ty, *bits))
                    .collect(),
            )
        };
        (0..arguments.len()).map(of_call).collect()
    }

    fn launch(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        grid: Grid,
        arguments: &[Value],
    ) -> Result<(), Failure> {
        let known = self.known(instance)?;
        known.takes(export, arguments)?;
        let bits = bits(arguments)?;
        let grid = DeviceGrid {
            blocks: grid.blocks,
            threads: grid.threads,
        };
        let arguments = Arguments::Same(&bits);
        let launched = known.instance.launch_each(export, grid, arguments);
        launched.map(drop).map_err(|error| failure(&error))
    }

    fn global(&mut self, instance: InstanceHandle, export: &str) -> Result<Value, Failure> {
        let known = self.known(instance)?;
        let (index, ty) = known
            .globals
            .get(export)
            .ok_or_else(|| missing(&format!("no exported global `{export}`")))?;
        let bits = known.instance.global(*index);
        let bits = bits.ok_or_else(|| missing("no such global"))?;
        Ok(value(*ty, bits))
    }

    fn memory(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        at: u64,
        length: usize,
    ) -> Result<Vec<u8>, Failure> {
        let known = self.known(instance)?;
        known.reaches(export, at, length)?;
        let mut bytes = vec![0; length];
        let arena = known.instance.arena();
        let read = arena.read(at, &mut bytes);
        read.map_err(|error| failure(&error.into()))?;
        Ok(bytes)
    }

    fn write_memory(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        at: u64,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        let known = self.known(instance)?;
        known.reaches(export, at, bytes.len())?;
        let written = known.instance.arena().write(at, bytes);
        written.map_err(|error| failure(&error.into()))
    }
}

fn bits(arguments: &[Value]) -> Result<Vec<u64>, Failure> {
    let bits = arguments.iter().map(|value| match value {
        Value::I32(value) => Ok(u64::from(value.cast_unsigned())),
        Value::I64(value) => Ok(value.cast_unsigned()),
        Value::F32(bits) => Ok(u64::from(*bits)),
        Value::F64(bits) => Ok(*bits),
        other => Err(Failure::unsupported(format!("an argument {other:?}"))),
    });
    bits.collect()
}

fn missing(what: &str) -> Failure {
    Failure::new(FailureKind::Missing, what)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a value of 32 bits is the lower half"
)]
fn value(ty: Type, bits: u64) -> Value {
    match ty {
        Type::I32 => Value::I32((bits as u32).cast_signed()),
        Type::I64 => Value::I64(bits.cast_signed()),
        Type::F32 => Value::F32(bits as u32),
        Type::F64 => Value::F64(bits),
    }
}

fn has_workgroup(wasm: &[u8]) -> bool {
    let mut payloads = Parser::new(0).parse_all(wasm).flatten();
    payloads.any(|payload| match payload {
        Payload::ImportSection(section) => {
            let mut imports = section.into_imports().flatten();
            imports.any(|import| import.module == "gpu" && import.name == "workgroup")
        }
        _ => false,
    })
}

/// The exported globals with their types, and the names of exported memories, of
/// a valid module.
fn exports(wasm: &[u8]) -> (BTreeMap<String, (u32, Type)>, Vec<String>) {
    let mut types = Vec::new();
    let mut globals = BTreeMap::new();
    let mut memories = Vec::new();
    for payload in Parser::new(0).parse_all(wasm).flatten() {
        match payload {
            Payload::GlobalSection(section) => {
                types.extend(section.into_iter().flatten().map(
                    |global| match global.ty.content_type {
                        wasmparser::ValType::I64 => Type::I64,
                        wasmparser::ValType::F32 => Type::F32,
                        wasmparser::ValType::F64 => Type::F64,
                        _ => Type::I32,
                    },
                ));
            }
            Payload::ExportSection(section) => {
                for export in section.into_iter().flatten() {
                    match export.kind {
                        ExternalKind::Global => {
                            if let Some(ty) = types.get(export.index as usize) {
                                globals.insert(export.name.to_owned(), (export.index, *ty));
                            }
                        }
                        ExternalKind::Memory => memories.push(export.name.to_owned()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    (globals, memories)
}

fn failure(error: &KernelError) -> Failure {
    let kind = match error {
        KernelError::Refused(_) => FailureKind::Unsupported,
        KernelError::Instantiation(code) => trap(*code),
        KernelError::Trap(found) => trap(found.code),
        KernelError::NoExport(_) => FailureKind::Missing,
        KernelError::Grid { .. } | KernelError::Stacks { .. } => FailureKind::Limit,
        KernelError::Arguments { .. } => FailureKind::Arguments,
        KernelError::Device(_) => FailureKind::Other,
    };
    let thread = match error {
        KernelError::Trap(found) => Some(found.thread),
        _ => None,
    };
    Failure {
        thread,
        ..Failure::new(kind, error.to_string())
    }
}

fn trap(code: Code) -> FailureKind {
    FailureKind::Trap(match code {
        Code::Unreachable => TrapCode::Unreachable,
        Code::OutOfBoundsMemoryAccess => TrapCode::OutOfBoundsMemoryAccess,
        Code::OutOfBoundsTableAccess => TrapCode::OutOfBoundsTableAccess,
        Code::UninitializedElement => TrapCode::UninitializedElement,
        Code::IndirectCallTypeMismatch => TrapCode::IndirectCallTypeMismatch,
        Code::IntegerOverflow => TrapCode::IntegerOverflow,
        Code::IntegerDivideByZero => TrapCode::IntegerDivideByZero,
        Code::InvalidConversionToInteger => TrapCode::InvalidConversionToInteger,
        Code::CallStackExhausted => TrapCode::CallStackExhausted,
        Code::Interrupted => TrapCode::Interrupted,
        Code::OutOfFuel => TrapCode::OutOfFuel,
        Code::BarrierNotReached => TrapCode::BarrierNotReached,
        Code::UnalignedAtomic => TrapCode::UnalignedAtomic,
        _ => return FailureKind::Other,
    })
}
