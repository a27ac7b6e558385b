//! Which device: chosen when the program runs.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;
use std::sync::Arc;
#[cfg(feature = "executor")]
use std::sync::OnceLock;

#[cfg(feature = "executor")]
use super::device::Cpu;
use super::device::{Arena, Arguments, Device, DeviceError, Grid, Interpreter};
use super::instance::{Instance, KernelError, Options};
use super::kernels::Kernels;

/// Instructions that the interpreter gives a launch.
const STEPS: u64 = 2_000_000_000;

/// A device by its name: what `--device` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviceChoice {
    /// The CPU where this program has Wasmtime, else the interpreter.
    #[default]
    Auto,
    /// Threads of this computer, under Wasmtime.
    Cpu,
    /// The interpreter of PTX.
    Interp,
}

impl DeviceChoice {
    /// What `--device` takes, for people.
    pub const NAMES: &str = "auto, cpu, interp";
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<DeviceChoice, String> {
        match text {
            "auto" => Ok(DeviceChoice::Auto),
            "cpu" => Ok(DeviceChoice::Cpu),
            "interp" => Ok(DeviceChoice::Interp),
            _ => Err(format!(
                "there is no device `{text}`; there are {}",
                DeviceChoice::NAMES
            )),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DeviceChoice::Auto => "auto",
            DeviceChoice::Cpu => "cpu",
            DeviceChoice::Interp => "interp",
        })
    }
}

impl DeviceChoice {
    /// The devices there may be, by name: what each is, or why it is not here.
    pub fn found() -> Vec<(&'static str, Result<String, String>)> {
        let cpu = if cfg!(feature = "executor") {
            let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
            Ok(format!(
                "this computer, {threads} at a time, under Wasmtime"
            ))
        } else {
            Err("this program was built without Wasmtime".to_owned())
        };
        let interp = "interprets PTX and runs it hostile: slow, everywhere, a proof";
        vec![("cpu", cpu), ("interp", Ok(interp.to_owned()))]
    }

    /// An instance of kernels on this device. `seed` draws the orders that the
    /// interpreter runs threads in; other devices have no use for it.
    ///
    /// # Errors
    ///
    /// There is no such device here, or the instance cannot be made.
    pub fn instantiate(
        self,
        kernels: Arc<Kernels>,
        options: Options,
        seed: u64,
    ) -> Result<Box<dyn AnyInstance>, KernelError> {
        match self {
            DeviceChoice::Auto if !cfg!(feature = "executor") => {
                DeviceChoice::Interp.instantiate(kernels, options, seed)
            }
            DeviceChoice::Auto | DeviceChoice::Cpu => on_cpu(kernels, options),
            DeviceChoice::Interp => {
                let device = Interpreter::device(seed, STEPS);
                Ok(Box::new(Instance::of(device, kernels, options)?))
            }
        }
    }
}

/// All instances of this program share one device: making one takes longer than
/// most kernels.
#[cfg(feature = "executor")]
fn on_cpu(kernels: Arc<Kernels>, options: Options) -> Result<Box<dyn AnyInstance>, KernelError> {
    static SHARED: OnceLock<Result<Cpu, DeviceError>> = OnceLock::new();
    let device = SHARED.get_or_init(|| Cpu::new(None)).clone()?;
    Ok(Box::new(Instance::of(device, kernels, options)?))
}

#[cfg(not(feature = "executor"))]
fn on_cpu(_: Arc<Kernels>, _: Options) -> Result<Box<dyn AnyInstance>, KernelError> {
    Err(KernelError::Device(DeviceError {
        device: "cpu".to_owned(),
        message: "this program was built without Wasmtime".to_owned(),
    }))
}

/// An [`Instance`], whatever its device is.
pub trait AnyInstance: Send {
    /// What the device is, for people.
    fn device(&self) -> String;

    /// What was compiled.
    fn kernels(&self) -> &Kernels;

    /// Its memory.
    fn arena(&self) -> &dyn Arena;

    /// As [`Instance::call`].
    ///
    /// # Errors
    ///
    /// As there.
    fn call(&mut self, export: &str, arguments: &[u64]) -> Result<Vec<u64>, KernelError>;

    /// As [`Instance::launch_each`].
    ///
    /// # Errors
    ///
    /// As there.
    fn launch_each(
        &mut self,
        export: &str,
        grid: Grid,
        arguments: Arguments<'_>,
    ) -> Result<Vec<u64>, KernelError>;

    /// As [`Instance::global`].
    fn global(&self, index: u32) -> Option<u64>;
}

impl<D: Device> AnyInstance for Instance<D> {
    fn device(&self) -> String {
        Instance::device(self).name()
    }

    fn kernels(&self) -> &Kernels {
        Instance::kernels(self)
    }

    fn arena(&self) -> &dyn Arena {
        Instance::arena(self)
    }

    fn call(&mut self, export: &str, arguments: &[u64]) -> Result<Vec<u64>, KernelError> {
        Instance::call(self, export, arguments)
    }

    fn launch_each(
        &mut self,
        export: &str,
        grid: Grid,
        arguments: Arguments<'_>,
    ) -> Result<Vec<u64>, KernelError> {
        Instance::launch_each(self, export, grid, arguments)
    }

    fn global(&self, index: u32) -> Option<u64> {
        Instance::global(self, index)
    }
}
