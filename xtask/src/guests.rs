//! `cargo xtask guests`: builds the programs of suite `wasi` and the benchmarks of
//! `suites/corpus` from their sources with a pinned toolchain, as well as the kernels
//! in C of suite `gpu`, and compares them with what is committed.

mod benchmarks;
mod build;
mod kernels;
mod sources;
mod toolchain;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use tensor_wasm_harness::model::Exit;

use crate::build as workspace;
use benchmarks::Benchmark;
use kernels::Kernel;
use sources::{Program, SUITE};

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask guests                      do the committed programs come from their sources?
  cargo xtask guests --bless              put what the sources give into the suite
  cargo xtask guests --bless poll         only programs with this in their name
  cargo xtask guests --bless corpus/      only the benchmarks
  cargo xtask guests --bless gpu/         only the kernels

The first run installs the toolchain below target/guests-toolchain: Zig as a C
compiler from PyPI, wit-bindgen and wasm-tools with cargo; benchmarks and kernels
need only Zig. It needs python3.

Exit codes: 0 as committed, 1 differs, 2 could not build, 4 no program has that name.")]
pub(crate) struct Arguments {
    /// Only programs with this in their name, as `preview1/poll` or `corpus/fib`
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Compare and change nothing; this is the default
    #[arg(long, conflicts_with = "bless")]
    check: bool,
    /// Write the programs that differ, and remove those without a source
    #[arg(long)]
    bless: bool,
    /// Only list the programs and their sources
    #[arg(long, conflicts_with_all = ["check", "bless"])]
    list: bool,
}

/// Something that is built here and committed.
enum Guest {
    /// Of suite `wasi`.
    Program(Program),
    /// Of `suites/corpus`.
    Benchmark(Benchmark),
    /// Of suite `gpu`.
    Kernel(Kernel),
}

impl Guest {
    /// `preview1/poll` or `corpus/fib`.
    fn id(&self) -> String {
        match self {
            Guest::Program(program) => program.id(),
            Guest::Benchmark(benchmark) => benchmark.id(),
            Guest::Kernel(kernel) => kernel.id(),
        }
    }

    fn is_component(&self) -> bool {
        matches!(self, Guest::Program(program) if program.world.preview > 1)
    }

    /// The source, relative to the folder that holds sources of its kind.
    fn source(&self) -> &Path {
        match self {
            Guest::Program(program) => &program.source,
            Guest::Benchmark(benchmark) => benchmark.source(),
            Guest::Kernel(kernel) => kernel.source(),
        }
    }

    /// Where it is committed, relative to the workspace.
    fn output(&self) -> PathBuf {
        match self {
            Guest::Program(program) => program.output(),
            Guest::Benchmark(benchmark) => benchmark.output(),
            Guest::Kernel(kernel) => kernel.output(),
        }
    }
}

/// Compares all programs, if that needs nothing to be installed.
///
/// False where the toolchain is not installed: then nothing was checked.
pub(crate) fn check(root: &Path) -> anyhow::Result<bool> {
    if !toolchain::is_installed(&here(root))? {
        workspace::say(
            "the toolchain of the programs is not installed: not checked here; \
             `cargo xtask guests` installs it and checks them",
        );
        return Ok(false);
    }
    let arguments = Arguments {
        names: Vec::new(),
        check: true,
        bless: false,
        list: false,
    };
    match run(&arguments)? {
        Exit::Expected => Ok(true),
        _ => bail!("committed programs are not as their sources say"),
    }
}

/// The workspace's folder as a path that can be joined and displayed.
fn here(root: &Path) -> PathBuf {
    if root == Path::new("") {
        PathBuf::from(".")
    } else {
        root.to_owned()
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let root = here(&workspace::root()?);
    let programs = sources::programs(&root)?;
    let benchmarks = benchmarks::find(&root)?;
    let kernels = kernels::find(&root)?;
    // Only a run over all of them can tell which files have no source.
    let mut orphans = Vec::new();
    if arguments.names.is_empty() {
        orphans.extend(sources::orphans(&root, &programs)?);
        orphans.extend(benchmarks::orphans(&root, &benchmarks)?);
        orphans.extend(kernels::orphans(&root, &kernels)?);
    }
    let all: Vec<Guest> = { programs.into_iter().map(Guest::Program) }
        .chain(benchmarks.into_iter().map(Guest::Benchmark))
        .chain(kernels.into_iter().map(Guest::Kernel))
        .collect();
    let chosen: Vec<_> = all.iter().filter(|g| wanted(g, &arguments.names)).collect();
    if chosen.is_empty() {
        workspace::say(&format!(
            "no program has {} in its name; --list lists them",
            arguments.names.join(" or ")
        ));
        return Ok(Exit::NothingSelected);
    }
    if arguments.list {
        for program in chosen {
            workspace::say(&format!("{}  {}", program.id(), program.source().display()));
        }
        return Ok(Exit::Expected);
    }
    let for_components = chosen.iter().any(|guest| guest.is_component());
    let tools = toolchain::prepare(&root, for_components)?;
    let mut builder = build::Builder::new(&root, tools)?;
    let mut different = Vec::new();
    for program in &chosen {
        let built = builder
            .build(program)
            .with_context(|| format!("cannot build {}", program.source().display()))?;
        let committed = root.join(program.output());
        if std::fs::read(&committed).ok().as_ref() == Some(&built) {
            continue;
        }
        if arguments.bless {
            std::fs::write(&committed, &built)
                .with_context(|| format!("cannot write {}", committed.display()))?;
        }
        different.push(program.output().display().to_string());
    }
    for orphan in orphans {
        if arguments.bless {
            let path = root.join(&orphan);
            std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
        }
        different.push(format!("{} (has no source)", orphan.display()));
    }
    Ok(conclude(chosen.len(), &different, arguments.bless))
}

fn wanted(program: &Guest, names: &[String]) -> bool {
    names.is_empty() || names.iter().any(|name| program.id().contains(name))
}

fn conclude(count: usize, different: &[String], bless: bool) -> Exit {
    if different.is_empty() {
        workspace::say(&format!("{count} programs, each as its source says"));
        return Exit::Expected;
    }
    for line in different {
        workspace::say(line);
    }
    if bless {
        workspace::say(&format!("{count} programs, {} changed", different.len()));
        return Exit::Expected;
    }
    workspace::say(&format!(
        "{count} programs, {} not as the source says; `cargo xtask guests --bless` writes them",
        different.len()
    ));
    Exit::Unexpected
}

/// The folder of the suite, for messages and joins.
fn suite(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join(SUITE);
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    Ok(folder)
}
