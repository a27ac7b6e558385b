//! Which programs there are: one for each C file below
//! `suites/wasi/guests/previewN/WORLD/`. Builds nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// The suite's folder.
pub(super) const SUITE: &str = "suites/wasi";

/// What a program is built against: a folder of sources of this name, an entry
/// point in the preview's `lib` and, but for preview 1, a world of this name in
/// the preview's `world.wit`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct World {
    /// 1, 2 or 3.
    pub(super) preview: u8,
    /// Of the folder, of the C file with the entry point, of the world.
    pub(super) name: &'static str,
    /// How the bindings treat `async`, as flags of `wit-bindgen c`.
    pub(super) bindings: &'static [&'static str],
}

/// Every world.
pub(super) const WORLDS: &[World] = &[
    World {
        preview: 1,
        name: "command",
        bindings: &[],
    },
    World {
        preview: 2,
        name: "command",
        bindings: &[],
    },
    World {
        preview: 2,
        name: "service",
        bindings: &[],
    },
    // Calls that wait; streams and futures are asynchronous anyhow.
    World {
        preview: 3,
        name: "command",
        bindings: &["--async=-all"],
    },
    // Some calls that do not wait, and an entry point that is called back.
    World {
        preview: 3,
        name: "concurrent",
        bindings: &[
            "--async=import:wasi:http/client@0.3.0#send",
            "--async=import:wasi:clocks/monotonic-clock@0.3.0#wait-for",
            "--async=import:wasi:sockets/types@0.3.0#[method]udp-socket.receive",
            "--async=export:wasi:cli/run@0.3.0#run",
            "--async=-all",
        ],
    },
    World {
        preview: 3,
        name: "service",
        bindings: &[
            "--async=export:wasi:http/handler@0.3.0#handle",
            "--async=-all",
        ],
    },
];

impl World {
    /// The folder of the preview, in the suite and among the sources.
    pub(super) fn folder(&self) -> String {
        format!("preview{}", self.preview)
    }
}

/// A program of the suite.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) world: &'static World,
    /// The name without an ending.
    pub(super) name: String,
    /// Relative to the folder of sources.
    pub(super) source: PathBuf,
}

impl Program {
    /// `preview1/poll`.
    pub(super) fn id(&self) -> String {
        format!("{}/{}", self.world.folder(), self.name)
    }

    /// Where the module or component is committed, relative to the workspace.
    pub(super) fn output(&self) -> PathBuf {
        Path::new(SUITE).join(format!("{}.wasm", self.id()))
    }
}

/// All programs, in a fixed order.
pub(super) fn programs(root: &Path) -> anyhow::Result<Vec<Program>> {
    let sources = super::suite(root)?.join("guests");
    let mut programs: Vec<Program> = Vec::new();
    for world in WORLDS {
        let folder = Path::new(&world.folder()).join(world.name);
        for name in names(&sources.join(&folder), "c")? {
            if let Some(twin) = programs
                .iter()
                .find(|p| p.world.preview == world.preview && p.name == name)
            {
                bail!(
                    "{} and {} would both become {}",
                    twin.source.display(),
                    folder.join(format!("{name}.c")).display(),
                    twin.output().display()
                );
            }
            programs.push(Program {
                world,
                source: folder.join(format!("{name}.c")),
                name,
            });
        }
    }
    programs.sort_by_key(Program::id);
    Ok(programs)
}

/// Committed modules and components that no source makes, relative to the
/// workspace.
pub(super) fn orphans(root: &Path, programs: &[Program]) -> anyhow::Result<Vec<PathBuf>> {
    let suite = super::suite(root)?;
    let mut orphans = Vec::new();
    for preview in 1..=3 {
        let folder = format!("preview{preview}");
        for name in names(&suite.join(&folder), "wasm")? {
            let path = Path::new(SUITE).join(&folder).join(format!("{name}.wasm"));
            if programs.iter().all(|program| program.output() != path) {
                orphans.push(path);
            }
        }
    }
    Ok(orphans)
}

/// The stems of the files in a folder that end so, sorted. A folder that does
/// not exist has none.
pub(super) fn names(folder: &Path, ending: &str) -> anyhow::Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let cannot = || format!("cannot read {}", folder.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.extension().is_some_and(|found| found == ending) {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let stem = stem.with_context(|| format!("{} has no plain name", path.display()))?;
            names.push(stem.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    #[test]
    fn every_program_is_committed_and_every_committed_one_has_a_source() {
        let programs = programs(&checkout()).unwrap();
        assert!(programs.len() > 20, "{} programs", programs.len());
        for program in &programs {
            assert!(
                checkout().join(program.output()).is_file(),
                "{} is not built: cargo xtask guests --bless",
                program.id()
            );
        }
        assert_eq!(
            orphans(&checkout(), &programs).unwrap(),
            Vec::<PathBuf>::new()
        );
    }

    #[test]
    fn every_config_belongs_to_a_program() {
        for preview in 1..=3 {
            let folder = checkout().join(SUITE).join(format!("preview{preview}"));
            let programs = names(&folder, "wasm").unwrap();
            for config in names(&folder, "json").unwrap() {
                assert!(
                    config == "manifest" || programs.contains(&config),
                    "preview{preview}/{config}.json has no program"
                );
            }
        }
    }

    #[test]
    fn two_worlds_cannot_share_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let guests = folder.path().join(SUITE).join("guests/preview2");
        for world in ["command", "service"] {
            std::fs::create_dir_all(guests.join(world)).unwrap();
            std::fs::write(guests.join(world).join("same.c"), "").unwrap();
        }
        let error = programs(folder.path()).unwrap_err().to_string();
        assert!(error.contains("both become"), "{error}");
    }
}
