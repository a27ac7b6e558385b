//! The loops: warm-up, batches, clocks.

use std::time::{Duration, Instant};

use super::alignment::Alignment;
use super::other;
use crate::engine::bench::{Repeat, cpu_ns};
use crate::execute::bench::protocol::Effort;
use crate::model::Failure;
use crate::model::bench::{Clock, ProcessTimings, Timing};

/// The most timings that are kept; a measurement ends there.
const MOST_TIMINGS: usize = 100_000;
/// The most latencies that can be asked for.
const MOST_LATENCIES: u64 = 1_000_000;
/// A measurement whose preparations take longer than what is timed ends when
/// the process has worked so many times its busy time. Worked, because on a
/// busy machine it may wait long between two timings.
const PATIENCE: u128 = 4;

/// Something that is timed again and again, a slice at a time.
pub(super) trait Series {
    /// The first slice, after a warm-up.
    fn first(&mut self, effort: Effort) -> Result<ProcessTimings, Failure>;

    /// Another slice, without one.
    fn again(&mut self, busy_ms: u64) -> Result<ProcessTimings, Failure>;

    /// So many iterations that others count, after one that they do not.
    fn repeat(&mut self, times: u64) -> Result<(), Failure>;
}

/// Does the work. Callgrind finds it by its name, which the protocol knows.
#[inline(never)]
fn counted_by_callgrind(work: &mut dyn FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
    let done = work();
    // Something is left to do: a call in the last place would be a jump, and the
    // function would have ended before its work.
    std::hint::black_box(&done);
    done
}

/// Batches of something that can be repeated.
pub(super) struct Batches<'a> {
    clock: Clock,
    thing: Box<dyn Repeat + 'a>,
    batch: u64,
    alignment: Option<Alignment>,
}

impl<'a> Batches<'a> {
    pub(super) fn new(clock: Clock, thing: Box<dyn Repeat + 'a>) -> Batches<'a> {
        Batches {
            clock,
            thing,
            batch: 1,
            alignment: None,
        }
    }

    /// Of something that takes as long as where its memory lies says.
    pub(super) fn aligned(self) -> Batches<'a> {
        Batches {
            alignment: Some(Alignment::default()),
            ..self
        }
    }
}

impl Series for Batches<'_> {
    /// A batch is doubled until it is long enough twice in a row, so that
    /// neither the first cold one nor a single disturbed one is taken for long.
    fn first(&mut self, effort: Effort) -> Result<ProcessTimings, Failure> {
        let warm_up = Duration::from_millis(effort.warm_up_ms);
        let long = effort.batch_us as f64 * 1e3;
        let most = self.thing.most().max(1);
        let mut long_enough = 0;
        let started = Instant::now();
        while long_enough < 2 || started.elapsed() < warm_up {
            let timing = run(self.clock, self.batch, self.thing.as_mut())?;
            if timing.wall_ns * self.batch as f64 >= long || self.batch == most {
                long_enough += 1;
            } else {
                long_enough = 0;
                self.batch = self.batch.saturating_mul(2).min(most);
            }
        }
        self.again(effort.busy_ms)
    }

    fn again(&mut self, busy_ms: u64) -> Result<ProcessTimings, Failure> {
        if let Some(alignment) = &mut self.alignment {
            alignment.next();
        }
        let (clock, batch, thing) = (self.clock, self.batch, self.thing.as_mut());
        measure(busy_ms, clock, batch, || run(clock, batch, thing))
    }

    fn repeat(&mut self, times: u64) -> Result<(), Failure> {
        self.thing.prepare(1)?;
        self.thing.run(1)?;
        let mut left = times;
        while left > 0 {
            let batch = left.min(self.thing.most().max(1));
            self.thing.prepare(batch)?;
            counted_by_callgrind(&mut || self.thing.run(batch))?;
            left -= batch;
        }
        Ok(())
    }
}

/// Executions, each timed by its own marks.
pub(super) struct Executions<F> {
    clock: Clock,
    execute: F,
}

impl<F: FnMut() -> Result<Timing, Failure>> Executions<F> {
    pub(super) fn new(clock: Clock, execute: F) -> Executions<F> {
        Executions { clock, execute }
    }
}

impl<F: FnMut() -> Result<Timing, Failure>> Series for Executions<F> {
    fn first(&mut self, effort: Effort) -> Result<ProcessTimings, Failure> {
        let warm_up = Duration::from_millis(effort.warm_up_ms);
        let started = Instant::now();
        loop {
            (self.execute)()?;
            if started.elapsed() >= warm_up {
                break;
            }
        }
        self.again(effort.busy_ms)
    }

    fn again(&mut self, busy_ms: u64) -> Result<ProcessTimings, Failure> {
        measure(busy_ms, self.clock, 1, &mut self.execute)
    }

    fn repeat(&mut self, times: u64) -> Result<(), Failure> {
        (self.execute)()?;
        (0..times).try_for_each(|_| counted_by_callgrind(&mut || (self.execute)().map(drop)))
    }
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
    busy_ms: u64,
    clock: Clock,
    batch: u64,
    mut step: impl FnMut() -> Result<Timing, Failure>,
) -> Result<ProcessTimings, Failure> {
    let wanted = Duration::from_millis(busy_ms).as_nanos();
    let patience = u128::from(cpu_ns(Clock::ProcessCpu)) + wanted.saturating_mul(PATIENCE);
    let wanted = wanted as f64;
    let mut timings = Vec::with_capacity(1024);
    let mut busy = 0.0;
    loop {
        let timing = step()?;
        busy += timing.wall_ns * batch as f64;
        timings.push(timing);
        let impatient = || u128::from(cpu_ns(Clock::ProcessCpu)) >= patience;
        if busy >= wanted || timings.len() == MOST_TIMINGS || impatient() {
            break;
        }
    }
    Ok(ProcessTimings {
        clock,
        batch,
        timings,
        slices: Vec::new(),
        at_once: false,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FailureKind;

    /// Spins for a while each time, and writes down what it was asked for.
    struct Spin {
        each: Duration,
        most: u64,
        prepared: Vec<u64>,
        run: Vec<u64>,
    }

    impl Spin {
        fn new(each_us: u64, most: u64) -> Spin {
            Spin {
                each: Duration::from_micros(each_us),
                most,
                prepared: Vec::new(),
                run: Vec::new(),
            }
        }
    }

    impl Repeat for Spin {
        fn prepare(&mut self, count: u64) -> Result<(), Failure> {
            // Far longer than what is timed, and no part of it.
            let started = Instant::now();
            while started.elapsed() < self.each * 2 {}
            self.prepared.push(count);
            Ok(())
        }

        fn run(&mut self, count: u64) -> Result<(), Failure> {
            let started = Instant::now();
            while started.elapsed() < self.each * u32::try_from(count).unwrap_or(u32::MAX) {}
            self.run.push(count);
            Ok(())
        }

        fn most(&self) -> u64 {
            self.most
        }
    }

    fn repeat(
        effort: Effort,
        clock: Clock,
        thing: &mut dyn Repeat,
    ) -> Result<ProcessTimings, Failure> {
        /// A box needs something of its own.
        struct Borrowed<'a>(&'a mut dyn Repeat);

        impl Repeat for Borrowed<'_> {
            fn prepare(&mut self, count: u64) -> Result<(), Failure> {
                self.0.prepare(count)
            }

            fn run(&mut self, count: u64) -> Result<(), Failure> {
                self.0.run(count)
            }

            fn most(&self) -> u64 {
                self.0.most()
            }
        }

        Batches::new(clock, Box::new(Borrowed(thing))).first(effort)
    }

    #[test]
    fn another_slice_has_batches_of_the_same_size_and_no_warm_up() {
        let spin = Spin::new(20, u64::MAX);
        let mut batches = Batches::new(Clock::ThreadCpu, Box::new(spin));
        let first = batches.first(EFFORT).expect("it spins");
        let again = batches.again(0).expect("it spins");
        assert_eq!(again.batch, first.batch);
        assert_eq!(again.timings.len(), 1);
    }

    const EFFORT: Effort = Effort {
        warm_up_ms: 2,
        busy_ms: 10,
        batch_us: 500,
    };

    /// A busy machine makes single batches long; the fastest are what it takes.
    fn fastest(timings: &ProcessTimings) -> f64 {
        let walls = timings.timings.iter().map(|timing| timing.wall_ns);
        walls.fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn batches_double_until_they_are_long_and_times_are_of_one_iteration() {
        let mut spin = Spin::new(20, u64::MAX);
        let timings = repeat(EFFORT, Clock::ThreadCpu, &mut spin).expect("it spins");
        assert!(timings.batch.is_power_of_two() && (2..=32).contains(&timings.batch));
        assert!((20e3..60e3).contains(&fastest(&timings)), "{timings:?}");
        assert_eq!(spin.prepared, spin.run);
        // The warm-up is not among them.
        assert!(spin.run.len() >= timings.timings.len() + 2);
        let last = spin.run.len() - timings.timings.len();
        assert!(spin.run[last..].iter().all(|count| *count == timings.batch));
    }

    #[test]
    fn a_batch_is_no_larger_than_can_be_prepared() {
        let mut spin = Spin::new(1, 4);
        let timings = repeat(EFFORT, Clock::Wall, &mut spin).expect("it spins");
        assert_eq!(timings.batch, 4);
        assert!(spin.run.iter().all(|count| *count <= 4));
        assert!(timings.timings.iter().all(|timing| timing.cpu_ns == 0.0));
    }

    #[test]
    fn what_others_count_is_done_as_often_as_asked() {
        let mut prepared = 0;
        let mut done = 0;
        struct Tally<'a>(&'a mut u64, &'a mut u64);
        impl Repeat for Tally<'_> {
            fn prepare(&mut self, count: u64) -> Result<(), Failure> {
                *self.0 += count;
                Ok(())
            }

            fn run(&mut self, count: u64) -> Result<(), Failure> {
                *self.1 += count;
                Ok(())
            }

            fn most(&self) -> u64 {
                4
            }
        }
        let tally = Tally(&mut prepared, &mut done);
        let mut batches = Batches::new(Clock::Wall, Box::new(tally));
        batches.repeat(10).expect("it only counts");
        drop(batches);
        assert_eq!((prepared, done), (11, 11));
    }

    #[test]
    fn no_effort_is_one_timing() {
        let none = Effort {
            warm_up_ms: 0,
            busy_ms: 0,
            batch_us: 0,
        };
        let mut spin = Spin::new(1, u64::MAX);
        let timings = repeat(none, Clock::ThreadCpu, &mut spin).expect("it spins");
        assert_eq!((timings.batch, timings.timings.len()), (1, 1));
    }

    #[test]
    fn latencies_are_of_single_iterations() {
        let mut spin = Spin::new(5, 4);
        let latencies = latencies(100, &mut spin).expect("it spins");
        assert_eq!(latencies.len(), 100);
        assert_eq!(spin.run, [1; 110]);
        assert!(latencies.iter().all(|ns| *ns >= 5_000));
    }

    #[test]
    fn a_million_latencies_are_the_most() {
        let failure = latencies(MOST_LATENCIES + 1, &mut Spin::new(1, 1)).err();
        assert_eq!(
            failure.map(|failure| failure.kind),
            Some(FailureKind::Other)
        );
    }

    #[test]
    fn what_fails_ends_the_measurement() {
        let mut left = 5;
        let mut fails = || {
            left -= 1;
            if left > 0 {
                Ok(())
            } else {
                Err(other("no more"))
            }
        };
        assert!(repeat(EFFORT, Clock::ThreadCpu, &mut fails).is_err());
    }
}
