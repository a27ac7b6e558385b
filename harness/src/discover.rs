//! Finds suites and their cases. One file for each format of input.

mod corpus;
mod engine_file;
mod programs;
mod suite;
mod variants;
mod walk;
mod wat;

use std::path::{Path, PathBuf};

use crate::model::{Case, InputError};
pub use engine_file::{EngineFile, read_engine};
pub use variants::{Variant, read_variants};

/// A suite with everything that was found in it.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// Its folder, as `suites/spec`.
    pub folder: PathBuf,
    /// The name of the source, for the conditions of expectations.
    pub source: String,
    /// Where the files are from, for people.
    pub origin: String,
    /// The cases, by name.
    pub cases: Vec<Case>,
    /// Files that cannot be used; the other cases are not concerned.
    pub errors: Vec<InputError>,
    /// Whether this is one file of the suite and not the whole of it.
    pub part: bool,
}

/// The names of the suites in `suites`, sorted.
///
/// # Errors
///
/// A folder that cannot be read.
pub fn suite_names(suites: &Path) -> Result<Vec<String>, InputError> {
    let unreadable = |error| InputError::file(suites, format!("cannot be read: {error}"));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(suites).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.path().join("suite.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Everything in the suite at `suites/<name>`. `from` is a folder to take the
/// files from instead of the suite's own source; `goldens` holds the approved
/// texts.
///
/// # Errors
///
/// A suite file that is malformed, or a source that cannot be read.
pub fn suite(
    suites: &Path,
    name: &str,
    from: Option<&Path>,
    goldens: &Path,
) -> Result<Suite, InputError> {
    suite::discover(&suites.join(name), name, from, &goldens.join(name))
}

/// One file that is in no suite: a script with every proposal on, or a module
/// with a header.
///
/// # Errors
///
/// A file that is neither, or whose header is malformed.
pub fn file(path: &Path) -> Result<Suite, InputError> {
    suite::single_file(path)
}
