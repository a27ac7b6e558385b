//! The versions of Wasmtime and its companions in a workspace's Cargo.toml.

use std::path::Path;

use anyhow::{Context as _, bail};
use toml_edit::{DocumentMut, Item, Value};

/// Pins Wasmtime, and the crates that are released with it, to a version.
pub(super) fn set_wasmtime(manifest: &Path, version: &str) -> anyhow::Result<()> {
    let place = || manifest.display().to_string();
    let text = std::fs::read_to_string(manifest).with_context(place)?;
    let changed = with_wasmtime(&text, version).with_context(place)?;
    std::fs::write(manifest, changed).with_context(place)
}

fn with_wasmtime(text: &str, version: &str) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse()?;
    let table = document
        .get_mut("workspace")
        .and_then(|workspace| workspace.get_mut("dependencies"))
        .and_then(Item::as_table_like_mut)
        .context("there is no [workspace.dependencies]")?;
    let mut pinned = 0;
    for (name, item) in table.iter_mut() {
        let is_companion = name == "wasmtime" || name.starts_with("wasmtime-");
        if !is_companion {
            continue;
        }
        let slot = match item {
            Item::Value(Value::InlineTable(table)) => table.get_mut("version"),
            Item::Value(value @ Value::String(_)) => Some(value),
            _ => None,
        };
        let slot = slot.with_context(|| format!("`{name}` has no version"))?;
        *slot = format!("={version}").into();
        pinned += 1;
    }
    if pinned == 0 {
        bail!("no dependency is called wasmtime");
    }
    Ok(document.to_string())
}

/// The version of Wasmtime that a Cargo.lock has.
pub(super) fn locked_wasmtime(lock: &str) -> Option<String> {
    let document: DocumentMut = lock.parse().ok()?;
    let packages = document.get("package")?.as_array_of_tables()?;
    let text = |package: &toml_edit::Table, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    packages
        .iter()
        .find(|package| text(package, "name").as_deref() == Some("wasmtime"))
        .and_then(|package| text(package, "version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasmtime_and_its_companions_move_together_and_nothing_else_does() {
        let text = "[workspace.dependencies]\n\
                    wasmtime = { version = \"=47.0.4\", default-features = false }\n\
                    wasmtime-wasi = \"=47.0.4\"\n\
                    wast = \"=252.0.0\"\n";
        let changed = with_wasmtime(text, "47.0.3").unwrap();
        assert!(changed.contains("wasmtime = { version = \"=47.0.3\", default-features = false }"));
        assert!(changed.contains("wasmtime-wasi = \"=47.0.3\""));
        assert!(changed.contains("wast = \"=252.0.0\""));
    }

    #[test]
    fn the_locked_version_is_found() {
        let lock =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"));
        let version = locked_wasmtime(&lock.unwrap()).unwrap();
        assert_eq!(version.split('.').count(), 3, "{version}");
        assert_eq!(locked_wasmtime("[[package]]\nname = \"a\"\n"), None);
        assert_eq!(locked_wasmtime("no lock"), None);
    }

    #[test]
    fn a_manifest_without_wasmtime_is_refused() {
        let error = with_wasmtime("[workspace.dependencies]\nwast = \"1\"\n", "1").unwrap_err();
        assert!(error.to_string().contains("wasmtime"), "{error}");
    }

    #[test]
    fn the_projects_own_manifest_can_be_pinned() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let text = std::fs::read_to_string(manifest).unwrap();
        let changed = with_wasmtime(&text, "99.0.1").unwrap();
        assert!(!changed.contains("wasmtime = { version = \"=47"));
        assert_eq!(changed.matches("\"=99.0.1\"").count(), 5);
    }
}
