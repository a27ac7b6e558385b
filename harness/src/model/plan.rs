//! What is going to run, and why the rest is not.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Capability, Case, CaseId};

/// Every case that was discovered, either to run or with the reason it is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To run, longest first.
    pub run: Vec<Planned>,
    /// Not to run.
    pub not_run: Vec<(CaseId, NotRun)>,
}

/// A case that is going to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The case.
    pub case: Case,
    /// How long it is expected to take, in microseconds.
    pub weight: u64,
}

/// Why a case is not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotRun {
    /// The engine or the variant cannot do what the case requires.
    Lacks(Vec<Capability>),
    /// An expectation says so.
    Skipped {
        /// The entry's reason.
        reason: String,
    },
    /// No filter selects it.
    Filtered,
    /// Another shard runs it.
    OtherShard,
}

impl NotRun {
    /// Whether the user asked for it, so that it is no skip.
    pub fn is_deselected(&self) -> bool {
        matches!(self, NotRun::Filtered | NotRun::OtherShard)
    }
}

impl fmt::Display for NotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotRun::Lacks(capabilities) => {
                let names: Vec<_> = capabilities.iter().map(|c| c.name()).collect();
                write!(f, "lacks {}", names.join(", "))
            }
            NotRun::Skipped { reason } => write!(f, "skipped: {reason}"),
            NotRun::Filtered => f.write_str("not selected by a filter"),
            NotRun::OtherShard => f.write_str("in another shard"),
        }
    }
}

/// Part `index` of `count`, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which part.
    pub index: usize,
    /// Of how many.
    pub count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let refuse = || format!("`{text}` is not K/N with 1 <= K <= N <= 10000, as 2/4");
        let (index, count) = text.split_once('/').ok_or_else(refuse)?;
        let shard = Shard {
            index: index.parse().map_err(|_| refuse())?,
            count: count.parse().map_err(|_| refuse())?,
        };
        if !shard.is_possible() {
            return Err(refuse());
        }
        Ok(shard)
    }
}

impl Shard {
    /// The most parts a run may have.
    const MOST: usize = 10_000;

    /// Whether there can be such a part.
    pub fn is_possible(self) -> bool {
        (1..=self.count).contains(&self.index) && self.count <= Shard::MOST
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}
