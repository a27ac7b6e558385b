//! A parsed module.

use super::inst::{Atom, Barrier, CallSite, Comparison, Convert, Inst, Slot, Src};
use super::types::Type;
use super::{PtxError, parse};

/// Registers of 32 bits that a thread has at most (CUDA C++ Programming Guide,
/// "Technical Specifications per Compute Capability").
const REGISTERS: u32 = 255;

/// A parsed PTX module, ready to launch.
#[derive(Debug)]
pub struct Program {
    pub(super) code: Vec<Inst>,
    /// The line of each instruction.
    pub(super) lines: Vec<u32>,
    pub(super) functions: Vec<Function>,
    pub(super) constants: Vec<u64>,
    /// Operands of vectors, one after the other.
    pub(super) lists: Vec<Src>,
    pub(super) tables: Vec<Vec<u32>>,
    pub(super) calls: Vec<CallSite>,
    pub(super) converts: Vec<Convert>,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) atoms: Vec<Atom>,
    pub(super) barriers: Vec<Barrier>,
    /// Module-scope `.global` variables: name and first content.
    pub(super) globals: Vec<(String, Vec<u8>)>,
    /// All `.const` variables.
    pub(super) constant_bank: Vec<u8>,
    /// Bytes of all static `.shared` variables; dynamic ones start there.
    pub(super) shared: u32,
    /// Some load says `.nc`: what is written must be watched.
    pub(super) watches: bool,
    /// Some `add`, `sub` or `mul` lacks `.rn`: products must be kept.
    pub(super) loose: bool,
    /// Which program this is, among all of the process.
    pub(super) id: u64,
}

/// A function or an entry.
#[derive(Debug, Default)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) entry: bool,
    pub(super) start: u32,
    pub(super) results: Vec<Parameter>,
    pub(super) parameters: Vec<Parameter>,
    /// Results come first, then parameters, then registers.
    pub(super) slots: u32,
    pub(super) names: Vec<String>,
    /// Bytes of `.local` variables.
    pub(super) local: u32,
    pub(super) defined: bool,
    /// `.reqntid` (exact) or `.maxntid` (at most).
    pub(super) block: Option<([u32; 3], bool)>,
}

impl Function {
    pub(super) fn result_slots(&self) -> u32 {
        self.results.iter().map(|parameter| parameter.slots()).sum()
    }

    /// What one activation takes of a thread's local memory. A GPU keeps
    /// registers of callers there; how many is its secret, so four bytes for
    /// each are charged, and for no more than a GPU has for a thread: a long function
    /// has a register for each of its values, and few of them at a time.
    pub(super) fn frame_bytes(&self) -> u32 {
        self.local
            .saturating_add(64)
            .saturating_add(self.slots.min(REGISTERS).saturating_mul(4))
            .next_multiple_of(16)
    }
}

/// A parameter or a result: a scalar in one slot, or an array of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) ty: Type,
    pub(super) array: Option<u32>,
    /// `.reg`, else `.param`.
    pub(super) register: bool,
}

impl Parameter {
    pub(super) fn slots(&self) -> u32 {
        self.array.unwrap_or(1)
    }

    /// Whether a variable like `other` may stand for this.
    pub(super) fn fits(&self, other: &Parameter) -> bool {
        self.array == other.array && self.ty.bits == other.ty.bits
    }
}

impl Program {
    /// Parses a module. Never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Program, PtxError> {
        parse::module(text)
    }

    /// The names of the kernels, in the order of the text.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        self.functions
            .iter()
            .filter(|function| function.entry)
            .map(|function| function.name.as_str())
    }

    /// The entry of this name.
    pub(super) fn entry(&self, name: &str) -> Option<(u32, &Function)> {
        let at = self
            .functions
            .iter()
            .position(|function| function.entry && function.name == name)?;
        Some((u32::try_from(at).ok()?, &self.functions[at]))
    }

    /// The name of a slot of the function that holds instruction `pc`.
    pub(super) fn slot_name(&self, function: u32, slot: Slot) -> String {
        let names = &self.functions[function as usize].names;
        names
            .get(slot as usize)
            .cloned()
            .unwrap_or_else(|| format!("slot {slot}"))
    }
}
