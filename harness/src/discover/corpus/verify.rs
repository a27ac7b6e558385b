//! Compares a corpus with what its suite pins, byte by byte.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::content::{self, Files, HashError};
use super::place::Record;
use crate::model::{GitPin, InputError, Verified};

/// Why a corpus could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file or folder cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It was stopped from outside.
    #[error("interrupted")]
    Interrupted,
}

impl From<HashError> for VerifyError {
    fn from(error: HashError) -> VerifyError {
        match error {
            HashError::Input(error) => VerifyError::Input(error),
            HashError::Interrupted => VerifyError::Interrupted,
        }
    }
}

/// Reads every file of a corpus and compares it with a pin. The files that
/// differ can be named where there is a list of the right ones: in `folder`
/// itself, or in `fetched`, the folder of a fetch.
///
/// # Errors
///
/// A file or folder that cannot be read, or `stop`.
pub fn verify(
    suite: &str,
    folder: &Path,
    pin: &GitPin,
    fetched: Option<&Path>,
    stop: &AtomicBool,
) -> Result<Verified, VerifyError> {
    if !folder.is_dir() {
        return Err(InputError::file(folder, "is not a folder").into());
    }
    let found = content::look(folder, &pin.folders)?;
    let files = content::hash(folder, &found, stop)?;
    let mut verified = Verified {
        suite: suite.to_owned(),
        path: folder.to_owned(),
        files: files.len(),
        bytes: found.sizes.values().sum(),
        commit_pinned: pin.commit.clone(),
        commit_found: super::commit_of(folder),
        sha256_pinned: pin.sha256.clone(),
        sha256_found: content::digest(&files),
        irregular: found.irregular,
        ..Verified::default()
    };
    let list = [Some(folder), fetched].into_iter().flatten();
    if let Some(pinned) = list.into_iter().find_map(|folder| pinned(folder, pin)) {
        compare(&mut verified, &files, &pinned);
    }
    Ok(verified)
}

/// The pinned files, if a record lists them unchanged.
fn pinned(folder: &Path, pin: &GitPin) -> Option<Files> {
    let record = Record::read(folder).ok()?;
    (content::digest(&record.files) == pin.sha256).then_some(record.files)
}

fn compare(verified: &mut Verified, files: &Files, pinned: &Files) {
    verified.compared = true;
    for (path, file) in pinned {
        match files.get(path) {
            None => verified.missing.push(path.clone()),
            Some(found) if found != file => verified.changed.push(path.clone()),
            Some(_) => {}
        }
    }
    let extra = files.keys().filter(|path| !pinned.contains_key(*path));
    verified.extra = extra.cloned().collect();
}
