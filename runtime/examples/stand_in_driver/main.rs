//! A stand-in for NVIDIA's driver, for tests: it fails where a test wants it to.
//!
//! It is a library with those functions of libcuda that the device `cuda` calls. Its
//! device is our own interpreter of PTX, and it is strict: what is not the right
//! handle, in the right context, is an error. That shows what the device `cuda` gives
//! to a driver, and what becomes of its errors. It says nothing of any GPU.
//!
//! The variable `STAND_IN` has what is to fail, as `init=999,sm=75`; the functions
//! below say what they look for. Into the file of `STAND_IN_LOG` goes a line for each
//! call that matters.
#![expect(unsafe_code, reason = "it has the driver's interface")]

mod contexts;
mod devices;
mod launches;
mod memory;
mod modules;

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tensor_wasm_runtime::gpu::interp::{Memory, Program};

const SUCCESS: u32 = 0;
const INVALID_VALUE: u32 = 1;
const INVALID_CONTEXT: u32 = 201;
const INVALID_HANDLE: u32 = 400;
const NOT_READY: u32 = 600;

/// Dynamic shared memory that a function may have without asking for more, in bytes.
const SHARED: u32 = 48 << 10;

/// What tells it from a driver.
#[unsafe(no_mangle)]
pub(crate) static tensor_wasm_stand_in: u8 = 1;

/// What the variable says about one thing.
fn wanted(key: &str) -> Option<String> {
    let all = std::env::var("STAND_IN").ok()?;
    let mut pairs = all.split(',').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value.to_owned())
}

fn number(key: &str) -> Option<u32> {
    wanted(key)?.parse().ok()
}

fn log(line: &str) {
    let Ok(file) = std::env::var("STAND_IN_LOG") else {
        return;
    };
    let opened = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file);
    let _ = opened.and_then(|mut file| writeln!(file, "{line}"));
}

/// A module, as its context has it.
struct Module {
    text: String,
    program: Program,
    /// Whether it was compiled for fewer registers.
    is_frugal: bool,
}

struct Function {
    module: usize,
    symbol: String,
    shared_bytes: u32,
}

#[derive(Default)]
struct Context {
    allocated: Vec<u64>,
    /// Pinned words: where this side has them, where the device has them, bytes.
    mapped: Vec<(usize, u64, usize)>,
    modules: HashMap<usize, Arc<Module>>,
    functions: HashMap<usize, Function>,
    streams: HashMap<usize, Option<JoinHandle<u32>>>,
    /// The code of a launch that has broken it.
    broken: Arc<AtomicU32>,
}

static WORLD: LazyLock<Mutex<HashMap<usize, Context>>> = LazyLock::new(Mutex::default);
static MEMORY: LazyLock<Mutex<Memory>> = LazyLock::new(|| Mutex::new(Memory::new()));
static HANDLES: AtomicUsize = AtomicUsize::new(0x1000);

thread_local! {
    static CURRENT: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn handle() -> usize {
    HANDLES.fetch_add(0x10, Ordering::Relaxed)
}

/// Does something in the context that is current in this thread.
fn current(with: impl FnOnce(&mut Context) -> u32) -> u32 {
    let Some(handle) = CURRENT.with_borrow(|stack| stack.last().copied()) else {
        return INVALID_CONTEXT;
    };
    match lock(&WORLD).get_mut(&handle) {
        None => INVALID_CONTEXT,
        Some(context) => match context.broken.load(Ordering::SeqCst) {
            SUCCESS => with(context),
            broken => broken,
        },
    }
}

/// Gives a value to the caller, at the place that it named.
fn give<T>(to: *mut T, value: T) -> u32 {
    if to.is_null() {
        return INVALID_VALUE;
    }
    // SAFETY: cuda.h has every caller give a pointer to such a value.
    unsafe { to.write(value) };
    SUCCESS
}
