//! The CPU as a device: the same kernels under Wasmtime, blocks spread over threads
//! of the operating system that share one memory.

mod arena;
mod block;
mod kit;
mod launch;
mod program;
mod reach;
mod rewrite;
mod source;
mod sunk;
mod sure;
mod way;
mod worker;

use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use wasmparser::WasmFeatures;
use wasmtime::{Config, Engine};

use super::{ArenaSize, Device, DeviceError, Launch, Outcome};
use crate::TrapCode;
use crate::gpu::ir::FEATURES;
use crate::gpu::kernels::Kernels;
pub use arena::CpuArena;
pub use program::CpuProgram;

/// What its errors call it.
const NAME: &str = "cpu";

/// Bytes of stack that calls may take.
const STACK: usize = 512 << 10;

/// Threads of this computer. Copies are the same device.
#[derive(Clone, Debug)]
pub struct Cpu(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    engine: Engine,
    threads: NonZero<usize>,
}

impl Cpu {
    /// A device that uses so many threads; as many as there are cores for this
    /// process if nothing is said.
    ///
    /// # Errors
    ///
    /// Wasmtime has no compiler for this computer.
    pub fn new(threads: Option<NonZero<usize>>) -> Result<Cpu, DeviceError> {
        let mut config = Config::new();
        config
            .wasm_features(WasmFeatures::all(), false)
            .wasm_features(FEATURES, true)
            .shared_memory(true)
            // What is seldom done stands apart, as the code says.
            .wasm_branch_hinting(true)
            // The innermost place is what a trap tells.
            .wasm_backtrace_max_frames(Some(NonZero::<usize>::MIN))
            .max_wasm_stack(STACK)
            .async_stack_size(2 * STACK);
        let engine = Engine::new(&config).map_err(|error| failed(&error))?;
        let here = || thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        Ok(Cpu(Arc::new(Shared {
            threads: threads.unwrap_or_else(here),
            engine,
        })))
    }
}

impl Device for Cpu {
    type Program = CpuProgram;
    type Arena = CpuArena;

    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn architecture(&self) -> String {
        NAME.to_owned()
    }

    fn compile(&self, kernels: &Arc<Kernels>) -> Result<CpuProgram, DeviceError> {
        Ok(CpuProgram::new(&self.0.engine, kernels))
    }

    fn arena(&self, size: ArenaSize) -> Result<CpuArena, DeviceError> {
        CpuArena::new(&self.0.engine, size)
    }

    fn prepare(
        &self,
        program: &CpuProgram,
        arena: &CpuArena,
        launch: &Launch<'_>,
    ) -> Result<(), DeviceError> {
        launch::prepare(program, arena, launch)
    }

    fn launch(
        &self,
        program: &CpuProgram,
        arena: &CpuArena,
        launch: &Launch<'_>,
    ) -> Result<Outcome, DeviceError> {
        let mut outcome = launch::launch(self.0.threads, program, arena, launch)?;
        if let Some(trap) = &mut outcome.trap {
            let code = &program.kernels.module().functions[trap.function as usize].code;
            match trap.code {
                TrapCode::OutOfBoundsMemoryAccess => trap.offset = sunk::access(code, trap.offset),
                // Found before the function's first instruction, and has no place.
                TrapCode::CallStackExhausted => trap.offset = code.first_offset(),
                _ => {}
            }
        }
        Ok(outcome)
    }
}

fn error(message: impl Into<String>) -> DeviceError {
    DeviceError {
        device: NAME.to_owned(),
        message: message.into(),
    }
}

fn failed(failure: &wasmtime::Error) -> DeviceError {
    error(format!("{failure:#}"))
}
