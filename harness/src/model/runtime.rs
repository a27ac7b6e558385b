//! A runtime that runs programs: how it is called, and what it can do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Capability, WasiProposal, WasiVersion, World};

/// A runtime under test that is a program with a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRuntime {
    /// The engine's name.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// What it is asked for its version with.
    pub version_args: Vec<String>,
    /// Whether that is the version of Wasmtime.
    pub is_wasmtime: bool,
    /// Its command line.
    pub line: CommandLine,
    /// The worlds, versions and proposals of WASI it has.
    pub capabilities: BTreeSet<Capability>,
    /// Variables of the harness's environment it is given.
    pub inherit: Vec<String>,
    /// The folder it keeps compiled code in.
    pub code_cache: Option<PathBuf>,
}

/// The template of a runtime's command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The words for each world.
    pub worlds: BTreeMap<World, Vec<String>>,
    /// The words for each of the program's variables.
    pub env: Vec<String>,
    /// The words for the folder it sees.
    pub root: Vec<String>,
    /// The words for each setting of a variant.
    pub setting: Vec<String>,
    /// The words for the folder of compiled code.
    pub code_cache: Vec<String>,
    /// Words for some programs only.
    pub flags: Vec<Flags>,
}

/// Words of a command line that only some programs need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Which programs.
    pub when: FlagsWhen,
    /// The words.
    pub words: Vec<String>,
}

/// Conditions that must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagsWhen {
    /// The program is built for this.
    pub version: Option<WasiVersion>,
    /// The program is this.
    pub world: Option<World>,
    /// The program is granted this.
    pub proposal: Option<WasiProposal>,
}
