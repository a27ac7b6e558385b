//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tensor_wasm_runtime::EngineConfig;
use tensor_wasm_runtime::gpu::DeviceChoice;
use tensor_wasm_runtime::wasi::{Directory, Ready};

use crate::units::{bytes, duration};

const EXAMPLES: &str = "\
Examples:
  tensor-wasm run hello.wasm
  tensor-wasm run --dir data::/ --env LOG=debug app.wasm --its-own-flag
  tensor-wasm run --timeout 10s --max-memory 64MiB untrusted.wasm
  tensor-wasm run --invoke add --args '[2, 40]' math.wat
  tensor-wasm run --addr 127.0.0.1:8080 --http service.wasm
  tensor-wasm run --gpu auto --timeout 10s simulation.wasm
  tensor-wasm run --ready after-instantiate daemon.wasm

Exit codes:
  the guest's own, or 0 when it just ends
    2  the command line is wrong
  125  tensor-wasm itself failed
  126  the module cannot be read, compiled, linked or instantiated
  127  there is no entry point
  134  the guest trapped
  142  the guest was stopped at --timeout
  130, 143  the guest was stopped by SIGINT, SIGTERM (a service then exits with 0)";

/// Run a WASI program: a core module with `_start`, or a component
///
/// The program gets what the options below name, and nothing else: no
/// directory, no environment variable and no network without them.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunOptions {
    /// The module or component, as binary or as text, and the guest's own
    /// arguments: whatever follows the file is the guest's
    #[arg(
        value_names = ["FILE", "ARGS"],
        required = true,
        num_args = 1..,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    file_and_arguments: Vec<OsString>,

    /// An environment variable of the guest; a bare name takes its value from
    /// the environment here
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    pub(crate) env: Vec<(String, Option<String>)>,

    /// A directory the guest may read and write, and its name there
    /// [default name: the same]
    #[arg(long, value_name = "HOST::GUEST", value_parser = directory)]
    pub(crate) dir: Vec<Directory>,

    /// Let the guest use sockets and look up names
    #[arg(long)]
    pub(crate) inherit_network: bool,

    /// Let the guest send HTTP requests
    #[arg(long)]
    pub(crate) http: bool,

    /// Let the guest run kernels on this device: auto, cuda, cuda:N, cpu or interp
    #[arg(long, value_name = "DEVICE")]
    pub(crate) gpu: Option<DeviceChoice>,

    /// The most bytes of the device's memory that the guest may have, up to 4GiB
    #[arg(long, value_name = "BYTES", value_parser = gpu_memory, requires = "gpu", default_value = "1GiB")]
    pub(crate) gpu_memory: u64,

    /// Keep compiled kernels in this folder, which nobody else may write to
    #[arg(long, value_name = "DIR", requires = "gpu")]
    pub(crate) gpu_cache: Option<PathBuf>,

    /// Serve a `wasi:http` component at this address; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT", conflicts_with = "invoke")]
    pub(crate) addr: Option<SocketAddr>,

    /// Call this export instead of the entry point and print its results as
    /// JSON; `interface#name` for one inside an interface
    #[arg(long, value_name = "EXPORT")]
    pub(crate) invoke: Option<String>,

    /// The arguments of the export, typed by its signature
    #[arg(long, value_name = "JSON", requires = "invoke", default_value = "[]")]
    pub(crate) args: String,

    /// Stop the guest after this long, as 500ms or 10s; of a service, each
    /// request, and once more each response
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,

    /// Trap when this much fuel is used up; about one for each instruction. Each
    /// thread of a kernel has as much, one for each loop and function it enters
    #[arg(long, value_name = "N")]
    pub(crate) fuel: Option<u64>,

    /// The most bytes that the guest's memories may have together, as 65536 or
    /// 64MiB [default: 256MiB]
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) max_memory: Option<u64>,

    /// The most bytes that the file may have
    #[arg(long, value_name = "BYTES", value_parser = bytes, default_value = "64MiB")]
    pub(crate) max_module: u64,

    /// Keep compiled code in this folder and use what is there. It is executed
    /// as it is found: nobody else should be able to write there
    #[arg(long, value_name = "FOLDER")]
    pub(crate) code_cache: Option<PathBuf>,

    /// Print `READY` to standard output when the program is up:
    /// `after-instantiate`, `export:NAME` (once that function has returned), or
    /// `off`
    #[arg(long, value_name = "WHEN", value_parser = ready, default_value = "off")]
    pub(crate) ready: Ready,

    /// Shape the engine, as compiler=winch or opt-level=none
    #[arg(long, value_name = "KEY=VALUE", value_parser = setting)]
    pub(crate) config: Vec<(String, String)>,
}

impl RunOptions {
    /// The module or component.
    pub(crate) fn file(&self) -> &Path {
        self.file_and_arguments
            .first()
            .map_or(Path::new(""), Path::new)
    }

    /// The guest's arguments, without its name.
    pub(crate) fn arguments(&self) -> &[OsString] {
        self.file_and_arguments.get(1..).unwrap_or_default()
    }
}

fn variable(text: &str) -> Result<(String, Option<String>), String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    if name.is_empty() {
        return Err("a variable has a name: NAME=VALUE".to_owned());
    }
    Ok((name.to_owned(), value))
}

/// Bytes that a memory of 32 bits can have.
fn gpu_memory(text: &str) -> Result<u64, String> {
    let asked = bytes(text)?;
    match asked > 4 << 30 {
        true => Err("a guest addresses no more than 4GiB".to_owned()),
        false => Ok(asked),
    }
}

fn directory(text: &str) -> Result<Directory, String> {
    let (host, guest) = text.split_once("::").unwrap_or((text, text));
    if host.is_empty() || guest.is_empty() {
        return Err("a directory has a name on both sides: HOST::GUEST".to_owned());
    }
    Ok(Directory {
        host: PathBuf::from(host),
        guest: guest.to_owned(),
    })
}

fn ready(text: &str) -> Result<Ready, String> {
    match (text, text.strip_prefix("export:")) {
        ("off", _) => Ok(Ready::Off),
        ("after-instantiate", _) => Ok(Ready::AfterInstantiate),
        (_, Some(name)) if !name.is_empty() => Ok(Ready::Export(name.to_owned())),
        _ => Err("expected after-instantiate, export:NAME or off".to_owned()),
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| "a setting has a value: KEY=VALUE".to_owned())?;
    let flag = match key {
        "fuel" => "--fuel",
        "deadline-ms" | "epoch-tick-ms" => "--timeout",
        "max-memory-bytes" => "--max-memory",
        _ => {
            return EngineConfig::default()
                .set(key, value)
                .map(|()| (key.to_owned(), value.to_owned()))
                .map_err(|error| error.to_string());
        }
    };
    Err(format!("`{key}` is set with {flag}"))
}

/// A number and a unit; the unit is needed, because "10" means seconds to one
/// person and milliseconds to the next.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_with_a_flag_of_its_own_names_the_flag() {
        assert!(setting("compiler=winch").is_ok());
        assert!(setting("fuel=1").unwrap_err().contains("--fuel"));
        assert!(setting("compiler=gcc").unwrap_err().contains("winch"));
        assert!(setting("compiler").is_err());
    }
}
