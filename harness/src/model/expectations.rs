//! Entries of expectation files that apply to a run, and what they are about.

use glob::{MatchOptions, Pattern, PatternError};

use super::{CaseId, Expected, ExpectedOutcome, InputError};

/// `*` stays inside a path component, `**` does not.
const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// A glob over the names of cases, or of directives as `spec/a.wast:12`.
#[derive(Clone, Debug)]
pub struct TestPattern {
    case: Pattern,
    line: Option<Pattern>,
}

impl TestPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// A glob that is malformed.
    pub fn parse(text: &str) -> Result<TestPattern, PatternError> {
        let is_line = |line: &str| {
            !line.is_empty()
                && line
                    .chars()
                    .all(|c| c.is_ascii_digit() || "*?[]-".contains(c))
        };
        Ok(match text.rsplit_once(':') {
            Some((case, line)) if is_line(line) => TestPattern {
                case: Pattern::new(case)?,
                line: Some(Pattern::new(line)?),
            },
            _ => TestPattern {
                case: Pattern::new(text)?,
                line: None,
            },
        })
    }

    /// Whether it is about this case or directives of it.
    pub fn matches_case(&self, id: &CaseId) -> bool {
        self.case.matches_with(&id.0, MATCHING)
    }

    /// Whether it is about directives, and about one at this line.
    pub fn matches_line(&self, line: usize) -> bool {
        let line = line.to_string();
        self.line
            .as_ref()
            .is_some_and(|pattern| pattern.matches(&line))
    }

    /// Whether it is about directives.
    pub fn has_line(&self) -> bool {
        self.line.is_some()
    }
}

/// The entries that apply to a run.
#[derive(Clone, Debug, Default)]
pub struct ExpectationSet {
    entries: Vec<(Expected, TestPattern)>,
}

impl ExpectationSet {
    /// Reads the entries' patterns.
    ///
    /// # Errors
    ///
    /// An entry whose glob is malformed.
    pub fn new(entries: Vec<Expected>) -> Result<ExpectationSet, InputError> {
        let read = |entry: Expected| match TestPattern::parse(&entry.test) {
            Ok(pattern) => Ok((entry, pattern)),
            Err(error) => Err(InputError::file(
                entry.place(),
                format!("malformed glob: {error}"),
            )),
        };
        let entries = entries.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(ExpectationSet { entries })
    }

    /// The entries about this case or its directives.
    pub fn about<'set>(
        &'set self,
        id: &CaseId,
    ) -> impl Iterator<Item = (usize, &'set Expected, &'set TestPattern)> + use<'set> {
        let id = id.clone();
        self.entries
            .iter()
            .enumerate()
            .filter(move |(_, (_, pattern))| pattern.matches_case(&id))
            .map(|(index, (entry, pattern))| (index, entry, pattern))
    }

    /// The entry that says this case must not be run.
    pub fn skip(&self, id: &CaseId) -> Option<&Expected> {
        self.about(id)
            .find(|(_, entry, pattern)| {
                entry.outcome == ExpectedOutcome::Skip && !pattern.has_line()
            })
            .map(|(_, entry, _)| entry)
    }

    /// Whether the case may pass only now and then.
    pub fn is_flaky(&self, id: &CaseId) -> bool {
        self.about(id)
            .any(|(_, entry, _)| entry.outcome == ExpectedOutcome::Flaky)
    }

    /// The entries about none of these cases.
    pub fn unmatched(&self, ids: &[&CaseId]) -> Vec<&Expected> {
        self.entries
            .iter()
            .filter(|(_, pattern)| !ids.iter().any(|id| pattern.matches_case(id)))
            .map(|(entry, _)| entry)
            .collect()
    }

    /// Every entry, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = (&Expected, &TestPattern)> {
        self.entries.iter().map(|(entry, pattern)| (entry, pattern))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(pattern: &str, id: &str) -> bool {
        TestPattern::parse(pattern)
            .unwrap()
            .matches_case(&CaseId(id.to_owned()))
    }

    #[test]
    fn stars_respect_folders() {
        assert!(about("spec/*.wast", "spec/a.wast"));
        assert!(!about("spec/*.wast", "spec/v3/a.wast"));
        assert!(about("spec/**/*.wast", "spec/v3/a.wast"));
        assert!(about("spec/v3/a.wast", "spec/v3/a.wast"));
    }

    #[test]
    fn a_line_is_part_of_the_pattern_only_after_a_colon() {
        let pattern = TestPattern::parse("spec/a.wast:12").unwrap();
        assert!(pattern.matches_line(12) && !pattern.matches_line(120));
        let every = TestPattern::parse("spec/a.wast:*").unwrap();
        assert!(every.matches_line(7));
        assert!(!TestPattern::parse("spec/a.wast").unwrap().has_line());
        assert!(!TestPattern::parse("wasi/clock:wall/x").unwrap().has_line());
    }
}
