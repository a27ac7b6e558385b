//! A context: what is on the device for this process, and what it is reached through.
//!
//! Nothing here waits for the whole device. Memory is copied and kernels are launched
//! on *lanes*: each has a stream that waits for no other, and the word that cancels
//! what runs on it. Who does something takes a lane, and puts it back.
#![expect(unsafe_code, reason = "a foreign library is called")]

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::null_mut;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cudarc::driver::sys::{CUcontext, CUfunction, CUmodule, CUstream};

use super::about::About;
use super::driver::{Code, Driver, driver};
use super::memory::Blocks;
use crate::gpu::device::DeviceError;

/// `CU_STREAM_NON_BLOCKING`: it does not wait for the stream that has no number.
const NON_BLOCKING: c_uint = 1;
/// `CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP`, and not write-combined:
/// both sides look at it.
const MAPPED: c_uint = 1 | 2;
/// `CU_CTX_MAP_HOST`.
const CONTEXT_FLAGS: c_uint = 8;
/// `CU_LIMIT_STACK_SIZE`.
const LIMIT_STACK: c_uint = 0;

/// A context of one device. When it is lost, everything that is asked of it fails.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) driver: &'static Driver,
    pub(super) about: About,
    /// None once it was destroyed.
    raw: RwLock<Option<Handle<CUcontext>>>,
    lost: OnceLock<Lost>,
    lanes: Mutex<Vec<Lane>>,
    pub(super) memory: Mutex<Blocks>,
    stack: Mutex<usize>,
    /// What is done in threads of its own, as it waits for all that runs.
    later: Mutex<Vec<JoinHandle<()>>>,
}

/// Why a context is lost.
#[derive(Debug)]
struct Lost {
    why: String,
    /// Whether something still runs on it that nobody can stop: then destroying it
    /// could wait without an end.
    hangs: bool,
}

/// A pointer of the driver's, which any thread may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handle<T>(pub(super) T);

// SAFETY: the driver's functions may be called from every thread, with whatever
// another thread got from them: CUDA C++ Programming Guide, "Driver API". Only
// functions of the driver look behind these pointers.
unsafe impl<T> Send for Handle<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Handle<T> {}

/// A stream, and the word that cancels what runs on it.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) stream: Handle<CUstream>,
    word: Handle<*mut u32>,
    /// Where the device finds that word.
    pub(super) word_address: u64,
}

impl Lane {
    /// The word, as this side sees it.
    pub(super) fn word(&self) -> &AtomicU32 {
        // SAFETY: it is a word of pinned memory, aligned to a page, that stays until
        // its context is destroyed. Who has a lane holds the context.
        unsafe { AtomicU32::from_ptr(self.word.0) }
    }
}

/// The context is current in this thread, and is not destroyed, as long as this is
/// there.
pub(super) struct Here<'c> {
    context: &'c Context,
    _held: RwLockReadGuard<'c, Option<Handle<CUcontext>>>,
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        let mut popped = null_mut();
        // SAFETY: it was pushed when this was made, by the same thread: a guard of a
        // lock does not leave its thread. That this fails has no consequence.
        let _ = unsafe { (self.context.driver.context_pop)(&raw mut popped) };
    }
}

impl Context {
    /// A new context on a device.
    pub(super) fn new(about: About) -> Result<Context, String> {
        let driver = driver()?;
        let mut raw = null_mut();
        // SAFETY: the driver was started, and the device is one that it gave.
        let code = unsafe { (driver.context_create)(&raw mut raw, CONTEXT_FLAGS, about.raw) };
        if code != 0 {
            return Err(format!("no context can be made: {}", Code(code)));
        }
        let mut popped = null_mut();
        // SAFETY: making it has made it current here, on top of what was before.
        let _ = unsafe { (driver.context_pop)(&raw mut popped) };
        Ok(Context {
            driver,
            about,
            raw: RwLock::new(Some(Handle(raw))),
            lost: OnceLock::new(),
            lanes: Mutex::default(),
            memory: Mutex::default(),
            stack: Mutex::default(),
            later: Mutex::default(),
        })
    }

    /// What it is, for people.
    pub(super) fn name(&self) -> String {
        format!("cuda:{} ({})", self.about.ordinal, self.about.name)
    }

    /// An error of this device.
    pub(super) fn error(&self, message: impl Into<String>) -> DeviceError {
        DeviceError {
            device: self.name(),
            message: message.into(),
        }
    }

    /// What a code of the driver means for what was tried.
    pub(super) fn check(&self, what: &str, code: u32) -> Result<(), DeviceError> {
        match Code(code) {
            Code(0) => Ok(()),
            code if code.is_sticky() => {
                let why = format!("{what} failed: {code}");
                Err(self.lose(why, false))
            }
            code => Err(self.error(format!("{what} failed: {code}"))),
        }
    }

    /// Gives the context up; the error that says so.
    pub(super) fn lose(&self, why: String, hangs: bool) -> DeviceError {
        let lost = self.lost.get_or_init(|| Lost { why, hangs });
        self.error(format!(
            "{}; its context is lost, and the memory of all instances on it: make them anew",
            lost.why
        ))
    }

    /// Whether it is lost.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.get().is_some()
    }

    /// Makes it current in this thread, for as long as what is given lives.
    pub(super) fn here(&self) -> Result<Here<'_>, DeviceError> {
        let held = self.raw.read().unwrap_or_else(PoisonError::into_inner);
        let (Some(Handle(raw)), None) = (*held, self.lost.get()) else {
            return Err(self.lose("it was given up".to_owned(), false));
        };
        // SAFETY: it is not destroyed before the lock is given back.
        let code = unsafe { (self.driver.context_push)(raw) };
        self.check("making the context current", code)?;
        Ok(Here {
            context: self,
            _held: held,
        })
    }

    /// Destroys it. Waits until nobody is in it; who comes later gets an error.
    pub(super) fn destroy(&self) {
        if self.lost.get().is_some_and(|lost| lost.hangs) {
            return;
        }
        let mut raw = self.raw.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Handle(raw)) = raw.take() {
            // SAFETY: nobody is in it, and nobody comes any more. A context that was
            // lost gives its error here once more, and is gone all the same.
            let _ = unsafe { (self.driver.context_destroy)(raw) };
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something on a lane that nobody else has.
    pub(super) fn on_lane<T>(
        &self,
        here: &Here<'_>,
        with: impl FnOnce(&Lane) -> Result<T, DeviceError>,
    ) -> Result<T, DeviceError> {
        let spare = self.lanes().pop();
        let lane = match spare {
            Some(lane) => lane,
            None => self.lane(here)?,
        };
        let done = with(&lane);
        // What is left on a lane that failed is nobody's to wait for.
        if !self.is_lost() {
            self.lanes().push(lane);
        }
        done
    }

    fn lane(&self, _here: &Here<'_>) -> Result<Lane, DeviceError> {
        let (mut stream, mut word, mut address) = (null_mut(), null_mut::<c_void>(), 0);
        // SAFETY: the context is current, and the pointers are to handles.
        unsafe {
            let code = (self.driver.stream_create)(&raw mut stream, NON_BLOCKING);
            self.check("making a stream", code)?;
            let code = (self.driver.pinned)(&raw mut word, size_of::<u64>(), MAPPED);
            self.check("pinning memory", code)?;
            let code = (self.driver.pinned_address)(&raw mut address, word, 0);
            self.check("mapping pinned memory", code)?;
        }
        Ok(Lane {
            stream: Handle(stream),
            word: Handle(word.cast()),
            word_address: address,
        })
    }

    /// Does something on a lane and waits for it.
    pub(super) fn wait(
        &self,
        what: &str,
        submit: impl FnOnce(CUstream) -> u32,
    ) -> Result<(), DeviceError> {
        let here = self.here()?;
        self.on_lane(&here, |lane| {
            self.check(what, submit(lane.stream.0))?;
            // SAFETY: the stream is this context's, which is current.
            self.check(what, unsafe { (self.driver.stream_wait)(lane.stream.0) })
        })
    }

    /// Lets every thread's stack have so many bytes. Memory for all threads that the
    /// device can run at a time is taken at once, and kept.
    pub(super) fn stack(&self, _here: &Here<'_>, bytes: usize) -> Result<(), DeviceError> {
        let mut stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        if *stack >= bytes {
            return Ok(());
        }
        // SAFETY: the context is current.
        let code = unsafe { (self.driver.context_limit)(LIMIT_STACK, bytes) };
        let threads =
            i64::from(self.about.multiprocessors) * i64::from(self.about.threads_of_multiprocessor);
        self.check(
            &format!(
                "giving each of {threads} threads a stack of {bytes} bytes, for functions that call themselves,"
            ),
            code,
        )?;
        *stack = bytes;
        Ok(())
    }

    /// An attribute of a function of a module of this context.
    pub(super) fn attribute(
        &self,
        _here: &Here<'_>,
        function: CUfunction,
        which: c_int,
    ) -> Result<c_int, DeviceError> {
        let mut value = 0;
        // SAFETY: the context is current, the function is one of its modules', and
        // the pointer is to an integer.
        let code = unsafe { (self.driver.function_attribute)(&raw mut value, which, function) };
        self.check("asking about a kernel", code)?;
        Ok(value)
    }

    /// Unloads a module, whose functions nobody uses any more, once all that runs has
    /// ended; does not wait for that.
    pub(super) fn unload(self: &Arc<Context>, module: Handle<CUmodule>) {
        self.later(move |context| context.unload_now(module));
    }

    fn unload_now(&self, module: Handle<CUmodule>) {
        if let Ok(_here) = self.here() {
            // SAFETY: the context is current, and it is one of its modules. If this
            // fails, the context is lost, and the module with it.
            let _ = unsafe { (self.driver.module_unload)(module.0) };
        }
    }

    /// Does something for which the driver waits until all that runs has ended, in a
    /// thread of its own: who gives something back may be a thread that others need.
    pub(super) fn later(self: &Arc<Context>, work: impl Fn(&Context) + Copy + Send + 'static) {
        let context = Arc::clone(self);
        let begun = thread::Builder::new().spawn(move || work(&context));
        match begun {
            Ok(thread) => {
                let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
                later.retain(|thread| !thread.is_finished());
                later.push(thread);
            }
            Err(_) => work(self),
        }
    }

    /// Waits for what is done so; whether there was something. Not to be called by who
    /// is in the context: whoever destroys it waits for both.
    pub(super) fn has_waited_for_others(&self) -> bool {
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        let all = std::mem::take(&mut *later);
        drop(later);
        let any = !all.is_empty();
        let open = |thread: &JoinHandle<()>| !thread.is_finished() && !self.is_lost();
        while all.iter().any(open) {
            thread::sleep(Duration::from_millis(1));
        }
        any
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.destroy();
    }
}
