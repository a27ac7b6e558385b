//! `cargo xtask bench lint`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use tensor_wasm_harness::discover;
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::pipeline::{BaselineChange, bench_lint};
use tensor_wasm_harness::report::Terminal;

use super::{arm, pins};
use crate::build;

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench lint                     this tree against the commit before it
  cargo xtask bench lint --base origin/main  this tree against a branch

Exit codes: 0 nothing to complain of, 1 a baseline made stricter with Wasmtime or metrics
that are gone, 2 could not run.")]
pub(super) struct Arguments {
    /// The commit before the change
    #[arg(long, value_name = "REV", default_value = "HEAD~1")]
    base: String,
    /// The file of the baseline, in the repository
    #[arg(
        long,
        value_name = "FILE",
        default_value = "bench-results/baseline.json"
    )]
    baseline: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let root = build::root()?;
    let base = arm::commit(&root, &arguments.base)?;
    let before = |path: &Path| -> anyhow::Result<Option<String>> {
        if path.is_absolute() {
            bail!("{}: expected a path in the repository", path.display());
        }
        let path = path.to_string_lossy().replace('\\', "/");
        // A file that was not there yet is no error, and one that cannot be
        // read is.
        match arm::git(&root, &["ls-tree", "--full-tree", &base, "--", &path])?.is_empty() {
            true => Ok(None),
            false => arm::git(&root, &["show", &format!("{base}:{path}")]).map(Some),
        }
    };
    let now = |path: &Path| match std::fs::read_to_string(root.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let lock = Path::new("Cargo.lock");
    let version = |text: Option<String>| text.as_deref().and_then(pins::locked_wasmtime);
    let change = BaselineChange {
        before: before(&arguments.baseline)?,
        after: now(&arguments.baseline)?,
        wasmtime: [version(before(lock)?), version(now(lock)?)],
        file: arguments.baseline.clone(),
    };
    explanations(&root, &arguments.baseline)?;
    let terminal = Terminal::new(tensor_wasm_harness::report::Format::Human);
    Ok(bench_lint(&change, &terminal))
}

/// Refuses explanations of changes that the baseline already holds: they would
/// answer for the next slowdown as well.
pub(super) fn explanations(root: &Path, baseline: &Path) -> anyhow::Result<()> {
    let file = root.join("bench-results/explanations.toml");
    let baseline = root.join(baseline);
    if !file.exists() || !baseline.exists() {
        return Ok(());
    }
    let baseline = discover::read_baseline(&baseline)?;
    let Some(origin) = baseline.origin else {
        return Ok(());
    };
    for commit in discover::explained_commits(&file)? {
        let known = arm::commit(root, &commit)?;
        let arguments = ["merge-base", "--is-ancestor", &known, &origin.commit];
        if arm::git(root, &arguments).is_ok() {
            bail!(
                "{}: the baseline was measured after {commit}, so what that commit cost is in it; \
                 remove the entry",
                file.display()
            );
        }
    }
    Ok(())
}
