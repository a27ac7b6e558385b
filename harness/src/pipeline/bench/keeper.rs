//! Where times go while they are measured: to the samples' file, and to the
//! person who waits.

use crate::report::StoreError;
use crate::report::bench::{BenchProgress, Sampled, SamplesWriter};

/// Keeps what processes measured.
pub(super) struct Keeper {
    samples: Option<SamplesWriter>,
    progress: Option<BenchProgress>,
}

impl Keeper {
    pub(super) fn new(samples: Option<SamplesWriter>, progress: Option<BenchProgress>) -> Keeper {
        Keeper { samples, progress }
    }

    /// Begins a stage of so many steps.
    pub(super) fn stage(&mut self, name: &str, steps: u64) {
        if let Some(progress) = &mut self.progress {
            progress.stage(name, steps);
        }
    }

    /// Says what is done now.
    pub(super) fn now(&mut self, what: &str) {
        if let Some(progress) = &mut self.progress {
            progress.now(what);
        }
    }

    /// A step of the stage is done.
    pub(super) fn step(&mut self) {
        if let Some(progress) = &mut self.progress {
            progress.step();
        }
    }

    /// Keeps what one process measured, and counts a step.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(super) fn process(&mut self, sampled: &Sampled) -> Result<(), StoreError> {
        self.now(sampled.metric.as_str());
        self.step();
        match &mut self.samples {
            Some(samples) => samples.process(sampled),
            None => Ok(()),
        }
    }

    /// Ends the progress and gives the file back.
    pub(super) fn end(self) -> Option<SamplesWriter> {
        if let Some(progress) = self.progress {
            progress.end();
        }
        self.samples
    }
}
