//! Streams, and what is launched on them.

use std::ffi::{c_uint, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tensor_wasm_runtime::gpu::interp::{Fault, Launch, Program, launch};

use crate::modules::parameters;
use crate::{
    Context, INVALID_HANDLE, INVALID_VALUE, MEMORY, NOT_READY, SUCCESS, current, give, handle,
    lock, log, wanted,
};

static LAUNCHES: AtomicU32 = AtomicU32::new(0);
static SEED: AtomicU64 = AtomicU64::new(1);

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuStreamCreate(stream: *mut usize, flags: c_uint) -> u32 {
    current(|context| {
        let made = handle();
        log(&format!("stream {made:#x} flags {flags}"));
        context.streams.insert(made, None);
        give(stream, made)
    })
}

/// What a stream has done: its code, or none if it is not done.
pub(crate) fn done(context: &mut Context, stream: usize, waits: bool) -> Option<u32> {
    let Some(thread) = context.streams.get_mut(&stream) else {
        return Some(INVALID_HANDLE);
    };
    match thread {
        Some(running) if !waits && !running.is_finished() => return None,
        _ => {}
    }
    let code = thread
        .take()
        .map_or(SUCCESS, |thread| thread.join().unwrap_or(999));
    if code != SUCCESS {
        context.broken.store(code, Ordering::SeqCst);
    }
    Some(code)
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuStreamQuery(stream: usize) -> u32 {
    current(|context| done(context, stream, false).unwrap_or(NOT_READY))
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuStreamSynchronize(stream: usize) -> u32 {
    current(|context| done(context, stream, true).unwrap_or(NOT_READY))
}

/// `launch=N:CODE`: the N-th launch fails so, and its context with it. `hang=1`: no
/// launch hears that it is cancelled.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuLaunchKernel(
    function: usize,
    x: c_uint,
    y: c_uint,
    z: c_uint,
    threads_x: c_uint,
    threads_y: c_uint,
    threads_z: c_uint,
    shared_bytes: c_uint,
    stream: usize,
    arguments: *const *const u64,
    _: *mut *mut c_void,
) -> u32 {
    current(|context| {
        let Some(known) = context.functions.get(&function) else {
            return INVALID_HANDLE;
        };
        if !context.streams.contains_key(&stream) {
            return INVALID_HANDLE;
        }
        if shared_bytes > known.shared_bytes {
            return INVALID_VALUE;
        }
        let Some(module) = context.modules.get(&known.module).map(Arc::clone) else {
            return INVALID_HANDLE;
        };
        let symbol = known.symbol.clone();
        let count = parameters(&module.text, &symbol).unwrap_or(0);
        // SAFETY: there is a pointer for each parameter of the entry.
        let arguments: Vec<u64> = unsafe { std::slice::from_raw_parts(arguments, count) }
            .iter()
            // SAFETY: each is to as many bytes as its parameter has: 8.
            .map(|argument| unsafe { **argument })
            .collect();
        let number = LAUNCHES.fetch_add(1, Ordering::SeqCst) + 1;
        log(&format!("launch {symbol} on {stream:#x}"));
        let fails = wanted("launch");
        let fails = fails.as_deref().and_then(|text| text.split_once(':'));
        let fails = fails.filter(|(which, _)| which.parse() == Ok(number));
        let code: u32 = fails.map_or(SUCCESS, |(_, code)| code.parse().unwrap_or(999));
        let mapped = context.mapped.iter().find_map(|(here, there, bytes)| {
            let end = there + *bytes as u64;
            let address = arguments.iter().find(|at| (*there..end).contains(*at))?;
            Some((here + (address - there) as usize, *address))
        });
        let grid = ([x, y, z], [threads_x, threads_y, threads_z]);
        let before = done(context, stream, true);
        let thread = std::thread::spawn(move || match code {
            SUCCESS => run(
                &module.program,
                &symbol,
                grid,
                shared_bytes,
                &arguments,
                mapped,
            ),
            code => code,
        });
        context.streams.insert(stream, Some(thread));
        before.unwrap_or(SUCCESS)
    })
}

/// Runs a launch; what it comes to.
fn run(
    program: &Program,
    symbol: &str,
    (grid, block): ([u32; 3], [u32; 3]),
    shared_bytes: u32,
    arguments: &[u64],
    mapped: Option<(usize, u64)>,
) -> u32 {
    let word = || {
        let (here, _) = mapped?;
        // SAFETY: it is a word of memory that was leaked for this.
        let word = unsafe { AtomicU32::from_ptr(here as *mut u32) };
        let hears = wanted("hang").is_none();
        Some(if hears {
            word.load(Ordering::SeqCst)
        } else {
            0
        })
    };
    let mut memory = lock(&MEMORY);
    if let (Some((_, address)), Some(word)) = (mapped, word()) {
        let _ = memory.write(address, &word.to_le_bytes());
    }
    let wanted_here = Launch {
        entry: symbol,
        grid,
        block,
        shared_bytes,
        arguments,
        seed: SEED.fetch_add(1, Ordering::Relaxed),
        steps: wanted("hang").map_or(2_000_000_000, |_| u64::MAX),
        cancel_word: mapped.map(|(_, address)| address),
        // A GPU does not ask before a block begins.
        begins_cancelled: true,
    };
    let cancelled = || word().is_some_and(|word| word != 0);
    match launch(program, &mut memory, &wanted_here, &cancelled) {
        Ok(_) => SUCCESS,
        Err(fault) => {
            log(&format!("fault {fault}"));
            match fault {
                Fault::OutOfBounds { .. } => 700,
                Fault::Misaligned { .. } => 716,
                Fault::BadLaunch(_) => INVALID_VALUE,
                _ => 719,
            }
        }
    }
}
