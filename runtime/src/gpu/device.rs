//! What a device does for kernels, and the devices there are.

mod interpreter;

use super::ptx::Compiled;
pub use interpreter::Interpreter;

/// Something that has memory and runs PTX.
///
/// Addresses are the device's own. What fails leaves the device usable, unless the
/// error says otherwise.
pub trait Device {
    /// A module that is ready to be launched.
    type Program;

    /// What it is, for people.
    fn name(&self) -> String;

    /// Makes PTX ready.
    ///
    /// # Errors
    ///
    /// The device does not take it.
    fn compile(&mut self, compiled: &Compiled) -> Result<Self::Program, DeviceError>;

    /// Takes so many bytes of memory, which hold anything.
    ///
    /// # Errors
    ///
    /// There are not as many.
    fn alloc(&mut self, bytes: u64) -> Result<u64, DeviceError>;

    /// Gives memory back.
    fn free(&mut self, address: u64);

    /// Reads memory.
    ///
    /// # Errors
    ///
    /// It is not all allocated.
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), DeviceError>;

    /// Writes memory.
    ///
    /// # Errors
    ///
    /// It is not all allocated.
    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), DeviceError>;

    /// Sets so many bytes to one value.
    ///
    /// # Errors
    ///
    /// They are not all allocated.
    fn fill(&mut self, address: u64, length: u64, byte: u8) -> Result<(), DeviceError>;

    /// Runs an entry of a program in every thread of a grid, and waits.
    ///
    /// # Errors
    ///
    /// The grid is impossible, or the launch failed as a whole. A thread that
    /// trapped is no error here: the record tells of it.
    fn launch(
        &mut self,
        program: &Self::Program,
        entry: &str,
        grid: Grid,
        arguments: &[u64],
    ) -> Result<(), DeviceError>;
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
