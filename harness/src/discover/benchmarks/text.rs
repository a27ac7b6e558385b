//! Modules in the text format.

use std::path::Path;

use wast::Wat;
use wast::parser::{self, ParseBuffer};

use crate::model::InputError;

/// Encodes a module whose text is that of several files, one after the other.
/// The same text gives the same bytes on every machine.
///
/// # Errors
///
/// Text that is no module, with file and place.
pub fn encode_text(parts: &[(&Path, &str)]) -> Result<Vec<u8>, InputError> {
    let whole: String = parts.iter().map(|(_, text)| *text).collect();
    let place = |error: wast::Error| {
        let mut offset = error.span().offset();
        let mut parts = parts.iter().peekable();
        while let Some((file, text)) = parts.next() {
            if offset < text.len() || parts.peek().is_none() {
                return InputError::at(file, text, offset.min(text.len()), error.message());
            }
            offset -= text.len();
        }
        InputError::file("", error.message())
    };
    let buffer = ParseBuffer::new(&whole).map_err(place)?;
    let mut module: Wat<'_> = parser::parse(&buffer).map_err(place)?;
    module.encode().map_err(place)
}
