//! What a launch does, on a thread for blocking work.

use std::sync::Arc;

use futures::future::Either;
use tokio::time::Instant;

use super::GpuError;
use super::arena::GuestArena;
use super::load::{Loaded, blocking};
use crate::gpu::KernelError;
use crate::gpu::device::{
    AnyDevice, AnyProgram, Arguments, Cancel, Device as _, Grid, Launch, PtxArgument, PtxLaunch,
    Stacks,
};
use crate::gpu::offload::Surroundings;

/// What runs on the device.
pub(super) enum Work {
    Function {
        loaded: Arc<Loaded>,
        function: u32,
        bits: Vec<u64>,
        stacks: Option<Stacks>,
        fuel: Option<u64>,
    },
    Loops {
        loaded: Arc<Loaded>,
        function: u32,
        bits: Vec<u64>,
        fuel: Option<u64>,
    },
    Ptx {
        program: Arc<AnyProgram>,
        entry: String,
        shared_bytes: u32,
        arguments: Vec<PtxArgument>,
    },
}

/// A launch on its way: what it holds goes back when it has ended.
pub(super) struct Job {
    pub(super) device: AnyDevice,
    pub(super) arena: Arc<GuestArena>,
    pub(super) work: Work,
    pub(super) grid: Grid,
    pub(super) cancel: Cancel,
}

impl Job {
    /// Runs until it has ended, or is cancelled at that time and has ended then.
    pub(super) async fn run(self, until: Option<Instant>) -> Result<(), GpuError> {
        let cancel = self.cancel.clone();
        let work = Box::pin(blocking(move || self.launch()));
        let Some(until) = until else {
            return work.await?;
        };
        let timer = Box::pin(tokio::time::sleep_until(until));
        match futures::future::select(work, timer).await {
            Either::Left((ended, _)) => ended?,
            Either::Right(((), work)) => {
                cancel.cancel();
                work.await?
            }
        }
    }

    fn launch(&self) -> Result<(), GpuError> {
        match &self.work {
            Work::Function {
                loaded,
                function,
                bits,
                stacks,
                fuel,
            } => {
                let launch = Launch {
                    function: *function,
                    grid: self.grid,
                    arguments: Arguments::Same(bits),
                    globals: &loaded.globals,
                    fuel: *fuel,
                    stacks: *stacks,
                    cancel: &self.cancel,
                };
                let memory = &self.arena.memory;
                let ended = self.device.launch(&loaded.program, memory, &launch)?;
                match ended.trap {
                    Some(trap) => Err(KernelError::Trap(trap).into()),
                    None => Ok(()),
                }
            }
            Work::Loops {
                loaded,
                function,
                bits,
                fuel,
            } => {
                let around = Surroundings {
                    device: &self.device,
                    kernels: &loaded.kernels,
                    arena: &self.arena.memory,
                    globals: &loaded.globals,
                    fuel: *fuel,
                    cancel: &self.cancel,
                };
                loaded.offloads.run(&around, *function, bits)?;
                Ok(())
            }
            Work::Ptx {
                program,
                entry,
                shared_bytes,
                arguments,
            } => {
                let launch = PtxLaunch {
                    entry,
                    grid: self.grid,
                    shared_bytes: *shared_bytes,
                    arguments,
                    cancel: &self.cancel,
                };
                let memory = &self.arena.memory;
                Ok(self.device.launch_ptx(program, memory, &launch)?)
            }
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Work::Function {
            stacks: Some(stacks),
            ..
        } = &self.work
        {
            self.arena.blocks().give(u64::from(stacks.base));
        }
    }
}
