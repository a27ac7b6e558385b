//! Where a fetched corpus lies, and the record that says what it should hold.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::cargo;
use super::content::{self, Files};
use crate::model::{GitPin, InputError};

/// The name of the record in the folder of a corpus.
pub(super) const RECORD: &str = ".corpus.json";

/// The longest record that is read, in bytes.
const LONGEST_RECORD: u64 = 64 << 20;

/// What a fetch leaves behind beside the files. Its list of files has the
/// pinned hash, so a record that was tampered with is noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The version of this format.
    pub(super) schema: u32,
    /// The repository that the suite names.
    pub(super) repository: String,
    /// Where the files were really from.
    pub(super) fetched_from: String,
    /// The commit.
    pub(super) commit: String,
    /// The files.
    pub(super) files: Files,
}

impl Record {
    /// The current version of the format.
    pub(super) const SCHEMA: u32 = 1;

    /// The record of a folder.
    pub(super) fn read(folder: &Path) -> Result<Record, String> {
        let file = folder.join(RECORD);
        let is_file = file.symlink_metadata().is_ok_and(|data| data.is_file());
        if !is_file {
            return Err(format!("has no {RECORD}, which a fetch writes"));
        }
        let unusable =
            |error: &dyn std::fmt::Display| format!("its {RECORD} is of no use: {error}");
        let mut bytes = Vec::new();
        File::open(&file)
            .and_then(|file| file.take(LONGEST_RECORD).read_to_end(&mut bytes))
            .map_err(|error| unusable(&error))?;
        let record: Record = serde_json::from_slice(&bytes).map_err(|error| unusable(&error))?;
        if record.schema != Record::SCHEMA {
            return Err(unusable(&format!("it has version {}", record.schema)));
        }
        Ok(record)
    }
}

/// The environment variable that points at the files of a suite.
pub(in crate::discover) fn variable(suite: &str) -> String {
    let letter = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
        _ => '_',
    };
    format!(
        "TENSOR_WASM_SUITE_{}",
        suite.chars().map(letter).collect::<String>()
    )
}

/// Where that variable points, if it is set.
pub(in crate::discover) fn pointed(suite: &str) -> Option<PathBuf> {
    let value = std::env::var_os(variable(suite))?;
    (!value.is_empty()).then(|| PathBuf::from(value))
}

/// The folder of all fetched corpora.
pub(super) fn folder_of_all(workspace: &Path) -> Result<PathBuf, InputError> {
    Ok(cargo::target(workspace)?.join("suites"))
}

/// The folder that the corpus of a suite is fetched to.
pub(super) fn folder(workspace: &Path, suite: &str, pin: &GitPin) -> Result<PathBuf, InputError> {
    Ok(folder_of_all(workspace)?.join(format!("{suite}-{}", pin.short())))
}

/// Whether a folder holds what was fetched for a pin, by names and sizes; the
/// content is [`super::verify`]'s to compare. Says what is wrong.
pub(super) fn check(folder: &Path, pin: &GitPin) -> Result<Record, String> {
    let is_folder = folder.symlink_metadata().is_ok_and(|data| data.is_dir());
    if !is_folder {
        return Err("is no folder".to_owned());
    }
    let record = Record::read(folder)?;
    if record.commit != pin.commit || content::digest(&record.files) != pin.sha256 {
        return Err(format!(
            "was not fetched for the commit and the sha256 that suite.toml has now, \
             or its {RECORD} was changed"
        ));
    }
    let found = content::look(folder, &pin.folders).map_err(|error| error.to_string())?;
    if let Some(path) = found.irregular.first() {
        return Err(format!("`{path}` in it is not a file"));
    }
    let sizes: BTreeMap<_, _> = record
        .files
        .iter()
        .map(|(path, file)| (path.clone(), file.size))
        .collect();
    if found.sizes == sizes {
        return Ok(record);
    }
    let differs = |path: &&String| found.sizes.get(*path) != sizes.get(*path);
    let first = sizes.keys().chain(found.sizes.keys()).find(differs);
    Err(format!(
        "does not hold the files that were fetched; the first that differs is `{}`",
        first.map_or("", String::as_str)
    ))
}

/// The commit that the record of a folder names.
pub(super) fn recorded_commit(folder: &Path) -> Option<String> {
    Record::read(folder).ok().map(|record| record.commit)
}
