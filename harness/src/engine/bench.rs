//! What a runtime implements to be measured: [`BenchEngine`], [`BenchModule`]
//! and [`Repeat`].
//!
//! An engine does the one thing it is asked for. Warm-up, batches, clocks, the
//! comparison of outputs and deadlines are the harness's.

use std::path::PathBuf;
use std::sync::Arc;

use crate::model::Failure;
use crate::model::bench::ExactKind;

mod markers;

pub(crate) use markers::cpu_ns;
pub use markers::{Marked, Markers};

/// The most a program may write to either of its streams, in bytes.
pub const LONGEST_OUTPUT: usize = 16 << 20;

/// An engine as it is measured, in the configuration its [`Engine`] was made
/// with.
///
/// [`Engine`]: super::Engine
pub trait BenchEngine {
    /// Decodes, validates and compiles a module in the binary format, and drops
    /// what came of it: what the phase `compile` times.
    ///
    /// # Errors
    ///
    /// `Refused` when the module is not accepted.
    fn compile(&self, wasm: &[u8]) -> Result<(), Failure>;

    /// Compiles a module for everything else that is done with it. Not timed.
    ///
    /// # Errors
    ///
    /// As [`compile`](BenchEngine::compile).
    fn load(&self, wasm: &[u8]) -> Result<Box<dyn BenchModule + '_>, Failure>;

    /// Whether compiling works on several threads; the CPU time of the whole
    /// process is then measured.
    fn compiles_in_parallel(&self) -> bool {
        false
    }

    /// What can be counted of a module without the harness: fuel between the
    /// markers of one execution in `surroundings`, sizes of code. Each count
    /// must be the same in every process and on every machine of an
    /// architecture.
    ///
    /// # Errors
    ///
    /// `Unsupported` by default.
    fn count(
        &self,
        wasm: &[u8],
        surroundings: Option<&Surroundings>,
    ) -> Result<Vec<(ExactKind, u64)>, Failure> {
        let _ = (wasm, surroundings);
        Err(Failure::unsupported("counting"))
    }

    /// What it can do without a program of the corpus, by name, as `trap`.
    fn operations(&self) -> &'static [&'static str] {
        &[]
    }

    /// One of [`operations`](BenchEngine::operations), ready to be repeated.
    /// Its result has been looked at once.
    ///
    /// # Errors
    ///
    /// `Unsupported` when there is none of this name.
    fn operation(&self, name: &str) -> Result<Box<dyn Repeat + '_>, Failure> {
        Err(Failure::unsupported(format!("the operation `{name}`")))
    }
}

/// A compiled module. A phase that an engine does not have stays
/// `Unsupported`.
pub trait BenchModule {
    /// Makes an instance and drops it; imports are there, and need not work.
    ///
    /// # Errors
    ///
    /// `Unsupported` when there is no such allocator; `Unlinkable`.
    fn instantiate(&self, allocation: Allocation) -> Result<Box<dyn Repeat + '_>, Failure>;

    /// Executes `_start` of a fresh instance with WASI preview 1 and the
    /// functions `start` and `end` of the module `bench`, which call
    /// [`Markers::start`] and [`Markers::end`] and nothing else.
    ///
    /// # Errors
    ///
    /// `Unlinkable` when an import is not there; `Unsupported` by default.
    fn program(
        &self,
        surroundings: &Surroundings,
        markers: Arc<Markers>,
    ) -> Result<Box<dyn Program + '_>, Failure> {
        let _ = (surroundings, markers);
        Err(Failure::unsupported("executing programs"))
    }

    /// Turns the module into bytes.
    ///
    /// # Errors
    ///
    /// `Unsupported` by default.
    fn serialize(&self) -> Result<Box<dyn Repeat + '_>, Failure> {
        Err(Failure::unsupported("serializing modules"))
    }

    /// Turns such bytes into a module again, and drops it.
    ///
    /// # Errors
    ///
    /// `Unsupported` by default.
    fn deserialize(&self) -> Result<Box<dyn Repeat + '_>, Failure> {
        Err(Failure::unsupported("deserializing modules"))
    }
}

/// Where an instance gets its memory from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// It is mapped when the instance is made.
    OnDemand,
    /// From the slots of a pool.
    Pooled,
}

/// What a program finds around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The folder it is given as `.`.
    pub folder: PathBuf,
    /// Its environment variables.
    pub environment: Vec<(String, String)>,
}

/// Something that can be done again and again.
pub trait Repeat {
    /// Gets ready for doing it `count` times. Not timed.
    ///
    /// # Errors
    ///
    /// What the engine says.
    fn prepare(&mut self, count: u64) -> Result<(), Failure> {
        let _ = count;
        Ok(())
    }

    /// Does it `count` times, as often as was prepared for. Timed.
    ///
    /// # Errors
    ///
    /// What the engine says.
    fn run(&mut self, count: u64) -> Result<(), Failure>;

    /// The most that can be prepared at once.
    fn most(&self) -> u64 {
        u64::MAX
    }

    /// Whether other threads than the caller's do some of the work; the CPU time of
    /// the whole process is then measured.
    fn works_elsewhere(&self) -> bool {
        false
    }
}

/// What needs no preparation.
impl<F: FnMut() -> Result<(), Failure>> Repeat for F {
    fn run(&mut self, count: u64) -> Result<(), Failure> {
        (0..count).try_for_each(|_| self())
    }
}

/// A program that can be executed again and again.
pub trait Program {
    /// Executes it once, from instantiating to its end.
    ///
    /// # Errors
    ///
    /// `Trap`, `Exception`, or what else ended it.
    fn execute(&mut self) -> Result<Ended, Failure>;
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}
