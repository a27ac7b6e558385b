//! Reads `expectations.toml`: how tests go that do not pass, and why.
//! `docs/expectations.md` describes the keys.

use std::path::Path;

use semver::{Version, VersionReq};
use serde::Deserialize;
use toml::Spanned;
use toml::value::{Date, Datetime};

use crate::model::{EngineInfo, Expected, ExpectedOutcome, InputError, TestPattern};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectationFile {
    version: Spanned<u32>,
    #[serde(default)]
    expect: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    test: Spanned<String>,
    outcome: Spanned<ExpectedOutcome>,
    #[serde(default)]
    when: When,
    message: Option<String>,
    reason: Option<String>,
    #[expect(dead_code, reason = "for the file's readers and for later polls")]
    issue: Option<String>,
    last_polled: Option<Spanned<Datetime>>,
    expires: Option<Spanned<Datetime>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    engine: Option<String>,
    wasmtime: Option<Spanned<String>>,
    os: Option<String>,
    arch: Option<String>,
    variant: Option<OneOrMany>,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn contains(&self, name: &str) -> bool {
        match self {
            OneOrMany::One(one) => one == name,
            OneOrMany::Many(many) => many.iter().any(|one| one == name),
        }
    }
}

/// What the `when` of an entry is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Conditions<'a> {
    /// The engine.
    pub engine: &'a EngineInfo,
    /// The variant's name.
    pub variant: &'a str,
    /// The name of the suite's source.
    pub source: &'a str,
    /// Today, for entries that expire.
    pub today: jiff::civil::Date,
}

/// The entries of a file that apply; none if there is no file.
///
/// # Errors
///
/// An unknown key, an entry without a reason, a malformed pattern or version
/// requirement, or an entry that has expired, whether or not it applies.
pub fn read_expectations(
    file: &Path,
    conditions: Conditions<'_>,
) -> Result<Vec<Expected>, InputError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(InputError::file(file, format!("cannot be read: {error}"))),
    };
    parse(file, &text, conditions)
}

fn parse(file: &Path, text: &str, conditions: Conditions<'_>) -> Result<Vec<Expected>, InputError> {
    let parsed: ExpectationFile =
        toml::from_str(text).map_err(|error| InputError::toml(file, text, &error))?;
    let error = |offset, message: String| InputError::at(file, text, offset, message);
    if *parsed.version.get_ref() != 1 {
        return Err(error(
            parsed.version.span().start,
            "unknown version; this harness reads version 1".to_owned(),
        ));
    }
    let mut entries = Vec::new();
    for (index, spanned) in parsed.expect.into_iter().enumerate() {
        let at = spanned.span().start;
        let entry = spanned.into_inner();
        let reason = entry.reason.unwrap_or_default();
        if reason.trim().is_empty() {
            return Err(error(
                at,
                format!(
                    "the entry for `{}` has no reason; say why it does not pass",
                    entry.test.get_ref()
                ),
            ));
        }
        let pattern = TestPattern::parse(entry.test.get_ref())
            .map_err(|glob| error(entry.test.span().start, format!("malformed glob: {glob}")))?;
        let of_files = [ExpectedOutcome::Skip, ExpectedOutcome::Flaky];
        if of_files.contains(entry.outcome.get_ref()) && pattern.has_line() {
            return Err(error(
                entry.outcome.span().start,
                format!(
                    "`{}` is said of a whole file, not of one of its directives",
                    entry.outcome.get_ref().name()
                ),
            ));
        }
        if let Some(polled) = &entry.last_polled {
            date(polled).map_err(|message| error(polled.span().start, message))?;
        }
        if let Some(expires) = &entry.expires {
            let day = date(expires).map_err(|message| error(expires.span().start, message))?;
            if day < conditions.today {
                return Err(error(
                    expires.span().start,
                    format!(
                        "the entry for `{}` expired on {day}; look whether it still fails, and \
                         remove it or give it a new date",
                        entry.test.get_ref()
                    ),
                ));
            }
        }
        let applies = entry
            .when
            .holds(conditions)
            .map_err(|(offset, message)| error(offset, message))?;
        if applies {
            entries.push(Expected {
                file: file.to_owned(),
                index,
                line: crate::model::Location::of_offset(file, text, at).line,
                test: entry.test.into_inner(),
                outcome: entry.outcome.into_inner(),
                message: entry.message,
                reason,
            });
        }
    }
    Ok(entries)
}

fn date(value: &Spanned<Datetime>) -> Result<jiff::civil::Date, String> {
    let Some(Date { year, month, day }) = value.get_ref().date else {
        return Err("expected a date, as 2027-02-21".to_owned());
    };
    let small = |number: u8| i8::try_from(number).unwrap_or_default();
    jiff::civil::Date::new(
        i16::try_from(year).unwrap_or_default(),
        small(month),
        small(day),
    )
    .map_err(|error| error.to_string())
}

impl When {
    /// Whether every condition holds; an error has the place of a malformed one.
    fn holds(&self, conditions: Conditions<'_>) -> Result<bool, (usize, String)> {
        let wasmtime = match &self.wasmtime {
            None => true,
            Some(requirement) => {
                let at = requirement.span().start;
                let requirement = VersionReq::parse(requirement.get_ref())
                    .map_err(|error| (at, format!("malformed version requirement: {error}")))?;
                match &conditions.engine.wasmtime {
                    None => false,
                    Some(version) => {
                        let version = Version::parse(version).map_err(|error| {
                            (at, format!("engine has Wasmtime {version}: {error}"))
                        })?;
                        requirement.matches(&version)
                    }
                }
            }
        };
        let is = |condition: &Option<String>, actual: &str| {
            condition.as_ref().is_none_or(|wanted| wanted == actual)
        };
        Ok(wasmtime
            && is(&self.engine, &conditions.engine.name)
            && is(&self.os, std::env::consts::OS)
            && is(&self.arch, std::env::consts::ARCH)
            && is(&self.source, conditions.source)
            && self
                .variant
                .as_ref()
                .is_none_or(|wanted| wanted.contains(conditions.variant)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn read(text: &str) -> Result<Vec<Expected>, InputError> {
        let engine = EngineInfo {
            name: "tensor-wasm".to_owned(),
            version: "0.1.0".to_owned(),
            wasmtime: Some("47.0.4".to_owned()),
            capabilities: BTreeSet::new(),
        };
        let conditions = Conditions {
            engine: &engine,
            variant: "winch",
            source: "crate",
            today: jiff::civil::date(2026, 11, 21),
        };
        parse(Path::new("e.toml"), text, conditions)
    }

    fn entry(rest: &str) -> String {
        format!("version = 1\n[[expect]]\ntest = \"s/a.wast\"\noutcome = \"fail\"\n{rest}")
    }

    fn error_line(text: &str) -> (usize, String) {
        let error = read(text).unwrap_err();
        (error.location.unwrap().line, error.message)
    }

    #[test]
    fn conditions_must_all_hold() {
        let count = |when: &str| {
            read(&entry(&format!("reason = \"r\"\nwhen = {{ {when} }}\n")))
                .unwrap()
                .len()
        };
        assert_eq!(
            count("engine = \"tensor-wasm\", wasmtime = \">=44, <49\""),
            1
        );
        assert_eq!(count("wasmtime = \">=48\""), 0);
        assert_eq!(
            count("engine = \"tensor-wasm\", variant = \"cranelift\""),
            0
        );
        assert_eq!(count("variant = [\"cranelift\", \"winch\"]"), 1);
        assert_eq!(count("source = \"testsuite\""), 0);
    }

    #[test]
    fn an_entry_needs_a_reason() {
        let (line, message) = error_line(&entry(""));
        assert_eq!(line, 2);
        assert!(message.contains("has no reason"), "{message}");
        assert!(error_line(&entry("reason = \" \"")).1.contains("no reason"));
    }

    #[test]
    fn unknown_keys_and_outcomes_are_errors_at_their_line() {
        let (line, message) = error_line(&entry("reason = \"r\"\nreasons = \"r\"\n"));
        assert_eq!(line, 6);
        assert!(message.contains("unknown field"), "{message}");
        let text = "version = 1\n[[expect]]\ntest = \"a\"\noutcome = \"fails\"\nreason = \"r\"\n";
        assert_eq!(error_line(text).0, 4);
        assert_eq!(error_line("version = 2\n").0, 1);
    }

    #[test]
    fn entries_expire_the_day_after() {
        let expires = |day: &str| read(&entry(&format!("reason = \"r\"\nexpires = {day}\n")));
        assert!(expires("2026-11-21").is_ok());
        assert!(
            expires("2026-11-20")
                .unwrap_err()
                .message
                .contains("expired")
        );
        let when = "reason = \"r\"\nexpires = 2020-01-01\nwhen = { os = \"plan9\" }\n";
        assert!(read(&entry(when)).is_err(), "also where it does not apply");
    }

    #[test]
    fn a_directive_cannot_be_skipped() {
        let text =
            "version = 1\n[[expect]]\ntest = \"a.wast:3\"\noutcome = \"skip\"\nreason = \"r\"\n";
        assert_eq!(error_line(text).0, 4);
    }
}
