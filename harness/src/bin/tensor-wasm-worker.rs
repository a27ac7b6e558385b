//! Serves one of the engines that were compiled in to the harness.

use std::process::ExitCode;

use tensor_wasm_harness::{engines, worker};

fn main() -> ExitCode {
    worker::main(engines::AVAILABLE)
}
