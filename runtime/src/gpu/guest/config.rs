//! What guests may take of a device.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::gpu::cache::Cache;
use crate::gpu::kernels::Kernels;

/// The most pages a memory of 32 bits has.
const MOST_PAGES: u64 = 65_536;

/// What a [`Gpu`](super::Gpu) is made from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GpuConfig {
    /// Bytes of the device's memory for all guests together.
    pub engine_bytes: u64,
    /// Bytes for the guests of one tenant together.
    pub tenant_bytes: u64,
    /// Bytes for one guest's arena, rounded down to pages of 64 KiB; at most 4 GiB.
    pub guest_bytes: u64,
    /// Launches of all guests that have not ended. Whoever launches one more waits
    /// until there is room, first come, first served. One at least.
    pub launches_in_flight: usize,
    /// How long a launch may take, from when it is asked for. It ends earlier where
    /// the call ends earlier in which the guest asked.
    pub launch_deadline: Duration,
    /// Heads of loops and functions that each thread may enter; none if as many as
    /// it likes until the deadline.
    pub fuel: Option<u64>,
    /// Bytes of each thread's shadow stack, a multiple of 16. They are taken from the
    /// guest's arena while a launch lasts.
    pub stack_bytes: u32,
    /// The largest module of kernels, or text of PTX, in bytes.
    pub module_bytes: usize,
    /// Modules of kernels that one guest may load.
    pub modules: usize,
    /// Kernels that one guest may have, of all its modules.
    pub kernels: usize,
    /// Buffers that one guest may have.
    pub buffers: usize,
    /// Launches whose end one guest has not yet looked at.
    pub events: usize,
    /// Modules that were compiled and are kept for who brings them next.
    pub cache: Arc<Cache>,
    /// Modules whose exports guests can have by name, without bringing them.
    pub offered: Vec<Arc<Kernels>>,
    /// Whether guests may bring PTX.
    pub raw_ptx: RawPtx,
}

/// Whether guests may bring kernels in PTX instead of WebAssembly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RawPtx {
    /// They are refused.
    #[default]
    Refused,
    /// They are run, and what this crate promises is given up for **every** guest of
    /// the device, also for those that bring WebAssembly:
    ///
    /// - Nothing checks where such a kernel reads and writes. It sees the memory of
    ///   all guests and all tenants, and whatever else of this process is on the
    ///   device.
    /// - A stray access, a misaligned one or the instruction `trap` ends the context:
    ///   all guests lose their memory and their launches.
    /// - Nothing ends a loop. Deadlines, cancellation and fuel do not reach such a
    ///   kernel, and a launch that does not end holds its place, and the device, for
    ///   ever.
    /// - Results are the GPU's own: other NaNs, fused operations, other roundings,
    ///   whatever the text asks for.
    ///
    /// Allow it only to guests that you trust as you trust a native program.
    Allowed,
}

impl Default for GpuConfig {
    /// 8 GiB in all and for each tenant, 1 GiB for a guest; 64 launches, 10 seconds
    /// for each, no fuel; modules of up to 1 MiB, 16 of them with 256 kernels, 4,096
    /// buffers, 1,024 events; 64 MiB of compiled modules in memory; no PTX.
    fn default() -> GpuConfig {
        GpuConfig {
            engine_bytes: 8 << 30,
            tenant_bytes: 8 << 30,
            guest_bytes: 1 << 30,
            launches_in_flight: 64,
            launch_deadline: Duration::from_secs(10),
            fuel: None,
            stack_bytes: 1024,
            module_bytes: 1 << 20,
            modules: 16,
            kernels: 256,
            buffers: 4096,
            events: 1024,
            cache: Arc::new(Cache::in_memory(64 << 20)),
            offered: Vec::new(),
            raw_ptx: RawPtx::Refused,
        }
    }
}

impl GpuConfig {
    /// Launches that may be on their way at once.
    pub(super) fn permits(&self) -> usize {
        self.launches_in_flight.clamp(1, Semaphore::MAX_PERMITS)
    }

    /// Pages that a guest's arena may have.
    pub(super) fn most_pages(&self) -> u64 {
        (self.guest_bytes >> 16).min(MOST_PAGES)
    }
}
