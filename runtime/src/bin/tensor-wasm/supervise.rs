//! Waits for a guest, its timeout and the signals that stop it.

use std::future::Future;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::exit::{self, Failure};

/// A signal that asks this process to stop.
#[derive(Clone, Copy)]
pub(crate) enum Signal {
    Interrupt,
    Terminate,
}

impl Signal {
    /// What a shell reports of a process that the signal ended: 128 and its
    /// number.
    pub(crate) fn exit_code(self) -> i32 {
        match self {
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
        }
    }
}

/// How something came to its end.
pub(crate) enum Supervised<T> {
    /// By itself, or in order after a first signal.
    Ended(T),
    /// At a signal, in the middle.
    Stopped(Signal),
}

/// Runs a command. It has a thread for itself, so that it can be waited for,
/// timed and stopped whatever it does there, and compiled without checks for
/// that.
pub(crate) fn command(
    guest: impl Future<Output = Result<i32, Failure>> + Send + 'static,
    timeout: Option<Duration>,
) -> Result<i32, Failure> {
    let runtime = runtime(Some(1))?;
    let mut signals = runtime.block_on(async { Signals::listen() })?;
    let handle = runtime.handle().clone();
    let (sender, ended) = oneshot::channel();
    thread::Builder::new()
        .name("guest".to_owned())
        .spawn(move || {
            let outcome = handle.block_on(guest);
            // Nobody waits any more after a signal or the timeout.
            let _ = sender.send(outcome);
        })
        .map_err(|error| internal(format!("cannot start a thread: {error}")))?;
    let code = runtime.block_on(async {
        let timeout_over = async {
            match timeout {
                Some(timeout) => tokio::time::sleep(timeout).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            outcome = ended => outcome.unwrap_or_else(|_| {
                Err(internal("the thread of the guest ended without a result".to_owned()))
            }),
            signal = signals.next() => Ok(signal.exit_code()),
            () = timeout_over => {
                let timeout = timeout.unwrap_or_default();
                Err(Failure::new(exit::TIMEOUT, format!("stopped at its timeout of {timeout:?}")))
            }
        }
    });
    // The guest may be anywhere; the process ends around it.
    std::mem::forget(runtime);
    code
}

/// Runs a service: `body` gets a future that is ready at the first signal; a
/// second one does not wait any longer.
pub(crate) fn service<T>(
    body: impl AsyncFnOnce(Stop) -> Result<T, Failure>,
) -> Result<Supervised<T>, Failure> {
    let runtime = runtime(None)?;
    let outcome = runtime.block_on(async {
        let mut signals = Signals::listen()?;
        let (first, stop) = oneshot::channel();
        let impatient = async move {
            signals.next().await;
            let _ = first.send(());
            signals.next().await
        };
        tokio::select! {
            outcome = body(Box::pin(async { drop(stop.await) })) => outcome.map(Supervised::Ended),
            signal = impatient => Ok(Supervised::Stopped(signal)),
        }
    });
    std::mem::forget(runtime);
    outcome
}

/// Ready when a service is to stop.
pub(crate) type Stop = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

fn runtime(workers: Option<usize>) -> Result<Runtime, Failure> {
    let mut builder = Builder::new_multi_thread();
    if let Some(workers) = workers {
        builder.worker_threads(workers);
    }
    builder
        .enable_all()
        .build()
        .map_err(|error| internal(format!("cannot start tokio: {error}")))
}

fn internal(message: String) -> Failure {
    Failure::new(exit::INTERNAL, message)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Result<Signals, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|error| internal(format!("cannot listen for signals: {error}")))
        };
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Result<Signals, Failure> {
        Ok(Signals)
    }

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}
