//! What a fetch has for itself while it goes on: a lock and a folder.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::fetch::FetchError;
use super::git::GitError;
use crate::model::InputError;

/// The folder of an unfinished fetch; gone when dropped.
pub(super) struct Work {
    pub(super) folder: PathBuf,
}

impl Work {
    /// Makes it, without what a fetch left that was killed.
    pub(super) fn start(folder: PathBuf) -> Result<Work, InputError> {
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(cannot(&folder, "be removed", &error));
            }
            _ => {}
        }
        std::fs::create_dir(&folder).map_err(|error| cannot(&folder, "be made", &error))?;
        Ok(Work { folder })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // What stays is removed by the next fetch.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Waits until no other fetch of the suite runs.
pub(super) fn lock(
    all: &Path,
    suite: &str,
    deadline: Instant,
    stop: &AtomicBool,
) -> Result<File, FetchError> {
    let path = all.join(format!(".lock-{suite}"));
    let file = File::create(&path).map_err(|error| cannot(&path, "be made", &error))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => {
                return Err(cannot(&path, "be locked", &error).into());
            }
            Err(TryLockError::WouldBlock) if stop.load(Ordering::Relaxed) => {
                return Err(GitError::Interrupted.into());
            }
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(FetchError::Busy(suite.to_owned()));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// What could not be done with a file or folder.
pub(super) fn cannot(path: &Path, what: &str, error: &std::io::Error) -> InputError {
    InputError::file(path, format!("cannot {what}: {error}"))
}
