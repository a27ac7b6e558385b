//! From C to a module or a component, the same bytes on every machine: no
//! paths, no times, no names of hosts get in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use cargo_metadata::MetadataCommand;

use super::Guest;
use super::sources::{self, Program, WORLDS, World};
use super::toolchain::Toolchain;
use crate::build as workspace;

/// How all C is compiled. `__FILE_NAME__` in the sources is a name without a
/// folder, and without debug information nothing else names a path.
const CFLAGS: &[&str] = &[
    "-target",
    "wasm32-freestanding",
    "-mcpu=generic+bulk_memory",
    "-std=c17",
    "-Os",
    "-nostdlib",
    "-ffreestanding",
    "-fno-builtin",
    "-fno-sanitize=all",
];
/// How C without a library is compiled: benchmarks and kernels. Unlike the programs of
/// suite `wasi`, for speed; and multiplications and additions stay two, so that floats
/// are the same everywhere.
pub(super) const FREESTANDING: &[&str] = &[
    "-target",
    "wasm32-freestanding",
    "-std=c17",
    "-O2",
    "-nostdlib",
    "-ffreestanding",
    "-fno-builtin",
    "-ffp-contract=off",
    "-fno-sanitize=all",
];
/// What of WebAssembly it may use.
pub(super) const FREESTANDING_FEATURES: &str = "-mcpu=generic+bulk_memory";
/// The programs' own C must be without warnings; that of wit-bindgen is not.
pub(super) const WARNINGS: &[&str] = &["-Wall", "-Wextra", "-Werror"];
pub(super) const LDFLAGS: &[&str] = &[
    "-Wl,--no-entry",
    "-Wl,--strip-all",
    "-Wl,-z,stack-size=65536",
];

/// Builds programs, and what they share once.
pub(super) struct Builder {
    tools: Toolchain,
    sources: PathBuf,
    scratch: PathBuf,
    /// The folders of WIT packages, by preview.
    wit: BTreeMap<u8, PathBuf>,
    /// The object files of each world's bindings, by preview and name.
    bindings: BTreeMap<(u8, &'static str), [PathBuf; 2]>,
}

impl Builder {
    /// Starts with an empty scratch folder.
    pub(super) fn new(root: &Path, tools: Toolchain) -> anyhow::Result<Builder> {
        let scratch = std::path::absolute(workspace::target(root)?.join("guests"))?;
        if scratch.exists() {
            std::fs::remove_dir_all(&scratch)
                .with_context(|| format!("cannot empty {}", scratch.display()))?;
        }
        let sources = super::suite(root)?.join("guests");
        let mut builder = Builder {
            tools,
            wit: BTreeMap::new(),
            bindings: BTreeMap::new(),
            sources,
            scratch,
        };
        builder.collect_wit(root)?;
        Ok(builder)
    }

    /// The bytes of a program.
    pub(super) fn build(&mut self, guest: &Guest) -> anyhow::Result<Vec<u8>> {
        match guest {
            Guest::Program(program) => self.program(program),
            Guest::Benchmark(benchmark) => benchmark.build(&self.tools, &self.scratch),
            Guest::Kernel(kernel) => kernel.build(&self.tools, &self.scratch),
        }
    }

    fn program(&mut self, program: &Program) -> anyhow::Result<Vec<u8>> {
        let world = program.world;
        let folder = self.folder(world)?;
        let core = folder.join(format!("{}.core.wasm", program.name));
        let mut link = self.compiler(world);
        link.args(WARNINGS).args(LDFLAGS);
        link.arg("-o").arg(&core).arg(&program.source);
        link.args(self.shared(world)?);
        if world.preview > 1 {
            link.arg("libc/libc.c").args(self.bindings(world)?);
        }
        quiet(&mut link, "zig cc")?;
        if world.preview == 1 {
            return read(&core);
        }
        let component = folder.join(format!("{}.component.wasm", program.name));
        quiet(
            self.tools
                .wasm_tools()
                .args(["component", "new"])
                .arg(&core)
                .arg("-o")
                .arg(&component),
            "wasm-tools component new",
        )?;
        let stripped = folder.join(format!("{}.wasm", program.name));
        quiet(
            self.tools
                .wasm_tools()
                .args(["strip", "--all"])
                .arg(&component)
                .arg("-o")
                .arg(&stripped),
            "wasm-tools strip",
        )?;
        read(&stripped)
    }

    /// The C that the programs of a world share: the linker keeps what is used.
    fn shared(&self, world: &World) -> anyhow::Result<Vec<String>> {
        let mut files = Vec::new();
        for folder in ["lib".to_owned(), format!("{}/lib", world.folder())] {
            for name in sources::names(&self.sources.join(&folder), "c")? {
                // A file named like a world is that world's entry point.
                let entry_of_another = name != world.name && WORLDS.iter().any(|w| w.name == name);
                if !entry_of_another {
                    files.push(format!("{folder}/{name}.c"));
                }
            }
        }
        Ok(files)
    }

    /// `zig cc`, started where the sources are, so that their names are
    /// relative.
    fn compiler(&self, world: &World) -> Command {
        let mut zig = self.tools.zig();
        zig.current_dir(&self.sources).arg("cc").args(CFLAGS);
        zig.args(["-Ilib", &format!("-I{}/lib", world.folder())]);
        if world.preview > 1 {
            zig.arg("-isystem").arg("libc");
            let folder = self.scratch.join(world.folder()).join(world.name);
            zig.arg("-isystem").arg(folder);
        }
        zig
    }

    /// The scratch folder of a world.
    fn folder(&self, world: &World) -> anyhow::Result<PathBuf> {
        let folder = self.scratch.join(world.folder()).join(world.name);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }

    /// Generates and compiles a world's bindings, the first time.
    fn bindings(&mut self, world: &'static World) -> anyhow::Result<[PathBuf; 2]> {
        let key = (world.preview, world.name);
        if let Some(objects) = self.bindings.get(&key) {
            return Ok(objects.clone());
        }
        let folder = self.folder(world)?;
        let wit = self.wit.get(&world.preview).context("no WIT was found")?;
        quiet(
            self.tools
                .wit_bindgen()
                .arg("c")
                .args(world.bindings)
                .args(["--world", world.name, "--rename-world", "bindings"])
                .arg("--out-dir")
                .arg(&folder)
                .arg(wit),
            "wit-bindgen",
        )?;
        let object = folder.join("bindings.o");
        let mut compile = self.compiler(world);
        compile.arg("-c").arg("-o").arg(&object);
        compile.arg(folder.join("bindings.c"));
        quiet(&mut compile, "zig cc on the bindings")?;
        // The type of the world travels in an object file of its own.
        let objects = [object, folder.join("bindings_component_type.o")];
        self.bindings.insert(key, objects.clone());
        Ok(objects)
    }

    /// Lays the WIT packages of the pinned crates beside our own worlds.
    fn collect_wit(&mut self, root: &Path) -> anyhow::Result<()> {
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .exec()
            .context("cargo cannot say where the crates lie that carry the WIT")?;
        let package = "wasmtime-wasi-http";
        let found = metadata
            .packages
            .iter()
            .find(|p| p.name.as_str() == package)
            .and_then(|p| p.manifest_path.parent());
        let crate_root = found
            .with_context(|| format!("no package `{package}` among the dependencies"))?
            .as_std_path();
        // It carries the packages of the rest of WASI too.
        for (preview, folder) in [(2, "wit/deps"), (3, "src/p3/wit/deps")] {
            let world = self.sources.join(format!("preview{preview}/world.wit"));
            let is_used = WORLDS.iter().any(|world| world.preview == preview);
            if !is_used || !world.is_file() {
                continue;
            }
            let to = self.scratch.join(format!("wit{preview}"));
            std::fs::create_dir_all(to.join("deps"))?;
            std::fs::copy(&world, to.join("world.wit"))?;
            let from = crate_root.join(folder);
            let names = sources::names(&from, "wit")?;
            if names.is_empty() {
                bail!("{} holds no WIT: was it moved?", from.display());
            }
            for name in names {
                let file = format!("{name}.wit");
                std::fs::copy(from.join(&file), to.join("deps").join(&file))?;
            }
            // Ours, which the runtime carries.
            std::fs::copy(root.join("runtime/wit/gpu.wit"), to.join("deps/gpu.wit"))?;
            self.wit.insert(preview, to);
        }
        Ok(())
    }
}

/// Runs a tool, and shows what it says only if it fails.
pub(super) fn quiet(command: &mut Command, what: &str) -> anyhow::Result<()> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {what}"))?;
    if !output.status.success() {
        bail!(
            "{what} failed: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
