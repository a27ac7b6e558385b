//! From a module of kernels to one that Wasmtime runs.
//!
//! Code is taken over byte by byte. What is not as a CPU has it becomes something
//! that is: imports that ask where a thread is become globals, the arena is a shared
//! memory, fuel is counted as PTX counts it, and NaNs are made canonical where somebody
//! may see their bits.

mod body;
mod fuel;
mod grid;
mod own;
mod sections;

use wasm_encoder::{
    BranchHint, BranchHints, CodeSection, DataCountSection, Function, Module, RawSection,
};
use wasmparser::{BinaryReaderError, Parser, Payload};

use super::reach::Reach;
use super::source::Source;
use super::sure::{self, Guard};
use crate::TrapCode;
use crate::gpu::ir::{self, Op};
pub(super) use own::{Own, function_name, global_name, slot};
use sections::{data, elements, exports, functions, globals, imports, table, types};

/// The module of everything that the rewritten module imports.
pub(super) const HOST: &str = "host";

/// Functions that the host gives: `grow` and `barrier`. All others come after them.
pub(super) const HOST_FUNCTIONS: u32 = 2;
const GROW: u32 = 0;
const BARRIER: u32 = 1;

/// Bytes of straight code that a CPU is done with in about a millisecond.
const SOON: u32 = 1 << 22;

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Form {
    /// Whether fuel is counted.
    pub(super) has_fuel: bool,
    /// The kernel that `run` calls for many threads; else each exported function can
    /// be called.
    pub(super) kernel: Option<u32>,
    /// What is known of the threads of that kernel.
    pub(super) shape: Shape,
}

/// What is known of the threads that run one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    /// They lie in blocks of a grid.
    Blocks,
    /// They lie in a line, and nobody asks for more than a thread's number in it.
    Line,
    /// Besides, none traps, and what [`sure::guard`] finds is so.
    Sure,
}

/// A module for Wasmtime.
pub(super) struct Rewritten {
    pub(super) wasm: Vec<u8>,
    /// Where each instruction came from, in their order.
    pub(super) sites: Vec<Site>,
    /// What may run of it.
    pub(super) reach: Reach,
    /// The most threads that `run` runs at once: it looks whether the launch is
    /// cancelled, or it is over soon.
    pub(super) most_threads: u32,
    /// Pages of the workgroup memory, and the logarithm of their bytes.
    pub(super) workgroup: Option<(u64, u8)>,
}

/// Where an instruction came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site {
    /// Where it stands in the new module, in bytes.
    pub(super) at: usize,
    /// The function it is of in the kernels' module.
    pub(super) function: u32,
    /// Its offset there.
    pub(super) offset: u32,
    /// Why it traps, if that is not what Wasmtime says.
    pub(super) code: Option<TrapCode>,
}

/// The function that runs the kernel for many threads: from a thread's number up to
/// another, then the kernel's parameters.
pub(super) const RUN: &str = "run";

/// What is known while a module is written.
struct Plan<'a> {
    module: &'a ir::Module,
    source: Source<'a>,
    form: Form,
    reach: Reach,
    /// The comparison of which is known what comes of it.
    guard: Option<Guard>,
}

impl Plan<'_> {
    fn own(&self, own: Own) -> u32 {
        u32::try_from(self.module.globals.len()).unwrap_or(u32::MAX) + own.number()
    }

    /// Whether the code looks if the launch is cancelled; else each call of `run` is
    /// over soon.
    fn looks(&self) -> bool {
        self.form.kernel.is_none() || !self.reach.is_straight()
    }

    /// The memory whose first word is not zero if the launch is cancelled.
    fn control(&self) -> u32 {
        u32::try_from(self.source.memories.len()).unwrap_or(u32::MAX)
    }

    fn most_threads(&self) -> u32 {
        match self.form.kernel {
            Some(kernel) if !self.looks() => {
                let body = &self.source.bodies[(kernel - self.source.imports) as usize];
                let bytes = u32::try_from(body.range().len()).unwrap_or(u32::MAX);
                (SOON / bytes.max(1)).max(1)
            }
            _ => u32::MAX,
        }
    }

    /// What an imported function does.
    fn import(&self, function: u32) -> Option<&Op> {
        if function >= self.source.imports {
            return None;
        }
        let block = self.module.functions[function as usize].code.blocks.first();
        Some(&block?.instructions.first()?.op)
    }
}

/// Writes a module.
///
/// # Errors
///
/// Only for modules that were not validated.
pub(super) fn rewrite(
    wasm: &[u8],
    module: &ir::Module,
    form: Form,
) -> Result<Rewritten, BinaryReaderError> {
    let roots = form
        .kernel
        .map_or_else(|| module.roots(), |kernel| vec![kernel]);
    let plan = Plan {
        module,
        source: Source::read(wasm)?,
        form,
        reach: Reach::of(module, &roots),
        guard: match form {
            Form {
                kernel: Some(kernel),
                shape: Shape::Sure,
                ..
            } => sure::guard(&module.functions[kernel as usize].code),
            _ => None,
        },
    };
    let mut out = Module::new();
    out.section(&RawSection {
        id: 1,
        data: &types(&plan),
    });
    out.section(&imports(&plan));
    out.section(&functions(&plan));
    if let Some(functions) = &module.table {
        out.section(&table(functions));
    }
    out.section(&globals(&plan));
    out.section(&exports(&plan));
    if let Some(functions) = &module.table {
        out.section(&elements(functions));
    }
    if !module.data.is_empty() {
        let count = u32::try_from(module.data.len()).unwrap_or(u32::MAX);
        out.section(&DataCountSection { count });
    }
    let all = code(&plan)?;
    let mut hints = BranchHints::new();
    let mut section = CodeSection::new();
    for (index, written) in (HOST_FUNCTIONS..).zip(&all) {
        if !written.hints.is_empty() {
            hints.function_hints(index, written.hints.iter().copied());
        }
        section.function(&written.function);
    }
    if !hints.is_empty() {
        out.section(&hints);
    }
    out.section(&section);
    if !module.data.is_empty() {
        out.section(&data(&module.data));
    }
    let wasm = out.finish();
    let sites = placed(&wasm, all)?;
    let workgroup = plan.source.workgroup().map(|(_, memory)| {
        let page = memory.page_size_log2.unwrap_or(16);
        (memory.initial, u8::try_from(page).unwrap_or(16))
    });
    Ok(Rewritten {
        wasm,
        sites,
        most_threads: plan.most_threads(),
        reach: plan.reach,
        workgroup,
    })
}

/// A function as it is written.
struct Written {
    function: Function,
    /// Where its instructions came from, from its beginning.
    sites: Vec<Site>,
    hints: Vec<BranchHint>,
}

/// All functions.
fn code(plan: &Plan<'_>) -> Result<Vec<Written>, BinaryReaderError> {
    let mut all = Vec::new();
    for (index, runs) in (0_u32..).zip(&plan.reach.runs) {
        all.push(match index.checked_sub(plan.source.imports) {
            _ if !runs => nothing(),
            Some(number) => body::function(plan, index, &plan.source.bodies[number as usize])?,
            None => body::import(plan, index),
        });
    }
    if let Some(kernel) = plan.form.kernel {
        all.push(grid::run(plan, kernel)?);
    }
    Ok(all)
}

/// A function that nobody calls.
fn nothing() -> Written {
    let mut function = Function::new([]);
    function.instructions().unreachable().end();
    Written {
        function,
        sites: Vec::new(),
        hints: Vec::new(),
    }
}

/// The sites of all functions by their place in the whole module.
fn placed(wasm: &[u8], functions: Vec<Written>) -> Result<Vec<Site>, BinaryReaderError> {
    let mut functions = functions.into_iter();
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            let start = body.range().start;
            let sites = functions
                .next()
                .into_iter()
                .flat_map(|written| written.sites);
            all.extend(sites.map(|site| Site {
                at: start + site.at,
                ..site
            }));
        }
    }
    Ok(all)
}
