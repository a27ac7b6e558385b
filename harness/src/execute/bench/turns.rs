//! One round of a unit: a fresh process of each arm, which take turns, or one alone.

use std::sync::atomic::AtomicBool;

use super::measuring::{BenchError, Measuring};
use super::protocol::{BenchRequest, Effort};
use super::slices::{self, Slices};
use super::{ArmConfig, Item, Unit};
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
        let at_once = slices::are_at_once(item, core);
        let [leading, following] = in_turns(&mut processes, item, effort, at_once)?;
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

/// What an item took in both processes, the leading one first.
fn in_turns(
    processes: &mut [Measuring; 2],
    item: &Item,
    effort: Effort,
    at_once: bool,
) -> Result<[Option<ProcessTimings>; 2], BenchError> {
    let [leading, following] = processes.each_mut();
    let first = slices::first(effort);
    let began = [leading.time(item, first)?, following.time(item, first)?];
    // What only one build can do has no second slice: the other has nothing to go on
    // with.
    if began.iter().any(Option::is_none) {
        return Ok(began);
    }
    let mut collected = [Slices::default(), Slices::default()];
    // Of what is shared the first slice does not count, which was one process's alone
    // and finds out how large its batches are.
    if !at_once {
        for (slices, slice) in collected.iter_mut().zip(began) {
            slices.add(slice);
        }
    }
    for number in 1..=slices::most(effort) {
        if collected.iter().all(|slices| slices.are_enough(effort)) {
            break;
        }
        // Each order as often as the other: what drifts evens out.
        let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
        if at_once {
            for side in order {
                processes[side].send_again(slices::again());
            }
        }
        for side in order {
            if !at_once {
                processes[side].send_again(slices::again());
            }
            let slice = processes[side].timed(item)?;
            collected[side].add(slice.map(|slice| ProcessTimings { at_once, ..slice }));
        }
    }
    Ok(collected.map(Slices::whole))
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
