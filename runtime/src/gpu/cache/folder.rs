//! The cache's folder: who may write there, its files, and which go when it is full.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::format::{self, Stored};
use super::{CacheFolder, Key};
use crate::gpu::ptx::Compiled;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// How old a file must be that was begun and not finished, for it to be removed.
const ABANDONED: Duration = Duration::from_secs(3600);

/// How the files end.
const ENDING: &str = "kernels";

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It cannot be made or looked at.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others than who runs this program could put code there.
    #[error("{}: {reason}; what lies in a cache of kernels is run, so only you may write there", .path.display())]
    Untrusted {
        /// The folder, or one above it.
        path: PathBuf,
        /// Who may.
        reason: String,
    },
}

pub(super) struct Folder {
    path: PathBuf,
    bytes: u64,
}

impl Folder {
    pub(super) fn open(folder: CacheFolder) -> Result<Folder, CacheError> {
        let failed = |source| CacheError::Io {
            path: folder.path.clone(),
            source,
        };
        make(&folder.path).map_err(failed)?;
        let path = folder.path.canonicalize().map_err(failed)?;
        trusted::folder(&path)?;
        Ok(Folder {
            path,
            bytes: folder.bytes,
        })
    }

    fn file(&self, key: &Key) -> PathBuf {
        self.path.join(format!("{}.{ENDING}", format::hex(key)))
    }

    /// What was written for a key, if it is there. A file that cannot be used is an
    /// error, and is gone.
    pub(super) fn read(&self, key: &Key) -> Result<Option<Stored>, ()> {
        let path = self.file(key);
        let found = match File::open(&path) {
            Ok(file) => contents(&file).and_then(|contents| {
                let stored = format::read(key, &contents);
                // Which files were used lately decides which stay.
                let _ = file.set_modified(SystemTime::now());
                stored
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(_) => None,
        };
        if found.is_none() {
            let _ = std::fs::remove_file(&path);
        }
        found.map(Some).ok_or(())
    }

    /// Writes what was compiled: readers see all of it, or nothing.
    pub(super) fn write(&self, key: &Key, compiled: &Compiled) -> io::Result<()> {
        let begun = begun(&self.path);
        let written = create(&begun)
            .and_then(|mut file| file.write_all(format::write(key, compiled).as_bytes()))
            .and_then(|()| std::fs::rename(&begun, self.file(key)));
        if written.is_err() {
            let _ = std::fs::remove_file(&begun);
        }
        self.prune();
        written
    }

    /// Removes what was not used for longest, until it is not too much any more. What
    /// cannot be removed is another process's affair, which does the same.
    fn prune(&self) {
        let Ok(entries) = std::fs::read_dir(&self.path) else {
            return;
        };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else {
                continue;
            };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            match path.extension().and_then(|ending| ending.to_str()) {
                Some(ENDING) => files.push((used, metadata.len(), path)),
                Some("begun") if used.elapsed().is_ok_and(|age| age > ABANDONED) => {
                    let _ = std::fs::remove_file(path);
                }
                _ => {}
            }
        }
        files.sort();
        let mut bytes: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files {
            if bytes <= self.bytes {
                return;
            }
            bytes -= length;
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The text of a file, if it is one that this program may have written.
fn contents(file: &File) -> Option<String> {
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST || !trusted::is_private(&metadata) {
        return None;
    }
    let mut contents = String::new();
    file.take(LARGEST).read_to_string(&mut contents).ok()?;
    Some(contents)
}

/// A name for a file that is begun here, which nobody else begins.
fn begun(folder: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!("{}-{number}.begun", std::process::id()))
}

/// Makes the folder, for its owner alone, where it is not there.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Who may write, as Unix has it.
#[cfg(unix)]
mod trusted {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    use super::{CacheError, begun, create};

    /// Others than the owner may write.
    const OTHERS: u32 = 0o022;
    /// In a folder, only a file's owner may remove or rename it.
    const STICKY: u32 = 0o1000;

    /// A folder is trusted if nobody but root and who runs this may write there, or
    /// put another one in its place.
    pub(super) fn folder(path: &Path) -> Result<(), CacheError> {
        let me = me(path)?;
        for folder in path.ancestors() {
            let metadata = folder.metadata().map_err(|source| CacheError::Io {
                path: folder.to_owned(),
                source,
            })?;
            let untrusted = |reason: String| CacheError::Untrusted {
                path: folder.to_owned(),
                reason,
            };
            let (owner, mode) = (metadata.uid(), metadata.mode());
            if owner != me && owner != 0 {
                return Err(untrusted(format!("it belongs to user {owner}")));
            }
            let shared = folder != path && mode & STICKY != 0;
            if mode & OTHERS != 0 && !shared {
                let mode = mode & 0o7777;
                return Err(untrusted(format!("others may write there (mode {mode:o})")));
            }
        }
        Ok(())
    }

    /// Whether nobody but its owner may have written a file of the folder.
    pub(super) fn is_private(metadata: &Metadata) -> bool {
        metadata.mode() & OTHERS == 0
    }

    /// The user that this runs as: whom a new file belongs to.
    fn me(path: &Path) -> Result<u32, CacheError> {
        let probe = begun(path);
        let owner = create(&probe).and_then(|file| file.metadata());
        let _ = std::fs::remove_file(&probe);
        let owner = owner.map_err(|source| CacheError::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok(owner.uid())
    }
}

/// Where there are no such rights to look at, no folder is trusted.
#[cfg(not(unix))]
mod trusted {
    use std::fs::Metadata;
    use std::path::Path;

    use super::CacheError;

    pub(super) fn folder(path: &Path) -> Result<(), CacheError> {
        Err(CacheError::Untrusted {
            path: path.to_owned(),
            reason: "who may write there can only be found out on Unix".to_owned(),
        })
    }

    pub(super) fn is_private(_: &Metadata) -> bool {
        false
    }
}
