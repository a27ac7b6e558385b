//! Everything that shapes an engine, as plain data that can be read from text.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::Proposal;

/// Which code generator turns WebAssembly into machine code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compiler {
    /// The optimising compiler.
    #[default]
    Cranelift,
    /// The one-pass baseline compiler; lacks several proposals.
    Winch,
}

/// How hard Cranelift tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OptLevel {
    /// No optimisation: fastest to compile.
    None,
    /// Fast code.
    #[default]
    Speed,
    /// Fast code that is also small.
    SpeedAndSize,
}

/// Which garbage collector serves the GC proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Collector {
    /// Wasmtime's choice.
    #[default]
    Auto,
    /// Deferred reference counting.
    Drc,
    /// A copying collector.
    Copying,
    /// Never collects.
    Null,
}

/// Where instances get their memory from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Allocator {
    /// Mapped when an instance is made.
    #[default]
    OnDemand,
    /// Slots reserved when the engine is made; instantiation fails with
    /// [`Error::Limit`](crate::Error::Limit) when none is free.
    Pooling(PoolSize),
}

/// What a pooling allocator reserves. Counts are per engine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PoolSize {
    /// Core instances alive at once.
    pub instances: u32,
    /// Linear memories alive at once.
    pub memories: u32,
    /// Tables alive at once.
    pub tables: u32,
    /// The largest linear memory, in bytes.
    pub memory_bytes: u64,
    /// The largest table, in elements.
    pub table_elements: u32,
    /// Memories one module may define.
    pub memories_per_module: u32,
    /// Tables one module may define.
    pub tables_per_module: u32,
}

impl Default for PoolSize {
    fn default() -> PoolSize {
        PoolSize {
            instances: 1_000,
            memories: 1_000,
            tables: 1_000,
            memory_bytes: 256 << 20,
            table_elements: 20_000,
            memories_per_module: 8,
            tables_per_module: 8,
        }
    }
}

/// A setting that cannot be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No setting has this name.
    #[error("unknown setting `{key}`; the settings are {}", EngineConfig::KEYS.join(", "))]
    UnknownKey {
        /// The name that was given.
        key: String,
    },
    /// The setting does not take this value.
    #[error("setting `{key}` does not take `{value}`; it takes {expected}")]
    InvalidValue {
        /// The setting's name.
        key: String,
        /// The value that was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// No proposal has this name.
    #[error("unknown proposal `{0}`")]
    UnknownProposal(String),
    /// Wasmtime refused the combination.
    #[error("{0}")]
    Refused(String),
}

/// Everything that shapes an [`Engine`](super::Engine).
///
/// Start from [`EngineConfig::default`] and set fields, or set them from text
/// with [`EngineConfig::set`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EngineConfig {
    /// The code generator.
    pub compiler: Compiler,
    /// How hard it tries.
    pub opt_level: OptLevel,
    /// Where instances get their memory from.
    pub allocator: Allocator,
    /// The garbage collector.
    pub collector: Collector,
    /// The proposals modules may use.
    pub proposals: BTreeSet<Proposal>,
    /// The most bytes one linear memory may have; growing past it answers −1,
    /// starting above it is an error. `None`: what the module declares.
    pub max_memory_bytes: Option<u64>,
    /// The most elements one table may have, likewise.
    pub max_table_elements: Option<u64>,
    /// The most bytes of stack the guest may use.
    pub max_stack_bytes: usize,
    /// The longest one instantiation or one call may take, to the next
    /// [`epoch_tick`](Self::epoch_tick). `None` compiles code without checks.
    pub deadline: Option<Duration>,
    /// How often the deadline is looked at.
    pub epoch_tick: Duration,
    /// Fuel every store starts with. `None` compiles code without counting.
    pub fuel: Option<u64>,
    /// Replace every NaN by the canonical one, so that results do not depend
    /// on the host.
    pub nan_canonicalization: bool,
    /// Relaxed vector operations give the same result on every host.
    pub relaxed_simd_deterministic: bool,
    /// Compile the functions of one module on several threads.
    pub parallel_compilation: bool,
    /// Where compiled code is kept for the next process. It is executed as it
    /// is found: whoever can write there can run code as you. One that is only
    /// told apart by Wasmtime's version, so a changed Wasmtime of the same
    /// version needs another folder.
    pub code_cache: Option<PathBuf>,
}

impl Default for EngineConfig {
    /// Cranelift, on-demand allocation, the proposals of WebAssembly 3.0, and
    /// memories up to 256 MiB; no deadline, no fuel.
    fn default() -> EngineConfig {
        EngineConfig {
            compiler: Compiler::default(),
            opt_level: OptLevel::default(),
            allocator: Allocator::default(),
            collector: Collector::default(),
            proposals: Proposal::WASM3.iter().copied().collect(),
            max_memory_bytes: Some(256 << 20),
            max_table_elements: None,
            max_stack_bytes: 512 << 10,
            deadline: None,
            epoch_tick: Duration::from_millis(10),
            fuel: None,
            nan_canonicalization: false,
            relaxed_simd_deterministic: false,
            parallel_compilation: true,
            code_cache: None,
        }
    }
}

impl EngineConfig {
    /// The names [`EngineConfig::set`] knows.
    pub const KEYS: &[&str] = &[
        "compiler",
        "opt-level",
        "allocator",
        "collector",
        "max-memory-bytes",
        "max-table-elements",
        "max-stack-bytes",
        "deadline-ms",
        "epoch-tick-ms",
        "fuel",
        "nan-canonicalization",
        "relaxed-simd-deterministic",
        "parallel-compilation",
        "pool-instances",
        "pool-memories",
        "pool-tables",
        "pool-memory-bytes",
        "pool-table-elements",
        "pool-memories-per-module",
        "pool-tables-per-module",
    ];

    /// Sets one field from text, as a command line or a file has it.
    ///
    /// A `pool-…` setting chooses the pooling allocator.
    ///
    /// # Errors
    ///
    /// An unknown name, or a value the setting does not take.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), ConfigError> {
        match key {
            "compiler" => {
                self.compiler = choice(
                    key,
                    value,
                    "cranelift or winch",
                    &[
                        ("cranelift", Compiler::Cranelift),
                        ("winch", Compiler::Winch),
                    ],
                )?;
            }
            "opt-level" => {
                self.opt_level = choice(
                    key,
                    value,
                    "none, speed or speed-and-size",
                    &[
                        ("none", OptLevel::None),
                        ("speed", OptLevel::Speed),
                        ("speed-and-size", OptLevel::SpeedAndSize),
                    ],
                )?;
            }
            "allocator" => {
                self.allocator = choice(
                    key,
                    value,
                    "on-demand or pooling",
                    &[
                        ("on-demand", Allocator::OnDemand),
                        ("pooling", Allocator::Pooling(PoolSize::default())),
                    ],
                )?;
            }
            "collector" => {
                self.collector = choice(
                    key,
                    value,
                    "auto, drc, copying or null",
                    &[
                        ("auto", Collector::Auto),
                        ("drc", Collector::Drc),
                        ("copying", Collector::Copying),
                        ("null", Collector::Null),
                    ],
                )?;
            }
            "max-memory-bytes" => self.max_memory_bytes = Some(number(key, value)?),
            "max-table-elements" => self.max_table_elements = Some(number(key, value)?),
            "max-stack-bytes" => self.max_stack_bytes = number(key, value)?,
            "deadline-ms" => self.deadline = Some(Duration::from_millis(number(key, value)?)),
            "epoch-tick-ms" => self.epoch_tick = Duration::from_millis(number(key, value)?),
            "fuel" => self.fuel = Some(number(key, value)?),
            "nan-canonicalization" => self.nan_canonicalization = boolean(key, value)?,
            "relaxed-simd-deterministic" => self.relaxed_simd_deterministic = boolean(key, value)?,
            "parallel-compilation" => self.parallel_compilation = boolean(key, value)?,
            "pool-instances" => self.pool().instances = number(key, value)?,
            "pool-memories" => self.pool().memories = number(key, value)?,
            "pool-tables" => self.pool().tables = number(key, value)?,
            "pool-memory-bytes" => self.pool().memory_bytes = number(key, value)?,
            "pool-table-elements" => self.pool().table_elements = number(key, value)?,
            "pool-memories-per-module" => self.pool().memories_per_module = number(key, value)?,
            "pool-tables-per-module" => self.pool().tables_per_module = number(key, value)?,
            _ => {
                return Err(ConfigError::UnknownKey {
                    key: key.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Whether components may be asynchronous, as WASI 0.3 needs; Winch does
    /// not implement it.
    pub(crate) fn has_component_async(&self) -> bool {
        self.compiler == Compiler::Cranelift
    }

    fn pool(&mut self) -> &mut PoolSize {
        if self.allocator == Allocator::OnDemand {
            self.allocator = Allocator::Pooling(PoolSize::default());
        }
        match &mut self.allocator {
            Allocator::Pooling(size) => size,
            Allocator::OnDemand => unreachable!("replaced above"),
        }
    }
}

fn choice<T: Clone>(
    key: &str,
    value: &str,
    expected: &'static str,
    choices: &[(&str, T)],
) -> Result<T, ConfigError> {
    choices
        .iter()
        .find(|(name, _)| *name == value)
        .map(|(_, choice)| choice.clone())
        .ok_or_else(|| invalid(key, value, expected))
}

fn number<T: FromStr>(key: &str, value: &str) -> Result<T, ConfigError> {
    value
        .replace('_', "")
        .parse()
        .map_err(|_| invalid(key, value, "a whole number"))
}

fn boolean(key: &str, value: &str) -> Result<bool, ConfigError> {
    value
        .parse()
        .map_err(|_| invalid(key, value, "true or false"))
}

fn invalid(key: &str, value: &str, expected: &'static str) -> ConfigError {
    ConfigError::InvalidValue {
        key: key.to_owned(),
        value: value.to_owned(),
        expected,
    }
}
