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
  cargo xtask clean                     what was unused for 14 days, and the oldest beyond 4 GiB
  cargo xtask clean --older-than 0      every worker, what they were built in, and raw samples
  cargo xtask clean --all               also the checkout and the modules that were generated
  cargo xtask clean --dry-run           says what would go

What cargo itself built stays: `cargo clean` is for that.")]
pub(crate) struct Arguments {
    /// Take away what no run has used for this many days
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    older_than: u64,
    /// Then take away what was unused for longest, until the rest is smaller
    #[arg(long, value_name = "MIB", default_value_t = 4096)]
    max_size: u64,
    /// Take away everything, the checkout as well
    #[arg(long)]
    all: bool,
    /// Say what would go, and take nothing away
    #[arg(long)]
    dry_run: bool,
}

/// What takes gigabytes beside the workers: what cargo made of other commits, and
/// the samples of self-checks.
const LARGE: [&str; 2] = ["build", "self-check"];

/// What takes little, and is there again at the next run.
const SMALL: [&str; 2] = ["worktree", "corpus"];

/// A worker that was kept, or a folder of what others left.
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
    let mut kept = Vec::new();
    for folder in folders(&bench.join("workers"))? {
        kept.push(Kept::look(folder)?);
    }
    for name in LARGE {
        let folder = bench.join(name);
        if folder.exists() {
            kept.push(Kept::look(folder)?);
        }
    }
    // Youngest first.
    kept.sort_by_key(|kept| kept.age);
    let oldest = Duration::from_secs(arguments.older_than.saturating_mul(24 * 60 * 60));
    let most = arguments.max_size.saturating_mul(1 << 20);
    let mut stays = 0;
    let mut freed = 0;
    for kept in kept {
        // What does not fit by itself takes nothing else with it.
        let goes = arguments.all || kept.age >= oldest || stays + kept.bytes > most;
        if !goes {
            stays += kept.bytes;
            continue;
        }
        let Some(_unused) = arm::unused(&kept.folder) else {
            build::say(&format!("{} stays: a run uses it", kept.folder.display()));
            stays += kept.bytes;
            continue;
        };
        freed += kept.bytes;
        remove(&kept.folder, kept.bytes, arguments.dry_run)?;
    }
    if arguments.all {
        for name in SMALL {
            let folder = bench.join(name);
            if folder.exists() {
                let Kept { folder, bytes, .. } = Kept::look(folder)?;
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

impl Kept {
    /// Sizes a folder up. A run that uses a worker stamps it; other folders were
    /// used when their youngest file was written.
    fn look(folder: PathBuf) -> anyhow::Result<Kept> {
        let (bytes, youngest) = content(&folder)?;
        let stamp = folder.join(arm::USED).metadata();
        let used = stamp.and_then(|stamp| stamp.modified()).unwrap_or(youngest);
        Ok(Kept {
            bytes,
            // A clock that was set back makes it young.
            age: SystemTime::now().duration_since(used).unwrap_or_default(),
            folder,
        })
    }
}

/// What is in a folder; nothing if it is not there.
fn folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let cannot = || format!("cannot read {}", folder.display());
    let entries = std::fs::read_dir(folder).with_context(cannot)?;
    let paths = entries.map(|entry| Ok(entry.with_context(cannot)?.path()));
    paths.collect()
}

/// Bytes of all files in a folder, and when the youngest was written; links are not
/// followed.
fn content(folder: &Path) -> anyhow::Result<(u64, SystemTime)> {
    let cannot = || format!("cannot read {}", folder.display());
    let metadata = folder.symlink_metadata().with_context(cannot)?;
    let written = metadata.modified().with_context(cannot)?;
    if !metadata.is_dir() {
        return Ok((metadata.len(), written));
    }
    // Of a folder without files, when it was made.
    let mut all = (0, None);
    for path in folders(folder)? {
        let (bytes, written) = content(&path)?;
        all = (all.0 + bytes, all.1.max(Some(written)));
    }
    Ok((all.0, all.1.unwrap_or(written)))
}

fn remove(folder: &Path, bytes: u64, dry_run: bool) -> anyhow::Result<()> {
    build::say(&format!("{} ({} MiB)", folder.display(), bytes >> 20));
    if dry_run {
        return Ok(());
    }
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}
