//! Finds suites and their cases. One file for each format of input.

mod baseline;
mod benchmarks;
mod corpus;
mod criterion;
mod engine_file;
mod explanations;
mod history;
mod json;
mod programs;
mod suite;
mod upstream;
mod variants;
mod walk;
mod wat;

use std::path::{Path, PathBuf};

use crate::model::{Absent, Case, Corpus, GitPin, InputError, SuiteRules};
pub use baseline::{parse_baseline, read_baseline};
pub use benchmarks::{Benchmarks, LeftOut, encode_text, find_benchmarks, module_program};
pub use corpus::{Fetch, FetchError, Fetched, GitError, VerifyError, fetch, sha256, verify};
pub use criterion::{CriterionResult, read_criterion};
pub use engine_file::{EngineFile, read_engine};
pub use explanations::{explained_commits, read_explanations};
pub use history::read_history;
pub use upstream::{Upstream, read_upstream};
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
    /// The version or the commit of the files, where they have one.
    pub version: Option<String>,
    /// The cases, by name.
    pub cases: Vec<Case>,
    /// Files that cannot be used; the other cases are not concerned.
    pub errors: Vec<InputError>,
    /// What is left out of the suite and is no error.
    pub notes: Vec<String>,
    /// Whether this is one file of the suite and not the whole of it.
    pub part: bool,
    /// What it demands beyond what its directives ask for.
    pub rules: SuiteRules,
}

/// What there is of a suite.
#[derive(Clone, Debug)]
pub enum Discovered {
    /// The suite.
    Suite(Suite),
    /// Its description; its files are not on this machine.
    Absent(Absent),
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
/// files from instead of the suite's own source; without it, the environment
/// variable of the suite may name one. `goldens` holds the approved texts.
///
/// # Errors
///
/// A suite file that is malformed, or a source that cannot be read.
pub fn suite(
    suites: &Path,
    name: &str,
    from: Option<&Path>,
    goldens: &Path,
) -> Result<Discovered, InputError> {
    suite::discover(&suites.join(name), name, from, &goldens.join(name))
}

/// The engine that the suite at `suites/<name>` is made for, if it says one.
///
/// # Errors
///
/// A suite file that is malformed.
pub fn engine_of(suites: &Path, name: &str) -> Result<Option<String>, InputError> {
    suite::engine(&suites.join(name))
}

/// What the suite at `suites/<name>` demands beyond what its directives ask for,
/// where its files are from the source of this name.
///
/// # Errors
///
/// A suite file that is malformed.
pub fn rules(suites: &Path, name: &str, source: &str) -> Result<SuiteRules, InputError> {
    suite::rules(&suites.join(name), name, source)
}

/// Where the files of the suite at `suites/<name>` are from and where they lie.
///
/// # Errors
///
/// A suite file that is malformed, or a corpus that is not whole.
pub fn corpus(suites: &Path, name: &str) -> Result<Corpus, InputError> {
    suite::describe(&suites.join(name), name)
}

/// The commit that the suite at `suites/<name>` pins, if its default source is
/// a git repository.
///
/// # Errors
///
/// A suite file that is malformed.
pub fn git_pin(suites: &Path, name: &str) -> Result<Option<GitPin>, InputError> {
    suite::git_pin(&suites.join(name))
}

/// The folder that the corpus of a suite is fetched to.
///
/// # Errors
///
/// Cargo cannot say where its target folder is.
pub fn fetched_folder(suites: &Path, name: &str, pin: &GitPin) -> Result<PathBuf, InputError> {
    let workspace = suites.parent().unwrap_or(Path::new(""));
    corpus::folder(workspace, name, pin)
}

/// The folder that the environment variable of a suite names, and the variable.
pub fn pointed(name: &str) -> (String, Option<PathBuf>) {
    (corpus::variable(name), corpus::pointed(name))
}

/// The suites of `names` that know what `from` is a checkout of.
///
/// # Errors
///
/// A suite file that is malformed.
pub fn suites_of(suites: &Path, names: &[String], from: &Path) -> Result<Vec<String>, InputError> {
    let mut found = Vec::new();
    for name in names {
        if suite::takes(&suites.join(name), from)? {
            found.push(name.clone());
        }
    }
    Ok(found)
}

/// An address that a corpus may be fetched from; a folder may be relative.
///
/// # Errors
///
/// An address that git would take for something else.
pub fn mirror(address: &str) -> Result<String, String> {
    let folder = Path::new(address);
    let address = match folder.canonicalize() {
        Ok(folder) if folder.is_dir() => folder.display().to_string(),
        _ => address.to_owned(),
    };
    match corpus::repository_problem(&address) {
        None => Ok(address),
        Some(problem) => Err(problem),
    }
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
