//! Reads `bench-results/explanations.toml`: which metrics may be slower than
//! the baseline, and why. `docs/baseline.md` describes the keys.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::model::InputError;
use crate::model::bench::{Explanation, MetricName, MetricPattern};

/// The most bytes of the file.
const LARGEST: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    #[serde(default)]
    explain: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    metric: Spanned<String>,
    commit: Spanned<String>,
    up_to_pct: Spanned<f64>,
    reason: Option<String>,
}

/// The entries of a file; none if there is no file. `metrics` are those there
/// are, of the baseline and of today: a pattern that matches none of them is
/// about something that was renamed, or is done with.
///
/// # Errors
///
/// An unknown key, an entry without a reason, a malformed pattern or commit, a
/// size that is none, or a pattern that matches no metric.
pub fn read_explanations(
    file: &Path,
    metrics: &[MetricName],
) -> Result<Vec<Explanation>, InputError> {
    match file.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        _ => parse(file, &super::json::read(file, LARGEST)?, Some(metrics)),
    }
}

/// The commits that entries answer for.
///
/// # Errors
///
/// Those of [`read_explanations`], but for patterns that match nothing.
pub fn explained_commits(file: &Path) -> Result<Vec<String>, InputError> {
    let explanations = parse(file, &super::json::read(file, LARGEST)?, None)?;
    let explanations = explanations.into_iter();
    Ok(explanations.map(|explanation| explanation.commit).collect())
}

fn parse(
    file: &Path,
    text: &str,
    metrics: Option<&[MetricName]>,
) -> Result<Vec<Explanation>, InputError> {
    let parsed: File =
        toml::from_str(text).map_err(|error| InputError::toml(file, text, &error))?;
    let error = |offset, message: String| InputError::at(file, text, offset, message);
    if *parsed.version.get_ref() != 1 {
        return Err(error(
            parsed.version.span().start,
            "unknown version; this harness reads version 1".to_owned(),
        ));
    }
    let mut explanations = Vec::new();
    for spanned in parsed.explain {
        let start = spanned.span().start;
        let entry = spanned.into_inner();
        let reason = entry.reason.unwrap_or_default();
        if reason.trim().is_empty() {
            return Err(error(
                start,
                format!(
                    "the entry for `{}` has no reason; say why it is slower",
                    entry.metric.get_ref()
                ),
            ));
        }
        let at = entry.metric.span().start;
        let metric = MetricPattern::parse(entry.metric.get_ref())
            .map_err(|glob| error(at, format!("malformed glob: {glob}")))?;
        let is_known = |names: &[MetricName]| names.iter().any(|name| metric.matches(name));
        if !metrics.is_none_or(is_known) {
            return Err(error(
                at,
                format!(
                    "`{}` matches no metric; correct it or remove the entry",
                    metric.as_str()
                ),
            ));
        }
        let commit = entry.commit.get_ref();
        if !(7..=40).contains(&commit.len()) || !commit.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(error(
                entry.commit.span().start,
                "`commit` should be 7 to 40 hexadecimal digits".to_owned(),
            ));
        }
        let up_to_pct = *entry.up_to_pct.get_ref();
        if !up_to_pct.is_finite() || up_to_pct <= 0.0 {
            return Err(error(
                entry.up_to_pct.span().start,
                "`up_to_pct` should be a percentage above zero".to_owned(),
            ));
        }
        explanations.push(Explanation {
            metric,
            commit: entry.commit.into_inner(),
            up_to_pct,
            reason,
        });
    }
    Ok(explanations)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "version = 1\n[[explain]]\nmetric = \"execute/*/cranelift\"\n\
                        commit = \"0123abc\"\nup_to_pct = 12\nreason = \"bounds checks\"\n";

    fn read(text: &str) -> Result<Vec<Explanation>, InputError> {
        let metrics = [MetricName::new("execute/fib/cranelift").unwrap()];
        parse(Path::new("e.toml"), text, Some(&metrics))
    }

    #[test]
    fn an_entry_says_what_why_and_how_much() {
        let entries = read(GOOD).unwrap();
        assert_eq!(entries[0].commit, "0123abc");
        assert!((entries[0].up_to_pct - 12.0).abs() < f64::EPSILON);
        assert_eq!(read("version = 1\n").unwrap(), []);
        assert_eq!(
            read_explanations(Path::new("no such file"), &[]),
            Ok(vec![])
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (old, new, line, wanted) in [
            ("version = 1", "version = 2", 1, "version 1"),
            ("reason = \"bounds checks\"\n", "", 2, "no reason"),
            ("bounds checks", " ", 2, "no reason"),
            ("reason", "reasons", 6, "unknown field"),
            ("execute/*", "execute/[", 3, "malformed glob"),
            ("execute/*", "executed/*", 3, "matches no metric"),
            ("0123abc", "0123ab", 4, "hexadecimal"),
            ("0123abc", "0123abz", 4, "hexadecimal"),
            ("= 12", "= 0.0", 5, "above zero"),
            ("= 12", "= nan", 5, "above zero"),
            ("= 12", "= inf", 5, "above zero"),
        ] {
            assert!(GOOD.contains(old));
            let error = read(&GOOD.replacen(old, new, 1)).unwrap_err();
            assert!(error.message.contains(wanted), "{new}: {error}");
            assert_eq!(error.location.unwrap().line, line, "{new}");
        }
    }
}
