//! What instances on one thread of the CPU have in common, and what they import.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Poll;

use wasmtime::{Caller, Engine, InstancePre, Linker, MemoryType, SharedMemory, Store};

use super::arena::Place;
use super::failed;
use super::program::Code;
use super::rewrite::HOST;
use crate::TrapCode;
use crate::gpu::device::DeviceError;

/// What a store carries.
pub(super) struct Host {
    arena: Arc<Place>,
    meeting: Arc<Meeting>,
}

/// Where the threads of a block wait for each other.
#[derive(Debug, Default)]
pub(super) struct Meeting(AtomicU8);

impl Meeting {
    const GO_ON: u8 = 0;
    const NOT_REACHED: u8 = 1;
    const INTERRUPTED: u8 = 2;

    /// Says what happens to those that wait.
    pub(super) fn decide(&self, some_ended: bool, is_cancelled: bool) {
        let decided = match (some_ended, is_cancelled) {
            (_, true) => Meeting::INTERRUPTED,
            (true, false) => Meeting::NOT_REACHED,
            (false, false) => Meeting::GO_ON,
        };
        self.0.store(decided, Ordering::Relaxed);
    }

    fn decided(&self) -> wasmtime::Result<()> {
        match self.0.load(Ordering::Relaxed) {
            Meeting::GO_ON => Ok(()),
            Meeting::NOT_REACHED => Err(Ended(TrapCode::BarrierNotReached).into()),
            _ => Err(Ended(TrapCode::Interrupted).into()),
        }
    }
}

/// A thread ends at a barrier.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Ended(pub(super) TrapCode);

/// What instances on one thread of the CPU have in common.
#[derive(Clone)]
pub(super) struct Kit {
    pub(super) pre: InstancePre<Host>,
    pub(super) arena: Arc<Place>,
    pub(super) workgroup: Option<SharedMemory>,
    pub(super) meeting: Arc<Meeting>,
}

impl Kit {
    /// `waits` says whether the threads of a block are to run together.
    pub(super) fn new(
        engine: &Engine,
        code: &Code,
        arena: &Arc<Place>,
        waits: bool,
    ) -> Result<Kit, DeviceError> {
        let fails = |error: wasmtime::Error| failed(&error);
        let mut linker: Linker<Host> = Linker::new(engine);
        let grow = |caller: Caller<'_, Host>, pages: u32| {
            let before = caller.data().arena.grow_by_kernel(pages.into());
            before.map_or(u32::MAX, |before| u32::try_from(before).unwrap_or(u32::MAX))
        };
        linker.func_wrap(HOST, "grow", grow).map_err(fails)?;
        if waits {
            linker.func_wrap_async(HOST, "barrier", |caller: Caller<'_, Host>, (): ()| {
                let meeting = Arc::clone(&caller.data().meeting);
                Box::new(async move {
                    once().await;
                    meeting.decided()
                })
            })
        } else {
            // Nothing that runs so comes to one.
            linker.func_wrap(HOST, "barrier", || -> wasmtime::Result<()> {
                Err(Ended(TrapCode::BarrierNotReached).into())
            })
        }
        .map_err(fails)?;
        let workgroup = code.workgroup.map(|(pages, page)| {
            let ty = MemoryType::builder()
                .shared(true)
                .min(pages)
                .max(Some(pages))
                .page_size_log2(page)
                .build()?;
            SharedMemory::new(engine, ty)
        });
        let workgroup = workgroup.transpose().map_err(fails)?;
        let store = Store::new(engine, Host::of(arena, &Arc::default()));
        let memories = [
            ("arena", Some(&arena.memory)),
            ("control", Some(&arena.control)),
            ("workgroup", workgroup.as_ref()),
        ];
        for (name, memory) in memories {
            let Some(memory) = memory.cloned() else {
                continue;
            };
            linker.define(&store, HOST, name, memory).map_err(fails)?;
        }
        Ok(Kit {
            pre: linker.instantiate_pre(&code.module).map_err(fails)?,
            arena: Arc::clone(arena),
            workgroup,
            meeting: Arc::default(),
        })
    }
}

/// Waits until it is asked again.
async fn once() {
    let mut asked = false;
    std::future::poll_fn(|_| match std::mem::replace(&mut asked, true) {
        false => Poll::Pending,
        true => Poll::Ready(()),
    })
    .await;
}

impl Host {
    pub(super) fn of(arena: &Arc<Place>, meeting: &Arc<Meeting>) -> Host {
        Host {
            arena: Arc::clone(arena),
            meeting: Arc::clone(meeting),
        }
    }
}
