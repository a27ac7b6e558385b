//! Adds expectations that were found elsewhere to a suite's file.

use std::path::Path;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

use super::atomically;
use crate::model::{CaseId, ExpectedOutcome, InputError};

/// An expectation to add.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The case.
    pub test: CaseId,
    /// How it goes.
    pub outcome: ExpectedOutcome,
    /// Why; empty where nobody said so.
    pub reason: String,
    /// Where it is tracked.
    pub issue: Option<String>,
}

/// What they all depend on.
#[derive(Clone, Debug)]
pub struct ImportConditions {
    /// The engine.
    pub engine: String,
    /// The suite's source.
    pub source: String,
    /// The operating system, if the file is about one.
    pub os: Option<String>,
}

/// Adds entries to `file` for cases of which it says nothing yet, for this
/// engine, and returns how many.
///
/// # Errors
///
/// A file that cannot be read, parsed or written.
pub fn import(
    file: &Path,
    entries: &[Imported],
    conditions: &ImportConditions,
) -> Result<usize, InputError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "version = 1\n".to_owned(),
        Err(error) => return Err(InputError::file(file, format!("cannot be read: {error}"))),
    };
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error| InputError::file(file, format!("is not TOML: {error}")))?;
    let there = document
        .entry("expect")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Item::ArrayOfTables(there) = there else {
        return Err(InputError::file(file, "`expect` is no list of tables"));
    };
    let mut added = 0;
    for entry in entries {
        if there.iter().any(|known| is_about(known, entry, conditions)) {
            continue;
        }
        there.push(table(entry, conditions));
        added += 1;
    }
    if added > 0 {
        atomically(file, document.to_string().as_bytes())
            .map_err(|error| InputError::file(file, format!("cannot be written: {error}")))?;
    }
    Ok(added)
}

fn is_about(known: &Table, entry: &Imported, conditions: &ImportConditions) -> bool {
    let of_engine = known
        .get("when")
        .and_then(Item::as_table_like)
        .and_then(|when| when.get("engine"))
        .and_then(Item::as_str)
        .is_none_or(|engine| engine == conditions.engine);
    of_engine && known.get("test").and_then(Item::as_str) == Some(entry.test.0.as_str())
}

fn table(entry: &Imported, conditions: &ImportConditions) -> Table {
    let mut when = InlineTable::new();
    when.insert("engine", conditions.engine.as_str().into());
    if let Some(os) = &conditions.os {
        when.insert("os", os.as_str().into());
    }
    when.insert("source", conditions.source.as_str().into());
    let mut table = Table::new();
    table["test"] = value(&entry.test.0);
    table["outcome"] = value(entry.outcome.name());
    table["when"] = value(when);
    table["reason"] = value(&entry.reason);
    if let Some(issue) = &entry.issue {
        table["issue"] = value(issue);
    }
    table.decor_mut().set_prefix("\n");
    table
}
