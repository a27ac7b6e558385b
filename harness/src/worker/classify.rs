//! Tells a malformed module from an invalid one.
//!
//! Engines refuse both in one breath, and the specification's scripts do not:
//! `assert_malformed` is about decoding, `assert_invalid` about validation. So
//! a module an engine refused is decoded here once more without validating it,
//! by the grammar of the binary format with the proposals that are on:
//! <https://webassembly.github.io/spec/core/binary/modules.html>.

use std::collections::BTreeSet;

use wasmparser::{FunctionBody, GlobalType, Operator, Parser, Payload, TypeRef, WasmFeatures};

use crate::model::{Capability, FailureKind};

/// Why a module may have been refused: it does not decode, or, if it does, it
/// does not validate.
pub(crate) fn refused(wasm: &[u8], proposals: &BTreeSet<Capability>) -> FailureKind {
    match decode(wasm, features(proposals)) {
        Ok(()) => FailureKind::Invalid,
        Err(Malformed) => FailureKind::Malformed,
    }
}

/// The module does not follow the grammar.
struct Malformed;

impl From<wasmparser::BinaryReaderError> for Malformed {
    fn from(_: wasmparser::BinaryReaderError) -> Malformed {
        Malformed
    }
}

fn decode(wasm: &[u8], features: WasmFeatures) -> Result<(), Malformed> {
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut has_data_count = false;
    for payload in parser.parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => drain(section)?,
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let TypeRef::Global(ty) = import?.ty {
                        mutability(ty)?;
                    }
                }
            }
            Payload::FunctionSection(section) => drain(section)?,
            Payload::TableSection(section) => drain(section)?,
            Payload::MemorySection(section) => drain(section)?,
            Payload::TagSection(section) => drain(section)?,
            Payload::GlobalSection(section) => {
                for global in section {
                    mutability(global?.ty)?;
                }
            }
            Payload::ExportSection(section) => drain(section)?,
            Payload::ElementSection(section) => drain(section)?,
            Payload::DataSection(section) => drain(section)?,
            Payload::DataCountSection { .. } => has_data_count = true,
            Payload::CodeSectionEntry(body) => function(&body, has_data_count)?,
            Payload::UnknownSection { .. } => return Err(Malformed),
            _ => {}
        }
    }
    Ok(())
}

/// The decoder knows the flag of shared globals, which no proposal of this
/// harness has: to all of them it is a malformed mutability.
fn mutability(ty: GlobalType) -> Result<(), Malformed> {
    if ty.shared { Err(Malformed) } else { Ok(()) }
}

/// A function's code: no more than 2^32 - 1 locals, every block ended, nothing
/// after the last end, and data segments named only where they are announced.
fn function(body: &FunctionBody<'_>, has_data_count: bool) -> Result<(), Malformed> {
    let mut locals = 0_u64;
    for group in body.get_locals_reader()? {
        locals += u64::from(group?.0);
    }
    if locals > u64::from(u32::MAX) {
        return Err(Malformed);
    }
    let mut operators = body.get_operators_reader()?;
    // The function's own block.
    let mut depth = 1_usize;
    while !operators.eof() {
        if depth == 0 {
            return Err(Malformed);
        }
        match operators.read()? {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Try { .. }
            | Operator::TryTable { .. } => depth += 1,
            Operator::End | Operator::Delegate { .. } => depth -= 1,
            Operator::MemoryInit { .. }
            | Operator::DataDrop { .. }
            | Operator::ArrayNewData { .. }
            | Operator::ArrayInitData { .. }
                if !has_data_count =>
            {
                return Err(Malformed);
            }
            _ => {}
        }
    }
    if depth == 0 { Ok(()) } else { Err(Malformed) }
}

fn drain<'a, T: wasmparser::FromReader<'a>>(
    section: wasmparser::SectionLimited<'a, T>,
) -> Result<(), Malformed> {
    for item in section {
        item?;
    }
    Ok(())
}

/// The decoder's flags; only few of them change the grammar.
pub(crate) fn features(proposals: &BTreeSet<Capability>) -> WasmFeatures {
    use Capability as C;
    let mut features = WasmFeatures::MVP;
    for proposal in proposals {
        features |= match proposal {
            C::MutableGlobal => WasmFeatures::MUTABLE_GLOBAL,
            C::NontrappingFloatToInt => WasmFeatures::SATURATING_FLOAT_TO_INT,
            C::SignExtension => WasmFeatures::SIGN_EXTENSION,
            C::MultiValue => WasmFeatures::MULTI_VALUE,
            C::BulkMemory => WasmFeatures::BULK_MEMORY | WasmFeatures::BULK_MEMORY_OPT,
            C::ReferenceTypes => {
                WasmFeatures::REFERENCE_TYPES | WasmFeatures::CALL_INDIRECT_OVERLONG
            }
            C::Simd => WasmFeatures::SIMD,
            C::RelaxedSimd => WasmFeatures::RELAXED_SIMD,
            C::TailCall => WasmFeatures::TAIL_CALL,
            C::ExtendedConst => WasmFeatures::EXTENDED_CONST,
            C::FunctionReferences => WasmFeatures::FUNCTION_REFERENCES,
            C::Gc => WasmFeatures::GC,
            C::Exceptions => WasmFeatures::EXCEPTIONS,
            C::LegacyExceptions => WasmFeatures::LEGACY_EXCEPTIONS,
            C::MultiMemory => WasmFeatures::MULTI_MEMORY,
            C::Memory64 => WasmFeatures::MEMORY64,
            C::Threads => WasmFeatures::THREADS,
            C::WideArithmetic => WasmFeatures::WIDE_ARITHMETIC,
            C::CustomPageSizes => WasmFeatures::CUSTOM_PAGE_SIZES,
            C::StackSwitching => WasmFeatures::STACK_SWITCHING,
            C::CustomDescriptors => WasmFeatures::CUSTOM_DESCRIPTORS,
            C::Fuel
            | C::Deadline
            | C::MemoryLimit
            | C::TableLimit
            | C::StackLimit
            | C::ReadMemory
            | C::Kernels
            | C::Embedding
            | C::WasiPreview1
            | C::WasiPreview2
            | C::WasiPreview3
            | C::WasiCommand
            | C::WasiService
            | C::WasiHttp
            | C::WasiSockets
            | C::WasiGpu => WasmFeatures::empty(),
        };
    }
    features
}
