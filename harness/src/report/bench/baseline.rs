//! The texts of `bench-results/baseline.json` and of `bench-results/history/`.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Number, Value, json};

use crate::model::bench::{Baseline, ExactReading, HistoryEntry};

/// The version of the full form.
const SCHEMA: u32 = 1;

/// A baseline in its full form, for people who read what changed: metrics and
/// counts by name, one on a line, times to the thousandth of a nanosecond.
pub fn baseline_to_json(baseline: &Baseline) -> String {
    let mut metrics: Vec<_> = baseline.metrics.iter().collect();
    metrics.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = format!("{{\n  \"schema\": {SCHEMA}");
    if let Some(origin) = &baseline.origin {
        let text = format!("{:#}", json!(origin)).replace('\n', "\n  ");
        push(&mut out, &format!(",\n  \"origin\": {text}"));
    }
    push(
        &mut out,
        &format!(",\n  \"policy\": {}", line(&baseline.policy)),
    );
    let metrics: Vec<_> = metrics.into_iter().map(line).collect();
    push(
        &mut out,
        &format!(",\n  \"metrics\": {}", list(&metrics, "  ")),
    );
    let groups: Vec<_> = groups(&baseline.exact)
        .into_iter()
        .map(|(sha256, counts)| {
            let counts: Vec<_> = counts
                .into_iter()
                .map(|reading| {
                    line(&json!({
                        "metric": reading.metric,
                        "kind": reading.kind,
                        "value": reading.value,
                    }))
                })
                .collect();
            format!(
                "{{\"sha256\": \"{sha256}\", \"counts\": {}}}",
                list(&counts, "    ")
            )
        })
        .collect();
    push(
        &mut out,
        &format!(",\n  \"exact\": {}\n}}\n", list(&groups, "  ")),
    );
    out
}

/// One run of the history, for a file of its own.
pub fn history_to_json(entry: &HistoryEntry) -> String {
    format!("{:#}\n", json!(entry))
}

/// Counts by module; modules by the first name of their counts.
fn groups(exact: &[ExactReading]) -> Vec<(&str, Vec<&ExactReading>)> {
    let mut sorted: Vec<_> = exact.iter().collect();
    sorted.sort_by(|a, b| a.metric.cmp(&b.metric));
    let mut groups: Vec<(&str, Vec<&ExactReading>)> = Vec::new();
    for reading in sorted {
        match groups
            .iter_mut()
            .find(|(sha256, _)| *sha256 == reading.sha256)
        {
            Some((_, counts)) => counts.push(reading),
            None => groups.push((&reading.sha256, vec![reading])),
        }
    }
    groups
}

fn push(out: &mut String, text: &str) {
    let _ = out.write_str(text);
}

/// A list with one item on a line.
fn list(items: &[String], indent: &str) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let separator = format!(",\n{indent}  ");
    format!("[\n{indent}  {}\n{indent}]", items.join(&separator))
}

/// A value on one line, with a space after each colon and comma outside of
/// texts.
fn line(value: &impl Serialize) -> String {
    match json!(value) {
        Value::Object(members) => object(&members),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Number(number) => plain(&number),
        other => other.to_string(),
    }
}

fn object(members: &Map<String, Value>) -> String {
    // The name first, whatever order the map has.
    let first = ["name", "metric", "kind"];
    let rank = |key: &str| {
        first
            .iter()
            .position(|name| *name == key)
            .unwrap_or(first.len())
    };
    let mut keys: Vec<_> = members.keys().collect();
    keys.sort_by_key(|key| rank(key));
    let members: Vec<_> = keys
        .into_iter()
        .map(|key| format!("{}: {}", json!(key), line(&members[key])))
        .collect();
    format!("{{{}}}", members.join(", "))
}

/// A number without digits that say nothing: whole ones without a fraction,
/// others to the thousandth, but never zero for what is not.
fn plain(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => {
            let rounded = (value * 1000.0).round() / 1000.0;
            let shown = if rounded == 0.0 { value } else { rounded };
            format!("{shown}")
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::discover::parse_baseline;
    use crate::model::bench::{
        BaselineMetric, ExactKind, Fingerprint, MetricName, Origin, Policy, Tail,
    };

    fn baseline() -> Baseline {
        let name = |name: &str| MetricName::new(name).unwrap();
        let metric = |metric: &str| BaselineMetric {
            name: name(metric),
            median_ns: 25_000_000.0,
            tolerance_pct: 30.0,
            regression_check: true,
            samples: None,
            spread_pct: None,
            tail: Vec::new(),
        };
        let count = |metric: &str, kind, value, digit: &str| ExactReading {
            metric: name(metric),
            kind,
            value,
            sha256: digit.repeat(64),
        };
        Baseline {
            metrics: vec![
                BaselineMetric {
                    median_ns: 1234.567,
                    samples: Some(31),
                    spread_pct: Some(1.25),
                    ..metric("a \"quoted\", name/x: y")
                },
                BaselineMetric {
                    regression_check: false,
                    median_ns: 0.000_4,
                    ..metric("b")
                },
                BaselineMetric {
                    tail: vec![Tail {
                        quantile: 0.999,
                        limit_ns: 1e7,
                    }],
                    ..metric("operation/spawn/cranelift")
                },
            ],
            exact: vec![
                count("code-bytes/fib/cranelift", ExactKind::CodeBytes, 4096, "1"),
                count("fuel/fib/cranelift", ExactKind::Fuel, u64::MAX, "1"),
                count("fuel/noop/cranelift", ExactKind::Fuel, 0, "0"),
            ],
            policy: Policy {
                regress_pct_threshold: 10.0,
                note: Some("two\nlines".to_owned()),
            },
            origin: Some(Origin {
                commit: "0123456789".repeat(4),
                wasmtime: None,
                date: "2026-11-21".to_owned(),
                fingerprint: Fingerprint {
                    cpu: "a CPU".to_owned(),
                    cores: 2,
                    ..Fingerprint::default()
                },
            }),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = baseline();
        let text = baseline_to_json(&written);
        let read = parse_baseline(Path::new("b.json"), &text).unwrap();
        assert_eq!(read, written, "{text}");
        assert_eq!(baseline_to_json(&read), text);
        let bare = Baseline {
            origin: None,
            exact: Vec::new(),
            ..written
        };
        let text = baseline_to_json(&bare);
        assert_eq!(parse_baseline(Path::new("b.json"), &text).unwrap(), bare);
    }

    #[test]
    fn a_run_that_is_written_is_read_again() {
        let entry = HistoryEntry {
            schema: 1,
            commit: "0123abc".to_owned(),
            started: "2026-11-21T15:00:00Z".to_owned(),
            wasmtime: Some("47.0.4".to_owned()),
            fingerprint: Fingerprint::default(),
            medians: [(MetricName::new("m").unwrap(), 1.5)].into(),
            spreads_pct: std::collections::BTreeMap::new(),
        };
        let folder = tempfile::tempdir().unwrap();
        let text = history_to_json(&entry);
        std::fs::write(folder.path().join("run.json"), text).unwrap();
        assert_eq!(
            crate::discover::read_history(folder.path()),
            Ok(vec![entry])
        );
    }

    #[test]
    fn a_metric_has_a_line_of_its_own() {
        let text = baseline_to_json(&baseline());
        let line = "    {\"name\": \"b\", \"median_ns\": 0.0004, \"regression_check\": false, \"tolerance_pct\": 30},\n";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("\n    {\"sha256\": \"1111"), "{text}");
        assert!(
            text.contains("\"kind\": \"fuel\", \"value\": 18446744073709551615}"),
            "{text}"
        );
    }

    #[test]
    fn the_order_of_what_is_written_does_not_matter() {
        let mut turned = baseline();
        turned.metrics.reverse();
        turned.exact.reverse();
        assert_eq!(baseline_to_json(&turned), baseline_to_json(&baseline()));
    }
}
