//! What was asked of an engine, and what it did.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Directive, HttpResponse, Pattern, Value};

/// What a directive asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// That nothing goes wrong.
    Success,
    /// These results.
    Returns(Vec<Pattern>),
    /// A trap with this text.
    Trap(String),
    /// A trap with this text, in the thread of this number.
    ThreadTrap {
        /// The text.
        text: String,
        /// The thread's number in its grid.
        thread: u32,
    },
    /// A failure of this kind, with this text in the message.
    Failure {
        /// The kind.
        kind: FailureKind,
        /// The text.
        message: String,
    },
    /// An exhausted stack, with this text.
    Exhaustion(String),
    /// A module that does not validate.
    Invalid(String),
    /// A module that does not decode or parse.
    Malformed(String),
    /// A custom section that is refused.
    RefusedCustom(String),
    /// A module that does not link.
    Unlinkable(String),
    /// A limit that is reported, with this text in the message.
    Limit(String),
    /// An exception.
    Exception,
    /// A suspension.
    Suspension(String),
    /// These bytes, as hexadecimal digits.
    Bytes(String),
    /// Fuel used, both bounds included.
    Fuel {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// The text of this golden file.
    Golden {
        /// The file's name.
        name: String,
        /// Its text; `None` when nothing was approved yet.
        text: Option<String>,
    },
    /// This text from a stream or a connection.
    Output {
        /// Its name.
        from: String,
        /// The text.
        text: String,
    },
    /// That a program ends with this exit code.
    Exit(i32),
    /// This answer to an HTTP request.
    Response(HttpResponse),
    /// That the server of this name is called.
    Called(String),
}

/// What an engine did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing went wrong, and there is nothing to show.
    Done,
    /// It returned these.
    Returned(Vec<Value>),
    /// Its memory held these bytes, as hexadecimal digits.
    Bytes(String),
    /// It used this much fuel.
    Fuel(u64),
    /// It made this text.
    Text(String),
    /// It ended.
    Exited(ExitStatus),
    /// It answered an HTTP request.
    Responded(HttpResponse),
    /// It opened so many connections.
    Connections(u64),
    /// Something went wrong, which may be what was wanted.
    Failed(Failure),
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitStatus {
    /// By itself, with this exit code.
    Code(i32),
    /// By a signal.
    Signal {
        /// Its name, as `SIGSEGV`.
        name: String,
        /// Whether the case had sent it.
        sent: bool,
    },
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExitStatus::Code(code) => write!(f, "exit code {code}"),
            ExitStatus::Signal { name, sent: true } => {
                write!(f, "an end by {name}, which the case sent")
            }
            ExitStatus::Signal { name, sent: false } => write!(f, "an end by {name}"),
        }
    }
}

/// Something that went wrong, in the engine's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What sort of thing.
    pub kind: FailureKind,
    /// The engine's message.
    pub message: String,
    /// The number of the thread of a launch that trapped, where the engine knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<u32>,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            thread: None,
        }
    }

    /// A trap.
    pub fn trap(code: TrapCode, message: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Trap(code), message)
    }

    /// The engine cannot do this.
    pub fn unsupported(what: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Unsupported, what)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.message.lines().next().unwrap_or_default();
        match &self.kind {
            FailureKind::Trap(code) => match self.thread {
                Some(thread) => write!(f, "trap `{code}` in thread {thread}"),
                None => write!(f, "trap `{code}`"),
            },
            kind => write!(f, "{}: {first}", kind.name()),
        }
    }
}

/// What sort of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The engine refused the module. The harness finds out whether it is
    /// malformed or invalid; an engine that knows may say so itself.
    Refused,
    /// The module does not decode, or its text does not parse.
    Malformed,
    /// The module does not validate.
    Invalid,
    /// An import is missing or has another type.
    Unlinkable,
    /// Execution trapped.
    Trap(TrapCode),
    /// An exception was not caught.
    Exception,
    /// A suspension was not handled.
    Suspension,
    /// A limit of the engine or of the session was reached.
    Limit,
    /// The instance, the module or the export that is named is not there.
    Missing,
    /// Arguments of another number or type than the function takes.
    Arguments,
    /// The engine cannot do this.
    Unsupported,
    /// It did not come in time.
    TimedOut,
    /// The process died of it.
    Crashed,
    /// Anything else.
    Other,
}

impl FailureKind {
    /// A short name for reports.
    pub fn name(self) -> &'static str {
        match self {
            FailureKind::Refused => "module refused",
            FailureKind::Malformed => "malformed",
            FailureKind::Invalid => "invalid",
            FailureKind::Unlinkable => "unlinkable",
            FailureKind::Trap(_) => "trap",
            FailureKind::Exception => "uncaught exception",
            FailureKind::Suspension => "unhandled suspension",
            FailureKind::Limit => "limit reached",
            FailureKind::Missing => "missing",
            FailureKind::Arguments => "wrong arguments",
            FailureKind::Unsupported => "unsupported",
            FailureKind::TimedOut => "too late",
            FailureKind::Crashed => "crashed",
            FailureKind::Other => "error",
        }
    }
}

macro_rules! trap_codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// The kind of a trap, with the wording of the specification's
        /// reference interpreter where it has one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum TrapCode {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        impl TrapCode {
            /// Every code.
            pub const ALL: &[TrapCode] = &[$(TrapCode::$variant,)*];

            /// The code's text.
            pub fn text(self) -> &'static str {
                match self {
                    $(TrapCode::$variant => $text,)*
                }
            }

            /// The code with this text.
            pub fn from_text(text: &str) -> Option<TrapCode> {
                TrapCode::ALL.iter().copied().find(|code| code.text() == text)
            }
        }
    };
}

trap_codes! {
    /// `unreachable` was executed.
    Unreachable = "unreachable",
    /// A load, store or bulk operation left its memory.
    OutOfBoundsMemoryAccess = "out of bounds memory access",
    /// A table operation or an indirect call left its table.
    OutOfBoundsTableAccess = "out of bounds table access",
    /// An indirect call through a null table element.
    UninitializedElement = "uninitialized element",
    /// An indirect call to a function of another type.
    IndirectCallTypeMismatch = "indirect call type mismatch",
    /// A signed division or a conversion left the integer's range.
    IntegerOverflow = "integer overflow",
    /// An integer division or remainder by zero.
    IntegerDivideByZero = "integer divide by zero",
    /// NaN was converted to an integer.
    InvalidConversionToInteger = "invalid conversion to integer",
    /// The call stack's limit was reached.
    CallStackExhausted = "call stack exhausted",
    /// A null reference was used.
    NullReference = "null reference",
    /// A reference was cast to a type it does not have.
    CastFailure = "cast failure",
    /// An array access left its array.
    OutOfBoundsArrayAccess = "out of bounds array access",
    /// A GC object larger than the heap can ever hold.
    AllocationTooLarge = "allocation size too large",
    /// An atomic access was not naturally aligned.
    UnalignedAtomic = "unaligned atomic",
    /// An atomic wait on a memory that is not shared.
    ExpectedSharedMemory = "expected shared memory",
    /// A suspension found no handler for its tag.
    UnhandledTag = "unhandled tag",
    /// A continuation was resumed twice.
    ContinuationConsumed = "continuation already consumed",
    /// A thread waited at a barrier for one that had ended or trapped.
    BarrierNotReached = "barrier not reached by all threads of the block",
    /// The deadline passed.
    Interrupted = "interrupted",
    /// The fuel ran out.
    OutOfFuel = "out of fuel",
    /// A trap that has no code here; the message has its text.
    Other = "other trap",
}

impl fmt::Display for TrapCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// One fact about a case that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observation {
    /// A directive ran.
    Ran {
        /// Which one.
        #[serde(flatten)]
        directive: Directive,
        /// What it asks for.
        wanted: Wanted,
        /// What the engine did.
        outcome: Outcome,
    },
    /// What a program wrote and how it was started, for a report on it.
    Transcript(Transcript),
    /// The case is over.
    Ended {
        /// How.
        end: End,
        /// How many of its directives did not run.
        not_run: usize,
        /// How long it took, in microseconds.
        micros: u64,
    },
}

/// What is known of a program that may have gone wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// The command line, for people.
    pub command: String,
    /// How its process ended, if it did by itself.
    pub status: Option<ExitStatus>,
    /// The end of what it wrote to standard output.
    pub stdout: String,
    /// The end of what it wrote to standard error.
    pub stderr: String,
}

/// How a case came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Every directive ran.
    Completed,
    /// One of its operations did not come out, which makes the rest pointless.
    Stopped,
    /// The worker died, broke the protocol or ate its memory.
    Crashed {
        /// The directive that was running.
        at: Directive,
        /// What happened, with the signal or the exit code.
        reason: String,
        /// The last lines the worker wrote.
        output: String,
    },
    /// A directive did not end in time.
    TimedOut {
        /// The directive that was running.
        at: Directive,
        /// The time it had, in milliseconds.
        limit_ms: u64,
        /// The last lines the worker wrote.
        output: String,
    },
    /// The run was stopped from outside.
    Interrupted,
}
