//! Stops a guest at a deadline or on demand, and lets others run meanwhile.
//!
//! Wasmtime's epoch advances every
//! [`epoch_tick`](crate::EngineConfig::epoch_tick). At every tick the guest
//! yields to tokio, and this is when its deadline is looked at. A guest that
//! waits in a host function meets no tick; a timer stops it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use wasmtime::{AsContextMut, Store, UpdateDeadline};

/// Why a call was stopped from outside. Found in what
/// [`Watch::supervise`] returns with `error.downcast_ref::<Interruption>()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Interruption {
    /// It took too long.
    #[error("stopped after {elapsed:?}: the deadline was {deadline:?}")]
    Deadline {
        /// How long it ran, to the tick.
        elapsed: Duration,
        /// How long it was allowed to.
        deadline: Duration,
    },
    /// Somebody cancelled it.
    #[error("cancelled")]
    Cancelled,
}

/// Watches over the calls into one store. Clones watch the same store.
///
/// ```
/// use std::time::Duration;
/// use tensor_wasm_runtime::executor::{Interruption, Watch};
/// use tensor_wasm_runtime::{Engine, EngineConfig, wasmtime};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_time().build()?.block_on(async {
/// let mut config = EngineConfig::default();
/// config.deadline = Some(Duration::MAX); // compiles code that looks at the epoch
/// let engine = Engine::new(&config)?;
/// let module = engine.compile(br#"(module (func (export "f") (loop (br 0))))"#)?;
///
/// let mut store = wasmtime::Store::new(engine.wasmtime(), ());
/// let watch = Watch::new();
/// watch.attach(&mut store);
/// watch.arm(&mut store, Some(Duration::from_secs(30)));
/// let linker = wasmtime::Linker::new(engine.wasmtime());
/// let instance = watch.supervise(linker.instantiate_async(&mut store, module.wasmtime())).await?;
///
/// let func = instance.get_typed_func::<(), ()>(&mut store, "f")?;
/// watch.arm(&mut store, Some(Duration::from_millis(20)));
/// let error = watch.supervise(func.call_async(&mut store, ())).await.unwrap_err();
/// assert!(matches!(error.downcast_ref(), Some(Interruption::Deadline { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<State>);

#[derive(Debug)]
struct State {
    phase: AtomicU8,
    /// Nanoseconds the call may take; `NEVER` if it may take for ever.
    deadline: AtomicU64,
    /// When the call was first looked at, in nanoseconds since `origin`;
    /// `NEVER` before. Reading a clock at the start of every call would cost
    /// more than the rest of what is done there.
    begun: AtomicU64,
    origin: Instant,
    cancelled: Notify,
}

const IDLE: u8 = 0;
const RUNNING: u8 = 1;
const CANCELLED: u8 = 2;
const NEVER: u64 = u64::MAX;

impl Default for State {
    fn default() -> State {
        State {
            phase: AtomicU8::new(IDLE),
            deadline: AtomicU64::new(NEVER),
            begun: AtomicU64::new(NEVER),
            origin: Instant::now(),
            cancelled: Notify::new(),
        }
    }
}

impl Watch {
    /// A watch for one store.
    pub fn new() -> Watch {
        Watch::default()
    }

    /// Makes the store's guests yield at every tick and stop when they have
    /// to. Once for each store; its engine must have been made with
    /// [`EngineConfig::deadline`](crate::EngineConfig::deadline) set, to any
    /// value, or its code never looks.
    pub fn attach<T: 'static>(&self, store: &mut Store<T>) {
        let state = Arc::clone(&self.0);
        store.epoch_deadline_callback(move |_| match state.look() {
            Some(interruption) => Err(interruption.into()),
            None => Ok(UpdateDeadline::Yield(1)),
        });
    }

    /// Starts the time of the next call. Call it right before
    /// [`supervise`](Watch::supervise).
    pub fn arm(&self, mut store: impl AsContextMut, deadline: Option<Duration>) {
        let nanos = deadline.map_or(NEVER, nanos);
        self.0.deadline.store(nanos, Ordering::Relaxed);
        self.0.begun.store(NEVER, Ordering::Relaxed);
        self.0.phase.store(RUNNING, Ordering::Release);
        store.as_context_mut().set_epoch_deadline(1);
    }

    /// Runs a call into the attached store until it ends, its deadline passes
    /// or it is cancelled. The store can be used again afterwards; what the
    /// guest was doing remains half done.
    ///
    /// Must be awaited in a tokio runtime with its timer enabled.
    ///
    /// # Errors
    ///
    /// What the call returns, or an [`Interruption`] in it.
    pub async fn supervise<R>(
        &self,
        call: impl Future<Output = wasmtime::Result<R>>,
    ) -> wasmtime::Result<R> {
        let _running = Running(&self.0);
        let mut call = pin!(call);
        // Most calls end at their first poll and never need a timer.
        let mut interruption: Option<Pin<Box<dyn Future<Output = Interruption> + Send + '_>>> =
            None;
        poll_fn(|context| {
            if let Poll::Ready(result) = call.as_mut().poll(context) {
                return Poll::Ready(result);
            }
            interruption
                .get_or_insert_with(|| Box::pin(self.0.interruption()))
                .as_mut()
                .poll(context)
                .map(|interruption| Err(interruption.into()))
        })
        .await
    }

    /// Stops the call that is running. False if there is none.
    pub fn cancel(&self) -> bool {
        let was_running = self
            .0
            .phase
            .compare_exchange(RUNNING, CANCELLED, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if was_running {
            self.0.cancelled.notify_waiters();
        }
        was_running
    }
}

impl State {
    /// Called at every tick.
    fn look(&self) -> Option<Interruption> {
        match self.phase.load(Ordering::Acquire) {
            CANCELLED => return Some(Interruption::Cancelled),
            IDLE => return None,
            _ => {}
        }
        let elapsed = self.elapsed();
        let deadline = self.deadline.load(Ordering::Relaxed);
        (nanos(elapsed) >= deadline && deadline != NEVER)
            .then(|| Interruption::deadline(elapsed, deadline))
    }

    fn elapsed(&self) -> Duration {
        let now = nanos(self.origin.elapsed());
        let begun = self.begun.load(Ordering::Relaxed);
        if begun == NEVER {
            self.begun.store(now, Ordering::Relaxed);
        }
        Duration::from_nanos(now.saturating_sub(begun))
    }

    /// Ends when the call has to.
    async fn interruption(&self) -> Interruption {
        let mut cancelled = pin!(self.cancelled.notified());
        // From here on a notification is not missed; before, the phase says it.
        cancelled.as_mut().enable();
        if self.phase.load(Ordering::Acquire) == CANCELLED {
            return Interruption::Cancelled;
        }
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline == NEVER {
            cancelled.await;
            return Interruption::Cancelled;
        }
        let left = deadline.saturating_sub(nanos(self.elapsed()));
        tokio::select! {
            () = cancelled => Interruption::Cancelled,
            () = tokio::time::sleep(Duration::from_nanos(left)) => {
                Interruption::deadline(self.elapsed(), deadline)
            }
        }
    }
}

impl Interruption {
    fn deadline(elapsed: Duration, nanos: u64) -> Interruption {
        let deadline = Duration::from_nanos(nanos);
        Interruption::Deadline { elapsed, deadline }
    }
}

/// Ends the call's turn, also when its future is dropped.
struct Running<'a>(&'a State);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.phase.store(IDLE, Ordering::Release);
    }
}

/// Saturates a little below `NEVER`: 584 years are as good as for ever.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos())
        .unwrap_or(NEVER)
        .min(NEVER - 1)
}
