//! The imports of the module `gpu`, for core modules.
//!
//! Pointers are offsets in the memory that the guest exports as `memory`; one that
//! is not within it stops the guest. Everything else that goes wrong is a negative
//! result, the number of an [`ErrorCode`](super::ErrorCode), and `error` has the
//! sentence. `docs/gpu-guests.md` has the functions as C sees them.

use wasmtime::{Caller, Linker, Result};

use super::memory::{Bytes, put, put_text, slice, text};
use super::{Argument, EventId, GpuError, GpuGuest, GpuView, KernelId, tagged};
use crate::TrapCode;
use crate::gpu::device::{Grid, Trap};

const MODULE: &str = "gpu";

/// Bytes that are copied at a time between a guest and the arena: they are held once
/// more meanwhile.
const PIECE: usize = 16 << 20;

/// Traps of kernels by the numbers that guests see. 0 is every other one.
const TRAPS: [TrapCode; 13] = [
    TrapCode::Unreachable,
    TrapCode::OutOfBoundsMemoryAccess,
    TrapCode::OutOfBoundsTableAccess,
    TrapCode::UninitializedElement,
    TrapCode::IndirectCallTypeMismatch,
    TrapCode::IntegerOverflow,
    TrapCode::IntegerDivideByZero,
    TrapCode::InvalidConversionToInteger,
    TrapCode::CallStackExhausted,
    TrapCode::UnalignedAtomic,
    TrapCode::Interrupted,
    TrapCode::OutOfFuel,
    TrapCode::BarrierNotReached,
];

/// Blocks and threads of a block, each along x, y and z.
type Dimensions = (i32, i32, i32, i32, i32, i32);

/// Defines what core modules import from `gpu`.
///
/// # Errors
///
/// One of the names is defined already.
pub fn add_to_linker<T: GpuView>(linker: &mut Linker<T>) -> Result<()> {
    arena(linker)?;
    kernels(linker)?;
    events(linker)
}

/// What is about the device and its memory.
fn arena<T: GpuView>(linker: &mut Linker<T>) -> Result<()> {
    linker.func_wrap(MODULE, "info", |mut caller: Caller<'_, T>, to: i32| {
        let info = match caller.data_mut().gpu().info() {
            Ok(info) => info,
            Err(error) => return Ok(refused(&mut caller, &error)),
        };
        let mut bytes = info.most_bytes.to_le_bytes().to_vec();
        bytes.extend(info.bytes.to_le_bytes());
        bytes.extend(info.launches_in_flight.to_le_bytes());
        bytes.extend(u32::from(info.raw_ptx).to_le_bytes());
        put(&mut caller, to, &bytes)?;
        Ok(0)
    })?;
    linker.func_wrap(
        MODULE,
        "name",
        |mut caller: Caller<'_, T>, to: i32, room: i32| {
            let info = match caller.data_mut().gpu().info() {
                Ok(info) => info,
                Err(error) => return Ok(refused(&mut caller, &error)),
            };
            put_text(&mut caller, (to, room), &info.name)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "error",
        |mut caller: Caller<'_, T>, to: i32, room: i32| {
            let said = caller.data_mut().gpu().error.clone();
            put_text(&mut caller, (to, room), &said)
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "alloc",
        |mut caller: Caller<'_, T>, (bytes,): (i64,)| {
            Box::new(async move {
                let taken = caller.data_mut().gpu().alloc(bytes.cast_unsigned()).await;
                match taken {
                    Ok(offset) => i64::from(offset),
                    Err(error) => i64::from(refused(&mut caller, &error)),
                }
            })
        },
    )?;
    of_number(linker, "free", |gpu, offset| gpu.free(offset))?;
    linker.func_wrap_async(
        MODULE,
        "read",
        |mut caller: Caller<'_, T>, (from, to, length): (i32, i32, i32)| {
            Box::new(async move {
                let turn = match caller.data_mut().gpu().turn().await {
                    Ok(turn) => turn,
                    Err(error) => return Ok(refused(&mut caller, &error)),
                };
                let (from, whole) = (u64::from(from.cast_unsigned()), (to, length));
                let length = slice(&mut caller, whole)?.len();
                let mut read = turn.bounded(from, length as u64);
                for done in (0..length).step_by(PIECE) {
                    if read.is_err() {
                        break;
                    }
                    let count = PIECE.min(length - done);
                    read = match turn.read(from + done as u64, count as u64).await {
                        Ok(bytes) => {
                            let all = slice(&mut caller, whole)?;
                            all[done..done + count].copy_from_slice(&bytes);
                            Ok(())
                        }
                        Err(error) => Err(error),
                    };
                }
                Ok(answer(&mut caller, read))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "write",
        |mut caller: Caller<'_, T>, (to, from, length): (i32, i32, i32)| {
            Box::new(async move {
                let turn = match caller.data_mut().gpu().turn().await {
                    Ok(turn) => turn,
                    Err(error) => return Ok(refused(&mut caller, &error)),
                };
                let (to, whole) = (u64::from(to.cast_unsigned()), (from, length));
                let length = slice(&mut caller, whole)?.len();
                let mut written = turn.bounded(to, length as u64);
                for done in (0..length).step_by(PIECE) {
                    if written.is_err() {
                        break;
                    }
                    let all = slice(&mut caller, whole)?;
                    let piece = all[done..length.min(done + PIECE)].to_vec();
                    written = turn.write(to + done as u64, piece).await;
                }
                Ok(answer(&mut caller, written))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "fill",
        |mut caller: Caller<'_, T>, (to, length, byte): (i32, i32, i32)| {
            Box::new(async move {
                let [to, length] = [to, length].map(|word| u64::from(word.cast_unsigned()));
                let filled = match caller.data_mut().gpu().turn().await {
                    Ok(turn) => turn.fill(to, length, byte.to_le_bytes()[0]).await,
                    Err(error) => Err(error),
                };
                answer(&mut caller, filled)
            })
        },
    )?;
    Ok(())
}

/// What is about kernels, and launching them.
fn kernels<T: GpuView>(linker: &mut Linker<T>) -> Result<()> {
    linker.func_wrap_async(
        MODULE,
        "kernel",
        |mut caller: Caller<'_, T>, (wasm, size, export, length): (i32, i32, i32, i32)| {
            Box::new(async move {
                if let Err(error) = caller.data_mut().gpu().takes_module(size) {
                    return Ok(refused(&mut caller, &error));
                }
                let wasm = slice(&mut caller, (wasm, size))?.to_vec();
                let export = text(&mut caller, (export, length))?;
                let made = caller.data_mut().gpu().kernel(&wasm, &export).await;
                Ok(answer(&mut caller, made.map(|kernel| kernel.0)))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "kernel_named",
        |mut caller: Caller<'_, T>, (export, length): (i32, i32)| {
            Box::new(async move {
                let export = text(&mut caller, (export, length))?;
                let made = caller.data_mut().gpu().kernel_named(&export).await;
                Ok(answer(&mut caller, made.map(|kernel| kernel.0)))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "kernel_ptx",
        |mut caller: Caller<'_, T>, (ptx, size, entry, length): (i32, i32, i32, i32)| {
            Box::new(async move {
                if let Err(error) = caller.data_mut().gpu().takes_module(size) {
                    return Ok(refused(&mut caller, &error));
                }
                let ptx = text(&mut caller, (ptx, size))?;
                let entry = text(&mut caller, (entry, length))?;
                let made = caller.data_mut().gpu().kernel_ptx(&ptx, &entry).await;
                Ok(answer(&mut caller, made.map(|kernel| kernel.0)))
            })
        },
    )?;
    of_number(linker, "kernel_drop", |gpu, kernel| {
        gpu.drop_kernel(KernelId(kernel))
    })?;
    linker.func_wrap_async(
        MODULE,
        "launch",
        |mut caller: Caller<'_, T>,
         (kernel, x, y, z, a, b, c, list, length): (
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
        )| {
            Box::new(async move {
                let arguments = match arguments(&mut caller, (list, length))? {
                    Ok(arguments) => arguments,
                    Err(error) => return Ok(refused(&mut caller, &error)),
                };
                let left = caller.data().time_left();
                let kernel = KernelId(kernel.cast_unsigned());
                let grid = grid((x, y, z, a, b, c));
                let gpu = caller.data_mut().gpu();
                let launched = gpu.launch(kernel, grid, &arguments, left).await;
                Ok(answer(&mut caller, launched.map(|event| event.0)))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "launch_loops",
        |mut caller: Caller<'_, T>, (kernel, list, length): (i32, i32, i32)| {
            Box::new(async move {
                let arguments = match arguments(&mut caller, (list, length))? {
                    Ok(arguments) => arguments,
                    Err(error) => return Ok(refused(&mut caller, &error)),
                };
                let left = caller.data().time_left();
                let kernel = KernelId(kernel.cast_unsigned());
                let gpu = caller.data_mut().gpu();
                let launched = gpu.launch_loops(kernel, &arguments, left).await;
                Ok(answer(&mut caller, launched.map(|event| event.0)))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "launch_ptx",
        |mut caller: Caller<'_, T>,
         (kernel, x, y, z, a, b, c, shared, list, length): (
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
            i32,
        )| {
            Box::new(async move {
                let arguments = match arguments(&mut caller, (list, length))? {
                    Ok(arguments) => arguments,
                    Err(error) => return Ok(refused(&mut caller, &error)),
                };
                let left = caller.data().time_left();
                let kernel = KernelId(kernel.cast_unsigned());
                let grid = grid((x, y, z, a, b, c));
                let shared = shared.cast_unsigned();
                let gpu = caller.data_mut().gpu();
                let launched = gpu.launch_ptx(kernel, grid, shared, &arguments, left);
                let launched = launched.await;
                Ok(answer(&mut caller, launched.map(|event| event.0)))
            })
        },
    )?;
    Ok(())
}

/// What is about launches on their way.
fn events<T: GpuView>(linker: &mut Linker<T>) -> Result<()> {
    linker.func_wrap_async(
        MODULE,
        "wait",
        |mut caller: Caller<'_, T>, (event,): (i32,)| {
            Box::new(async move {
                let event = EventId(event.cast_unsigned());
                let ended = caller.data_mut().gpu().wait(event).await;
                answer(&mut caller, ended)
            })
        },
    )?;
    of_number(linker, "ready", |gpu, event| {
        gpu.is_ready(EventId(event)).map(u32::from)
    })?;
    of_number(linker, "cancel", |gpu, event| gpu.cancel(EventId(event)))?;
    linker.func_wrap(
        MODULE,
        "trap",
        |mut caller: Caller<'_, T>, event: i32, to: i32| -> Result<i32> {
            let event = EventId(event.cast_unsigned());
            match caller.data_mut().gpu().trap(event) {
                Ok(Some(trap)) => {
                    put(&mut caller, to, &record(&trap))?;
                    Ok(1)
                }
                Ok(None) => Ok(0),
                Err(error) => Ok(refused(&mut caller, &error)),
            }
        },
    )?;
    of_number(linker, "event_drop", |gpu, event| {
        gpu.drop_event(EventId(event))
    })?;
    Ok(())
}

/// Defines a function that takes a number and does not wait.
fn of_number<T: GpuView, N: Number + 'static>(
    linker: &mut Linker<T>,
    name: &str,
    call: fn(&mut GpuGuest, u32) -> Result<N, GpuError>,
) -> Result<()> {
    linker.func_wrap(
        MODULE,
        name,
        move |mut caller: Caller<'_, T>, number: i32| {
            let result = call(caller.data_mut().gpu(), number.cast_unsigned());
            answer(&mut caller, result)
        },
    )?;
    Ok(())
}

/// A result that is a number, or nothing.
trait Number {
    fn number(self) -> i32;
}

impl Number for () {
    fn number(self) -> i32 {
        0
    }
}

impl Number for u32 {
    fn number(self) -> i32 {
        i32::try_from(self).unwrap_or(i32::MAX)
    }
}

/// What the guest gets.
fn answer<T: GpuView>(caller: &mut Caller<'_, T>, result: Result<impl Number, GpuError>) -> i32 {
    match result {
        Ok(value) => value.number(),
        Err(error) => refused(caller, &error),
    }
}

fn refused<T: GpuView>(caller: &mut Caller<'_, T>, error: &GpuError) -> i32 {
    -(caller.data_mut().gpu().failed(error) as i32)
}

fn grid((x, y, z, a, b, c): Dimensions) -> Grid {
    Grid {
        blocks: [x, y, z].map(i32::cast_unsigned),
        threads: [a, b, c].map(i32::cast_unsigned),
    }
}

fn record(trap: &Trap) -> Vec<u8> {
    let code = TRAPS.iter().position(|code| *code == trap.code);
    let code = code.map_or(0, |at| at + 1);
    let words = [
        u32::try_from(code).unwrap_or(0),
        trap.function,
        trap.offset,
        trap.thread,
    ];
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn arguments<T: GpuView>(
    caller: &mut Caller<'_, T>,
    bytes: Bytes,
) -> Result<Result<Vec<Argument>, GpuError>> {
    Ok(tagged::arguments(slice(caller, bytes)?))
}
