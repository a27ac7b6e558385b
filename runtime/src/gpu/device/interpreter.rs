//! The interpreter of PTX as a device: the proof where there is no GPU.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::DeviceError;
use super::machine::{Machine, MachineLaunch, OnMachine};
use crate::gpu::interp::{Fault, LARGEST, Launch, Memory, Program, launch};
use crate::gpu::ptx::Compiled;

/// Runs kernels instruction by instruction, in orders drawn from a seed.
#[derive(Debug)]
pub struct Interpreter {
    held: Arc<Held>,
    seed: AtomicU64,
    /// Instructions of a launch, all threads together.
    steps: u64,
}

/// The memory, and what is to be given back to it.
#[derive(Debug, Default)]
struct Held {
    /// Who runs something has it to the end: one launch at a time.
    memory: Mutex<Memory>,
    /// What was given back while somebody else had the memory.
    freed: Mutex<Vec<Freed>>,
}

#[derive(Debug)]
enum Freed {
    Address(u64),
    /// With the variables that it has there.
    Program(Arc<Program>),
}

impl Held {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        self.tidy(&mut memory);
        memory
    }

    fn freed(&self) -> MutexGuard<'_, Vec<Freed>> {
        self.freed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tidy(&self, memory: &mut Memory) {
        for freed in self.freed().drain(..) {
            match freed {
                Freed::Address(address) => {
                    memory.free(address);
                }
                Freed::Program(program) => memory.unload(&program),
            }
        }
    }

    /// Gives something back, without waiting for who has the memory.
    fn free(&self, freed: Freed) {
        self.freed().push(freed);
        // Else whoever has the memory next does it.
        match self.memory.try_lock() {
            Ok(mut memory) => self.tidy(&mut memory),
            Err(TryLockError::Poisoned(memory)) => self.tidy(&mut memory.into_inner()),
            Err(TryLockError::WouldBlock) => {}
        }
    }
}

/// PTX that was parsed. Its variables go when it is dropped.
#[derive(Debug)]
pub struct Parsed {
    program: Arc<Program>,
    held: Arc<Held>,
}

impl Drop for Parsed {
    fn drop(&mut self) {
        self.held.free(Freed::Program(Arc::clone(&self.program)));
    }
}

impl Interpreter {
    /// A device that interprets, whose orders come from this seed, and which ends
    /// a launch after so many instructions.
    pub fn device(seed: u64, steps: u64) -> OnMachine<Interpreter> {
        OnMachine::new(Interpreter::new(seed, steps))
    }

    /// The machine of such a device.
    pub(in crate::gpu) fn new(seed: u64, steps: u64) -> Interpreter {
        Interpreter {
            held: Arc::default(),
            seed: AtomicU64::new(seed),
            steps,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.held.memory()
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

impl Machine for Interpreter {
    type Loaded = Parsed;

    fn name(&self) -> String {
        "interp".to_owned()
    }

    fn architecture(&self) -> String {
        self.name()
    }

    fn load(&self, compiled: &Compiled) -> Result<Parsed, DeviceError> {
        self.load_ptx(&compiled.text)
    }

    fn load_ptx(&self, text: &str) -> Result<Parsed, DeviceError> {
        let program = Program::parse(text).map_err(|error| self.error(error.to_string()))?;
        Ok(Parsed {
            program: Arc::new(program),
            held: Arc::clone(&self.held),
        })
    }

    fn alloc(&self, bytes: u64) -> Result<u64, DeviceError> {
        match self.memory().alloc(bytes) {
            0 => Err(self.error(format!(
                "{bytes} bytes of memory in one piece are more than the {} GiB it gives",
                LARGEST >> 30
            ))),
            address => Ok(address),
        }
    }

    fn free(&self, address: u64) {
        self.held.free(Freed::Address(address));
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), DeviceError> {
        let read = self.memory().read(address, bytes);
        read.map_err(|fault| self.fault(&fault))
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), DeviceError> {
        let written = self.memory().write(address, bytes);
        written.map_err(|fault| self.fault(&fault))
    }

    fn fill(&self, address: u64, length: u64, byte: u8) -> Result<(), DeviceError> {
        let filled = self.memory().fill(address, length, byte);
        filled.map_err(|fault| self.fault(&fault))
    }

    fn copy(&self, to: u64, from: u64, length: u64) -> Result<(), DeviceError> {
        const PIECE: u64 = 1 << 20;
        let mut memory = self.memory();
        let mut piece = vec![0; PIECE as usize];
        for done in (0..length).step_by(PIECE as usize) {
            let bytes = PIECE.min(length - done);
            let part = &mut piece[..usize::try_from(bytes).unwrap_or(0)];
            let copied = memory
                .read(from + done, part)
                .and_then(|()| memory.write(to + done, part));
            copied.map_err(|fault| self.fault(&fault))?;
        }
        Ok(())
    }

    fn launch(
        &self,
        parsed: &Parsed,
        wanted: &MachineLaunch<'_>,
    ) -> Result<Option<u32>, DeviceError> {
        let wanted_here = Launch {
            entry: wanted.symbol,
            grid: wanted.grid.blocks,
            block: wanted.grid.threads,
            shared_bytes: wanted.shared_bytes,
            arguments: wanted.parameters,
            seed: self.seed.fetch_add(1, Ordering::Relaxed) + 1,
            steps: self.steps,
            cancel_word: wanted
                .cancel_parameter
                .and_then(|at| wanted.parameters.get(at).copied()),
            begins_cancelled: false,
        };
        let cancelled = || wanted.cancel.is_cancelled();
        let ran = launch(
            &parsed.program,
            &mut self.memory(),
            &wanted_here,
            &cancelled,
        );
        let ran = ran.map_err(|fault| self.fault(&fault))?;
        // A grid has no more threads than 32 bits count.
        Ok(ran
            .unbegun
            .map(|thread| u32::try_from(thread).unwrap_or(u32::MAX)))
    }
}
