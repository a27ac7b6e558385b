//! What kernels cost beside their own work, on the device `cpu`.

use std::fmt::Write as _;
use std::sync::Arc;

use tensor_wasm_runtime::executor::TenantId;
use tensor_wasm_runtime::gpu::device::Grid;
use tensor_wasm_runtime::gpu::guest::{Argument, Gpu, GpuConfig, GpuError};
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError, Kernels, Options};
use tokio::runtime::Runtime as Tokio;

use super::operations::{check, counted};
use crate::engine::bench::Repeat;
use crate::engines::tensor_wasm::other;
use crate::model::Failure;

/// A module of about a hundred instructions becomes PTX.
pub(super) const COMPILE: &str = "kernel-compile";
/// A launch of one thread, by who has the instance.
pub(super) const LAUNCH: &str = "kernel-launch";
/// The same for a guest: asked for, run elsewhere, waited for.
pub(super) const DISPATCH: &str = "kernel-dispatch";

/// Adds one to a word.
const COUNTER: &str = r#"(module (memory 1)
  (func (export "count") (param $at i32)
    (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1)))))"#;

/// Where it stands.
const AT: u64 = 1024;

pub(super) fn compile<'a>() -> Result<Box<dyn Repeat + 'a>, Failure> {
    // 16 times: two addresses, two loads, a product, a sum and a store.
    let body = (0..16).fold(String::new(), |mut body, at| {
        let _ = write!(
            body,
            "(f32.store offset={at} (local.get 0) (f32.add (f32.load offset={at} (local.get 0))
              (f32.mul (f32.load offset={at} (local.get 1)) (f32.const {at}))))",
            at = at * 4
        );
        body
    });
    let wasm = binary(&format!(
        r#"(module (memory 1) (func (export "f") (param i32 i32) {body}))"#
    ))?;
    counted(1 << 12, move |count| {
        for _ in 0..count {
            let kernels = Kernels::new(&wasm).map_err(|refused| other(&refused))?;
            check(i32::from(kernels.ptx().text.contains("kernel0")), 1)?;
        }
        Ok(())
    })
}

pub(super) fn launch<'a>() -> Result<Box<dyn Repeat + 'a>, Failure> {
    let failed = |error: KernelError| other(&error);
    let kernels = Kernels::new(&binary(COUNTER)?).map_err(|refused| other(&refused))?;
    let made = DeviceChoice::Cpu.instantiate(Arc::new(kernels), Options::default(), 0);
    let mut instance = made.map_err(failed)?;
    let mut done = 0_u32;
    counted(1 << 16, move |count| {
        for _ in 0..count {
            let launched = instance.launch("count", Grid::ONE, &[AT]);
            launched.map_err(failed)?;
            done = done.wrapping_add(1);
        }
        let read = instance.read(AT, 4).map_err(failed)?;
        same(&read.unwrap_or_default(), done)
    })
}

pub(super) fn dispatch(tokio: &Tokio) -> Result<Box<dyn Repeat + '_>, Failure> {
    let failed = |error: GpuError| other(&error);
    let device = DeviceChoice::Cpu.open(0).map_err(|error| other(&error))?;
    let mut guest = Gpu::new(device, GpuConfig::default()).guest(TenantId(1));
    let wasm = binary(COUNTER)?;
    let made = tokio.block_on(async {
        let kernel = guest.kernel(&wasm, "count").await?;
        Ok((kernel, guest.alloc(4).await?))
    });
    let (kernel, at) = made.map_err(failed)?;
    let argument = [Argument::Pointer {
        offset: at,
        length: 4,
    }];
    let mut done = 0_u32;
    let launches = counted(1 << 16, move |count| {
        let ran = tokio.block_on(async {
            for _ in 0..count {
                let event = guest.launch(kernel, Grid::ONE, &argument, None).await?;
                guest.wait(event).await?;
                guest.drop_event(event)?;
                done = done.wrapping_add(1);
            }
            guest.turn().await?.read(u64::from(at), 4).await
        });
        same(&ran.map_err(failed)?, done)
    })?;
    // Those that may block run a guest's launches.
    Ok(Box::new(Elsewhere(launches)))
}

/// What other threads do while the caller waits.
struct Elsewhere<'a>(Box<dyn Repeat + 'a>);

impl Repeat for Elsewhere<'_> {
    fn prepare(&mut self, count: u64) -> Result<(), Failure> {
        self.0.prepare(count)
    }

    fn run(&mut self, count: u64) -> Result<(), Failure> {
        self.0.run(count)
    }

    fn most(&self) -> u64 {
        self.0.most()
    }

    fn works_elsewhere(&self) -> bool {
        true
    }
}

fn same(read: &[u8], done: u32) -> Result<(), Failure> {
    if read == done.to_le_bytes() {
        return Ok(());
    }
    Err(other(&format!("{done} launches left {read:?}")))
}

fn binary(text: &str) -> Result<Vec<u8>, Failure> {
    let buffer = wast::parser::ParseBuffer::new(text).map_err(|error| other(&error))?;
    let parsed = wast::parser::parse::<wast::Wat<'_>>(&buffer);
    let mut parsed = parsed.map_err(|error| other(&error))?;
    parsed.encode().map_err(|error| other(&error))
}
