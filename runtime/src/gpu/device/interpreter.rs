//! The interpreter of PTX as a device: the proof where there is no GPU.

use super::{Device, DeviceError, Grid};
use crate::gpu::interp::{Fault, Launch, Memory, Program, launch};
use crate::gpu::ptx::Compiled;

/// The most memory it gives at once: poison is written to all of it.
const MOST_BYTES: u64 = 1 << 30;

/// Runs kernels instruction by instruction, in orders drawn from a seed.
#[derive(Debug)]
pub struct Interpreter {
    memory: Memory,
    seed: u64,
    /// Instructions of a launch, all threads together.
    steps: u64,
}

impl Interpreter {
    /// An interpreter whose orders come from this seed, and which ends a launch
    /// after so many instructions.
    pub fn new(seed: u64, steps: u64) -> Interpreter {
        Interpreter {
            memory: Memory::new(),
            seed,
            steps,
        }
    }

    fn error(&self, message: impl Into<String>) -> DeviceError {
        DeviceError {
            device: self.name(),
            message: message.into(),
        }
    }

    fn fault(&self, fault: &Fault) -> DeviceError {
        self.error(fault.to_string())
    }
}

impl Device for Interpreter {
    type Program = Program;

    fn name(&self) -> String {
        "interp".to_owned()
    }

    fn compile(&mut self, compiled: &Compiled) -> Result<Program, DeviceError> {
        Program::parse(&compiled.text).map_err(|error| self.error(error.to_string()))
    }

    fn alloc(&mut self, bytes: u64) -> Result<u64, DeviceError> {
        if bytes > MOST_BYTES {
            return Err(self.error(format!(
                "{bytes} bytes are more than the {MOST_BYTES} it gives"
            )));
        }
        Ok(self.memory.alloc(bytes))
    }

    fn free(&mut self, address: u64) {
        self.memory.free(address);
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), DeviceError> {
        let read = self.memory.read(address, bytes);
        read.map_err(|fault| self.fault(&fault))
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), DeviceError> {
        let written = self.memory.write(address, bytes);
        written.map_err(|fault| self.fault(&fault))
    }

    fn fill(&mut self, address: u64, length: u64, byte: u8) -> Result<(), DeviceError> {
        let filled = self.memory.fill(address, length, byte);
        filled.map_err(|fault| self.fault(&fault))
    }

    fn launch(
        &mut self,
        program: &Program,
        entry: &str,
        grid: Grid,
        arguments: &[u64],
    ) -> Result<(), DeviceError> {
        self.seed = self.seed.wrapping_add(1);
        let wanted = Launch {
            entry,
            grid: grid.blocks,
            block: grid.threads,
            shared_bytes: 0,
            arguments,
            seed: self.seed,
            steps: self.steps,
        };
        let ran = launch(program, &mut self.memory, &wanted, &|| false);
        ran.map(drop).map_err(|fault| self.fault(&fault))
    }
}
