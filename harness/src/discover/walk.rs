//! The files below a folder.

use std::fs::FileType;
use std::path::{Path, PathBuf};

use crate::model::InputError;

/// The most files a suite may have.
pub(super) const MOST_FILES: usize = 100_000;

/// The deepest folder that is looked into.
const DEEPEST: usize = 32;

/// Files below `root` that end in `.extension`, as paths relative to it with
/// `/` between components, sorted. Links are not followed into folders.
pub(super) fn files(
    root: &Path,
    extension: &str,
) -> Result<Vec<(String, PathBuf, u64)>, InputError> {
    let mut found = Vec::new();
    let hidden = |_: &str, name: &str| name.starts_with('.');
    visit(root, "", &hidden, &mut |file| {
        if file
            .path
            .extension()
            .is_some_and(|found| found == extension)
        {
            // A link to nothing is a file that cannot be read, of its case.
            let metadata = file.path.metadata();
            let metadata = metadata.or_else(|_| file.path.symlink_metadata());
            let size = metadata
                .map_err(|error| InputError::file(file.path, format!("cannot be read: {error}")))?
                .len();
            found.push((file.relative.to_owned(), file.path.to_owned(), size));
        }
        Ok(found.len())
    })?;
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

/// A file, or anything else that is no folder, below a folder.
pub(super) struct Below<'a> {
    /// Its path from there, with `/` between components.
    pub(super) relative: &'a str,
    /// Its path.
    pub(super) path: &'a Path,
    /// Whether it is a file, a link, or something else.
    pub(super) kind: FileType,
}

/// Shows `see` everything below `folder` that is no folder, `prefix` before
/// each relative path, but for what `leaves_out` by its prefix and its name.
/// `see` returns how many files were taken so far.
pub(super) fn visit(
    folder: &Path,
    prefix: &str,
    leaves_out: &impl Fn(&str, &str) -> bool,
    see: &mut impl FnMut(Below<'_>) -> Result<usize, InputError>,
) -> Result<(), InputError> {
    visit_at(folder, prefix, 0, leaves_out, see)
}

fn visit_at(
    folder: &Path,
    prefix: &str,
    depth: usize,
    leaves_out: &impl Fn(&str, &str) -> bool,
    see: &mut impl FnMut(Below<'_>) -> Result<usize, InputError>,
) -> Result<(), InputError> {
    let unreadable = |error| InputError::file(folder, format!("cannot be read: {error}"));
    if depth > DEEPEST {
        return Err(InputError::file(folder, "is too deep a folder"));
    }
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let path = entry.path();
        let Some(name) = name.to_str() else {
            return Err(InputError::file(path, "has a name that is not UTF-8"));
        };
        if leaves_out(prefix, name) {
            continue;
        }
        let relative = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            visit_at(&path, &relative, depth + 1, leaves_out, see)?;
            continue;
        }
        let below = Below {
            relative: &relative,
            path: &path,
            kind,
        };
        if see(below)? > MOST_FILES {
            return Err(InputError::file(
                folder,
                format!("more than {MOST_FILES} files: is this the folder you mean?"),
            ));
        }
    }
    Ok(())
}
