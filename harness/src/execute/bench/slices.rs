//! The work of one item in one process, cut into slices.

use super::protocol::Effort;
use crate::model::bench::ProcessTimings;

/// Milliseconds of a slice: long beside the change from one process to the
/// other, and short beside what somebody else on the same machine does. A core
/// whose twin is busy computes at half its speed, and changes between the two
/// every few milliseconds: on such a machine the ratio of two processes that
/// took turns every 48 ms spread by 17 %, every 8 ms by 3 %, every 2 ms by 0.3 %.
const SLICE_MS: u64 = 2;

/// The work of the first slice.
pub(super) fn first(whole: Effort) -> Effort {
    Effort {
        busy_ms: SLICE_MS,
        ..whole
    }
}

/// Milliseconds of every other slice.
pub(super) fn again() -> u64 {
    SLICE_MS
}

/// The most slices of an item.
pub(super) fn most(whole: Effort) -> u64 {
    whole.busy_ms.div_ceil(SLICE_MS).max(1)
}

/// The slices of one process.
#[derive(Debug, Default)]
pub(super) struct Slices {
    timings: Option<ProcessTimings>,
    unsupported: bool,
}

impl Slices {
    /// Adds what a slice gave; `None` for what the engine cannot do.
    pub(super) fn add(&mut self, slice: Option<ProcessTimings>) {
        let Some(slice) = slice else {
            self.unsupported = true;
            return;
        };
        let count = u32::try_from(slice.timings.len()).unwrap_or(u32::MAX);
        match &mut self.timings {
            None => {
                self.timings = Some(ProcessTimings {
                    slices: vec![count],
                    ..slice
                });
            }
            Some(whole) => {
                whole.timings.extend(slice.timings);
                whole.slices.push(count);
            }
        }
    }

    /// Whether no further slice is needed: one long iteration may have been all
    /// of the work, or the engine cannot do it.
    pub(super) fn are_enough(&self, whole: Effort) -> bool {
        let worked: f64 = self
            .timings
            .iter()
            .flat_map(|timings| {
                let batch = timings.batch as f64;
                let timings = timings.timings.iter();
                timings.map(move |timing| timing.wall_ns * batch)
            })
            .sum();
        self.unsupported || worked >= whole.busy_ms as f64 * 1e6
    }

    /// All of them as one.
    pub(super) fn whole(self) -> Option<ProcessTimings> {
        self.timings.filter(|_| !self.unsupported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bench::{Clock, Timing};

    const WHOLE: Effort = Effort {
        warm_up_ms: 10,
        busy_ms: 50,
        batch_us: 200,
    };

    fn slice(wall_ms: f64, timings: usize) -> ProcessTimings {
        let wall_ns = wall_ms * 1e6 / timings as f64 / 2.0;
        let timing = Timing {
            wall_ns,
            cpu_ns: wall_ns,
        };
        ProcessTimings {
            clock: Clock::ThreadCpu,
            batch: 2,
            timings: vec![timing; timings],
            slices: Vec::new(),
        }
    }

    #[test]
    fn slices_add_up_to_the_whole_work() {
        assert_eq!(most(WHOLE) * again(), 50);
        assert_eq!(first(WHOLE).warm_up_ms, 10);
    }

    #[test]
    fn timings_of_all_slices_are_kept_and_told_apart() {
        let mut slices = Slices::default();
        slices.add(Some(slice(20.0, 3)));
        assert!(!slices.are_enough(WHOLE));
        slices.add(Some(slice(31.0, 4)));
        assert!(slices.are_enough(WHOLE));
        let whole = slices.whole().unwrap();
        assert_eq!((whole.slices, whole.timings.len()), (vec![3, 4], 7));
    }

    #[test]
    fn what_an_engine_cannot_do_is_not_asked_again() {
        let mut slices = Slices::default();
        slices.add(None);
        assert!(slices.are_enough(WHOLE));
        assert_eq!(slices.whole(), None);
    }
}
