//! The private place of a case: a temporary folder with copies of the roots
//! its program sees, gone when the case ends.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The most bytes, and the most files and folders, one root may have.
const MOST_BYTES: u64 = 64 << 20;
const MOST_ENTRIES: u64 = 10_000;

/// The deepest folder that is copied.
const DEEPEST: usize = 64;

/// The temporary folder of a case.
pub(super) struct Place {
    folder: TempDir,
    copies: HashMap<PathBuf, PathBuf>,
}

impl Place {
    pub(super) fn new() -> io::Result<Place> {
        let folder = tempfile::Builder::new().prefix("conformance-").tempdir()?;
        std::fs::create_dir(folder.path().join("cwd"))?;
        Ok(Place {
            folder,
            copies: HashMap::new(),
        })
    }

    /// An empty folder for a process to run in: what it leaves there goes too.
    pub(super) fn working_folder(&self) -> PathBuf {
        self.folder.path().join("cwd")
    }

    /// The copy of `root`: one for all runs of the case, as a second run may
    /// look for what the first one wrote.
    pub(super) fn copy(&mut self, root: &Path) -> io::Result<PathBuf> {
        if let Some(copy) = self.copies.get(root) {
            return Ok(copy.clone());
        }
        let copy = self
            .folder
            .path()
            .join(format!("root-{}", self.copies.len()));
        let mut copier = Copier {
            bytes: MOST_BYTES,
            entries: MOST_ENTRIES,
        };
        copier.folder(root, &copy, 0)?;
        self.copies.insert(root.to_owned(), copy.clone());
        Ok(copy)
    }

    /// Removes the folder, also where a program took its permissions away.
    pub(super) fn remove(self) -> io::Result<()> {
        let path = self.folder.path().to_owned();
        if self.folder.close().is_ok() {
            return Ok(());
        }
        unlock(&path, 0);
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

/// Gives every folder back the permissions its removal needs. What fails here
/// fails the removal too, which says so.
fn unlock(folder: &Path, depth: usize) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if depth < 2 * DEEPEST && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path(), depth + 1);
        }
    }
}

/// Copies, as long as there is allowance left.
struct Copier {
    bytes: u64,
    entries: u64,
}

impl Copier {
    fn folder(&mut self, from: &Path, to: &Path, depth: usize) -> io::Result<()> {
        if depth > DEEPEST {
            return Err(io::Error::other(format!("{} is too deep", from.display())));
        }
        std::fs::create_dir(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            // What an earlier program left behind, by the suite's convention.
            if entry.path().extension().is_some_and(|end| end == "cleanup") {
                continue;
            }
            self.entries = self.entries.checked_sub(1).ok_or_else(|| {
                io::Error::other(format!("a root has more than {MOST_ENTRIES} entries"))
            })?;
            let target = to.join(entry.file_name());
            if kind.is_dir() {
                self.folder(&entry.path(), &target, depth + 1)?;
            } else if kind.is_symlink() {
                link(&std::fs::read_link(entry.path())?, &target)?;
            } else if kind.is_file() {
                self.bytes = self
                    .bytes
                    .checked_sub(entry.metadata()?.len())
                    .ok_or_else(|| {
                        io::Error::other(format!("a root has more than {} MiB", MOST_BYTES >> 20))
                    })?;
                std::fs::copy(entry.path(), &target)?;
            } else {
                let path = entry.path();
                let message = format!("{} is no file, folder or link", path.display());
                return Err(io::Error::other(message));
            }
        }
        // Last, because a folder may not let itself be written to.
        std::fs::set_permissions(to, from.metadata()?.permissions())
    }
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
fn link(_: &Path, at: &Path) -> io::Result<()> {
    let message = format!("{}: links cannot be copied on this system", at.display());
    Err(io::Error::other(message))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_copy_is_faithful_but_for_what_was_left_behind() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::create_dir(at("old.cleanup")).unwrap();
        std::fs::write(at("old.cleanup/x"), "x").unwrap();
        std::fs::write(at("a/y.cleanup"), "y").unwrap();
        std::fs::write(at("a/b/script"), "#!").unwrap();
        std::fs::set_permissions(at("a/b/script"), PermissionsExt::from_mode(0o750)).unwrap();
        symlink("../nowhere", at("a/dangling")).unwrap();
        symlink("a", at("link.cleanup")).unwrap();
        let mut place = Place::new().unwrap();
        let copy = place.copy(root.path()).unwrap();
        assert_eq!(place.copy(root.path()).unwrap(), copy, "one copy a case");
        let script = copy.join("a/b/script");
        assert_eq!(std::fs::read_to_string(&script).unwrap(), "#!");
        assert_eq!(
            script.metadata().unwrap().permissions().mode() & 0o777,
            0o750
        );
        let dangling = std::fs::read_link(copy.join("a/dangling")).unwrap();
        assert_eq!(dangling, Path::new("../nowhere"));
        assert!(!copy.join("link.cleanup").is_symlink());
        assert!(!copy.join("old.cleanup").exists() && !copy.join("a/y.cleanup").exists());
        // What is done to the copy is not done to the original.
        std::fs::write(&script, "changed").unwrap();
        assert_eq!(std::fs::read_to_string(at("a/b/script")).unwrap(), "#!");
        std::fs::set_permissions(copy.join("a"), PermissionsExt::from_mode(0o000)).unwrap();
        let folder = place.working_folder().parent().unwrap().to_owned();
        place.remove().unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn a_root_has_bounds() {
        let root = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(root.path().join("sparse")).unwrap();
        file.set_len(MOST_BYTES + 1).unwrap();
        let error = Place::new().unwrap().copy(root.path()).unwrap_err();
        assert!(error.to_string().contains("more than 64 MiB"), "{error}");
        std::fs::remove_file(root.path().join("sparse")).unwrap();
    }
}
