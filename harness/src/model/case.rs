//! A case: one file that can be run on an engine, with all that decides how.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Capability, Settings, Value, Wanted, WasiProgram};

/// The name of a case, as `spec/wasm-v3/i32.wast`: the suite and the path of
/// the file in it. One of its directives is `spec/wasm-v3/i32.wast:12`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub String);

impl CaseId {
    /// The name of the suite.
    pub fn suite(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// The name of the directive at `line`; of the case itself for line 0,
    /// where what programs do stands.
    pub fn at(&self, line: usize) -> String {
        match line {
            0 => self.0.clone(),
            line => format!("{}:{line}", self.0),
        }
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the files of a suite are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Scripts of the WebAssembly specification.
    Wast,
    /// Modules with a header that says what they must do.
    Wat,
    /// WASI programs, each with a file that says what is done with it.
    Programs,
}

/// Something to run, and on what terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: CaseId,
    /// The file.
    pub path: PathBuf,
    /// The file's size, in bytes: what its duration is estimated from.
    pub size: u64,
    /// What an engine must be able to do.
    pub requires: BTreeSet<Capability>,
    /// Proposals that are switched on where the engine has them.
    pub wants: BTreeSet<Capability>,
    /// What the guest may use.
    pub limits: Limits,
    /// Engine settings beyond the variant's.
    pub settings: Settings,
    /// What is done with the file.
    pub program: Program,
}

impl Case {
    /// Everything an engine must be able to do: what is required of it, and
    /// what follows from what the case is.
    pub fn needs(&self) -> BTreeSet<Capability> {
        let mut needs = self.requires.clone();
        match &self.program {
            Program::Script | Program::Steps(_) => {
                needs.insert(Capability::Embedding);
            }
            Program::Wasi(program) => needs.extend(program.requires()),
            Program::Unusable(_) => {}
        }
        needs
    }

    /// The proposals to switch on for an engine with these capabilities.
    pub fn proposals(&self, capabilities: &BTreeSet<Capability>) -> BTreeSet<Capability> {
        self.requires
            .union(&self.wants)
            .copied()
            .filter(|capability| capability.is_proposal() && capabilities.contains(capability))
            .collect()
    }

    /// The proposals it would have on, and that such an engine lacks.
    pub fn lacking(&self, capabilities: &BTreeSet<Capability>) -> BTreeSet<Capability> {
        let wanted = self.requires.union(&self.wants).copied();
        wanted
            .filter(|capability| capability.is_proposal() && !capabilities.contains(capability))
            .collect()
    }
}

/// Limits of a session; `None` leaves the engine's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Limits {
    /// The most bytes one memory may have.
    pub memory_bytes: Option<u64>,
    /// The most elements one table may have.
    pub table_elements: Option<u64>,
    /// The most bytes of stack.
    pub stack_bytes: Option<u64>,
    /// Fuel for an instantiation and for each call.
    pub fuel: Option<u64>,
    /// Milliseconds for an instantiation and for each call.
    pub deadline_ms: Option<u64>,
}

/// What is done with a case's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// It is a script that says so itself.
    Script,
    /// It is a module; these steps are done with it.
    Steps(Vec<Step>),
    /// It is a program for a runtime of its own process.
    Wasi(Box<WasiProgram>),
    /// Nothing: what it says of itself is wrong, for this reason. The case
    /// fails, and the others go on.
    Unusable(String),
}

/// One step of a fixture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its line in the header, from one.
    pub line: usize,
    /// What is done.
    pub action: StepAction,
    /// What must come of it.
    pub wanted: Wanted,
}

/// How many threads run a kernel, and how they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grid {
    /// Blocks along x, y and z.
    pub blocks: [u32; 3],
    /// Threads of a block along x, y and z.
    pub threads: [u32; 3],
}

/// What a step of a fixture does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepAction {
    /// Compile and instantiate the module.
    Instantiate,
    /// Call an exported function.
    Call {
        /// Its name.
        export: String,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// Run an exported function in every thread of a grid.
    Launch {
        /// Its name.
        export: String,
        /// How many threads, and how they lie.
        grid: Grid,
        /// The arguments of each thread.
        arguments: Vec<Value>,
        /// How often it is launched; all launches must end the same way.
        repeat: u32,
    },
    /// Write an exported memory.
    Write {
        /// Its name.
        export: String,
        /// The first byte.
        at: u64,
        /// What is written, as hexadecimal digits.
        bytes: String,
    },
    /// Read an exported global.
    Get {
        /// Its name.
        export: String,
    },
    /// Read an exported memory.
    Memory {
        /// Its name.
        export: String,
        /// The first byte.
        at: u64,
        /// How many bytes.
        length: usize,
    },
    /// See how much fuel the last call used.
    Fuel,
    /// Call a function that returns the address and the length of a text in
    /// the exported memory `memory`.
    Text {
        /// The function's name.
        export: String,
        /// Its arguments.
        arguments: Vec<Value>,
    },
}
