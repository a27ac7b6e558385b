//! Finds the workspace, runs cargo, and builds workers.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// The engines a worker can be built with, and the cargo feature of each that is
/// not built by default.
const ENGINES: &[(&str, Option<&str>)] = &[
    ("tensor-wasm", None),
    ("tensor-wasm-gpu", None),
    ("wasmi", Some("wasmi")),
];

/// The programs that are built.
const WORKER: &str = "tensor-wasm-worker";
const RUNTIME: &str = "tensor-wasm";

/// The folder that holds the workspace's Cargo.toml.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = manifest.parent().unwrap_or(manifest);
    // A binary that was carried elsewhere works in the checkout it is run in.
    let here = std::env::current_dir().context("there is no current folder")?;
    let found = here
        .ancestors()
        .chain([built])
        .find(|folder| folder.join("suites/variants.toml").is_file())
        .unwrap_or(built);
    // Names in reports are then the same on every machine.
    Ok(if found == here {
        PathBuf::new()
    } else {
        found.to_owned()
    })
}

/// The folder cargo builds into.
pub(crate) fn target(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder));
    // Tools are started in other folders.
    std::path::absolute(folder).context("there is no current folder")
}

/// Says something to the person at the terminal.
#[expect(clippy::print_stderr, reason = "the driver's own words, not a report")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// The cargo that runs this program.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What `cargo run` says of this package is not about the one to be built.
    // Build scripts that look at these variables, as that of ring does, would
    // run again whenever `cargo xtask` and `cargo` take turns.
    for (name, _) in std::env::vars_os() {
        let ours = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if ours {
            command.env_remove(name);
        }
    }
    if root != Path::new("") {
        command.current_dir(root);
    }
    command
}

/// Runs a command and fails with its name if it does.
pub(crate) fn run(command: &mut Command, what: &str) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {what}"))?;
    if !status.success() {
        bail!("{what} failed: {status}");
    }
    Ok(())
}

/// What was built for an engine.
#[derive(Default)]
pub(crate) struct Built {
    /// Its worker.
    pub(crate) worker: Option<PathBuf>,
    /// The runtime that runs its programs.
    pub(crate) runtime: Option<PathBuf>,
}

/// Builds what this workspace has of an engine: nothing for a runtime that is
/// described by a file and is somebody else's program.
pub(crate) fn engine(root: &Path, engine: &str) -> anyhow::Result<Built> {
    let Some((_, feature)) = ENGINES.iter().find(|(name, _)| *name == engine) else {
        let file = root.join("suites/engines").join(format!("{engine}.toml"));
        if file.is_file() || engine.ends_with(".toml") {
            return Ok(Built::default());
        }
        bail!(
            "no engine `{engine}`; the engines are: {}. A worker of your own is named with \
             --worker, a runtime of your own by a file like those in suites/engines",
            names(root).join(", ")
        );
    };
    let mut build = cargo(root);
    build
        // With the whole workspace, features are what they are under `cargo
        // test`, and Wasmtime is not compiled a second time.
        .args(["build", "--workspace", "--bin", WORKER, "--bin", RUNTIME])
        .args(["--message-format", "json-render-diagnostics"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    if let Some(feature) = feature {
        build.args(["--features", &format!("tensor-wasm-harness/{feature}")]);
    }
    let output = build.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the engine does not build; cargo says why above");
    }
    let built = |name: &str| {
        executable(&output.stdout, name)
            .with_context(|| format!("cargo built {name} and did not say where it is"))
    };
    Ok(Built {
        worker: Some(built(WORKER)?),
        // The other engines have no program of their own.
        runtime: match engine {
            "tensor-wasm" => Some(built(RUNTIME)?),
            _ => None,
        },
    })
}

/// Every engine there is.
fn names(root: &Path) -> Vec<String> {
    let files = std::fs::read_dir(root.join("suites/engines"));
    let mut names: Vec<String> = files
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".toml")?.to_owned())
        })
        .chain(ENGINES.iter().map(|(name, _)| (*name).to_owned()))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The path of a binary in cargo's messages.
pub(crate) fn executable(messages: &[u8], name: &str) -> Option<PathBuf> {
    let text = String::from_utf8_lossy(messages);
    text.lines()
        .rev()
        .filter(|line| line.contains(&format!("\"name\":\"{name}\"")))
        .find_map(|line| {
            let (_, rest) = line.split_once("\"executable\":\"")?;
            let (path, _) = rest.split_once('"')?;
            Some(PathBuf::from(path.replace("\\\\", "\\")))
        })
}
