//! What needs no comparison in rounds: counts of programs, and single latencies of
//! operations.

use super::Run;
use crate::execute::bench::{ArmConfig, BenchError, Subject, Unit, callgrind, count, latencies};
use crate::model::bench::{Arm, ExactKind, ExactReading};
use crate::pipeline::bench::keeper::Keeper;
use crate::pipeline::bench::{Against, plan};
use crate::pipeline::input::CannotRun;

/// Counts of the current build, and of the other where that was built now.
#[derive(Debug, Default)]
pub(in crate::pipeline::bench) struct Counted {
    pub(in crate::pipeline::bench) baseline: Vec<ExactReading>,
    pub(in crate::pipeline::bench) current: Vec<ExactReading>,
}

impl Counted {
    fn of(&mut self, arm: Arm) -> &mut Vec<ExactReading> {
        match arm {
            Arm::Baseline => &mut self.baseline,
            Arm::Current => &mut self.current,
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (Arm, &ExactReading)> {
        let baseline = self.baseline.iter().map(|reading| (Arm::Baseline, reading));
        baseline.chain(self.current.iter().map(|reading| (Arm::Current, reading)))
    }
}

impl Run<'_> {
    /// Counts once for each program and variant, whatever of it is timed. A program
    /// that fails costs its own counts.
    pub(super) fn count(&mut self, keeper: &mut Keeper) -> Result<(), CannotRun> {
        let units = self.plan.counted.clone();
        keeper.stage("counting", units.len() as u64);
        let current = (Arm::Current, &self.config.current);
        let live = self.config.against.live().map(|arm| (Arm::Baseline, arm));
        for unit in units {
            keeper.now(&unit.name);
            for (arm, build) in [Some(current), live].into_iter().flatten() {
                match self.counts(build, &unit, arm) {
                    Ok(counts) => self.take(&unit, arm, counts)?,
                    Err(BenchError::Interrupted) => {
                        self.problem(BenchError::Interrupted);
                        return Ok(());
                    }
                    Err(failed) => self.problem(failed),
                }
            }
            keeper.step();
        }
        Ok(())
    }

    fn counts(
        &self,
        build: &ArmConfig,
        unit: &Unit,
        arm: Arm,
    ) -> Result<Vec<(ExactKind, u64)>, BenchError> {
        let mut counts = Vec::new();
        // A baseline's file has its counts, and no instructions unless somebody
        // waited for them.
        if arm == Arm::Current || matches!(self.config.against, Against::Build(_)) {
            counts.extend(count(build, unit, arm, self.stop)?.unwrap_or_default());
        }
        if self.config.instructions {
            counts.extend(callgrind::instructions(build, unit, arm, self.stop)?);
        }
        Ok(counts)
    }

    fn take(
        &mut self,
        unit: &Unit,
        arm: Arm,
        counts: Vec<(ExactKind, u64)>,
    ) -> Result<(), CannotRun> {
        let Some([_, program]) = unit.programs.as_deref() else {
            return Ok(());
        };
        for (kind, value) in counts {
            let metric = plan::name(kind.name(), &program.name, &unit.spec)?;
            // All counts of a program that is timed; those that were asked for of one
            // that is not.
            if !unit.items.is_empty() || plan::selected(&metric, &self.config.only) {
                self.counted.of(arm).push(ExactReading {
                    metric,
                    kind,
                    value,
                    sha256: program.sha256.clone(),
                });
            }
        }
        Ok(())
    }

    /// Single latencies of the operations whose tails have limits.
    pub(super) fn tails(&mut self) {
        for unit in self.plan.units.clone() {
            for item in unit.items {
                let Subject::Operation(operation) = &item.subject else {
                    continue;
                };
                let Some(samples) = self.stored.latencies(self.config, &item.metric) else {
                    continue;
                };
                let build = &self.config.current;
                match latencies(build, &unit.spec, operation, samples, self.stop) {
                    Ok(Some(ns)) => self.tails.push((item.metric, ns)),
                    // What has a limit and no latencies is missed when it is judged.
                    Ok(None) => {}
                    Err(failed) => {
                        let is_over = failed == BenchError::Interrupted;
                        self.problem(failed);
                        if is_over {
                            return;
                        }
                    }
                }
            }
        }
    }
}
