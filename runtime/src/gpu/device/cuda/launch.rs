//! A launch: submitted, watched, cancelled if somebody wants that.
#![expect(unsafe_code, reason = "a foreign library is called")]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::context::{Context, Lane};
use super::module::Loaded;
use crate::gpu::device::DeviceError;
use crate::gpu::device::machine::MachineLaunch;

/// Not yet done, says the driver.
const NOT_READY: u32 = 600;

/// How long a launch is looked at without a break: most end within it.
const BUSY: Duration = Duration::from_millis(2);

/// How long a launch may go on once it was cancelled: threads learn of it when they begin,
/// and every so many heads of loops, which may take them a second or so.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn launch(
    context: &Arc<Context>,
    loaded: &Loaded,
    wanted: &MachineLaunch<'_>,
) -> Result<(), DeviceError> {
    let here = context.here()?;
    let threads = wanted.grid.threads.iter().product();
    let shared_bytes = wanted.shared_bytes;
    let function = loaded.function(context, &here, wanted.symbol, threads, shared_bytes)?;
    context.stack(&here, loaded.stack_bytes)?;
    context.on_lane(&here, |lane| {
        // One that was cancelled before is so from its first thread on.
        let cancelled = wanted.cancel.is_cancelled();
        lane.word().store(cancelled.into(), Ordering::SeqCst);
        let mut parameters = wanted.parameters.to_vec();
        if let Some(at) = wanted.cancel_parameter
            && let Some(word) = parameters.get_mut(at)
        {
            *word = lane.word_address;
        }
        let mut pointers: Vec<*mut c_void> = parameters
            .iter_mut()
            .map(|parameter| std::ptr::from_mut(parameter).cast())
            .collect();
        let ([x, y, z], [tx, ty, tz]) = (wanted.grid.blocks, wanted.grid.threads);
        // SAFETY: the context is current, function and stream are its own. The entry
        // has as many parameters as there are pointers, none of more bytes than there
        // are behind its pointer: those of kernels are `ENTRY_PARAMETERS`, and those of
        // somebody else's PTX were counted and measured in its text before this is
        // called. The driver copies them before it returns. What runs then reaches
        // memory of the device, and of this process only the words of lanes.
        let code = unsafe {
            (context.driver.launch)(
                function,
                x,
                y,
                z,
                tx,
                ty,
                tz,
                shared_bytes,
                lane.stream.0,
                pointers.as_mut_ptr(),
                null_mut(),
            )
        };
        let what = format!("launching {}", wanted.symbol);
        context.check(&what, code)?;
        watch(context, lane, wanted, &what)
    })
}

/// Waits for what was submitted to a lane, and tells it when it is cancelled.
fn watch(
    context: &Context,
    lane: &Lane,
    wanted: &MachineLaunch<'_>,
    what: &str,
) -> Result<(), DeviceError> {
    let began = Instant::now();
    let mut told = None;
    loop {
        // SAFETY: the stream is the context's, which is current.
        match unsafe { (context.driver.stream_query)(lane.stream.0) } {
            0 => return Ok(()),
            NOT_READY => {}
            code => return context.check(what, code),
        }
        match told {
            None if wanted.cancel.is_cancelled() => {
                lane.word().store(1, Ordering::SeqCst);
                told = Some(Instant::now());
            }
            Some(since) if since.elapsed() > PATIENCE => {
                let seconds = PATIENCE.as_secs();
                let why = format!("{what} goes on {seconds} s after it was cancelled");
                return Err(context.lose(why, true));
            }
            _ => {}
        }
        let elapsed = began.elapsed();
        if elapsed < BUSY {
            std::thread::yield_now();
        } else {
            // Late by a hundredth at most.
            let pause = elapsed / 128;
            std::thread::sleep(pause.clamp(Duration::from_micros(20), Duration::from_millis(1)));
        }
    }
}
