//! Reads `bench-results/baseline.json`, in its full form and in the short one.
//! `docs/baseline.md` describes both.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json;
use crate::model::bench::{
    Baseline, BaselineMetric, ExactKind, ExactReading, HIGHEST_QUANTILE, MetricName, Origin, Phase,
    Policy,
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
    let operation = format!("{}/", Phase::Operation.name());
    if !metric.tail.is_empty() && !metric.name.as_str().starts_with(&operation) {
        return Some(format!(
            "`tail` limits single latencies, and those are measured of `{operation}` alone"
        ));
    }
    let mut quantiles = Vec::new();
    for tail in &metric.tail {
        if tail.quantile <= 0.0 || tail.quantile > HIGHEST_QUANTILE {
            return Some(format!(
                "a tail's `quantile` is {}; it should be above 0 and at most {HIGHEST_QUANTILE}: \
                 of more, too few latencies would be beyond it",
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
mod tests;
