//! Benchmarks of `suites/corpus`: a folder for each, with one source in C or in
//! the text format of WebAssembly, named like the folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use tensor_wasm_harness::discover;

use super::build;
use super::toolchain::Toolchain;

/// The folder of all benchmarks, and in it that of what they share.
const CORPUS: &str = "suites/corpus";
const LIBRARY: &str = "lib";

/// What the C of benchmarks may use beyond that, by name of the benchmark.
/// Without it the compiler turns no loop into SIMD.
const MORE_FEATURES: &[(&str, &str)] = &[("matmul-simd", "+simd128")];

/// The first line of text that is the fields of a module, with those of the
/// library before it.
const WITH_LIBRARY: &str = ";; with lib/bench.wat";

/// A benchmark with a source.
pub(super) struct Benchmark {
    name: String,
    /// `suites/corpus` of the workspace.
    corpus: PathBuf,
    /// Relative to it.
    source: PathBuf,
}

impl Benchmark {
    pub(super) fn id(&self) -> String {
        format!("corpus/{}", self.name)
    }

    pub(super) fn source(&self) -> &Path {
        &self.source
    }

    /// Where the module is committed, relative to the workspace.
    pub(super) fn output(&self) -> PathBuf {
        Path::new(CORPUS).join(&self.name).join("benchmark.wasm")
    }

    /// The bytes of the module.
    pub(super) fn build(&self, tools: &Toolchain, scratch: &Path) -> anyhow::Result<Vec<u8>> {
        if self
            .source
            .extension()
            .is_some_and(|ending| ending == "wat")
        {
            return self.encode();
        }
        let folder = scratch.join("corpus");
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let output = folder.join(format!("{}.wasm", self.name));
        let more = MORE_FEATURES.iter().find(|(name, _)| *name == self.name);
        let more = more.map_or("", |(_, features)| features);
        let features = format!("{}{more}", build::FREESTANDING_FEATURES);
        let mut zig = tools.zig();
        // Started where the sources are, so that their names are relative.
        zig.current_dir(&self.corpus)
            .arg("cc")
            .args(build::FREESTANDING);
        zig.arg(features).arg(format!("-I{LIBRARY}"));
        zig.args(build::WARNINGS).args(build::LDFLAGS);
        zig.arg("-o").arg(&output).arg(&self.source);
        zig.arg(format!("{LIBRARY}/bench.c"));
        build::quiet(&mut zig, "zig cc")?;
        build::read(&output)
    }

    fn encode(&self) -> anyhow::Result<Vec<u8>> {
        let read = |path: &Path| {
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        };
        let path = self.corpus.join(&self.source);
        let text = read(&path)?;
        let library_path = self.corpus.join(LIBRARY).join("bench.wat");
        let encoded = if text.lines().next() == Some(WITH_LIBRARY) {
            let library = read(&library_path)?;
            discover::encode_text(&[(&library_path, &library), (&path, &text)])
        } else {
            discover::encode_text(&[(&path, &text)])
        };
        encoded.map_err(|error| anyhow!("{error}"))
    }
}

/// All benchmarks that have a source, by name.
pub(super) fn find(root: &Path) -> anyhow::Result<Vec<Benchmark>> {
    let corpus = root.join(CORPUS);
    let mut benchmarks = Vec::new();
    for name in folders(&corpus)? {
        let source = |ending: &str| Path::new(&name).join(format!("{name}.{ending}"));
        let sources: Vec<PathBuf> = ["c", "wat"]
            .into_iter()
            .map(source)
            .filter(|source| corpus.join(source).is_file())
            .collect();
        match sources.as_slice() {
            [] => {}
            [source] => benchmarks.push(Benchmark {
                source: source.clone(),
                corpus: corpus.clone(),
                name,
            }),
            _ => bail!("{CORPUS}/{name} has a source in C and one in text; expected one"),
        }
    }
    Ok(benchmarks)
}

/// Committed modules that no source makes, relative to the workspace.
pub(super) fn orphans(root: &Path, benchmarks: &[Benchmark]) -> anyhow::Result<Vec<PathBuf>> {
    let mut orphans = Vec::new();
    for name in folders(&root.join(CORPUS))? {
        for stem in super::sources::names(&root.join(CORPUS).join(&name), "wasm")? {
            let path = Path::new(CORPUS).join(&name).join(format!("{stem}.wasm"));
            if benchmarks.iter().all(|b| b.output() != path) {
                orphans.push(path);
            }
        }
    }
    Ok(orphans)
}

/// The names of the folders in the corpus, sorted, without that of the library.
fn folders(corpus: &Path) -> anyhow::Result<Vec<String>> {
    let cannot = || format!("cannot read {}", corpus.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(corpus).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let Ok(name) = entry.file_name().into_string() else {
            bail!("{} has no plain name", entry.path().display());
        };
        if entry.path().is_dir() && name != LIBRARY {
            names.push(name);
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
    fn every_benchmark_is_committed_and_every_module_has_a_source() {
        let benchmarks = find(&checkout()).unwrap();
        assert!(benchmarks.len() >= 17, "{} benchmarks", benchmarks.len());
        for benchmark in &benchmarks {
            assert!(
                checkout().join(benchmark.output()).is_file(),
                "{} is not built: cargo xtask guests --bless",
                benchmark.id()
            );
        }
        assert_eq!(
            orphans(&checkout(), &benchmarks).unwrap(),
            Vec::<PathBuf>::new()
        );
        for (name, _) in MORE_FEATURES {
            assert!(benchmarks.iter().any(|b| b.name == *name), "{name}");
        }
    }

    #[test]
    fn text_is_what_is_committed() {
        let of_text = |b: &Benchmark| b.source.extension().is_some_and(|e| e == "wat");
        let mut benchmarks = find(&checkout()).unwrap();
        benchmarks.retain(of_text);
        assert!(benchmarks.len() >= 3);
        for benchmark in benchmarks {
            let committed = std::fs::read(checkout().join(benchmark.output())).unwrap();
            assert!(
                benchmark.encode().unwrap() == committed,
                "{}",
                benchmark.name
            );
        }
    }

    #[test]
    fn a_benchmark_has_one_source_and_a_module_has_one() {
        let root = tempfile::tempdir().unwrap();
        let corpus = root.path().join(CORPUS);
        for file in [
            "a/a.c",
            "a/benchmark.wasm",
            "b/benchmark.wasm",
            "lib/x.wasm",
            "a/old.wasm",
        ] {
            let path = corpus.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let benchmarks = find(root.path()).unwrap();
        let ids: Vec<String> = benchmarks.iter().map(Benchmark::id).collect();
        assert_eq!(ids, ["corpus/a"]);
        let orphans = orphans(root.path(), &benchmarks).unwrap();
        let expected = ["a/old.wasm", "b/benchmark.wasm"].map(|f| Path::new(CORPUS).join(f));
        assert_eq!(orphans, expected);
        std::fs::write(corpus.join("a/a.wat"), "").unwrap();
        let error = find(root.path()).err().unwrap().to_string();
        assert!(error.contains("expected one"), "{error}");
    }
}
