//! Contexts.

use std::ffi::{c_int, c_uint};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{
    CURRENT, Context, INVALID_CONTEXT, INVALID_VALUE, MEMORY, SUCCESS, WORLD, current, give,
    handle, lock, log, number, wanted,
};

static CONTEXTS: AtomicU32 = AtomicU32::new(0);

/// `context=N:CODE`: the N-th context, and every one after it, cannot be made.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuCtxCreate_v2(context: *mut usize, _: c_uint, _: c_int) -> u32 {
    let count = CONTEXTS.fetch_add(1, Ordering::SeqCst) + 1;
    let fails = wanted("context");
    let fails = fails.as_deref().and_then(|text| text.split_once(':'));
    if let Some((from, code)) = fails
        && from.parse().is_ok_and(|from: u32| count >= from)
    {
        return code.parse().unwrap_or(INVALID_VALUE);
    }
    let made = handle();
    lock(&WORLD).insert(made, Context::default());
    CURRENT.with_borrow_mut(|stack| stack.push(made));
    log("context made");
    give(context, made)
}

/// The primary context, which programs share, with its default stream.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuDevicePrimaryCtxRetain(context: *mut usize, _: c_int) -> u32 {
    let made = handle();
    let mut primary = Context::default();
    primary.streams.insert(0, None);
    lock(&WORLD).insert(made, primary);
    log("primary context retained");
    give(context, made)
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuDevicePrimaryCtxRelease_v2(_: c_int) -> u32 {
    log("primary context released");
    SUCCESS
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuCtxGetCurrent(context: *mut usize) -> u32 {
    let top = CURRENT.with_borrow(|stack| stack.last().copied());
    give(context, top.unwrap_or(0))
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuCtxSetCurrent(context: usize) -> u32 {
    CURRENT.with_borrow_mut(|stack| {
        stack.pop();
        stack.push(context);
    });
    SUCCESS
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuCtxDestroy_v2(context: usize) -> u32 {
    let Some(mut gone) = lock(&WORLD).remove(&context) else {
        return INVALID_CONTEXT;
    };
    log("context destroyed");
    for thread in gone.streams.drain().filter_map(|(_, thread)| thread) {
        let _ = thread.join();
    }
    let mut memory = lock(&MEMORY);
    for module in gone.modules.values() {
        memory.unload(&module.program);
    }
    for address in &gone.allocated {
        memory.free(*address);
    }
    gone.broken.load(Ordering::SeqCst)
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuCtxPushCurrent_v2(context: usize) -> u32 {
    if !lock(&WORLD).contains_key(&context) {
        return INVALID_CONTEXT;
    }
    CURRENT.with_borrow_mut(|stack| stack.push(context));
    SUCCESS
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuCtxPopCurrent_v2(context: *mut usize) -> u32 {
    match CURRENT.with_borrow_mut(Vec::pop) {
        Some(popped) => give(context, popped),
        None => INVALID_CONTEXT,
    }
}

/// `stack=CODE`: stacks cannot be made larger.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuCtxSetLimit(limit: c_uint, bytes: usize) -> u32 {
    log(&format!("limit {limit} {bytes}"));
    current(|_| number("stack").unwrap_or(SUCCESS))
}
