//! Why a guest did not get what it asked a device for.

use super::QuotaError;
use crate::gpu::device::DeviceError;
use crate::gpu::ir::Type;
use crate::gpu::offload::{NotAMap, OffloadError};
use crate::gpu::{KernelError, Refused};

/// An error of a call to the device. None of them stops the guest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// The embedder granted no device.
    #[error("no device was granted to this guest")]
    NotGranted,
    /// A number that stands for nothing.
    #[error("there is no {what} {number}")]
    NoSuch {
        /// What it was to be.
        what: &'static str,
        /// The number.
        number: u32,
    },
    /// A cap on how many there may be.
    #[error("no more than {limit} {what}; drop some, or raise `{setting}`")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there may be.
        limit: usize,
        /// The field of [`GpuConfig`](super::GpuConfig).
        setting: &'static str,
    },
    /// A module or a text is too long.
    #[error("{asked} bytes exceed the limit of {limit} bytes; raise `module_bytes`")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
        /// Bytes given.
        asked: usize,
    },
    /// More bytes than one call reads.
    #[error("{asked} bytes are more than one call reads: read {limit} at a time")]
    ReadTooLarge {
        /// Bytes that a call reads.
        limit: u64,
        /// Bytes asked for.
        asked: u64,
    },
    /// A quota of bytes.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// The arena may not be as large, or the device has no more memory.
    #[error("there is no room in the arena for {asked} bytes more")]
    Full {
        /// Bytes asked for.
        asked: u64,
    },
    /// Not all of it is within the arena.
    #[error("{length} bytes at {at:#x} are not within the arena's {bytes}")]
    OutOfBounds {
        /// Where it begins.
        at: u64,
        /// How long it is.
        length: u64,
        /// Bytes of the arena.
        bytes: u64,
    },
    /// Bytes of the arena that a module needs for its own data are taken.
    #[error(
        "the module has data or a shadow stack at fixed places below {end:#x}, where {taken}; load \
         it before any buffer is taken, and one such module in a guest"
    )]
    Unsettled {
        /// Where its memory ends at first.
        end: u64,
        /// What is there.
        taken: &'static str,
    },
    /// A module that wants to run before its kernels do.
    #[error(
        "the module has a start function: what it would do to the memory that all of the guest's \
         kernels share, and when, nobody has said; export it as a kernel and launch that"
    )]
    Start,
    /// A kernel that gives something.
    #[error("`{export}` has results, which a launch gives to nobody: write them to the arena")]
    Results {
        /// Its name.
        export: String,
    },
    /// An argument of another type than the kernel's.
    #[error("argument {index} is {given}, and `{export}` takes {expected}")]
    ArgumentType {
        /// The kernel's name.
        export: String,
        /// Which, from 0.
        index: usize,
        /// What it takes.
        expected: Type,
        /// What was given.
        given: &'static str,
    },
    /// Arguments that are none.
    #[error("the arguments cannot be read: {0}")]
    Tagged(String),
    /// The embedder does not take PTX from guests.
    #[error(
        "PTX from guests is refused: nothing would bound what it reads and writes. Bring \
         WebAssembly, or the embedder has to allow it (`raw_ptx`)"
    )]
    RawPtx,
    /// The kernel was brought as the other kind.
    #[error("kernel {number} is {is}: launch it as such")]
    Kind {
        /// The kernel.
        number: u32,
        /// What it is.
        is: &'static str,
    },
    /// The loops of a function cannot be kernels: nothing has run.
    #[error(transparent)]
    NotAMap(#[from] NotAMap),
    /// A launch failed, or the module was refused.
    #[error(transparent)]
    Kernel(#[from] KernelError),
}

impl From<Refused> for GpuError {
    fn from(refused: Refused) -> GpuError {
        GpuError::Kernel(refused.into())
    }
}

impl From<OffloadError> for GpuError {
    fn from(error: OffloadError) -> GpuError {
        match error {
            OffloadError::NotAMap(not) => not.into(),
            OffloadError::Kernel(error) => error.into(),
        }
    }
}

impl From<DeviceError> for GpuError {
    fn from(error: DeviceError) -> GpuError {
        GpuError::Kernel(error.into())
    }
}

/// The kind of a [`GpuError`], as guests see it. Core modules get it as a negative
/// number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ErrorCode {
    /// No device was granted.
    NotGranted = 1,
    /// There is no such buffer, kernel, event or export.
    NotFound = 2,
    /// A cap on how many, or how large.
    Limit = 3,
    /// The module cannot become kernels, or not here.
    Refused = 4,
    /// The arguments are not the kernel's.
    Arguments = 5,
    /// No device has such a grid.
    Grid = 6,
    /// Bytes outside of the arena.
    OutOfBounds = 7,
    /// A quota, or the device's memory.
    OutOfMemory = 8,
    /// A thread trapped.
    Trap = 9,
    /// The device failed.
    Device = 10,
}

impl GpuError {
    /// Its kind.
    pub fn code(&self) -> ErrorCode {
        match self {
            GpuError::NotGranted => ErrorCode::NotGranted,
            GpuError::NoSuch { .. } => ErrorCode::NotFound,
            GpuError::TooMany { .. }
            | GpuError::TooLarge { .. }
            | GpuError::ReadTooLarge { .. } => ErrorCode::Limit,
            GpuError::Quota(_) | GpuError::Full { .. } => ErrorCode::OutOfMemory,
            GpuError::OutOfBounds { .. } => ErrorCode::OutOfBounds,
            GpuError::Unsettled { .. }
            | GpuError::Start
            | GpuError::Results { .. }
            | GpuError::RawPtx
            | GpuError::NotAMap(_) => ErrorCode::Refused,
            GpuError::ArgumentType { .. } | GpuError::Tagged(_) | GpuError::Kind { .. } => {
                ErrorCode::Arguments
            }
            GpuError::Kernel(error) => match error {
                KernelError::Refused(_) | KernelError::Instantiation(_) => ErrorCode::Refused,
                KernelError::NoExport(_) => ErrorCode::NotFound,
                KernelError::Arguments { .. } => ErrorCode::Arguments,
                KernelError::Grid { .. } => ErrorCode::Grid,
                KernelError::Stacks { .. } => ErrorCode::OutOfMemory,
                KernelError::Trap(_) => ErrorCode::Trap,
                KernelError::Device(_) => ErrorCode::Device,
            },
        }
    }
}
