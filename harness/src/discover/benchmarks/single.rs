//! A module that somebody brings: it is compiled and never executed.

use std::path::Path;

use super::{encode_text, module, store};
use crate::model::InputError;
use crate::model::bench::{BenchProgram, Phase};

/// What is measured of it.
const COMPILED: [Phase; 3] = [Phase::Compile, Phase::Serialize, Phase::Deserialize];

/// The program of one file: a core module, or the text of one. The encoded
/// module of a text is written to the folder `generated`.
///
/// # Errors
///
/// A file that cannot be read or is neither.
pub fn module_program(path: &Path, generated: &Path) -> Result<BenchProgram, InputError> {
    let mut bytes = store::read_module(path)?;
    let mut wasm = path.to_owned();
    if !bytes.starts_with(b"\0asm") {
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            InputError::file(path, "is neither a module nor text; expected .wasm or .wat")
        })?;
        bytes = encode_text(&[(path, text)])?;
        wasm = store::keep(generated, &bytes)?;
    }
    module::inspect(&bytes)
        .map_err(|reason| InputError::file(path, format!("cannot be measured: it {reason}")))?;
    let name = path.file_stem().and_then(|stem| stem.to_str());
    let name = name.ok_or_else(|| InputError::file(path, "has a name that is not UTF-8"))?;
    Ok(BenchProgram {
        name: name.to_owned(),
        wasm,
        sha256: crate::discover::sha256(&bytes),
        folder: path.parent().unwrap_or(Path::new("")).to_owned(),
        workloads: Vec::new(),
        phases: COMPILED.to_vec(),
    })
}
