//! Load from beside, to try the gate out under.

use std::process::{Child, Command, Stdio};

/// A process that keeps a core busy until it is dropped.
pub struct Busy(Child);

impl Busy {
    /// Starts a program with its arguments.
    ///
    /// # Errors
    ///
    /// No program was given, or it cannot be started.
    pub fn start(command: &[String]) -> Result<Busy, String> {
        let (program, arguments) = command
            .split_first()
            .ok_or("nothing was given that keeps a core busy")?;
        Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Busy)
            .map_err(|error| format!("cannot start {program}: {error}"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // Both fail only for a process that is gone.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
