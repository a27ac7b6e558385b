//! The engines this repository tests, each behind a cargo feature. Nothing
//! outside this folder sees an engine's crate.

#[cfg(feature = "gpu")]
mod gpu;
#[cfg(feature = "tensor-wasm")]
mod tensor_wasm;
#[cfg(feature = "wasmi")]
mod wasmi;

use crate::worker::EngineFactory;

/// The engines that were compiled in, by name.
pub const AVAILABLE: &[(&str, EngineFactory)] = &[
    #[cfg(feature = "tensor-wasm")]
    ("tensor-wasm", tensor_wasm::make),
    #[cfg(feature = "gpu")]
    ("tensor-wasm-gpu", gpu::make),
    #[cfg(feature = "wasmi")]
    ("wasmi", wasmi::make),
];
