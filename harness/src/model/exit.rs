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
            Exit::NothingSelected => 4,
        }
    }

    /// The graver of two: what could not be run hides what was unexpected.
    #[must_use]
    pub fn and(self, other: Exit) -> Exit {
        let gravity = |exit| match exit {
            Exit::Expected => 0,
            Exit::NothingSelected => 1,
            Exit::Unexpected => 2,
            Exit::CouldNotRun => 3,
        };
        if gravity(other) > gravity(self) {
            other
        } else {
            self
        }
    }
}
