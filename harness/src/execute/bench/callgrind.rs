//! Instructions, counted by callgrind: of an execution and of a compilation.
//!
//! A worker runs below `valgrind --tool=callgrind`, some fifty times slower, and
//! is asked to repeat a phase within one function, which callgrind knows by name.
//! One process for each count, because callgrind writes its counts when it ends.
//!
//! Ir of <https://valgrind.org/docs/manual/cl-manual.html>: instructions that were
//! executed, guest code included. Hash tables with random keys and clocks make them
//! differ a little from process to process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::super::worker_process::WorkerConfig;
use super::measuring::{self, BenchError, Measuring};
use super::protocol::{BenchReply, BenchRequest, COUNTED};
use super::{ArmConfig, Unit};
use crate::model::bench::{Arm, ExactKind, Phase};

/// How much slower than by itself a worker may be.
const SLOWDOWN: u32 = 50;

/// How much more memory it may take.
const MORE_MEMORY: u64 = 4;

/// How long it may take to end and to write its counts.
const END: Duration = Duration::from_secs(60);

/// Compilations are repeated for this many bytes of modules, up to ten times:
/// the smaller a module, the more its tables' random keys matter.
const COMPILED_BYTES: u64 = 256 << 10;

/// Says whether callgrind is here.
///
/// # Errors
///
/// It is not, and what to do about it.
pub fn is_here() -> Result<(), String> {
    let version = Command::new("valgrind")
        .args(["--tool=callgrind", "--version"])
        .stdin(Stdio::null())
        .output();
    match version {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!(
            "valgrind does not work here: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
        Err(error) => Err(format!(
            "instructions are counted by valgrind, which cannot be started: {error}. Install the \
             package `valgrind`, or leave --exact-instructions out"
        )),
    }
}

/// Counts the instructions of a unit's program: what it has of executing and
/// compiling.
///
/// # Errors
///
/// A worker or a program that fails, and a count of nothing.
pub fn instructions(
    arm: &ArmConfig,
    unit: &Unit,
    side: Arm,
    stop: &AtomicBool,
) -> Result<Vec<(ExactKind, u64)>, BenchError> {
    let Some(program) = unit.program(side) else {
        return Ok(Vec::new());
    };
    let compilations = std::fs::metadata(&program.wasm)
        .map_or(1, |file| (COMPILED_BYTES / file.len().max(1)).clamp(1, 10));
    let patient = ArmConfig {
        start_timeout: arm.start_timeout * SLOWDOWN,
        request_timeout: arm.request_timeout * SLOWDOWN,
        memory_limit: arm.memory_limit.saturating_mul(MORE_MEMORY),
        ..arm.clone()
    };
    let mut counts = Vec::new();
    // A compiler's hash tables have random keys, and seldom a process has bad luck with
    // them: the smaller count of two is the truer one.
    for (kind, phase, times, processes) in [
        (ExactKind::Instructions, Phase::Execute, 1, 1),
        (
            ExactKind::CompileInstructions,
            Phase::Compile,
            compilations,
            2,
        ),
    ] {
        if !program.phases.contains(&phase) {
            continue;
        }
        let count = |_| repeat(&patient, unit, side, phase, times, stop);
        let found = (0..processes).map(count).collect::<Result<Vec<_>, _>>()?;
        counts.extend(found.into_iter().flatten().min().map(|count| (kind, count)));
    }
    Ok(counts)
}

/// Instructions of one iteration; none where the engine cannot do it.
fn repeat(
    arm: &ArmConfig,
    unit: &Unit,
    side: Arm,
    phase: Phase,
    times: u64,
    stop: &AtomicBool,
) -> Result<Option<u64>, BenchError> {
    let failed = |message: String| BenchError::Failed {
        arm: arm.info.label.clone(),
        unit: unit.name.clone(),
        message: format!("{}: {message}", phase.name()),
    };
    let folder = tempfile::tempdir()
        .map_err(|error| failed(format!("no folder for callgrind's counts: {error}")))?;
    let counts = folder.path().join("callgrind.out");
    let config = below_callgrind(measuring::worker(arm, &unit.spec), &counts);
    let (mut measuring, _) = Measuring::start_as(arm, config, None, stop)?;
    measuring.load(unit, side)?;
    match measuring.ask(&BenchRequest::Repeat { phase, times }, &unit.name)? {
        BenchReply::Repeated => {}
        BenchReply::Unsupported(_) => return Ok(None),
        BenchReply::Refused(message) => {
            return Err(failed(format!(
                "its worker does not repeat for callgrind; it is older than \
                 --exact-instructions ({message})"
            )));
        }
        other => return Err(measuring.broken(&unit.name, &other)),
    }
    measuring.worker.send(&BenchRequest::Exit);
    let (left, output) = measuring.worker.leave(END);
    if !left {
        return Err(failed(format!("callgrind did not end well: {output}")));
    }
    let text = std::fs::read_to_string(&counts)
        .map_err(|error| failed(format!("callgrind wrote no counts: {error}; {output}")))?;
    match summary(&text) {
        Some(0) => Err(failed(format!(
            "callgrind found no function `{COUNTED}`; was the worker stripped of its symbols?"
        ))),
        Some(sum) => Ok(Some(sum / times)),
        None => Err(failed("callgrind's file has no `summary:`".to_owned())),
    }
}

fn below_callgrind(worker: WorkerConfig, counts: &Path) -> WorkerConfig {
    let mut arguments = vec![
        "--tool=callgrind".to_owned(),
        "--quiet".to_owned(),
        format!("--callgrind-out-file={}", counts.display()),
        "--collect-atstart=no".to_owned(),
        format!("--toggle-collect=*{COUNTED}*"),
        worker.program.display().to_string(),
    ];
    arguments.extend(worker.arguments);
    WorkerConfig {
        program: "valgrind".into(),
        arguments,
        ..worker
    }
}

/// The sum of a file in callgrind's format.
fn summary(text: &str) -> Option<u64> {
    let mut sums = text
        .lines()
        .filter_map(|line| line.strip_prefix("summary:"));
    sums.next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_read_and_nothing_else() {
        let text = "# callgrind format\nversion: 1\nevents: Ir\nsummary: 155235\n\nfn=(1) f\n";
        assert_eq!(summary(text), Some(155_235));
        assert_eq!(summary("version: 1\n"), None);
        assert_eq!(summary("summary: many\n"), None);
    }
}
