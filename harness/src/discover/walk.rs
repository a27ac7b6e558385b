//! The files below a folder.

use std::path::{Path, PathBuf};

use crate::model::InputError;

/// The most files a suite may have.
const MOST_FILES: usize = 100_000;

/// The deepest folder that is looked into.
const DEEPEST: usize = 32;

/// What lies below a folder.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Files: the path relative to the folder with `/` between components, the
    /// path, and the size. Sorted.
    pub(super) files: Vec<(String, PathBuf, u64)>,
    /// Links to folders, which are not followed: they may lead out of the
    /// folder or back into it.
    pub(super) links: Vec<String>,
}

/// Files below `root` that end in `.extension`.
pub(super) fn files(root: &Path, extension: &str) -> Result<Files, InputError> {
    let mut found = Files::default();
    walk(root, "", extension, 0, &mut found)?;
    found.files.sort();
    found.links.sort();
    Ok(found)
}

fn walk(
    folder: &Path,
    prefix: &str,
    extension: &str,
    depth: usize,
    found: &mut Files,
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
        } else if kind.is_symlink() && path.is_dir() {
            found.links.push(relative);
        } else if path.extension().is_some_and(|found| found == extension) {
            let size = path.metadata().map_err(unreadable)?.len();
            found.files.push((relative, path, size));
            if found.files.len() > MOST_FILES {
                return Err(InputError::file(
                    folder,
                    format!("more than {MOST_FILES} files: is this the folder you mean?"),
                ));
            }
        }
    }
    Ok(())
}
