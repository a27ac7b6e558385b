//! Which device: chosen when the program runs.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

#[cfg(feature = "executor")]
use super::device::Cpu;
use super::device::{AnyDevice, Cuda, DeviceError, Interpreter};
use super::instance::{Instance, KernelError, Options};
use super::kernels::Kernels;

/// Instructions that the interpreter gives a launch.
const STEPS: u64 = 2_000_000_000;

/// Why there is no device `cpu`.
const NO_CPU: &str = "this program was built without Wasmtime";

/// A device by its name: what `--device` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviceChoice {
    /// A GPU where one works, else the CPU where this program has Wasmtime, else the
    /// interpreter.
    #[default]
    Auto,
    /// NVIDIA's GPU of this number, as the driver counts them; the first if none is
    /// given.
    Cuda(Option<u32>),
    /// Threads of this computer, under Wasmtime.
    Cpu,
    /// The interpreter of PTX.
    Interp,
}

impl DeviceChoice {
    /// What `--device` takes, for people.
    pub const NAMES: &str = "auto, cuda, cuda:N, cpu, interp";
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<DeviceChoice, String> {
        match text {
            "auto" => Ok(DeviceChoice::Auto),
            "cuda" => Ok(DeviceChoice::Cuda(None)),
            "cpu" => Ok(DeviceChoice::Cpu),
            "interp" => Ok(DeviceChoice::Interp),
            _ => {
                let number = text.strip_prefix("cuda:").and_then(ordinal);
                number
                    .map(|number| DeviceChoice::Cuda(Some(number)))
                    .ok_or_else(|| {
                        format!(
                            "there is no device `{text}`; there are {}",
                            DeviceChoice::NAMES
                        )
                    })
            }
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceChoice::Auto => f.write_str("auto"),
            DeviceChoice::Cuda(None) => f.write_str("cuda"),
            DeviceChoice::Cuda(Some(number)) => write!(f, "cuda:{number}"),
            DeviceChoice::Cpu => f.write_str("cpu"),
            DeviceChoice::Interp => f.write_str("interp"),
        }
    }
}

/// A number of digits, as a device has one.
fn ordinal(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u16 = text.parse().ok().filter(|_| digits)?;
    Some(number.into())
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
            Err(NO_CPU.to_owned())
        };
        let cuda = Cuda::describe(0).map(|first| match Cuda::count() {
            0 | 1 => first,
            count => format!("{first}; {count} of them, to cuda:{}", count - 1),
        });
        let interp = "interprets PTX and runs it hostile: slow, everywhere, a proof";
        vec![
            ("cuda", cuda),
            ("cpu", cpu),
            ("interp", Ok(interp.to_owned())),
        ]
    }

    /// What is used of a choice: [`DeviceChoice::Auto`] becomes the best device that
    /// works here, found out once; what else there is stays. A stand-in for the driver
    /// is only used by who names it.
    pub fn resolved(self) -> DeviceChoice {
        static BEST: OnceLock<DeviceChoice> = OnceLock::new();
        match self {
            DeviceChoice::Auto => *BEST.get_or_init(|| {
                if !Cuda::is_stand_in() && shared(0).is_ok() {
                    DeviceChoice::Cuda(Some(0))
                } else if cfg!(feature = "executor") {
                    DeviceChoice::Cpu
                } else {
                    DeviceChoice::Interp
                }
            }),
            chosen => chosen,
        }
    }

    /// Which device that is, for a report: not only what was asked for.
    ///
    /// # Errors
    ///
    /// There is no such device here: why.
    pub fn about(self) -> Result<String, String> {
        match self.resolved() {
            DeviceChoice::Cuda(number) => {
                let number = number.unwrap_or(0);
                Ok(format!("cuda:{number} ({})", Cuda::describe(number)?))
            }
            DeviceChoice::Cpu if !cfg!(feature = "executor") => Err(NO_CPU.to_owned()),
            chosen => Ok(chosen.to_string()),
        }
    }

    /// What kernels for it are compiled for, by which a [`Cache`](super::Cache) tells
    /// them apart: the architecture of a GPU, as `sm_90`.
    ///
    /// # Errors
    ///
    /// There is no such device here: why.
    pub fn architecture(self) -> Result<String, String> {
        match self.resolved() {
            DeviceChoice::Cuda(number) => Cuda::architecture(number.unwrap_or(0)),
            chosen => Ok(chosen.to_string()),
        }
    }

    /// This device. `seed` draws the orders that the interpreter runs threads in;
    /// other devices have no use for it.
    ///
    /// # Errors
    ///
    /// There is no such device here.
    pub fn open(self, seed: u64) -> Result<AnyDevice, DeviceError> {
        match self {
            DeviceChoice::Auto => self.resolved().open(seed),
            DeviceChoice::Cuda(number) => shared(number.unwrap_or(0)),
            DeviceChoice::Cpu => cpu(),
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

/// All of this program share one context of a GPU: making one takes longer than most
/// kernels.
fn shared(number: u32) -> Result<AnyDevice, DeviceError> {
    static SHARED: Mutex<Vec<(u32, AnyDevice)>> = Mutex::new(Vec::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, device)) = shared.iter().find(|(known, _)| *known == number) {
        return Ok(device.clone());
    }
    let device = AnyDevice::new(Cuda::device(number)?);
    shared.push((number, device.clone()));
    Ok(device)
}

/// As of a GPU, there is one of this computer.
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
        message: NO_CPU.to_owned(),
    })
}
