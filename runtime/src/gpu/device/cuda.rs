//! NVIDIA's GPUs as a device, by the driver that is found when the program runs.
//!
//! Nothing of CUDA is needed to build this, or to start: what is missing is an error
//! that says so, when somebody asks for the device. Memory is taken with plain
//! allocations, never as managed memory. The driver compiles the PTX, and keeps what
//! it made in its own cache on disk; that one knows when the driver has changed.

mod about;
mod context;
mod driver;
mod launch;
mod memory;
mod module;

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

use super::DeviceError;
use super::machine::{Machine, MachineLaunch, OnMachine};
use crate::gpu::ptx::Compiled;
use about::About;
use context::Context;
pub use module::Loaded;

/// The least architecture that the PTX is for: sm_80.
const LEAST: i32 = 8;

/// Modules that stay loaded after their last instance is gone.
const LOADED: NonZero<usize> = NonZero::<usize>::MIN.saturating_add(31);

/// A GPU.
#[derive(Debug)]
pub struct Cuda {
    context: Arc<Context>,
    /// By the SHA-256 of their PTX.
    loaded: Mutex<LruCache<[u8; 32], Arc<module::Module>>>,
}

impl Cuda {
    /// The GPU of this number, as the driver counts them. Each call begins a context
    /// of its own; what is made on one device shares it.
    ///
    /// # Errors
    ///
    /// There is no driver, it does not work, or there is no such device that runs PTX
    /// for sm_80.
    pub fn device(ordinal: u32) -> Result<OnMachine<Cuda>, DeviceError> {
        Cuda::new(ordinal).map(OnMachine::new)
    }

    /// What this GPU is, for people, or why it cannot be used. Begins nothing on it.
    pub fn describe(ordinal: u32) -> Result<String, String> {
        let about = usable(ordinal)?;
        Ok(format!(
            "{}, sm_{}{}, {} multiprocessors; the driver is for CUDA {}.{}",
            about.name,
            about.major,
            about.minor,
            about.multiprocessors,
            about.version / 1000,
            about.version % 1000 / 10
        ))
    }

    /// The architecture of this GPU, as `sm_90`, or why it cannot be used.
    pub fn architecture(ordinal: u32) -> Result<String, String> {
        Ok(usable(ordinal)?.architecture())
    }

    /// Whether the driver that is found is no driver, but the stand-in of this
    /// project's tests.
    pub fn is_stand_in() -> bool {
        driver::driver().is_ok_and(|driver| driver.is_stand_in)
    }

    /// How many GPUs the driver has; 0 if there is none that works.
    pub fn count() -> u32 {
        let count = driver::driver().and_then(about::count);
        count.unwrap_or(0)
    }

    /// The machine of such a device.
    pub(in crate::gpu) fn new(ordinal: u32) -> Result<Cuda, DeviceError> {
        let begun = usable(ordinal).and_then(Context::new);
        let context = begun.map_err(|message| DeviceError {
            device: format!("cuda:{ordinal}"),
            message,
        })?;
        Ok(Cuda {
            context: Arc::new(context),
            loaded: Mutex::new(LruCache::new(LOADED)),
        })
    }
}

fn usable(ordinal: u32) -> Result<About, String> {
    let about = about::about(ordinal)?;
    if about.major < LEAST {
        return Err(format!(
            "{} is of sm_{}{}, and kernels need sm_80 or newer",
            about.name, about.major, about.minor
        ));
    }
    Ok(about)
}

/// A length as the driver wants it: a size of this computer, which has 64 bits
/// wherever there is a driver.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[expect(unsafe_code, reason = "a foreign library is called")]
impl Machine for Cuda {
    type Loaded = Loaded;

    fn name(&self) -> String {
        self.context.name()
    }

    fn architecture(&self) -> String {
        self.context.about.architecture()
    }

    fn load(&self, compiled: &Compiled) -> Result<Loaded, DeviceError> {
        let key: [u8; 32] = Sha256::digest(&compiled.text).into();
        let held = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held().get(&key).cloned();
        let module = match known {
            Some(module) => module,
            None => {
                let module = module::load(&self.context, &compiled.text, None)?;
                let module = Arc::new(module);
                held().put(key, Arc::clone(&module));
                module
            }
        };
        Ok(Loaded::new(module, &compiled.text, compiled.stack_bytes))
    }

    /// Anew each time: what somebody else's PTX keeps in its variables is its own.
    fn load_ptx(&self, text: &str) -> Result<Loaded, DeviceError> {
        let module = module::load(&self.context, text, None)?;
        Ok(Loaded::new(Arc::new(module), text, 0))
    }

    fn alloc(&self, bytes: u64) -> Result<u64, DeviceError> {
        self.context.alloc(bytes)
    }

    fn free(&self, address: u64) {
        self.context.free(address);
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), DeviceError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let driver = self.context.driver;
        self.context.wait("reading memory", |stream| {
            // SAFETY: the context is current; the slice is borrowed until the copy was
            // waited for.
            unsafe { (driver.copy_out)(bytes.as_mut_ptr().cast(), address, bytes.len(), stream) }
        })
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), DeviceError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let driver = self.context.driver;
        self.context.wait("writing memory", |stream| {
            // SAFETY: as for reading.
            unsafe { (driver.copy_in)(address, bytes.as_ptr().cast(), bytes.len(), stream) }
        })
    }

    fn fill(&self, address: u64, bytes: u64, byte: u8) -> Result<(), DeviceError> {
        if bytes == 0 {
            return Ok(());
        }
        let driver = self.context.driver;
        self.context.wait("filling memory", |stream| {
            // SAFETY: the context is current. An address that is not allocated is an
            // error of the driver's, not of this process.
            unsafe { (driver.fill)(address, byte, length(bytes), stream) }
        })
    }

    fn copy(&self, to: u64, from: u64, bytes: u64) -> Result<(), DeviceError> {
        if bytes == 0 {
            return Ok(());
        }
        let driver = self.context.driver;
        self.context.wait("copying memory", |stream| {
            // SAFETY: as for filling.
            unsafe { (driver.copy)(to, from, length(bytes), stream) }
        })
    }

    fn launch(
        &self,
        loaded: &Loaded,
        wanted: &MachineLaunch<'_>,
    ) -> Result<Option<u32>, DeviceError> {
        // Every thread begins, whatever happens meanwhile.
        launch::launch(&self.context, loaded, wanted).map(|()| None)
    }

    fn renewed(&self) -> Option<Result<Cuda, DeviceError>> {
        if !self.context.is_lost() {
            return None;
        }
        self.context.destroy();
        Some(Cuda::new(self.context.about.ordinal))
    }
}
