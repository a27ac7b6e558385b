//! The threads of a block that wait for each other: each is a fiber, and they take
//! turns on one thread of the CPU.

use std::pin::Pin;

use wasmtime::Val;

use super::arena::clear;
use super::kit::Kit;
use super::launch::{Job, Told};
use super::worker::{Worker, poll, value};
use crate::gpu::device::DeviceError;

/// Instances for the threads of a block.
pub(super) struct Group {
    pub(super) kit: Kit,
    pub(super) lanes: Vec<Worker>,
}

/// A thread that runs: what it gives in the end.
type Lane<'a> = Pin<Box<dyn Future<Output = wasmtime::Result<Vec<Val>>> + Send + 'a>>;

impl Group {
    pub(super) fn new(kit: Kit) -> Group {
        Group {
            kit,
            lanes: Vec::new(),
        }
    }

    /// Runs a block, whose first thread has this number.
    pub(super) fn run(
        &mut self,
        job: &Job<'_>,
        first: u32,
        told: &mut Told,
    ) -> Result<(), DeviceError> {
        if let Some(memory) = &self.kit.workgroup {
            clear(memory);
        }
        let count = job.block as usize;
        for (thread, lane) in (first..).zip(&mut self.lanes[..count]) {
            lane.begin(job.module(), job.launch, thread)?;
        }
        let ended = self.turns(job, first)?;
        for ((thread, ended), lane) in (first..).zip(ended).zip(&mut self.lanes) {
            match ended {
                Ok(results) => job.give(thread, &results),
                Err(failure) => {
                    told.trap(lane.trap(job.launch.function, thread, &failure)?);
                }
            }
            if thread == 0 {
                told.globals = Some(lane.globals());
            }
        }
        Ok(())
    }

    /// Lets each thread run to the next barrier or to its end, until all have ended.
    fn turns(
        &mut self,
        job: &Job<'_>,
        first: u32,
    ) -> Result<Vec<wasmtime::Result<Vec<Val>>>, DeviceError> {
        let meeting = std::sync::Arc::clone(&self.kit.meeting);
        let mut lanes: Vec<Option<Lane<'_>>> = Vec::with_capacity(job.block as usize);
        for (thread, lane) in (first..).zip(&mut self.lanes[..job.block as usize]) {
            let arguments: Vec<Val> = job.arguments(thread);
            let mut results: Vec<Val> = job.results().map(|ty| value(ty, 0)).collect();
            let (function, store) = lane.function()?;
            lanes.push(Some(Box::pin(async move {
                function.call_async(store, &arguments, &mut results).await?;
                Ok(results)
            })));
        }
        let mut ended: Vec<Option<wasmtime::Result<Vec<Val>>>> = Vec::new();
        ended.resize_with(lanes.len(), || None);
        let mut running = lanes.len();
        while running > 0 {
            for (lane, ended) in lanes.iter_mut().zip(&mut ended) {
                let Some(future) = lane else { continue };
                if let Some(end) = poll(future.as_mut()) {
                    *ended = Some(end);
                    *lane = None;
                    running -= 1;
                }
            }
            let some_ended = running < lanes.len();
            meeting.decide(some_ended, job.launch.cancel.is_cancelled());
        }
        Ok(ended.into_iter().flatten().collect())
    }
}
