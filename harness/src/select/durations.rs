//! How long cases took when it was last recorded, to hand out the longest
//! first and to balance shards.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::{Case, CaseId, InputError};

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
    /// The name of the file in a suite's folder.
    pub const FILE: &str = "durations.json";

    /// Reads a suite's record; none is an empty one.
    ///
    /// # Errors
    ///
    /// A file that is malformed.
    pub fn read(folder: &Path) -> Result<Durations, InputError> {
        let file = folder.join(Durations::FILE);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Durations::default());
            }
            Err(error) => return Err(InputError::file(file, format!("cannot be read: {error}"))),
        };
        let durations: Durations = serde_json::from_str(&text)
            .map_err(|error| InputError::file(&file, format!("malformed: {error}")))?;
        if durations.version != 1 {
            return Err(InputError::file(
                file,
                "unknown version; this harness reads version 1",
            ));
        }
        Ok(durations)
    }

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
