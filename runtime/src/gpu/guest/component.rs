//! The interface `tensor-wasm:gpu/kernels`, for components: `wit/gpu.wit`.

use std::time::Duration;

use wasmtime::Result;
use wasmtime::component::{HasData, Linker, Resource};

use super::blocks::ALIGNMENT;
use super::{Argument, ErrorCode, EventId, GpuError, GpuGuest, GpuView, KernelId};
use crate::gpu::device::Grid;
use bindings::tensor_wasm::gpu::kernels as wit;
use resources::{Buffer, Event, Kernel};

/// The most bytes that one call reads: they are copied twice on their way.
const MOST_READ: u64 = 64 << 20;

mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "tensor-wasm:gpu/guest",
        imports: { default: async | trappable },
        require_store_data_send: true,
        with: {
            "tensor-wasm:gpu/kernels.buffer": super::resources::Buffer,
            "tensor-wasm:gpu/kernels.kernel": super::resources::Kernel,
            "tensor-wasm:gpu/kernels.event": super::resources::Event,
        },
    });
}

/// What handles stand for: numbers, and nothing else.
#[expect(unreachable_pub, reason = "the bindings export them again")]
mod resources {
    /// Its number is its offset, in units of [`ALIGNMENT`](super::ALIGNMENT).
    pub enum Buffer {}
    /// Its number is a [`KernelId`](super::KernelId).
    pub enum Kernel {}
    /// Its number is an [`EventId`](super::EventId).
    pub enum Event {}
}

/// Defines what components import from `tensor-wasm:gpu`.
///
/// # Errors
///
/// The interface is defined already.
pub fn add_to_component_linker<T: GpuView>(linker: &mut Linker<T>) -> Result<()> {
    wit::add_to_linker::<T, Viewed>(linker, |data| {
        let left = data.time_left();
        View {
            gpu: data.gpu(),
            left,
        }
    })
}

struct Viewed;

impl HasData for Viewed {
    type Data<'a> = View<'a>;
}

/// What the functions work on.
struct View<'a> {
    gpu: &'a mut GpuGuest,
    left: Option<Duration>,
}

impl From<GpuError> for wit::Error {
    fn from(error: GpuError) -> wit::Error {
        let code = match error.code() {
            ErrorCode::NotGranted => wit::ErrorCode::NotGranted,
            ErrorCode::NotFound => wit::ErrorCode::NotFound,
            ErrorCode::Limit => wit::ErrorCode::Limit,
            ErrorCode::Refused => wit::ErrorCode::Refused,
            ErrorCode::Arguments => wit::ErrorCode::Arguments,
            ErrorCode::Grid => wit::ErrorCode::Grid,
            ErrorCode::OutOfBounds => wit::ErrorCode::OutOfBounds,
            ErrorCode::OutOfMemory => wit::ErrorCode::OutOfMemory,
            ErrorCode::Trap => wit::ErrorCode::Trap,
            ErrorCode::Device => wit::ErrorCode::Device,
        };
        wit::Error {
            code,
            message: error.to_string(),
        }
    }
}

/// What a function of the interface gives.
type Answer<T> = Result<Result<T, wit::Error>>;

fn answer<T>(result: Result<T, GpuError>) -> Answer<T> {
    Ok(result.map_err(wit::Error::from))
}

impl View<'_> {
    /// Where so many bytes of a buffer lie in the arena, from one of its bytes on.
    fn part(&self, buffer: &Resource<Buffer>, at: u64, length: u64) -> Result<u64, GpuError> {
        let offset = offset(buffer);
        let bytes = self.gpu.length(offset)?;
        match at.checked_add(length) {
            Some(end) if end <= bytes => Ok(u64::from(offset) + at),
            _ => Err(GpuError::OutOfBounds { at, length, bytes }),
        }
    }

    fn arguments(&self, given: &[wit::Argument]) -> Result<Vec<Argument>, GpuError> {
        given
            .iter()
            .map(|argument| self.argument(argument))
            .collect()
    }

    fn argument(&self, argument: &wit::Argument) -> Result<Argument, GpuError> {
        Ok(match argument {
            wit::Argument::S32(value) => Argument::I32(value.cast_unsigned()),
            wit::Argument::U32(value) => Argument::I32(*value),
            wit::Argument::S64(value) => Argument::I64(value.cast_unsigned()),
            wit::Argument::U64(value) => Argument::I64(*value),
            wit::Argument::F32(value) => Argument::F32(value.to_bits()),
            wit::Argument::F64(value) => Argument::F64(value.to_bits()),
            wit::Argument::Buffer(buffer) => {
                let offset = offset(buffer);
                let length = self.gpu.length(offset)?;
                Argument::Pointer {
                    offset,
                    // Not more than the arena, which ends at 4 GiB.
                    length: u32::try_from(length).unwrap_or(u32::MAX),
                }
            }
        })
    }
}

fn offset(buffer: &Resource<Buffer>) -> u32 {
    // One that a guest has was made by `alloc`, and fits.
    buffer.rep().saturating_mul(ALIGNMENT as u32)
}

fn kernel_id(kernel: &Resource<Kernel>) -> KernelId {
    KernelId(kernel.rep())
}

fn event_id(event: &Resource<Event>) -> EventId {
    EventId(event.rep())
}

fn grid(blocks: wit::Dimensions, threads: wit::Dimensions) -> Grid {
    let each = |along: wit::Dimensions| [along.x, along.y, along.z];
    Grid {
        blocks: each(blocks),
        threads: each(threads),
    }
}

impl wit::Host for View<'_> {
    async fn get_device_info(&mut self) -> Answer<wit::DeviceInfo> {
        answer(self.gpu.info().map(|info| wit::DeviceInfo {
            name: info.name,
            most_bytes: info.most_bytes,
            bytes: info.bytes,
            launches_in_flight: info.launches_in_flight,
            raw_ptx: info.raw_ptx,
        }))
    }
}

impl wit::HostBuffer for View<'_> {
    async fn alloc(&mut self, bytes: u64) -> Answer<Resource<Buffer>> {
        let taken = self.gpu.alloc(bytes).await;
        answer(taken.map(|offset| Resource::new_own(offset / ALIGNMENT as u32)))
    }

    async fn offset(&mut self, buffer: Resource<Buffer>) -> Result<u32> {
        Ok(offset(&buffer))
    }

    async fn length(&mut self, buffer: Resource<Buffer>) -> Result<u64> {
        Ok(self.gpu.length(offset(&buffer))?)
    }

    async fn read(&mut self, buffer: Resource<Buffer>, at: u64, length: u64) -> Answer<Vec<u8>> {
        if length > MOST_READ {
            let limit = MOST_READ;
            return answer(Err(GpuError::ReadTooLarge {
                limit,
                asked: length,
            }));
        }
        answer(
            async {
                let from = self.part(&buffer, at, length)?;
                let turn = self.gpu.turn().await?;
                turn.read(from, length).await
            }
            .await,
        )
    }

    async fn write(&mut self, buffer: Resource<Buffer>, at: u64, bytes: Vec<u8>) -> Answer<()> {
        answer(
            async {
                let to = self.part(&buffer, at, bytes.len() as u64)?;
                self.gpu.turn().await?.write(to, bytes).await
            }
            .await,
        )
    }

    async fn fill(
        &mut self,
        buffer: Resource<Buffer>,
        at: u64,
        length: u64,
        byte: u8,
    ) -> Answer<()> {
        answer(
            async {
                let to = self.part(&buffer, at, length)?;
                self.gpu.turn().await?.fill(to, length, byte).await
            }
            .await,
        )
    }

    async fn drop(&mut self, buffer: Resource<Buffer>) -> Result<()> {
        Ok(self.gpu.free(offset(&buffer))?)
    }
}

impl wit::HostKernel for View<'_> {
    async fn from_bytes(&mut self, module: Vec<u8>, export: String) -> Answer<Resource<Kernel>> {
        let made = self.gpu.kernel(&module, &export).await;
        answer(made.map(|kernel| Resource::new_own(kernel.0)))
    }

    async fn named(&mut self, export: String) -> Answer<Resource<Kernel>> {
        let made = self.gpu.kernel_named(&export).await;
        answer(made.map(|kernel| Resource::new_own(kernel.0)))
    }

    async fn from_ptx(&mut self, text: String, entry: String) -> Answer<Resource<Kernel>> {
        let made = self.gpu.kernel_ptx(&text, &entry).await;
        answer(made.map(|kernel| Resource::new_own(kernel.0)))
    }

    async fn launch(
        &mut self,
        kernel: Resource<Kernel>,
        blocks: wit::Dimensions,
        threads: wit::Dimensions,
        arguments: Vec<wit::Argument>,
    ) -> Answer<Resource<Event>> {
        answer(
            async {
                let arguments = self.arguments(&arguments)?;
                let (kernel, grid) = (kernel_id(&kernel), grid(blocks, threads));
                let launched = self.gpu.launch(kernel, grid, &arguments, self.left);
                Ok(Resource::new_own(launched.await?.0))
            }
            .await,
        )
    }

    async fn launch_loops(
        &mut self,
        kernel: Resource<Kernel>,
        arguments: Vec<wit::Argument>,
    ) -> Answer<Resource<Event>> {
        answer(
            async {
                let arguments = self.arguments(&arguments)?;
                let kernel = kernel_id(&kernel);
                let launched = self.gpu.launch_loops(kernel, &arguments, self.left);
                Ok(Resource::new_own(launched.await?.0))
            }
            .await,
        )
    }

    async fn launch_ptx(
        &mut self,
        kernel: Resource<Kernel>,
        blocks: wit::Dimensions,
        threads: wit::Dimensions,
        shared_bytes: u32,
        arguments: Vec<wit::Argument>,
    ) -> Answer<Resource<Event>> {
        answer(
            async {
                let arguments = self.arguments(&arguments)?;
                let (kernel, grid) = (kernel_id(&kernel), grid(blocks, threads));
                let gpu = &mut *self.gpu;
                let launched = gpu.launch_ptx(kernel, grid, shared_bytes, &arguments, self.left);
                Ok(Resource::new_own(launched.await?.0))
            }
            .await,
        )
    }

    async fn drop(&mut self, kernel: Resource<Kernel>) -> Result<()> {
        Ok(self.gpu.drop_kernel(kernel_id(&kernel))?)
    }
}

impl wit::HostEvent for View<'_> {
    async fn wait(&mut self, event: Resource<Event>) -> Answer<()> {
        answer(self.gpu.wait(event_id(&event)).await)
    }

    async fn ready(&mut self, event: Resource<Event>) -> Result<bool> {
        Ok(self.gpu.is_ready(event_id(&event))?)
    }

    async fn cancel(&mut self, event: Resource<Event>) -> Result<()> {
        Ok(self.gpu.cancel(event_id(&event))?)
    }

    async fn trap(&mut self, event: Resource<Event>) -> Result<Option<wit::TrapInfo>> {
        let trap = self.gpu.trap(event_id(&event))?;
        Ok(trap.map(|trap| wit::TrapInfo {
            reason: trap.code.to_string(),
            function: trap.function,
            offset: trap.offset,
            thread: trap.thread,
        }))
    }

    async fn drop(&mut self, event: Resource<Event>) -> Result<()> {
        Ok(self.gpu.drop_event(event_id(&event))?)
    }
}
