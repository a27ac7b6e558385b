//! Where the files of a source lie: in a package that cargo downloads, or in a
//! commit of a git repository that `cargo xtask suites fetch` gets.
//!
//! Looking for a corpus never downloads it. Only [`fetch`] does.

mod cargo;
mod content;
mod fetch;
mod git;
mod pin;
mod place;
mod verify;
mod work;

use std::path::{Path, PathBuf};

use crate::model::{Absent, GitPin, InputError};
pub(super) use cargo::package;
pub use content::sha256;
pub use fetch::{Fetch, FetchError, Fetched, fetch};
pub use git::GitError;
pub(super) use pin::{GitTable, repository_problem};
pub(super) use place::{pointed, variable};
pub use verify::{VerifyError, verify};

/// Where a git corpus lies.
pub(super) enum Lies {
    /// There.
    At(PathBuf),
    /// Nowhere.
    Absent(Absent),
}

/// Where the corpus of a suite was fetched to, if it was.
///
/// # Errors
///
/// It was, and is no longer whole: fewer files would be a smaller run that
/// looks as green as a full one.
pub(super) fn fetched(
    workspace: &Path,
    suite: &str,
    source: &str,
    pin: &GitPin,
) -> Result<Lies, InputError> {
    let folder = folder(workspace, suite, pin)?;
    let command = format!("cargo xtask suites fetch {suite}");
    if folder.symlink_metadata().is_err() {
        return Ok(Lies::Absent(Absent {
            suite: suite.to_owned(),
            source: source.to_owned(),
            origin: pin.origin(),
            reason: format!("{} was not fetched", pin.origin()),
            command,
        }));
    }
    match place::check(&folder, pin) {
        Ok(_) => Ok(Lies::At(folder)),
        Err(problem) => Err(InputError::file(
            folder,
            format!("{problem}; mend it with: {command}"),
        )),
    }
}

/// The folder that the corpus of a suite is fetched to.
pub(super) fn folder(workspace: &Path, suite: &str, pin: &GitPin) -> Result<PathBuf, InputError> {
    place::folder(workspace, suite, pin)
}

/// The commit that a checkout is at, where `folder` is one.
pub(super) fn commit_of(folder: &Path) -> Option<String> {
    place::recorded_commit(folder).or_else(|| git::head(folder))
}
