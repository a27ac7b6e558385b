//! Names of metrics: `execute/fib/cranelift`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is measured of a program or of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// From bytes to machine code.
    Compile,
    /// An instance, memory mapped when it is made.
    Instantiate,
    /// An instance from a pool's slots.
    InstantiatePooled,
    /// From `bench.start` to `bench.end`.
    Execute,
    /// From machine code to bytes that can be stored.
    Serialize,
    /// And back.
    Deserialize,
    /// Something an engine does without a program of the corpus, as a trap.
    Operation,
}

impl Phase {
    /// Every phase, in the order of reports.
    pub const ALL: [Phase; 7] = [
        Phase::Compile,
        Phase::Instantiate,
        Phase::InstantiatePooled,
        Phase::Execute,
        Phase::Serialize,
        Phase::Deserialize,
        Phase::Operation,
    ];

    /// As it stands in a metric's name.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Compile => "compile",
            Phase::Instantiate => "instantiate",
            Phase::InstantiatePooled => "instantiate-pooled",
            Phase::Execute => "execute",
            Phase::Serialize => "serialize",
            Phase::Deserialize => "deserialize",
            Phase::Operation => "operation",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name of a metric: words separated by `/`.
///
/// What the harness measures itself is `PHASE/PROGRAM/VARIANT`, as
/// `execute/fib/cranelift`, or `KIND/PROGRAM/VARIANT` for exact metrics, as
/// `fuel/fib/cranelift`. A criterion benchmark keeps its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MetricName(String);

/// A name that no metric can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of a metric: 1 to 200 printable characters, no white space at the ends")]
pub struct MalformedMetric(String);

impl MetricName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// One that is empty, longer than 200 characters or not printable.
    pub fn new(name: impl Into<String>) -> Result<MetricName, MalformedMetric> {
        let name = name.into();
        let fits = !name.is_empty()
            && name.chars().count() <= 200
            && name.trim() == name
            && !name.chars().any(char::is_control);
        if fits {
            Ok(MetricName(name))
        } else {
            let shown: String = name.chars().take(60).filter(|c| !c.is_control()).collect();
            Err(MalformedMetric(shown))
        }
    }

    /// What the harness measures: a phase (or an exact kind), a program (or an
    /// operation) and a variant.
    ///
    /// # Errors
    ///
    /// When one of the words makes no name.
    pub fn of(subject: &str, program: &str, variant: &str) -> Result<MetricName, MalformedMetric> {
        MetricName::new(format!("{subject}/{program}/{variant}"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is of this phase.
    pub fn is_of(&self, phase: Phase) -> bool {
        let first = self.0.split('/').next();
        first == Some(phase.name())
    }
}

impl TryFrom<String> for MetricName {
    type Error = MalformedMetric;

    fn try_from(name: String) -> Result<MetricName, MalformedMetric> {
        MetricName::new(name)
    }
}

impl From<MetricName> for String {
    fn from(name: MetricName) -> String {
        name.0
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
