//! WASI programs: folders with a `manifest.json`, in them `x.wasm` and, where
//! there is more to it than running it, `x.json`. `docs/programs.md` describes
//! both.
//!
//! What is wrong with one program is said in its case, which then fails; the
//! others go on.

mod config;
#[cfg(test)]
mod folder_tests;
mod http;
mod order;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{json, walk};
use crate::model::{Capability, Case, CaseId, InputError, Limits, Program, Settings, WasiVersion};

/// The file that makes a folder one of programs.
const MANIFEST: &str = "manifest.json";

/// The most bytes of a manifest, of a program's JSON, and of a program.
const LARGEST_MANIFEST: u64 = 64 << 10;
const LARGEST_CONFIG: u64 = 1 << 20;
const LARGEST_PROGRAM: u64 = 256 << 20;

/// `manifest.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    version: Option<WasiVersion>,
}

/// What all programs of a folder have in common.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    /// The suite's name for itself.
    name: String,
    version: WasiVersion,
}

/// A program that was found.
pub(super) struct Found {
    /// Its path below the root, as rules of `suite.toml` see it.
    pub(super) relative: String,
    /// Its file.
    pub(super) path: PathBuf,
    /// The size of the file.
    pub(super) size: u64,
    /// What is done with it.
    pub(super) program: Program,
}

/// The programs below `root`, sorted by path.
pub(super) fn find(root: &Path) -> Result<Vec<Found>, InputError> {
    let mut found: Vec<Found> = Vec::new();
    let mut folders: BTreeMap<PathBuf, Option<Result<Folder, InputError>>> = BTreeMap::new();
    let inside = root
        .canonicalize()
        .map_err(|error| InputError::file(root, format!("cannot be read: {error}")))?;
    for (relative, path, size) in walk::files(root, "wasm")? {
        let parent = path.parent().unwrap_or(root).to_owned();
        let folder = folders
            .entry(parent)
            .or_insert_with_key(|parent| folder(parent));
        let Some(folder) = folder else { continue };
        let program = folder
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|folder| program(&path, size, folder, &inside));
        found.push(Found {
            relative,
            path,
            size,
            program: program.unwrap_or_else(|error| Program::Unusable(error.to_string())),
        });
    }
    let of_programs: BTreeSet<&PathBuf> = found.iter().map(|found| &found.path).collect();
    let mut orphans = Vec::new();
    for (relative, path, size) in walk::files(root, "json")? {
        let wasm = path.with_extension("wasm");
        let known = path.parent().map(|parent| {
            let known = folders.entry(parent.to_owned());
            &*known.or_insert_with_key(|parent| folder(parent))
        });
        let among_programs = matches!(known, Some(Some(_)));
        let is_manifest = path.file_name().is_some_and(|name| name == MANIFEST);
        if among_programs && !is_manifest && !of_programs.contains(&wasm) {
            let error = InputError::file(&path, "says what to do with a .wasm that is not there");
            orphans.push(Found {
                relative: relative.trim_end_matches(".json").to_owned() + ".wasm",
                path: wasm,
                size,
                program: Program::Unusable(error.to_string()),
            });
        }
    }
    found.extend(orphans);
    found.sort_by(|a, b| a.relative.cmp(&b.relative));
    Ok(found)
}

/// The name of a program's case in its suite: its path without the folders
/// that say nothing.
pub(super) fn name(relative: &str, leave_out: &[String]) -> String {
    let path = relative.strip_suffix(".wasm").unwrap_or(relative);
    let (folders, file) = match path.rsplit_once('/') {
        Some((folders, file)) => (folders, file),
        None => ("", path),
    };
    let mut name = String::new();
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        if !leave_out.iter().any(|left_out| left_out == folder) {
            name.push_str(folder);
            name.push('/');
        }
    }
    name + file
}

/// The case of a program.
pub(super) fn case(
    id: CaseId,
    found: Found,
    requires: BTreeSet<Capability>,
    wants: BTreeSet<Capability>,
) -> Case {
    Case {
        id,
        path: found.path,
        size: found.size,
        requires,
        wants,
        limits: Limits::default(),
        settings: Settings::new(),
        program: found.program,
    }
}

/// What a folder's manifest says; `None` for a folder without one.
fn folder(folder: &Path) -> Option<Result<Folder, InputError>> {
    let file = folder.join(MANIFEST);
    if file.symlink_metadata().is_err() {
        return None;
    }
    let version_of_name = || {
        let name = folder.file_name()?.to_str()?;
        WasiVersion::ALL
            .into_iter()
            .find(|version| version.name() == name)
    };
    Some(json::read(&file, LARGEST_MANIFEST).and_then(|text| {
        let manifest: Manifest = json::parse(&file, &text)?;
        Ok(Folder {
            name: manifest.name,
            version: manifest
                .version
                .or_else(version_of_name)
                .unwrap_or(WasiVersion::Preview1),
        })
    }))
}

fn program(path: &Path, size: u64, folder: &Folder, root: &Path) -> Result<Program, InputError> {
    let config = path.with_extension("json");
    let has_config = config.symlink_metadata().is_ok();
    for file in [Some(path), has_config.then_some(config.as_path())] {
        let Some(file) = file else { continue };
        let real = file
            .canonicalize()
            .map_err(|error| InputError::file(file, format!("cannot be read: {error}")))?;
        if !real.starts_with(root) {
            return Err(InputError::file(file, "is a link to outside of the suite"));
        }
        if !real.is_file() {
            return Err(InputError::file(file, "is no file"));
        }
    }
    if size > LARGEST_PROGRAM {
        let message = format!("is larger than {LARGEST_PROGRAM} bytes");
        return Err(InputError::file(path, message));
    }
    let program = if has_config {
        config::read(&config, &json::read(&config, LARGEST_CONFIG)?, folder)?
    } else {
        config::default(folder)
    };
    Ok(Program::Wasi(Box::new(program)))
}
