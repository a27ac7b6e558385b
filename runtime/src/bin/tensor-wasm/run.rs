//! `tensor-wasm run`: from options to an exit code.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tensor_wasm_runtime::gpu::guest::{Gpu, GpuConfig};
use tensor_wasm_runtime::gpu::{Cache, CacheFolder, DeviceChoice};
use tensor_wasm_runtime::wasi::{Command, Grants, Ready, Service, ServiceOptions, Stdio};
use tensor_wasm_runtime::{Compiler, Engine, EngineConfig};

use crate::exit::{self, Failure};
use crate::options::RunOptions;
use crate::supervise::{self, Supervised};

/// How much is kept of compiled kernels, in memory and in a folder, in bytes.
const GPU_CACHE: u64 = 1 << 30;

/// Runs the program and returns the exit code of this process.
pub(crate) fn run(options: RunOptions) -> Result<i32, Failure> {
    let subject = options.file().display().to_string();
    let engine = engine(&options).map_err(|error| Failure::of(&error, "--config"))?;
    let grants = grants(&options)?;
    let bytes = read(options.file(), options.max_module)?;
    match options.addr {
        Some(_) => serve(&engine, &bytes, options, grants, subject),
        None => command(&engine, &bytes, options, grants, subject),
    }
}

fn engine(options: &RunOptions) -> Result<Engine, tensor_wasm_runtime::Error> {
    let mut config = EngineConfig::default();
    for (key, value) in &options.config {
        config.set(key, value)?;
    }
    if config.compiler != Compiler::default() {
        // What another compiler lacks is off for it, not a reason not to start.
        config.proposals = config
            .supported_proposals()
            .intersection(&config.proposals)
            .copied()
            .collect();
    }
    config.fuel = options.fuel;
    config.code_cache.clone_from(&options.code_cache);
    if options.addr.is_some() {
        // Many guests share few threads: the ticks make them take turns. A
        // command has a thread for itself and needs none.
        config.deadline = Some(options.timeout.unwrap_or(Duration::MAX));
    }
    Engine::new(&config)
}

fn grants(options: &RunOptions) -> Result<Grants, Failure> {
    let mut grants = Grants::default();
    let name = options.file().file_name().unwrap_or_default();
    grants.arguments.push(name.to_string_lossy().into_owned());
    for argument in options.arguments() {
        let Some(argument) = argument.to_str() else {
            let message = format!("argument {argument:?} is not UTF-8, and WASI knows no other");
            return Err(Failure::new(exit::USAGE, message));
        };
        grants.arguments.push(argument.to_owned());
    }
    for (name, value) in &options.env {
        let value = match value {
            Some(value) => value.clone(),
            None => match std::env::var(name) {
                Ok(value) => value,
                Err(std::env::VarError::NotPresent) => continue,
                Err(std::env::VarError::NotUnicode(_)) => {
                    let message = format!("--env {name}: its value here is not UTF-8");
                    return Err(Failure::new(exit::USAGE, message));
                }
            },
        };
        grants.environment.push((name.clone(), value));
    }
    grants.directories.clone_from(&options.dir);
    grants.network = options.inherit_network;
    grants.outgoing_http = options.http;
    grants.gpu = options.gpu.map(|device| gpu(device, options)).transpose()?;
    grants.stdio = Stdio::Inherit;
    grants.own_thread = options.addr.is_none();
    grants.fuel = options.fuel;
    grants.limits.module_bytes = usize::try_from(options.max_module).unwrap_or(usize::MAX);
    if let Some(bytes) = options.max_memory {
        grants.limits.memory_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    Ok(grants)
}

/// The device of `--gpu`. A kernel may run as long as the guest, and each of its
/// threads use as much fuel.
fn gpu(choice: DeviceChoice, options: &RunOptions) -> Result<Gpu, Failure> {
    let wrong = |error: String| Failure::new(exit::INTERNAL, format!("--gpu {choice}: {error}"));
    let device = choice.open(0).map_err(|error| wrong(error.to_string()))?;
    let mut config = GpuConfig::default();
    config.guest_bytes = options.gpu_memory;
    config.launch_deadline = Duration::MAX;
    config.fuel = options.fuel;
    if let Some(path) = options.gpu_cache.clone() {
        let folder = CacheFolder {
            path,
            bytes: GPU_CACHE,
        };
        let cache = Cache::new(GPU_CACHE, Some(folder));
        let cache =
            cache.map_err(|error| Failure::new(exit::USAGE, format!("--gpu-cache {error}")))?;
        config.cache = Arc::new(cache);
    }
    Ok(Gpu::new(device, config))
}

/// Reads the whole file, and no more than `limit` bytes of anything.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let cannot = |error: std::io::Error| {
        let message = format!("cannot read {}: {error}", path.display());
        Failure::new(exit::NOT_LOADED, message)
    };
    let file = File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > limit {
        let message = format!(
            "{} has more than {limit} bytes; --max-module sets how many it may have",
            path.display()
        );
        return Err(Failure::new(exit::NOT_LOADED, message));
    }
    Ok(bytes)
}

fn command(
    engine: &Engine,
    bytes: &[u8],
    options: RunOptions,
    grants: Grants,
    subject: String,
) -> Result<i32, Failure> {
    let timeout = options.timeout;
    let command = Command::load(engine, bytes).map_err(|error| Failure::of(&error, &subject))?;
    let guest = async move {
        let ready = options.ready;
        let ended = match &options.invoke {
            None => command.run(&grants, ready, announce).await.map(Err),
            Some(export) => {
                command
                    .invoke(&grants, export, &options.args, ready, announce)
                    .await
            }
        };
        match ended {
            Ok(Ok(results)) => {
                print(&results)?;
                Ok(0)
            }
            Ok(Err(code)) => Ok(code),
            Err(error) => Err(Failure::of(&error, &subject)),
        }
    };
    supervise::command(guest, timeout)
}

fn serve(
    engine: &Engine,
    bytes: &[u8],
    options: RunOptions,
    grants: Grants,
    subject: String,
) -> Result<i32, Failure> {
    if let Ready::Export(_) = options.ready {
        let message = "--ready export:NAME is for commands: a service has an instance for each \
                       request and no one function that makes it ready; use after-instantiate";
        return Err(Failure::new(exit::USAGE, message));
    }
    if !options.arguments().is_empty() {
        return Err(Failure::new(exit::USAGE, "a service takes no arguments"));
    }
    let Some(address) = options.addr else {
        return Err(Failure::new(exit::USAGE, "a service needs --addr"));
    };
    let service = Service::load(engine, bytes).map_err(|error| Failure::of(&error, &subject))?;
    let mut how = ServiceOptions::default();
    how.request_deadline = options.timeout;
    let stopped = supervise::service(async move |mut stop| {
        let failure = |error| Failure::of(&error, &subject);
        let cannot = |error: std::io::Error| {
            let message = format!("cannot listen at {address}: {error}");
            Failure::new(exit::INTERNAL, message)
        };
        if options.ready == Ready::AfterInstantiate {
            tokio::select! {
                made = service.probe(&grants, how) => made.map_err(failure)?,
                () = &mut stop => return Ok(true),
            }
        }
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        exit::tell(&format!("Serving HTTP on http://{address}/"));
        if options.ready == Ready::AfterInstantiate {
            announce();
        }
        let name = subject.clone();
        let report = move |error: &_| exit::complain(&Failure::of(error, &name).message);
        service
            .serve(listener, grants, how, stop, report)
            .await
            .map_err(failure)
    })?;
    match stopped {
        Supervised::Ended(true) => Ok(0),
        Supervised::Ended(false) => Err(Failure::new(
            exit::INTERNAL,
            "stopped with requests still open: they did not end in time",
        )),
        Supervised::Stopped(signal) => Ok(signal.exit_code()),
    }
}

/// Tells a supervisor that the program is up.
fn announce() {
    // A supervisor that is gone does not read it; the program goes on.
    let _ = print("READY");
}

fn print(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| {
            Failure::new(
                exit::INTERNAL,
                format!("cannot write to standard output: {error}"),
            )
        })
}
