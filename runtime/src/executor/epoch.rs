//! Stops a guest at a deadline or on demand, and lets others run meanwhile.
//!
//! Wasmtime's epoch advances every
//! [`epoch_tick`](crate::EngineConfig::epoch_tick). At every tick the guest
//! yields to tokio, and this is when its deadline is looked at. A guest that
//! waits in a host function meets no tick; a timer stops it.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
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
    /// The store takes no more calls.
    #[error("terminated")]
    Closed,
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
/// config.deadline = Some(Duration::from_secs(1)); // compiles code that looks at the epoch
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
    /// When the call was first looked at, in nanoseconds since `ORIGIN`;
    /// `NEVER` before. Reading a clock at the start of every call would cost
    /// more than the rest of what is done there.
    begun: AtomicU64,
    /// Set once and for good.
    closed: AtomicBool,
    /// Wakes a call up that waits in a host function.
    stopped: Notify,
}

const IDLE: u8 = 0;
const RUNNING: u8 = 1;
const CANCELLED: u8 = 2;
const NEVER: u64 = u64::MAX;

/// One for all stores, so that a new one reads no clock.
static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Default for State {
    fn default() -> State {
        State {
            phase: AtomicU8::new(IDLE),
            deadline: AtomicU64::new(NEVER),
            begun: AtomicU64::new(NEVER),
            closed: AtomicBool::new(false),
            stopped: Notify::new(),
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
            // Tokio's own yield lets its driver run, which a waker called here
            // would not: with every thread busy, timers and sockets of others
            // would wait for dozens of ticks.
            None => Ok(UpdateDeadline::YieldCustom(
                1,
                Box::pin(tokio::task::yield_now()),
            )),
        });
    }

    /// Starts the time of the next call. Call it right before
    /// [`supervise`](Watch::supervise).
    #[inline]
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
        self.supervise_pinned(pin!(call)).await
    }

    /// The same for a call that is pinned already, and does not have to be
    /// moved, which for short calls takes longer than all else that is done.
    #[inline]
    pub fn supervise_pinned<R, F>(&self, call: F) -> Supervised<'_, F>
    where
        F: Future<Output = wasmtime::Result<R>> + Unpin,
    {
        Supervised {
            state: &self.0,
            call,
            interruption: None,
        }
    }

    /// How long the call that is running may still take; none if for ever, or if
    /// there is none.
    pub fn time_left(&self) -> Option<Duration> {
        let deadline = self.0.deadline.load(Ordering::Relaxed);
        if deadline == NEVER || self.0.phase.load(Ordering::Relaxed) == IDLE {
            return None;
        }
        let left = deadline.saturating_sub(nanos(self.0.elapsed()));
        Some(Duration::from_nanos(left))
    }

    /// Stops the call that is running. False if there is none.
    pub fn cancel(&self) -> bool {
        let was_running = self
            .0
            .phase
            .compare_exchange(RUNNING, CANCELLED, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if was_running {
            self.0.stopped.notify_waiters();
        }
        was_running
    }

    /// Stops the call that is running and every one that comes after it.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        self.0.stopped.notify_waiters();
    }

    /// Whether [`close`](Watch::close) was called.
    pub fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }
}

impl State {
    /// Called at every tick.
    fn look(&self) -> Option<Interruption> {
        if let Some(stop) = self.stop() {
            return Some(stop);
        }
        let deadline = self.deadline.load(Ordering::Relaxed);
        if deadline == NEVER || self.phase.load(Ordering::Relaxed) == IDLE {
            return None;
        }
        let elapsed = self.elapsed();
        (nanos(elapsed) >= deadline).then(|| Interruption::deadline(elapsed, deadline))
    }

    /// What somebody asked for.
    fn stop(&self) -> Option<Interruption> {
        if self.closed.load(Ordering::Acquire) {
            return Some(Interruption::Closed);
        }
        let cancelled = self.phase.load(Ordering::Acquire) == CANCELLED;
        cancelled.then_some(Interruption::Cancelled)
    }

    fn elapsed(&self) -> Duration {
        let now = nanos(ORIGIN.elapsed());
        let begun = self.begun.load(Ordering::Relaxed);
        if begun == NEVER {
            self.begun.store(now, Ordering::Relaxed);
        }
        Duration::from_nanos(now.saturating_sub(begun))
    }

    /// Ends when the call has to.
    async fn interruption(&self) -> Interruption {
        let mut stopped = pin!(self.stopped.notified());
        // From here on a notification is not missed; before, the state says it.
        stopped.as_mut().enable();
        if let Some(stop) = self.stop() {
            return stop;
        }
        let deadline = self.deadline.load(Ordering::Relaxed);
        let timer = async {
            if deadline == NEVER {
                std::future::pending::<()>().await;
            }
            let left = deadline.saturating_sub(nanos(self.elapsed()));
            tokio::time::sleep(Duration::from_nanos(left)).await;
        };
        tokio::select! {
            () = stopped => self.stop().unwrap_or(Interruption::Cancelled),
            () = timer => Interruption::deadline(self.elapsed(), deadline),
        }
    }
}

impl Interruption {
    fn deadline(elapsed: Duration, nanos: u64) -> Interruption {
        let deadline = Duration::from_nanos(nanos);
        Interruption::Deadline { elapsed, deadline }
    }
}

/// A call that is watched over: see [`Watch::supervise_pinned`].
pub struct Supervised<'a, F> {
    state: &'a State,
    call: F,
    /// Most calls end at their first poll and never need a timer.
    interruption: Option<Pin<Box<dyn Future<Output = Interruption> + Send + 'a>>>,
}

impl<R, F> Future for Supervised<'_, F>
where
    F: Future<Output = wasmtime::Result<R>> + Unpin,
{
    type Output = wasmtime::Result<R>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.state.closed.load(Ordering::Acquire) {
            return Poll::Ready(Err(Interruption::Closed.into()));
        }
        match Pin::new(&mut self.call).poll(context) {
            Poll::Pending => self.poll_interruption(context).map(|stop| Err(stop.into())),
            ready => ready,
        }
    }
}

impl<F> Supervised<'_, F> {
    #[cold]
    fn poll_interruption(&mut self, context: &mut Context<'_>) -> Poll<Interruption> {
        let state = self.state;
        let interruption = &mut self.interruption;
        let interruption = interruption.get_or_insert_with(|| Box::pin(state.interruption()));
        interruption.as_mut().poll(context)
    }
}

/// Ends the call's turn, also when its future is dropped.
impl<F> Drop for Supervised<'_, F> {
    #[inline]
    fn drop(&mut self) {
        self.state.phase.store(IDLE, Ordering::Release);
    }
}

impl<F> fmt::Debug for Supervised<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Supervised")
    }
}

/// Saturates: 584 years are as good as for ever.
#[inline]
fn nanos(duration: Duration) -> u64 {
    // Without the 128 bits of `as_nanos`: this is done for every call.
    let seconds = duration.as_secs().saturating_mul(1_000_000_000);
    seconds.saturating_add(duration.subsec_nanos().into())
}
