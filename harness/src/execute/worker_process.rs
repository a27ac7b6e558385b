//! A worker process, seen from the harness: started, spoken to with a deadline
//! on every wait, and ended whatever it does.

use std::io::{Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::memory::{MEMORY_CHECK, MemoryWatch};
use super::protocol::{LONGEST_LINE, PROTOCOL, Reply};
use crate::model::{EngineInfo, EngineSpec};

/// How much of a worker's standard error is kept for a report.
const KEPT_OUTPUT: usize = 16 << 10;

/// The most lines of it a report shows, half from the start and half from the
/// end: a panic says why first and a debugger's log last.
const SHOWN_LINES: usize = 12;

/// How long a reader sleeps after each read. A worker writes a line for each
/// directive; waking up for every one of them costs more than the directive.
const READER_NAP: Duration = Duration::from_micros(250);

/// How a worker is started and what it may use.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// The worker's program.
    pub program: PathBuf,
    /// Arguments before those the harness adds.
    pub arguments: Vec<String>,
    /// The engine it is to serve.
    pub spec: EngineSpec,
    /// How long its start may take.
    pub start_timeout: Duration,
    /// The most bytes of memory it may have resident.
    pub memory_limit: u64,
}

/// A worker that cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The program cannot be executed.
    #[error("cannot start the worker {program}: {error}")]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It says that it cannot serve.
    #[error("the worker refuses to serve: {0}")]
    Refused(String),
    /// It speaks another protocol.
    #[error(
        "the worker speaks protocol {found}, the harness {PROTOCOL}: build both from the same sources"
    )]
    Protocol {
        /// The worker's protocol.
        found: u32,
    },
    /// It died, was silent or wrote something else.
    #[error("the worker did not start: {0}")]
    Failed(String),
}

/// Why a worker is no longer of use.
#[derive(Debug)]
pub(super) enum Lost {
    /// It died, broke the protocol or ate its memory.
    Crashed(String),
    /// It said nothing for too long.
    TimedOut,
    /// The run is being stopped.
    Interrupted,
}

/// A worker that is ready for a case.
pub(super) struct Worker {
    child: Child,
    /// Lines for a thread that writes them: a worker that does not read must
    /// not keep its lane from noticing.
    requests: Option<Sender<Vec<u8>>>,
    chunks: Receiver<Vec<u8>>,
    /// Bytes that came and are not a whole line yet, from `start` on.
    buffer: Vec<u8>,
    start: usize,
    stderr: Arc<Mutex<Vec<u8>>>,
    stderr_reader: Option<thread::JoinHandle<()>>,
    memory: MemoryWatch,
}

impl Worker {
    /// Starts a worker and waits for its greeting.
    pub(super) fn start(
        config: &WorkerConfig,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Worker, EngineInfo), StartError> {
        let mut worker = Worker::spawn(config)?;
        match worker.reply(config.start_timeout, stop) {
            Ok(Reply::Hello { protocol, engine }) if protocol == PROTOCOL => Ok((worker, engine)),
            Ok(Reply::Hello { protocol, .. }) => Err(StartError::Protocol { found: protocol }),
            Ok(Reply::Refused(message)) => Err(StartError::Refused(message)),
            Ok(other) => Err(StartError::Failed(format!(
                "it opened with {other:?} instead of a greeting"
            ))),
            Err(lost) => Err(worker.did_not_start(lost, config)),
        }
    }

    /// Starts a worker that has yet to greet.
    pub(super) fn spawn(config: &WorkerConfig) -> Result<Worker, StartError> {
        let spawn_error = |error| StartError::Spawn {
            program: config.program.clone(),
            error,
        };
        let mut child = command(config).spawn().map_err(spawn_error)?;
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
            return Err(StartError::Failed("no pipes".to_owned()));
        };
        let (sender, chunks) = sync_channel(64);
        let kept = Arc::new(Mutex::new(Vec::new()));
        spawn_reader("worker stdout", move || read_stdout(stdout, &sender)).map_err(spawn_error)?;
        let (requests, lines) = channel::<Vec<u8>>();
        let stdin = child.stdin.take();
        spawn_reader("worker stdin", move || write_stdin(stdin, &lines)).map_err(spawn_error)?;
        let stderr_kept = Arc::clone(&kept);
        let stderr_reader =
            spawn_reader("worker stderr", move || read_stderr(stderr, &stderr_kept))
                .map_err(spawn_error)?;
        Ok(Worker {
            requests: Some(requests),
            memory: MemoryWatch::new(child.id(), config.memory_limit)
                .map_err(StartError::Failed)?,
            child,
            chunks,
            buffer: Vec::new(),
            start: 0,
            stderr: kept,
            stderr_reader: Some(stderr_reader),
        })
    }

    /// What to say of a worker that was lost before it greeted.
    pub(super) fn did_not_start(self, lost: Lost, config: &WorkerConfig) -> StartError {
        let why = match lost {
            Lost::Crashed(why) => why,
            Lost::Interrupted => "the run was interrupted".to_owned(),
            Lost::TimedOut => format!(
                "it said nothing for {} s",
                config.start_timeout.as_secs_f64()
            ),
        };
        let output = self.end();
        StartError::Failed(if output.is_empty() {
            why
        } else {
            format!("{why}; its last output: {output}")
        })
    }

    /// The number of its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Forgets what the worker has written to its standard error so far.
    pub(super) fn forget_output(&self) {
        let mut kept = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clear();
    }

    /// Sends a request. A worker that does not take it is noticed by the next
    /// [`Worker::reply`].
    pub(super) fn send(&self, request: &impl Serialize) {
        let Ok(mut line) = serde_json::to_vec(request) else {
            return;
        };
        line.push(b'\n');
        if let Some(requests) = &self.requests {
            // It fails only when the worker is gone, which the reply tells.
            let _ = requests.send(line);
        }
    }

    /// The next reply, if it comes in time.
    pub(super) fn reply<R: DeserializeOwned>(
        &mut self,
        timeout: Duration,
        stop: &dyn Fn() -> bool,
    ) -> Result<R, Lost> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(reply) = self.buffered()? {
                return Ok(reply);
            }
            if stop() {
                return Err(Lost::Interrupted);
            }
            if let Some(reason) = self.memory.exceeded() {
                return Err(Lost::Crashed(reason));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.chunks.recv_timeout(left.min(MEMORY_CHECK)) {
                Ok(chunk) => {
                    self.buffer.drain(..self.start);
                    self.start = 0;
                    self.buffer.extend_from_slice(&chunk);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Lost::Crashed(self.describe_exit()));
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Err(Lost::TimedOut),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Whether the next reply is here already.
    pub(super) fn has_reply(&self) -> bool {
        self.buffer[self.start..].contains(&b'\n')
    }

    fn buffered<R: DeserializeOwned>(&mut self) -> Result<Option<R>, Lost> {
        let unread = &self.buffer[self.start..];
        let Some(length) = unread.iter().position(|byte| *byte == b'\n') else {
            if unread.len() > LONGEST_LINE {
                return Err(Lost::Crashed(format!(
                    "it wrote a line of more than {LONGEST_LINE} bytes"
                )));
            }
            return Ok(None);
        };
        let line = &unread[..length];
        let reply = serde_json::from_slice(line).map_err(|_| {
            Lost::Crashed(format!(
                "it wrote something that is no reply: {}",
                excerpt(line)
            ))
        });
        self.start += length + 1;
        reply.map(Some)
    }

    /// What the operating system says of the end of a worker that closed its
    /// output.
    fn describe_exit(&mut self) -> String {
        let patience = Instant::now() + Duration::from_secs(1);
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return describe(status),
                Ok(None) if Instant::now() < patience => thread::sleep(Duration::from_millis(1)),
                Ok(None) => return "it closed its output and did not exit".to_owned(),
                Err(error) => return format!("it is gone: {error}"),
            }
        }
    }

    /// Ends the worker, by force if need be, and returns its last output.
    pub(super) fn end(mut self) -> String {
        self.finish();
        if let Some(reader) = self.stderr_reader.take() {
            // A grandchild may hold the pipe open, and is not waited for.
            let patience = Instant::now() + Duration::from_millis(200);
            while !reader.is_finished() && Instant::now() < patience {
                thread::sleep(Duration::from_millis(1));
            }
        }
        let kept = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        excerpt(&kept)
    }

    /// Waits for the end of a worker that was told to, and ends it if that takes
    /// too long. Says whether it came to its own end, and its last output.
    pub(super) fn leave(mut self, patience: Duration) -> (bool, String) {
        self.requests = None;
        let deadline = Instant::now() + patience;
        let left = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status.success(),
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(1)),
                _ => break false,
            }
        };
        (left, self.end())
    }

    fn finish(&mut self) {
        self.requests = None;
        // All of it fails only for processes that are gone already.
        #[cfg(unix)]
        if let Ok(group) = i32::try_from(self.child.id()) {
            let group = nix::unistd::Pid::from_raw(group);
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
        let _ = self.child.kill();
        let patience = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < patience {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.finish();
    }
}

fn command(config: &WorkerConfig) -> Command {
    let mut command = Command::new(&config.program);
    command
        .args(&config.arguments)
        .args(["--engine", &config.spec.engine])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (key, value) in &config.spec.settings {
        command.args(["--set", &format!("{key}={value}")]);
    }
    // Ctrl-C is for the harness, which ends its workers itself.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn spawn_reader(
    name: &str,
    read: impl FnOnce() + Send + 'static,
) -> std::io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(read)
}

fn write_stdin(stdin: Option<ChildStdin>, lines: &Receiver<Vec<u8>>) {
    let Some(mut stdin) = stdin else { return };
    for line in lines {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read_stdout(mut stdout: impl Read, sender: &SyncSender<Vec<u8>>) {
    let mut chunk = vec![0; 64 << 10];
    while let Ok(length @ 1..) = stdout.read(&mut chunk) {
        if sender.send(chunk[..length].to_vec()).is_err() {
            return;
        }
        if length < 4 << 10 {
            thread::sleep(READER_NAP);
        }
    }
}

fn read_stderr(mut stderr: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 1 << 10];
    while let Ok(length @ 1..) = stderr.read(&mut chunk) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&chunk[..length]);
        let surplus = kept.len().saturating_sub(KEPT_OUTPUT);
        kept.drain(..surplus);
    }
}

/// Some output, fit for a report: a few lines of printable text.
fn excerpt(bytes: &[u8]) -> String {
    let tail = &bytes[bytes.len().saturating_sub(KEPT_OUTPUT)..];
    let text = String::from_utf8_lossy(tail);
    let mut lines: Vec<_> = text.trim().lines().collect();
    if lines.len() > SHOWN_LINES {
        let left_out = SHOWN_LINES / 2..lines.len() - SHOWN_LINES / 2;
        lines.splice(left_out, ["…"]);
    }
    let printable = |c: &char| !c.is_control() || *c == '\n';
    let text: String = lines.join("\n").chars().filter(printable).collect();
    match text.char_indices().nth(1_500) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            4 => " (SIGILL)",
            6 => " (SIGABRT)",
            7 if cfg!(target_os = "linux") => " (SIGBUS)",
            8 => " (SIGFPE)",
            9 => " (SIGKILL)",
            11 => " (SIGSEGV)",
            15 => " (SIGTERM)",
            _ => "",
        };
        return format!("killed by signal {signal}{name}");
    }
    match status.code() {
        Some(code) => format!("exited with code {code}"),
        None => status.to_string(),
    }
}
