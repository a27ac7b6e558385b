//! How a command ends, for scripts.

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything is as expected.
    Expected,
    /// Something is not: a failure, a crash, an unexpected pass.
    Unexpected,
    /// It could not be run: usage, a malformed file, a missing engine.
    CouldNotRun,
    /// The measurement cannot tell.
    Inconclusive,
    /// Nothing was selected.
    NothingSelected,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Expected => 0,
            Exit::Unexpected => 1,
            Exit::CouldNotRun => 2,
            Exit::Inconclusive => 3,
            Exit::NothingSelected => 4,
        }
    }

    /// The graver of two: what could not be run hides what was unexpected.
    #[must_use]
    pub fn and(self, other: Exit) -> Exit {
        let gravity = |exit| match exit {
            Exit::Expected => 0,
            Exit::NothingSelected => 1,
            Exit::Inconclusive => 2,
            Exit::Unexpected => 3,
            Exit::CouldNotRun => 4,
        };
        if gravity(other) > gravity(self) {
            other
        } else {
            self
        }
    }
}
