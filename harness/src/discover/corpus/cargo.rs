//! What only cargo knows: where a package lies, and the target folder.
//!
//! `cargo metadata` takes a third of a second, and a test runner that starts a
//! process for each case asks it each time. So its answer is kept in the
//! target folder, under a key made of everything that it depends on.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};
use serde::{Deserialize, Serialize};

use super::content;
use crate::model::InputError;

/// The version of the stored answer and of its key.
const VERSION: &str = "1";

/// What cargo said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Answer {
    /// What it depends on, hashed.
    key: String,
    path: PathBuf,
    version: String,
}

/// The root folder of a package of this workspace's lockfile, and its version.
/// Cargo downloads it if need be and has checked it against the lockfile.
pub(in crate::discover) fn package(
    workspace: &Path,
    name: &str,
) -> Result<(PathBuf, String), InputError> {
    let manifest = workspace.join("Cargo.toml");
    let found = remembered(workspace, &format!("package-{name}"), || {
        let what = format!("where the package `{name}` lies");
        let metadata = metadata(&manifest, true, &what)?;
        let package = metadata
            .packages
            .iter()
            .find(|package| package.name.as_str() == name)
            .ok_or_else(|| {
                InputError::file(
                    &manifest,
                    format!("no package `{name}` among the dependencies"),
                )
            })?;
        let root = package.manifest_path.parent().ok_or_else(|| {
            InputError::file(package.manifest_path.as_std_path(), "has no parent folder")
        })?;
        Ok((root.as_std_path().to_owned(), package.version.to_string()))
    })?;
    Ok(found)
}

/// The folder that cargo builds into.
pub(super) fn target(workspace: &Path) -> Result<PathBuf, InputError> {
    let manifest = workspace.join("Cargo.toml");
    let (target, _) = remembered(workspace, "target", || {
        let metadata = metadata(&manifest, false, "where the target folder is")?;
        Ok((metadata.target_directory.into_std_path_buf(), String::new()))
    })?;
    Ok(target)
}

fn metadata(manifest: &Path, dependencies: bool, what: &str) -> Result<Metadata, InputError> {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest);
    if !dependencies {
        command.no_deps();
    }
    command
        .exec()
        .map_err(|error| InputError::file(manifest, format!("cargo cannot say {what}: {error}")))
}

/// The answer from last time if nothing has changed that it depends on, else a
/// new one.
fn remembered(
    workspace: &Path,
    question: &str,
    ask: impl FnOnce() -> Result<(PathBuf, String), InputError>,
) -> Result<(PathBuf, String), InputError> {
    let memory = memory(workspace, question).zip(key(workspace));
    if let Some((file, key)) = &memory {
        let known = std::fs::read(file).ok();
        let known = known.and_then(|bytes| serde_json::from_slice::<Answer>(&bytes).ok());
        // A package that was cleaned away must be downloaded again.
        if let Some(known) = known.filter(|known| known.key == *key && known.path.is_dir()) {
            return Ok((known.path, known.version));
        }
    }
    let (path, version) = ask()?;
    if let Some((file, key)) = memory {
        let answer = Answer {
            key,
            path: path.clone(),
            version: version.clone(),
        };
        // An answer that cannot be kept is asked for again.
        let _ = keep(&file, &answer);
    }
    Ok((path, version))
}

/// Where an answer is kept: below a target folder that is there already.
fn memory(workspace: &Path, question: &str) -> Option<PathBuf> {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) if !target.is_empty() => PathBuf::from(target),
        _ => workspace.join("target"),
    };
    let folder = target.is_dir().then(|| target.join("suites"))?;
    Some(folder.join(format!(".cargo-{question}.json")))
}

fn keep(file: &Path, answer: &Answer) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let temporary = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(temporary.as_file(), answer)?;
    temporary.persist(file)?;
    Ok(())
}

/// Everything that cargo's answer depends on, hashed: manifests, the lockfile,
/// its configuration, and the variables that move its folders. None without a
/// lockfile, which cargo would write first.
fn key(workspace: &Path) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let root = here.join(workspace);
    let mut parts = vec![VERSION.as_bytes().to_vec()];
    let mut add = |file: &Path| {
        parts.push(file.as_os_str().as_encoded_bytes().to_vec());
        parts.push(std::fs::read(file).unwrap_or_default());
    };
    if !root.join("Cargo.lock").is_file() {
        return None;
    }
    add(&root.join("Cargo.lock"));
    add(&root.join("Cargo.toml"));
    let mut members: Vec<_> = std::fs::read_dir(&root)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("Cargo.toml")))
        .filter(|manifest| manifest.is_file())
        .collect();
    members.sort();
    members.iter().for_each(|manifest| add(manifest));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let user = std::env::home_dir().map(|home| home.join(".cargo"));
    let configured = here.ancestors().chain(root.ancestors());
    let folders = configured.map(|folder| folder.join(".cargo"));
    for folder in folders.chain(home).chain(user) {
        for name in ["config.toml", "config"] {
            add(&folder.join(name));
        }
    }
    for variable in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"] {
        let value = std::env::var_os(variable).unwrap_or_default();
        parts.push(value.as_encoded_bytes().to_vec());
    }
    let hashes: Vec<_> = parts.iter().map(|part| content::sha256(part)).collect();
    Some(content::sha256(hashes.concat().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["Cargo.toml", "Cargo.lock", "member/Cargo.toml"] {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "as it was").unwrap();
        }
        std::fs::create_dir(folder.path().join("target")).unwrap();
        folder
    }

    /// What is said when cargo would answer with `path`, and whether it was asked.
    fn ask(workspace: &Path, path: &Path) -> (PathBuf, bool) {
        let mut asked = false;
        let (found, _) = remembered(workspace, "x", || {
            asked = true;
            Ok((path.to_owned(), "1.0.0".to_owned()))
        })
        .unwrap();
        (found, asked)
    }

    #[test]
    fn an_answer_is_kept_until_something_changes_that_it_depends_on() {
        if std::env::var_os("CARGO_TARGET_DIR").is_some() {
            // The memory would be shared with the real workspace.
            return;
        }
        let folder = workspace();
        let root = folder.path();
        let lies = root.join("member");
        assert_eq!(ask(root, &lies), (lies.clone(), true));
        assert_eq!(ask(root, Path::new("/elsewhere")), (lies.clone(), false));
        for file in [
            "Cargo.lock",
            "Cargo.toml",
            "member/Cargo.toml",
            ".cargo/config.toml",
        ] {
            let file = root.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "changed").unwrap();
            assert!(ask(root, &lies).1, "{}", file.display());
            assert!(!ask(root, &lies).1, "{}", file.display());
        }
        std::fs::remove_dir_all(&lies).unwrap();
        assert!(ask(root, &lies).1, "what is gone is asked for again");
        std::fs::write(root.join("target/suites/.cargo-x.json"), "{").unwrap();
        assert!(ask(root, root).1, "what cannot be read is asked for again");
    }

    #[test]
    fn without_a_lockfile_nothing_is_kept() {
        let folder = workspace();
        std::fs::remove_file(folder.path().join("Cargo.lock")).unwrap();
        assert!(ask(folder.path(), folder.path()).1);
        assert!(ask(folder.path(), folder.path()).1);
    }
}
