//! A device of a kind that is known only when the program runs.

use std::any::Any;
use std::sync::Arc;

use super::{Arena, ArenaSize, Device, DeviceError, Launch, Outcome, PtxLaunch};
use crate::gpu::kernels::Kernels;

/// Any [`Device`] behind one type. Copies are the same device.
#[derive(Clone)]
pub struct AnyDevice(Arc<dyn Erased>);

/// Kernels on such a device.
pub struct AnyProgram(Box<dyn Any + Send + Sync>);

/// Memory of such a device.
pub struct AnyArena(Box<dyn ErasedArena>);

trait ErasedArena: Arena + Any {}

impl<A: Arena + Any> ErasedArena for A {}

/// A device without its types.
trait Erased: Send + Sync {
    fn name(&self) -> String;
    fn architecture(&self) -> String;
    fn compile(&self, kernels: &Arc<Kernels>) -> Result<AnyProgram, DeviceError>;
    fn compile_ptx(&self, text: &str) -> Result<AnyProgram, DeviceError>;
    fn arena(&self, size: ArenaSize) -> Result<AnyArena, DeviceError>;
    fn prepare(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &Launch<'_>,
    ) -> Result<(), DeviceError>;
    fn launch(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &Launch<'_>,
    ) -> Result<Outcome, DeviceError>;
    fn launch_ptx(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &PtxLaunch<'_>,
    ) -> Result<(), DeviceError>;
}

impl AnyDevice {
    /// This device, its kind forgotten.
    pub fn new(device: impl Device) -> AnyDevice {
        AnyDevice(Arc::new(device))
    }
}

impl<D: Device> Erased for D {
    fn name(&self) -> String {
        Device::name(self)
    }

    fn architecture(&self) -> String {
        Device::architecture(self)
    }

    fn compile(&self, kernels: &Arc<Kernels>) -> Result<AnyProgram, DeviceError> {
        Device::compile(self, kernels).map(|program| AnyProgram(Box::new(program)))
    }

    fn compile_ptx(&self, text: &str) -> Result<AnyProgram, DeviceError> {
        Device::compile_ptx(self, text).map(|program| AnyProgram(Box::new(program)))
    }

    fn arena(&self, size: ArenaSize) -> Result<AnyArena, DeviceError> {
        Device::arena(self, size).map(|arena| AnyArena(Box::new(arena)))
    }

    fn prepare(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &Launch<'_>,
    ) -> Result<(), DeviceError> {
        let (program, arena) = own::<D>(self, program, arena)?;
        Device::prepare(self, program, arena, launch)
    }

    fn launch(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &Launch<'_>,
    ) -> Result<Outcome, DeviceError> {
        let (program, arena) = own::<D>(self, program, arena)?;
        Device::launch(self, program, arena, launch)
    }

    fn launch_ptx(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &PtxLaunch<'_>,
    ) -> Result<(), DeviceError> {
        let (program, arena) = own::<D>(self, program, arena)?;
        Device::launch_ptx(self, program, arena, launch)
    }
}

/// What this device made.
fn own<'a, D: Device>(
    device: &D,
    program: &'a AnyProgram,
    arena: &'a AnyArena,
) -> Result<(&'a D::Program, &'a D::Arena), DeviceError> {
    let arena: &dyn Any = &*arena.0;
    match (program.0.downcast_ref(), arena.downcast_ref()) {
        (Some(program), Some(arena)) => Ok((program, arena)),
        _ => Err(DeviceError {
            device: device.name(),
            message: "kernels or memory of another device".to_owned(),
        }),
    }
}

impl Device for AnyDevice {
    type Program = AnyProgram;
    type Arena = AnyArena;

    fn name(&self) -> String {
        self.0.name()
    }

    fn architecture(&self) -> String {
        self.0.architecture()
    }

    fn compile(&self, kernels: &Arc<Kernels>) -> Result<AnyProgram, DeviceError> {
        self.0.compile(kernels)
    }

    fn compile_ptx(&self, text: &str) -> Result<AnyProgram, DeviceError> {
        self.0.compile_ptx(text)
    }

    fn arena(&self, size: ArenaSize) -> Result<AnyArena, DeviceError> {
        self.0.arena(size)
    }

    fn prepare(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &Launch<'_>,
    ) -> Result<(), DeviceError> {
        self.0.prepare(program, arena, launch)
    }

    fn launch(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &Launch<'_>,
    ) -> Result<Outcome, DeviceError> {
        self.0.launch(program, arena, launch)
    }

    fn launch_ptx(
        &self,
        program: &AnyProgram,
        arena: &AnyArena,
        launch: &PtxLaunch<'_>,
    ) -> Result<(), DeviceError> {
        self.0.launch_ptx(program, arena, launch)
    }
}

impl Arena for AnyArena {
    fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    fn grow(&self, pages: u64) -> Option<u64> {
        self.0.grow(pages)
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<(), DeviceError> {
        self.0.read(at, bytes)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> Result<(), DeviceError> {
        self.0.write(at, bytes)
    }

    fn fill(&self, at: u64, length: u64, byte: u8) -> Result<(), DeviceError> {
        self.0.fill(at, length, byte)
    }
}

impl std::fmt::Debug for AnyDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AnyDevice").field(&self.0.name()).finish()
    }
}
