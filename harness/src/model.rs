//! The vocabulary of the pipeline: plain data that every stage reads or writes.
//!
//! Nothing here does input or output, starts a process or decides anything.

pub mod bench;
mod capability;
mod case;
mod corpus;
mod directive;
mod display;
mod durations;
mod engine;
mod event;
mod exit;
mod expectations;
mod floor;
pub mod hexadecimal;
mod input_error;
mod location;
mod observation;
mod plan;
mod quote;
mod runtime;
pub mod syntax;
mod value;
mod verdict;
mod wasi;

pub use capability::{Capability, UnknownCapability};
pub use case::{Case, CaseId, Format, Grid, Limits, Program, Step, StepAction};
pub use corpus::{Absent, Corpus, GitPin, Supply, Verified};
pub use directive::{Directive, DirectiveKind};
pub use durations::Durations;
pub use engine::{EngineInfo, EngineSpec, Settings};
pub use event::Event;
pub use exit::Exit;
pub use expectations::{ExpectationSet, TestPattern};
pub use floor::{Floor, FloorTotals, Refusals, SuiteRules};
pub use input_error::InputError;
pub use location::Location;
pub use observation::{
    End, ExitStatus, Failure, FailureKind, Observation, Outcome, Transcript, TrapCode, Wanted,
};
pub use plan::{NotRun, Plan, Planned, Shard};
pub use quote::{excerpt, quote};
pub use runtime::{CommandLine, CommandRuntime, Flags, FlagsWhen};
pub use value::{FloatPattern, LanePattern, Pattern, RefKind, Reference, Value};
pub use verdict::{
    CaseVerdict, Counts, DirectiveVerdict, Expected, ExpectedOutcome, Problem, ProblemKind,
    SuiteTotals, Summary, UnexpectedPass,
};
pub use wasi::{
    Answer, Body, Endpoint, HelperServer, HttpRequest, HttpResponse, Operation, Start, Stream,
    WasiProgram, WasiProposal, WasiVersion, World,
};
