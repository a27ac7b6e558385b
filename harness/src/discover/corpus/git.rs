//! Runs the program `git`: no prompt, no hook, no helper of another protocol,
//! none of the variables of a git that called us, and a deadline.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How much of what git says is kept for an error.
const KEPT: usize = 4 << 10;

/// The most bytes of git's answer that are read.
const LONGEST_ANSWER: u64 = 64 << 20;

/// How often the deadline and the wish to stop are looked at.
const CHECK: Duration = Duration::from_millis(20);

/// Variables that a user sets on purpose; all others that begin with `GIT_`
/// may come from a git that runs us in a hook, and would lead into its
/// repository.
const KEPT_VARIABLES: &[&str] = &[
    "GIT_EXEC_PATH",
    "GIT_SSL_",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_CONFIG_",
    "GIT_TRACE",
    "GIT_CURL_",
];

/// What is set whatever the user's configuration says.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "core.symlinks=true",
    "core.protectNTFS=true",
    "core.protectHFS=true",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "advice.detachedHead=false",
];

/// Why git did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no such program.
    #[error("there is no program `git`: install it, or name a folder with --from DIR")]
    Missing,
    /// It could not be started or spoken to.
    #[error("git cannot be run: {0}")]
    Io(#[from] std::io::Error),
    /// It failed.
    #[error("git {what} failed: {said}")]
    Failed {
        /// What it was to do.
        what: String,
        /// What it said.
        said: String,
    },
    /// It took too long.
    #[error("git {what} did not end in time: give it more with --timeout SECONDS")]
    Deadline {
        /// What it was to do.
        what: String,
    },
    /// It was stopped from outside.
    #[error("interrupted")]
    Interrupted,
}

/// How git is run.
pub(super) struct Git<'a> {
    /// When it must have ended.
    pub(super) deadline: Instant,
    /// Set to end it.
    pub(super) stop: &'a AtomicBool,
    /// Hears how far it is.
    pub(super) say: &'a mut dyn FnMut(&str),
    /// Its repository and the folder of its files.
    pub(super) repository: PathBuf,
    pub(super) files: PathBuf,
}

impl Git<'_> {
    /// Runs git with these arguments, of which the first names what it does,
    /// and returns what it wrote.
    pub(super) fn run(&mut self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let what = arguments.first().copied().unwrap_or_default().to_owned();
        let mut command = command();
        command
            .args(arguments)
            .env("GIT_DIR", &self.repository)
            .env("GIT_WORK_TREE", &self.files)
            .current_dir(&self.files);
        let mut running = Running::start(command, input)?;
        let status = loop {
            match running.heard.recv_timeout(CHECK) {
                Ok(line) => (self.say)(&line),
                Err(RecvTimeoutError::Timeout) => {}
                // Standard error is closed, so the end is near.
                Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(1)),
            }
            if let Some(status) = running.child.try_wait()? {
                break status;
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(GitError::Interrupted);
            }
            if Instant::now() >= self.deadline {
                return Err(GitError::Deadline { what });
            }
        };
        running.finish(&what, status)
    }
}

/// The commit that a checkout is at, if it is one and git is there to say so.
pub(super) fn head(folder: &Path) -> Option<String> {
    // Without this, git would look for a repository above the folder.
    folder.join(".git").symlink_metadata().ok()?;
    let mut command = command();
    command
        .arg("-C")
        .arg(folder)
        .args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    let mut running = Running::start(command, b"").ok()?;
    let deadline = Instant::now() + Duration::from_secs(10);
    let status = loop {
        match running.child.try_wait().ok()? {
            Some(status) => break status,
            None if Instant::now() >= deadline => return None,
            None => thread::sleep(Duration::from_millis(1)),
        }
    };
    let answer = running.finish("rev-parse", status).ok()?;
    let commit = String::from_utf8(answer).ok()?.trim().to_owned();
    let hex = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then_some(commit)
}

fn command() -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let kept = KEPT_VARIABLES.iter().any(|kept| name.starts_with(kept));
        if name.starts_with("GIT_") && !kept || name == "SSH_ASKPASS" {
            command.env_remove(&*name);
        }
    }
    command
        // Whatever an address is rewritten to, only these are spoken.
        .env("GIT_ALLOW_PROTOCOL", "https:file")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_ASKPASS", "")
        // Errors are told apart by their words.
        .env("LC_ALL", "C")
        .args(["--no-pager", "--literal-pathspecs"]);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// A git that runs. Dropped, it and the programs it started are ended.
struct Running {
    child: Child,
    heard: Receiver<String>,
    said: Option<thread::JoinHandle<Vec<u8>>>,
    answer: Option<thread::JoinHandle<std::io::Result<Vec<u8>>>>,
}

impl Running {
    fn start(mut command: Command, input: &[u8]) -> Result<Running, GitError> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => GitError::Missing,
            _ => GitError::Io(error),
        })?;
        let (say, heard) = channel();
        let stderr = child.stderr.take();
        let said = thread::spawn(move || {
            stderr.map_or_else(Vec::new, |stderr| {
                listen(stderr, |line| say.send(line).is_ok())
            })
        });
        let stdout = child.stdout.take();
        let answer = thread::spawn(move || {
            let mut answer = Vec::new();
            if let Some(stdout) = stdout {
                stdout.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
            }
            Ok(answer)
        });
        if let Some(mut stdin) = child.stdin.take() {
            let input = input.to_owned();
            // A git that does not read its input says why on standard error.
            thread::spawn(move || stdin.write_all(&input));
        }
        Ok(Running {
            child,
            heard,
            said: Some(said),
            answer: Some(answer),
        })
    }

    /// What git wrote, or why it failed. What it left running is ended first,
    /// so that its pipes are closed.
    fn finish(&mut self, what: &str, status: ExitStatus) -> Result<Vec<u8>, GitError> {
        self.end();
        let said = self.said.take().and_then(|said| said.join().ok());
        let answer = self.answer.take().and_then(|answer| answer.join().ok());
        if status.success() {
            return Ok(answer.transpose()?.unwrap_or_default());
        }
        let said = String::from_utf8_lossy(&said.unwrap_or_default())
            .lines()
            .map(|line| line.trim_end().rsplit('\r').next().unwrap_or_default())
            .filter(|line| !line.trim().is_empty())
            .collect::<Vec<_>>()
            .join("; ");
        Err(GitError::Failed {
            what: what.to_owned(),
            said: match said.as_str() {
                "" => status.to_string(),
                said => printable(said),
            },
        })
    }

    fn end(&mut self) {
        #[cfg(unix)]
        if let Ok(group) = i32::try_from(self.child.id()) {
            let group = nix::unistd::Pid::from_raw(group);
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
        // Fails only for a process that is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.end();
        }
    }
}

/// Reads what git says, passes each line on, and returns the end of it. Lines
/// of progress end in a carriage return.
fn listen(mut stderr: impl Read, mut say: impl FnMut(String) -> bool) -> Vec<u8> {
    let (mut kept, mut line) = (Vec::new(), Vec::new());
    let mut buffer = [0; 4096];
    let mut heard = true;
    while let Ok(read) = stderr.read(&mut buffer) {
        if read == 0 {
            break;
        }
        kept.extend_from_slice(&buffer[..read]);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
        for byte in &buffer[..read] {
            match byte {
                b'\r' | b'\n' => {
                    let text = printable(&String::from_utf8_lossy(&line));
                    line.clear();
                    heard = heard && (text.trim().is_empty() || say(text));
                }
                byte if line.len() < KEPT => line.push(*byte),
                _ => {}
            }
        }
    }
    kept
}

/// What a server says may hold anything; a terminal would obey some of it.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
