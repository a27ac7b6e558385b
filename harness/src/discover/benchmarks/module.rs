//! What a module's bytes say about it.

use std::collections::BTreeSet;

use wasmparser::{
    BinaryReaderError, CompositeInnerType, Encoding, ExternalKind, Parser, Payload, SubType,
    TypeRef,
};

/// The imports a guest may have, beside the two markers.
const WASI: &str = "wasi_snapshot_preview1";

/// What is asked of a module. The reasons go on where a name stood: "reads x".
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Imports by module and name, and whether each is a function without
    /// parameters and results.
    imports: Vec<(String, String, bool)>,
    /// The same for the export `_start`.
    start: Option<bool>,
    /// Input files that its data names; an ending may follow, as in
    /// `default.input.md`.
    pub(super) inputs: BTreeSet<String>,
}

/// Reads the module, or says why it is none.
pub(super) fn inspect(bytes: &[u8]) -> Result<Facts, String> {
    collect(bytes).map_err(|problem| match problem {
        Problem::Malformed(error) => {
            format!(
                "is malformed at byte {}: {}",
                error.offset(),
                error.message()
            )
        }
        Problem::Component => "is a component; only core modules are measured".to_owned(),
    })
}

enum Problem {
    Malformed(BinaryReaderError),
    Component,
}

impl From<BinaryReaderError> for Problem {
    fn from(error: BinaryReaderError) -> Problem {
        Problem::Malformed(error)
    }
}

fn collect(bytes: &[u8]) -> Result<Facts, Problem> {
    let mut facts = Facts::default();
    // Which types are those of functions without parameters and results.
    let mut plain_types: Vec<bool> = Vec::new();
    // The same of functions, the imported ones first.
    let mut plain_functions: Vec<bool> = Vec::new();
    let is_plain = |types: &[bool], index: u32| types.get(index as usize) == Some(&true);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version {
                encoding: Encoding::Component,
                ..
            } => return Err(Problem::Component),
            Payload::TypeSection(types) => {
                for group in types {
                    plain_types.extend(group?.types().map(is_plain_type));
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    let plain = match import.ty {
                        TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                            let plain = is_plain(&plain_types, index);
                            plain_functions.push(plain);
                            plain
                        }
                        _ => false,
                    };
                    let names = (import.module.to_owned(), import.name.to_owned());
                    facts.imports.push((names.0, names.1, plain));
                }
            }
            Payload::FunctionSection(functions) => {
                for index in functions {
                    plain_functions.push(is_plain(&plain_types, index?));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.name == "_start" {
                        let plain = export.kind == ExternalKind::Func
                            && is_plain(&plain_functions, export.index);
                        facts.start = Some(plain);
                    }
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    inputs(segment?.data, &mut facts.inputs);
                }
            }
            _ => {}
        }
    }
    Ok(facts)
}

fn is_plain_type(sub: &SubType) -> bool {
    match &sub.composite_type.inner {
        CompositeInnerType::Func(function) => {
            function.params().is_empty() && function.results().is_empty()
        }
        _ => false,
    }
}

/// Adds the files that some data names as `./x.input`, and `default.input`
/// however it is named. Strings need not end with a zero: two names may follow
/// each other.
fn inputs(data: &[u8], found: &mut BTreeSet<String>) {
    const ENDING: &[u8] = b".input";
    const DEFAULT: &[u8] = b"default.input";
    for at in 0..data.len() {
        if data[at..].starts_with(DEFAULT) {
            found.insert(String::from_utf8_lossy(DEFAULT).into_owned());
        }
        let Some(name) = data[at..].strip_prefix(b"./") else {
            continue;
        };
        let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let length = name.iter().take_while(|byte| letters(byte)).count();
        let name = &name[..length];
        let end = name.windows(ENDING.len()).position(|part| part == ENDING);
        if let Some(end) = end.filter(|end| *end > 0) {
            let name = &name[..end + ENDING.len()];
            found.insert(String::from_utf8_lossy(name).into_owned());
        }
    }
}

impl Facts {
    /// Whether it has Sightglass's guest ABI, or why not.
    pub(super) fn check_guest(&self) -> Result<(), String> {
        for (module, name, plain) in &self.imports {
            match module.as_str() {
                WASI => {}
                "bench" if name == "start" || name == "end" => {
                    if !plain {
                        return Err(format!(
                            "imports bench.{name} as something else than a function without \
                             parameters and results"
                        ));
                    }
                }
                _ => {
                    return Err(format!(
                        "imports {module}.{name}, which is neither a marker nor of {WASI}"
                    ));
                }
            }
        }
        for marker in ["start", "end"] {
            let imported = |import: &(String, String, bool)| {
                (import.0.as_str(), import.1.as_str()) == ("bench", marker)
            };
            if !self.imports.iter().any(imported) {
                return Err(format!("does not import bench.{marker}"));
            }
        }
        match self.start {
            Some(true) => Ok(()),
            Some(false) => Err(
                "exports _start, and not as a function without parameters and results".to_owned(),
            ),
            None => Err("does not export _start".to_owned()),
        }
    }
}
