//! Exit codes, and the one line that goes with a failure.
//!
//! A preview 1 program can only exit with 0 to 125; the codes of this program
//! begin above that, so that the two cannot be confused.

use std::io::Write as _;

#[cfg(feature = "executor")]
use tensor_wasm_runtime::Error;

/// The command line is wrong; nothing was run. What clap uses, too.
pub(crate) const USAGE: i32 = 2;
/// This program failed, not the guest.
pub(crate) const INTERNAL: i32 = 125;
/// The module cannot be read, compiled, linked or instantiated. What a shell
/// says of a file it cannot execute.
pub(crate) const NOT_LOADED: i32 = 126;
/// There is nothing to start. What a shell says of a command it cannot find.
pub(crate) const NO_ENTRY_POINT: i32 = 127;
/// The guest trapped, threw, or was stopped by a host function: 128 + SIGABRT, as the `wasmtime` command has it.
pub(crate) const TRAP: i32 = 134;
/// The guest was stopped at its timeout: 128 + SIGALRM.
pub(crate) const TIMEOUT: i32 = 142;

/// Why this program ends without the guest's own exit code.
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: i32,
    /// What happened, for a person.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: i32, message: impl Into<String>) -> Failure {
        Failure {
            code,
            message: message.into(),
        }
    }

    /// What an error of the executor comes to. `subject` is the file.
    #[cfg(feature = "executor")]
    pub(crate) fn of(error: &Error, subject: &str) -> Failure {
        let code = match error {
            Error::Compile(_) | Error::Link(_) | Error::Limit(_) | Error::Grant(_) => NOT_LOADED,
            Error::NoEntryPoint(_) | Error::MissingExport { .. } => NO_ENTRY_POINT,
            Error::Trap { .. } | Error::Exception(_) | Error::Host(_) => TRAP,
            Error::Config(_) | Error::Arguments { .. } => USAGE,
            _ => INTERNAL,
        };
        let hint = match error {
            Error::Link(message) if message.contains("wasi:http") => {
                "; this runtime has `wasi:http` 0.2 and 0.3 and grants requests with --http"
            }
            _ => "",
        };
        Failure::new(code, format!("{subject}: {error}{hint}"))
    }
}

/// Writes one line to standard error, whatever the message holds.
pub(crate) fn complain(message: &str) {
    let lines = message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    tell(&format!(
        "tensor-wasm: {}",
        lines.collect::<Vec<_>>().join(": ")
    ));
}

/// Writes a line to standard error, without what would steer a terminal: names
/// come from the guest.
pub(crate) fn tell(line: &str) {
    let printable: String = line.chars().filter(|c| !c.is_control()).collect();
    // Nobody may be there to read it. That is no reason to end differently.
    let _ = writeln!(std::io::stderr(), "{printable}");
}

/// Ends the process without waiting for threads that may be blocked for good,
/// as one that reads standard input.
pub(crate) fn now(code: i32) -> ! {
    // Nobody is left to be told that it did not work.
    let _ = std::io::stdout().flush();
    std::process::exit(code)
}
