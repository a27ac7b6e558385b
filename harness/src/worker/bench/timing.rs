//! The loops: warm-up, batches, clocks.

use std::time::{Duration, Instant};

use super::other;
use crate::engine::bench::{Repeat, cpu_ns};
use crate::execute::bench::protocol::Effort;
use crate::model::Failure;
use crate::model::bench::{Clock, ProcessTimings, Timing};

/// The most timings that are kept; a measurement ends there.
const MOST_TIMINGS: usize = 100_000;
/// The most latencies that can be asked for.
const MOST_LATENCIES: u64 = 1_000_000;
/// A measurement whose preparations take longer than what is timed ends after
/// so many times its busy time.
const PATIENCE: u32 = 4;

/// Times batches of `thing`. A batch is doubled until it is long enough twice
/// in a row, so that neither the first cold one nor a single disturbed one is
/// taken for long.
pub(super) fn repeat(
    effort: Effort,
    clock: Clock,
    thing: &mut dyn Repeat,
) -> Result<ProcessTimings, Failure> {
    let warm_up = Duration::from_millis(effort.warm_up_ms);
    let long = effort.batch_us as f64 * 1e3;
    let most = thing.most().max(1);
    let (mut batch, mut long_enough) = (1, 0);
    let started = Instant::now();
    while long_enough < 2 || started.elapsed() < warm_up {
        let timing = run(clock, batch, thing)?;
        if timing.wall_ns * batch as f64 >= long || batch == most {
            long_enough += 1;
        } else {
            long_enough = 0;
            batch = batch.saturating_mul(2).min(most);
        }
    }
    measure(effort, clock, batch, || run(clock, batch, thing))
}

/// Times executions, each by its own marks.
pub(super) fn executions(
    effort: Effort,
    clock: Clock,
    mut execute: impl FnMut() -> Result<Timing, Failure>,
) -> Result<ProcessTimings, Failure> {
    let warm_up = Duration::from_millis(effort.warm_up_ms);
    let started = Instant::now();
    loop {
        execute()?;
        if started.elapsed() >= warm_up {
            break;
        }
    }
    measure(effort, clock, 1, execute)
}

/// Wall-clock nanoseconds of single iterations, after a tenth as many that are
/// thrown away.
pub(super) fn latencies(count: u64, thing: &mut dyn Repeat) -> Result<Vec<u64>, Failure> {
    if count > MOST_LATENCIES {
        let message = format!("{count} latencies are more than {MOST_LATENCIES}");
        return Err(other(message));
    }
    let mut once = || {
        thing.prepare(1)?;
        let started = Instant::now();
        thing.run(1)?;
        Ok(u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX))
    };
    for _ in 0..count / 10 {
        once()?;
    }
    (0..count).map(|_| once()).collect()
}

fn measure(
    effort: Effort,
    clock: Clock,
    batch: u64,
    mut step: impl FnMut() -> Result<Timing, Failure>,
) -> Result<ProcessTimings, Failure> {
    let wanted = Duration::from_millis(effort.busy_ms);
    let patience = wanted.saturating_mul(PATIENCE);
    let wanted = wanted.as_nanos() as f64;
    let mut timings = Vec::with_capacity(1024);
    let mut busy = 0.0;
    let started = Instant::now();
    loop {
        let timing = step()?;
        busy += timing.wall_ns * batch as f64;
        timings.push(timing);
        if busy >= wanted || started.elapsed() >= patience || timings.len() == MOST_TIMINGS {
            break;
        }
    }
    Ok(ProcessTimings {
        clock,
        batch,
        timings,
    })
}

/// One batch. The wall clock is read innermost, as at a program's marks.
fn run(clock: Clock, batch: u64, thing: &mut dyn Repeat) -> Result<Timing, Failure> {
    thing.prepare(batch)?;
    let cpu = cpu_ns(clock);
    let wall = Instant::now();
    thing.run(batch)?;
    let wall = wall.elapsed();
    let cpu = cpu_ns(clock).saturating_sub(cpu);
    Ok(Timing {
        wall_ns: wall.as_nanos() as f64 / batch as f64,
        cpu_ns: cpu as f64 / batch as f64,
    })
}
