//! Every function of WASI is called by a program of suite `wasi`: the functions
//! come from the definitions that the pinned wasmtime-wasi crates carry, the
//! calls from the imports of the committed programs. That a call is there says
//! nothing about what is checked; docs/wasi-guests.md does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;
use wasmparser::{Parser, Payload};

/// An import: the interface without its version, and the function.
type Import = (String, String);

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites/wasi")
}

/// The root folder of a package of this workspace's lockfile.
fn package(name: &str) -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .exec()
        .unwrap();
    let package = metadata.packages.iter().find(|p| p.name.as_str() == name);
    let package = package.unwrap_or_else(|| panic!("no package {name}"));
    package.manifest_path.parent().unwrap().into()
}

/// What each function is imported by.
fn imports(preview: u8) -> BTreeMap<Import, BTreeSet<String>> {
    let mut imports: BTreeMap<Import, BTreeSet<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(suite().join(format!("preview{preview}"))).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "wasm") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        for module in modules(&bytes) {
            for import in imports_of(module) {
                imports.entry(import).or_default().insert(name.clone());
            }
        }
    }
    imports
}

fn imports_of(module: &[u8]) -> Vec<Import> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(section) = payload.unwrap() {
            for import in section.into_imports() {
                let import = import.unwrap();
                let interface = import.module.split('@').next().unwrap_or_default();
                let name = import.name.trim_start_matches("[async-lower]");
                found.push((interface.to_owned(), name.to_owned()));
            }
        }
    }
    found
}

/// The core modules of a component, or the module itself. Components are walked
/// by hand: wasmparser reads them only with a feature that this crate does not
/// need for anything else.
fn modules(bytes: &[u8]) -> Vec<&[u8]> {
    const CORE_MODULE: u8 = 1;
    const COMPONENT: u8 = 4;
    if bytes[4..8] == [1, 0, 0, 0] {
        return vec![bytes];
    }
    let mut found = Vec::new();
    let mut rest = &bytes[8..];
    while let [section, after @ ..] = rest {
        let (size, after) = leb128(after);
        let (content, after) = after.split_at(size);
        match *section {
            CORE_MODULE => found.push(content),
            COMPONENT => found.extend(modules(content)),
            _ => {}
        }
        rest = after;
    }
    found
}

fn leb128(mut bytes: &[u8]) -> (usize, &[u8]) {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        bytes = &bytes[1..];
        value |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return (value, bytes);
        }
    }
}

/// The functions that WIT files define, but for unstable ones and the entry
/// points that programs export. It reads one declaration a line, as the files
/// are formatted.
fn functions(folder: &Path) -> BTreeSet<Import> {
    const EXPORTED: [&str; 3] = ["run", "incoming-handler", "handler"];
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let (mut package, mut interface) = (String::new(), None);
        let (mut resource, mut unstable) = (None, false);
        for line in text.lines() {
            let declaration = line.trim();
            let mut words = declaration.split([' ', '@', ';']);
            let (first, second) = (words.next(), words.next().unwrap_or_default());
            match first {
                Some("package") => package = second.to_owned(),
                Some("interface") => {
                    interface = Some(second.trim_start_matches('%'));
                    resource = None;
                }
                Some("world") => interface = None,
                // One without methods ends where it is named.
                Some("resource") if declaration.ends_with('{') => resource = Some(second),
                _ => {}
            }
            if declaration.starts_with("@unstable") {
                unstable = true;
            } else if line == "  }" {
                resource = None;
            }
            let Some(interface) = interface else { continue };
            let Some(function) = function(declaration, resource) else {
                continue;
            };
            if !std::mem::take(&mut unstable) && !EXPORTED.contains(&interface) {
                found.insert((format!("{package}/{interface}"), function));
            }
        }
    }
    found
}

/// The name that a declaration has as an import, if it declares a function.
fn function(declaration: &str, resource: Option<&str>) -> Option<String> {
    if declaration.starts_with("constructor(") {
        return Some(format!("[constructor]{}", resource?));
    }
    let (name, kind) = declaration.split_once(": ")?;
    let (kind, _) = kind.split_once("func(")?;
    let name = name.trim_start_matches('%');
    let is_name = |name: &str| {
        name.chars()
            .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
    };
    if !is_name(name) {
        return None;
    }
    Some(match resource {
        None => name.to_owned(),
        Some(resource) if kind.contains("static") => format!("[static]{resource}.{name}"),
        Some(resource) => format!("[method]{resource}.{name}"),
    })
}

/// Fails with the functions that no program imports. `least` guards against a
/// list that was not read.
fn covered(preview: u8, functions: &BTreeSet<Import>, least: usize) {
    assert!(functions.len() >= least, "{} functions", functions.len());
    let imports = imports(preview);
    let missing: Vec<_> = functions
        .iter()
        .filter(|function| !imports.contains_key(*function))
        .map(|(interface, function)| format!("{interface} {function}"))
        .collect();
    assert!(
        missing.is_empty(),
        "no program of preview {preview} calls: {missing:#?}"
    );
}

#[test]
fn preview_1_is_covered() {
    let witx = package("wasmtime-wasi").join("witx/p1/wasi_snapshot_preview1.witx");
    let text = std::fs::read_to_string(witx).unwrap();
    let functions = text
        .split("(@interface func (export \"")
        .skip(1)
        .filter_map(|after| after.split('"').next())
        .map(|name| ("wasi_snapshot_preview1".to_owned(), name.to_owned()))
        .collect();
    covered(1, &functions, 46);
}

#[test]
fn preview_2_is_covered() {
    let functions = functions(&package("wasmtime-wasi-http").join("wit/deps"));
    covered(2, &functions, 170);
}

#[test]
fn preview_3_is_covered() {
    let functions = functions(&package("wasmtime-wasi-http").join("src/p3/wit/deps"));
    covered(3, &functions, 120);
}
