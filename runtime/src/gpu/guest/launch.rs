//! Launches: asked for, running elsewhere, waited for.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{Either, maybe_done};
use tokio::sync::watch;
use tokio::time::Instant;

use super::arena::GuestArena;
use super::load::{Kernel, Loaded, blocking};
use super::{Gpu, GpuError, GpuGuest};
use crate::gpu::KernelError;
use crate::gpu::device::{
    AnyDevice, AnyProgram, Arguments, Cancel, Device as _, Grid, Launch, PtxArgument, PtxLaunch,
    Stacks, Trap,
};
use crate::gpu::ir::Type;

/// A kernel of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KernelId(pub u32);

/// A launch of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId(pub u32);

/// An argument of a launch, with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// An `i32`.
    I32(u32),
    /// An `i64`.
    I64(u64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
    /// So many bytes of the arena, which have to be there: an `i32` for kernels in
    /// WebAssembly, an address for those in PTX.
    Pointer {
        /// Where they begin.
        offset: u32,
        /// How many they are.
        length: u32,
    },
}

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

/// What runs on the device.
enum Work {
    Function {
        loaded: Arc<Loaded>,
        function: u32,
        bits: Vec<u64>,
        stacks: Option<Stacks>,
        fuel: Option<u64>,
    },
    Ptx {
        program: Arc<AnyProgram>,
        entry: String,
        shared_bytes: u32,
        arguments: Vec<PtxArgument>,
    },
}

/// A launch on its way: what it holds goes back when it has ended.
struct Job {
    device: AnyDevice,
    arena: Arc<GuestArena>,
    work: Work,
    grid: Grid,
    cancel: Cancel,
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
        let Kernel::Function { loaded, export } = self.find_kernel(kernel)? else {
            let is = "PTX";
            let number = kernel.0;
            return Err(GpuError::Kind { number, is });
        };
        let found = loaded.kernels.export(&export);
        let found = found.ok_or_else(|| KernelError::NoExport(export.clone()))?;
        let bits = checked(&export, &found.signature.params, arguments, self.bytes())?;
        grid.check()
            .map_err(|reason| KernelError::Grid { grid, reason })?;
        let arena = self.arena(0).await?;
        let stacks = match loaded.kernels.module().stack_pointer {
            Some(_) => Some(stacks(&gpu, &arena, grid).await?),
            None => None,
        };
        let work = Work::Function {
            function: found.function,
            stacks,
            fuel: gpu.config().fuel,
            bits,
            loaded: Arc::clone(&loaded),
        };
        self.send(&gpu, arena, work, grid, time_left).await
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
            Err(GpuError::from(crate::gpu::device::DeviceError {
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
    let taken = arena.take(u64::from(threads) * u64::from(bytes)).await;
    let base = taken.map_err(|error| match error {
        GpuError::Full { .. } => KernelError::Stacks { threads, bytes }.into(),
        other => other,
    })?;
    Ok(Stacks { base, bytes })
}

impl Job {
    /// Runs until it has ended, or is cancelled at that time and has ended then.
    async fn run(self, until: Option<Instant>) -> Result<(), GpuError> {
        let cancel = self.cancel.clone();
        let work = Box::pin(blocking(move || self.launch()));
        let Some(until) = until else {
            return work.await?;
        };
        let timer = Box::pin(tokio::time::sleep_until(until));
        match futures::future::select(work, timer).await {
            Either::Left((ended, _)) => ended?,
            Either::Right(((), work)) => {
                cancel.cancel();
                work.await?
            }
        }
    }

    fn launch(&self) -> Result<(), GpuError> {
        match &self.work {
            Work::Function {
                loaded,
                function,
                bits,
                stacks,
                fuel,
            } => {
                let launch = Launch {
                    function: *function,
                    grid: self.grid,
                    arguments: Arguments::Same(bits),
                    globals: &loaded.globals,
                    fuel: *fuel,
                    stacks: *stacks,
                    cancel: &self.cancel,
                };
                let memory = &self.arena.memory;
                let ended = self.device.launch(&loaded.program, memory, &launch)?;
                match ended.trap {
                    Some(trap) => Err(KernelError::Trap(trap).into()),
                    None => Ok(()),
                }
            }
            Work::Ptx {
                program,
                entry,
                shared_bytes,
                arguments,
            } => {
                let launch = PtxLaunch {
                    entry,
                    grid: self.grid,
                    shared_bytes: *shared_bytes,
                    arguments,
                    cancel: &self.cancel,
                };
                let memory = &self.arena.memory;
                Ok(self.device.launch_ptx(program, memory, &launch)?)
            }
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Work::Function {
            stacks: Some(stacks),
            ..
        } = &self.work
        {
            self.arena.blocks().give(u64::from(stacks.base));
        }
    }
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

/// The bits of arguments, if they have the types of these parameters.
fn checked(
    export: &str,
    params: &[Type],
    arguments: &[Argument],
    bytes: u64,
) -> Result<Vec<u64>, GpuError> {
    if params.len() != arguments.len() {
        return Err(KernelError::Arguments {
            export: export.to_owned(),
            expected: params.len(),
            given: arguments.len(),
        }
        .into());
    }
    let pairs = params.iter().zip(arguments).enumerate();
    pairs
        .map(|(index, (param, argument))| match (param, *argument) {
            (Type::I32, Argument::I32(bits)) | (Type::F32, Argument::F32(bits)) => {
                Ok(u64::from(bits))
            }
            (Type::I64, Argument::I64(bits)) | (Type::F64, Argument::F64(bits)) => Ok(bits),
            (Type::I32, Argument::Pointer { offset, length }) => {
                within(offset, length, bytes)?;
                Ok(u64::from(offset))
            }
            _ => Err(GpuError::ArgumentType {
                export: export.to_owned(),
                index,
                expected: *param,
                given: argument.name(),
            }),
        })
        .collect()
}

fn within(offset: u32, length: u32, bytes: u64) -> Result<(), GpuError> {
    let (at, length) = (u64::from(offset), u64::from(length));
    if at + length > bytes {
        return Err(GpuError::OutOfBounds { at, length, bytes });
    }
    Ok(())
}

impl Argument {
    fn name(self) -> &'static str {
        match self {
            Argument::I32(_) => "an i32",
            Argument::I64(_) => "an i64",
            Argument::F32(_) => "an f32",
            Argument::F64(_) => "an f64",
            Argument::Pointer { .. } => "a pointer",
        }
    }

    fn of_ptx(self, bytes: u64) -> Result<PtxArgument, GpuError> {
        Ok(match self {
            Argument::I32(bits) | Argument::F32(bits) => PtxArgument::Bits(u64::from(bits)),
            Argument::I64(bits) | Argument::F64(bits) => PtxArgument::Bits(bits),
            Argument::Pointer { offset, length } => {
                within(offset, length, bytes)?;
                PtxArgument::Pointer {
                    offset: u64::from(offset),
                    length: u64::from(length),
                }
            }
        })
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
