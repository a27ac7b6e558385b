//! A thread that lets running kernels look every few milliseconds whether they were
//! cancelled.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use wasmtime::Engine;

/// How long a launch that is cancelled may go on.
const TICK: Duration = Duration::from_millis(2);

#[derive(Debug, Default)]
struct State {
    /// Launches that run.
    running: usize,
    /// Whether the thread waits for one.
    sleeps: bool,
    ends: bool,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch(Arc<Shared>);

/// A launch that runs.
pub(super) struct Running<'a>(&'a Shared);

impl Watch {
    pub(super) fn start(engine: &Engine) -> std::io::Result<Watch> {
        let shared = Arc::new(Shared::default());
        let (engine, watched) = (engine.clone(), Arc::clone(&shared));
        thread::Builder::new()
            .name("kernel epoch".to_owned())
            .spawn(move || watched.watch(&engine))?;
        Ok(Watch(shared))
    }

    /// A launch begins.
    pub(super) fn launch(&self) -> Running<'_> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running += 1;
        if state.sleeps {
            state.sleeps = false;
            self.0.changed.notify_one();
        }
        drop(state);
        Running(&self.0)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running -= 1;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ends = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn watch(&self, engine: &Engine) {
        loop {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            while state.running == 0 && !state.ends {
                state.sleeps = true;
                let woken = self.changed.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
            }
            if state.ends {
                return;
            }
            drop(state);
            thread::sleep(TICK);
            engine.increment_epoch();
        }
    }
}
