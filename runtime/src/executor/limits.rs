//! Caps on what an instance may take, and errors that say which cap was met
//! and what was asked.
//!
//! Shared memories are outside these caps: Wasmtime does not ask before it
//! grows one.

use std::fmt;

use wasmtime::ResourceLimiter;

/// What one store may take. All of an instance's memories, its garbage
/// collected heap included, count together, and so do all of its tables.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest module, in bytes of its source.
    pub module_bytes: usize,
    /// Bytes of all memories together.
    pub memory_bytes: usize,
    /// Elements of all tables together.
    pub table_elements: usize,
    /// Memories in one store.
    pub memories: usize,
    /// Tables in one store.
    pub tables: usize,
    /// Core instances in one store: a component has several.
    pub core_instances: usize,
}

impl Default for Limits {
    /// Modules up to 64 MiB, memory up to 256 MiB, a million table elements.
    fn default() -> Limits {
        Limits {
            module_bytes: 64 << 20,
            memory_bytes: 256 << 20,
            table_elements: 1_000_000,
            memories: 100,
            tables: 100,
            core_instances: 1_000,
        }
    }
}

/// Where a cap on instances holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All instances of an executor.
    Engine,
    /// The instances of one tenant.
    Tenant(u64),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Engine => f.write_str("this executor"),
            Scope::Tenant(tenant) => write!(f, "tenant {tenant}"),
        }
    }
}

/// A cap was met: which, how much it allows, and how much was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// The module's source is too long.
    #[error("module of {asked} bytes exceeds the limit of {limit} bytes; raise `module_bytes`")]
    ModuleTooLarge {
        /// Bytes allowed.
        limit: usize,
        /// Bytes of the module.
        asked: usize,
    },
    /// The memories would be too large together.
    #[error("memory of {asked} bytes exceeds the limit of {limit} bytes; raise `memory_bytes`")]
    Memory {
        /// Bytes allowed.
        limit: usize,
        /// Bytes all memories would have had.
        asked: usize,
    },
    /// The tables would be too large together.
    #[error(
        "tables of {asked} elements exceed the limit of {limit} elements; raise `table_elements`"
    )]
    Table {
        /// Elements allowed.
        limit: usize,
        /// Elements all tables would have had.
        asked: usize,
    },
    /// Too many memories, tables or core instances in one store.
    #[error("{asked} {what} exceed the limit of {limit} in one store; raise `{setting}`")]
    Count {
        /// What is counted, in the plural.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
        /// How many there would have been.
        asked: usize,
        /// The field of [`Limits`].
        setting: &'static str,
    },
    /// Too many instances alive at once.
    #[error(
        "instance {asked} exceeds the limit of {limit} instances of {scope}; \
         terminate some, or raise `{}`", .scope.setting()
    )]
    Instances {
        /// Whose limit.
        scope: Scope,
        /// How many may be alive.
        limit: usize,
        /// How many there would have been.
        asked: usize,
    },
}

impl Scope {
    fn setting(self) -> &'static str {
        match self {
            Scope::Engine => "instances",
            Scope::Tenant(_) => "tenant_instances",
        }
    }
}

/// Holds a store to its [`Limits`] and remembers what it refused.
///
/// Put one into the store's data and hand it to Wasmtime with
/// `store.limiter(|data| &mut data.limiter)`. A guest that grows a memory or a
/// table too far gets −1, as WebAssembly wants it, and
/// [`refused`](Limiter::refused) tells the host why. An instantiation fails
/// instead; [`explain`](Limiter::explain) gives its reason.
#[derive(Clone, Debug)]
pub struct Limiter {
    limits: Limits,
    memory_bytes: usize,
    table_elements: usize,
    /// Bytes the last permission added, in case it comes to nothing.
    granted: usize,
    refused: Option<LimitError>,
}

impl Limiter {
    /// A limiter for one store.
    pub fn new(limits: Limits) -> Limiter {
        Limiter {
            limits,
            memory_bytes: 0,
            table_elements: 0,
            granted: 0,
            refused: None,
        }
    }

    /// Bytes all memories of the store have.
    pub fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// Elements all tables of the store have.
    pub fn table_elements(&self) -> usize {
        self.table_elements
    }

    /// The last refusal since [`forget`](Limiter::forget).
    pub fn refused(&self) -> Option<&LimitError> {
        self.refused.as_ref()
    }

    /// Forgets the last refusal, so that the next one can be told from it.
    #[inline]
    pub fn forget(&mut self) {
        self.refused = None;
    }

    /// The limit that made an instantiation fail, where that is why it failed.
    pub fn explain(&self, error: &wasmtime::Error) -> Option<LimitError> {
        // Wasmtime 47 gives these errors no type. Its text is pinned by a test.
        let text = error.root_cause().to_string();
        if text.contains("exceeds memory limits") || text.contains("exceeds table limits") {
            return self.refused.clone();
        }
        let rest = text.strip_prefix("resource limit exceeded: ")?;
        let (what, asked) = rest.split_once(" count too high at ")?;
        let (what, limit, setting) = match what {
            "instance" => (
                "core instances",
                self.limits.core_instances,
                "core_instances",
            ),
            "memory" => ("memories", self.limits.memories, "memories"),
            "table" => ("tables", self.limits.tables, "tables"),
            _ => return None,
        };
        Some(LimitError::Count {
            what,
            limit,
            asked: asked.trim().parse().unwrap_or(usize::MAX),
            setting,
        })
    }
}

/// What becomes of a wish to grow one memory or table of several.
enum Growth {
    /// Its own type refuses, not a limit.
    NotOfItsType,
    /// All together would be too much.
    Refused { asked: usize },
    /// All together have this much now.
    Granted { total: usize },
}

fn growth(
    current: usize,
    desired: usize,
    maximum: Option<usize>,
    together: usize,
    limit: usize,
) -> Growth {
    if maximum.is_some_and(|maximum| desired > maximum) {
        return Growth::NotOfItsType;
    }
    let total = together.saturating_add(desired.saturating_sub(current));
    if total > limit {
        return Growth::Refused { asked: total };
    }
    Growth::Granted { total }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let limit = self.limits.memory_bytes;
        match growth(current, desired, maximum, self.memory_bytes, limit) {
            Growth::NotOfItsType => return Ok(false),
            Growth::Refused { asked } => {
                self.refused = Some(LimitError::Memory { limit, asked });
                return Ok(false);
            }
            Growth::Granted { total } => {
                self.granted = total - self.memory_bytes;
                self.memory_bytes = total;
            }
        }
        Ok(true)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        // This one comes without a question before it: nothing was granted.
        if error.to_string() != "memory growth exceeds memory type's limits" {
            let granted = std::mem::take(&mut self.granted);
            self.memory_bytes = self.memory_bytes.saturating_sub(granted);
        }
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let limit = self.limits.table_elements;
        match growth(current, desired, maximum, self.table_elements, limit) {
            Growth::NotOfItsType => return Ok(false),
            Growth::Refused { asked } => {
                self.refused = Some(LimitError::Table { limit, asked });
                return Ok(false);
            }
            Growth::Granted { total } => self.table_elements = total,
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.limits.core_instances
    }

    fn tables(&self) -> usize {
        self.limits.tables
    }

    fn memories(&self) -> usize {
        self.limits.memories
    }
}
