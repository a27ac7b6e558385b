//! What was decided: about a directive, a case, a suite and a run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Absent, CaseId, DirectiveKind, EngineInfo, FloorTotals, NotRun, Refusals, Shard};

/// Whether a directive got what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectiveVerdict {
    /// It did. `note` says where the engine's wording differs.
    Pass {
        /// The difference, for those who want to see it.
        note: Option<String>,
    },
    /// It did not.
    Fail {
        /// What was wanted and what came.
        message: String,
    },
}

/// How a directive went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// It did not get what it asks for.
    Failed,
    /// The worker died on it.
    Crashed,
    /// It did not end in time.
    TimedOut,
    /// It went wrong, and then did not when it was tried again.
    Flaky,
}

impl ProblemKind {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Failed => "failed",
            ProblemKind::Crashed => "crashed",
            ProblemKind::TimedOut => "timed_out",
            ProblemKind::Flaky => "flaky",
        }
    }

    /// The outcome an expectation must name to cover it.
    pub fn outcome(self) -> ExpectedOutcome {
        match self {
            ProblemKind::Failed => ExpectedOutcome::Fail,
            ProblemKind::Crashed => ExpectedOutcome::Crash,
            ProblemKind::TimedOut => ExpectedOutcome::Timeout,
            ProblemKind::Flaky => ExpectedOutcome::Flaky,
        }
    }
}

/// A directive that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its line.
    pub line: usize,
    /// What it does.
    pub directive: DirectiveKind,
    /// How it went wrong.
    pub kind: ProblemKind,
    /// What was wanted and what came.
    pub message: String,
}

/// Directives, counted. `executed` is the sum of the five after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Directives that ran.
    pub executed: u64,
    /// Got what they ask for.
    pub passed: u64,
    /// Did not, and nobody expected it.
    pub failed: u64,
    /// Went wrong in the way that is expected.
    pub expected_failures: u64,
    /// Ended their worker, and nobody expected it.
    pub crashed: u64,
    /// Did not end in time, and nobody expected it.
    pub timed_out: u64,
    /// Did not run because an earlier one ended the worker.
    pub not_run: u64,
}

impl Counts {
    /// Adds another count.
    pub fn add(&mut self, other: &Counts) {
        self.executed += other.executed;
        self.passed += other.passed;
        self.failed += other.failed;
        self.expected_failures += other.expected_failures;
        self.crashed += other.crashed;
        self.timed_out += other.timed_out;
        self.not_run += other.not_run;
    }
}

/// What is known of a case after it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseVerdict {
    /// The case.
    pub id: CaseId,
    /// Its directives.
    pub counts: Counts,
    /// What went wrong and was not expected; empty for a case that is as expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unexpected: Vec<Problem>,
    /// What went wrong as expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<Problem>,
    /// Expectations that were not met because nothing went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unexpected_passes: Vec<UnexpectedPass>,
    /// Where the engine's wording differs from the script's.
    #[serde(skip)]
    pub notes: Vec<(usize, String)>,
    /// What the engine said it cannot do, by reason, in a suite that lets it. None
    /// of it is among the directives that ran.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, Refusals>,
    /// `assert_return`s that passed.
    #[serde(skip)]
    pub returns: u64,
    /// `assert_trap`s that passed.
    #[serde(skip)]
    pub traps: u64,
    /// Whether every directive ran, or why not.
    pub completed: bool,
    /// Whether it was stopped from outside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Whether it passed only when it was tried again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// How many attempts were made.
    pub attempts: u32,
    /// How long the last attempt took, in microseconds.
    pub micros: u64,
}

/// An expectation of failure that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnexpectedPass {
    /// The directive's line, where the entry names one.
    pub line: Option<usize>,
    /// The entry, as `suites/spec/expectations.toml:12`.
    pub entry: String,
    /// The entry's file.
    pub file: PathBuf,
    /// Its place in the file, counted from zero.
    pub index: usize,
}

impl CaseVerdict {
    /// Whether everything is as expected.
    pub fn is_expected(&self) -> bool {
        self.unexpected.is_empty() && self.unexpected_passes.is_empty()
    }
}

/// How an expectation says a test goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpectedOutcome {
    /// It does not get what it asks for.
    Fail,
    /// It ends its worker.
    Crash,
    /// It does not end in time.
    Timeout,
    /// It passes, but not always.
    Flaky,
    /// It must not be run.
    Skip,
}

impl ExpectedOutcome {
    /// The word in expectation files.
    pub fn name(self) -> &'static str {
        match self {
            ExpectedOutcome::Fail => "fail",
            ExpectedOutcome::Crash => "crash",
            ExpectedOutcome::Timeout => "timeout",
            ExpectedOutcome::Flaky => "flaky",
            ExpectedOutcome::Skip => "skip",
        }
    }
}

/// An entry of an expectation file that applies to this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The file.
    pub file: PathBuf,
    /// The entry's place in it, counted from zero.
    pub index: usize,
    /// Its line in the file.
    pub line: usize,
    /// The pattern of the cases or directives it is about.
    pub test: String,
    /// How they go.
    pub outcome: ExpectedOutcome,
    /// What the failure must say.
    pub message: Option<String>,
    /// Why.
    pub reason: String,
}

impl Expected {
    /// Where the entry stands, as `suites/spec/expectations.toml:12`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file.display(), self.line)
    }
}

/// The sums of a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteTotals {
    /// The suite's name.
    pub name: String,
    /// Where its files are from.
    pub source: String,
    /// Cases that ran.
    pub cases: u64,
    /// Directives that ran.
    pub directives: u64,
    /// Directives that got what they ask for.
    pub passed: u64,
    /// Directives that did not, and nobody expected it.
    pub failed: u64,
    /// Directives that went wrong in the way that is expected.
    pub expected_failures: u64,
    /// Expectations of failure that were not met.
    pub unexpected_passes: u64,
    /// Cases that were not run, with a reason.
    pub skipped: u64,
    /// Directives that ended their worker.
    pub crashed: u64,
    /// Directives that did not end in time.
    pub timed_out: u64,
    /// Directives that did not run because an earlier one ended the worker.
    pub not_run: u64,
    /// Cases that passed only when they were tried again.
    pub flaky: u64,
    /// Directives that the engine said it cannot do, in a suite that lets it.
    #[serde(default)]
    pub refused: u64,
    /// The time of all its cases, in milliseconds.
    pub duration_ms: u64,
}

/// A whole run of one variant, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The engine.
    pub engine: EngineInfo,
    /// The variant's name.
    pub variant: String,
    /// The part of the cases that ran, if not all.
    pub shard: Option<Shard>,
    /// The sums of each suite.
    pub suites: Vec<SuiteTotals>,
    /// The cases that ran, by name.
    pub cases: Vec<CaseVerdict>,
    /// The cases that were not run for a reason of their own.
    pub skipped: Vec<(CaseId, NotRun)>,
    /// The suites whose files are not on this machine.
    pub absent: Vec<Absent>,
    /// What had to pass in suites that say how much, where all of it was to run.
    pub floors: Vec<FloorTotals>,
    /// The entries that applied.
    pub applied: Vec<Expected>,
    /// Those of them that name a directive the file does not have.
    pub stale: Vec<Expected>,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
}

impl Summary {
    /// Whether everything went as expected.
    pub fn passes(&self) -> bool {
        self.unexpected().next().is_none()
            && self.stale.is_empty()
            && self.floors.iter().all(FloorTotals::is_met)
            && !self.interrupted
    }

    /// What was refused of a suite, by reason, the most first.
    pub fn refused(&self, suite: &str) -> Vec<(&str, Refusals)> {
        let mut reasons: BTreeMap<&str, Refusals> = BTreeMap::new();
        for case in self.cases.iter().filter(|case| case.id.suite() == suite) {
            for (reason, refused) in &case.refused {
                reasons.entry(reason).or_default().add(*refused);
            }
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, refused)| std::cmp::Reverse(refused.directives));
        reasons
    }

    /// The cases that did not go as expected.
    pub fn unexpected(&self) -> impl Iterator<Item = &CaseVerdict> {
        self.cases.iter().filter(|case| !case.is_expected())
    }

    /// Directives that ran.
    pub fn directives(&self) -> u64 {
        self.suites.iter().map(|suite| suite.directives).sum()
    }
}
