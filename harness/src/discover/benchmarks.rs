//! Benchmark programs: folders with modules that have Sightglass's guest ABI.
//! `docs/benchmark-corpus.md` describes them. Both `suites/corpus` and the
//! `benchmarks` of <https://github.com/bytecodealliance/sightglass> are read as
//! they are.
//!
//! A program that cannot be measured is left out with its reason; the others go
//! on.

mod generate;
mod module;
mod single;
mod store;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::walk;
use crate::model::InputError;
use crate::model::bench::{BenchProgram, MetricName, Phase, Workload, WorkloadSize};
pub use single::module_program;
pub use text::encode_text;

/// The file with the parameters of a module that is generated.
const DESCRIPTION: &str = "benchmark.toml";

/// The most bytes of a module.
const LARGEST_MODULE: u64 = 256 << 20;

/// Given to a program that shall take its small input; Sightglass's name.
const SMALL: &str = "WASM_BENCH_USE_SMALL_WORKLOAD";

/// What is measured of a program that is executed.
const EXECUTED: [Phase; 4] = [
    Phase::Compile,
    Phase::Instantiate,
    Phase::InstantiatePooled,
    Phase::Execute,
];

/// What is measured of a module that is made for its size.
const GENERATED: [Phase; 5] = [
    Phase::Compile,
    Phase::Instantiate,
    Phase::InstantiatePooled,
    Phase::Serialize,
    Phase::Deserialize,
];

/// What there is to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Benchmarks {
    /// The programs, sorted by name.
    pub programs: Vec<BenchProgram>,
    /// Those that cannot be measured, sorted by name.
    pub left_out: Vec<LeftOut>,
}

/// A program that cannot be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub program: String,
    /// Its file or folder.
    pub file: PathBuf,
    /// Why.
    pub reason: String,
}

/// The programs of a corpus. `corpus` is a folder of benchmarks, one of them,
/// or a checkout of Sightglass. Modules that are generated are written to the
/// folder `generated`, which is made when it is needed.
///
/// # Errors
///
/// A folder that cannot be read, in which there is no program, or whose
/// description of a module to generate is malformed.
pub fn find_benchmarks(corpus: &Path, generated: &Path) -> Result<Benchmarks, InputError> {
    let inside = corpus
        .canonicalize()
        .map_err(|error| InputError::file(corpus, format!("cannot be read: {error}")))?;
    let mut finder = Finder {
        inside,
        generated,
        programs: Vec::new(),
        left_out: Vec::new(),
    };
    let of_sightglass = corpus.join("benchmarks");
    let whole = if of_sightglass.is_dir() && is_plain(&of_sightglass) {
        of_sightglass
    } else {
        corpus.to_owned()
    };
    let listing = Listing::read(&whole)?;
    if listing.is_benchmark() {
        finder.folder(&whole, &listing)?;
    } else {
        for folder in &listing.folders {
            let path = whole.join(folder);
            finder.folder(&path, &Listing::read(&path)?)?;
        }
        for link in &listing.linked_folders {
            finder.leave_out(link, &whole.join(link), "is a link to a folder");
        }
    }
    finder.finish(&whole)
}

/// Whether a path is no link itself.
fn is_plain(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|m| !m.is_symlink())
}

/// What lies in a folder, without what is hidden, each sorted.
struct Listing {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
    linked_folders: BTreeSet<String>,
}

impl Listing {
    fn read(folder: &Path) -> Result<Listing, InputError> {
        let unreadable = |error| InputError::file(folder, format!("cannot be read: {error}"));
        let mut listing = Listing {
            files: BTreeSet::new(),
            folders: BTreeSet::new(),
            linked_folders: BTreeSet::new(),
        };
        let entries = std::fs::read_dir(folder).map_err(unreadable)?;
        for (number, entry) in entries.enumerate() {
            let entry = entry.map_err(unreadable)?;
            if number >= walk::MOST_FILES {
                let most = walk::MOST_FILES;
                let message = format!("more than {most} files: is this the folder you mean?");
                return Err(InputError::file(folder, message));
            }
            let Ok(name) = entry.file_name().into_string() else {
                return Err(InputError::file(
                    entry.path(),
                    "has a name that is not UTF-8",
                ));
            };
            if name.starts_with('.') {
                continue;
            }
            let kind = entry.file_type().map_err(unreadable)?;
            let to = if kind.is_dir() {
                &mut listing.folders
            } else if kind.is_symlink() && entry.path().is_dir() {
                &mut listing.linked_folders
            } else {
                &mut listing.files
            };
            to.insert(name);
        }
        Ok(listing)
    }

    /// The stems of the modules that are there, or that ought to be because
    /// their output is.
    fn stems(&self) -> BTreeSet<&str> {
        let endings = [".wasm", ".stdout.expected", ".stderr.expected"];
        let mut stems: BTreeSet<&str> = (self.files.iter())
            .filter_map(|file| endings.iter().find_map(|end| file.strip_suffix(end)))
            .collect();
        // These stand for inputs, not for modules.
        for size in [WorkloadSize::Default, WorkloadSize::Small] {
            if !self.files.contains(&format!("{}.wasm", size.name())) {
                stems.remove(size.name());
            }
        }
        stems
    }

    fn is_benchmark(&self) -> bool {
        self.files.contains(DESCRIPTION) || !self.stems().is_empty()
    }
}

struct Finder<'a> {
    /// What files may not lead out of.
    inside: PathBuf,
    generated: &'a Path,
    programs: Vec<BenchProgram>,
    left_out: Vec<LeftOut>,
}

impl Finder<'_> {
    /// The programs of one folder. One without modules is none of benchmarks.
    fn folder(&mut self, folder: &Path, listing: &Listing) -> Result<(), InputError> {
        let full = folder.canonicalize();
        let named = full.as_deref().unwrap_or(folder).file_name();
        let name = named.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if listing.files.contains(DESCRIPTION) {
            let program = self.generate(folder, &name)?;
            self.take(program);
        }
        let stems = listing.stems();
        for stem in &stems {
            let file = folder.join(format!("{stem}.wasm"));
            let program = program_name(&name, stem);
            match self.program(folder, listing, stem, &file, &program) {
                Ok(program) => self.take(program),
                Err(reason) => self.leave_out(&program, &file, reason),
            }
        }
        let has_input = listing.files.iter().any(|file| file.ends_with(".input"));
        if stems.is_empty() && has_input && !listing.files.contains(DESCRIPTION) {
            self.leave_out(&name, folder, "has an input and no module");
        }
        Ok(())
    }

    /// A program with a module that lies there, or why it is none.
    fn program(
        &self,
        folder: &Path,
        listing: &Listing,
        stem: &str,
        file: &Path,
        name: &str,
    ) -> Result<BenchProgram, String> {
        if !listing.files.contains(&format!("{stem}.wasm")) {
            return Err("is not there; its output is".to_owned());
        }
        let bytes = self.read(file)?;
        let facts = module::inspect(&bytes)?;
        facts.check_guest()?;
        // It may also live without its small input, and then has only one.
        let missing = |input: &&String| {
            let is_there = listing.files.iter().any(|file| file.starts_with(*input));
            !is_there && *input != "small.input"
        };
        if let Some(input) = facts.inputs.iter().find(missing) {
            return Err(format!("reads {input}, which is not there"));
        }
        Ok(BenchProgram {
            name: name.to_owned(),
            wasm: file.to_owned(),
            sha256: crate::discover::sha256(&bytes),
            folder: folder.to_owned(),
            workloads: self.workloads(folder, listing, stem)?,
            phases: EXECUTED.to_vec(),
        })
    }

    /// The inputs of a program. Which one it takes is its own affair: it is
    /// told by a variable, and nothing but the files tells whether it listens.
    fn workloads(
        &self,
        folder: &Path,
        listing: &Listing,
        stem: &str,
    ) -> Result<Vec<Workload>, String> {
        let expected = |names: &[&str], stream: &str| -> Result<Option<PathBuf>, String> {
            let mut files = names.iter().map(|name| format!("{name}.{stream}.expected"));
            let Some(file) = files.find(|file| listing.files.contains(file)) else {
                return Ok(None);
            };
            let path = folder.join(file);
            self.check_place(&path)?;
            Ok(Some(path))
        };
        let mut workloads = vec![Workload {
            size: WorkloadSize::Default,
            environment: Vec::new(),
            // The order is Sightglass's.
            stdout: expected(&[stem, "default"], "stdout")?,
            stderr: expected(&[stem, "default"], "stderr")?,
        }];
        if listing.files.iter().any(|file| file.starts_with("small.")) {
            workloads.push(Workload {
                size: WorkloadSize::Small,
                environment: vec![(SMALL.to_owned(), "1".to_owned())],
                // What the other input gives says nothing about this one.
                stdout: expected(&["small"], "stdout")?,
                stderr: expected(&["small"], "stderr")?,
            });
        }
        Ok(workloads)
    }

    fn read(&self, file: &Path) -> Result<Vec<u8>, String> {
        self.check_place(file)?;
        store::read_module(file).map_err(|error| error.message)
    }

    /// Links do not lead out of the corpus.
    fn check_place(&self, file: &Path) -> Result<(), String> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let real = file
            .canonicalize()
            .map_err(|error| format!("{name} cannot be read: {error}"))?;
        if !real.starts_with(&self.inside) {
            return Err(format!("{name} is a link to outside of the corpus"));
        }
        if !real.is_file() {
            return Err(format!("{name} is no file"));
        }
        Ok(())
    }

    /// The module that a description asks for.
    fn generate(&self, folder: &Path, name: &str) -> Result<BenchProgram, InputError> {
        let file = folder.join(DESCRIPTION);
        self.check_place(&file)
            .map_err(|message| InputError::file(&file, message))?;
        let bytes = generate::module(&generate::read(&file)?);
        let wasm = store::keep(self.generated, &bytes)?;
        Ok(BenchProgram {
            name: name.to_owned(),
            wasm,
            sha256: crate::discover::sha256(&bytes),
            folder: folder.to_owned(),
            workloads: Vec::new(),
            phases: GENERATED.to_vec(),
        })
    }

    fn take(&mut self, program: BenchProgram) {
        let twin = self.programs.iter().find(|p| p.name == program.name);
        let refusal = if let Some(twin) = twin {
            let other = twin.wasm.file_name().unwrap_or_default().to_string_lossy();
            Some(format!("has the name of another program, {other}"))
        } else {
            // The longest words a metric can have around it.
            let metric = MetricName::of("instantiate-pooled", &program.name, "tensor-wasm-variant");
            metric.err().map(|error| error.to_string())
        };
        match refusal {
            Some(reason) => self.leave_out(&program.name, &program.wasm, reason),
            None => self.programs.push(program),
        }
    }

    fn leave_out(&mut self, program: &str, file: &Path, reason: impl Into<String>) {
        self.left_out.push(LeftOut {
            program: program.to_owned(),
            file: file.to_owned(),
            reason: reason.into(),
        });
    }

    fn finish(mut self, whole: &Path) -> Result<Benchmarks, InputError> {
        self.programs.sort_by(|a, b| a.name.cmp(&b.name));
        self.left_out.sort_by(|a, b| a.program.cmp(&b.program));
        if self.programs.is_empty() {
            let why = match self.left_out.first() {
                None => "expected folders with modules, as fib/benchmark.wasm".to_owned(),
                Some(first) => format!(
                    "{} left out, the first, {}, because it {}",
                    self.left_out.len(),
                    first.program,
                    first.reason
                ),
            };
            let message = format!("holds no benchmark that can be measured: {why}");
            return Err(InputError::file(whole, message));
        }
        Ok(Benchmarks {
            programs: self.programs,
            left_out: self.left_out,
        })
    }
}

/// The name of the module `stem` in a folder: `noop` for `noop/benchmark.wasm`,
/// `libsodium/auth` for `libsodium/libsodium-auth.wasm`.
fn program_name(folder: &str, stem: &str) -> String {
    let part = stem.strip_prefix(folder);
    let part = part.map_or(stem, |rest| rest.strip_prefix('-').unwrap_or(stem));
    if part == "benchmark" || part == folder {
        folder.to_owned()
    } else {
        format!("{folder}/{part}")
    }
}
