//! Memory of a context: taken, given back, and kept to be used again.
#![expect(unsafe_code, reason = "a foreign library is called")]

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use super::context::{Context, Here};
use crate::gpu::device::DeviceError;

/// Blocks up to this size are kept when they are freed, in bytes: giving one back
/// waits for everything that runs on the device.
const SMALL: u64 = 64 << 20;
/// How much of that is kept, in bytes.
const KEPT: u64 = 256 << 20;

/// `CUDA_ERROR_OUT_OF_MEMORY`.
const OUT_OF_MEMORY: u32 = 2;

/// Memory that was taken, and freed memory that is kept.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    sizes: HashMap<u64, u64>,
    spare: HashMap<u64, Vec<u64>>,
    spare_bytes: u64,
}

impl Blocks {
    /// A block of this size that was freed.
    fn spare_of(&mut self, size: u64) -> Option<u64> {
        let address = self.spare.get_mut(&size)?.pop()?;
        self.spare_bytes -= size;
        Some(address)
    }

    /// All blocks that were freed.
    fn all_spare(&mut self) -> Vec<u64> {
        self.spare_bytes = 0;
        self.spare
            .drain()
            .flat_map(|(_, addresses)| addresses)
            .collect()
    }
}

impl Context {
    fn memory(&self) -> MutexGuard<'_, Blocks> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes memory.
    pub(super) fn alloc(&self, bytes: u64) -> Result<u64, DeviceError> {
        let size = match bytes {
            0..=SMALL => bytes.max(256).next_power_of_two(),
            _ => bytes,
        };
        let taken = match self.alloc_now(size)? {
            // What others gave back may still be on its way.
            Err(OUT_OF_MEMORY) if self.has_waited_for_others() => self.alloc_now(size)?,
            taken => taken,
        };
        match taken {
            Ok(address) => {
                self.memory().sizes.insert(address, size);
                Ok(address)
            }
            Err(code) => {
                let failed = self.check(&format!("taking {bytes} bytes of memory"), code);
                failed.map(|()| 0)
            }
        }
    }

    /// An address, or the driver's code.
    fn alloc_now(&self, size: u64) -> Result<Result<u64, u32>, DeviceError> {
        let here = self.here()?;
        let spare = self.memory().spare_of(size);
        Ok(match spare {
            Some(address) => Ok(address),
            // The driver may wait here; nobody waits with it.
            None => self.take(&here, size).or_else(|code| {
                let spare = self.memory().all_spare();
                if spare.is_empty() {
                    return Err(code);
                }
                for address in spare {
                    self.give(&here, address);
                }
                self.take(&here, size)
            }),
        })
    }

    fn take(&self, _here: &Here<'_>, size: u64) -> Result<u64, u32> {
        let mut address = 0;
        let size = usize::try_from(size).map_err(|_| 2_u32)?;
        // SAFETY: the context is current, and the pointer is to an address.
        match unsafe { (self.driver.alloc)(&raw mut address, size) } {
            0 => Ok(address),
            code => Err(code),
        }
    }

    fn give(&self, _here: &Here<'_>, address: u64) {
        // SAFETY: it was taken in this context, which is current, and nobody has it
        // any more. If the context is lost by now, so is the memory.
        let _ = unsafe { (self.driver.free)(address) };
    }

    /// Gives memory back. That of a lost context is gone already. A large block goes
    /// back once all that runs has ended, and nobody waits for that here.
    pub(super) fn free(self: &Arc<Context>, address: u64) {
        let mut memory = self.memory();
        let Some(size) = memory.sizes.remove(&address) else {
            return;
        };
        if size <= SMALL && memory.spare_bytes + size <= KEPT {
            memory.spare_bytes += size;
            memory.spare.entry(size).or_default().push(address);
        } else {
            drop(memory);
            self.later(move |context| {
                if let Ok(here) = context.here() {
                    context.give(&here, address);
                }
            });
        }
    }
}
