//! Where the files of a source lie.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use crate::model::InputError;

/// The root folder of a package of this workspace's lockfile, and its version.
/// Cargo downloads it if need be and has checked it against the lockfile.
pub(super) fn package(workspace: &Path, name: &str) -> Result<(PathBuf, String), InputError> {
    let manifest = workspace.join("Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(&manifest)
        .exec()
        .map_err(|error| {
            InputError::file(
                &manifest,
                format!("cargo cannot say where the package `{name}` lies: {error}"),
            )
        })?;
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
}
