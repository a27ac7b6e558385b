//! Runs WASI programs on a runtime that is a process of its own: many side by
//! side, as most of their time is waiting.

mod client;
mod command_line;
mod process;
mod root;
mod server;
mod session;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, timeout};

use super::StartError;
use crate::model::{
    Capability, Case, CommandRuntime, Directive, DirectiveKind, End, EngineInfo, Event, Failure,
    FailureKind, Observation, Outcome, Program, Settings, Wanted,
};
use session::Session;

/// How often is looked whether the run is to stop.
const STOP_CHECK: Duration = Duration::from_millis(50);

/// How long a runtime may take to say its version, and how much it may say.
const VERSION_TIMEOUT: Duration = Duration::from_secs(30);
const LONGEST_VERSION: u64 = 64 << 10;

/// How programs are run.
#[derive(Clone, Debug)]
pub struct RuntimeConfig {
    /// The runtime.
    pub runtime: CommandRuntime,
    /// What the variant sets.
    pub settings: Settings,
    /// The most bytes of memory a process may have resident.
    pub memory_limit: u64,
    /// How many programs run at once.
    pub jobs: usize,
}

/// The run is being stopped.
struct Stopped;

async fn stopped(mut stop: watch::Receiver<bool>) {
    // The sender outlives every case.
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending().await
    }
}

/// Asks a runtime for its version.
///
/// # Errors
///
/// A program that cannot be started or does not say it.
pub fn probe_runtime(runtime: &CommandRuntime) -> Result<EngineInfo, StartError> {
    let failed = |why: String| {
        let program = runtime.program.display();
        StartError::Failed(format!("`{program}` does not say its version: {why}"))
    };
    let version = block_on(async {
        let mut child = tokio::process::Command::new(&runtime.program)
            .args(&runtime.version_args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut said = String::new();
        let stdout = child.stdout.take().ok_or("no pipe")?;
        let ended = async {
            stdout
                .take(LONGEST_VERSION)
                .read_to_string(&mut said)
                .await?;
            child.wait().await
        };
        let status = match timeout(VERSION_TIMEOUT, ended).await {
            Ok(ended) => ended.map_err(|error| error.to_string())?,
            Err(_) => return Err("it takes too long".to_owned()),
        };
        if !status.success() {
            return Err(status.to_string());
        }
        version_in(&said).ok_or_else(|| format!("it says {:?}", said.trim()))
    });
    let version = version.map_err(failed)?;
    Ok(EngineInfo {
        name: runtime.name.clone(),
        wasmtime: runtime.is_wasmtime.then(|| version.clone()),
        version,
        capabilities: runtime.capabilities.clone(),
    })
}

/// The first word that looks like a version, as in `wasmtime 47.0.4 (…)`.
fn version_in(text: &str) -> Option<String> {
    let words = text
        .split_whitespace()
        .map(|word| word.trim_start_matches('v'));
    let mut versions = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let version = versions.next()?.trim_end_matches([',', ';', ')']);
    Some(version.to_owned())
}

/// Runs `cases` in order, up to as many at once as the configuration says, and
/// sends their events, those of one case together.
pub(super) fn run(
    cases: &[&Case],
    attempt: u32,
    config: Option<&RuntimeConfig>,
    limit: Duration,
    stop: &AtomicBool,
    sender: &SyncSender<Vec<Event>>,
) {
    let jobs = config.map_or(1, |config| config.jobs.max(1));
    let config = config.map(|config| Arc::new(config.clone()));
    let mut queue: VecDeque<Case> = cases.iter().map(|case| (*case).clone()).collect();
    block_on(async {
        let (stopping, stop_seen) = watch::channel(false);
        let mut running = JoinSet::new();
        let mut check = tokio::time::interval(STOP_CHECK);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            while running.len() < jobs
                && !stop.load(Ordering::Relaxed)
                && let Some(case) = queue.pop_front()
            {
                let started = event(&case, attempt, None);
                // The receiver outlives this function.
                let _ = sender.send(vec![started]);
                let (config, stop_seen) = (config.clone(), stop_seen.clone());
                running.spawn(async move {
                    let observations = run_case(&case, config.as_deref(), limit, stop_seen).await;
                    (case, observations)
                });
            }
            tokio::select! {
                ended = running.join_next() => match ended {
                    None => return,
                    Some(Ok((case, observations))) => {
                        let events = observations.into_iter();
                        let events = events.map(|what| event(&case, attempt, Some(what)));
                        let _ = sender.send(events.collect());
                    }
                    Some(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
                },
                _ = check.tick() => {
                    if stop.load(Ordering::Relaxed) {
                        stopping.send_replace(true);
                    }
                }
            }
        }
    });
}

fn event(case: &Case, attempt: u32, observation: Option<Observation>) -> Event {
    Event {
        case: case.id.clone(),
        attempt,
        observation,
    }
}

async fn run_case(
    case: &Case,
    config: Option<&RuntimeConfig>,
    limit: Duration,
    stop: watch::Receiver<bool>,
) -> Vec<Observation> {
    let unusable = match (&case.program, config) {
        (Program::Wasi(program), Some(config)) => match absolute(case) {
            Ok(file) => return Session::new(config, limit, program, &file).run(stop).await,
            Err(error) => format!("{}: {error}", case.path.display()),
        },
        (Program::Wasi(_), None) => "the engine has no runtime for programs".to_owned(),
        (Program::Unusable(why), _) => why.clone(),
        (Program::Script | Program::Steps(_), _) => "is no program".to_owned(),
    };
    let ran = Observation::Ran {
        directive: Directive {
            line: 0,
            kind: DirectiveKind::Configuration,
        },
        wanted: Wanted::Success,
        outcome: Outcome::Failed(Failure::new(FailureKind::Malformed, unusable)),
    };
    let ended = Observation::Ended {
        end: End::Completed,
        not_run: 0,
        micros: 0,
    };
    vec![ran, ended]
}

/// The path of the program, which is run in another folder.
fn absolute(case: &Case) -> std::io::Result<PathBuf> {
    std::path::absolute(&case.path)
}

/// What a runtime can do beside what a worker of the same engine can.
pub(super) fn is_for_programs(case: &Case) -> bool {
    !case.needs().contains(&Capability::Embedding)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(future),
        // No descriptors or threads are left: nothing can run.
        Err(error) => panic!("no event loop: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_first_word_that_looks_like_one() {
        let version = |text| version_in(text).unwrap_or_default();
        assert_eq!(version("wasmtime 47.0.4 (abc 2026-01-01)"), "47.0.4");
        assert_eq!(version("v20.19.2\n"), "20.19.2");
        assert_eq!(version("dev"), "");
    }
}
