//! An arena: a shared memory of Wasmtime.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime::{Engine, MemoryType, SharedMemory};

use super::{error, failed};
use crate::gpu::device::cancel::Interrupt;
use crate::gpu::device::{Arena, ArenaSize, DeviceError, PAGE};

/// Memory that threads of this process share.
#[derive(Clone, Debug)]
pub struct CpuArena(pub(super) Arc<Place>);

/// What an arena is made of.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) memory: SharedMemory,
    /// Its first word is not zero if the launch is cancelled.
    pub(super) control: SharedMemory,
    /// The most pages that kernels may grow it to.
    room: AtomicU64,
    maximum: u64,
    /// Held while it grows.
    growing: Mutex<()>,
    /// Held while kernels run in it, or while it is read or written from outside.
    used: Mutex<()>,
}

impl CpuArena {
    pub(super) fn new(engine: &Engine, size: ArenaSize) -> Result<CpuArena, DeviceError> {
        let pages = |pages: u64| u32::try_from(pages.min(65_536)).unwrap_or(0);
        let ty = MemoryType::shared(pages(size.initial), pages(size.maximum.max(size.initial)));
        let shared = |ty| SharedMemory::new(engine, ty).map_err(|error| failed(&error));
        Ok(CpuArena(Arc::new(Place {
            memory: shared(ty)?,
            control: shared(MemoryType::shared(1, 1))?,
            room: AtomicU64::new(size.room),
            maximum: size.maximum,
            growing: Mutex::new(()),
            used: Mutex::new(()),
        })))
    }

    /// Calls `then` with the address of so many bytes, if they are in bounds.
    fn bounded(&self, at: u64, length: u64, then: impl FnOnce(*mut u8)) -> Result<(), DeviceError> {
        let _used = self.0.use_alone();
        let data = self.0.memory.data();
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        let Some(part) = data.get(from..to) else {
            let bytes = data.len();
            return Err(error(format!(
                "{length} bytes at {at:#x} are not within the arena's {bytes}"
            )));
        };
        if !part.is_empty() {
            then(part.as_ptr().cast::<u8>().cast_mut());
        }
        Ok(())
    }
}

impl Place {
    /// Waits until nobody else uses it.
    pub(super) fn use_alone(&self) -> MutexGuard<'_, ()> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a kernel may do.
    pub(super) fn grow_by_kernel(&self, pages: u64) -> Option<u64> {
        self.grow(pages, self.room.load(Ordering::Relaxed))
    }

    fn grow(&self, pages: u64, most: u64) -> Option<u64> {
        // Two threads together must not get more than there is.
        let _growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.memory.size();
        if before.checked_add(pages)? > most {
            return None;
        }
        self.memory.grow(pages).ok()
    }
}

impl Place {
    /// Says whether the launch that runs is cancelled.
    #[expect(unsafe_code, reason = "a shared memory has no safe access")]
    pub(super) fn set_cancelled(&self, cancelled: bool) {
        let word = self.control.data().as_ptr().cast::<AtomicU32>();
        // SAFETY: the memory begins at a page of the operating system and has 64 KiB,
        // which neither move nor go while this is borrowed. Kernels read the word by
        // atomic accesses, and nobody else does.
        let word = unsafe { &*word };
        word.store(cancelled.into(), Ordering::SeqCst);
    }
}

impl Interrupt for Place {
    fn interrupt(&self) {
        self.set_cancelled(true);
    }
}

impl Arena for CpuArena {
    fn bytes(&self) -> u64 {
        self.0.memory.size() * PAGE
    }

    fn grow(&self, pages: u64) -> Option<u64> {
        let before = self.0.grow(pages, self.0.maximum)?;
        self.0.room.fetch_max(before + pages, Ordering::Relaxed);
        Some(before)
    }

    #[expect(unsafe_code, reason = "a shared memory has no safe access")]
    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<(), DeviceError> {
        let length = bytes.len();
        self.bounded(at, length as u64, |from| {
            // SAFETY: `bounded` gives as many bytes in bounds of a memory that does
            // not move, and holds the lock under which alone kernels run and others
            // read or write: nobody writes these bytes now. The memory is ours, so
            // `bytes` is elsewhere.
            unsafe { std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), length) }
        })
    }

    #[expect(unsafe_code, reason = "a shared memory has no safe access")]
    fn write(&self, at: u64, bytes: &[u8]) -> Result<(), DeviceError> {
        self.bounded(at, bytes.len() as u64, |to| {
            // SAFETY: as in `read`, and nobody reads them either. The bytes are
            // within `UnsafeCell`s, so they may be written.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) }
        })
    }

    #[expect(unsafe_code, reason = "a shared memory has no safe access")]
    fn fill(&self, at: u64, length: u64, byte: u8) -> Result<(), DeviceError> {
        self.bounded(at, length, |to| {
            let length = usize::try_from(length).unwrap_or(0);
            // SAFETY: as in `write`.
            unsafe { std::ptr::write_bytes(to, byte, length) }
        })
    }
}

/// Sets a block's own memory to zero.
#[expect(unsafe_code, reason = "a shared memory has no safe access")]
pub(super) fn clear(memory: &SharedMemory) {
    let data = memory.data();
    if !data.is_empty() {
        // SAFETY: the slice is the whole memory, which does not move or shrink. Only
        // the threads of one block use it, which all run on the thread that calls
        // this, and none of them runs now.
        unsafe { std::ptr::write_bytes(data.as_ptr().cast::<u8>().cast_mut(), 0, data.len()) }
    }
}
