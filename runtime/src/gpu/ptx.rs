//! Writes a module as PTX, for `sm_80` and newer.
//!
//! Every function becomes a `.func`, every exported one an `.entry` beside it that
//! takes a thread's arguments from memory and leaves its results there. Traps do
//! not use the instruction of that name, which would cost the whole context:
//! a thread writes its number and the site of the trap into a record, the smallest
//! wins, and ends.

mod atomic;
mod bulk;
mod calls;
mod context;
mod control;
mod function;
mod helpers;
mod memory;
mod numeric;
mod stack;
mod table;

use std::fmt::Write as _;

use super::ir::{Module, Signature, Type};
use super::lower::improved;
use crate::TrapCode;
use calls::head;
pub use context::{ENTRY_PARAMETERS, Layout};

/// How much stack a thread's calls may take before they trap, in bytes. A function
/// counts as what all its registers would take, so that the same call traps on
/// every device, whatever a device needs of it.
pub const MOST_STACK: u32 = 128 << 10;

/// What a dispatcher takes more than a function: where in the table, and the first
/// of its sites.
const DISPATCH: &str = ", .param .b32 index, .param .b32 site";

/// The alignment of workgroup memory, and what its size is a multiple of.
const SHARED_ALIGN: u32 = 16;

/// A module as PTX.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The text.
    pub text: String,
    /// What the numbers in a trap record mean.
    pub sites: Vec<Site>,
    /// The entry of each exported function.
    pub entries: Vec<Entry>,
    /// Where things lie in the state that a launch is given.
    pub layout: Layout,
    /// Bytes of dynamic shared memory that every block needs.
    pub shared_bytes: u32,
    /// Bytes of stack that each thread has to have, if that is more than an assembler
    /// finds out: where functions may call themselves. Else 0.
    pub stack_bytes: u32,
    /// What was saved.
    pub stats: Stats,
}

/// What the code does at run time to keep WebAssembly's promises, counted where it
/// stands, and what of it was found to be needless.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Checks of bounds.
    pub bounds: usize,
    /// Accesses whose bounds are checked with another's.
    pub merged_bounds: usize,
    /// Accesses that were checked before, on every way.
    pub known_bounds: usize,
    /// Tests whether an address is aligned.
    pub alignments: usize,
    /// Accesses that are aligned for sure.
    pub known_alignments: usize,
    /// Loads that are done with another.
    pub merged_loads: usize,
    /// Loops that have a version without checks.
    pub versions: usize,
    /// NaNs that are made canonical.
    pub canonical: usize,
    /// Operations that may give a NaN whose bits nobody sees.
    pub unseen: usize,
}

/// Where a thread can trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Why.
    pub code: TrapCode,
    /// The function's index in the module.
    pub function: u32,
    /// Bytes from the beginning of the module.
    pub offset: u32,
}

/// An exported function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name it is exported by.
    pub export: String,
    /// The name of its `.entry`.
    pub symbol: String,
    /// What a thread takes and gives.
    pub signature: Signature,
}

/// Writes the module.
pub fn write(module: &Module) -> Compiled {
    let (module, versions) = &improved(module);
    let callees = table::callees(module);
    let mut writer = Writer {
        module,
        circular: stack::Calls::of(module, &callees).circular,
        layout: Layout::of(module),
        text: String::new(),
        sites: Vec::new(),
        stats: Stats {
            versions: *versions,
            ..Stats::default()
        },
    };
    writer.text.push_str(
        "// Written by tensor-wasm from WebAssembly.\n.version 8.0\n.target sm_80\n\
         .address_size 64\n\n",
    );
    writer.constants();
    writer.prototypes(&callees);
    helpers::write(&mut writer);
    for (index, function) in module.functions.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        function::write(&mut writer, index, &function.code);
    }
    for (number, callees) in callees.iter().enumerate() {
        if let Some(callees) = callees {
            control::dispatch(&mut writer, number, &module.signatures[number], callees);
        }
    }
    for root in module.roots() {
        let signature = module.functions[root as usize].signature;
        let signature = &module.signatures[signature as usize];
        context::entry(&mut writer, &symbol(root), root, signature);
    }
    let Writer {
        text, sites, stats, ..
    } = writer;
    Compiled::of(module, entries(module), text, sites, stats)
}

/// What the entry of a function is called.
pub fn symbol(function: u32) -> String {
    format!("kernel{function}")
}

/// The entries of the exported functions, in their order.
fn entries(module: &Module) -> Vec<Entry> {
    let entry = |(export, index): &(String, u32)| {
        let signature = module.functions[*index as usize].signature;
        Entry {
            export: export.clone(),
            symbol: symbol(*index),
            signature: module.signatures[signature as usize].clone(),
        }
    };
    module.exports.iter().map(entry).collect()
}

impl Compiled {
    /// What was written of a module before: its text, and what goes with it. All else
    /// follows from the module.
    pub(super) fn again(module: &Module, text: String, sites: Vec<Site>, stats: Stats) -> Compiled {
        Compiled::of(module, entries(module), text, sites, stats)
    }

    fn of(
        module: &Module,
        entries: Vec<Entry>,
        text: String,
        sites: Vec<Site>,
        stats: Stats,
    ) -> Compiled {
        Compiled {
            text,
            sites,
            entries,
            layout: Layout::of(module),
            shared_bytes: module.workgroup_bytes.next_multiple_of(SHARED_ALIGN),
            stack_bytes: stack::needed(module),
            stats,
        }
    }
}

/// What has been written so far.
struct Writer<'m> {
    module: &'m Module,
    layout: Layout,
    text: String,
    sites: Vec<Site>,
    stats: Stats,
    /// Functions that may come to call themselves.
    circular: Vec<bool>,
}

impl Writer<'_> {
    /// Sites for traps of these codes at one place, one after the other; the
    /// number of the first.
    fn sites(&mut self, codes: &[TrapCode], function: u32, offset: u32) -> usize {
        let first = self.sites.len();
        self.sites.extend(codes.iter().map(|code| Site {
            code: *code,
            function,
            offset,
        }));
        first
    }

    /// What is said beside the number of such sites: why, and where in the module.
    fn said(codes: &[TrapCode], function: u32, offset: u32) -> String {
        let codes: Vec<String> = codes.iter().map(TrapCode::to_string).collect();
        let codes = codes.join(" or ");
        format!("    // {codes}, function {function}, at offset {offset:#x}")
    }

    fn constants(&mut self) {
        if self.module.workgroup_bytes > 0 {
            let _ = writeln!(
                self.text,
                "// What each block has for itself.\n\
                 .extern .shared .align {SHARED_ALIGN} .b8 workgroup[];\n"
            );
        }
        if let Some(table) = self.module.table.as_ref().filter(|table| !table.is_empty()) {
            let items = table.iter().map(|item| item.map_or(0, |index| index + 1));
            let items: Vec<String> = items.map(|item| item.to_string()).collect();
            let _ = writeln!(
                self.text,
                "// The table: a function's index and one, or 0 for null.\n\
                 .global .align 4 .b32 table[{}] = {{{}}};\n",
                items.len(),
                items.join(", ")
            );
        }
        for (number, data) in self.module.data.iter().enumerate() {
            if data.offset.is_none() && !data.bytes.is_empty() {
                let bytes: Vec<String> = data.bytes.iter().map(u8::to_string).collect();
                let _ = writeln!(
                    self.text,
                    ".global .align 1 .b8 data{number}[{}] = {{{}}};\n",
                    bytes.len(),
                    bytes.join(", ")
                );
            }
        }
    }

    /// Functions call each other in any order.
    fn prototypes(&mut self, callees: &[Option<Vec<u32>>]) {
        for (index, function) in self.module.functions.iter().enumerate() {
            let signature = &self.module.signatures[function.signature as usize];
            let head = head(&format!("f{index}"), "", signature);
            let _ = writeln!(self.text, "{head};");
        }
        for (number, signature) in self.module.signatures.iter().enumerate() {
            if callees[number].is_some() {
                let head = head(&format!("dispatch{number}"), DISPATCH, signature);
                let _ = writeln!(self.text, "{head};");
            }
        }
        self.text.push('\n');
    }
}

/// A name from the module, which may hold anything, for a comment.
fn printable(name: &Option<String>) -> String {
    let name = name.as_deref().unwrap_or("without a name");
    name.chars()
        .take(100)
        .map(|sign| match sign.is_ascii_graphic() || sign == ' ' {
            true => sign,
            false => '?',
        })
        .collect()
}

/// The register of a value, or of a parameter where a function has no values.
fn register(ty: Type, number: usize) -> String {
    match ty.bits() {
        32 => format!("%r{number}"),
        _ => format!("%rd{number}"),
    }
}

/// The register class and width of a type.
fn bits(ty: Type) -> &'static str {
    match ty.bits() {
        32 => "b32",
        _ => "b64",
    }
}
