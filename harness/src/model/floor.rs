//! What a suite demands of a run of it, beyond what each directive asks for.

use serde::{Deserialize, Serialize};

use super::CaseId;

/// The demands of a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuiteRules {
    /// The suite.
    pub suite: String,
    /// Whether what the engine says it cannot do is counted, with its reason, instead
    /// of failing.
    pub may_refuse: bool,
    /// What must pass.
    pub floors: Vec<Floor>,
}

/// How much must pass in some cases, so that nobody sees a run as whole that lost a
/// part of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// Its name.
    pub name: String,
    /// The cases.
    pub cases: Vec<CaseId>,
    /// `assert_return`s that must pass in them, together.
    pub returns: u64,
    /// `assert_trap`s, likewise.
    pub traps: u64,
    /// The most directives of them that the engine may refuse.
    pub refused: u64,
}

/// A floor and what passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorTotals {
    /// The suite.
    pub suite: String,
    /// The floor.
    pub name: String,
    /// `assert_return`s that passed.
    pub returns: u64,
    /// `assert_trap`s that passed.
    pub traps: u64,
    /// `assert_return`s that are wanted.
    pub wanted_returns: u64,
    /// `assert_trap`s that are wanted.
    pub wanted_traps: u64,
    /// Directives that the engine refused.
    pub refused: u64,
    /// The most that it may.
    pub may_refuse: u64,
}

impl FloorTotals {
    /// Whether as much passed as is wanted.
    pub fn is_met(&self) -> bool {
        self.returns >= self.wanted_returns
            && self.traps >= self.wanted_traps
            && self.refused <= self.may_refuse
    }
}

/// What was refused for one reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusals {
    /// Modules.
    pub modules: u64,
    /// Directives, those with the modules among them.
    pub directives: u64,
}

impl Refusals {
    /// Adds another count.
    pub fn add(&mut self, other: Refusals) {
        self.modules += other.modules;
        self.directives += other.directives;
    }
}
