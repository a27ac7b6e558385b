//! From the binary format to [`Module`].

mod body;
mod memory;
mod numeric;
mod opcode;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use wasmparser::{
    BinaryReaderError, CompositeInnerType, ConstExpr, DataKind, ElementItems, ElementKind,
    ExternalKind, FunctionBody, KnownCustom, MemoryType, Name, Operator, Parser, Payload, TypeRef,
    ValType, Validator, WasmFeatures,
};

use super::{
    Axis, Block, Code, Data, Function, Global, Instruction, MemoryLimits, Module, Op, Position,
    Refused, Signature, Space, Terminator, Type, Value,
};

/// The most bytes of code, values, what jumps and returns take along, parameters and
/// results of functions, and entries of tables together: a module of some bytes must
/// not ask for gigabytes here.
const MOST_PARTS: usize = 4 << 20;

/// What is said of a module that has more.
const TOO_LARGE: &str = "a module too large for a kernel";

/// The largest module.
const LARGEST_MODULE: usize = 64 << 20;

/// The most memory a block can have for itself on an H100, in bytes: CUDA C++
/// Programming Guide, "Compute Capability 9.0".
const MOST_WORKGROUP: u64 = 227 << 10;

/// What linkers call the pointer to the shadow stack: the tool conventions of
/// WebAssembly, "Linking".
const STACK_POINTER: &str = "__stack_pointer";

/// What linkers call the ends of variables in memory, and of the stack behind them.
const ENDS: [&str; 2] = ["__data_end", "__heap_base"];

/// What is understood. SIMD, exceptions, garbage collection and memories of 64
/// bits are not.
pub(in crate::gpu) const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::THREADS)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::GC_TYPES);

impl From<BinaryReaderError> for Refused {
    fn from(error: BinaryReaderError) -> Refused {
        Refused::new(error.message(), error.offset())
    }
}

/// What the validator refuses, with the function and the instruction it is about.
fn named(wasm: &[u8], refused: Refused) -> Refused {
    match opcode::at(wasm, refused.offset) {
        Some((function, instruction)) => Refused {
            function: Some(function),
            instruction,
            ..refused
        },
        None => refused,
    }
}

/// Validates a module and builds it.
///
/// # Errors
///
/// It is not valid, or uses what kernels do not have.
pub fn build(wasm: &[u8]) -> Result<Module, Refused> {
    if wasm.len() > LARGEST_MODULE {
        return Err(Refused::new(
            format!("a module of more than {} MiB", LARGEST_MODULE >> 20),
            0,
        ));
    }
    Validator::new_with_features(FEATURES)
        .validate_all(wasm)
        .map_err(|error| named(wasm, error.into()))?;
    let mut sections = Sections::default();
    for payload in Parser::new(0).parse_all(wasm) {
        sections.take(payload?)?;
    }
    sections.finish()
}

/// What has been read so far.
#[derive(Default)]
struct Sections<'a> {
    signatures: Vec<Signature>,
    /// Where each of them is.
    known: HashMap<Signature, u32>,
    /// By the type's index in the module: functions of equal types are of one.
    types: Vec<Option<u32>>,
    functions: Vec<Function>,
    bodies: Vec<FunctionBody<'a>>,
    globals: Vec<Global>,
    memory: Option<MemoryLimits>,
    /// What each memory is, by its index.
    spaces: Vec<Space>,
    workgroup: Option<Workgroup>,
    /// What each imported function does.
    imports: Vec<Op>,
    has_barrier: bool,
    stack_pointer: Option<u32>,
    has_statics: bool,
    table: Option<Vec<Option<u32>>>,
    data: Vec<Data>,
    exports: Vec<(String, u32)>,
    start: Option<u32>,
    names: BTreeMap<u32, String>,
    parts: usize,
}

/// The memory that each block has for itself.
#[derive(Clone, Copy)]
struct Workgroup {
    pages: u64,
    bytes: u32,
}

impl<'a> Sections<'a> {
    fn take(&mut self, payload: Payload<'a>) -> Result<(), Refused> {
        match payload {
            Payload::TypeSection(types) => {
                for group in types.into_iter_with_offsets() {
                    let (offset, group) = group?;
                    for ty in group.into_types() {
                        let signature = match &ty.composite_type.inner {
                            CompositeInnerType::Func(function) => {
                                signature(function.params(), function.results())
                            }
                            _ => return Err(Refused::new("a type of no function", offset)),
                        };
                        let signature = signature.map(|signature| self.interned(signature));
                        self.types.push(signature);
                    }
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports_with_offsets() {
                    let (offset, import) = import?;
                    self.import(import.module, import.name, import.ty, offset)?;
                }
            }
            Payload::FunctionSection(functions) => {
                for function in functions.into_iter_with_offsets() {
                    let (offset, ty) = function?;
                    let signature = self.signature(ty, offset)?;
                    self.functions.push(Function {
                        signature,
                        name: None,
                        code: Code::default(),
                    });
                }
            }
            Payload::TableSection(tables) => {
                for table in tables.into_iter_with_offsets() {
                    let (offset, table) = table?;
                    if self.table.is_some() {
                        return Err(Refused::new("a second table", offset));
                    }
                    if !table.ty.element_type.is_func_ref() {
                        return Err(Refused::new(
                            "a table of other things than functions",
                            offset,
                        ));
                    }
                    let length = usize::try_from(table.ty.initial).unwrap_or(usize::MAX);
                    self.count(length, offset)?;
                    self.table = Some(vec![None; length]);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories.into_iter_with_offsets() {
                    let (offset, memory) = memory?;
                    self.arena(memory, offset)?;
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals.into_iter_with_offsets() {
                    let (offset, global) = global?;
                    let ty = number(global.ty.content_type)
                        .ok_or_else(|| Refused::new("a global that is no number", offset))?;
                    let bits = self.constant(&global.init_expr, offset)?;
                    self.globals.push(Global { ty, bits });
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    match export.kind {
                        ExternalKind::Func => {
                            self.exports.push((export.name.to_owned(), export.index));
                        }
                        ExternalKind::Global if export.name == STACK_POINTER => {
                            self.stack_pointer = Some(export.index);
                        }
                        ExternalKind::Global if ENDS.contains(&export.name) => {
                            self.has_statics = true;
                        }
                        _ => {}
                    }
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(elements) => {
                for element in elements.into_iter_with_offsets() {
                    let (offset, element) = element?;
                    self.element(element, offset)?;
                }
            }
            Payload::DataSection(data) => {
                for data in data.into_iter_with_offsets() {
                    let (at, data) = data?;
                    let offset = match &data.kind {
                        DataKind::Passive => None,
                        DataKind::Active {
                            memory_index,
                            offset_expr,
                        } => {
                            if self.spaces[*memory_index as usize] == Space::Workgroup {
                                return Err(Refused::new("data for workgroup memory", at));
                            }
                            Some(self.constant(offset_expr, at)? & 0xffff_ffff)
                        }
                    };
                    self.data.push(Data {
                        offset,
                        bytes: data.data.to_vec(),
                        dropped: None,
                    });
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(names) = custom.as_known() {
                    // Names are for people; malformed ones are none.
                    for name in names.into_iter().flatten() {
                        match name {
                            Name::Function(names) => {
                                for name in names.into_iter().flatten() {
                                    self.names.insert(name.index, name.name.to_owned());
                                }
                            }
                            Name::Global(names) => {
                                let mut names = names.into_iter().flatten();
                                let found = names.find(|name| name.name == STACK_POINTER);
                                self.stack_pointer =
                                    self.stack_pointer.or(found.map(|name| name.index));
                            }
                            _ => {}
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, parts: usize, offset: usize) -> Result<(), Refused> {
        self.parts = self.parts.saturating_add(parts);
        if self.parts > MOST_PARTS {
            return Err(Refused::new(TOO_LARGE, offset));
        }
        Ok(())
    }

    fn interned(&mut self, signature: Signature) -> u32 {
        let next = u32::try_from(self.signatures.len()).unwrap_or(u32::MAX);
        match self.known.entry(signature) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                self.signatures.push(place.key().clone());
                *place.insert(next)
            }
        }
    }

    /// Counts what a function takes and gives, where it is written once more.
    fn count_signature(&mut self, function: u32, offset: usize) -> Result<(), Refused> {
        let signature = self.functions[function as usize].signature;
        let signature = &self.signatures[signature as usize];
        self.count(signature.params.len() + signature.results.len(), offset)
    }

    fn signature(&self, ty: u32, offset: usize) -> Result<u32, Refused> {
        let known = self.types.get(ty as usize).copied().flatten();
        known.ok_or_else(|| Refused::new("a function of other types than numbers", offset))
    }

    /// The memory that is the arena.
    fn arena(&mut self, memory: MemoryType, offset: usize) -> Result<(), Refused> {
        if self.memory.is_some() {
            return Err(Refused::new(
                "a second memory that is not `gpu` `workgroup`",
                offset,
            ));
        }
        if memory.page_size_log2.is_some_and(|log2| log2 != 16) {
            return Err(Refused::new("an arena of other pages than 64 KiB", offset));
        }
        self.spaces.push(Space::Arena);
        self.memory = Some(MemoryLimits {
            initial: memory.initial,
            maximum: memory.maximum.unwrap_or(65_536).min(65_536),
        });
        Ok(())
    }

    fn import(
        &mut self,
        module: &str,
        name: &str,
        ty: TypeRef,
        offset: usize,
    ) -> Result<(), Refused> {
        match (module, name, ty) {
            ("gpu", "memory", TypeRef::Memory(memory)) => self.arena(memory, offset),
            ("gpu", "workgroup", TypeRef::Memory(memory)) => self.workgroup(memory, offset),
            ("gpu", "barrier", TypeRef::Func(ty)) => {
                self.has_barrier = true;
                self.import_function(name, ty, Op::Barrier, &[], offset)
            }
            ("gpu", _, TypeRef::Func(ty)) if Position::named(name).is_some() => {
                let position = Position::named(name).unwrap_or(Position::GlobalId(Axis::X));
                self.import_function(name, ty, Op::Position(position), &[Type::I32], offset)
            }
            _ => Err(Refused::new(
                format!("the import `{module}` `{name}`: kernels have no host to ask"),
                offset,
            )),
        }
    }

    fn workgroup(&mut self, memory: MemoryType, offset: usize) -> Result<(), Refused> {
        if self.workgroup.is_some() {
            return Err(Refused::new("a second workgroup memory", offset));
        }
        let page = memory.page_size_log2.unwrap_or(16);
        let bytes = memory.initial.checked_shl(page).unwrap_or(u64::MAX);
        if bytes > MOST_WORKGROUP {
            return Err(Refused::new(
                format!("{bytes} bytes of workgroup memory are more than {MOST_WORKGROUP}"),
                offset,
            ));
        }
        self.spaces.push(Space::Workgroup);
        self.workgroup = Some(Workgroup {
            pages: memory.initial,
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
        });
        Ok(())
    }

    /// A function that does one thing.
    fn import_function(
        &mut self,
        name: &str,
        ty: u32,
        op: Op,
        results: &[Type],
        offset: usize,
    ) -> Result<(), Refused> {
        let signature = self.signature(ty, offset)?;
        let known = &self.signatures[signature as usize];
        if !known.params.is_empty() || known.results != results {
            let gives = if results.is_empty() {
                "nothing"
            } else {
                "an i32"
            };
            return Err(Refused::new(
                format!("`gpu` `{name}` takes nothing and gives {gives}"),
                offset,
            ));
        }
        let values: Vec<Value> = (0..).zip(results).map(|(index, _)| Value(index)).collect();
        self.functions.push(Function {
            signature,
            name: Some(name.to_owned()),
            code: Code {
                values: results.to_vec(),
                blocks: vec![Block {
                    params: Vec::new(),
                    instructions: vec![Instruction {
                        op: op.clone(),
                        results: values.clone(),
                        offset: u32::try_from(offset).unwrap_or(u32::MAX),
                    }],
                    end: Terminator::Return(values),
                    is_loop: false,
                    offset: u32::try_from(offset).unwrap_or(u32::MAX),
                }],
            },
        });
        self.imports.push(op);
        Ok(())
    }

    fn element(&mut self, element: wasmparser::Element<'_>, at: usize) -> Result<(), Refused> {
        let ElementKind::Active { offset_expr, .. } = &element.kind else {
            // Nothing that could use it is understood.
            return Ok(());
        };
        let offset = self.constant(offset_expr, at)? & 0xffff_ffff;
        let mut functions = Vec::new();
        match element.items {
            ElementItems::Functions(items) => {
                for index in items {
                    functions.push(Some(index?));
                }
            }
            ElementItems::Expressions(_, items) => {
                for item in items {
                    functions.push(reference(&item?, at)?);
                }
            }
        }
        let table = self.table.get_or_insert_default();
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(functions.len());
        let Some(part) = table.get_mut(start..end) else {
            return Err(Refused::new("an element segment beyond its table", at));
        };
        part.copy_from_slice(&functions);
        Ok(())
    }

    /// The bits of a constant expression.
    fn constant(&self, expression: &ConstExpr<'_>, offset: usize) -> Result<u64, Refused> {
        let mut stack: Vec<u64> = Vec::new();
        for operator in expression.get_operators_reader() {
            let mut binary = |apply: fn(u64, u64) -> u64| {
                if let (Some(b), Some(a)) = (stack.pop(), stack.pop()) {
                    stack.push(apply(a, b));
                }
            };
            match operator? {
                Operator::I32Const { value } => stack.push(u64::from(value.cast_unsigned())),
                Operator::I64Const { value } => stack.push(value.cast_unsigned()),
                Operator::F32Const { value } => stack.push(u64::from(value.bits())),
                Operator::F64Const { value } => stack.push(value.bits()),
                Operator::GlobalGet { global_index } => {
                    let global = self.globals.get(global_index as usize);
                    let global =
                        global.ok_or_else(|| Refused::new("an imported global", offset))?;
                    stack.push(global.bits);
                }
                Operator::I32Add => binary(|a, b| a.wrapping_add(b) & 0xffff_ffff),
                Operator::I32Sub => binary(|a, b| a.wrapping_sub(b) & 0xffff_ffff),
                Operator::I32Mul => binary(|a, b| a.wrapping_mul(b) & 0xffff_ffff),
                Operator::I64Add => binary(u64::wrapping_add),
                Operator::I64Sub => binary(u64::wrapping_sub),
                Operator::I64Mul => binary(u64::wrapping_mul),
                Operator::End => {}
                other => {
                    return Err(Refused::new(
                        format!("{} in a constant", opcode::name(&other)),
                        offset,
                    ));
                }
            }
        }
        stack
            .pop()
            .ok_or_else(|| Refused::new("an empty constant", offset))
    }

    fn finish(mut self) -> Result<Module, Refused> {
        let mut globals = self.globals.clone();
        for data in self.data.iter_mut().filter(|data| data.offset.is_none()) {
            data.dropped = u32::try_from(globals.len()).ok();
            globals.push(Global {
                ty: Type::I32,
                bits: 0,
            });
        }
        let mut grows = false;
        for (number, body) in std::mem::take(&mut self.bodies).into_iter().enumerate() {
            let index = self.imports.len() + number;
            let in_function = |refused: Refused| Refused {
                function: u32::try_from(index).ok(),
                ..refused
            };
            let (size, begin) = (body.range().len(), body.range().start);
            self.count(size, begin).map_err(in_function)?;
            let number = u32::try_from(index).unwrap_or(u32::MAX);
            self.count_signature(number, begin).map_err(in_function)?;
            let left = MOST_PARTS - self.parts;
            let built = body::build(&self, self.functions[index].signature, &body, left);
            let built = built.map_err(in_function)?;
            self.count(built.parts, begin).map_err(in_function)?;
            grows |= built.grows;
            self.functions[index].code = built.code;
        }
        let mut exported: HashMap<u32, &str> = HashMap::new();
        for (name, index) in &self.exports {
            exported.entry(*index).or_insert(name);
        }
        for (index, function) in (0..).zip(&mut self.functions) {
            let name = self.names.remove(&index);
            function.name = name
                .or_else(|| exported.get(&index).map(|name| (*name).to_owned()))
                .or_else(|| function.name.take());
        }
        let stack_pointer = self.stack_pointer.filter(|pointer| {
            let is_address = |global: &Global| global.ty == Type::I32;
            self.globals.get(*pointer as usize).is_some_and(is_address)
                && self.functions.iter().any(|it| sets(it, *pointer))
        });
        Ok(Module {
            signatures: self.signatures,
            functions: self.functions,
            globals,
            memory: self.memory,
            workgroup_bytes: self.workgroup.map_or(0, |workgroup| workgroup.bytes),
            table: self.table,
            data: self.data,
            exports: self.exports,
            start: self.start,
            grows,
            has_barrier: self.has_barrier,
            stack_pointer,
            has_statics: self.has_statics,
        })
    }
}

/// Whether a function sets a global.
fn sets(function: &Function, global: u32) -> bool {
    let mut instructions = function.code.instructions();
    instructions.any(|it| matches!(it.op, Op::GlobalSet(index, _) if index == global))
}

fn number(ty: ValType) -> Option<Type> {
    Some(match ty {
        ValType::I32 => Type::I32,
        ValType::I64 => Type::I64,
        ValType::F32 => Type::F32,
        ValType::F64 => Type::F64,
        _ => return None,
    })
}

fn signature(params: &[ValType], results: &[ValType]) -> Option<Signature> {
    let numbers = |types: &[ValType]| types.iter().map(|ty| number(*ty)).collect::<Option<_>>();
    Some(Signature {
        params: numbers(params)?,
        results: numbers(results)?,
    })
}

/// The function of an element's expression; none for null.
fn reference(expression: &ConstExpr<'_>, offset: usize) -> Result<Option<u32>, Refused> {
    let mut found = None;
    for operator in expression.get_operators_reader() {
        match operator? {
            Operator::RefFunc { function_index } => found = Some(function_index),
            Operator::RefNull { .. } | Operator::End => {}
            other => {
                return Err(Refused::new(
                    format!("{} in an element", opcode::name(&other)),
                    offset,
                ));
            }
        }
    }
    Ok(found)
}
