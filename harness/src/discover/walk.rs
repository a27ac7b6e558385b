//! The files below a folder.

use std::path::{Path, PathBuf};

use crate::model::InputError;

/// The most files a suite may have.
const MOST_FILES: usize = 100_000;

/// The deepest folder that is looked into.
const DEEPEST: usize = 32;

/// Files below `root` that end in `.extension`, as paths relative to it with
/// `/` between components, sorted. Links are not followed into folders.
pub(super) fn files(
    root: &Path,
    extension: &str,
) -> Result<Vec<(String, PathBuf, u64)>, InputError> {
    let mut found = Vec::new();
    walk(root, "", extension, 0, &mut found)?;
    found.sort();
    Ok(found)
}

/// Links to folders below `root`, sorted. They are not followed, because they
/// may lead out of it or back into it; so whoever put them there is told.
pub(super) fn links(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![(root.to_owned(), 0)]);
    while let Some((folder, depth)) = folders.pop() {
        // What cannot be read is an error of `files`.
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if kind.is_symlink() && path.is_dir() {
                found.push(path);
            } else if kind.is_dir() && depth < DEEPEST {
                folders.push((path, depth + 1));
            }
        }
    }
    found.sort();
    found
}

fn walk(
    folder: &Path,
    prefix: &str,
    extension: &str,
    depth: usize,
    found: &mut Vec<(String, PathBuf, u64)>,
) -> Result<(), InputError> {
    let unreadable = |error| InputError::file(folder, format!("cannot be read: {error}"));
    if depth > DEEPEST {
        return Err(InputError::file(folder, "is too deep a folder"));
    }
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return Err(InputError::file(
                entry.path(),
                "has a name that is not UTF-8, which no case can have",
            ));
        };
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let relative = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            walk(&path, &relative, extension, depth + 1, found)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            // A link to nothing is a file that cannot be read, of its case.
            let metadata = path.metadata().or_else(|_| path.symlink_metadata());
            let size = metadata.map_err(unreadable)?.len();
            found.push((relative, path, size));
            if found.len() > MOST_FILES {
                return Err(InputError::file(
                    folder,
                    format!("more than {MOST_FILES} files: is this the folder you mean?"),
                ));
            }
        }
    }
    Ok(())
}
