//! Which device: chosen when the program runs.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;
use std::sync::Arc;
#[cfg(feature = "executor")]
use std::sync::OnceLock;

#[cfg(feature = "executor")]
use super::device::Cpu;
use super::device::{AnyDevice, DeviceError, Interpreter};
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

    /// This device. `seed` draws the orders that the interpreter runs threads in;
    /// other devices have no use for it.
    ///
    /// # Errors
    ///
    /// There is no such device here.
    pub fn open(self, seed: u64) -> Result<AnyDevice, DeviceError> {
        match self {
            DeviceChoice::Auto if !cfg!(feature = "executor") => DeviceChoice::Interp.open(seed),
            DeviceChoice::Auto | DeviceChoice::Cpu => cpu(),
            DeviceChoice::Interp => Ok(AnyDevice::new(Interpreter::device(seed, STEPS))),
        }
    }

    /// An instance of kernels on this device.
    ///
    /// # Errors
    ///
    /// There is no such device here, or the instance cannot be made.
    pub fn instantiate(
        self,
        kernels: Arc<Kernels>,
        options: Options,
        seed: u64,
    ) -> Result<Instance<AnyDevice>, KernelError> {
        Instance::of(self.open(seed)?, kernels, options)
    }
}

/// All of this program share one device: making one takes longer than most kernels.
#[cfg(feature = "executor")]
fn cpu() -> Result<AnyDevice, DeviceError> {
    static SHARED: OnceLock<Result<AnyDevice, DeviceError>> = OnceLock::new();
    let make = || Cpu::new(None).map(AnyDevice::new);
    SHARED.get_or_init(make).clone()
}

#[cfg(not(feature = "executor"))]
fn cpu() -> Result<AnyDevice, DeviceError> {
    Err(DeviceError {
        device: "cpu".to_owned(),
        message: "this program was built without Wasmtime".to_owned(),
    })
}
