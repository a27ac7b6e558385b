//! Metrics that are counted, not timed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::MetricName;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExactKind {
    /// Fuel an execution uses: guest work, in about one unit an instruction.
    Fuel,
    /// Bytes of machine code, for a fixed target that does not depend on the
    /// host's CPU.
    CodeBytes,
    /// Bytes of the serialized module, for the same target.
    SerializedBytes,
    /// Heap allocations of one instantiation.
    Allocations,
    /// Bytes they asked for.
    AllocatedBytes,
    /// Instructions that callgrind counts; not quite exact.
    Instructions,
}

impl ExactKind {
    /// Every kind, in the order of reports.
    pub const ALL: [ExactKind; 6] = [
        ExactKind::Fuel,
        ExactKind::CodeBytes,
        ExactKind::SerializedBytes,
        ExactKind::Allocations,
        ExactKind::AllocatedBytes,
        ExactKind::Instructions,
    ];

    /// As it stands in a metric's name.
    pub fn name(self) -> &'static str {
        match self {
            ExactKind::Fuel => "fuel",
            ExactKind::CodeBytes => "code-bytes",
            ExactKind::SerializedBytes => "serialized-bytes",
            ExactKind::Allocations => "allocations",
            ExactKind::AllocatedBytes => "allocated-bytes",
            ExactKind::Instructions => "instructions",
        }
    }

    /// The largest relative difference that is none: zero, but for callgrind,
    /// whose counts repeat to 1e-5.
    pub fn slack(self) -> f64 {
        match self {
            ExactKind::Instructions => 1e-4,
            _ => 0.0,
        }
    }
}

impl fmt::Display for ExactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One exact metric, read once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExactReading {
    /// The metric's name.
    pub metric: MetricName,
    /// What was counted.
    pub kind: ExactKind,
    /// The count.
    pub value: u64,
    /// SHA-256 of the module: a count of another module is not comparable.
    pub sha256: String,
}
