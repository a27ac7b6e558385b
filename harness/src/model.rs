//! The vocabulary of the pipeline: plain data that every stage reads or writes.
//!
//! Nothing here does input or output, starts a process or decides anything.

mod capability;
mod case;
mod corpus;
mod display;
mod durations;
mod engine;
mod event;
mod exit;
mod expectations;
mod input_error;
mod location;
mod observation;
mod plan;
pub mod syntax;
mod value;
mod verdict;

pub use capability::{Capability, UnknownCapability};
pub use case::{Case, CaseId, Format, Limits, Program, Step, StepAction};
pub use corpus::{Absent, Corpus, GitPin, Supply, Verified};
pub use durations::Durations;
pub use engine::{EngineInfo, EngineSpec, Settings};
pub use event::Event;
pub use exit::Exit;
pub use expectations::{ExpectationSet, TestPattern};
pub use input_error::InputError;
pub use location::Location;
pub use observation::{
    Directive, DirectiveKind, End, Failure, FailureKind, Observation, Outcome, TrapCode, Wanted,
};
pub use plan::{NotRun, Plan, Planned, Shard};
pub use value::{FloatPattern, LanePattern, Pattern, RefKind, Reference, Value};
pub use verdict::{
    CaseVerdict, Counts, DirectiveVerdict, Expected, ExpectedOutcome, Problem, ProblemKind,
    SuiteTotals, Summary, UnexpectedPass,
};
