//! Reads `bench-results/baseline.json`, in its full form and in the short one.
//! `docs/baseline.md` describes both.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json;
use crate::model::bench::{
    Baseline, BaselineMetric, ExactKind, ExactReading, MetricName, Origin, Policy,
};
use crate::model::{InputError, Location};

/// The version of the full form.
const SCHEMA: u64 = 1;

/// The most bytes of a baseline.
const LARGEST: u64 = 16 << 20;

/// The largest tolerance and threshold, in percent.
const MOST_PERCENT: f64 = 1000.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'t> {
    #[expect(
        dead_code,
        reason = "read before, to tell another version's keys apart"
    )]
    schema: Option<u64>,
    #[serde(borrow)]
    origin: Option<&'t RawValue>,
    #[serde(borrow)]
    metrics: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    exact: Vec<&'t RawValue>,
    #[serde(borrow)]
    policy: &'t RawValue,
}

/// What every version has.
#[derive(Deserialize)]
struct Versioned<'t> {
    #[serde(borrow)]
    schema: Option<&'t RawValue>,
}

/// The counts of one module.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts<'t> {
    sha256: String,
    #[serde(borrow)]
    counts: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    metric: MetricName,
    kind: ExactKind,
    value: u64,
}

/// Reads and checks a baseline.
///
/// # Errors
///
/// A file that is not there, too large, malformed, of another version, or that
/// says what cannot be: two metrics of one name, a median that is not above
/// zero, a tolerance that is no percentage.
pub fn read_baseline(file: &Path) -> Result<Baseline, InputError> {
    parse_baseline(file, &json::read(file, LARGEST)?)
}

/// The same of a text that is not in a file of this name, as one out of git.
///
/// # Errors
///
/// Those of [`read_baseline`].
pub fn parse_baseline(file: &Path, text: &str) -> Result<Baseline, InputError> {
    let source = Source { file, text };
    let versioned: Versioned<'_> = json::parse(file, text)?;
    if let Some(schema) = versioned.schema
        && schema.get() != SCHEMA.to_string()
    {
        return Err(source.error(
            schema,
            format!("schema {}; this harness reads {SCHEMA}", schema.get()),
        ));
    }
    let parsed: File<'_> = json::parse(file, text)?;
    if versioned.schema.is_none()
        && let Some(part) = parsed.origin.or(parsed.exact.first().copied())
    {
        return Err(source.error(
            part,
            "`origin` and `exact` belong to the full form, which begins with `\"schema\": 1`",
        ));
    }
    let mut names = HashSet::new();
    let mut metrics = Vec::with_capacity(parsed.metrics.len());
    for raw in &parsed.metrics {
        let metric: BaselineMetric = source.part(raw)?;
        if let Some(problem) = problem(&metric) {
            return Err(source.error(raw, format!("`{}`: {problem}", metric.name)));
        }
        source.unique(&mut names, &metric.name, raw)?;
        metrics.push(metric);
    }
    let mut exact = Vec::new();
    for raw in &parsed.exact {
        let group: Counts<'_> = source.part(raw)?;
        let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if group.sha256.len() != 64 || !group.sha256.chars().all(hexadecimal) {
            return Err(source.error(
                raw,
                "`sha256` should be 64 hexadecimal digits in lower case",
            ));
        }
        for raw in group.counts {
            let Count {
                metric,
                kind,
                value,
            } = source.part(raw)?;
            source.unique(&mut names, &metric, raw)?;
            exact.push(ExactReading {
                metric,
                kind,
                value,
                sha256: group.sha256.clone(),
            });
        }
    }
    if names.is_empty() {
        return Err(InputError::file(
            file,
            "has no metric; with nothing to compare, nothing would ever be slower",
        ));
    }
    let policy: Policy = source.part(parsed.policy)?;
    if !percentage(policy.regress_pct_threshold) {
        return Err(source.error(
            parsed.policy,
            format!("`regress_pct_threshold` should be 0 to {MOST_PERCENT}"),
        ));
    }
    let origin = parsed.origin.map(|raw| source.origin(raw)).transpose()?;
    Ok(Baseline {
        metrics,
        exact,
        policy,
        origin,
    })
}

fn percentage(value: f64) -> bool {
    (0.0..=MOST_PERCENT).contains(&value)
}

/// What no measured metric can be.
fn problem(metric: &BaselineMetric) -> Option<String> {
    if metric.median_ns <= 0.0 || !metric.median_ns.is_finite() {
        return Some(format!(
            "`median_ns` is {}; it should be above zero",
            metric.median_ns
        ));
    }
    if !percentage(metric.tolerance_pct) {
        return Some(format!(
            "`tolerance_pct` is {}; it should be 0 to {MOST_PERCENT}",
            metric.tolerance_pct
        ));
    }
    if metric.samples == Some(0) {
        return Some("`samples` is 0; a median is of one sample at least".to_owned());
    }
    if metric.spread_pct.is_some_and(|spread| spread < 0.0) {
        return Some("`spread_pct` is below zero".to_owned());
    }
    let mut quantiles = Vec::new();
    for tail in &metric.tail {
        if tail.quantile <= 0.0 || tail.quantile >= 1.0 {
            return Some(format!(
                "a tail's `quantile` is {}; it should be above 0 and below 1, as 0.999",
                tail.quantile
            ));
        }
        if tail.limit_ns <= 0.0 {
            return Some("a tail's `limit_ns` should be above zero".to_owned());
        }
        if quantiles.contains(&tail.quantile) {
            return Some(format!("two limits of the quantile {}", tail.quantile));
        }
        quantiles.push(tail.quantile);
    }
    None
}

/// A text and its name, for errors that tell the place.
#[derive(Clone, Copy)]
struct Source<'t> {
    file: &'t Path,
    text: &'t str,
}

impl<'t> Source<'t> {
    /// Reads a part of the text.
    fn part<T: Deserialize<'t>>(&self, raw: &'t RawValue) -> Result<T, InputError> {
        json::parse(self.file, raw.get()).map_err(|mut error| {
            // Its place is one in the part.
            let start = self.place(raw);
            if let Some(within) = &mut error.location {
                if within.line == 1 {
                    within.column += start.column - 1;
                }
                within.line += start.line - 1;
            }
            error
        })
    }

    fn place(&self, raw: &RawValue) -> Location {
        let start = raw.get().as_ptr().addr() - self.text.as_ptr().addr();
        Location::of_offset(self.file, self.text, start)
    }

    fn error(&self, raw: &RawValue, message: impl Into<String>) -> InputError {
        InputError {
            file: self.file.to_owned(),
            location: Some(self.place(raw)),
            message: message.into(),
        }
    }

    fn unique(
        &self,
        names: &mut HashSet<MetricName>,
        name: &MetricName,
        raw: &RawValue,
    ) -> Result<(), InputError> {
        if names.insert(name.clone()) {
            Ok(())
        } else {
            Err(self.error(raw, format!("a second metric `{name}`")))
        }
    }

    fn origin(&self, raw: &'t RawValue) -> Result<Origin, InputError> {
        let origin: Origin = self.part(raw)?;
        if origin.commit.len() < 40 || !origin.commit.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(self.error(raw, "`commit` should be a git commit in full"));
        }
        if origin.date.parse::<jiff::civil::Date>().is_err() {
            return Err(self.error(raw, "`date` should be a day, as 2026-11-21"));
        }
        Ok(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seeds' own file, with every metric they track.
    pub(super) const SHORT: &str = r#"{
  "metrics": [
    {"name": "cold_start/capture/1048576", "median_ns": 25000000, "tolerance_pct": 30},
    {"name": "cold_start/capture/16777216", "median_ns": 400000000, "tolerance_pct": 30},
    {"name": "cold_start/restore/1048576", "median_ns": 2000000, "tolerance_pct": 30},
    {"name": "cold_start/restore/16777216", "median_ns": 30000000, "tolerance_pct": 30},
    {"name": "dispatch/serial/10", "median_ns": 3000000, "tolerance_pct": 40},
    {"name": "dispatch/concurrent_cap64/100", "median_ns": 9000000, "tolerance_pct": 100},
    {"name": "jit_compile/emit_text/matmul[16x16x16]", "median_ns": 60000, "tolerance_pct": 50},
    {"name": "jit_compile/cache/warm_hit", "median_ns": 900, "tolerance_pct": 50},
    {"name": "tenant_registry/lookup/16", "median_ns": 150, "tolerance_pct": 50, "regression_check": false}
  ],
  "policy": {"regress_pct_threshold": 10, "note": "set by hand"}
}
"#;

    const FULL: &str = r#"{
  "schema": 1,
  "origin": {
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "wasmtime": "47.0.4",
    "date": "2026-11-21",
    "fingerprint": {"cpu": "a", "cores": 2}
  },
  "policy": {"regress_pct_threshold": 10},
  "metrics": [
    {"name": "execute/fib/cranelift", "median_ns": 1.5, "tolerance_pct": 30, "samples": 31, "spread_pct": 1.2,
     "tail": [{"quantile": 0.999, "limit_ns": 10000000}]}
  ],
  "exact": [
    {"sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "counts": [
      {"metric": "fuel/fib/cranelift", "kind": "fuel", "value": 17},
      {"metric": "code-bytes/fib/cranelift", "kind": "code-bytes", "value": 4096}
    ]}
  ]
}
"#;

    fn read(text: &str) -> Result<Baseline, InputError> {
        parse_baseline(Path::new("baseline.json"), text)
    }

    /// What is said of the full form with one thing changed, and at which line.
    fn error(old: &str, new: &str) -> (usize, String) {
        assert!(FULL.contains(old), "{old}");
        let error = read(&FULL.replacen(old, new, 1)).unwrap_err();
        (error.location.map_or(0, |place| place.line), error.message)
    }

    #[test]
    fn the_short_form_is_read_unchanged() {
        let baseline = read(SHORT).unwrap();
        assert_eq!(baseline.metrics.len(), 9);
        assert_eq!(
            baseline.metrics[6].name.as_str(),
            "jit_compile/emit_text/matmul[16x16x16]"
        );
        assert!((baseline.metrics[0].median_ns - 25e6).abs() < f64::EPSILON);
        assert!(baseline.metrics[0].regression_check);
        assert!(!baseline.metrics[8].regression_check);
        assert_eq!(baseline.policy.note.as_deref(), Some("set by hand"));
        assert_eq!((baseline.origin, baseline.exact), (None, vec![]));
    }

    #[test]
    fn the_full_form_says_where_it_is_from() {
        let baseline = read(FULL).unwrap();
        assert_eq!(baseline.origin.unwrap().fingerprint.cores, 2);
        assert_eq!(baseline.exact.len(), 2);
        assert_eq!(baseline.exact[1].kind, ExactKind::CodeBytes);
        assert!((baseline.metrics[0].tail[0].quantile - 0.999).abs() < f64::EPSILON);
    }

    #[test]
    fn another_version_is_not_read_whatever_else_it_says() {
        let found = error("\"schema\": 1,", "\"schema\": 7, \"novelty\": [],");
        assert_eq!(found, (2, "schema 7; this harness reads 1".to_owned()));
        let (line, message) = error("  \"schema\": 1,\n", "");
        assert_eq!(line, 2);
        assert!(message.contains("full form"), "{message}");
    }

    #[test]
    fn what_cannot_be_is_said_with_its_line() {
        for (old, new, line, wanted) in [
            ("1.5", "0", 11, "above zero"),
            ("1.5", "-3", 11, "above zero"),
            ("1.5", "1e999", 11, "out of range"),
            ("1.5", "null", 11, "invalid type"),
            (
                "\"tolerance_pct\": 30",
                "\"tolerance_pct\": 1001",
                11,
                "0 to 1000",
            ),
            (
                "\"tolerance_pct\": 30",
                "\"tolerance_pct\": -1",
                11,
                "0 to 1000",
            ),
            ("\"samples\": 31", "\"samples\": 0", 11, "samples"),
            ("\"spread_pct\"", "\"spreads_pct\"", 11, "unknown field"),
            ("0.999", "1", 11, "quantile"),
            ("\"limit_ns\": 10000000", "\"limit_ns\": 0", 11, "limit_ns"),
            ("execute/fib/cranelift", " ", 11, "no name of a metric"),
            (
                "\"regress_pct_threshold\": 10",
                "\"regress_pct_threshold\": -1",
                9,
                "regress_pct",
            ),
            ("\"policy\"", "\"policies\"", 9, "unknown field"),
            (
                "code-bytes/fib/cranelift",
                "fuel/fib/cranelift",
                17,
                "a second metric",
            ),
            ("\"value\": 17", "\"value\": 1.5", 16, "invalid type"),
            (
                "\"kind\": \"fuel\"",
                "\"kind\": \"fuels\"",
                16,
                "unknown variant",
            ),
            (
                "0123456789abcdef\", \"c",
                "0123456789ABCDEF\", \"c",
                15,
                "hexadecimal",
            ),
            ("2026-11-21", "2026-13-21", 3, "a day"),
            ("0123456789abcdef01234567\"", "0\"", 3, "commit in full"),
            (
                "\"counts\": [",
                "\"counts\": 3, \"x\": [",
                15,
                "invalid type",
            ),
        ] {
            let (found, message) = error(old, new);
            assert!(message.contains(wanted), "{old}: {message}");
            assert_eq!(found, line, "{old}: {message}");
        }
    }

    #[test]
    fn two_metrics_of_one_name_are_one_too_many() {
        let twice = SHORT.replace("dispatch/serial/10", "cold_start/capture/1048576");
        let error = read(&twice).unwrap_err();
        assert_eq!(
            error.message,
            "a second metric `cold_start/capture/1048576`"
        );
        assert_eq!(error.location.unwrap().line, 7);
    }

    #[test]
    fn nothing_to_compare_is_an_error() {
        let empty = "{\"metrics\": [], \"policy\": {\"regress_pct_threshold\": 10}}";
        assert!(read(empty).unwrap_err().message.contains("has no metric"));
        for text in ["", "[]", "{}", "{\"metrics\": [1], \"policy\": 1}", "\u{0}"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("baseline.json");
        assert!(
            read_baseline(&file)
                .unwrap_err()
                .message
                .contains("cannot be read")
        );
        std::fs::File::create(&file)
            .unwrap()
            .set_len(LARGEST + 1)
            .unwrap();
        assert!(read_baseline(&file).unwrap_err().message.contains("larger"));
        assert!(
            read_baseline(folder.path())
                .unwrap_err()
                .message
                .contains("no file")
        );
    }
}
