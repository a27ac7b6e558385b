//! What an engine may or may not be able to do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! capabilities {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A proposal of the WebAssembly specification, or a facility of an
        /// engine's embedding interface. A case that requires one the engine
        /// lacks is not run, with that reason.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Capability {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Capability {
            /// Every capability.
            pub const ALL: &[Capability] = &[$(Capability::$variant,)*];

            /// The name, as suite files and reports have it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Capability::$variant => $name,)*
                }
            }
        }
    };
}

capabilities! {
    /// Import and export of mutable globals.
    MutableGlobal = "mutable-global",
    /// Conversions that saturate instead of trapping.
    NontrappingFloatToInt = "nontrapping-float-to-int-conversions",
    /// Sign-extension operators.
    SignExtension = "sign-extension-ops",
    /// Several results, block parameters.
    MultiValue = "multi-value",
    /// `memory.copy`, `table.init` and their kind.
    BulkMemory = "bulk-memory",
    /// `externref`, several tables.
    ReferenceTypes = "reference-types",
    /// 128-bit vectors.
    Simd = "simd",
    /// Vector operations whose result depends on the host.
    RelaxedSimd = "relaxed-simd",
    /// `return_call`.
    TailCall = "tail-call",
    /// Arithmetic in constant expressions.
    ExtendedConst = "extended-const",
    /// Typed function references.
    FunctionReferences = "function-references",
    /// Structs, arrays and `i31ref`.
    Gc = "gc",
    /// `try_table` and `throw`.
    Exceptions = "exceptions",
    /// `try`, `catch` and `delegate` of the retired design.
    LegacyExceptions = "legacy-exceptions",
    /// More than one memory.
    MultiMemory = "multi-memory",
    /// 64-bit memories and tables.
    Memory64 = "memory64",
    /// Shared memories and atomics.
    Threads = "threads",
    /// 128-bit addition and multiplication.
    WideArithmetic = "wide-arithmetic",
    /// Memories with pages of one byte.
    CustomPageSizes = "custom-page-sizes",
    /// Continuations.
    StackSwitching = "stack-switching",
    /// Descriptors and exact types.
    CustomDescriptors = "custom-descriptors",
    /// Counting and limiting the guest's work.
    Fuel = "fuel",
    /// Interrupting the guest when its time is up.
    Deadline = "deadline",
    /// A cap on the size of a memory.
    MemoryLimit = "memory-limit",
    /// A cap on the size of a table.
    TableLimit = "table-limit",
    /// A cap on the guest's stack.
    StackLimit = "stack-limit",
    /// Reading the guest's memory from outside.
    ReadMemory = "read-memory",
    /// Functions run once for each thread of a grid, on a device.
    Kernels = "kernels",
    /// Loading modules in a worker: what scripts and fixtures need.
    Embedding = "embedding",
    /// Programs of WASI preview 1.
    WasiPreview1 = "wasi-preview1",
    /// Components of WASI 0.2.
    WasiPreview2 = "wasi-preview2",
    /// Components of WASI 0.3.
    WasiPreview3 = "wasi-preview3",
    /// Programs that run from their start to their end.
    WasiCommand = "wasi-command",
    /// Programs that answer HTTP requests.
    WasiService = "wasi-service",
    /// HTTP for programs.
    WasiHttp = "wasi-http",
    /// The network for programs.
    WasiSockets = "wasi-sockets",
    /// A device for the kernels of programs.
    WasiGpu = "wasi-gpu",
}

impl Capability {
    /// Whether this is a proposal, which is switched on for the cases that
    /// require it and off for all others.
    pub fn is_proposal(self) -> bool {
        self < Capability::Fuel
    }

    /// Every proposal.
    pub fn proposals() -> impl Iterator<Item = Capability> {
        Capability::ALL
            .iter()
            .copied()
            .filter(|capability| capability.is_proposal())
    }
}

/// No capability has this name.
#[derive(Debug, thiserror::Error)]
#[error("unknown capability `{0}`")]
pub struct UnknownCapability(pub String);

impl FromStr for Capability {
    type Err = UnknownCapability;

    fn from_str(name: &str) -> Result<Capability, UnknownCapability> {
        Capability::ALL
            .iter()
            .copied()
            .find(|capability| capability.name() == name)
            .ok_or_else(|| UnknownCapability(name.to_owned()))
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
