//! Files that are written whole or not at all.

use std::io::Write as _;
use std::path::Path;

/// Writes a file whole or not at all. What is no file, as a device or a pipe, is
/// written to and stays what it is.
pub(super) fn replace(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if std::fs::metadata(file).is_ok_and(|there| !there.is_file()) {
        return std::fs::OpenOptions::new()
            .write(true)
            .open(file)?
            .write_all(bytes);
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = file.with_file_name(name);
    let written = std::fs::File::create_new(&beside).and_then(|mut new| new.write_all(bytes));
    let replaced = written.and_then(|()| std::fs::rename(&beside, file));
    if replaced.is_err() {
        // What is left of it is of no use; that it is gone already is fine too.
        let _ = std::fs::remove_file(&beside);
    }
    replaced
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
        replace(&link, b"nobody reads this").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        let full = folder.path().join("full");
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        assert!(replace(&full, b"no room").is_err());
        assert!(replace(folder.path(), b"a folder").is_err());
    }

    #[test]
    fn a_file_is_replaced_and_nothing_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("y.f32");
        for contents in [&b"one"[..], b"another one"] {
            replace(&file, contents).unwrap();
            assert_eq!(std::fs::read(&file).unwrap(), contents);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
