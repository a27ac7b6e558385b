//! Compiling for a processor that is fixed, to see how large the code is: on
//! every machine of an architecture the same bytes come out.

use object::{Object as _, ObjectSymbol as _, SymbolKind};

use super::{EngineConfig, wasmtime_config};
use crate::{ConfigError, Error};

/// The processor: its triple, and what of it Cranelift may use. For x86-64 the
/// level `x86-64-v3`.
#[cfg(target_arch = "x86_64")]
const TARGET: (&str, &[&str]) = (
    "x86_64-unknown-linux-gnu",
    &[
        "has_cmpxchg16b",
        "has_sse3",
        "has_ssse3",
        "has_sse41",
        "has_sse42",
        "has_popcnt",
        "has_avx",
        "has_avx2",
        "has_bmi1",
        "has_bmi2",
        "has_fma",
        "has_lzcnt",
    ],
);
/// Cranelift compiles for its host's architecture only: the plainest one.
#[cfg(not(target_arch = "x86_64"))]
const TARGET: (&str, &[&str]) = (
    #[cfg(target_arch = "aarch64")]
    "aarch64-unknown-linux-gnu",
    #[cfg(target_arch = "riscv64")]
    "riscv64gc-unknown-linux-gnu",
    #[cfg(target_arch = "s390x")]
    "s390x-unknown-linux-gnu",
    #[cfg(not(any(
        target_arch = "aarch64",
        target_arch = "riscv64",
        target_arch = "s390x"
    )))]
    "pulley64",
    &[],
);

/// How large a module becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeSize {
    /// Bytes of machine code: of the functions and of the trampolines around
    /// them, without the padding in between.
    pub code: u64,
    /// Bytes of the whole serialized module.
    pub serialized: u64,
}

impl EngineConfig {
    /// Compiles a module with this configuration for a fixed processor of the
    /// host's architecture, and says how large it becomes. What the host's own
    /// processor can do has no influence.
    ///
    /// # Errors
    ///
    /// [`Error::Config`], and [`Error::Compile`] when the module is refused.
    pub fn code_size(&self, wasm: &[u8]) -> Result<CodeSize, Error> {
        let refused = |error: wasmtime::Error| ConfigError::Refused(format!("{error:#}"));
        let mut config = wasmtime_config(self);
        let (triple, features) = TARGET;
        config.target(triple).map_err(refused)?;
        for feature in features {
            enable(&mut config, feature);
        }
        let engine = wasmtime::Engine::new(&config).map_err(refused)?;
        let module = engine
            .precompile_module(wasm)
            .map_err(|error| Error::Compile(format!("{error:#}")))?;
        let code = text_size(&module)
            .ok_or_else(|| Error::Other("the compiled module names no function".to_owned()))?;
        Ok(CodeSize {
            code,
            serialized: module.len() as u64,
        })
    }
}

/// Lets Cranelift use a feature of the processor.
#[expect(unsafe_code, reason = "Wasmtime trusts the flag")]
fn enable(config: &mut wasmtime::Config, feature: &str) {
    // SAFETY: a wrong flag is a hazard to whoever runs the code. The engine of
    // this configuration lives in `code_size`, which measures what it compiled
    // and runs none of it.
    unsafe { config.cranelift_flag_enable(feature) };
}

/// The sizes of all functions. The section's own is a multiple of a page.
fn text_size(elf: &[u8]) -> Option<u64> {
    let file = object::File::parse(elf).ok()?;
    let functions = file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text);
    let sizes: Vec<u64> = functions.map(|function| function.size()).collect();
    (!sizes.is_empty()).then(|| sizes.iter().sum())
}
