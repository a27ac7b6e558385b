//! Reads the expectation files of wasi-testsuite, to be turned into ours.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table};

use crate::model::{ExpectedOutcome, InputError};

/// The most bytes of such a file.
const LARGEST: u64 = 1 << 20;

/// What such a file says of a program that does not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The suite's name in its manifest.
    pub suite: String,
    /// The program's name.
    pub test: String,
    /// How it goes.
    pub outcome: ExpectedOutcome,
    /// The comment above the entry, in one line; it may be empty.
    pub reason: String,
    /// The first issue the comment names, as `owner/repository#12`.
    pub issue: Option<String>,
}

/// The entries of a file; those that say that a program passes are left out.
///
/// # Errors
///
/// A file that is malformed or says something that is not known here.
pub fn read_upstream(file: &Path) -> Result<Vec<Upstream>, InputError> {
    let wrong = |message: String| InputError::file(file, message);
    let unreadable = |error: std::io::Error| wrong(format!("cannot be read: {error}"));
    if file.metadata().map_err(unreadable)?.len() > LARGEST {
        return Err(wrong(format!("is larger than {LARGEST} bytes")));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    parse(&text).map_err(wrong)
}

fn parse(text: &str) -> Result<Vec<Upstream>, String> {
    let document: DocumentMut = text
        .parse()
        .map_err(|error| format!("is not TOML: {error}"))?;
    known_keys(document.as_table(), &["version", "suite"])?;
    match document.get("version").map(Item::as_integer) {
        None | Some(Some(1)) => {}
        Some(_) => return Err("unknown version; this harness reads version 1".to_owned()),
    }
    let mut entries = Vec::new();
    for suite in tables(document.as_table(), "suite")? {
        known_keys(suite, &["name", "test"])?;
        let name = string(suite, "name")?;
        for test in tables(suite, "test")? {
            known_keys(test, &["name", "action", "expected"])?;
            let of = |key| test.get(key).map(|item| item.as_str().unwrap_or_default());
            let outcome = match (of("action"), of("expected")) {
                (Some("skip"), _) => ExpectedOutcome::Skip,
                (None, Some("fail")) => ExpectedOutcome::Fail,
                (None, Some("pass")) => continue,
                other => {
                    let test = string(test, "name")?;
                    return Err(format!(
                        "`{test}` has {other:?}; known are action \"skip\", expected \"fail\" or \"pass\""
                    ));
                }
            };
            let comment = test.decor().prefix().and_then(|prefix| prefix.as_str());
            let reason = reason(comment.unwrap_or_default());
            entries.push(Upstream {
                suite: name.clone(),
                test: string(test, "name")?,
                outcome,
                issue: issue(&reason),
                reason,
            });
        }
    }
    Ok(entries)
}

fn known_keys(table: &Table, known: &[&str]) -> Result<(), String> {
    match table.iter().find(|(key, _)| !known.contains(key)) {
        None => Ok(()),
        Some((key, _)) => Err(format!(
            "unknown key `{key}`; expected one of: {}",
            known.join(", ")
        )),
    }
}

fn tables<'t>(table: &'t Table, key: &str) -> Result<Vec<&'t Table>, String> {
    match table.get(key) {
        None => Ok(Vec::new()),
        Some(Item::ArrayOfTables(tables)) => Ok(tables.iter().collect()),
        Some(_) => Err(format!("`{key}` is no list of tables")),
    }
}

fn string(table: &Table, key: &str) -> Result<String, String> {
    let found = table.get(key).and_then(Item::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| format!("an entry has no `{key}`"))
}

/// The text of the comment that stands directly above an entry.
fn reason(prefix: &str) -> String {
    let lines: Vec<&str> = prefix.lines().map(str::trim).collect();
    let above = lines.iter().rev().take_while(|line| line.starts_with('#'));
    let mut words: Vec<&str> = above
        .map(|line| line.trim_start_matches('#').trim())
        .filter(|line| !line.is_empty())
        .collect();
    words.reverse();
    words.join(" ")
}

/// The first issue of GitHub that a text names.
fn issue(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("https://github.com/")?;
    let link = rest.split_whitespace().next()?;
    let mut parts = link.split('/');
    let (owner, repository) = (parts.next()?, parts.next()?);
    match (
        parts.next()?,
        parts.next()?.trim_end_matches(['.', ',', ')']),
    ) {
        ("issues" | "pull", number) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(format!("{owner}/{repository}#{number}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_the_comment_above_them_as_their_reason() {
        let text = "version = 1\n\n# of the suite\n[[suite]]\nname = \"programs\"\n\n\
                    # The scheme is not set, see:\n# - https://github.com/a/b/issues/12\n\
                    [[suite.test]]\nname = \"uri\"\nexpected = \"fail\"\n\n\
                    [[suite.test]]\nname = \"other\"\naction = \"skip\"\n\n\
                    [[suite.test]]\nname = \"good\"\nexpected = \"pass\"\n";
        let entries = parse(text).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].test, "uri");
        assert_eq!(entries[0].outcome, ExpectedOutcome::Fail);
        let reason = "The scheme is not set, see: - https://github.com/a/b/issues/12";
        assert_eq!(entries[0].reason, reason);
        assert_eq!(entries[0].issue.as_deref(), Some("a/b#12"));
        assert_eq!(entries[1].outcome, ExpectedOutcome::Skip);
        assert_eq!((entries[1].reason.as_str(), &entries[1].issue), ("", &None));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let refused = |text: &str, because: &str| {
            let error = parse(text).unwrap_err();
            assert!(error.contains(because), "{error}");
        };
        refused("version = 2", "unknown version");
        refused("[[suite]]\nname = \"a\"\ntests = 1", "unknown key `tests`");
        let test = "[[suite]]\nname = \"a\"\n[[suite.test]]\n";
        refused(&format!("{test}action = \"skip\""), "no `name`");
        refused(&format!("{test}name = \"b\"\naction = \"run\""), "`b` has");
        refused("suite = 1", "no list of tables");
    }
}
