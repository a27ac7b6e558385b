//! How long cases took when it was last recorded, to hand out the longest
//! first and to balance shards.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Case, CaseId};

/// What a case without a record costs: a fixed part, and a part by size.
/// Fitted by eye to the WebAssembly test suite under Cranelift; only the order
/// matters.
const FIXED_MICROS: u64 = 1_000;
const BYTES_PER_MICRO: u64 = 4;

/// Recorded durations in microseconds, by case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Durations {
    /// The version of this format.
    pub version: u32,
    /// Microseconds by case.
    pub micros: BTreeMap<CaseId, u64>,
}

impl Durations {
    /// The version of the format.
    pub const VERSION: u32 = 1;

    /// The name of the file in a suite's folder.
    pub const FILE: &str = "durations.json";

    /// Adds another record.
    pub fn extend(&mut self, other: Durations) {
        self.micros.extend(other.micros);
    }

    /// How long a case will take, in microseconds.
    pub fn estimate(&self, case: &Case) -> u64 {
        self.micros
            .get(&case.id)
            .copied()
            .unwrap_or(FIXED_MICROS + case.size / BYTES_PER_MICRO)
    }
}
