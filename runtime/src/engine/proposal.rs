//! WebAssembly proposals by name, and the feature flags each one switches.

use std::fmt;
use std::str::FromStr;

use wasmparser::WasmFeatures;

use super::ConfigError;

macro_rules! proposals {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $flags:expr,)*) => {
        /// A WebAssembly proposal beyond the 2017 minimum viable product.
        ///
        /// The names are those of the proposals' repositories.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Proposal {
            $($(#[$doc])* $variant,)*
        }

        impl Proposal {
            /// Every proposal this crate has a name for, whether or not an
            /// engine implements it.
            pub const ALL: &[Proposal] = &[$(Proposal::$variant,)*];

            /// The proposal's name, as `tail-call`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Proposal::$variant => $name,)*
                }
            }

            pub(super) fn flags(self) -> WasmFeatures {
                match self {
                    $(Proposal::$variant => $flags,)*
                }
            }
        }
    };
}

proposals! {
    /// Import and export of mutable globals.
    MutableGlobal = "mutable-global" => WasmFeatures::MUTABLE_GLOBAL,
    /// Conversions that saturate instead of trapping.
    NontrappingFloatToInt = "nontrapping-float-to-int-conversions" => WasmFeatures::SATURATING_FLOAT_TO_INT,
    /// Sign-extension operators.
    SignExtension = "sign-extension-ops" => WasmFeatures::SIGN_EXTENSION,
    /// Several results, block parameters.
    MultiValue = "multi-value" => WasmFeatures::MULTI_VALUE,
    /// `memory.copy`, `table.init` and their kind.
    BulkMemory = "bulk-memory" => WasmFeatures::BULK_MEMORY.union(WasmFeatures::BULK_MEMORY_OPT),
    /// `externref`, several tables.
    ReferenceTypes = "reference-types" => WasmFeatures::REFERENCE_TYPES.union(WasmFeatures::CALL_INDIRECT_OVERLONG).union(WasmFeatures::GC_TYPES),
    /// 128-bit vectors.
    Simd = "simd" => WasmFeatures::SIMD,
    /// Vector operations whose result depends on the host.
    RelaxedSimd = "relaxed-simd" => WasmFeatures::RELAXED_SIMD,
    /// `return_call`.
    TailCall = "tail-call" => WasmFeatures::TAIL_CALL,
    /// Arithmetic in constant expressions.
    ExtendedConst = "extended-const" => WasmFeatures::EXTENDED_CONST,
    /// Typed function references.
    FunctionReferences = "function-references" => WasmFeatures::FUNCTION_REFERENCES,
    /// Structs, arrays and `i31ref`.
    Gc = "gc" => WasmFeatures::GC,
    /// `try_table` and `throw`.
    Exceptions = "exceptions" => WasmFeatures::EXCEPTIONS.union(WasmFeatures::GC_TYPES),
    /// `try`, `catch` and `delegate` of the retired design.
    LegacyExceptions = "legacy-exceptions" => WasmFeatures::LEGACY_EXCEPTIONS,
    /// More than one memory.
    MultiMemory = "multi-memory" => WasmFeatures::MULTI_MEMORY,
    /// 64-bit memories and tables.
    Memory64 = "memory64" => WasmFeatures::MEMORY64,
    /// Shared memories and atomics.
    Threads = "threads" => WasmFeatures::THREADS,
    /// 128-bit addition and multiplication.
    WideArithmetic = "wide-arithmetic" => WasmFeatures::WIDE_ARITHMETIC,
    /// Memories with pages of one byte.
    CustomPageSizes = "custom-page-sizes" => WasmFeatures::CUSTOM_PAGE_SIZES,
    /// Continuations.
    StackSwitching = "stack-switching" => WasmFeatures::STACK_SWITCHING,
    /// Descriptors and exact types.
    CustomDescriptors = "custom-descriptors" => WasmFeatures::CUSTOM_DESCRIPTORS,
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Proposal {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Proposal, ConfigError> {
        Proposal::ALL
            .iter()
            .copied()
            .find(|proposal| proposal.name() == name)
            .ok_or_else(|| ConfigError::UnknownProposal(name.to_owned()))
    }
}

impl Proposal {
    /// The proposal that must be on for this one to be accepted at all.
    pub(super) fn extends(self) -> Option<Proposal> {
        (self == Proposal::RelaxedSimd).then_some(Proposal::Simd)
    }

    /// What WebAssembly 3.0 consists of beyond the minimum viable product.
    pub const WASM3: &[Proposal] = &[
        Proposal::MutableGlobal,
        Proposal::NontrappingFloatToInt,
        Proposal::SignExtension,
        Proposal::MultiValue,
        Proposal::BulkMemory,
        Proposal::ReferenceTypes,
        Proposal::Simd,
        Proposal::RelaxedSimd,
        Proposal::TailCall,
        Proposal::ExtendedConst,
        Proposal::FunctionReferences,
        Proposal::Gc,
        Proposal::Exceptions,
        Proposal::MultiMemory,
        Proposal::Memory64,
    ];
}
