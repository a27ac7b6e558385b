//! What a guest's launch costs that does nothing, beside a program that calls the driver.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cudarc::driver::{
    CudaContext, CudaFunction, CudaStream, DriverError, LaunchConfig, PushKernelArg,
};
use cudarc::nvrtc::Ptx;
use tensor_wasm_runtime::executor::{CallOptions, Executor, ExecutorConfig, Instance, TenantId};
use tensor_wasm_runtime::gpu::device::AnyDevice;
use tensor_wasm_runtime::gpu::guest::{Gpu, GpuConfig, GpuGuest};

use super::{BY_HAND, encode};
use crate::exit::{Failure, INTERNAL};

/// Launches of a round, each waited for: what the call around them costs does not count.
const LAUNCHES: u32 = 200;

/// A kernel without a parameter, which the guest brings along.
const KERNEL: &str = r#"(module (func (export "nothing")))"#;

fn failed(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::new(INTERNAL, format!("{what}: {error}"))
}

/// By the name of its code: what the driver says of a code is one more thing to ask it.
fn of_driver(error: &DriverError) -> Failure {
    failed("cudarc", format!("{:?}", error.0))
}

/// A guest that launches a kernel and waits for it, again and again.
pub(super) struct Guest {
    tokio: tokio::runtime::Runtime,
    _executor: Executor<Gpu>,
    instance: Instance<GpuGuest>,
}

impl Guest {
    pub(super) fn new(device: AnyDevice) -> Result<Guest, Failure> {
        let tokio = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .map_err(|error| failed("threads", error))?;
        let kernel = encode(KERNEL).map_err(|error| failed("the kernel", error))?;
        let gpu = Gpu::new(device, GpuConfig::default());
        let executor = Executor::with_host(ExecutorConfig::default(), gpu);
        let executor = executor.map_err(|error| failed("an executor", error))?;
        let made = tokio.block_on(async {
            let module = executor.load(program(&kernel).as_bytes()).await?;
            executor.spawn(TenantId(1), &module).await
        });
        let guest = Guest {
            tokio,
            _executor: executor,
            instance: made.map_err(|error| failed("the guest", error))?,
        };
        guest.called("prepare", "[]")?;
        Ok(guest)
    }

    /// What a launch takes, from the guest's call to the end of its wait.
    pub(super) fn launch(&self) -> Result<Duration, Failure> {
        let began = Instant::now();
        self.called("launches", &format!("[{LAUNCHES}]"))?;
        Ok(began.elapsed() / LAUNCHES)
    }

    /// Calls an export that gives 0 if all went well.
    fn called(&self, export: &str, arguments: &str) -> Result<(), Failure> {
        let call = self
            .instance
            .call_json(export, arguments, CallOptions::new());
        let gave = self.tokio.block_on(call);
        let gave = gave.map_err(|error| failed("the guest", error))?;
        match gave.to_string().as_str() {
            "[0]" => Ok(()),
            other => Err(failed("the guest's launches", other)),
        }
    }
}

/// The guest; kernels lie in its memory from 16 on.
fn program(kernel: &[u8]) -> String {
    let bytes = kernel.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "\\{byte:02x}");
        text
    });
    let length = kernel.len();
    format!(
        r#"(module
  (import "gpu" "kernel" (func $kernel (param i32 i32 i32 i32) (result i32)))
  (import "gpu" "launch"
    (func $launch (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gpu" "wait" (func $wait (param i32) (result i32)))
  (import "gpu" "event_drop" (func $drop (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "nothing")
  (data (i32.const 16) "{bytes}")
  (global $nothing (mut i32) (i32.const 0))
  (func (export "prepare") (result i32)
    (global.set $nothing
      (call $kernel (i32.const 16) (i32.const {length}) (i32.const 0) (i32.const 7)))
    (i32.lt_s (global.get $nothing) (i32.const 0)))
  (func (export "launches") (param $left i32) (result i32) (local $event i32) (local $error i32)
    (loop $next
      (local.set $event (call $launch (global.get $nothing)
        (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)
        (i32.const 0) (i32.const 0)))
      (local.set $error (i32.or (local.get $error) (call $wait (local.get $event))))
      (drop (call $drop (local.get $event)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $error)))"#
    )
}

/// The same with cudarc alone: PTX by hand, a launch, a wait.
pub(super) struct Bare {
    stream: Arc<CudaStream>,
    nothing: CudaFunction,
}

impl Bare {
    /// On the GPU of this number.
    pub(super) fn new(number: u32) -> Result<Bare, Failure> {
        let made = || {
            let context = CudaContext::new(number as usize)?;
            let module = context.load_module(Ptx::from_src(BY_HAND))?;
            Ok::<_, DriverError>(Bare {
                stream: context.default_stream(),
                nothing: module.load_function("nothing")?,
            })
        };
        made().map_err(|error| of_driver(&error))
    }

    /// What a launch takes, and the wait for it.
    #[expect(unsafe_code, reason = "a kernel is launched without a check")]
    pub(super) fn launch(&self) -> Result<Duration, Failure> {
        let config = LaunchConfig {
            grid_dim: (1, 1, 1),
            block_dim: (1, 1, 1),
            shared_mem_bytes: 0,
        };
        let zero = 0_u64;
        let began = Instant::now();
        for _ in 0..LAUNCHES {
            let mut launch = self.stream.launch_builder(&self.nothing);
            launch.arg(&zero).arg(&zero).arg(&zero).arg(&zero);
            // SAFETY: the entry has four parameters of 64 bits, and looks at none.
            let launched = unsafe { launch.launch(config) };
            launched.map_err(|error| of_driver(&error))?;
            let waited = self.stream.synchronize();
            waited.map_err(|error| of_driver(&error))?;
        }
        Ok(began.elapsed() / LAUNCHES)
    }
}
