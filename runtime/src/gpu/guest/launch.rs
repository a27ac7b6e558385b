//! Launches: asked for, running elsewhere, waited for.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::maybe_done;
use tokio::sync::watch;
use tokio::time::Instant;

use super::arena::GuestArena;
use super::argument::{Argument, checked};
use super::blocks::For;
use super::job::{Job, Work};
use super::load::{Kernel, Loaded};
use super::{Gpu, GpuError, GpuGuest};
use crate::gpu::KernelError;
use crate::gpu::device::{Cancel, DeviceError, Grid, PtxArgument, Stacks, Trap};

/// A kernel of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KernelId(pub u32);

/// A launch of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId(pub u32);

/// How a launch ended; none while it has not.
type End = Option<Result<(), GpuError>>;

/// A launch that was asked for.
pub(super) struct Event {
    end: watch::Receiver<End>,
    pub(super) cancel: Cancel,
}

impl Event {
    fn has_ended(&self) -> bool {
        // Nobody will say it any more if the sender is gone.
        self.end.borrow().is_some() || self.end.has_changed().is_err()
    }
}

impl GpuGuest {
    /// Launches a kernel after the launches before it, and does not wait for it.
    /// Waits for room where [`GpuConfig::launches_in_flight`] are on their way.
    ///
    /// The launch is cancelled when `time_left` is over, or
    /// [`GpuConfig::launch_deadline`]: its threads then trap as interrupted.
    ///
    /// [`GpuConfig::launches_in_flight`]: super::GpuConfig::launches_in_flight
    /// [`GpuConfig::launch_deadline`]: super::GpuConfig::launch_deadline
    ///
    /// # Errors
    ///
    /// There is no such kernel, the arguments are not its own, no device has the
    /// grid, or there is no room for the threads' stacks.
    pub async fn launch(
        &mut self,
        kernel: KernelId,
        grid: Grid,
        arguments: &[Argument],
        time_left: Option<Duration>,
    ) -> Result<EventId, GpuError> {
        let gpu = self.granted()?;
        let (loaded, function, bits) = self.function(kernel, arguments)?;
        grid.check()
            .map_err(|reason| KernelError::Grid { grid, reason })?;
        let arena = self.arena(0).await?;
        let stacks = match loaded.kernels.module().stack_pointer {
            Some(_) => Some(stacks(&gpu, &arena, grid).await?),
            None => None,
        };
        let work = Work::Function {
            function,
            stacks,
            fuel: gpu.config().fuel,
            bits,
            loaded,
        };
        self.send(&gpu, arena, work, grid, time_left).await
    }

    /// Launches the loops of a function that was written for one thread, each
    /// iteration a thread, after the launches before. That they do not depend on each
    /// other is found out then, with these arguments; if it cannot be shown, nothing
    /// runs, and waiting gives [`GpuError::NotAMap`] with the reason.
    ///
    /// # Errors
    ///
    /// As [`GpuGuest::launch`].
    pub async fn launch_loops(
        &mut self,
        kernel: KernelId,
        arguments: &[Argument],
        time_left: Option<Duration>,
    ) -> Result<EventId, GpuError> {
        let gpu = self.granted()?;
        let (loaded, function, bits) = self.function(kernel, arguments)?;
        let work = Work::Loops {
            fuel: gpu.config().fuel,
            loaded,
            function,
            bits,
        };
        let arena = self.arena(0).await?;
        self.send(&gpu, arena, work, Grid::ONE, time_left).await
    }

    /// A function, and the bits of its arguments.
    fn function(
        &self,
        kernel: KernelId,
        arguments: &[Argument],
    ) -> Result<(Arc<Loaded>, u32, Vec<u64>), GpuError> {
        let Kernel::Function { loaded, export } = self.find_kernel(kernel)? else {
            let is = "PTX";
            let number = kernel.0;
            return Err(GpuError::Kind { number, is });
        };
        let found = loaded.kernels.export(&export);
        let found = found.ok_or_else(|| KernelError::NoExport(export.clone()))?;
        let bits = checked(&export, &found.signature.params, arguments, self.bytes())?;
        Ok((Arc::clone(&loaded), found.function, bits))
    }

    /// Launches a kernel in PTX. Nothing is known of its parameters: they are as many
    /// as the arguments, with as many bits.
    ///
    /// # Errors
    ///
    /// As [`GpuGuest::launch`].
    pub async fn launch_ptx(
        &mut self,
        kernel: KernelId,
        grid: Grid,
        shared_bytes: u32,
        arguments: &[Argument],
        time_left: Option<Duration>,
    ) -> Result<EventId, GpuError> {
        let gpu = self.granted()?;
        let Kernel::Ptx { program, entry } = self.find_kernel(kernel)? else {
            let is = "WebAssembly";
            let number = kernel.0;
            return Err(GpuError::Kind { number, is });
        };
        grid.check()
            .map_err(|reason| KernelError::Grid { grid, reason })?;
        let bytes = self.bytes();
        let arguments = arguments
            .iter()
            .map(|argument| argument.of_ptx(bytes))
            .collect::<Result<Vec<PtxArgument>, GpuError>>()?;
        let work = Work::Ptx {
            program,
            entry,
            shared_bytes,
            arguments,
        };
        let arena = self.arena(0).await?;
        self.send(&gpu, arena, work, grid, time_left).await
    }

    async fn send(
        &mut self,
        gpu: &Gpu,
        arena: Arc<GuestArena>,
        work: Work,
        grid: Grid,
        time_left: Option<Duration>,
    ) -> Result<EventId, GpuError> {
        let job = Job {
            device: gpu.device().clone(),
            arena,
            work,
            grid,
            cancel: Cancel::default(),
        };
        let limit = gpu.config().events;
        if self.events.iter().flatten().count() >= limit {
            return Err(GpuError::TooMany {
                what: "events",
                limit,
                setting: "events",
            });
        }
        let deadline = gpu.config().launch_deadline;
        let deadline = time_left.map_or(deadline, |left| left.min(deadline));
        let until = Instant::now().checked_add(deadline);
        let permit = Arc::clone(&gpu.0.in_flight).acquire_owned().await;
        let cancel = job.cancel.clone();
        // Looked at once, it stands in the line, before what is asked for next.
        let mut turn = Box::pin(maybe_done(job.arena.order()));
        turn.as_mut().now_or_never();
        let (told, end) = watch::channel(None);
        tokio::spawn(async move {
            turn.as_mut().await;
            let guard = turn.as_mut().take_output();
            let ended = job.run(until).await;
            drop((guard, permit));
            told.send_replace(Some(ended));
        });
        self.forgotten.retain(|event| !event.has_ended());
        put(&mut self.events, Event { end, cancel }).map(EventId)
    }

    /// Waits until a launch has ended. If this is dropped before, the launch is
    /// cancelled.
    ///
    /// # Errors
    ///
    /// How the launch ended, as a trap; there is none of this number.
    pub async fn wait(&mut self, event: EventId) -> Result<(), GpuError> {
        let event = self.event(event)?;
        let mut end = event.end.clone();
        let mut guard = CancelOnDrop(Some(event.cancel.clone()));
        let ended = end.wait_for(Option::is_some).await;
        let ended = ended.ok().and_then(|ended| ended.clone());
        guard.0 = None;
        ended.unwrap_or_else(|| {
            Err(GpuError::from(DeviceError {
                device: "host".to_owned(),
                message: "the launch was lost".to_owned(),
            }))
        })
    }

    /// Whether a launch has ended.
    ///
    /// # Errors
    ///
    /// There is none of this number.
    pub fn is_ready(&self, event: EventId) -> Result<bool, GpuError> {
        Ok(self.event(event)?.has_ended())
    }

    /// The trap that a launch ended with; none if it has not ended, or otherwise.
    ///
    /// # Errors
    ///
    /// There is none of this number.
    pub fn trap(&self, event: EventId) -> Result<Option<Trap>, GpuError> {
        let end = &self.event(event)?.end;
        Ok(match &*end.borrow() {
            Some(Err(GpuError::Kernel(KernelError::Trap(trap)))) => Some(*trap),
            _ => None,
        })
    }

    /// Cancels a launch: threads that have not ended trap as interrupted.
    ///
    /// # Errors
    ///
    /// There is none of this number.
    pub fn cancel(&self, event: EventId) -> Result<(), GpuError> {
        self.event(event)?.cancel.cancel();
        Ok(())
    }

    /// Forgets a launch, which goes on.
    ///
    /// # Errors
    ///
    /// There is none of this number.
    pub fn drop_event(&mut self, event: EventId) -> Result<(), GpuError> {
        self.event(event)?;
        let event = self.events[event.0 as usize].take();
        self.forgotten
            .extend(event.filter(|event| !event.has_ended()));
        Ok(())
    }

    fn event(&self, event: EventId) -> Result<&Event, GpuError> {
        let found = self.events.get(event.0 as usize);
        found.and_then(Option::as_ref).ok_or(GpuError::NoSuch {
            what: "event",
            number: event.0,
        })
    }
}

/// Room for the shadow stacks of all threads, for as long as a launch lasts.
async fn stacks(gpu: &Gpu, arena: &Arc<GuestArena>, grid: Grid) -> Result<Stacks, GpuError> {
    let bytes = gpu.config().stack_bytes.next_multiple_of(16);
    let threads = grid.count().unwrap_or(u32::MAX);
    let wanted = u64::from(threads) * u64::from(bytes);
    let taken = arena.take(wanted, For::Launch).await;
    let base = taken.map_err(|error| match error {
        GpuError::Full { .. } => KernelError::Stacks { threads, bytes }.into(),
        other => other,
    })?;
    Ok(Stacks { base, bytes })
}

/// Ends a launch that nobody waits for any more.
struct CancelOnDrop(Option<Cancel>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(cancel) = &self.0 {
            cancel.cancel();
        }
    }
}

/// Puts something into the first place that is empty; gives its number.
pub(super) fn put<T>(places: &mut Vec<Option<T>>, value: T) -> Result<u32, GpuError> {
    let empty = places.iter().position(Option::is_none);
    let at = empty.unwrap_or(places.len());
    let number = u32::try_from(at).map_err(|_| GpuError::TooMany {
        what: "numbers",
        limit: u32::MAX as usize,
        setting: "events",
    })?;
    if at == places.len() {
        places.push(None);
    }
    places[at] = Some(value);
    Ok(number)
}
