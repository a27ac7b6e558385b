//! Kernels for guests: what a WebAssembly program can ask of a device.
//!
//! A [`Gpu`] is one device with its quotas, shared by all guests of a host. Each
//! instance of a program has a [`GpuGuest`]: an arena of the device's memory, the
//! kernels it brought, the launches it waits for. Programs reach it by the imports
//! of the module `gpu` ([`add_to_linker`]) or, as components, by the interface
//! `tensor-wasm:gpu/kernels` ([`add_to_component_linker`]). Both call the same
//! functions, which an embedder can call as well.
//!
//! ```
//! use tensor_wasm_runtime::executor::{CallOptions, Executor, ExecutorConfig, TenantId};
//! use tensor_wasm_runtime::gpu::guest::{Gpu, GpuConfig};
//! use tensor_wasm_runtime::gpu::DeviceChoice;
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_time().build()?.block_on(async {
//! let gpu = Gpu::new(DeviceChoice::Auto.open(0)?, GpuConfig::default());
//! let executor = Executor::with_host(ExecutorConfig::default(), gpu)?;
//! let module = executor
//!     .load(br#"(module
//!         (import "gpu" "alloc" (func $alloc (param i64) (result i64)))
//!         (memory (export "memory") 1)
//!         (func (export "offset") (result i64) (call $alloc (i64.const 1024))))"#)
//!     .await?;
//! let guest = executor.spawn(TenantId(1), &module).await?;
//! let offset = guest.call_json("offset", "[]", CallOptions::new()).await?;
//! assert_eq!(offset.to_string(), "[256]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arena;
mod argument;
mod blocks;
mod component;
mod config;
mod core;
mod error;
mod job;
mod launch;
mod load;
mod memory;
mod quota;
mod tagged;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::Linker;

use super::device::{AnyDevice, Arena as _, Device as _, PAGE};
use super::kernels::Kernels;
use crate::executor::{Guest, Host, TenantId};
use arena::GuestArena;
pub use arena::Turn;
pub use argument::Argument;
use blocks::For;
pub use component::add_to_component_linker;
pub use config::{GpuConfig, RawPtx};
pub use core::add_to_linker;
pub use error::{ErrorCode, GpuError};
use launch::Event;
pub use launch::{EventId, KernelId};
use load::{Kernel, Loaded, blocking};
use quota::Quota;
pub use quota::QuotaError;
pub use tagged::{MOST_ARGUMENT_BYTES, MOST_ARGUMENTS};

/// The sha256 of a module.
type Hash = [u8; 32];

/// A device for guests, with its quotas. Clones are the same.
#[derive(Clone)]
pub struct Gpu(Arc<Shared>);

struct Shared {
    device: AnyDevice,
    /// The device's: asking it may wait for a new context.
    name: String,
    /// Likewise: what the cache tells its kernels apart by.
    architecture: String,
    config: GpuConfig,
    quota: Arc<Quota>,
    in_flight: Arc<Semaphore>,
    /// Modules whose exports guests know by name.
    offered: Vec<(Hash, Arc<Kernels>)>,
}

impl Gpu {
    /// A device for guests.
    pub fn new(device: AnyDevice, config: GpuConfig) -> Gpu {
        Gpu(Arc::new(Shared {
            quota: Arc::new(Quota::new(config.engine_bytes, config.tenant_bytes)),
            in_flight: Arc::new(Semaphore::new(config.permits())),
            offered: config
                .offered
                .iter()
                .map(|kernels| (load::hash(kernels.wasm()), Arc::clone(kernels)))
                .collect(),
            name: device.name(),
            architecture: device.architecture(),
            device,
            config,
        }))
    }

    /// What a new instance of a program has: nothing yet.
    pub fn guest(&self, tenant: TenantId) -> GpuGuest {
        GpuGuest::of(Some(self.clone()), tenant)
    }

    /// What it was made from.
    pub fn config(&self) -> &GpuConfig {
        &self.0.config
    }

    /// The device.
    pub fn device(&self) -> &AnyDevice {
        &self.0.device
    }

    /// Bytes of the device's memory that guests have now.
    pub fn bytes(&self) -> u64 {
        self.0.quota.total()
    }

    /// And those of one tenant.
    pub fn tenant_bytes(&self, tenant: TenantId) -> u64 {
        self.0.quota.of_tenant(tenant)
    }

    /// Launches that have begun, or wait for their guest's earlier ones.
    pub fn in_flight(&self) -> usize {
        let free = self.0.in_flight.available_permits();
        self.0.config.permits() - free
    }
}

impl PartialEq for Gpu {
    /// Whether they are the same.
    fn eq(&self, other: &Gpu) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Gpu {}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gpu")
            .field("device", &self.0.device)
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

/// What one instance of a program has of a [`Gpu`]. When it is dropped its launches
/// are cancelled, and its memory goes back once they have ended.
pub struct GpuGuest {
    gpu: Option<Gpu>,
    tenant: TenantId,
    arena: Option<Arc<GuestArena>>,
    /// The module whose memory stands at the arena's beginning.
    resident: Option<Hash>,
    modules: Vec<Arc<Loaded>>,
    kernels: Vec<Option<Kernel>>,
    events: Vec<Option<Event>>,
    /// Launches that nobody can wait for any more.
    forgotten: Vec<Event>,
    /// Of the last call that failed.
    error: String,
}

/// What a device is, as guests see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// For people.
    pub name: String,
    /// The most bytes that the guest's arena may have.
    pub most_bytes: u64,
    /// Bytes that it has.
    pub bytes: u64,
    /// Launches that all guests together may have at once.
    pub launches_in_flight: u32,
    /// Whether it takes PTX from guests.
    pub raw_ptx: bool,
}

impl GpuGuest {
    /// A guest that no device was granted: it can be linked, and every call fails
    /// with [`GpuError::NotGranted`].
    pub fn none() -> GpuGuest {
        GpuGuest::of(None, TenantId::default())
    }

    fn of(gpu: Option<Gpu>, tenant: TenantId) -> GpuGuest {
        GpuGuest {
            gpu,
            tenant,
            arena: None,
            resident: None,
            modules: Vec::new(),
            kernels: Vec::new(),
            events: Vec::new(),
            forgotten: Vec::new(),
            error: String::new(),
        }
    }

    fn granted(&self) -> Result<Gpu, GpuError> {
        self.gpu.clone().ok_or(GpuError::NotGranted)
    }

    /// What the device is.
    ///
    /// # Errors
    ///
    /// [`GpuError::NotGranted`].
    pub fn info(&self) -> Result<DeviceInfo, GpuError> {
        let gpu = self.granted()?;
        let config = gpu.config();
        Ok(DeviceInfo {
            name: gpu.0.name.clone(),
            most_bytes: config.most_pages() * PAGE,
            bytes: self.bytes(),
            launches_in_flight: u32::try_from(config.launches_in_flight).unwrap_or(u32::MAX),
            raw_ptx: config.raw_ptx == RawPtx::Allowed,
        })
    }

    /// Bytes of the arena: what kernels see as their memory.
    pub fn bytes(&self) -> u64 {
        self.arena.as_ref().map_or(0, |arena| arena.memory.bytes())
    }

    /// Takes so many bytes of the arena, which may grow for it; gives where they
    /// begin. That is what kernels get as a pointer, a multiple of 256, and never 0.
    ///
    /// # Errors
    ///
    /// A quota, more buffers than [`GpuConfig::buffers`], or the device has not as
    /// much.
    pub async fn alloc(&mut self, bytes: u64) -> Result<u32, GpuError> {
        let most = self.granted()?.config().buffers;
        let arena = self.arena(0).await?;
        if arena.blocks().buffers() >= most {
            return Err(GpuError::TooMany {
                what: "buffers",
                limit: most,
                setting: "buffers",
            });
        }
        arena.take(bytes, For::Guest).await
    }

    /// How many bytes a buffer has that begins there.
    ///
    /// # Errors
    ///
    /// None does.
    pub fn length(&self, offset: u32) -> Result<u64, GpuError> {
        let arena = self.arena.as_ref();
        let length = arena.and_then(|arena| arena.blocks().length(u64::from(offset)));
        length.ok_or(GpuError::NoSuch {
            what: "buffer",
            number: offset,
        })
    }

    /// Gives a buffer back to the arena. Kernels that are running may go on to use
    /// it.
    ///
    /// # Errors
    ///
    /// There is none that begins there.
    pub fn free(&mut self, offset: u32) -> Result<(), GpuError> {
        self.length(offset)?;
        if let Some(arena) = &self.arena {
            arena.blocks().give(u64::from(offset));
        }
        Ok(())
    }

    /// Waits until all launches before have ended; the arena can then be read and
    /// written.
    ///
    /// # Errors
    ///
    /// [`GpuError::NotGranted`].
    pub async fn turn(&mut self) -> Result<Turn, GpuError> {
        Ok(self.arena(0).await?.turn().await)
    }

    /// The arena, made when it is first asked for, with so many pages at least.
    async fn arena(&mut self, pages: u64) -> Result<Arc<GuestArena>, GpuError> {
        let gpu = self.granted()?;
        let arena = match &self.arena {
            Some(arena) => Arc::clone(arena),
            None => {
                let tenant = self.tenant;
                let made = blocking(move || GuestArena::new(&gpu, tenant)).await??;
                Arc::clone(self.arena.insert(Arc::new(made)))
            }
        };
        arena.reach(pages * PAGE).await?;
        Ok(arena)
    }

    /// Keeps what went wrong, for who asks later.
    fn failed(&mut self, error: &GpuError) -> ErrorCode {
        self.error = error.to_string();
        error.code()
    }
}

impl Drop for GpuGuest {
    fn drop(&mut self) {
        let events = self.events.iter().flatten();
        for event in events.chain(&self.forgotten) {
            event.cancel.cancel();
        }
    }
}

impl fmt::Debug for GpuGuest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuGuest")
            .field("tenant", &self.tenant)
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}

/// The data of a store whose guest may use a device.
pub trait GpuView: Send + 'static {
    /// What the guest has.
    fn gpu(&mut self) -> &mut GpuGuest;

    /// How long the call may still take in which the guest is now; none if for ever.
    /// What it launches is cancelled then.
    fn time_left(&self) -> Option<Duration> {
        None
    }
}

impl GpuView for GpuGuest {
    fn gpu(&mut self) -> &mut GpuGuest {
        self
    }
}

impl<D: GpuView> GpuView for Guest<D> {
    fn gpu(&mut self) -> &mut GpuGuest {
        D::gpu(self)
    }

    fn time_left(&self) -> Option<Duration> {
        Guest::time_left(self)
    }
}

/// An executor's host that offers kernels and nothing else.
impl Host for Gpu {
    type Data = GpuGuest;

    fn link(&self, linker: &mut Linker<Guest<GpuGuest>>) -> wasmtime::Result<()> {
        add_to_linker(linker)
    }

    fn data(&self, tenant: TenantId) -> GpuGuest {
        self.guest(tenant)
    }
}
