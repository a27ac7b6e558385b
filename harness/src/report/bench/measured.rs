//! What was measured of one build, where nothing was compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::numbers::{count, time};
use crate::model::bench::BenchReport;

/// The widest column of names.
const WIDEST_NAME: usize = 60;

/// A line for each metric. Without the newline at its end.
pub(super) fn measured(report: &BenchReport) -> String {
    let mut out = String::new();
    let names = report
        .measured
        .iter()
        .map(|m| m.metric.as_str().chars().count());
    let width = names.max().unwrap_or(0).min(WIDEST_NAME);
    for measured in &report.measured {
        let spread = measured.spread_pct.map_or_else(String::new, |spread| {
            format!("  ± {spread:.1} % over {} processes", measured.processes)
        });
        let _ = writeln!(
            out,
            "{:<width$}  {:>10}{spread}",
            measured.metric.as_str(),
            time(measured.median_ns)
        );
    }
    let mut programs: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for reading in &report.exact {
        let (_, program) = reading.metric.as_str().split_once('/').unwrap_or_default();
        let counts = programs.entry(program).or_default();
        counts.push(format!("{} {}", count(reading.value), reading.kind));
    }
    for (program, counts) in programs {
        let _ = writeln!(out, "{program}: {}", counts.join(", "));
    }
    out.trim_end().to_owned()
}
