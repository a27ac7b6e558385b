//! Kernels, from WebAssembly to what they leave in memory.
#![cfg(feature = "gpu")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod accesses;
mod assemble;
mod cache;
mod command;
#[cfg(feature = "executor")]
mod compare;
#[cfg(target_os = "linux")]
mod cuda;
mod kernels;
mod loops;
mod offload;
mod oracle;
mod pitfalls;
mod pure;
#[cfg(target_os = "linux")]
mod raw;
mod refused;
#[cfg(feature = "executor")]
mod shapes;
mod silicon;
#[cfg(target_os = "linux")]
mod stand_in;
mod stopping;
mod storm;
mod threads;

use std::fmt::Debug;
use std::sync::Arc;

use tensor_wasm_runtime::gpu::device::{AnyDevice, Arena as _, Arguments, Grid, Trap};
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, KernelError, Kernels, Options};

/// Back edges and calls a thread may make, where a test does not say.
const FUEL: u64 = 1_000_000;

/// A test of each function that is named, on every device there is here.
macro_rules! on_each_device {
    ($($name:ident),* $(,)?) => {
        mod interp {
            $(#[test] fn $name() { super::$name(super::DeviceChoice::Interp); })*
        }
        #[cfg(feature = "executor")]
        mod cpu {
            $(#[test] fn $name() { super::$name(super::DeviceChoice::Cpu); })*
        }
        // Over the stand-in: what a driver has to be given for a GPU.
        #[cfg(target_os = "linux")]
        mod cuda {
            $(#[test] fn $name() {
                let test = concat!(module_path!(), "::", stringify!($name));
                crate::stand_in::with_stand_in(test, "", || {
                    super::$name(super::DeviceChoice::Cuda(None));
                });
            })*
        }
    };
}
use on_each_device;

/// The devices that are here.
const DEVICES: &[DeviceChoice] = &[
    DeviceChoice::Interp,
    #[cfg(feature = "executor")]
    DeviceChoice::Cpu,
];

/// The trap that something ended with.
fn trap<T: Debug>(ended: Result<T, KernelError>) -> Trap {
    match ended {
        Err(KernelError::Trap(trap)) => trap,
        other => panic!("{other:?}"),
    }
}

/// A grid along x.
fn line(blocks: u32, threads: u32) -> Grid {
    Grid {
        blocks: [blocks, 1, 1],
        threads: [threads, 1, 1],
    }
}

/// A module in the binary format.
fn wasm(text: &str) -> Vec<u8> {
    let buffer = wast::parser::ParseBuffer::new(text).unwrap();
    wast::parser::parse::<wast::Wat<'_>>(&buffer)
        .unwrap()
        .encode()
        .unwrap()
}

/// A module on a device.
fn instance(on: DeviceChoice, text: &str) -> OnDevice {
    with_fuel(on, text, FUEL)
}

fn with_fuel(on: DeviceChoice, text: &str, fuel: u64) -> OnDevice {
    let options = Options {
        fuel: Some(fuel),
        ..Options::default()
    };
    with_options(on, text, options)
}

fn with_options(on: DeviceChoice, text: &str, options: Options) -> OnDevice {
    let kernels = Arc::new(Kernels::new(&wasm(text)).unwrap());
    OnDevice(on.instantiate(kernels, options, 7).unwrap())
}

/// An instance, whatever its device is.
struct OnDevice(Instance<AnyDevice>);

impl OnDevice {
    fn call(&mut self, export: &str, arguments: &[u64]) -> Result<Vec<u64>, KernelError> {
        self.0.call(export, arguments)
    }

    fn launch(&mut self, export: &str, grid: Grid, arguments: &[u64]) -> Result<(), KernelError> {
        self.launch_each(export, grid, Arguments::Same(arguments))
            .map(drop)
    }

    fn launch_each(
        &mut self,
        export: &str,
        grid: Grid,
        arguments: Arguments<'_>,
    ) -> Result<Vec<u64>, KernelError> {
        self.0.launch_each(export, grid, arguments)
    }

    fn read(&self, at: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.arena().read(at, &mut bytes).unwrap();
        bytes
    }

    fn write(&self, at: u64, bytes: &[u8]) {
        self.0.arena().write(at, bytes).unwrap();
    }
}
