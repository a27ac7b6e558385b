//! Kernels, from WebAssembly to what they leave in memory.
#![cfg(feature = "gpu")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod assemble;
mod kernels;
mod pitfalls;
mod refused;

use tensor_wasm_runtime::gpu::Instance;
use tensor_wasm_runtime::gpu::device::Interpreter;

/// Back edges and calls a thread may make, where a test does not say.
const FUEL: u64 = 1_000_000;

/// A module in the binary format.
fn wasm(text: &str) -> Vec<u8> {
    let buffer = wast::parser::ParseBuffer::new(text).unwrap();
    wast::parser::parse::<wast::Wat<'_>>(&buffer)
        .unwrap()
        .encode()
        .unwrap()
}

/// A module on the interpreter of PTX.
fn instance(text: &str) -> Instance<Interpreter> {
    with_fuel(text, FUEL)
}

fn with_fuel(text: &str, fuel: u64) -> Instance<Interpreter> {
    Instance::new(Interpreter::new(7, 100_000_000), &wasm(text), fuel).unwrap()
}
