//! Makes expectation files true again, by the smallest change: entries that
//! are not met go or shrink, failures nobody expected get an entry without a
//! reason, which the next run refuses until somebody writes one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};

use super::atomically;
use crate::model::{
    CaseId, DirectiveKind, Durations, InputError, Problem, ProblemKind, Summary, TestPattern,
};

/// The most directives of one case that get an entry each; a case with more
/// gets one for the whole file.
const DIRECTIVES: usize = 20;

/// What to do to the files, entry by entry.
#[derive(Default)]
struct Edits {
    /// Entries that are not met, and the variants in which they are not.
    unmet: BTreeMap<(PathBuf, usize), BTreeSet<String>>,
    /// Entries that name nothing.
    stale: BTreeSet<(PathBuf, usize)>,
    /// New failures: file, test and outcome, and the variants.
    new: BTreeMap<(PathBuf, String, &'static str), BTreeSet<String>>,
}

/// How much a run can tell about expectations.
#[derive(Clone, Debug)]
pub struct BlessScope {
    /// The source of each suite.
    pub sources: BTreeMap<String, String>,
    /// Every variant the engine has; of those that did not run, nothing is
    /// known, and entries go on holding for them.
    pub variants: BTreeSet<String>,
    /// Whether only some of the cases ran; a glob is then left as it is.
    pub partial: bool,
}

/// Rewrites the expectation files below `suites` that the run contradicts, and
/// returns their paths.
///
/// # Errors
///
/// A file that cannot be read, parsed or written; files are written whole.
pub fn bless(
    suites: &Path,
    summaries: &[Summary],
    scope: &BlessScope,
) -> Result<Vec<PathBuf>, InputError> {
    let edits = collect(suites, summaries);
    let files: BTreeSet<_> = edits
        .unmet
        .keys()
        .map(|(file, _)| file)
        .chain(edits.stale.iter().map(|(file, _)| file))
        .chain(edits.new.keys().map(|(file, ..)| file))
        .cloned()
        .collect();
    for file in &files {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                "version = 1\n".to_owned()
            }
            Err(error) => return Err(InputError::file(file, format!("cannot be read: {error}"))),
        };
        let mut document: DocumentMut = text
            .parse()
            .map_err(|error| InputError::file(file, format!("is not TOML: {error}")))?;
        edit(&mut document, file, &edits, summaries, scope);
        atomically(file, document.to_string().as_bytes())
            .map_err(|error| InputError::file(file, format!("cannot be written: {error}")))?;
    }
    Ok(files.into_iter().collect())
}

fn collect(suites: &Path, summaries: &[Summary]) -> Edits {
    let mut edits = Edits::default();
    for summary in summaries {
        let variant = &summary.variant;
        for entry in &summary.stale {
            edits.stale.insert((entry.file.clone(), entry.index));
        }
        for case in &summary.cases {
            for pass in &case.unexpected_passes {
                let entry = (pass.file.clone(), pass.index);
                edits
                    .unmet
                    .entry(entry)
                    .or_default()
                    .insert(variant.clone());
            }
            let file = suites.join(case.id.suite()).join("expectations.toml");
            for (test, outcome) in new_entries(&case.id, &case.unexpected) {
                edits
                    .new
                    .entry((file.clone(), test, outcome))
                    .or_default()
                    .insert(variant.clone());
            }
        }
    }
    edits
}

fn new_entries(id: &CaseId, problems: &[Problem]) -> BTreeSet<(String, &'static str)> {
    // A golden is approved by writing it, not by expecting that it differs.
    let problems: Vec<_> = problems
        .iter()
        .filter(|problem| problem.directive != DirectiveKind::Golden)
        .collect();
    let whole = problems.len() > DIRECTIVES;
    problems
        .iter()
        .map(|problem| {
            let of_the_file = whole
                || problem.directive == DirectiveKind::Script
                || problem.kind == ProblemKind::Flaky;
            let test = if of_the_file {
                id.0.clone()
            } else {
                id.at(problem.line)
            };
            (test, problem.kind.outcome().name())
        })
        .collect()
}

fn edit(
    document: &mut DocumentMut,
    file: &Path,
    edits: &Edits,
    summaries: &[Summary],
    scope: &BlessScope,
) {
    let applied: BTreeSet<_> = summaries
        .iter()
        .flat_map(|summary| &summary.applied)
        .filter(|entry| entry.file == file)
        .map(|entry| entry.index)
        .collect();
    let entries = document
        .entry("expect")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Item::ArrayOfTables(entries) = entries else {
        // Not a file the reader takes, so nothing in it was contradicted.
        return;
    };
    let new: BTreeMap<(&str, &str), &BTreeSet<String>> = edits
        .new
        .iter()
        .filter(|((of, ..), _)| of == file)
        .map(|((_, test, outcome), variants)| ((test.as_str(), *outcome), variants))
        .collect();
    // Comments that stood above entries at the end of the file that are gone.
    let mut orphans = String::new();
    // From the last to the first, so that the places of the others stay.
    for index in (0..entries.len()).rev() {
        let place = (file.to_owned(), index);
        if edits.stale.contains(&place) {
            orphans = remove(entries, index, orphans);
            continue;
        }
        let Some(entry) = entries.get_mut(index) else {
            continue;
        };
        if let Some(variants) = edits.unmet.get(&place) {
            let replacements = shrink(entry, variants, summaries, scope);
            orphans = remove(entries, index, orphans);
            for replacement in replacements {
                entries.push(replacement);
            }
        } else if applied.contains(&index) {
            let test = entry.get("test").and_then(Item::as_str).unwrap_or_default();
            // The same test goes wrong in another way than its entry says.
            let found = new.keys().find(|(of, _)| *of == test).copied();
            if let Some(key) = found {
                // Its reason is for what it said; a new entry asks for a new one.
                let variants = new[&key].clone();
                let replacements = shrink(entry, &variants, summaries, scope);
                orphans = remove(entries, index, orphans);
                for replacement in replacements {
                    entries.push(replacement);
                }
            }
        }
    }
    for ((test, outcome), variants) in new {
        entries.push(fresh(test, outcome, variants, summaries, scope));
    }
    if !orphans.is_empty() {
        let trailing = document.trailing().as_str().unwrap_or_default();
        let trailing = format!("{orphans}{trailing}");
        document.set_trailing(trailing);
    }
}

/// Removes an entry and leaves the comments above it to the one behind it;
/// `orphans` is what has no entry behind it.
fn remove(entries: &mut ArrayOfTables, index: usize, orphans: String) -> String {
    let prefix = |entry: &Table| {
        let prefix = entry.decor().prefix().and_then(|prefix| prefix.as_str());
        prefix.unwrap_or_default().to_owned()
    };
    let comments = entries.get(index).map(prefix).unwrap_or_default();
    entries.remove(index);
    if !comments.contains('#') {
        return orphans;
    }
    match entries.get_mut(index) {
        Some(next) => {
            let joined = format!("{comments}{}", prefix(next));
            next.decor_mut().set_prefix(joined);
            orphans
        }
        None => format!("{comments}{orphans}"),
    }
}

/// What is left of an entry that was not met in some variants: itself for the
/// variants in which it is met or that did not run, and exact entries for what
/// its glob still covers in the others.
fn shrink(
    entry: &Table,
    unmet_in: &BTreeSet<String>,
    summaries: &[Summary],
    scope: &BlessScope,
) -> Vec<Table> {
    let test = entry.get("test").and_then(Item::as_str).unwrap_or_default();
    let Ok(pattern) = TestPattern::parse(test) else {
        return Vec::new();
    };
    if scope.partial && test.contains(['*', '?', '[']) {
        return vec![entry.clone()];
    }
    let when = entry.get("when").and_then(Item::as_table_like);
    if when.is_none_or(|when| !when.contains_key("engine")) {
        // It may hold for engines that did not run.
        return vec![entry.clone()];
    }
    let listed = when.and_then(|when| when.get("variant")).map(names);
    let ran: BTreeSet<_> = summaries.iter().map(|s| s.variant.clone()).collect();
    let still = |variant: &&String| {
        let unknown = !ran.contains(*variant);
        let met = || !covered(&pattern, std::slice::from_ref(variant), summaries).is_empty();
        !unmet_in.contains(*variant) && (unknown || met())
    };
    let all = listed.as_ref().unwrap_or(&scope.variants);
    let keeps: Vec<_> = all.iter().filter(still).cloned().collect();
    let mut left = Vec::new();
    if !keeps.is_empty() {
        let mut narrowed = entry.clone();
        narrowed["when"]["variant"] = value(variants_value(keeps.iter()));
        left.push(narrowed);
    }
    let unmet_in: Vec<_> = unmet_in.iter().cloned().collect();
    for exact in covered(&pattern, &unmet_in, summaries) {
        if exact != test {
            let mut narrowed = entry.clone();
            narrowed["test"] = value(exact);
            left.push(narrowed);
        }
    }
    left
}

/// One name or several, as `variant` has them.
fn names(value: &Item) -> BTreeSet<String> {
    let one = value.as_str().map(str::to_owned);
    let many = value.as_array().into_iter().flatten();
    let many = many.filter_map(|name| name.as_str().map(str::to_owned));
    one.into_iter().chain(many).collect()
}

/// What a pattern still covers in these variants, name by name.
fn covered(pattern: &TestPattern, variants: &[String], summaries: &[Summary]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let of_variants = summaries.iter().filter(|s| variants.contains(&s.variant));
    for case in of_variants.flat_map(|summary| &summary.cases) {
        if !pattern.matches_case(&case.id) {
            continue;
        }
        for problem in &case.expected {
            if !pattern.has_line() {
                names.insert(case.id.0.clone());
            } else if pattern.matches_line(problem.line) {
                names.insert(case.id.at(problem.line));
            }
        }
    }
    names
}

fn fresh(
    test: &str,
    outcome: &str,
    variants: &BTreeSet<String>,
    summaries: &[Summary],
    scope: &BlessScope,
) -> Table {
    let mut when = InlineTable::new();
    if let Some(summary) = summaries.first() {
        when.insert("engine", summary.engine.name.as_str().into());
    }
    if *variants != scope.variants {
        when.insert("variant", variants_value(variants.iter()));
    }
    let suite = test.split('/').next().unwrap_or_default();
    if let Some(source) = scope.sources.get(suite) {
        when.insert("source", source.as_str().into());
    }
    let mut entry = Table::new();
    entry["test"] = value(test);
    entry["outcome"] = value(outcome);
    entry["when"] = value(when);
    entry["reason"] = value("");
    entry.decor_mut().set_prefix("\n");
    entry
}

fn variants_value<'a>(mut variants: impl ExactSizeIterator<Item = &'a String>) -> toml_edit::Value {
    match (variants.len(), variants.next()) {
        (1, Some(only)) => only.as_str().into(),
        (_, first) => first
            .into_iter()
            .chain(variants)
            .map(String::as_str)
            .collect::<Array>()
            .into(),
    }
}

/// Writes how long cases took into the `durations.json` of their suites. Only
/// cases that ran to their end are recorded; what is `known` of others stays.
///
/// # Errors
///
/// A file that cannot be written.
pub fn record_durations(
    suites: &Path,
    known: &Durations,
    summary: &Summary,
) -> Result<Vec<PathBuf>, InputError> {
    let mut written = Vec::new();
    for totals in &summary.suites {
        let folder = suites.join(&totals.name);
        if !folder.is_dir() {
            continue;
        }
        let of_suite = |id: &CaseId| id.suite() == totals.name;
        let before = known.micros.iter().map(|(id, micros)| (id, *micros));
        let ended = summary.cases.iter().filter(|case| case.completed);
        let now = ended.map(|case| (&case.id, case.micros));
        let durations = Durations {
            version: Durations::VERSION,
            micros: before
                .chain(now)
                .filter(|(id, _)| of_suite(id))
                .map(|(id, micros)| (id.clone(), micros))
                .collect(),
        };
        let file = folder.join(Durations::FILE);
        let text = format!("{:#}\n", serde_json::json!(durations));
        atomically(&file, text.as_bytes())
            .map_err(|error| InputError::file(&file, format!("cannot be written: {error}")))?;
        written.push(file);
    }
    Ok(written)
}
