//! Builds what today's build is compared with: the worker of another commit,
//! of another Wasmtime, or of the same sources in another layout.
//!
//! All of it lies below `target/bench`: `worktree`, one checkout that moves from
//! commit to commit so that cargo sees which files changed; `build`, what cargo
//! makes of it; `workers/KEY`, the workers that were built, by the content of
//! their sources. `cargo xtask clean` prunes it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use tensor_wasm_harness::model::bench::ArmInfo;

use super::pins;
use crate::build;
pub(crate) use kept::{USED, keep_current, unused};
use kept::{keep, program_name, used};

#[cfg(test)]
mod building;
mod kept;
#[cfg(test)]
mod tests;

/// What a worker is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sources {
    /// The commit, in full.
    pub(crate) commit: String,
    /// Another Wasmtime than the commit's.
    pub(crate) wasmtime: Option<String>,
    /// Shuffles the order of this project's functions in the binary, as changing them
    /// does; all others move by some bytes.
    pub(crate) layout: Option<u32>,
    /// The engine the worker is to serve.
    pub(crate) engine: String,
}

/// A worker that was built.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    pub(crate) info: ArmInfo,
    pub(crate) program: PathBuf,
}

/// What a worker is made of. Its crates are named whole, so that a folder they get
/// is not forgotten.
const INGREDIENTS: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo",
    "runtime",
    "harness",
    // A member of the workspace decides which features of a package are built.
    "xtask/Cargo.toml",
];

/// What in those crates no worker is made of.
const BESIDES: &[&str] = &["tests/", "benches/", "examples/"];

/// What is measured, beside the worker: programs, and kernels of criterion's
/// benchmarks.
const MEASURED: &str = "suites";

/// How long another run may hold the worktree.
const LOCK_PATIENCE: Duration = Duration::from_secs(45 * 60);

/// The folder everything lies in.
pub(crate) fn folder(root: &Path) -> anyhow::Result<PathBuf> {
    Ok(build::target(root)?.join("bench"))
}

/// What a revision stands for, in full.
pub(crate) fn commit(root: &Path, revision: &str) -> anyhow::Result<String> {
    let spec = format!("{revision}^{{commit}}");
    git(
        root,
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &spec,
        ],
    )
    .with_context(|| {
        format!(
            "no commit `{revision}` here. A shallow clone lacks history: `git fetch --unshallow`"
        )
    })
}

/// The files that are not as in the commit that is checked out: those it has, and
/// those it has not among what a worker is made of and what is measured. Others that
/// it has not, as reports and earlier runs, change nothing.
pub(crate) fn changes(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut changed = git(root, &["diff", "--name-only", "HEAD"])?;
    let mut untracked = vec!["ls-files", "--others", "--exclude-standard", "--"];
    untracked.extend(INGREDIENTS);
    untracked.push(MEASURED);
    changed.push('\n');
    changed.push_str(&git(root, &untracked)?);
    Ok(changed
        .lines()
        .filter(|file| !file.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Builds a worker, or finds the one that was built from the same content.
pub(crate) fn worker(root: &Path, sources: &Sources) -> anyhow::Result<Worker> {
    let folder = folder(root)?;
    let key = key(root, sources)?;
    let kept = folder.join("workers").join(&key);
    let program = kept.join(program_name());
    let info = ArmInfo {
        label: label(sources),
        commit: Some(sources.commit.clone()),
        wasmtime: sources.wasmtime.clone(),
    };
    let found = Worker { info, program };
    used(&kept);
    if found.program.is_file() {
        return Ok(found);
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let _lock = lock(&folder.join("lock"))?;
    // Another run may have built it in the meantime.
    used(&kept);
    if found.program.is_file() {
        return Ok(found);
    }
    build::say(&format!(
        "building the worker of {}; the first one takes as long as Wasmtime does",
        found.info.label
    ));
    let worktree = folder.join("worktree");
    check_out(root, &worktree, &sources.commit)?;
    prepare(&worktree, sources)?;
    let built = compile(&worktree, &folder.join("build"), sources)?;
    keep(&built, &found.program)?;
    Ok(found)
}

fn label(sources: &Sources) -> String {
    let mut label = sources.commit.chars().take(12).collect::<String>();
    if let Some(version) = &sources.wasmtime {
        label.push_str(&format!(" with Wasmtime {version}"));
    }
    if let Some(layout) = sources.layout {
        label.push_str(&format!(", layout {layout}"));
    }
    label
}

/// Names the content a worker is built from.
fn key(root: &Path, sources: &Sources) -> anyhow::Result<String> {
    let mut content = vec!["ls-tree", "-r", &sources.commit, "--"];
    content.extend(INGREDIENTS);
    let files = git(root, &content)?;
    let mut text = String::new();
    for line in files.lines().filter(|line| is_ingredient(line)) {
        text.push_str(line);
        text.push('\n');
    }
    let rustc = Command::new("rustc").arg("-vV").output();
    let rustc = rustc.context("cannot ask rustc for its version")?;
    text.push_str(&String::from_utf8_lossy(&rustc.stdout));
    text.push_str(&format!(
        "{:?} {:?} {}",
        sources.wasmtime, sources.layout, sources.engine
    ));
    // Everything in the environment that changes what cargo makes.
    let mut variables: Vec<_> = std::env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            let prefixes = ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_", "RUSTC"];
            let names = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_INCREMENTAL"];
            name != "CARGO_TARGET_DIR"
                && (prefixes.iter().any(|prefix| name.starts_with(prefix))
                    || names.contains(&name.as_ref()))
        })
        .collect();
    variables.sort();
    text.push_str(&format!("{variables:?}"));
    let digest = Sha256::digest(text.as_bytes());
    Ok(digest[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Whether a worker is made of the file of a line, which ends with its path.
fn is_ingredient(line: &str) -> bool {
    let path = line.split_once('\t').map_or(line, |(_, path)| path);
    let in_crate = path.split_once('/').map_or(path, |(_, rest)| rest);
    !BESIDES.iter().any(|folder| in_crate.starts_with(folder))
}

/// Waits for another run that builds. The lock ends with the process.
pub(crate) fn lock(path: &Path) -> anyhow::Result<File> {
    let cannot = || format!("cannot lock {}", path.display());
    let file = File::create(path).with_context(cannot)?;
    let patience = Instant::now() + LOCK_PATIENCE;
    let mut said = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
            Err(TryLockError::WouldBlock) if Instant::now() > patience => bail!(
                "another run has been building in {} for {} minutes",
                path.parent().unwrap_or(path).display(),
                LOCK_PATIENCE.as_secs() / 60
            ),
            Err(TryLockError::WouldBlock) => {
                if !said {
                    build::say("waiting for another run that builds a baseline");
                    said = true;
                }
                std::thread::sleep(Duration::from_millis(500));
            }
        }
    }
}

/// Moves the worktree to a commit, or makes it.
fn check_out(root: &Path, worktree: &Path, commit: &str) -> anyhow::Result<()> {
    // Git looks for a repository in the folders above as well: what is checked
    // out must be this folder and not the user's own work.
    let top = git(worktree, &["rev-parse", "--show-toplevel"]).ok();
    let is_same = |top: &String| {
        let paths = [Path::new(top.as_str()), worktree].map(Path::canonicalize);
        matches!(paths, [Ok(top), Ok(worktree)] if top == worktree)
    };
    if worktree.is_dir() && top.as_ref().is_some_and(is_same) {
        git(
            worktree,
            &["checkout", "--quiet", "--force", "--detach", commit],
        )?;
        git(worktree, &["clean", "--quiet", "-ffdx"])?;
        return Ok(());
    }
    if worktree.exists() {
        std::fs::remove_dir_all(worktree)
            .with_context(|| format!("cannot remove {}", worktree.display()))?;
    }
    // Forgets a worktree whose folder is gone.
    git(root, &["worktree", "prune"])?;
    let path = worktree.to_str().context("the target folder is no text")?;
    git(
        root,
        &[
            "worktree", "add", "--quiet", "--force", "--detach", path, commit,
        ],
    )
    .map(drop)
}

/// Changes in the worktree what the sources differ in from their commit.
fn prepare(worktree: &Path, sources: &Sources) -> anyhow::Result<()> {
    if let Some(version) = &sources.wasmtime {
        pins::set_wasmtime(&worktree.join("Cargo.toml"), version)?;
    }
    if let Some(layout) = sources.layout {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            bail!("another layout needs the linker LLD, which only Linux on x86-64 links with");
        }
        let script = worktree.join("harness/build.rs");
        let text = format!(
            "//! Another layout.\n\
             fn main() {{ println!(\"cargo::rustc-link-arg-bins=-Wl,--shuffle-sections=.text.*tensor_wasm*={layout}\"); }}\n"
        );
        std::fs::write(&script, text)
            .with_context(|| format!("cannot write {}", script.display()))?;
    }
    Ok(())
}

fn compile(worktree: &Path, target: &Path, sources: &Sources) -> anyhow::Result<PathBuf> {
    let cargo = || {
        let mut cargo = build::cargo(worktree);
        // The commit says which toolchain it is built with.
        cargo
            .env("CARGO_TARGET_DIR", target)
            .env_remove("RUSTUP_TOOLCHAIN");
        cargo
    };
    // What rustc keeps of another commit's build to build the next one faster makes it
    // link what is not there (https://github.com/rust-lang/rust/issues/81280), and what
    // failed to link stays. Wasmtime and what else the workspace depends on stay built.
    let mut clean = cargo();
    clean.args(["clean", "--quiet", "--workspace"]);
    build::run(&mut clean, "cargo clean")?;
    let mut cargo = cargo();
    cargo
        .args(["build", "--workspace", "--bin", "tensor-wasm-worker"])
        .args(["--message-format", "json-render-diagnostics"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    if sources.wasmtime.is_none() {
        cargo.arg("--locked");
    }
    if sources.engine != "tensor-wasm" {
        cargo.args([
            "--features",
            &format!("tensor-wasm-harness/{}", sources.engine),
        ]);
    }
    let output = cargo.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!(
            "the worker of {} does not build; cargo says why above",
            label(sources)
        );
    }
    build::executable(&output.stdout, "tensor-wasm-worker")
        .context("cargo built the worker and did not say where it is")
}

/// Runs git and gives what it printed, without the last line's end.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let mut git = Command::new("git");
    if folder != Path::new("") {
        git.arg("-C").arg(folder);
    }
    // Hooks set these, and they would lead to another repository.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        git.env_remove(name);
    }
    let output = git
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("cannot start git")?;
    if !output.status.success() {
        bail!(
            "git {} failed: {}",
            arguments.first().copied().unwrap_or_default(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned())
}
