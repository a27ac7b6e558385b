//! What a worker and the harness say to each other: one JSON document a line,
//! requests on the worker's standard input, replies on its standard output.
//!
//! A line of the worker that is not a reply is rubbish and ends it. The first
//! reply is [`Reply::Hello`]; its `protocol` is compared before anything else
//! is believed.

use serde::{Deserialize, Serialize};

use crate::model::{Case, Directive, EngineInfo, Outcome, Wanted};

/// Changes with every change of shape.
pub const PROTOCOL: u32 = 1;

/// The longest line either side accepts, in bytes. A reply holds at most one
/// directive's results.
pub const LONGEST_LINE: usize = 16 << 20;

/// What the harness asks of a worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Run a case.
    Run(Box<Case>),
    /// End.
    Exit,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It is ready.
    Hello {
        /// [`PROTOCOL`] of the worker.
        protocol: u32,
        /// The engine it serves.
        engine: EngineInfo,
    },
    /// It cannot serve, because of this.
    Refused(String),
    /// The directives of the case, in the order they will run.
    Script(Vec<Directive>),
    /// The directive at this place in the script ran.
    Ran {
        /// Its place, from zero.
        index: usize,
        /// What it asks for.
        wanted: Wanted,
        /// What the engine did.
        outcome: Outcome,
    },
    /// Every directive of the case ran.
    End,
}
