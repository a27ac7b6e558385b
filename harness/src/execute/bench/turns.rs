//! One round of a unit: a fresh process of each arm, which take turns, or one alone.

use std::sync::atomic::AtomicBool;

use super::measuring::{BenchError, Measuring};
use super::protocol::{BenchRequest, Effort};
use super::slices::{self, Slices};
use super::{ArmConfig, Unit};
use crate::model::bench::{Arm, ProcessTimings};

/// What is measured in one round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns<'a> {
    pub(super) unit: &'a Unit,
    /// Places of the items that take part.
    pub(super) items: &'a [usize],
    pub(super) effort: Effort,
    /// The arm that begins.
    pub(super) first: Arm,
    /// Where both work; wherever the kernel likes, if none.
    pub(super) core: Option<usize>,
}

/// Why not everything was measured.
#[derive(Debug)]
pub(super) enum Ended<E> {
    /// A worker or a program failed.
    Measuring(BenchError),
    /// What was measured could not be kept.
    Keeping(E),
}

impl<E> From<BenchError> for Ended<E> {
    fn from(error: BenchError) -> Ended<E> {
        Ended::Measuring(error)
    }
}

/// Takes what an item took in the baseline's and in the current build's process;
/// `None` for what an engine cannot do.
pub(super) type Done<'d, E> = dyn FnMut(usize, [Option<ProcessTimings>; 2]) -> Result<(), E> + 'd;

/// One fresh process of each arm. Only one of them works at any time, but for what
/// [`slices::are_at_once`] says.
///
/// Each item's work is cut into slices, and the processes take turns with them
/// (A B B A A B …): what a shared machine does for longer than a slice then hits
/// both, and most of it is gone from their ratio. `done` gets each item when both
/// have measured it: a worker that dies later takes nothing of it away.
pub(super) fn pair<E>(
    configs: [&ArmConfig; 2],
    turns: Turns<'_>,
    stop: &AtomicBool,
    done: &mut Done<'_, E>,
) -> Result<(), Ended<E>> {
    let Turns {
        unit,
        effort,
        first,
        core,
        ..
    } = turns;
    let start = |arm: Arm| {
        let (mut measuring, _) = Measuring::start(configs[index(arm)], &unit.spec, core, stop)?;
        measuring.load(unit, arm)?;
        Ok::<_, BenchError>(measuring)
    };
    let mut processes = [start(first)?, start(first.other())?];
    for &place in turns.items {
        let item = &unit.items[place];
        let mut collected = [Slices::default(), Slices::default()];
        let share = slices::are_at_once(item, core);
        for number in 0..=slices::most(effort) {
            // Each order as often as the other: what drifts evens out.
            let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
            let at_once = number > 0 && share;
            if at_once {
                for side in order {
                    processes[side].send_again(slices::again());
                }
            }
            for side in order {
                let slice = match number {
                    0 => processes[side].time(item, slices::first(effort))?,
                    _ if at_once => processes[side]
                        .timed(item)?
                        .map(|slice| ProcessTimings { at_once, ..slice }),
                    _ => {
                        processes[side].send_again(slices::again());
                        processes[side].timed(item)?
                    }
                };
                // The first slice was one process's alone, which finds out how large
                // its batches are.
                if number > 0 || !share || slice.is_none() {
                    collected[side].add(slice);
                }
            }
            if collected.iter().all(|slices| slices.are_enough(effort)) {
                break;
            }
        }
        let [leading, following] = collected.map(Slices::whole);
        let timed = match first {
            Arm::Baseline => [leading, following],
            Arm::Current => [following, leading],
        };
        done(place, timed).map_err(Ended::Keeping)?;
    }
    for process in processes {
        process.worker.send(&BenchRequest::Exit);
    }
    Ok(())
}

/// One fresh process alone; `done` gets each item when it is measured.
pub(super) fn process<E>(
    config: &ArmConfig,
    unit: &Unit,
    core: Option<usize>,
    effort: Effort,
    stop: &AtomicBool,
    done: &mut dyn FnMut(usize, ProcessTimings) -> Result<(), E>,
) -> Result<(), Ended<E>> {
    let (mut measuring, _) = Measuring::start(config, &unit.spec, core, stop)?;
    measuring.load(unit, Arm::Current)?;
    for (place, item) in unit.items.iter().enumerate() {
        if let Some(timings) = measuring.time(item, effort)? {
            done(place, timings).map_err(Ended::Keeping)?;
        }
    }
    measuring.worker.send(&BenchRequest::Exit);
    Ok(())
}

fn index(arm: Arm) -> usize {
    match arm {
        Arm::Baseline => 0,
        Arm::Current => 1,
    }
}
