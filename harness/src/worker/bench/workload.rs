//! What a program is given and what it must answer.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::timing::{Executions, Series};
use super::{other, output};
use crate::engine::bench::{BenchModule, LONGEST_OUTPUT, Markers, Program, Surroundings};
use crate::model::bench::{BenchProgram, Clock, Timing, WorkloadSize};
use crate::model::{Failure, InputError};

/// The largest module, in bytes.
const LARGEST_MODULE: usize = 256 << 20;

/// Reads a module.
pub(super) fn module(path: &Path) -> Result<Vec<u8>, Failure> {
    let wasm = read(path, LARGEST_MODULE)?;
    if wasm.starts_with(b"\0asm") {
        return Ok(wasm);
    }
    let message = "is no WebAssembly module in the binary format: it does not begin with `\\0asm`";
    Err(input(path, message))
}

/// One input of a program, read.
pub(super) struct Workload {
    pub(super) surroundings: Surroundings,
    stdout: Option<(PathBuf, Vec<u8>)>,
    stderr: Option<(PathBuf, Vec<u8>)>,
}

impl Workload {
    /// The program's input of this size; none for a program without inputs.
    pub(super) fn read(
        program: &BenchProgram,
        size: WorkloadSize,
    ) -> Result<Option<Workload>, Failure> {
        if program.workloads.is_empty() {
            return Ok(None);
        }
        let found = program.workloads.iter().find(|known| known.size == size);
        let workload =
            found.ok_or_else(|| other(format!("it has no workload `{}`", size.name())))?;
        let expected = |path: &Option<PathBuf>| match path {
            Some(path) => Ok::<_, Failure>(Some((path.clone(), read(path, LONGEST_OUTPUT)?))),
            None => Ok(None),
        };
        Ok(Some(Workload {
            surroundings: Surroundings {
                folder: program.folder.clone(),
                environment: workload.environment.clone(),
            },
            stdout: expected(&workload.stdout)?,
            stderr: expected(&workload.stderr)?,
        }))
    }

    /// Executes the module once and looks at what it answers.
    pub(super) fn run_once(&self, module: &dyn BenchModule) -> Result<(), Failure> {
        let markers = Arc::new(Markers::new(Clock::ThreadCpu));
        let mut program = module.program(&self.surroundings, Arc::clone(&markers))?;
        self.execute(program.as_mut(), &markers).map(drop)
    }

    /// Executions of the module, timed between its marks. Each is of a fresh
    /// instance, and what each of them writes is compared.
    pub(super) fn series<'a>(
        &'a self,
        module: &'a dyn BenchModule,
    ) -> Result<Box<dyn Series + 'a>, Failure> {
        let clock = Clock::ThreadCpu;
        let markers = Arc::new(Markers::new(clock));
        let mut program = module.program(&self.surroundings, Arc::clone(&markers))?;
        Ok(Box::new(Executions::new(clock, move || {
            self.execute(program.as_mut(), &markers)
        })))
    }

    fn execute(&self, program: &mut dyn Program, markers: &Markers) -> Result<Timing, Failure> {
        let ended = program.execute()?;
        if ended.code != 0 {
            let said = output::end_of(&ended.stderr);
            return Err(other(format!("it exited with code {}{said}", ended.code)));
        }
        let marked = markers.take().map_err(other)?;
        let streams = [
            ("standard output", &self.stdout, &ended.stdout),
            ("standard error", &self.stderr, &ended.stderr),
        ];
        for (stream, expected, got) in streams {
            let Some((path, expected)) = expected else {
                continue;
            };
            if let Some(difference) = output::difference(expected, got) {
                return Err(other(format!(
                    "{stream} is not what {} says: {difference}",
                    path.display()
                )));
            }
        }
        Ok(Timing {
            wall_ns: marked.wall_ns as f64,
            cpu_ns: marked.cpu_ns as f64,
        })
    }
}

/// A file of at most `limit` bytes.
fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| input(path, format!("cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() > limit {
        let message = format!("is longer than {} MiB", limit >> 20);
        return Err(input(path, message));
    }
    Ok(bytes)
}

fn input(path: &Path, message: impl Into<String>) -> Failure {
    other(InputError::file(path, message).to_string())
}
