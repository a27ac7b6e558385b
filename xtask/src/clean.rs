//! `cargo xtask clean`: takes away what benchmarks have built and no longer need.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use clap::Args;
use tensor_wasm_harness::model::Exit;

use crate::bench::arm;
use crate::build;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask clean                     workers unused for 14 days, and the oldest beyond 4 GiB
  cargo xtask clean --older-than 0      every worker of another commit
  cargo xtask clean --all               also the checkout and the build folder they came from
  cargo xtask clean --dry-run           says what would go

What cargo itself built stays: `cargo clean` is for that.")]
pub(crate) struct Arguments {
    /// Take away workers that no run has used for this many days
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    older_than: u64,
    /// Then take away the workers that were unused for longest, until the rest is smaller
    #[arg(long, value_name = "MIB", default_value_t = 4096)]
    max_size: u64,
    /// Take away the checkout and the build folder as well
    #[arg(long)]
    all: bool,
    /// Say what would go, and take nothing away
    #[arg(long)]
    dry_run: bool,
}

/// A worker of another commit that was kept.
struct Kept {
    folder: PathBuf,
    age: Duration,
    bytes: u64,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let root = build::root()?;
    let bench = arm::folder(&root)?;
    if !bench.is_dir() {
        build::say("freed 0 MiB: nothing was built for benchmarks");
        return Ok(Exit::Expected);
    }
    // Not under the feet of a run that builds.
    let _lock = arm::lock(&bench.join("lock"))?;
    let mut kept = workers(&bench.join("workers"))?;
    // Youngest first.
    kept.sort_by_key(|worker| worker.age);
    let oldest = Duration::from_secs(arguments.older_than.saturating_mul(24 * 60 * 60));
    let most = arguments.max_size.saturating_mul(1 << 20);
    let mut total = 0;
    let mut freed = 0;
    for worker in kept {
        total += worker.bytes;
        let goes = arguments.all || worker.age >= oldest || total > most;
        if goes {
            freed += worker.bytes;
            remove(&worker.folder, worker.bytes, arguments.dry_run)?;
        }
    }
    if arguments.all {
        for name in ["worktree", "build", "corpus", "self-check"] {
            let folder = bench.join(name);
            if folder.exists() {
                let bytes = size(&folder)?;
                freed += bytes;
                remove(&folder, bytes, arguments.dry_run)?;
            }
        }
        if !arguments.dry_run {
            arm::git(&root, &["worktree", "prune"])?;
        }
    }
    build::say(&format!(
        "{} {} MiB",
        if arguments.dry_run {
            "would free"
        } else {
            "freed"
        },
        freed >> 20
    ));
    Ok(Exit::Expected)
}

fn workers(folder: &Path) -> anyhow::Result<Vec<Kept>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let cannot = || format!("cannot read {}", folder.display());
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let folder = entry.with_context(cannot)?.path();
        let stamp = folder.join("used");
        let touched = stamp.metadata().or_else(|_| folder.metadata());
        let touched = touched.and_then(|metadata| metadata.modified());
        let touched = touched.with_context(|| format!("cannot read {}", folder.display()))?;
        kept.push(Kept {
            bytes: size(&folder)?,
            // A clock that was set back makes it young.
            age: SystemTime::now()
                .duration_since(touched)
                .unwrap_or_default(),
            folder,
        });
    }
    Ok(kept)
}

/// Bytes of all files in a folder; links are not followed.
fn size(folder: &Path) -> anyhow::Result<u64> {
    let cannot = || format!("cannot read {}", folder.display());
    let metadata = folder.symlink_metadata().with_context(cannot)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        bytes += size(&entry.with_context(cannot)?.path())?;
    }
    Ok(bytes)
}

fn remove(folder: &Path, bytes: u64, dry_run: bool) -> anyhow::Result<()> {
    build::say(&format!("{} ({} MiB)", folder.display(), bytes >> 20));
    if dry_run {
        return Ok(());
    }
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}
