//! One lane of a run: a worker, the cases it is given one after another, and
//! the worker that replaces it when it is lost.

use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::protocol::{Reply, Request};
use super::worker_process::{Lost, StartError, Worker, WorkerConfig};
use crate::model::{Case, Directive, DirectiveKind, End, Event, Observation};

/// How often a worker's start is tried, and the pause after the first attempt.
const START_ATTEMPTS: usize = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The most events in one batch.
const BATCH: usize = 256;

/// Runs what `next` hands out until there is no more or `stopped` says so.
pub(super) fn run<'cases>(
    config: &WorkerConfig,
    limit: Duration,
    attempt: u32,
    next: &dyn Fn() -> Option<&'cases Case>,
    stopped: &dyn Fn() -> bool,
    sender: &SyncSender<Vec<Event>>,
) -> Result<(), StartError> {
    let mut idle: Option<Worker> = None;
    while !stopped() {
        let Some(case) = next() else { break };
        let worker = match idle.take() {
            Some(worker) => worker,
            None => match start(config, stopped) {
                Ok(worker) => worker,
                // A start that was interrupted is no failure of the worker.
                Err(_) if stopped() => break,
                Err(error) => return Err(error),
            },
        };
        let reporter = Reporter {
            case,
            attempt,
            sender,
            batch: Vec::new(),
        };
        idle = run_case(worker, case, limit, stopped, reporter);
    }
    if let Some(worker) = idle {
        worker.send(&Request::Exit);
    }
    Ok(())
}

/// Starts a worker, more than once if need be: a machine that has just lost one
/// may be short of memory or of processes for a moment.
fn start(config: &WorkerConfig, stopped: &dyn Fn() -> bool) -> Result<Worker, StartError> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..START_ATTEMPTS {
        match Worker::start(config, stopped) {
            Ok((worker, _)) => return Ok(worker),
            Err(error) if stopped() => return Err(error),
            Err(_) => std::thread::sleep(pause),
        }
        pause *= 4;
    }
    Worker::start(config, stopped).map(|(worker, _)| worker)
}

/// Collects the events of a case and sends them in batches.
struct Reporter<'a> {
    case: &'a Case,
    attempt: u32,
    sender: &'a SyncSender<Vec<Event>>,
    batch: Vec<Event>,
}

impl Reporter<'_> {
    fn report(&mut self, observation: Option<Observation>) {
        self.batch.push(Event {
            case: self.case.id.clone(),
            attempt: self.attempt,
            observation,
        });
        if self.batch.len() >= BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.batch.is_empty() {
            // The receiver outlives the lanes.
            let _ = self.sender.send(std::mem::take(&mut self.batch));
        }
    }
}

/// Runs a case and gives the worker back if it is still good.
fn run_case(
    mut worker: Worker,
    case: &Case,
    limit: Duration,
    stopped: &dyn Fn() -> bool,
    mut reporter: Reporter<'_>,
) -> Option<Worker> {
    let started = Instant::now();
    reporter.report(None);
    worker.forget_output();
    worker.send(&Request::Run(Box::new(case.clone())));
    let mut script = Script::default();
    let lost = loop {
        if !worker.has_reply() {
            reporter.flush();
        }
        match worker.reply(limit, stopped) {
            Ok(Reply::End) if script.is_done() => break None,
            Ok(reply) => match script.take(reply) {
                Ok(Some(observation)) => reporter.report(Some(observation)),
                Ok(None) => {}
                Err(broken) => break Some(Lost::Crashed(broken)),
            },
            Err(lost) => break Some(lost),
        }
    };
    let (end, worker) = match lost {
        None => (End::Completed, Some(worker)),
        Some(Lost::Interrupted) => (End::Interrupted, None),
        Some(Lost::Crashed(reason)) => {
            let crashed = End::Crashed {
                at: script.running(),
                reason,
                output: worker.end(),
            };
            (crashed, None)
        }
        Some(Lost::TimedOut) => {
            let limit_ms = limit.as_millis();
            let timed_out = End::TimedOut {
                at: script.running(),
                limit_ms: u64::try_from(limit_ms).unwrap_or(u64::MAX),
                output: worker.end(),
            };
            (timed_out, None)
        }
    };
    let not_run = match end {
        End::Completed => 0,
        // The directive the case ended on was run, to its bitter end.
        End::Crashed { .. } | End::TimedOut { .. } => script.left().saturating_sub(1),
        End::Interrupted | End::Stopped => script.left(),
    };
    reporter.report(Some(Observation::Ended {
        end,
        not_run,
        micros: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    }));
    reporter.flush();
    worker
}

/// The directives of a case, and which of them ran.
#[derive(Default)]
struct Script {
    directives: Option<Vec<Directive>>,
    ran: Vec<bool>,
    /// The first directive that has not been reported.
    first_open: usize,
    left: usize,
}

impl Script {
    /// Takes a reply; an error says how the worker broke the protocol.
    fn take(&mut self, reply: Reply) -> Result<Option<Observation>, String> {
        match reply {
            Reply::Script(directives) if self.directives.is_none() => {
                self.left = directives.len();
                self.ran = vec![false; directives.len()];
                self.directives = Some(directives);
                Ok(None)
            }
            Reply::Ran {
                index,
                wanted,
                outcome,
            } => {
                let directive = self.directives.as_ref().and_then(|all| all.get(index));
                let (Some(directive), Some(false)) = (directive, self.ran.get(index)) else {
                    return Err(format!("it reported directive {index} out of turn"));
                };
                let observation = Observation::Ran {
                    directive: *directive,
                    wanted,
                    outcome,
                };
                self.ran[index] = true;
                self.left -= 1;
                while self.ran.get(self.first_open) == Some(&true) {
                    self.first_open += 1;
                }
                Ok(Some(observation))
            }
            Reply::Refused(message) => Err(format!("it refused the case: {message}")),
            Reply::End => Err(format!("it left out {} directives", self.left)),
            Reply::Script(_) | Reply::Hello { .. } => {
                Err("it repeated a message that comes once".to_owned())
            }
        }
    }

    fn is_done(&self) -> bool {
        self.directives.is_some() && self.left == 0
    }

    fn left(&self) -> usize {
        self.left
    }

    /// The directive that is running: the first one not reported, or the
    /// script as a whole before and after.
    fn running(&self) -> Directive {
        let listed = self.directives.iter().flatten().nth(self.first_open);
        listed.copied().unwrap_or(Directive {
            line: 1,
            kind: DirectiveKind::Script,
        })
    }
}
