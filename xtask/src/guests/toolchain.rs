//! The tools the programs are built with, at exact versions, below
//! `target/guests-toolchain`. Nothing of the machine's own compilers is used.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::build as workspace;

/// Zig as PyPI has it: a C compiler, its headers and a linker in one package.
const ZIG: &str = "0.17.0";
/// Tools of the Bytecode Alliance. They must know the WIT of the pinned
/// wasmtime-wasi and write components that the pinned Wasmtime reads: move
/// them together with Wasmtime.
const CARGO_TOOLS: &[CargoTool] = &[
    CargoTool {
        package: "wit-bindgen-cli",
        binary: "wit-bindgen",
        version: "0.58.0",
        features: "c,async",
    },
    CargoTool {
        package: "wasm-tools",
        binary: "wasm-tools",
        version: "1.252.0",
        features: "component,strip",
    },
];

struct CargoTool {
    package: &'static str,
    binary: &'static str,
    version: &'static str,
    features: &'static str,
}

/// Where the tools are.
pub(super) struct Toolchain {
    python: PathBuf,
    bin: PathBuf,
    cache: PathBuf,
}

impl Toolchain {
    fn below(folder: &Path) -> Toolchain {
        let bin = if cfg!(windows) { "Scripts" } else { "bin" };
        Toolchain {
            python: folder.join("venv").join(bin).join("python"),
            bin: folder.join("bin"),
            cache: folder.join("zig-cache"),
        }
    }

    fn has_zig(&self) -> bool {
        version(self.zig().arg("version")).as_deref() == Some(ZIG)
    }

    fn has(&self, tool: &CargoTool) -> bool {
        let installed = version(Command::new(self.bin.join(tool.binary)).arg("--version"));
        installed.is_some_and(|line| line.split(' ').nth(1) == Some(tool.version))
    }

    /// `zig`, with its cache below `target` too.
    pub(super) fn zig(&self) -> Command {
        let mut zig = Command::new(&self.python);
        zig.args(["-m", "ziglang"])
            .env("ZIG_GLOBAL_CACHE_DIR", &self.cache)
            .env("ZIG_LOCAL_CACHE_DIR", &self.cache);
        zig
    }

    pub(super) fn wit_bindgen(&self) -> Command {
        Command::new(self.bin.join("wit-bindgen"))
    }

    pub(super) fn wasm_tools(&self) -> Command {
        Command::new(self.bin.join("wasm-tools"))
    }
}

/// Installs what is not there in the right version. Only components need more
/// than Zig, and the rest takes minutes to build.
pub(super) fn prepare(root: &Path, for_components: bool) -> anyhow::Result<Toolchain> {
    let folder = folder(root)?;
    let tools = Toolchain::below(&folder);
    if !tools.has_zig() {
        install_zig(&folder, &tools)?;
    }
    let wanted = if for_components { CARGO_TOOLS } else { &[] };
    for tool in wanted.iter().filter(|tool| !tools.has(tool)) {
        install_with_cargo(root, &folder, tool)?;
    }
    Ok(tools)
}

/// Whether `prepare` would have nothing to do.
pub(super) fn is_installed(root: &Path) -> anyhow::Result<bool> {
    let tools = Toolchain::below(&folder(root)?);
    Ok(tools.has_zig() && CARGO_TOOLS.iter().all(|tool| tools.has(tool)))
}

fn folder(root: &Path) -> anyhow::Result<PathBuf> {
    Ok(workspace::target(root)?.join("guests-toolchain"))
}

/// The first line a tool prints, if it runs at all.
fn version(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|o| o.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.lines().next()?.trim().to_owned())
}

fn install_zig(folder: &Path, tools: &Toolchain) -> anyhow::Result<()> {
    workspace::say(&format!("installing Zig {ZIG} with pip"));
    let python = if cfg!(windows) { "python" } else { "python3" };
    workspace::run(
        Command::new(python)
            .args(["-m", "venv", "--clear"])
            .arg(folder.join("venv")),
        "python3 -m venv (Python 3 with its venv module must be installed)",
    )?;
    workspace::run(
        Command::new(&tools.python)
            .args(["-m", "pip", "install", "--quiet", "--no-deps"])
            .args([
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
                &format!("ziglang=={ZIG}"),
            ]),
        "pip install ziglang",
    )?;
    match version(tools.zig().arg("version")) {
        Some(found) if found == ZIG => Ok(()),
        Some(found) => bail!("pip installed Zig {found} instead of {ZIG}"),
        None => bail!("Zig {ZIG} does not run on this machine"),
    }
}

fn install_with_cargo(root: &Path, folder: &Path, tool: &CargoTool) -> anyhow::Result<()> {
    workspace::say(&format!("installing {} {}", tool.package, tool.version));
    let folder = std::path::absolute(folder).context("there is no current folder")?;
    workspace::run(
        workspace::cargo(root)
            .args(["install", "--quiet", "--locked", "--force"])
            .args(["--version", &format!("={}", tool.version)])
            .args(["--no-default-features", "--features", tool.features])
            .arg("--root")
            .arg(&folder)
            .arg("--target-dir")
            .arg(folder.join("cargo"))
            .arg(tool.package),
        &format!("cargo install {}", tool.package),
    )
}
