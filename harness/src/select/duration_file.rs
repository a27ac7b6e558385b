//! Reads a suite's `durations.json`.

use std::path::Path;

use crate::model::{Durations, InputError};

/// The record in a suite's folder; none is an empty one.
///
/// # Errors
///
/// A file that is malformed.
pub fn read_durations(folder: &Path) -> Result<Durations, InputError> {
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
    if durations.version != Durations::VERSION {
        return Err(InputError::file(
            file,
            "unknown version; this harness reads version 1",
        ));
    }
    Ok(durations)
}
