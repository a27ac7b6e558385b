//! How much must pass in some files of a suite: `[[source.floor]]`.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::{Source, SuiteFile, read};
use crate::discover::Suite;
use crate::model::{CaseId, Floor, InputError, SuiteRules};

/// A floor as the file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FloorTable {
    /// Its name.
    name: Spanned<String>,
    /// Files, relative to the source; no globs, so that none can be lost.
    files: Vec<Spanned<String>>,
    /// `assert_return`s that must pass in them, together.
    #[serde(default)]
    returns: u64,
    /// `assert_trap`s, likewise.
    #[serde(default)]
    traps: u64,
    /// The most directives of them that the engine may refuse.
    #[serde(default)]
    refused: u64,
}

/// What a suite whose files are from this source demands.
pub(super) fn of(suite: &SuiteFile, name: &str, source: Option<&Source>) -> SuiteRules {
    let floors = source.map_or(&[][..], |source| &source.floor);
    let floors = floors.iter().map(|floor| Floor {
        name: floor.name.get_ref().clone(),
        cases: floor
            .files
            .iter()
            .map(|file| CaseId(format!("{name}/{}", file.get_ref())))
            .collect(),
        returns: floor.returns,
        traps: floor.traps,
        refused: floor.refused,
    });
    SuiteRules {
        suite: name.to_owned(),
        may_refuse: suite.may_refuse,
        floors: floors.collect(),
    }
}

/// The same, of a suite whose files need not be here.
pub(in crate::discover) fn rules(
    folder: &Path,
    name: &str,
    source: &str,
) -> Result<SuiteRules, InputError> {
    let (suite, _) = read(&folder.join("suite.toml"))?;
    let source = suite.source.iter().find(|known| known.name == source);
    Ok(of(&suite, name, source))
}

/// Refuses floors that would not hold what they say: without anything to pass, over
/// files that are not there, or that count a file twice.
pub(super) fn check(
    source: &Source,
    found: &Suite,
    file: &Path,
    text: &str,
) -> Result<(), InputError> {
    let error = |at: &Spanned<String>, message: String| {
        InputError::at(file, text, at.span().start, message)
    };
    let there: BTreeSet<&CaseId> = found.cases.iter().map(|case| &case.id).collect();
    let mut named = BTreeSet::new();
    for floor in &source.floor {
        if floor.returns + floor.traps == 0 || floor.files.is_empty() {
            let message = "a floor needs `files`, and `returns` or `traps`".to_owned();
            return Err(error(&floor.name, message));
        }
        for path in &floor.files {
            let id = CaseId(format!("{}/{}", found.name, path.get_ref()));
            if !there.contains(&id) {
                let message = format!("the source has no file `{}`", path.get_ref());
                return Err(error(path, message));
            }
            if !named.insert(id) {
                let message = format!("`{}` is counted twice", path.get_ref());
                return Err(error(path, message));
            }
        }
    }
    Ok(())
}
