//! A program of the corpus.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Phase;

/// How much a program is given to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkloadSize {
    /// What is measured.
    #[default]
    Default,
    /// Enough to see that the output is right.
    Small,
}

impl WorkloadSize {
    /// As it stands in the names of files.
    pub fn name(self) -> &'static str {
        match self {
            WorkloadSize::Default => "default",
            WorkloadSize::Small => "small",
        }
    }
}

/// One input of a program and what it must answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// Which input it is.
    pub size: WorkloadSize,
    /// Given to the program as its environment.
    pub environment: Vec<(String, String)>,
    /// The file with what it must write to standard output; not compared when
    /// there is none.
    pub stdout: Option<PathBuf>,
    /// The same for standard error.
    pub stderr: Option<PathBuf>,
}

/// A program that is measured: a core module with Sightglass's guest ABI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenchProgram {
    /// Its name in metrics, as `fib`.
    pub name: String,
    /// The module.
    pub wasm: PathBuf,
    /// SHA-256 of the module, in lower-case hexadecimal digits.
    pub sha256: String,
    /// The folder it is given as `.`, where its input files are.
    pub folder: PathBuf,
    /// Its inputs; none for a module that is never executed.
    pub workloads: Vec<Workload>,
    /// What is measured of it.
    pub phases: Vec<Phase>,
}
