//! What is declared around the code.

use wasm_encoder::{
    ConstExpr, DataSection, ElementSection, Elements, Encode as _, EntityType, ExportKind,
    ExportSection, FunctionSection, GlobalSection, GlobalType, Ieee32, Ieee64, ImportSection,
    MemoryType, RefType, TableSection, TableType, ValType,
};

use super::{HOST, HOST_FUNCTIONS, Own, Plan, RUN, function_name, global_name};
use crate::gpu::ir::{self, Type};

/// The most pages that any arena has.
const MOST_PAGES: u64 = 65_536;

/// The module's types, and those of the host's functions and of `run`.
pub(super) fn types(plan: &Plan<'_>) -> Vec<u8> {
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

pub(super) fn params(module: &ir::Module, function: u32) -> Vec<ValType> {
    let signature = module.functions[function as usize].signature;
    let params = module.signatures[signature as usize].params.iter();
    params.map(|ty| val_type(*ty)).collect()
}

pub(super) fn val_type(ty: Type) -> ValType {
    match ty {
        Type::I32 => ValType::I32,
        Type::I64 => ValType::I64,
        Type::F32 => ValType::F32,
        Type::F64 => ValType::F64,
    }
}

pub(super) fn imports(plan: &Plan<'_>) -> ImportSection {
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
    let control = MemoryType {
        minimum: 1,
        maximum: Some(1),
        memory64: false,
        shared: true,
        page_size_log2: None,
    };
    imports.import(HOST, "control", EntityType::Memory(control));
    imports
}

/// Globals of the module, then ours. All can be set: the host gives each thread
/// those that the launch says.
pub(super) fn globals(plan: &Plan<'_>) -> GlobalSection {
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

pub(super) fn exports(plan: &Plan<'_>) -> ExportSection {
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
    for index in module.roots() {
        let name = function_name(index);
        exports.export(&name, ExportKind::Func, HOST_FUNCTIONS + index);
    }
    exports
}

pub(super) fn elements(table: &[Option<u32>]) -> ElementSection {
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

/// The module's functions, and the one that runs many threads.
pub(super) fn functions(plan: &Plan<'_>) -> FunctionSection {
    let mut functions = FunctionSection::new();
    for ty in &plan.source.functions {
        functions.function(*ty);
    }
    if plan.form.kernel.is_some() {
        functions.function(plan.source.type_count + 2);
    }
    functions
}

pub(super) fn table(table: &[Option<u32>]) -> TableSection {
    let length = table.len() as u64;
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: length,
        maximum: Some(length),
        shared: false,
    });
    tables
}

pub(super) fn data(data: &[ir::Data]) -> DataSection {
    let mut section = DataSection::new();
    for segment in data {
        // The others were copied, and dropped, when the instance was made.
        let is_passive = segment.offset.is_none();
        section.passive(if is_passive {
            segment.bytes.clone()
        } else {
            Vec::new()
        });
    }
    section
}
