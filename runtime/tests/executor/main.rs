//! What the executor promises its embedders. One program, so that Wasmtime is
//! linked once.
#![cfg(feature = "executor")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod calls;
mod caps;
mod example;
mod interruption;
mod kernels;
mod pool;
mod pool_bounds;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tensor_wasm_runtime::executor::{
    CallOptions, Executor, ExecutorConfig, Guest, Host, Instance, TenantId,
};
use tensor_wasm_runtime::wasmtime;
use wasmtime::{Caller, Linker};

const TENANT: TenantId = TenantId(7);

fn options() -> CallOptions {
    CallOptions::new()
}

/// Long enough for a machine under load, short enough to notice a hang.
const PATIENCE: Duration = Duration::from_secs(20);

async fn spawned(config: ExecutorConfig, wat: &str) -> (Executor, Instance<()>) {
    let executor = Executor::new(config).unwrap();
    let module = executor.load(wat.as_bytes()).await.unwrap();
    let instance = executor.spawn(TENANT, &module).await.unwrap();
    (executor, instance)
}

/// A host with functions that wait, fail and remember.
#[derive(Clone, Debug, Default)]
struct TestHost {
    /// Host calls that wait right now.
    waiting: Arc<AtomicUsize>,
    /// States that are alive.
    states: Arc<AtomicUsize>,
    /// What `refuses` answers.
    refuse: Arc<AtomicBool>,
    /// Who waits in `meet`.
    meeting: Arc<(Mutex<u32>, Condvar)>,
}

#[derive(Debug)]
struct State {
    calls: u64,
    alive: Arc<AtomicUsize>,
}

impl Drop for State {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Counts while it lives.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn new(count: &Arc<AtomicUsize>) -> Waiting {
        count.fetch_add(1, Ordering::SeqCst);
        Waiting(Arc::clone(count))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Host for TestHost {
    type Data = State;

    fn link(&self, linker: &mut Linker<Guest<State>>) -> wasmtime::Result<()> {
        let waiting = Arc::clone(&self.waiting);
        linker.func_wrap_async("host", "wait", move |_: Caller<'_, _>, (ms,): (u32,)| {
            let waiting = Waiting::new(&waiting);
            Box::new(async move {
                tokio::time::sleep(Duration::from_millis(ms.into())).await;
                drop(waiting);
            })
        })?;
        linker.func_wrap("host", "count", |mut caller: Caller<'_, Guest<State>>| {
            caller.data_mut().calls += 1;
            caller.data().calls
        })?;
        linker.func_wrap("host", "tenant", |caller: Caller<'_, Guest<State>>| {
            caller.data().tenant().0
        })?;
        let refuse = Arc::clone(&self.refuse);
        linker.func_wrap("host", "refuses", move || {
            u32::from(refuse.load(Ordering::SeqCst))
        })?;
        // Blocks its thread until a second guest blocks another.
        let meeting = Arc::clone(&self.meeting);
        linker.func_wrap("host", "meet", move || {
            let (count, arrived) = &*meeting;
            let mut count = count.lock().unwrap();
            *count += 1;
            arrived.notify_all();
            let met = arrived.wait_timeout_while(count, PATIENCE, |count| *count < 2);
            u32::from(!met.unwrap().1.timed_out())
        })?;
        Ok(())
    }

    fn data(&self, _: TenantId) -> State {
        self.states.fetch_add(1, Ordering::SeqCst);
        State {
            calls: 0,
            alive: Arc::clone(&self.states),
        }
    }
}

/// Polls until `condition` holds.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let outcome = tokio::time::timeout(PATIENCE, wait).await;
    assert!(outcome.is_ok(), "waited in vain: {what}");
}
