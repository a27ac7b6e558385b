//! From a module of kernels to one that Wasmtime runs.
//!
//! Code is taken over byte by byte. What is not as a CPU has it becomes something
//! that is: imports that ask where a thread is become globals, the arena is a shared
//! memory, and fuel is counted as PTX counts it.

mod body;
mod fuel;
mod grid;

use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, Encode as _,
    EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType,
    Ieee32, Ieee64, ImportSection, MemoryType, Module, RawSection, RefType, TableSection,
    TableType, ValType,
};
use wasmparser::{BinaryReaderError, Parser, Payload};

use super::reach::Reach;
use super::source::Source;
use crate::TrapCode;
use crate::gpu::ir::{self, Axis, Op, Position, Type};

/// The module of everything that the rewritten module imports.
pub(super) const HOST: &str = "host";

/// Functions that the host gives: `grow` and `barrier`. All others come after them.
pub(super) const HOST_FUNCTIONS: u32 = 2;
const GROW: u32 = 0;
const BARRIER: u32 = 1;

/// The most pages that any arena has.
const MOST_PAGES: u64 = 65_536;

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Form {
    /// Whether fuel is counted.
    pub(super) has_fuel: bool,
    /// The kernel that `run` calls for many threads; else each exported function can
    /// be called.
    pub(super) kernel: Option<u32>,
}

/// A module for Wasmtime.
pub(super) struct Rewritten {
    pub(super) wasm: Vec<u8>,
    /// Where each instruction came from, in their order.
    pub(super) sites: Vec<Site>,
    /// What may run of it.
    pub(super) reach: Reach,
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

/// A global that is not the module's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// The number of the thread that runs.
    Thread,
    /// Where it is; 12 of them, as [`slot`] numbers them.
    Position(u32),
    /// What fuel is left.
    Fuel,
    /// What fuel a thread begins with.
    Full,
    /// Where shadow stacks begin.
    Stacks,
    /// Bytes of a shadow stack; 0 if the module's own is used.
    StackBytes,
    /// Written where `unreachable` follows, and never read.
    Trapped,
    /// What a global of the module begins with.
    Initial(u32),
}

impl Own {
    /// How many there are beside [`Own::Initial`].
    const COUNT: u32 = 18;

    fn number(self) -> u32 {
        match self {
            Own::Thread => 0,
            Own::Position(slot) => 1 + slot,
            Own::Fuel => 13,
            Own::Full => 14,
            Own::Stacks => 15,
            Own::StackBytes => 16,
            Own::Trapped => 17,
            Own::Initial(global) => Own::COUNT + global,
        }
    }

    /// What it is exported as.
    pub(super) fn name(self) -> String {
        format!("own{}", self.number())
    }
}

/// What a global of the module is exported as.
pub(super) fn global_name(index: usize) -> String {
    format!("g{index}")
}

/// What a function of the module is exported as.
pub(super) fn function_name(index: u32) -> String {
    format!("f{index}")
}

/// The function that runs the kernel for many threads: from a thread's number up to
/// another, then the kernel's parameters.
pub(super) const RUN: &str = "run";

/// Dimensions: of a thread in its block, of its block in the grid, of blocks, of the
/// grid, each x, y, z.
pub(super) fn slot(position: Position) -> Option<u32> {
    let number = |axis| match axis {
        Axis::X => 0,
        Axis::Y => 1,
        Axis::Z => 2,
    };
    Some(match position {
        Position::ThreadId(axis) => number(axis),
        Position::BlockId(axis) => 3 + number(axis),
        Position::BlockDim(axis) => 6 + number(axis),
        Position::GridDim(axis) => 9 + number(axis),
        Position::GlobalId(_) => return None,
    })
}

/// What is known while a module is written.
struct Plan<'a> {
    module: &'a ir::Module,
    source: Source<'a>,
    form: Form,
    reach: Reach,
}

impl Plan<'_> {
    fn own(&self, own: Own) -> u32 {
        u32::try_from(self.module.globals.len()).unwrap_or(u32::MAX) + own.number()
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
    let all: Vec<u32> = module.exports.iter().map(|(_, index)| *index).collect();
    let roots = form.kernel.map_or(all, |kernel| vec![kernel]);
    let plan = Plan {
        module,
        source: Source::read(wasm)?,
        form,
        reach: Reach::of(module, &roots),
    };
    let mut out = Module::new();
    out.section(&RawSection {
        id: 1,
        data: &types(&plan),
    });
    out.section(&imports(&plan));
    let mut functions = FunctionSection::new();
    for ty in &plan.source.functions {
        functions.function(*ty);
    }
    if form.kernel.is_some() {
        functions.function(plan.source.type_count + 2);
    }
    out.section(&functions);
    if let Some(table) = &module.table {
        let length = table.len() as u64;
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: length,
            maximum: Some(length),
            shared: false,
        });
        out.section(&tables);
    }
    out.section(&globals(&plan));
    out.section(&exports(&plan));
    if let Some(table) = &module.table {
        out.section(&elements(table));
    }
    if !module.data.is_empty() {
        let count = u32::try_from(module.data.len()).unwrap_or(u32::MAX);
        out.section(&DataCountSection { count });
    }
    let (code, places) = code(&plan)?;
    out.section(&code);
    if !module.data.is_empty() {
        let mut data = DataSection::new();
        for segment in &module.data {
            // The others were copied, and dropped, when the instance was made.
            let is_passive = segment.offset.is_none();
            data.passive(if is_passive {
                segment.bytes.clone()
            } else {
                Vec::new()
            });
        }
        out.section(&data);
    }
    let wasm = out.finish();
    let sites = placed(&wasm, places)?;
    let workgroup = plan.source.workgroup().map(|(_, memory)| {
        let page = memory.page_size_log2.unwrap_or(16);
        (memory.initial, u8::try_from(page).unwrap_or(16))
    });
    Ok(Rewritten {
        wasm,
        sites,
        reach: plan.reach,
        workgroup,
    })
}

/// The module's types, and those of the host's functions and of `run`.
fn types(plan: &Plan<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let more = if plan.form.kernel.is_some() { 3 } else { 2 };
    (plan.source.type_entries + more).encode(&mut bytes);
    bytes.extend(&plan.source.wasm[plan.source.types.clone()]);
    let mut push = |params: &[ValType], results: &[ValType]| {
        bytes.push(0x60);
        params.encode(&mut bytes);
        results.encode(&mut bytes);
    };
    push(&[ValType::I32], &[ValType::I32]);
    push(&[], &[]);
    if let Some(kernel) = plan.form.kernel {
        let params = params(plan.module, kernel);
        let range = [ValType::I32; 2];
        push(&[range.as_slice(), &params].concat(), &[]);
    }
    bytes
}

fn params(module: &ir::Module, function: u32) -> Vec<ValType> {
    let signature = module.functions[function as usize].signature;
    let params = module.signatures[signature as usize].params.iter();
    params.map(|ty| val_type(*ty)).collect()
}

fn val_type(ty: Type) -> ValType {
    match ty {
        Type::I32 => ValType::I32,
        Type::I64 => ValType::I64,
        Type::F32 => ValType::F32,
        Type::F64 => ValType::F64,
    }
}

fn imports(plan: &Plan<'_>) -> ImportSection {
    let mut imports = ImportSection::new();
    let first = plan.source.type_count;
    imports.import(HOST, "grow", EntityType::Function(first));
    imports.import(HOST, "barrier", EntityType::Function(first + 1));
    for memory in &plan.source.memories {
        let (name, ty) = match memory {
            Some(own) => (
                "workgroup",
                MemoryType {
                    minimum: own.initial,
                    maximum: Some(own.initial),
                    memory64: false,
                    shared: true,
                    page_size_log2: own.page_size_log2,
                },
            ),
            None => (
                "arena",
                MemoryType {
                    minimum: 0,
                    maximum: Some(MOST_PAGES),
                    memory64: false,
                    shared: true,
                    page_size_log2: None,
                },
            ),
        };
        imports.import(HOST, name, EntityType::Memory(ty));
    }
    imports
}

/// Globals of the module, then ours. All can be set: the host gives each thread
/// those that the launch says.
fn globals(plan: &Plan<'_>) -> GlobalSection {
    let mut globals = GlobalSection::new();
    let mut push = |ty, bits: u64| {
        let mutable = GlobalType {
            val_type: val_type(ty),
            mutable: true,
            shared: false,
        };
        globals.global(mutable, &constant(ty, bits));
    };
    for global in &plan.module.globals {
        push(global.ty, global.bits);
    }
    for number in 0..Own::COUNT {
        let is_long = [Own::Fuel, Own::Full]
            .iter()
            .any(|own| own.number() == number);
        push(if is_long { Type::I64 } else { Type::I32 }, 0);
    }
    for global in &plan.module.globals {
        push(global.ty, global.bits);
    }
    globals
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "32 bits are the lower half"
)]
fn constant(ty: Type, bits: u64) -> ConstExpr {
    match ty {
        Type::I32 => ConstExpr::i32_const((bits as u32).cast_signed()),
        Type::I64 => ConstExpr::i64_const(bits.cast_signed()),
        Type::F32 => ConstExpr::f32_const(Ieee32::new(bits as u32)),
        Type::F64 => ConstExpr::f64_const(Ieee64::new(bits)),
    }
}

fn exports(plan: &Plan<'_>) -> ExportSection {
    let mut exports = ExportSection::new();
    let module = plan.module;
    for index in 0..module.globals.len() {
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        exports.export(&global_name(index), ExportKind::Global, number);
        let initial = Own::Initial(number);
        exports.export(&initial.name(), ExportKind::Global, plan.own(initial));
    }
    let positions = (0..12).map(Own::Position);
    let others = [
        Own::Thread,
        Own::Fuel,
        Own::Full,
        Own::Stacks,
        Own::StackBytes,
    ];
    for own in positions.chain(others) {
        exports.export(&own.name(), ExportKind::Global, plan.own(own));
    }
    if plan.form.kernel.is_some() {
        let all = u32::try_from(plan.source.functions.len()).unwrap_or(u32::MAX);
        exports.export(RUN, ExportKind::Func, HOST_FUNCTIONS + all);
        return exports;
    }
    let mut functions: Vec<u32> = module.exports.iter().map(|(_, index)| *index).collect();
    functions.sort_unstable();
    functions.dedup();
    for index in functions {
        let name = function_name(index);
        exports.export(&name, ExportKind::Func, HOST_FUNCTIONS + index);
    }
    exports
}

fn elements(table: &[Option<u32>]) -> ElementSection {
    let items: Vec<ConstExpr> = table
        .iter()
        .map(|function| match function {
            Some(index) => ConstExpr::ref_func(HOST_FUNCTIONS + index),
            None => ConstExpr::ref_null(wasm_encoder::HeapType::FUNC),
        })
        .collect();
    let mut elements = ElementSection::new();
    let items = Elements::Expressions(RefType::FUNCREF, items.into());
    elements.active(None, &ConstExpr::i32_const(0), items);
    elements
}

/// All functions, and where each one's instructions came from, from its beginning.
fn code(plan: &Plan<'_>) -> Result<(CodeSection, Vec<Vec<Site>>), BinaryReaderError> {
    let mut section = CodeSection::new();
    let mut places = Vec::new();
    for (index, runs) in (0_u32..).zip(&plan.reach.runs) {
        let (function, sites) = match index.checked_sub(plan.source.imports) {
            _ if !runs => (nothing(), Vec::new()),
            Some(number) => body::function(plan, index, &plan.source.bodies[number as usize])?,
            None => (body::import(plan, index), Vec::new()),
        };
        section.function(&function);
        places.push(sites);
    }
    if let Some(kernel) = plan.form.kernel {
        let (function, sites) = grid::run(plan, kernel)?;
        section.function(&function);
        places.push(sites);
    }
    Ok((section, places))
}

/// A function that nobody calls.
fn nothing() -> Function {
    let mut function = Function::new([]);
    function.instructions().unreachable().end();
    function
}

/// The sites of all functions by their place in the whole module.
fn placed(wasm: &[u8], places: Vec<Vec<Site>>) -> Result<Vec<Site>, BinaryReaderError> {
    let mut places = places.into_iter();
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            let start = body.range().start;
            let sites = places.next().into_iter().flatten();
            all.extend(sites.map(|site| Site {
                at: start + site.at,
                ..site
            }));
        }
    }
    Ok(all)
}
