//! The process of a runtime that runs a program: its pipes, its end, and the
//! end of everything it started.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::model::{CommandRuntime, ExitStatus};

/// The most bytes a program may write to one of its outputs.
pub(super) const MOST_OUTPUT: usize = 16 << 20;

/// How much of each output a report has.
const SHOWN_OUTPUT: usize = 4 << 10;

/// How long the pipes of a process that ended may stay open. What its process
/// group held is dead by then; only what left the group can hold them.
const DRAIN: Duration = Duration::from_secs(1);

/// How long a process that closed its outputs has to end by itself.
const SETTLE: Duration = Duration::from_millis(500);

/// How long a killed process has to be gone.
const GONE: Duration = Duration::from_secs(5);

/// A running program, or what is left of it.
pub(super) struct Process {
    child: Child,
    pid: Option<u32>,
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: Output,
    pub(super) stderr: Output,
    /// Signals the case sent.
    sent: Vec<String>,
    status: Option<ExitStatus>,
}

impl Process {
    pub(super) fn start(
        runtime: &CommandRuntime,
        words: &[String],
        folder: &Path,
    ) -> io::Result<Process> {
        let mut command = Command::new(&runtime.program);
        command
            .args(words)
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A runtime finds itself and its libraries by these; what a program
        // sees of an environment is on the command line.
        const NEEDED: [&str; 6] = [
            "PATH",
            "HOME",
            "TMPDIR",
            "LD_LIBRARY_PATH",
            "SystemRoot",
            "TEMP",
        ];
        for name in NEEDED
            .into_iter()
            .chain(runtime.inherit.iter().map(String::as_str))
        {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        // Ctrl-C is for the harness, which ends the whole group itself.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let missing = || io::Error::other("no pipes");
        let stdout = Output::read(child.stdout.take().ok_or_else(missing)?);
        let stderr = Output::read(child.stderr.take().ok_or_else(missing)?);
        Ok(Process {
            pid: child.id(),
            stdin: child.stdin.take(),
            stdout,
            stderr,
            sent: Vec::new(),
            status: None,
            child,
        })
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Sends a signal to the process, not to what it started.
    pub(super) fn signal(&mut self, name: &str) -> Result<(), String> {
        self.sent.push(name.to_owned());
        #[cfg(unix)]
        {
            use nix::sys::signal::{Signal, kill};
            let signal: Signal = name.parse().map_err(|_| format!("no signal {name}"))?;
            if self.status.is_some() {
                return Err("the program has ended".to_owned());
            }
            let pid = self.pid.and_then(|pid| i32::try_from(pid).ok());
            let pid = nix::unistd::Pid::from_raw(pid.ok_or("no process")?);
            kill(pid, signal).map_err(|error| format!("cannot send {name}: {error}"))
        }
        #[cfg(not(unix))]
        self.child.start_kill().map_err(|error| error.to_string())
    }

    /// Waits for the end: of the process, of what it left behind, and of its
    /// outputs.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.stdin = None;
        let status = self.child.wait().await?;
        let status = self.describe(status);
        self.status = Some(status.clone());
        self.kill_group();
        let drained = async {
            self.stdout.ended().await;
            self.stderr.ended().await;
        };
        // Whatever holds a pipe now has left the group; it is not waited for.
        let _ = timeout(DRAIN, drained).await;
        Ok(status)
    }

    /// How the process ended, if it does so by itself now that its outputs
    /// ended.
    pub(super) async fn settle(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            let patience = if self.stdout.has_ended() && self.stderr.has_ended() {
                SETTLE
            } else {
                Duration::ZERO
            };
            if let Ok(Ok(status)) = timeout(patience, self.child.wait()).await {
                self.status = Some(self.describe(status));
            }
        }
        self.status.clone()
    }

    /// Ends the process and everything in its group, whatever they do.
    pub(super) async fn end(&mut self) {
        self.kill_group();
        // It fails only for a process that is gone already.
        let _ = self.child.start_kill();
        let _ = timeout(GONE, self.child.wait()).await;
    }

    fn describe(&self, status: std::process::ExitStatus) -> ExitStatus {
        #[cfg(unix)]
        if let Some(number) = std::os::unix::process::ExitStatusExt::signal(&status) {
            let known = nix::sys::signal::Signal::try_from(number);
            let name = known.map_or_else(
                |_| format!("signal {number}"),
                |signal| signal.as_str().to_owned(),
            );
            return ExitStatus::Signal {
                sent: self.sent.contains(&name),
                name,
            };
        }
        ExitStatus::Code(status.code().unwrap_or(-1))
    }

    /// Kills the group. Also after the process was waited for: the group keeps
    /// its number as long as somebody is in it, and a new one would need a new
    /// process of that number in the meantime.
    fn kill_group(&self) {
        #[cfg(unix)]
        if let Some(group) = self.pid.and_then(|pid| i32::try_from(pid).ok()) {
            let group = nix::unistd::Pid::from_raw(group);
            // It fails where nobody is left.
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
    }
}

/// What comes out of a pipe, read as it comes.
pub(super) struct Output {
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
    /// Whether what comes is compared.
    pub(super) compared: bool,
}

#[derive(Default)]
struct Shared {
    captured: Mutex<Captured>,
    changed: Notify,
}

#[derive(Default)]
struct Captured {
    bytes: Vec<u8>,
    /// How much of it was asked for.
    taken: usize,
    ended: bool,
    too_much: bool,
}

impl Output {
    fn read(mut pipe: impl AsyncRead + Unpin + Send + 'static) -> Output {
        let shared = Arc::new(Shared::default());
        let filled = Arc::clone(&shared);
        let reader = tokio::spawn(async move {
            let mut piece = vec![0; 16 << 10];
            loop {
                let length = pipe.read(&mut piece).await.unwrap_or(0);
                let mut captured = filled
                    .captured
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                captured.bytes.extend_from_slice(&piece[..length]);
                captured.too_much |= captured.bytes.len() > MOST_OUTPUT;
                captured.ended |= length == 0 || captured.too_much;
                let ended = captured.ended;
                drop(captured);
                filled.changed.notify_one();
                if ended {
                    return;
                }
            }
        });
        Output {
            shared,
            reader,
            compared: false,
        }
    }

    fn captured(&self) -> std::sync::MutexGuard<'_, Captured> {
        let captured = self.shared.captured.lock();
        captured.unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what `take` makes of the bytes that are left: how many it wants,
    /// or none as long as it needs more.
    async fn when(&self, take: impl Fn(&[u8], bool) -> Option<usize>) -> Vec<u8> {
        loop {
            {
                let mut captured = self.captured();
                let left = &captured.bytes[captured.taken..];
                if let Some(length) = take(left, captured.ended) {
                    let taken = left[..length].to_vec();
                    captured.taken += length;
                    return taken;
                }
            }
            self.shared.changed.notified().await;
        }
    }

    /// As many bytes as `wanted` has; fewer if they differ from it or there
    /// are no more.
    pub(super) async fn take(&self, wanted: &[u8]) -> Vec<u8> {
        self.when(|left, ended| {
            let length = left.len().min(wanted.len());
            let done = length == wanted.len() || ended || left[..length] != wanted[..length];
            done.then_some(length)
        })
        .await
    }

    /// The next line, as long as it may be; the last one may lack its newline.
    pub(super) async fn line(&self) -> Option<String> {
        let line = self
            .when(
                |left, ended| match left.iter().position(|byte| *byte == b'\n') {
                    Some(newline) => Some(newline + 1),
                    None => ended.then_some(left.len()),
                },
            )
            .await;
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        (!line.is_empty()).then_some(text)
    }

    /// Waits until there is no more.
    pub(super) async fn ended(&self) {
        self.when(|_, ended| ended.then_some(0)).await;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.captured().ended
    }

    /// Whether it was more than a program may write.
    pub(super) fn is_too_much(&self) -> bool {
        self.captured().too_much
    }

    /// What nobody asked for.
    pub(super) fn rest(&self) -> Vec<u8> {
        let captured = self.captured();
        captured.bytes[captured.taken..].to_vec()
    }

    /// What came and was not asked for so far, without taking it.
    pub(super) fn untaken(&self) -> usize {
        let captured = self.captured();
        captured.bytes.len() - captured.taken
    }

    /// The end of all that came, fit for a report.
    pub(super) fn excerpt(&self) -> String {
        let captured = self.captured();
        let start = captured.bytes.len().saturating_sub(SHOWN_OUTPUT);
        let text = String::from_utf8_lossy(&captured.bytes[start..]);
        let printable = |c: &char| !c.is_control() || "\n\t".contains(*c);
        let shown: String = text.chars().filter(printable).collect();
        match start {
            0 => shown,
            left_out => format!("… ({left_out} bytes before)\n{shown}"),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
