//! The work of one item in one process, cut into slices.

use super::protocol::Effort;
use super::{Item, Subject};
use crate::model::bench::{Phase, ProcessTimings};

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

/// Whether both processes work at once, after the first slice, and the kernel lets
/// them take turns on the core they share, every few milliseconds. What takes long
/// in one piece, as compiling does, cannot be cut otherwise. Of what is measured on
/// the wall nothing is left to compare then, so it must be something that computes
/// and never waits.
pub(super) fn are_at_once(item: &Item, core: Option<usize>) -> bool {
    core.is_some() && item.subject == Subject::Phase(Phase::Compile)
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
                whole.at_once |= slice.at_once;
            }
        }
    }

    /// Whether no further slice is needed: one long iteration may have been all
    /// of the work, or the engine cannot do it.
    pub(super) fn are_enough(&self, whole: Effort) -> bool {
        let worked: f64 = self
            .timings
            .iter()
            .flat_map(|known| {
                let batch = known.batch as f64;
                let timings = known.timings.iter();
                let at_once = known.at_once;
                timings.map(move |timing| match at_once {
                    true => timing.cpu_ns * batch,
                    false => timing.wall_ns * batch,
                })
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
            at_once: false,
        }
    }

    #[test]
    fn slices_add_up_to_the_whole_work() {
        assert_eq!(most(WHOLE) * again(), 50);
        assert_eq!(first(WHOLE).warm_up_ms, 10);
    }

    #[test]
    fn of_time_that_is_shared_only_ones_own_counts() {
        let mut slices = Slices::default();
        let mut shared = slice(60.0, 1);
        shared.at_once = true;
        shared.timings[0].cpu_ns /= 2.0;
        slices.add(Some(shared.clone()));
        assert!(!slices.are_enough(WHOLE), "30 ms of 50");
        slices.add(Some(shared));
        assert!(slices.are_enough(WHOLE));
        assert!(slices.whole().unwrap().at_once);
    }

    #[test]
    fn only_compiling_shares_and_only_a_core() {
        let item = |subject| Item {
            metric: crate::model::bench::MetricName::new("m").unwrap(),
            subject,
        };
        let compile = item(Subject::Phase(Phase::Compile));
        assert!(are_at_once(&compile, Some(1)));
        assert!(!are_at_once(&compile, None));
        assert!(!are_at_once(&item(Subject::Phase(Phase::Execute)), Some(1)));
        assert!(!are_at_once(
            &item(Subject::Operation("trap".to_owned())),
            Some(1)
        ));
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
