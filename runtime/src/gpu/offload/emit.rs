//! Parts of a function as kernels of a module of their own.
//!
//! An iteration of a loop has no way back, so its blocks can be written one after
//! the other, each behind all that jump to it. Values are locals.

mod opcode;
mod writer;

use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, FunctionSection, ImportSection, MemoryType,
    Module, TypeSection, ValType,
};

use super::graph::Loop;
use super::values::Values;
use crate::gpu::ir::{Code, MemoryLimits, Value};
use writer::Writer;

/// The function of the module that tells a thread its number.
const ID: u32 = 0;

/// What becomes a kernel.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The loop; none for one block that runs once.
    pub(super) within: Option<Loop>,
    /// The block, or the loop's first one.
    pub(super) block: usize,
    /// The parameters of the loop's first block that count.
    pub(super) counters: Vec<Value>,
}

/// What a kernel takes, in this order: the values of before; for each counter its
/// first value and its step; and how many threads there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Takes {
    /// Values of before.
    pub(super) values: Vec<Value>,
    /// Counters that the kernel needs.
    pub(super) counters: Vec<Value>,
}

/// The name of a kernel.
pub(super) fn name(number: usize) -> String {
    format!("part{number}")
}

/// A module with a kernel of each part, and what each takes; none if a part is too
/// deep.
pub(super) fn module(
    code: &Code,
    values: &Values,
    memory: Option<MemoryLimits>,
    parts: &[Part],
) -> Option<(Vec<u8>, Vec<Takes>)> {
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    let mut imports = ImportSection::new();
    imports.import("gpu", "global_id_x", EntityType::Function(ID));
    if let Some(memory) = memory {
        imports.import(
            "gpu",
            "memory",
            EntityType::Memory(MemoryType {
                minimum: memory.initial,
                maximum: Some(memory.maximum),
                memory64: false,
                shared: false,
                page_size_log2: None,
            }),
        );
    }
    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut bodies = CodeSection::new();
    let mut all = Vec::new();
    for (number, part) in (1..).zip(parts) {
        let (params, body, takes) = Writer::new(code, values, part).write()?;
        types.ty().function(params, []);
        functions.function(number);
        exports.export(&name(all.len()), ExportKind::Func, ID + number);
        bodies.function(&body);
        all.push(takes);
    }
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&exports)
        .section(&bodies);
    Some((module.finish(), all))
}
