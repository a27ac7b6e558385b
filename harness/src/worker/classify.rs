//! Tells a malformed module from an invalid one.
//!
//! Engines refuse both in one breath, and the specification's scripts do not:
//! `assert_malformed` is about decoding, `assert_invalid` about validation. So
//! a module an engine refused is decoded here once more without validating it.

use wasmparser::{Parser, Payload, WasmFeatures};

use crate::model::FailureKind;

/// Why a module may have been refused: it does not decode, or, if it does, it
/// does not validate.
pub(super) fn refused(wasm: &[u8]) -> FailureKind {
    match decode(wasm) {
        Ok(()) => FailureKind::Invalid,
        Err(_) => FailureKind::Malformed,
    }
}

fn decode(wasm: &[u8]) -> wasmparser::Result<()> {
    let mut parser = Parser::new(0);
    parser.set_features(WasmFeatures::all());
    for payload in parser.parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => drain(section)?,
            Payload::ImportSection(section) => drain(section)?,
            Payload::FunctionSection(section) => drain(section)?,
            Payload::TableSection(section) => drain(section)?,
            Payload::MemorySection(section) => drain(section)?,
            Payload::TagSection(section) => drain(section)?,
            Payload::GlobalSection(section) => drain(section)?,
            Payload::ExportSection(section) => drain(section)?,
            Payload::ElementSection(section) => drain(section)?,
            Payload::DataSection(section) => drain(section)?,
            Payload::CodeSectionEntry(body) => {
                let mut operators = body.get_operators_reader()?;
                while !operators.eof() {
                    operators.read()?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn drain<'a, T: wasmparser::FromReader<'a>>(
    section: wasmparser::SectionLimited<'a, T>,
) -> wasmparser::Result<()> {
    section.into_iter().try_for_each(|item| item.map(drop))
}
