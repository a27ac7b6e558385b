//! `tensor-wasm gpu run`: a kernel over files.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::device::{
    AnyDevice, Arena as _, Arguments, Cancel, Device as _, Grid, PAGE,
};
use tensor_wasm_runtime::gpu::ir::Type;
use tensor_wasm_runtime::gpu::{
    Cache, CacheFolder, DeviceChoice, Instance, KernelError, Kernels, Options,
};

use super::files::replace;
use super::values::{number, shown, wanted};
use super::{failure, load, say, understand};
use crate::exit::{Failure, INTERNAL, TIMEOUT, USAGE};
use crate::units::duration;

const EXAMPLES: &str = "\
Examples:
  tensor-wasm gpu run kernel.wat --kernel saxpy --grid 1024 --block 256 \\
      --arg 262144 --arg 2.0 --in x.f32 --in y.f32@0x100000 --out z.f32@0x100000+0x100000
  tensor-wasm gpu run kernel.wat --kernel saxpy --device cuda:0 --cache ~/.cache/kernels
  tensor-wasm gpu run kernel.wat --kernel count --block 32 --device interp --fuel 1000000

Exit codes:
    0  it ran to its end
    2  the command line is wrong: arguments, grid, a file that does not fit
  125  the device failed, or a file cannot be written
  126  the module cannot be read, or kernels cannot do what it does
  127  there is no such kernel
  134  a thread trapped: nothing is written to --out
  142  stopped at --timeout";

/// Run a kernel once for each thread of a grid
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LaunchOptions {
    /// The module, as binary or as text
    file: PathBuf,

    /// The exported function
    #[arg(long, value_name = "NAME")]
    kernel: String,

    /// Blocks of the grid along x, y and z
    #[arg(long, value_name = "X[,Y[,Z]]", default_value = "1", value_parser = dimensions)]
    grid: [u32; 3],

    /// Threads of a block along x, y and z
    #[arg(long, value_name = "X[,Y[,Z]]", default_value = "1", value_parser = dimensions)]
    block: [u32; 3],

    /// An argument of the kernel, as its type wants it; one option for each. Floats
    /// may be inf, -inf, nan, or a NaN with all its bits, as nan:0x7fc00001
    #[arg(long = "arg", value_name = "NUMBER", allow_hyphen_values = true)]
    arguments: Vec<String>,

    /// A file that is copied to memory first, and where to
    /// [default: 0, then after the one before]
    #[arg(long = "in", value_name = "FILE[@OFFSET]", value_parser = input)]
    inputs: Vec<Input>,

    /// A file that gets bytes of memory afterwards
    #[arg(long = "out", value_name = "FILE@OFFSET+BYTES", value_parser = output)]
    outputs: Vec<Output>,

    /// What it runs on; `tensor-wasm gpu info` lists them
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,

    /// Keep what is compiled in this folder, where only you may write
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,

    /// How many heads of loops and functions each thread may enter
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,

    /// Stop it after this long, as 500ms or 10s
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    /// Bytes of each thread's shadow stack, for code from C and Rust: a multiple of 16
    #[arg(long, value_name = "N", default_value = "1024", value_parser = stack_bytes)]
    stack_bytes: u32,

    /// Run it so often, and tell the median time
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    repeat: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Input {
    file: PathBuf,
    offset: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Output {
    file: PathBuf,
    offset: u64,
    bytes: u64,
}

/// How much a folder of `--cache` may hold, in bytes.
const CACHE: u64 = 1 << 30;

/// The kernels of the module, from the folder of `--cache` if they lie there.
fn compiled(options: &LaunchOptions) -> Result<Arc<Kernels>, Failure> {
    let Some(path) = options.cache.clone() else {
        return load(&options.file);
    };
    let folder = CacheFolder { path, bytes: CACHE };
    let cache = Cache::new(0, Some(folder));
    let cache = cache.map_err(|error| Failure::new(USAGE, format!("--cache {error}")))?;
    let architecture = options.device.architecture();
    let architecture =
        architecture.map_err(|why| Failure::new(INTERNAL, format!("{}: {why}", options.device)))?;
    understand(&options.file, |wasm| cache.kernels(wasm, &architecture))
}

/// Runs the kernel; the exit code.
pub(crate) fn launch(options: &LaunchOptions) -> Result<i32, Failure> {
    let file = options.file.as_path();
    let kernels = compiled(options)?;
    let wrong = |message: String| Failure::new(USAGE, message);
    let export = kernels.export(&options.kernel).ok_or_else(|| {
        let names: Vec<&str> = kernels
            .module()
            .exports
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let mut failed = failure(&KernelError::NoExport(options.kernel.clone()), file);
        failed.message += &format!("; it exports {}", names.join(", "));
        failed
    })?;
    let (params, results) = (
        export.signature.params.clone(),
        export.signature.results.clone(),
    );
    if params.len() != options.arguments.len() {
        return Err(wrong(format!(
            "`{}` takes {} arguments ({}), not {}: --arg once for each",
            options.kernel,
            params.len(),
            listed(&params),
            options.arguments.len()
        )));
    }
    let arguments = params.iter().zip(&options.arguments);
    let arguments = arguments
        .map(|(ty, text)| {
            let none = || wrong(format!("`{text}` is no {ty}: it wants {}", wanted(*ty)));
            number(*ty, text).ok_or_else(none)
        })
        .collect::<Result<Vec<u64>, _>>()?;
    let cancel = Cancel::default();
    let limits = Options {
        fuel: options.fuel,
        stack_bytes: options.stack_bytes,
        cancel: cancel.clone(),
    };
    let started = Instant::now();
    if let Some(timeout) = options.timeout {
        std::thread::spawn(move || {
            std::thread::sleep(timeout);
            cancel.cancel();
        });
    }
    let ended = |error: &KernelError| match (error, options.timeout) {
        (KernelError::Trap(trap), Some(timeout))
            if trap.code == TrapCode::Interrupted && started.elapsed() >= timeout =>
        {
            Failure::new(
                TIMEOUT,
                format!("{}: stopped at --timeout: {error}", file.display()),
            )
        }
        _ => failure(error, file),
    };
    // It may have a start function.
    let made = options.device.instantiate(kernels, limits, 0);
    let mut instance = made.map_err(|error| ended(&error))?;
    let bytes_in = copy_in(&instance, &options.inputs)?;
    let grid = Grid {
        blocks: options.grid,
        threads: options.block,
    };
    // What is done once is not what a launch takes.
    let prepared = instance.prepare(&options.kernel, grid, &arguments);
    prepared.map_err(|error| failure(&error, file))?;
    let mut times = Vec::new();
    let mut given = Vec::new();
    for _ in 0..options.repeat {
        let began = Instant::now();
        let ran = instance.launch_each(&options.kernel, grid, Arguments::Same(&arguments));
        times.push(began.elapsed());
        given = ran.map_err(|error| ended(&error))?;
    }
    let bytes_out = copy_out(&instance, &options.outputs)?;
    times.sort_unstable();
    report(
        options,
        &instance,
        times[times.len() / 2],
        bytes_in + bytes_out,
    )?;
    for (thread, values) in given.chunks(results.len().max(1)).take(8).enumerate() {
        let values = values.iter().zip(&results);
        let values: Vec<String> = values.map(|(bits, ty)| shown(*ty, *bits)).collect();
        say(&format!("thread {thread}: {}", values.join(", ")))?;
    }
    Ok(0)
}

fn report(
    options: &LaunchOptions,
    instance: &Instance<AnyDevice>,
    time: Duration,
    bytes: u64,
) -> Result<(), Failure> {
    let [blocks, threads] = [options.grid, options.block]
        .map(|sizes| sizes.iter().map(|size| u64::from(*size)).product::<u64>());
    let seconds = time.as_secs_f64();
    let median = if options.repeat > 1 { " (median)" } else { "" };
    say(&format!(
        "{} on {}: {blocks} blocks of {threads} threads in {:.3} ms{median}",
        options.kernel,
        instance.device().name(),
        seconds * 1e3
    ))?;
    if bytes > 0 {
        // Of what the command line names: the kernel may read and write more.
        say(&format!(
            "{bytes} bytes of --in and --out: {:.3} GB/s",
            bytes as f64 / seconds.max(1e-9) / 1e9
        ))?;
    }
    Ok(())
}

/// The most that a memory may have, in bytes: its addresses have 32 bits.
const MOST_INPUT: u64 = 4 << 30;

/// Copies the files to memory, which grows for them; how many bytes that were.
fn copy_in(instance: &Instance<AnyDevice>, inputs: &[Input]) -> Result<u64, Failure> {
    let arena = instance.arena();
    let (mut next, mut total) = (0, 0);
    for input in inputs {
        let named =
            |message: String| Failure::new(USAGE, format!("{}: {message}", input.file.display()));
        let mut bytes = Vec::new();
        // A device or a pipe may have no end.
        std::fs::File::open(&input.file)
            .and_then(|file| file.take(MOST_INPUT + 1).read_to_end(&mut bytes))
            .map_err(|error| named(error.to_string()))?;
        if bytes.len() as u64 > MOST_INPUT {
            return Err(named(
                "it has more than 4 GiB, which no memory has".to_owned(),
            ));
        }
        let offset = input.offset.unwrap_or(next);
        let end = offset.checked_add(bytes.len() as u64);
        let end = end.ok_or_else(|| named("the offset is too large".to_owned()))?;
        if let Some(more @ 1..) = end.checked_sub(arena.bytes()) {
            arena.grow(more.div_ceil(PAGE)).ok_or_else(|| {
                named(format!(
                    "{} bytes at {offset} are beyond what the module's memory may grow to",
                    bytes.len()
                ))
            })?;
        }
        arena
            .write(offset, &bytes)
            .map_err(|error| Failure::new(INTERNAL, error.to_string()))?;
        next = end;
        total += bytes.len() as u64;
    }
    Ok(total)
}

/// Copies memory to the files, to all of them or to none if memory is what fails; how
/// many bytes that were.
fn copy_out(instance: &Instance<AnyDevice>, outputs: &[Output]) -> Result<u64, Failure> {
    let arena = instance.arena();
    let mut copied = Vec::new();
    for output in outputs {
        let end = output.offset.checked_add(output.bytes);
        if end.is_none_or(|end| end > arena.bytes()) {
            return Err(Failure::new(
                USAGE,
                format!(
                    "{}: {} bytes at {} are not within the memory's {}",
                    output.file.display(),
                    output.bytes,
                    output.offset,
                    arena.bytes()
                ),
            ));
        }
        let length = usize::try_from(output.bytes).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        let room = bytes.try_reserve_exact(length);
        room.map_err(|error| {
            Failure::new(INTERNAL, format!("{}: {error}", output.file.display()))
        })?;
        bytes.resize(length, 0);
        arena
            .read(output.offset, &mut bytes)
            .map_err(|error| Failure::new(INTERNAL, error.to_string()))?;
        copied.push((output, bytes));
    }
    let mut total = 0;
    for (output, bytes) in copied {
        replace(&output.file, &bytes).map_err(|error| {
            Failure::new(INTERNAL, format!("{}: {error}", output.file.display()))
        })?;
        total += output.bytes;
    }
    Ok(total)
}

fn listed(types: &[Type]) -> String {
    types
        .iter()
        .map(Type::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn dimensions(text: &str) -> Result<[u32; 3], String> {
    let mut sizes = [1; 3];
    let mut parts = text.split(',');
    for size in &mut sizes {
        let Some(part) = parts.next() else { break };
        *size = part
            .parse()
            .map_err(|_| "expected one to three numbers, as 1024 or 64,64".to_owned())?;
    }
    match parts.next() {
        Some(_) => Err("expected at most three numbers: along x, y and z".to_owned()),
        None => Ok(sizes),
    }
}

fn stack_bytes(text: &str) -> Result<u32, String> {
    let bytes = text.parse().ok();
    bytes
        .filter(|bytes: &u32| *bytes > 0 && bytes.is_multiple_of(16))
        .ok_or_else(|| "expected a multiple of 16 above zero, as 1024".to_owned())
}

fn place(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn input(text: &str) -> Result<Input, String> {
    // A name may have an `@` itself; what follows the last one is a number.
    let at = text.rsplit_once('@');
    let found = at.and_then(|(file, offset)| Some((file, place(offset)?)));
    let (file, offset) = match found {
        Some((file, offset)) => (file, Some(offset)),
        None => (text, None),
    };
    Ok(Input {
        file: file.into(),
        offset,
    })
}

fn output(text: &str) -> Result<Output, String> {
    let parsed = || {
        let (file, range) = text.rsplit_once('@')?;
        let (offset, bytes) = range.split_once('+')?;
        Some(Output {
            file: file.into(),
            offset: place(offset)?,
            bytes: place(bytes)?,
        })
    };
    parsed().ok_or_else(|| "expected a file, an offset and bytes, as y.f32@4096+1024".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_and_places_are_numbers() {
        assert_eq!(dimensions("4"), Ok([4, 1, 1]));
        assert_eq!(dimensions("4,5,6"), Ok([4, 5, 6]));
        for wrong in ["", "a", "1,2,3,4", "1,,2", "-1"] {
            assert!(dimensions(wrong).is_err(), "{wrong}");
        }
        assert_eq!(input("a@b.f32").unwrap().offset, None);
        assert_eq!(input("a.f32@0x10").unwrap().offset, Some(16));
        let found = output("y@z@4096+8").unwrap();
        assert_eq!((found.offset, found.bytes), (4096, 8));
        assert_eq!(found.file, PathBuf::from("y@z"));
        for wrong in ["y", "y@4", "y@a+1", "@1"] {
            assert!(output(wrong).is_err(), "{wrong}");
        }
    }
}
