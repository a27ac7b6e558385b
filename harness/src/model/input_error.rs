//! A file of the user's that cannot be used as it is.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Location;

/// What is wrong with a file, where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// The file.
    pub file: PathBuf,
    /// The place in it, where there is one.
    pub location: Option<Location>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl InputError {
    /// Something about a file as a whole.
    pub fn file(file: impl Into<PathBuf>, message: impl Into<String>) -> InputError {
        InputError {
            file: file.into(),
            location: None,
            message: message.into(),
        }
    }

    /// Something at the byte `offset` of a file's text.
    pub fn at(file: &Path, text: &str, offset: usize, message: impl Into<String>) -> InputError {
        InputError {
            file: file.to_owned(),
            location: Some(Location::of_offset(file, text, offset)),
            message: message.into(),
        }
    }

    /// What a TOML parser found wrong.
    pub fn toml(file: &Path, text: &str, error: &toml::de::Error) -> InputError {
        match error.span() {
            Some(span) => InputError::at(file, text, span.start, error.message()),
            None => InputError::file(file, error.message()),
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Some(location) => write!(f, "{location}: {}", self.message),
            None => write!(f, "{}: {}", self.file.display(), self.message),
        }
    }
}

impl std::error::Error for InputError {}
