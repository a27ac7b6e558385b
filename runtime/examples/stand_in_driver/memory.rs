//! Memory: that of the device, and words of the host that it sees.

use std::ffi::c_uint;
use std::sync::atomic::{AtomicU32, Ordering};

use tensor_wasm_runtime::gpu::interp::{Fault, Memory};

use crate::launches::done;
use crate::{INVALID_VALUE, MEMORY, NOT_READY, SUCCESS, current, give, lock, log, number};

const OUT_OF_MEMORY: u32 = 2;

static ALLOCATIONS: AtomicU32 = AtomicU32::new(0);

/// `alloc=N`: the N-th allocation, and every one after it, finds no memory.
/// `largest=N`: none of more bytes does.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuMemAlloc_v2(address: *mut u64, bytes: usize) -> u32 {
    let count = ALLOCATIONS.fetch_add(1, Ordering::SeqCst) + 1;
    log(&format!("alloc {bytes}"));
    let taken = match (bytes, current(|_| SUCCESS)) {
        (0, SUCCESS) => return INVALID_VALUE,
        (_, SUCCESS) if number("alloc").is_some_and(|from| count >= from) => 0,
        (_, SUCCESS) if number("largest").is_some_and(|most| bytes > most as usize) => 0,
        (_, SUCCESS) => lock(&MEMORY).alloc(bytes as u64),
        (_, failed) => return failed,
    };
    if taken == 0 {
        return OUT_OF_MEMORY;
    }
    current(|context| {
        context.allocated.push(taken);
        give(address, taken)
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuMemFree_v2(address: u64) -> u32 {
    let freed = current(|context| {
        log("free");
        let mut allocated = context.allocated.iter();
        match allocated.position(|known| *known == address) {
            None => INVALID_VALUE,
            Some(at) => {
                context.allocated.swap_remove(at);
                SUCCESS
            }
        }
    });
    if freed == SUCCESS {
        lock(&MEMORY).free(address);
    }
    freed
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuMemHostAlloc(
    place: *mut *mut u8,
    bytes: usize,
    flags: c_uint,
) -> u32 {
    // Mapped, and not write-combined, which the host must not read.
    if flags & 2 == 0 || flags & 4 != 0 {
        return INVALID_VALUE;
    }
    let address = lock(&MEMORY).alloc(bytes as u64);
    current(|context| {
        let words = vec![u64::MAX; bytes.div_ceil(8)].leak();
        let words = words.as_mut_ptr().cast::<u8>();
        context.mapped.push((words as usize, address, bytes));
        context.allocated.push(address);
        give(place, words)
    })
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuMemHostGetDevicePointer_v2(
    address: *mut u64,
    place: *mut u8,
    _: c_uint,
) -> u32 {
    current(|context| {
        let mut mapped = context.mapped.iter();
        match mapped.find(|(here, ..)| *here == place as usize) {
            Some((_, there, _)) => give(address, *there),
            None => INVALID_VALUE,
        }
    })
}

/// Does something to memory on a stream, after all that is on it. Who runs has the
/// memory, and is only ended by somebody who reaches the contexts.
fn on_memory(stream: usize, with: impl FnOnce(&mut Memory) -> Result<(), Fault>) -> u32 {
    match current(|context| done(context, stream, true).unwrap_or(NOT_READY)) {
        SUCCESS => match with(&mut lock(&MEMORY)) {
            Ok(()) => SUCCESS,
            Err(_) => INVALID_VALUE,
        },
        failed => failed,
    }
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuMemcpyHtoDAsync_v2(
    to: u64,
    from: *const u8,
    bytes: usize,
    stream: usize,
) -> u32 {
    // SAFETY: the caller's memory is as long as is said.
    let from = unsafe { std::slice::from_raw_parts(from, bytes) };
    on_memory(stream, |memory| memory.write(to, from))
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuMemcpyDtoHAsync_v2(
    to: *mut u8,
    from: u64,
    bytes: usize,
    stream: usize,
) -> u32 {
    // SAFETY: the caller's memory is as long as is said.
    let to = unsafe { std::slice::from_raw_parts_mut(to, bytes) };
    on_memory(stream, |memory| memory.read(from, to))
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuMemcpyDtoDAsync_v2(
    to: u64,
    from: u64,
    bytes: usize,
    stream: usize,
) -> u32 {
    on_memory(stream, |memory| {
        let mut held = vec![0; bytes];
        memory.read(from, &mut held)?;
        memory.write(to, &held)
    })
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuMemsetD8Async(to: u64, byte: u8, bytes: usize, stream: usize) -> u32 {
    on_memory(stream, |memory| memory.fill(to, bytes as u64, byte))
}
