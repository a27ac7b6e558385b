//! Takes over the expectations that a suite of programs comes with.

use std::collections::BTreeMap;
use std::path::Path;

use super::input::{self, CannotRun};
use super::{Conformance, engine};
use crate::discover;
use crate::model::{CaseId, Exit, Program};
use crate::report::{self, ImportConditions, Imported, Terminal};

/// Adds what the file `upstream` says of a suite's programs to the suite's
/// `expectations.toml`.
pub fn import_expectations(config: &Conformance, upstream: &Path, terminal: &Terminal) -> Exit {
    match try_import(config, upstream) {
        Ok(said) => {
            terminal.note(&said);
            Exit::Expected
        }
        Err(failed) => {
            terminal.complain(&failed.message);
            failed.exit
        }
    }
}

fn try_import(config: &Conformance, upstream: &Path) -> Result<String, CannotRun> {
    let cannot = |message: String| CannotRun {
        message,
        exit: Exit::CouldNotRun,
    };
    let found = input::discover(config)?;
    let [suite] = found.suites.as_slice() else {
        return Err(cannot(
            "name the one suite whose expectations are imported, as in `conformance \
             wasi-testsuite --from DIR --import-expectations FILE`"
                .to_owned(),
        ));
    };
    input::refuse_to_bless(&found.suites)?;
    let names: BTreeMap<(&str, &str), &CaseId> = suite
        .cases
        .iter()
        .filter_map(|case| match &case.program {
            Program::Wasi(program) => {
                let name = case.path.file_stem()?.to_str()?;
                Some(((program.suite.as_str(), name), &case.id))
            }
            _ => None,
        })
        .collect();
    let mut entries = Vec::new();
    for entry in discover::read_upstream(upstream)? {
        let id = names.get(&(entry.suite.as_str(), entry.test.as_str()));
        let id = id.ok_or_else(|| {
            cannot(format!(
                "{}: `{}` of `{}` is no program of the suite; nothing was imported",
                upstream.display(),
                entry.test,
                entry.suite
            ))
        })?;
        entries.push(Imported {
            test: (*id).clone(),
            outcome: entry.outcome,
            reason: entry.reason,
            issue: entry.issue,
        });
    }
    // The suite has a file for each system.
    let system = upstream.file_stem().and_then(|stem| stem.to_str());
    let conditions = ImportConditions {
        engine: engine::name(config),
        source: suite.source.clone(),
        os: system
            .filter(|stem| ["linux", "macos", "windows"].contains(stem))
            .map(str::to_owned),
    };
    let file = suite.folder.join("expectations.toml");
    let added = report::import(&file, &entries, &conditions)?;
    let reasons = entries.iter().filter(|entry| entry.reason.is_empty());
    let missing = match reasons.count() {
        0 => String::new(),
        count => format!("; {count} have no reason, which the next run asks for"),
    };
    Ok(format!(
        "{}: {added} of {} entries are new{missing}",
        file.display(),
        entries.len()
    ))
}
