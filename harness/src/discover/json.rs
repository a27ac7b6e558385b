//! Reads files of JSON, and says where one is wrong.

use std::path::Path;

use serde::Deserialize;

use crate::model::{InputError, Location};

/// The text of a file of at most `most` bytes.
pub(super) fn read(file: &Path, most: u64) -> Result<String, InputError> {
    let unreadable =
        |error: &dyn std::fmt::Display| InputError::file(file, format!("cannot be read: {error}"));
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(InputError::file(file, "is no file"));
    }
    if metadata.len() > most {
        return Err(InputError::file(
            file,
            format!("is larger than {most} bytes"),
        ));
    }
    std::fs::read_to_string(file).map_err(|error| unreadable(&error))
}

/// Reads JSON, and says where it is wrong.
pub(super) fn parse<'t, T: Deserialize<'t>>(file: &Path, text: &'t str) -> Result<T, InputError> {
    serde_json::from_str(text).map_err(|error| InputError {
        file: file.to_owned(),
        location: (error.line() > 0).then(|| Location {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
        }),
        message: without_place(&error.to_string()),
    })
}

/// The message of a JSON error without its place, which stands before it.
pub(super) fn without_place(message: &str) -> String {
    match message.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => message.to_owned(),
    }
}
