//! Calls of functions whose loops run as grids.

use super::{Instance, KernelError};
use crate::gpu::device::Device;
use crate::gpu::offload::{OffloadError, Offloaded, Surroundings};

impl<D: Device> Instance<D> {
    /// Does what [`call`](Instance::call) of an exported function does, with each
    /// iteration of its loops in a thread of its own. Memory, results and what is not
    /// done are the same, to the bit: where that cannot be shown for these arguments,
    /// nothing is done at all. It takes no fuel, but there has to be as much as a call
    /// would take. The function is analyzed when it is first named.
    ///
    /// # Errors
    ///
    /// [`OffloadError::NotAMap`] says why not; or the device fails, or the launch is
    /// cancelled, after some iterations.
    pub fn offload(&mut self, export: &str, arguments: &[u64]) -> Result<Offloaded, OffloadError> {
        let found = self.export(export)?;
        let (function, params) = (found.function, found.signature.params.len());
        if arguments.len() != params {
            return Err(OffloadError::Kernel(KernelError::Arguments {
                export: export.to_owned(),
                expected: params,
                given: arguments.len(),
            }));
        }
        let around = Surroundings {
            device: &self.device,
            kernels: &self.kernels,
            arena: &self.arena,
            globals: &self.globals,
            fuel: self.options.fuel,
            cancel: &self.options.cancel,
        };
        self.offloads.run(&around, function, arguments)
    }
}
