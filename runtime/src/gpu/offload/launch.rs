//! Functions whose loops are kernels, on a device.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Map, NotAMap, OffloadError, Offloaded, Step, analyze};
use crate::gpu::KernelError;
use crate::gpu::device::{Arguments, Cancel, Device, Grid, Launch, Trap};
use crate::gpu::kernels::Kernels;

/// Threads of a block where iterations of a loop are threads.
const BLOCK: u32 = 256;

/// What is known of a module's functions, found out when they are first asked for.
pub(in crate::gpu) struct Offloads<D: Device>(Mutex<HashMap<u32, Known<D>>>);

type Known<D> = Result<Arc<Offload<D>>, NotAMap>;

/// A function whose loops are kernels.
struct Offload<D: Device> {
    map: Map,
    program: D::Program,
}

/// Where and how a function is offloaded.
pub(in crate::gpu) struct Surroundings<'a, D: Device> {
    pub(in crate::gpu) device: &'a D,
    pub(in crate::gpu) kernels: &'a Kernels,
    pub(in crate::gpu) arena: &'a D::Arena,
    pub(in crate::gpu) globals: &'a [u64],
    pub(in crate::gpu) fuel: Option<u64>,
    pub(in crate::gpu) cancel: &'a Cancel,
}

impl<D: Device> Default for Offloads<D> {
    fn default() -> Offloads<D> {
        Offloads(Mutex::default())
    }
}

impl<D: Device> Offloads<D> {
    /// Runs a function by its index, with as many arguments as it takes.
    pub(in crate::gpu) fn run(
        &self,
        around: &Surroundings<'_, D>,
        function: u32,
        arguments: &[u64],
    ) -> Result<Offloaded, OffloadError> {
        let offload = self.prepared(around, function)?;
        let plan = offload.map.plan(
            around.kernels.module(),
            around.arena,
            around.globals,
            around.fuel,
            arguments,
        )?;
        let mut done = Offloaded {
            results: plan.results,
            ..Offloaded::default()
        };
        for step in plan.steps {
            offload.step(around, &step)?;
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
    fn prepared(
        &self,
        around: &Surroundings<'_, D>,
        function: u32,
    ) -> Result<Arc<Offload<D>>, OffloadError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&function) {
            return Ok(known.clone()?);
        }
        let prepared = match analyze(around.kernels, function) {
            Ok(map) => {
                let program = around.device.compile(map.kernels());
                let program = program.map_err(KernelError::Device)?;
                Ok(Arc::new(Offload { map, program }))
            }
            Err(not) => Err(not),
        };
        known.insert(function, prepared.clone());
        Ok(prepared?)
    }
}

impl<D: Device> Offload<D> {
    /// One launch of what a function's loops became.
    fn step(&self, around: &Surroundings<'_, D>, step: &Step) -> Result<(), KernelError> {
        let found = self.map.kernels().export(&step.kernel);
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
            cancel: around.cancel,
        };
        let launched = around.device.launch(&self.program, around.arena, &launch);
        match launched?.trap {
            // It was cancelled: nothing else can happen to them.
            Some(trap) => Err(KernelError::Trap(Trap {
                function: self.map.function(),
                offset: step.offset,
                ..trap
            })),
            None => Ok(()),
        }
    }
}
