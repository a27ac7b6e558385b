//! From an [`EngineConfig`] to a Wasmtime engine, and from bytes to a module.

mod config;
pub(crate) mod images;
mod portable;
mod proposal;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use wasmparser::WasmFeatures;

use crate::Error;
pub use config::{Allocator, Collector, Compiler, ConfigError, EngineConfig, OptLevel, PoolSize};
pub use portable::CodeSize;
pub use proposal::Proposal;

/// Compiles modules and is shared by the stores that run them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    wasmtime: wasmtime::Engine,
    config: Arc<EngineConfig>,
}

/// A compiled module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Module(pub(crate) wasmtime::Module);

impl Module {
    /// Wasmtime's own module.
    pub fn wasmtime(&self) -> &wasmtime::Module {
        &self.0
    }

    /// Makes what the memories of instances begin as now, and not when the first
    /// instance asks for it, which fails for what a second attempt can do. Linkers of
    /// this crate call it.
    pub fn make_images(&self) {
        images::make(|| self.0.initialize_copy_on_write_image());
    }
}

/// A compiled module as bytes. Only [`Module::serialize`] makes one, so that
/// what is loaded from it is code that was compiled here.
#[derive(Clone, Debug)]
pub struct SerializedModule(Vec<u8>);

impl SerializedModule {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Module {
    /// The machine code and what belongs to it, as bytes.
    ///
    /// # Errors
    ///
    /// Only what Wasmtime refuses.
    pub fn serialize(&self) -> Result<SerializedModule, Error> {
        let bytes = self.0.serialize();
        bytes
            .map(SerializedModule)
            .map_err(|error| Error::Other(format!("{error:#}")))
    }
}

impl Engine {
    /// Loads a module that was serialized in this process.
    ///
    /// # Errors
    ///
    /// [`Error::Compile`] when it was compiled by an engine of another
    /// configuration.
    #[expect(unsafe_code, reason = "Wasmtime trusts the bytes")]
    pub fn deserialize(&self, module: &SerializedModule) -> Result<Module, Error> {
        // SAFETY: the bytes are what Wasmtime's `serialize` returned in this
        // process: the field is private, `Module::serialize` is the only place
        // that fills it, and nothing changes it.
        let loaded = unsafe { wasmtime::Module::deserialize(&self.wasmtime, &module.0) };
        loaded
            .map(Module)
            .map_err(|error| Error::Compile(format!("{error:#}")))
    }

    /// Makes an engine. With a deadline configured, a thread advances the
    /// engine's epoch until the last clone is dropped.
    ///
    /// # Errors
    ///
    /// A combination Wasmtime refuses, as a proposal Winch does not implement.
    pub fn new(config: &EngineConfig) -> Result<Engine, Error> {
        if config.nan_canonicalization && config.compiler == Compiler::Winch {
            // Wasmtime would take the setting and not act on it.
            let message = "Winch does not canonicalise NaNs; use Cranelift";
            return Err(ConfigError::Refused(message.to_owned()).into());
        }
        let mut wasmtime = wasmtime_config(config);
        wasmtime.cache(code_cache(config)?);
        let wasmtime = wasmtime::Engine::new(&wasmtime)
            .map_err(|error| ConfigError::Refused(format!("{error:#}")))?;
        if config.deadline.is_some() {
            advance_epoch(&wasmtime, config)?;
        }
        Ok(Engine {
            wasmtime,
            config: Arc::new(config.clone()),
        })
    }

    /// Compiles a module from its binary format, or from text.
    ///
    /// # Errors
    ///
    /// [`Error::Compile`] when the module does not decode or validate;
    /// [`Error::Limit`] when it asks for more than a slot of the pool has.
    pub fn compile(&self, wasm: &[u8]) -> Result<Module, Error> {
        wasmtime::Module::new(&self.wasmtime, wasm)
            .map(Module)
            .map_err(|error| {
                let message = format!("{error:#}");
                if message.contains("does not fit in pooling allocator requirements") {
                    Error::Limit(message)
                } else {
                    Error::Compile(message)
                }
            })
    }

    /// What the engine was made from.
    pub fn config(&self) -> &EngineConfig {
        &self.config
    }

    /// Wasmtime's own engine.
    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.wasmtime
    }
}

impl EngineConfig {
    /// The proposals that an engine of this configuration can switch on, found
    /// by asking Wasmtime for each one.
    pub fn supported_proposals(&self) -> BTreeSet<Proposal> {
        let pooling = matches!(self.allocator, Allocator::Pooling(_));
        let supports = |proposal: Proposal| {
            // A pool has no slots for shared memories.
            if pooling && proposal == Proposal::Threads {
                return false;
            }
            let mut probe = self.clone();
            probe.proposals = BTreeSet::from([proposal]);
            probe.proposals.extend(proposal.extends());
            probe.deadline = None;
            probe.allocator = Allocator::OnDemand;
            wasmtime::Engine::new(&wasmtime_config(&probe)).is_ok()
        };
        Proposal::ALL
            .iter()
            .copied()
            .filter(|proposal| supports(*proposal))
            .collect()
    }
}

fn wasmtime_config(config: &EngineConfig) -> wasmtime::Config {
    let mut out = wasmtime::Config::new();
    let mut features = WasmFeatures::MVP;
    for proposal in &config.proposals {
        features |= proposal.flags();
    }
    if config.compiler == Compiler::Winch {
        // Winch takes no type that the garbage collector would have to know,
        // `externref` included, and refuses to start with them switched on.
        features.remove(WasmFeatures::GC_TYPES);
    }
    // Components are no proposal to core modules: on for everyone.
    features |= WasmFeatures::COMPONENT_MODEL;
    features.set(WasmFeatures::CM_ASYNC, config.has_component_async());
    out.wasm_features(WasmFeatures::all(), false);
    out.wasm_features(features, true);
    out.shared_memory(config.proposals.contains(&Proposal::Threads));

    out.strategy(match config.compiler {
        Compiler::Cranelift => wasmtime::Strategy::Cranelift,
        Compiler::Winch => wasmtime::Strategy::Winch,
    });
    if config.compiler == Compiler::Cranelift {
        out.cranelift_opt_level(match config.opt_level {
            OptLevel::None => wasmtime::OptLevel::None,
            OptLevel::Speed => wasmtime::OptLevel::Speed,
            OptLevel::SpeedAndSize => wasmtime::OptLevel::SpeedAndSize,
        });
        out.cranelift_nan_canonicalization(config.nan_canonicalization);
    }
    out.relaxed_simd_deterministic(config.relaxed_simd_deterministic);
    out.collector(match config.collector {
        Collector::Auto => wasmtime::Collector::Auto,
        Collector::Drc => wasmtime::Collector::DeferredReferenceCounting,
        Collector::Copying => wasmtime::Collector::Copying,
        Collector::Null => wasmtime::Collector::Null,
    });
    if let Allocator::Pooling(size) = &config.allocator {
        out.allocation_strategy(pooling(size));
    }
    out.max_wasm_stack(config.max_stack_bytes);
    out.async_stack_size(config.max_stack_bytes.saturating_add(1 << 20));
    out.epoch_interruption(config.deadline.is_some());
    out.consume_fuel(config.fuel.is_some());
    out.parallel_compilation(config.parallel_compilation);
    out
}

fn code_cache(config: &EngineConfig) -> Result<Option<wasmtime::Cache>, ConfigError> {
    let Some(directory) = &config.code_cache else {
        return Ok(None);
    };
    let refused = |error: String| {
        ConfigError::Refused(format!("code cache {}: {error}", directory.display()))
    };
    // Wasmtime wants to be sure where it is.
    let directory = std::path::absolute(directory).map_err(|error| refused(error.to_string()))?;
    let mut cache = wasmtime::CacheConfig::new();
    cache
        .with_directory(directory)
        .with_baseline_compression_level(1);
    wasmtime::Cache::new(cache)
        .map(Some)
        .map_err(|error| refused(format!("{error:#}")))
}

fn pooling(size: &PoolSize) -> wasmtime::InstanceAllocationStrategy {
    let mut pool = wasmtime::PoolingAllocationConfig::default();
    pool.total_core_instances(size.instances)
        .total_memories(size.memories)
        .total_tables(size.tables)
        .max_memory_size(usize::try_from(size.memory_bytes).unwrap_or(usize::MAX))
        .table_elements(size.table_elements as usize)
        .max_memories_per_module(size.memories_per_module)
        .max_tables_per_module(size.tables_per_module);
    wasmtime::InstanceAllocationStrategy::Pooling(pool)
}

fn advance_epoch(engine: &wasmtime::Engine, config: &EngineConfig) -> Result<(), ConfigError> {
    let engine = engine.weak();
    let tick = config.epoch_tick;
    thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            loop {
                thread::sleep(tick);
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => break,
                }
            }
        })
        .map(drop)
        .map_err(|error| ConfigError::Refused(format!("cannot start the epoch thread: {error}")))
}
