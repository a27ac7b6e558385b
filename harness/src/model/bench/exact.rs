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
    /// Instructions of one execution, from making its instance to its end, that
    /// callgrind counts; not quite exact.
    Instructions,
    /// Instructions of one compilation, likewise.
    CompileInstructions,
}

impl ExactKind {
    /// Every kind, in the order of reports.
    pub const ALL: [ExactKind; 7] = [
        ExactKind::Fuel,
        ExactKind::CodeBytes,
        ExactKind::SerializedBytes,
        ExactKind::Allocations,
        ExactKind::AllocatedBytes,
        ExactKind::Instructions,
        ExactKind::CompileInstructions,
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
            ExactKind::CompileInstructions => "compile-instructions",
        }
    }

    /// Whether callgrind counts it, which is slow and not everywhere.
    pub fn is_of_callgrind(self) -> bool {
        matches!(
            self,
            ExactKind::Instructions | ExactKind::CompileInstructions
        )
    }

    /// The largest difference that is none, of a count as large as this: zero, but
    /// for callgrind. Measured: executions of 6 processes were up to 720
    /// instructions apart, compilations of 20 up to 0.39 %, because the compiler's hash
    /// tables have random keys. The smaller count of two processes is compared.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a small share of a count, which need not be precise"
    )]
    pub fn slack(self, count: u64) -> u64 {
        match self {
            ExactKind::Instructions => 2_000.max((count as f64 * 1e-4) as u64),
            ExactKind::CompileInstructions => (count as f64 * 5e-3) as u64,
            _ => 0,
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
