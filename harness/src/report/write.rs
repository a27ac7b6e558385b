//! Files that are there whole or not at all.

use std::io::Write as _;
use std::path::Path;

/// Writes a file by way of a temporary one beside it. What is no file, as a device or
/// a pipe, is written to and stays what it is.
///
/// # Errors
///
/// Those of the file system; the old file is then still there.
pub fn atomically(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        let mut there = std::fs::OpenOptions::new().write(true).open(path)?;
        return there.write_all(contents);
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    // A temporary file is private; a report is not.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = path
            .metadata()
            .map_or(0o644, |old| old.permissions().mode());
        file.as_file()
            .set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    file.persist(path)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// By way of a link, so that a mistake replaces the link and not the device.
    #[test]
    fn a_device_stays_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        atomically(&link, b"nobody reads this").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
    }
}
