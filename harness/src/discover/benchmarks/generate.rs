//! Modules that are made here, because they are too large to be committed:
//! thousands of functions that differ, for the time it takes to compile them.
//! The same parameters give the same bytes on every machine.

mod body;
mod random;

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, ExportKind, ExportSection,
    FunctionSection, GlobalSection, GlobalType, MemorySection, MemoryType, Module, RefType,
    TableSection, TableType, TypeSection, ValType,
};

use super::store;
use crate::model::InputError;
use random::Random;

/// What may be asked for.
const MOST_FUNCTIONS: u32 = 50_000;
const MOST_DATA: u32 = 64 << 20;

/// How many signatures there are, and mutable globals of each type.
const SIGNATURES: usize = 24;
const GLOBALS: u32 = 4;

/// Bytes of a page of memory.
const PAGE: u32 = 64 << 10;

/// Numeric types, in the order of their globals.
const TYPES: [ValType; 4] = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];

/// `benchmark.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    generate: Parameters,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    seed: u32,
    functions: Spanned<u32>,
    data_bytes: Spanned<u32>,
}

/// Reads a description.
pub(super) fn read(file: &Path) -> Result<Parameters, InputError> {
    let bytes = store::read_module(file)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| InputError::file(file, "is not UTF-8; expected TOML"))?;
    let description: Description =
        toml::from_str(&text).map_err(|error| InputError::toml(file, &text, &error))?;
    let parameters = description.generate;
    for (name, number, most) in [
        ("functions", &parameters.functions, MOST_FUNCTIONS),
        ("data_bytes", &parameters.data_bytes, MOST_DATA),
    ] {
        if !(1..=most).contains(number.get_ref()) {
            let message = format!("`{name}` must be from 1 to {most}");
            return Err(InputError::at(file, &text, number.span().start, message));
        }
    }
    Ok(parameters)
}

/// A function's type: one result, so that it can stand in an expression.
struct Signature {
    parameters: Vec<ValType>,
    result: ValType,
}

/// What bodies may refer to.
struct Shape {
    signatures: Vec<Signature>,
    /// The index of the signature of each function.
    functions: Vec<usize>,
}

/// The module. It imports nothing and has no start function.
pub(super) fn module(parameters: &Parameters) -> Vec<u8> {
    let mut random = Random::new(parameters.seed);
    let shape = shape(*parameters.functions.get_ref(), &mut random);
    let count = *parameters.functions.get_ref();
    let mut types = TypeSection::new();
    for signature in &shape.signatures {
        let of = signature.parameters.iter().copied();
        types.ty().function(of, [signature.result]);
    }
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for signature in &shape.functions {
        functions.function(u32::try_from(*signature).unwrap_or(0));
        code.function(&body::function(&shape, *signature, &mut random));
    }
    let data = data(*parameters.data_bytes.get_ref(), &mut random);
    let pages = u64::from(data_pages(&data));
    let mut table = TableSection::new();
    table.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: u64::from(table_size(count)),
        maximum: Some(u64::from(table_size(count))),
        shared: false,
    });
    let mut memory = MemorySection::new();
    memory.memory(MemoryType {
        minimum: pages,
        maximum: Some(pages),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let in_table: Vec<u32> = (0..table_size(count))
        .map(|_| random.below(count))
        .collect();
    let mut elements = ElementSection::new();
    elements.active(
        None,
        &ConstExpr::i32_const(0),
        Elements::Functions(in_table.into()),
    );
    let mut segments = DataSection::new();
    segments.active(0, &ConstExpr::i32_const(0), data);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&table)
        .section(&memory)
        .section(&globals())
        .section(&exports(count))
        .section(&elements)
        .section(&code)
        .section(&segments);
    module.finish()
}

/// A power of two, so that an index is cut off by a mask.
fn table_size(functions: u32) -> u32 {
    functions.min(1024).next_power_of_two()
}

fn data_pages(data: &[u8]) -> u32 {
    u32::try_from(data.len()).map_or(u32::MAX, |length| length.div_ceil(PAGE))
}

fn shape(count: u32, random: &mut Random) -> Shape {
    let signatures: Vec<Signature> = (0..SIGNATURES)
        .map(|number| Signature {
            parameters: (0..random.below(6)).map(|_| *random.of(&TYPES)).collect(),
            // Each type is the result of some.
            result: TYPES[number % TYPES.len()],
        })
        .collect();
    let functions = (0..count)
        .map(|number| {
            // The first functions take each signature once.
            let first = usize::try_from(number).unwrap_or(usize::MAX);
            if first < SIGNATURES {
                first
            } else {
                random.index(SIGNATURES)
            }
        })
        .collect();
    Shape {
        signatures,
        functions,
    }
}

/// Words that repeat with changes, as tables and texts in programs do.
fn data(length: u32, random: &mut Random) -> Vec<u8> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let mut data = Vec::with_capacity(length + 4);
    let mut word = 0u32;
    while data.len() < length {
        if random.below(4) == 0 {
            word = random.below(u32::MAX);
        }
        data.extend(word.to_le_bytes());
    }
    data.truncate(length);
    data
}

fn globals() -> GlobalSection {
    let mut globals = GlobalSection::new();
    for val_type in TYPES {
        let start = match val_type {
            ValType::I64 => ConstExpr::i64_const(1),
            ValType::F32 => ConstExpr::f32_const(1.0f32.into()),
            ValType::F64 => ConstExpr::f64_const(1.0f64.into()),
            _ => ConstExpr::i32_const(1),
        };
        for _ in 0..GLOBALS {
            let global = GlobalType {
                val_type,
                mutable: true,
                shared: false,
            };
            globals.global(global, &start);
        }
    }
    globals
}

/// Every sixteenth function can be called from outside, and the memory seen.
fn exports(functions: u32) -> ExportSection {
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    for function in (0..functions).step_by(16) {
        exports.export(&format!("f{function}"), ExportKind::Func, function);
    }
    exports
}
