//! Runs cases: they go to worker processes, events come out.
//!
//! What a case breaks costs its worker and no other case. Nothing is decided
//! here about whether a result is right.

mod lane;
pub mod protocol;
mod worker_process;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::model::{Case, EngineInfo, Event};
pub use worker_process::{StartError, WorkerConfig};

/// How cases are run.
#[derive(Clone, Debug)]
pub struct ExecuteConfig {
    /// How a worker is started.
    pub worker: WorkerConfig,
    /// How many workers run at once.
    pub jobs: usize,
    /// How long one directive may take.
    pub directive_timeout: Duration,
}

/// Batches of events that may wait for the receiver: bounds memory.
const QUEUED_BATCHES: usize = 256;

/// Starts a worker, asks what its engine is, and ends it.
///
/// # Errors
///
/// A worker that cannot be started or refuses.
pub fn probe(config: &WorkerConfig) -> Result<EngineInfo, StartError> {
    let (worker, info) = worker_process::Worker::start(config, &|| false)?;
    drop(worker);
    Ok(info)
}

/// Runs `cases` in order on up to `jobs` workers and hands every event to
/// `sink`, events of one case in their order. Returns early when `stop` is
/// set; the cases that were running then end as interrupted.
///
/// # Errors
///
/// A worker that cannot be started; the cases that ended until then have been
/// reported.
pub fn run(
    cases: &[&Case],
    attempt: u32,
    config: &ExecuteConfig,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(Event),
) -> Result<(), StartError> {
    let queue: Mutex<VecDeque<&Case>> = Mutex::new(cases.iter().copied().collect());
    let failed = AtomicBool::new(false);
    let jobs = config.jobs.clamp(1, cases.len().max(1));
    thread::scope(|scope| {
        let (sender, batches) = sync_channel::<Vec<Event>>(QUEUED_BATCHES);
        let lanes: Vec<_> = (0..jobs)
            .map(|_| {
                let sender = sender.clone();
                let (queue, failed) = (&queue, &failed);
                scope.spawn(move || {
                    let stopped = || stop.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
                    let next = || {
                        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                        queue.pop_front()
                    };
                    let result = lane::run(config, attempt, &next, &stopped, &sender);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    result
                })
            })
            .collect();
        drop(sender);
        for batch in batches {
            batch.into_iter().for_each(&mut *sink);
        }
        lanes.into_iter().try_for_each(|lane| {
            lane.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}
