//! Calls of functions whose loops run as grids.

use std::sync::Arc;

use super::{Instance, KernelError};
use crate::gpu::device::{Arguments, Device, Grid, Launch, Trap};
use crate::gpu::offload::{Map, OffloadError, Offloaded, Step, analyze};

/// Threads of a block where iterations of a loop are threads.
const BLOCK: u32 = 256;

/// A function whose loops are kernels.
pub(super) struct Offload<D: Device> {
    map: Map,
    program: D::Program,
}

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
        let offload = self.prepared(function)?;
        let plan = offload.map.plan(
            self.kernels.module(),
            &self.arena,
            &self.globals,
            self.options.fuel,
            arguments,
        )?;
        let mut done = Offloaded {
            results: plan.results,
            ..Offloaded::default()
        };
        for step in plan.steps {
            self.step(&offload, &step)?;
            done.threads += if step.is_loop {
                u64::from(step.threads)
            } else {
                0
            };
            done.launches += 1;
        }
        Ok(done)
    }

    /// A function's loops as kernels of this device.
    fn prepared(&mut self, function: u32) -> Result<Arc<Offload<D>>, OffloadError> {
        if let Some(known) = self.offloads.get(&function) {
            return Ok(known.clone()?);
        }
        let prepared = match analyze(&self.kernels, function) {
            Ok(map) => {
                let program = self.device.compile(map.kernels());
                let program = program.map_err(KernelError::Device)?;
                Ok(Arc::new(Offload { map, program }))
            }
            Err(not) => Err(not),
        };
        self.offloads.insert(function, prepared.clone());
        Ok(prepared?)
    }

    /// One launch of what a function's loops became.
    fn step(&self, offload: &Offload<D>, step: &Step) -> Result<(), KernelError> {
        let found = offload.map.kernels().export(&step.kernel);
        let found = found.ok_or_else(|| KernelError::NoExport(step.kernel.clone()))?;
        let threads = step.threads.min(BLOCK);
        let launch = Launch {
            function: found.function,
            grid: Grid {
                blocks: [step.threads.div_ceil(threads), 1, 1],
                threads: [threads, 1, 1],
            },
            arguments: Arguments::Same(&step.arguments),
            globals: &[],
            fuel: None,
            stacks: None,
            cancel: &self.options.cancel,
        };
        let outcome = self.device.launch(&offload.program, &self.arena, &launch)?;
        match outcome.trap {
            // It was cancelled: nothing else can happen to them.
            Some(trap) => Err(KernelError::Trap(Trap {
                function: offload.map.function(),
                offset: step.offset,
                ..trap
            })),
            None => Ok(()),
        }
    }
}
