//! Workers that were built, kept below `target/bench/workers`: used, locked while they
//! are, and pruned.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;

use super::folder;

pub(super) fn program_name() -> String {
    format!("tensor-wasm-worker{}", std::env::consts::EXE_SUFFIX)
}

/// The stamp in a worker's folder: when a run last used it, and locked by those that do.
pub(crate) const USED: &str = "used";

/// Notes that a worker is used: what was unused for longest is pruned first, and
/// nothing before this process has ended.
pub(super) fn used(kept: &Path) {
    // A folder that cannot be touched is only pruned sooner.
    let Ok(stamp) = File::create(kept.join(USED)) else {
        return;
    };
    let _ = stamp.set_modified(SystemTime::now());
    if stamp.lock_shared().is_ok() {
        // The lock ends with the process, as what it locks is used until then.
        std::mem::forget(stamp);
    }
}

/// A worker's folder that no run uses, and none begins to use while this is held: one
/// that finds it in the meantime waits, and then sees that there is no worker.
pub(crate) struct Unused {
    _stamp: Option<File>,
}

/// Holds a worker's folder in order to remove it; `None` while a run uses it.
pub(crate) fn unused(kept: &Path) -> Option<Unused> {
    let stamp = File::open(kept.join(USED)).ok();
    let tried = stamp.as_ref().map(File::try_lock);
    match tried {
        Some(Err(TryLockError::WouldBlock)) => None,
        _ => Some(Unused { _stamp: stamp }),
    }
}

/// Copies the worker of this tree, so that a build in the meantime does not
/// replace what is being measured.
pub(crate) fn keep_current(root: &Path, built: &Path) -> anyhow::Result<PathBuf> {
    let cannot = || format!("cannot read {}", built.display());
    let metadata = built.metadata().with_context(cannot)?;
    let modified = metadata.modified().with_context(cannot)?;
    let since = modified.duration_since(SystemTime::UNIX_EPOCH);
    let name = format!(
        "{CURRENT}{}-{}",
        since.unwrap_or_default().as_nanos(),
        metadata.len()
    );
    let workers = folder(root)?.join("workers");
    let kept = workers.join(name);
    let place = kept.join(program_name());
    used(&kept);
    if place.is_file() {
        return Ok(place);
    }
    keep(built, &place)?;
    // Criterion's results are compared with when the worker was built.
    let copied = File::options().write(true).open(&place);
    let dated = copied.and_then(|copied| copied.set_modified(modified));
    dated.with_context(|| format!("cannot date {}", place.display()))?;
    forget_others(&workers, &kept);
    Ok(place)
}

/// What a worker of this tree is kept as.
const CURRENT: &str = "current-";

/// Removes the copies of this tree's earlier workers, which nothing asks for again.
fn forget_others(workers: &Path, kept: &Path) {
    let entries = std::fs::read_dir(workers).into_iter().flatten().flatten();
    for entry in entries {
        let is_current = entry.file_name().to_string_lossy().starts_with(CURRENT);
        if is_current
            && entry.path() != kept
            && let Some(_unused) = unused(&entry.path())
        {
            // What stays is pruned later.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Copies a program to its place: there whole or not at all.
pub(super) fn keep(built: &Path, place: &Path) -> anyhow::Result<()> {
    let cannot = || format!("cannot keep {}", place.display());
    let folder = place.parent().with_context(cannot)?;
    std::fs::create_dir_all(folder).with_context(cannot)?;
    let partial = folder.join(format!("partial-{}", std::process::id()));
    let copied = std::fs::copy(built, &partial).and_then(|_| std::fs::rename(&partial, place));
    if copied.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    copied.with_context(cannot)?;
    used(folder);
    Ok(())
}
