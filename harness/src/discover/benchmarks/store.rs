//! Reading modules, and keeping those that were made here.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::LARGEST_MODULE;
use crate::discover::sha256;
use crate::model::InputError;

/// The bytes of a module, or of its text.
pub(super) fn read_module(file: &Path) -> Result<Vec<u8>, InputError> {
    let unreadable = |error| InputError::file(file, format!("cannot be read: {error}"));
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(InputError::file(file, "is no file"));
    }
    if metadata.len() > LARGEST_MODULE {
        let message = format!("is larger than {LARGEST_MODULE} bytes");
        return Err(InputError::file(file, message));
    }
    std::fs::read(file).map_err(unreadable)
}

/// Writes a module to `folder` under the name of its hash, unless it is there.
/// Nobody ever sees half of it.
pub(super) fn keep(folder: &Path, bytes: &[u8]) -> Result<PathBuf, InputError> {
    let file = folder.join(format!("{}.wasm", sha256(bytes)));
    // A file that was cut off would have the same name.
    if std::fs::read(&file).is_ok_and(|there| there == bytes) {
        return Ok(file);
    }
    let unwritable =
        |error: std::io::Error| InputError::file(&file, format!("cannot be written: {error}"));
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    new.write_all(bytes).map_err(unwritable)?;
    new.persist(&file)
        .map_err(|error| unwritable(error.error))?;
    Ok(file)
}
