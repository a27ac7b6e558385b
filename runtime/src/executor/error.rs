//! What an executor answers when something cannot be done or was stopped.

use std::fmt;
use std::time::Duration;

use super::{ArgumentError, Interruption, LimitError, ResultError};
use crate::{Error, TrapCode};

/// An error of an [`Executor`](super::Executor).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// Compiling, linking, a missing export, a trap, an exception.
    #[error(transparent)]
    Runtime(#[from] Error),

    /// A cap was met.
    #[error(transparent)]
    Limit(#[from] LimitError),

    /// The guest trapped after it had been refused more memory or a larger
    /// table: most guests give up that way.
    #[error("{trap}, after the guest was refused something: {refused}")]
    TrapAfterRefusal {
        /// The trap or the exception.
        trap: Error,
        /// What had been refused last.
        refused: LimitError,
    },

    /// The arguments do not fit the export.
    #[error("arguments of `{export}`: {source}")]
    Arguments {
        /// The export's name.
        export: String,
        /// What does not fit.
        source: ArgumentError,
    },

    /// A result cannot be expressed.
    #[error("results of `{export}`: {source}")]
    Results {
        /// The export's name.
        export: String,
        /// Which one and why.
        source: ResultError,
    },

    /// The deadline passed.
    #[error("{activity} was stopped after {elapsed:?}; its deadline was {deadline:?}")]
    Timeout {
        /// What was running.
        activity: Activity,
        /// How long it ran, to the tick.
        elapsed: Duration,
        /// How long it was allowed to.
        deadline: Duration,
    },

    /// Somebody cancelled it.
    #[error("{0} was cancelled")]
    Cancelled(Activity),

    /// The instance has been terminated.
    #[error("the instance has been terminated")]
    Terminated,

    /// No such module or instance.
    #[error("no {kind} {id}: it was never there, or is no longer kept")]
    NotFound {
        /// `module` or `instance`.
        kind: &'static str,
        /// What was asked for.
        id: String,
    },

    /// A prepared function was used with another instance than its own.
    #[error("`{export}` was prepared for another instance, or for this one before its reset")]
    ForeignExport {
        /// The export's name.
        export: String,
    },

    /// Fuel was given and the engine does not count any.
    #[error("the engine counts no fuel; set `engine.fuel` in the executor's configuration")]
    FuelNotCounted,
}

/// What an instance is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activity {
    /// It is being made, and its start function runs.
    Start,
    /// A function it exports runs.
    Call,
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Activity::Start => "the start function",
            Activity::Call => "the call",
        })
    }
}

impl ExecutorError {
    /// The trap's code, where this is a trap.
    pub fn trap_code(&self) -> Option<TrapCode> {
        match self {
            ExecutorError::Runtime(error) | ExecutorError::TrapAfterRefusal { trap: error, .. } => {
                error.trap_code()
            }
            _ => None,
        }
    }

    /// The cap that was met, where one was.
    pub fn limit(&self) -> Option<&LimitError> {
        match self {
            ExecutorError::Limit(limit)
            | ExecutorError::TrapAfterRefusal { refused: limit, .. } => Some(limit),
            _ => None,
        }
    }

    /// Sorts out what stopped an execution from outside or inside.
    pub(super) fn from_execution(
        error: &wasmtime::Error,
        activity: Activity,
        refused: Option<&LimitError>,
    ) -> ExecutorError {
        if let Some(interruption) = error.downcast_ref::<Interruption>() {
            return match *interruption {
                Interruption::Deadline { elapsed, deadline } => ExecutorError::Timeout {
                    activity,
                    elapsed,
                    deadline,
                },
                Interruption::Cancelled => ExecutorError::Cancelled(activity),
                Interruption::Closed => ExecutorError::Terminated,
            };
        }
        match (Error::from_execution(error), refused) {
            (trap @ (Error::Trap { .. } | Error::Exception(_)), Some(refused)) => {
                ExecutorError::TrapAfterRefusal {
                    trap,
                    refused: refused.clone(),
                }
            }
            (error, _) => ExecutorError::Runtime(error),
        }
    }
}
