//! Runs cases: they go to worker processes, or to processes of their own, and
//! events come out.
//!
//! What a case breaks costs its worker and no other case. Nothing is decided
//! here about whether a result is right.

pub mod bench;
mod lane;
mod memory;
mod program;
pub mod protocol;
mod worker_process;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::model::{Capability, Case, EngineInfo, Event};
pub use program::{RuntimeConfig, probe_runtime};
pub use worker_process::{StartError, WorkerConfig};

/// How cases are run.
#[derive(Clone, Debug)]
pub struct ExecuteConfig {
    /// How a worker is started, for an engine that has one.
    pub worker: Option<WorkerConfig>,
    /// How programs are run, for an engine that can.
    pub programs: Option<RuntimeConfig>,
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
    let (worker, mut info) = worker_process::Worker::start(config, &|| false)?;
    drop(worker);
    info.capabilities.insert(Capability::Embedding);
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
    let (programs, scripts): (Vec<&Case>, Vec<&Case>) = cases
        .iter()
        .copied()
        .partition(|case| program::is_for_programs(case));
    let (sender, batches) = sync_channel::<Vec<Event>>(QUEUED_BATCHES);
    thread::scope(|scope| {
        let running = scope.spawn(move || {
            if !scripts.is_empty() {
                run_scripts(&scripts, attempt, config, stop, &sender)?;
            }
            if !programs.is_empty() {
                let (runtime, limit) = (config.programs.as_ref(), config.directive_timeout);
                program::run(&programs, attempt, runtime, limit, stop, &sender);
            }
            Ok(())
        });
        for batch in batches {
            batch.into_iter().for_each(&mut *sink);
        }
        running
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Runs what workers run, on a lane for each of them.
fn run_scripts(
    cases: &[&Case],
    attempt: u32,
    config: &ExecuteConfig,
    stop: &AtomicBool,
    sender: &SyncSender<Vec<Event>>,
) -> Result<(), StartError> {
    let Some(worker) = &config.worker else {
        return Err(StartError::Failed("the engine has no worker".to_owned()));
    };
    let queue: Mutex<VecDeque<&Case>> = Mutex::new(cases.iter().copied().collect());
    let failed = AtomicBool::new(false);
    let jobs = config.jobs.clamp(1, cases.len().max(1));
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..jobs)
            .map(|_| {
                let (queue, failed) = (&queue, &failed);
                scope.spawn(move || {
                    let stopped = || stop.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
                    let next = || {
                        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                        queue.pop_front()
                    };
                    let limit = config.directive_timeout;
                    let result = lane::run(worker, limit, attempt, &next, &stopped, sender);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    result
                })
            })
            .collect();
        lanes.into_iter().try_for_each(|lane| {
            lane.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}
