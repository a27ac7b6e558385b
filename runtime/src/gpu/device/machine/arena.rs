//! Memory of a machine as an arena: it moves when it grows.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Machine;
use crate::gpu::device::{Arena, ArenaSize, DeviceError, PAGE};

/// An arena in a machine's memory.
pub struct MachineArena<M: Machine> {
    pub(super) machine: Arc<M>,
    size: ArenaSize,
    /// Held while kernels run in it.
    place: Mutex<Place>,
    /// Bytes in bounds: what can be asked for while kernels run.
    bytes: AtomicU64,
}

/// Where an arena lies now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) address: u64,
    /// Pages in bounds.
    pub(super) pages: u64,
    /// Pages that are allocated.
    pub(super) room: u64,
}

impl Place {
    pub(super) fn new<M: Machine>(
        machine: &M,
        pages: u64,
        room: u64,
    ) -> Result<Place, DeviceError> {
        // Nothing is at address zero, and a block of nothing has no address.
        let address = machine.alloc((room * PAGE).max(16))?;
        match machine.fill(address, room * PAGE, 0) {
            Ok(()) => Ok(Place {
                address,
                pages,
                room,
            }),
            Err(error) => {
                machine.free(address);
                Err(error)
            }
        }
    }
}

impl<M: Machine> MachineArena<M> {
    pub(super) fn new(machine: Arc<M>, size: ArenaSize) -> Result<MachineArena<M>, DeviceError> {
        let place = Place::new(&*machine, size.initial, size.room.max(size.initial))?;
        Ok(MachineArena {
            machine,
            size,
            place: Mutex::new(place),
            bytes: AtomicU64::new(size.initial * PAGE),
        })
    }

    /// Where it lies. It stays there as long as what is given lives.
    pub(super) fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how large it is, after kernels may have grown it.
    pub(super) fn has_pages(&self, pages: u64) {
        self.bytes.store(pages * PAGE, Ordering::Release);
    }

    /// The address of so many bytes, if they are in bounds.
    fn bounded<T>(
        &self,
        at: u64,
        length: u64,
        then: impl FnOnce(&M, u64) -> Result<T, DeviceError>,
    ) -> Result<T, DeviceError> {
        let place = self.place();
        let bytes = place.pages * PAGE;
        match at.checked_add(length) {
            Some(end) if end <= bytes => then(&self.machine, place.address + at),
            _ => Err(DeviceError {
                device: self.machine.name(),
                message: format!("{length} bytes at {at:#x} are not within the arena's {bytes}"),
            }),
        }
    }
}

impl<M: Machine> Arena for MachineArena<M> {
    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }

    fn grow(&self, pages: u64) -> Option<u64> {
        let mut place = self.place();
        let before = place.pages;
        let after = before.checked_add(pages)?;
        if after > self.size.maximum {
            return None;
        }
        if after > place.room {
            let machine = &*self.machine;
            let moved = Place::new(machine, after, after).ok()?;
            if machine
                .copy(moved.address, place.address, before * PAGE)
                .is_err()
            {
                machine.free(moved.address);
                return None;
            }
            machine.free(place.address);
            *place = moved;
        }
        place.pages = after;
        self.has_pages(after);
        Some(before)
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<(), DeviceError> {
        self.bounded(at, bytes.len() as u64, |machine, address| {
            machine.read(address, bytes)
        })
    }

    fn write(&self, at: u64, bytes: &[u8]) -> Result<(), DeviceError> {
        self.bounded(at, bytes.len() as u64, |machine, address| {
            machine.write(address, bytes)
        })
    }

    fn fill(&self, at: u64, length: u64, byte: u8) -> Result<(), DeviceError> {
        self.bounded(at, length, |machine, address| {
            machine.fill(address, length, byte)
        })
    }
}

impl<M: Machine> Drop for MachineArena<M> {
    fn drop(&mut self) {
        self.machine.free(self.place().address);
    }
}
