//! Kernels, from WebAssembly to what they leave in memory.
#![cfg(feature = "gpu")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod accesses;
mod assemble;
mod command;
mod kernels;
mod oracle;
mod pitfalls;
mod pure;
mod refused;
mod storm;
mod threads;

use tensor_wasm_runtime::gpu::device::{Interpreter, OnMachine};
use tensor_wasm_runtime::gpu::{Instance, Options};

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

fn device() -> OnMachine<Interpreter> {
    Interpreter::device(7, 100_000_000)
}

/// A module on the interpreter of PTX.
fn instance(text: &str) -> Instance<OnMachine<Interpreter>> {
    with_fuel(text, FUEL)
}

fn with_fuel(text: &str, fuel: u64) -> Instance<OnMachine<Interpreter>> {
    let options = Options {
        fuel: Some(fuel),
        ..Options::default()
    };
    Instance::new(device(), &wasm(text), options).unwrap()
}
