//! What running tells judging and reporting, as it happens.

use serde::{Deserialize, Serialize};

use super::{CaseId, Observation};

/// Something that happened to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The case.
    pub case: CaseId,
    /// Its attempt, from one.
    pub attempt: u32,
    /// What happened; `None` when the case was handed to a worker.
    pub observation: Option<Observation>,
}
