//! Where the files of a suite are from, and what is known of them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A suite whose files are not on this machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Absent {
    /// The suite.
    pub suite: String,
    /// The name of the source whose files are missing.
    pub source: String,
    /// Where they are from, for people.
    pub origin: String,
    /// What is missing.
    pub reason: String,
    /// The command line that gets them.
    pub command: String,
}

impl Absent {
    /// In a sentence.
    pub fn sentence(&self) -> String {
        format!(
            "{} is absent: {}; get it with: {}",
            self.suite, self.reason, self.command
        )
    }
}

/// A commit of a git repository that a suite's files are taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GitPin {
    /// The address of the repository.
    pub repository: String,
    /// The branch that the commit is on.
    pub branch: String,
    /// The commit, as 40 hexadecimal digits.
    pub commit: String,
    /// The SHA-256 of the files, as 64 hexadecimal digits.
    pub sha256: String,
    /// The folders that are used, relative to the repository.
    pub folders: Vec<String>,
}

impl GitPin {
    /// The commit in the length that people read.
    pub fn short(&self) -> &str {
        self.commit.get(..12).unwrap_or(&self.commit)
    }

    /// Repository and commit, for people.
    pub fn origin(&self) -> String {
        format!("{} at {}", self.repository, self.short())
    }
}

/// How the files of a suite come to this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Supply {
    /// They are part of this repository.
    Folder,
    /// Cargo downloads a package and checks it against the lockfile.
    Package {
        /// The package.
        package: String,
        /// Its version, where cargo was asked for it.
        version: Option<String>,
    },
    /// `cargo xtask suites fetch` gets them.
    Git(GitPin),
}

/// What is known of a suite's files, without running anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Corpus {
    /// The suite.
    pub suite: String,
    /// The suite in a sentence.
    pub description: String,
    /// The name of its default source.
    pub source: String,
    /// How the files get here.
    pub supply: Supply,
    /// Where they lie; nowhere if they are absent or cannot be used.
    pub path: Option<PathBuf>,
    /// The environment variable that points at another place.
    pub variable: String,
    /// Whether that variable is why they are looked for where they are.
    pub by_variable: bool,
    /// Why they are absent, if they are, and the command that gets them.
    pub absent: Option<Absent>,
    /// Why they cannot be used, if they are there and not whole.
    pub problem: Option<String>,
}

/// How a corpus compares with what its suite pins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The suite.
    pub suite: String,
    /// The folder that was looked at.
    pub path: PathBuf,
    /// The files that were read.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The commit that the suite pins.
    pub commit_pinned: String,
    /// The commit that was found; unknown for a folder that is no checkout.
    pub commit_found: Option<String>,
    /// The hash that the suite pins.
    pub sha256_pinned: String,
    /// The hash of what was found.
    pub sha256_found: String,
    /// Files with another content.
    pub changed: Vec<String>,
    /// Files that are not there.
    pub missing: Vec<String>,
    /// Files that should not be there.
    pub extra: Vec<String>,
    /// Links and other things that are no files; a corpus has none.
    pub irregular: Vec<String>,
    /// Whether changed, missing and extra files could be told apart: there is
    /// a list of the pinned files.
    pub compared: bool,
}

impl Verified {
    /// Whether everything is as pinned.
    pub fn is_as_pinned(&self) -> bool {
        self.sha256_found == self.sha256_pinned
            && self.irregular.is_empty()
            && self
                .commit_found
                .as_ref()
                .is_none_or(|found| *found == self.commit_pinned)
    }
}
