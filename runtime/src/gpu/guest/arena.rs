//! A guest's part of the device's memory.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::blocks::{Blocks, For};
use super::load::blocking;
use super::quota::Reservation;
use super::{Gpu, GpuError};
use crate::executor::TenantId;
use crate::gpu::device::{AnyArena, Arena as _, ArenaSize, Device as _, PAGE};

/// Pages by which an arena grows at least: growing moves it on a GPU.
const STEP: u64 = 16;

/// An arena, and who has what of it. Launches keep it alive.
pub(super) struct GuestArena {
    /// Goes back before what it was reserved by.
    pub(super) memory: AnyArena,
    reserved: Mutex<Reservation>,
    blocks: Mutex<Blocks>,
    most_pages: u64,
    /// Who comes first is served first: what a guest asks for happens in its order.
    order: Arc<tokio::sync::Mutex<()>>,
}

impl GuestArena {
    /// One without pages.
    pub(super) fn new(gpu: &Gpu, tenant: TenantId) -> Result<GuestArena, GpuError> {
        let most_pages = gpu.config().most_pages();
        let size = ArenaSize {
            initial: 0,
            room: 0,
            maximum: most_pages,
        };
        Ok(GuestArena {
            memory: gpu.device().arena(size)?,
            reserved: Mutex::new(gpu.0.quota.reserve(tenant)),
            blocks: Mutex::default(),
            most_pages,
            order: Arc::default(),
        })
    }

    pub(super) fn blocks(&self) -> MutexGuard<'_, Blocks> {
        // Every change is whole: a panic elsewhere leaves them right.
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is asked for after this waits until it is dropped.
    pub(super) fn order(&self) -> impl Future<Output = OwnedMutexGuard<()>> + Send + use<> {
        Arc::clone(&self.order).lock_owned()
    }

    pub(super) async fn turn(self: &Arc<GuestArena>) -> Turn {
        Turn(Arc::new(Held {
            _order: self.order().await,
            arena: Arc::clone(self),
        }))
    }

    /// Takes a block; the arena grows if it has to.
    pub(super) async fn take(self: &Arc<GuestArena>, bytes: u64, of: For) -> Result<u32, GpuError> {
        let known = self.blocks().take(bytes, of);
        let offset = match known {
            Some(offset) => offset,
            None => {
                let end = self.blocks().wanted_end(bytes).unwrap_or(u64::MAX);
                self.reach(end).await?;
                let mut blocks = self.blocks();
                let taken = blocks.take(bytes, of);
                taken.ok_or(GpuError::Full { asked: bytes })?
            }
        };
        u32::try_from(offset).map_err(|_| GpuError::Full { asked: bytes })
    }

    /// Grows until it has so many bytes, if it has fewer.
    pub(super) async fn reach(self: &Arc<GuestArena>, end: u64) -> Result<(), GpuError> {
        if end <= self.memory.bytes() {
            return Ok(());
        }
        // Nobody moves it while kernels run in it.
        let turn = self.turn().await;
        turn.elsewhere(move |arena| arena.grow_to(end)).await
    }

    fn grow_to(&self, end: u64) -> Result<(), GpuError> {
        let before = self.memory.bytes() / PAGE;
        let wanted = end.div_ceil(PAGE);
        if wanted > self.most_pages {
            return Err(GpuError::Full {
                asked: end - before * PAGE,
            });
        }
        // Twice as much as there was, so that many small steps take no more time than
        // one large one; only what is wanted if that is too much.
        let ample = wanted.max(2 * before).max(STEP).min(self.most_pages);
        self.grow(ample - before)
            .or_else(|_| self.grow(wanted - before))?;
        self.blocks().reach(self.memory.bytes());
        Ok(())
    }

    fn grow(&self, pages: u64) -> Result<(), GpuError> {
        let reserved = &self.reserved;
        let mut reserved = reserved.lock().unwrap_or_else(PoisonError::into_inner);
        reserved.take(pages * PAGE)?;
        if self.memory.grow(pages).is_none() {
            reserved.give(pages * PAGE);
            let asked = pages * PAGE;
            return Err(GpuError::Full { asked });
        }
        Ok(())
    }
}

/// The arena, while no kernel runs in it. What the guest asks for meanwhile waits
/// until this is dropped.
///
/// A device may be busy with what others launched: what is done here happens on threads
/// for blocking work, and goes on to its end there if nobody waits for it any more.
pub struct Turn(Arc<Held>);

/// What a turn holds, for as long as something is done in it.
struct Held {
    _order: OwnedMutexGuard<()>,
    arena: Arc<GuestArena>,
}

impl Turn {
    async fn elsewhere<T: Send + 'static>(
        &self,
        work: impl FnOnce(&GuestArena) -> Result<T, GpuError> + Send + 'static,
    ) -> Result<T, GpuError> {
        let held = Arc::clone(&self.0);
        blocking(move || work(&held.arena)).await?
    }

    pub(super) fn bounded(&self, at: u64, length: u64) -> Result<(), GpuError> {
        let bytes = self.0.arena.memory.bytes();
        match at.checked_add(length) {
            Some(end) if end <= bytes => Ok(()),
            _ => Err(GpuError::OutOfBounds { at, length, bytes }),
        }
    }

    /// Reads so many bytes from an offset of the arena.
    ///
    /// # Errors
    ///
    /// It is not all within the arena, or the device fails.
    pub async fn read(&self, at: u64, length: u64) -> Result<Vec<u8>, GpuError> {
        self.bounded(at, length)?;
        self.elsewhere(move |arena| {
            // Not more than the arena, which ends at 4 GiB.
            let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
            arena.memory.read(at, &mut bytes)?;
            Ok(bytes)
        })
        .await
    }

    /// Writes to an offset of the arena.
    ///
    /// # Errors
    ///
    /// It is not all within the arena, or the device fails.
    pub async fn write(&self, at: u64, bytes: Vec<u8>) -> Result<(), GpuError> {
        self.bounded(at, bytes.len() as u64)?;
        self.elsewhere(move |arena| Ok(arena.memory.write(at, &bytes)?))
            .await
    }

    /// Sets so many bytes to one value.
    ///
    /// # Errors
    ///
    /// They are not all within the arena, or the device fails.
    pub async fn fill(&self, at: u64, length: u64, byte: u8) -> Result<(), GpuError> {
        self.bounded(at, length)?;
        self.elsewhere(move |arena| Ok(arena.memory.fill(at, length, byte)?))
            .await
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").finish_non_exhaustive()
    }
}
