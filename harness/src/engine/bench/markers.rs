//! The clocks behind `bench.start` and `bench.end`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use crate::model::bench::Clock;

/// Reads the clocks when a program says that its work begins and ends.
///
/// The wall clock is read last at the start and first at the end, so that the
/// system call of the CPU clock (some 200 ns) is not part of the wall time.
/// What remains between two marks with nothing in between is subtracted
/// nowhere.
#[derive(Debug)]
pub struct Markers {
    clock: Clock,
    origin: Instant,
    starts: AtomicU64,
    ends: AtomicU64,
    wall: [AtomicU64; 2],
    cpu: [AtomicU64; 2],
}

/// What one execution was marked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked {
    /// Nanoseconds on the wall.
    pub wall_ns: u64,
    /// Nanoseconds of CPU time.
    pub cpu_ns: u64,
}

impl Markers {
    /// Nothing marked yet; CPU time is that of `clock`.
    pub fn new(clock: Clock) -> Markers {
        Markers {
            clock,
            origin: Instant::now(),
            starts: AtomicU64::new(0),
            ends: AtomicU64::new(0),
            wall: [AtomicU64::new(0), AtomicU64::new(0)],
            cpu: [AtomicU64::new(0), AtomicU64::new(0)],
        }
    }

    /// The work begins.
    pub fn start(&self) {
        self.starts.fetch_add(1, Ordering::Relaxed);
        self.cpu[0].store(cpu_ns(self.clock), Ordering::Relaxed);
        self.wall[0].store(self.wall_ns(), Ordering::Relaxed);
    }

    /// The work has ended.
    pub fn end(&self) {
        self.wall[1].store(self.wall_ns(), Ordering::Relaxed);
        self.cpu[1].store(cpu_ns(self.clock), Ordering::Relaxed);
        // One that ends before it has started is found out by the count.
        let started = self.starts.load(Ordering::Relaxed);
        self.ends.fetch_add(1.min(started), Ordering::Relaxed);
    }

    /// What was marked since this was last asked.
    ///
    /// # Errors
    ///
    /// Unless both marks were set exactly once.
    pub fn take(&self) -> Result<Marked, String> {
        let starts = self.starts.swap(0, Ordering::Relaxed);
        let ends = self.ends.swap(0, Ordering::Relaxed);
        match (starts, ends) {
            (1, 1) => Ok(Marked {
                wall_ns: difference(&self.wall),
                cpu_ns: difference(&self.cpu),
            }),
            _ => Err(format!(
                "it called `bench.start` {} and `bench.end` after it {}; each is called once",
                times(starts),
                times(ends)
            )),
        }
    }

    fn wall_ns(&self) -> u64 {
        nanoseconds(self.origin.elapsed())
    }
}

fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

fn difference([start, end]: &[AtomicU64; 2]) -> u64 {
    let start = start.load(Ordering::Relaxed);
    end.load(Ordering::Relaxed).saturating_sub(start)
}

/// CPU time so far, in nanoseconds; [`Clock::Wall`] has none.
pub(crate) fn cpu_ns(clock: Clock) -> u64 {
    nanoseconds(match clock {
        Clock::ThreadCpu => ThreadTime::now().as_duration(),
        Clock::ProcessCpu => ProcessTime::now().as_duration(),
        Clock::Wall => Duration::ZERO,
    })
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spin(duration: Duration) {
        let started = Instant::now();
        while started.elapsed() < duration {}
    }

    #[test]
    fn what_is_between_the_marks_is_timed() {
        let markers = Markers::new(Clock::ThreadCpu);
        for _ in 0..2 {
            spin(Duration::from_millis(5));
            markers.start();
            spin(Duration::from_millis(2));
            markers.end();
            spin(Duration::from_millis(5));
            let marked = markers.take().expect("each mark was set once");
            assert!(marked.wall_ns >= 2_000_000, "{marked:?}");
            // A busy machine takes the CPU away, and the wall clock goes on.
            assert!((100_000..4_000_000).contains(&marked.cpu_ns), "{marked:?}");
        }
    }

    /// A thread that sleeps uses no CPU time.
    #[test]
    fn the_two_clocks_are_two() {
        let markers = Markers::new(Clock::ThreadCpu);
        markers.start();
        std::thread::sleep(Duration::from_millis(20));
        markers.end();
        let marked = markers.take().expect("each mark was set once");
        assert!(marked.wall_ns >= 20_000_000, "{marked:?}");
        assert!(marked.cpu_ns < 5_000_000, "{marked:?}");
    }

    #[test]
    fn marks_that_are_not_set_once_are_refused_and_forgotten() {
        let markers = Markers::new(Clock::ThreadCpu);
        for marks in ["", "s", "e", "es", "sse", "see"] {
            for mark in marks.chars() {
                match mark {
                    's' => markers.start(),
                    _ => markers.end(),
                }
            }
            assert!(markers.take().is_err(), "{marks}");
        }
        markers.start();
        markers.end();
        assert!(markers.take().is_ok());
    }
}
