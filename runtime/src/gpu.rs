//! Kernels: functions of a WebAssembly module that run once for each thread of a
//! grid.
//!
//! A module is built into [`ir`], and that is written as [`ptx`], the assembly of
//! NVIDIA's GPUs. What a kernel does is what WebAssembly says it does, to the bit:
//! bounds are checked, divisions by zero and everything else that traps ends the
//! thread and is reported with its place, and no NaN has bits that another device
//! would not give. `docs/gpu.md` has the model.

mod cache;
mod choice;
pub mod device;
#[cfg(feature = "executor")]
pub mod guest;
mod instance;
pub mod interp;
pub mod ir;
mod kernels;
mod lower;
pub mod offload;
pub mod probe;
pub mod ptx;
pub mod ptxas;
mod pure;

pub use cache::{Cache, CacheCounts, CacheError, CacheFolder};
pub use choice::DeviceChoice;
pub use instance::{Instance, KernelError, Options};
pub use kernels::{Export, Kernels};

/// Why a module cannot become a kernel. Found out before anything is launched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at offset {offset:#x}{})", self.place())]
pub struct Refused {
    /// What is not supported, or not valid.
    pub message: String,
    /// The function's index, where it is in one.
    pub function: Option<u32>,
    /// The instruction there, as the text format spells it, where the message does not
    /// name it.
    pub instruction: Option<String>,
    /// Bytes from the beginning of the module.
    pub offset: usize,
}

impl Refused {
    fn new(message: impl Into<String>, offset: usize) -> Refused {
        Refused {
            message: message.into(),
            function: None,
            instruction: None,
            offset,
        }
    }

    /// Where it is beside its offset.
    fn place(&self) -> String {
        let function = self.function.map(|index| format!(", function {index}"));
        let instruction = self.instruction.as_ref().map(|name| format!(", {name}"));
        [function, instruction].into_iter().flatten().collect()
    }
}
