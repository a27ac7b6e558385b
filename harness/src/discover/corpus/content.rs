//! The files of a corpus and their hash.
//!
//! The hash is the SHA-256 of a list: for each regular file below the folders
//! that are used, sorted by the bytes of its path, the path with `/` between
//! components, a zero byte, its size in decimal digits, a zero byte, its
//! SHA-256 in lower-case hexadecimal digits, and a line feed. Modes, times and
//! empty folders do not count.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::place::RECORD;
use crate::discover::walk;
use crate::model::InputError;

/// The most bytes a corpus may have.
pub(super) const MOST_BYTES: u64 = 4 << 30;

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileHash {
    /// Its bytes.
    pub(super) size: u64,
    /// Their SHA-256.
    pub(super) sha256: String,
}

/// Files by path.
pub(super) type Files = BTreeMap<String, FileHash>;

/// What lies below the folders of a corpus.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The sizes of its files.
    pub(super) sizes: BTreeMap<String, u64>,
    /// Links and other things that are neither files nor folders.
    pub(super) irregular: Vec<String>,
}

/// Looks what lies below `folders` of `root`, without reading it. A folder that
/// is not there has no files.
pub(super) fn look(root: &Path, folders: &[String]) -> Result<Found, InputError> {
    let mut found = Found::default();
    for folder in folders {
        if folder == "." {
            walk(root, "", &mut found)?;
            continue;
        }
        // A component that is a link would lead out of the corpus.
        let mut path = root.to_owned();
        let mut parts = folder.split('/');
        let is_folder = parts.all(|part| {
            path.push(part);
            path.symlink_metadata().is_ok_and(|data| data.is_dir())
        });
        if is_folder {
            walk(&path, folder, &mut found)?;
        } else if path.symlink_metadata().is_ok() {
            found.irregular.push(folder.clone());
        }
    }
    found.irregular.sort();
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Found) -> Result<(), InputError> {
    let not_of_it =
        |prefix: &str, name: &str| prefix.is_empty() && (name == ".git" || name == RECORD);
    walk::visit(folder, prefix, &not_of_it, &mut |below| {
        let relative = below.relative.to_owned();
        if below.kind.is_file() {
            let metadata = below.path.symlink_metadata().map_err(|error| {
                InputError::file(below.path, format!("cannot be read: {error}"))
            })?;
            found.sizes.insert(relative, metadata.len());
        } else {
            found.irregular.push(relative);
        }
        Ok(found.sizes.len() + found.irregular.len())
    })
}

/// Why the files could not be hashed.
#[derive(Debug, thiserror::Error)]
pub(super) enum HashError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error("interrupted")]
    Interrupted,
}

/// Reads and hashes the files that were found. Stops when `stop` is set.
pub(super) fn hash(root: &Path, found: &Found, stop: &AtomicBool) -> Result<Files, HashError> {
    let total: u64 = found.sizes.values().sum();
    if total > MOST_BYTES {
        let message = format!("{total} bytes in it; a corpus has at most {MOST_BYTES}");
        return Err(InputError::file(root, message).into());
    }
    let mut files = Files::new();
    let mut buffer = vec![0; 256 << 10];
    for path in found.sizes.keys() {
        let file = root.join(path);
        let unreadable = |error| InputError::file(&file, format!("cannot be read: {error}"));
        let mut reader = File::open(&file).map_err(unreadable)?.take(MOST_BYTES);
        let mut hasher = Sha256::new();
        let mut size = 0;
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(HashError::Interrupted);
            }
            let read = reader.read(&mut buffer).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
            size += read as u64;
        }
        let sha256 = hex(&hasher.finalize());
        files.insert(path.clone(), FileHash { size, sha256 });
    }
    Ok(files)
}

/// The hash of a corpus with these files.
pub(super) fn digest(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (path, file) in files {
        hasher.update(path.as_bytes());
        hasher.update(b"\0");
        hasher.update(file.size.to_string().as_bytes());
        hasher.update(b"\0");
        hasher.update(file.sha256.as_bytes());
        hasher.update(b"\n");
    }
    hex(&hasher.finalize())
}

/// The SHA-256 of some bytes, in lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(entries: &[(&str, &[u8])]) -> Files {
        let file = |(path, bytes): &(&str, &[u8])| {
            let file = FileHash {
                size: bytes.len() as u64,
                sha256: sha256(bytes),
            };
            ((*path).to_owned(), file)
        };
        entries.iter().map(file).collect()
    }

    /// Computed with sha256sum, as the documentation describes it.
    #[test]
    fn the_hash_is_what_the_documentation_says() {
        let two = files(&[("t/b", b"hello\n"), ("t/a.wasm", b"")]);
        assert_eq!(
            digest(&two),
            "d45db3bbdee27d87fa2707baecf2bcb841cd805cc862b1ab89e98cdc517a5dc0"
        );
    }

    #[test]
    fn every_part_of_a_file_counts() {
        let base = digest(&files(&[("a", b"x"), ("b", b"y")]));
        for other in [
            files(&[("a", b"x")]),
            files(&[("a", b"y"), ("b", b"x")]),
            files(&[("a", b"x"), ("c", b"y")]),
            files(&[("a", b"x"), ("b", b"yy")]),
        ] {
            assert_ne!(digest(&other), base);
        }
    }
}
