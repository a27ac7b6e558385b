//! What a device does for kernels, and the devices there are.

mod any;
mod cancel;
#[cfg(feature = "executor")]
mod cpu;
mod cuda;
mod interpreter;
mod machine;

use std::sync::Arc;

use super::kernels::Kernels;
use crate::TrapCode;
pub use any::{AnyArena, AnyDevice, AnyProgram};
pub use cancel::Cancel;
#[cfg(feature = "executor")]
pub use cpu::{Cpu, CpuArena, CpuProgram};
pub use cuda::{Cuda, Loaded as CudaProgram};
pub use interpreter::Interpreter;
pub use machine::{Machine, MachineLaunch, OnMachine};

/// Bytes of a page of WebAssembly.
pub const PAGE: u64 = 64 << 10;

/// Something that runs kernels over an arena: a block of its memory that they see
/// as their 32-bit linear memory.
///
/// What fails leaves the device usable, unless the error says otherwise.
pub trait Device: Send + Sync + 'static {
    /// Kernels that are ready to be launched.
    type Program: Send + Sync + 'static;
    /// Memory of this device.
    type Arena: Arena + 'static;

    /// What it is, for people.
    fn name(&self) -> String;

    /// What kernels for it are compiled for, by which a [`Cache`](super::Cache) tells
    /// them apart: the architecture of a GPU, as `sm_90`, or `cpu` for a device that
    /// runs the module itself.
    fn architecture(&self) -> String;

    /// Makes kernels ready.
    ///
    /// # Errors
    ///
    /// The device does not take them.
    fn compile(&self, kernels: &Arc<Kernels>) -> Result<Self::Program, DeviceError>;

    /// Makes PTX ready that somebody else wrote. Nothing of what WebAssembly
    /// promises holds for it: it reads and writes all of the device's memory, of
    /// every arena, and may end the device for everybody.
    ///
    /// # Errors
    ///
    /// The device runs no PTX, or does not take this.
    fn compile_ptx(&self, _text: &str) -> Result<Self::Program, DeviceError> {
        Err(DeviceError {
            device: self.name(),
            message: "this device runs no PTX".to_owned(),
        })
    }

    /// Takes memory, all of it zero. It goes back when it is dropped.
    ///
    /// # Errors
    ///
    /// There is not as much.
    fn arena(&self, size: ArenaSize) -> Result<Self::Arena, DeviceError>;

    /// Does what the first launch like this one would do before its first thread:
    /// compiling, where that is left until it is needed. Runs nothing.
    ///
    /// # Errors
    ///
    /// What [`Device::launch`] would say before it begins.
    fn prepare(
        &self,
        _program: &Self::Program,
        _arena: &Self::Arena,
        _launch: &Launch<'_>,
    ) -> Result<(), DeviceError> {
        Ok(())
    }

    /// Runs a function in every thread of a grid, and waits until all have ended.
    ///
    /// # Errors
    ///
    /// The grid is more than the device has, or the launch failed as a whole. A
    /// thread that trapped is no error here: the outcome tells of it.
    fn launch(
        &self,
        program: &Self::Program,
        arena: &Self::Arena,
        launch: &Launch<'_>,
    ) -> Result<Outcome, DeviceError>;

    /// Runs an entry of somebody else's PTX, and waits.
    ///
    /// # Errors
    ///
    /// As [`Device::launch`]; the program is one of kernels; the entry takes other
    /// arguments, or of other sizes; a pointer is not within the arena.
    fn launch_ptx(
        &self,
        _program: &Self::Program,
        _arena: &Self::Arena,
        _launch: &PtxLaunch<'_>,
    ) -> Result<(), DeviceError> {
        Err(DeviceError {
            device: self.name(),
            message: "this device runs no PTX".to_owned(),
        })
    }
}

/// What is launched of somebody else's PTX.
#[derive(Clone, Copy, Debug)]
pub struct PtxLaunch<'a> {
    /// The name of the `.entry`.
    pub entry: &'a str,
    /// How many threads, and how they lie.
    pub grid: Grid,
    /// Bytes of dynamic shared memory of each block.
    pub shared_bytes: u32,
    /// Its parameters.
    pub arguments: &'a [PtxArgument],
    /// Ends the launch before its end, where the device can.
    pub cancel: &'a Cancel,
}

/// A parameter of somebody else's PTX. A pointer has 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PtxArgument {
    /// The bits of a number of 4 bytes.
    Word(u32),
    /// The bits of a number of 8 bytes.
    Long(u64),
    /// So many bytes of the arena, as the address of the first.
    Pointer {
        /// Where they begin, from the arena's beginning.
        offset: u64,
        /// How many they are.
        length: u64,
    },
}

/// Memory of a device that kernels see as their linear memory. It begins at a
/// multiple of every access's width.
pub trait Arena: Send + Sync {
    /// Bytes that are in bounds now: a number of pages.
    fn bytes(&self) -> u64;

    /// Grows it by so many pages of zeros, between launches; gives the pages
    /// before, or none if it cannot.
    fn grow(&self, pages: u64) -> Option<u64>;

    /// Reads from an offset.
    ///
    /// # Errors
    ///
    /// It is not all in bounds, or the device fails.
    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<(), DeviceError>;

    /// Writes to an offset.
    ///
    /// # Errors
    ///
    /// It is not all in bounds, or the device fails.
    fn write(&self, at: u64, bytes: &[u8]) -> Result<(), DeviceError>;

    /// Sets so many bytes to one value.
    ///
    /// # Errors
    ///
    /// They are not all in bounds, or the device fails.
    fn fill(&self, at: u64, length: u64, byte: u8) -> Result<(), DeviceError>;
}

/// How large an arena is, in pages of 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArenaSize {
    /// In the beginning.
    pub initial: u64,
    /// The most that kernels may grow it to while they run.
    pub room: u64,
    /// The most it may ever have.
    pub maximum: u64,
}

/// What is launched.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The function's index in the module. It is exported.
    pub function: u32,
    /// How many threads, and how they lie.
    pub grid: Grid,
    /// The bits of the arguments.
    pub arguments: Arguments<'a>,
    /// The bits that each thread's globals begin with, one for each of
    /// [`Module::globals`](super::ir::Module::globals).
    pub globals: &'a [u64],
    /// How many heads of loops and functions each thread may enter, as
    /// `docs/gpu.md` counts them; none if as many as it likes.
    pub fuel: Option<u64>,
    /// Where shadow stacks lie, for modules that have a pointer to one.
    pub stacks: Option<Stacks>,
    /// Ends the launch before its end.
    pub cancel: &'a Cancel,
}

/// The arguments of all threads.
#[derive(Clone, Copy, Debug)]
pub enum Arguments<'a> {
    /// All threads get these.
    Same(&'a [u64]),
    /// One thread's after the other's.
    Each(&'a [u64]),
}

/// Slices of the arena, one for each thread's shadow stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stacks {
    /// The offset of thread 0's slice.
    pub base: u32,
    /// Bytes of a slice, a multiple of 16. A stack grows down from its end.
    pub bytes: u32,
}

/// What came of a launch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The bits of the results, one thread's after the other's. Those of threads
    /// that trapped are zero.
    pub results: Vec<u64>,
    /// The globals of thread 0 at its end.
    pub globals: Vec<u64>,
    /// The trap of the thread with the smallest number of those that trapped.
    pub trap: Option<Trap>,
}

/// A trap, as a launch reports it: that of the thread with the smallest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} in function {function}, at offset {offset:#x}, thread {thread}")]
pub struct Trap {
    /// Why.
    pub code: TrapCode,
    /// The function's index in the module.
    pub function: u32,
    /// Bytes from the beginning of the module.
    pub offset: u32,
    /// The thread's number in the grid: x fastest, blocks one after the other.
    pub thread: u32,
}

/// How many threads run, and how they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Blocks along x, y and z.
    pub blocks: [u32; 3],
    /// Threads of a block along x, y and z.
    pub threads: [u32; 3],
}

impl Grid {
    /// One thread.
    pub const ONE: Grid = Grid {
        blocks: [1; 3],
        threads: [1; 3],
    };

    /// All threads; none if they are more than a trap record can number.
    pub fn count(self) -> Option<u32> {
        let mut dimensions = self.blocks.iter().chain(&self.threads);
        dimensions.try_fold(1_u32, |count, dimension| count.checked_mul(*dimension))
    }

    /// Whether all threads lie along x.
    pub fn is_line(self) -> bool {
        let sides = [self.blocks, self.threads];
        sides.iter().all(|[_, y, z]| *y == 1 && *z == 1)
    }

    /// What is wrong with it on every device: no threads at all, more than a
    /// GPU's limits.
    ///
    /// # Errors
    ///
    /// A sentence about the first limit that it breaks.
    pub fn check(self) -> Result<(), String> {
        if self.blocks.contains(&0) || self.threads.contains(&0) {
            return Err("it has no threads".to_owned());
        }
        // The limits of all architectures since sm_30: CUDA C++ Programming Guide,
        // "Compute Capabilities".
        if self.threads[2] > 64 || self.threads.iter().any(|threads| *threads > 1024) {
            return Err("a block has at most 1024 threads along x and y, 64 along z".to_owned());
        }
        let block: u64 = self
            .threads
            .iter()
            .map(|threads| u64::from(*threads))
            .product();
        if block > 1024 {
            return Err(format!("a block has at most 1024 threads, not {block}"));
        }
        if self.blocks[0] > 0x7fff_ffff || self.blocks[1] > 65_535 || self.blocks[2] > 65_535 {
            return Err(
                "a grid has at most 2147483647 blocks along x, 65535 along y and z".to_owned(),
            );
        }
        match self.count() {
            Some(_) => Ok(()),
            None => Err("it has more than 4294967295 threads".to_owned()),
        }
    }
}

/// Why a device did not do what it was to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{device}: {message}")]
pub struct DeviceError {
    /// The device's name.
    pub device: String,
    /// What went wrong.
    pub message: String,
}
