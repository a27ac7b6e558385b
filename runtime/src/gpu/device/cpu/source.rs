//! What a module consists of, as far as it is taken over byte by byte.

use std::ops::Range;

use wasmparser::{
    BinaryReaderError, CompositeInnerType, FunctionBody, MemoryType, Parser, Payload, TypeRef,
};

/// The parts of a module that was validated.
pub(super) struct Source<'a> {
    pub(super) wasm: &'a [u8],
    /// The types after their number.
    pub(super) types: Range<usize>,
    /// How many entries those bytes have.
    pub(super) type_entries: u32,
    /// How many types there are.
    pub(super) type_count: u32,
    /// The type of each function; imports come first.
    pub(super) functions: Vec<u32>,
    /// How many functions are imports.
    pub(super) imports: u32,
    /// Each memory; none for the arena.
    pub(super) memories: Vec<Option<MemoryType>>,
    pub(super) bodies: Vec<FunctionBody<'a>>,
}

impl<'a> Source<'a> {
    /// Reads a valid module.
    pub(super) fn read(wasm: &'a [u8]) -> Result<Source<'a>, BinaryReaderError> {
        let mut source = Source {
            wasm,
            types: 0..0,
            type_entries: 0,
            type_count: 0,
            functions: Vec::new(),
            imports: 0,
            memories: Vec::new(),
            bodies: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            source.take(payload?)?;
        }
        Ok(source)
    }

    fn take(&mut self, payload: Payload<'a>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::TypeSection(types) => {
                self.types = types.original_position()..types.range().end;
                self.type_entries = types.count();
                for group in types {
                    let functions = group?.into_types().filter(|ty| {
                        matches!(ty.composite_type.inner, CompositeInnerType::Func(_))
                    });
                    self.type_count += u32::try_from(functions.count()).unwrap_or(u32::MAX);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(ty) => {
                            self.functions.push(ty);
                            self.imports += 1;
                        }
                        TypeRef::Memory(memory) => {
                            let own = (import.name == "workgroup").then_some(memory);
                            self.memories.push(own);
                        }
                        _ => {}
                    }
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    self.functions.push(ty?);
                }
            }
            Payload::MemorySection(memories) => {
                self.memories.extend(memories.into_iter().map(|_| None));
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            _ => {}
        }
        Ok(())
    }

    /// The index of the workgroup memory, and what it is.
    pub(super) fn workgroup(&self) -> Option<(u32, MemoryType)> {
        let mut memories = (0..).zip(&self.memories);
        memories.find_map(|(index, memory)| Some((index, (*memory)?)))
    }

    /// Whether a memory is the arena.
    pub(super) fn is_arena(&self, memory: u32) -> bool {
        matches!(self.memories.get(memory as usize), Some(None))
    }
}
