//! What a guest writes, kept in memory.

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

use crate::Error;

/// How a captured run ended and what it wrote.
#[derive(Debug)]
#[non_exhaustive]
pub struct Captured {
    /// The exit code, or why there is none.
    pub ended: Result<i32, Error>,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

/// Two streams of bounded length.
pub(super) struct Capture {
    stdout: MemoryOutputPipe,
    stderr: MemoryOutputPipe,
}

impl Capture {
    pub(super) fn new(limit: usize) -> Capture {
        Capture {
            stdout: MemoryOutputPipe::new(limit),
            stderr: MemoryOutputPipe::new(limit),
        }
    }

    pub(super) fn attach(&self, context: &mut WasiCtxBuilder) {
        context
            .stdout(self.stdout.clone())
            .stderr(self.stderr.clone());
    }

    pub(super) fn taken(self, ended: Result<i32, Error>) -> Captured {
        Captured {
            ended,
            stdout: self.stdout.contents().to_vec(),
            stderr: self.stderr.contents().to_vec(),
        }
    }
}
