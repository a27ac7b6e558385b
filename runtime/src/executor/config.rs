//! What an executor is made from, and what a single call may ask for.

use std::time::Duration;

use super::Limits;
use crate::EngineConfig;

/// What an [`Executor`](super::Executor) is made from.
///
/// Of the fields of `engine`, the executor sets `deadline` itself, because its
/// code always looks at the epoch. A tick lasts at least a millisecond. Of the
/// engine's caps and those in `limits` the smaller ones hold. `engine.fuel` is
/// the fuel of every start and of every call that does not bring its own;
/// `None` counts none.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExecutorConfig {
    /// Compiler, allocator, proposals, the length of a tick.
    pub engine: EngineConfig,
    /// What one instance may take.
    pub limits: Limits,
    /// Instances alive at once, idle ones of the pool included.
    pub instances: usize,
    /// Instances alive at once of one tenant.
    pub tenant_instances: usize,
    /// Compiled modules that are kept for whoever loads them next.
    pub cached_modules: usize,
    /// How long a start function may run.
    pub start_deadline: Duration,
    /// How long a call may run that does not say so itself.
    /// [`Duration::MAX`] for ever.
    pub call_deadline: Duration,
    /// Idle instances the pool keeps in all.
    pub idle_instances: usize,
    /// Idle instances the pool keeps for one tenant and module.
    pub idle_instances_per_module: usize,
}

impl Default for ExecutorConfig {
    /// Cranelift, 10,000 instances, 1,024 modules, 30 seconds for a start and
    /// for a call, at most 256 idle instances and 16 of one module.
    fn default() -> ExecutorConfig {
        ExecutorConfig {
            engine: EngineConfig::default(),
            limits: Limits::default(),
            instances: 10_000,
            tenant_instances: 10_000,
            cached_modules: 1_024,
            start_deadline: Duration::from_secs(30),
            call_deadline: Duration::from_secs(30),
            idle_instances: 256,
            idle_instances_per_module: 16,
        }
    }
}

impl ExecutorConfig {
    /// The engine's configuration, with what an executor needs of it.
    pub(super) fn engine(&self) -> EngineConfig {
        let mut engine = self.engine.clone();
        // Any value switches the checks on; every call has a deadline of its own.
        engine.deadline = Some(Duration::from_secs(3_600));
        // A thread advances the epoch: it must sleep in between.
        engine.epoch_tick = engine.epoch_tick.max(Duration::from_millis(1));
        engine
    }

    /// The caps of one store.
    pub(super) fn limits(&self) -> Limits {
        let smaller = |ours: usize, engine: Option<u64>| {
            engine.map_or(ours, |cap| {
                ours.min(usize::try_from(cap).unwrap_or(usize::MAX))
            })
        };
        Limits {
            memory_bytes: smaller(self.limits.memory_bytes, self.engine.max_memory_bytes),
            table_elements: smaller(self.limits.table_elements, self.engine.max_table_elements),
            ..self.limits.clone()
        }
    }
}

/// What one call may take. The default is the executor's configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long it may run, to two ticks.
    pub deadline: Option<Duration>,
    /// How much fuel it may burn; an error where the engine counts none.
    pub fuel: Option<u64>,
}

impl CallOptions {
    /// The executor's defaults.
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// With a deadline.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> CallOptions {
        self.deadline = Some(deadline);
        self
    }

    /// With fuel.
    #[must_use]
    pub fn fuel(mut self, fuel: u64) -> CallOptions {
        self.fuel = Some(fuel);
        self
    }
}
