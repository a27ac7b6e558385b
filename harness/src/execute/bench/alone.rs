//! One build, measured without a comparison.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use super::cores;
use super::measuring::BenchError;
use super::protocol::Effort;
use super::rounds::{Progress, is_parallel};
use super::turns::{Ended, process};
use super::{ArmConfig, Unit};
use crate::model::bench::{Arm, MetricName, ProcessTimings};

/// One metric of one build, measured without a comparison.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The metric.
    pub metric: MetricName,
    /// One entry a process.
    pub processes: Vec<ProcessTimings>,
}

/// Measures one build alone, each unit in `processes` fresh processes.
///
/// # Errors
///
/// Those of `sink`.
pub fn measure<E>(
    units: &[Unit],
    arm: &ArmConfig,
    processes: u32,
    effort: Effort,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(Progress<'_>) -> Result<(), E>,
) -> Result<(Vec<Measured>, Vec<BenchError>), E> {
    let mut problems = Vec::new();
    let mut given_up = vec![false; units.len()];
    let mut kept: BTreeMap<(usize, usize), Vec<ProcessTimings>> = BTreeMap::new();
    // On one core, as in a pair: medians of both are compared with each other, and threads
    // that wake each other take several times as long on two.
    let (mut random, cores) = (fastrand::Rng::with_seed(0), cores::usable());
    'processes: for number in 0..processes {
        for (index, unit) in units.iter().enumerate() {
            if given_up[index] {
                continue;
            }
            let mut keep = |place: usize, timings: ProcessTimings| {
                sink(Progress {
                    metric: &unit.items[place].metric,
                    stage: 0,
                    round: number,
                    arm: Arm::Current,
                    first: Arm::Current,
                    timings: &timings,
                })?;
                kept.entry((index, place)).or_default().push(timings);
                Ok(())
            };
            let core = random.choice(cores.iter().copied());
            let core = core.filter(|_| !is_parallel(unit));
            match process(arm, unit, core, effort, stop, &mut keep) {
                Ok(()) => {}
                Err(Ended::Keeping(error)) => return Err(error),
                Err(Ended::Measuring(error)) => {
                    given_up[index] = true;
                    let interrupted = error == BenchError::Interrupted;
                    problems.push(error);
                    if interrupted {
                        break 'processes;
                    }
                }
            }
        }
    }
    let measured = kept
        .into_iter()
        .filter(|((index, _), _)| !given_up[*index])
        .map(|((index, place), processes)| Measured {
            metric: units[index].items[place].metric.clone(),
            processes,
        })
        .collect();
    Ok((measured, problems))
}
