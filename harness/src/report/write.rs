//! Files that are there whole or not at all.

use std::io::Write as _;
use std::path::Path;

/// Writes a file by way of a temporary one beside it.
///
/// # Errors
///
/// Those of the file system; the old file is then still there.
pub fn atomically(path: &Path, contents: &[u8]) -> std::io::Result<()> {
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
