//! Writes a baseline, or a run for the history.

use super::Bench;
use super::judging::{Stored, is_criterion};
use crate::execute::bench::Unit;
use crate::judge::bench::calibrate::fit_to_save;
use crate::model::InputError;
use crate::model::bench::{
    Baseline, BaselineMetric, BenchReport, HistoryEntry, Judged, MeasuredMetric, Origin, Policy,
};
use crate::pipeline::input::CannotRun;
use crate::report::bench::{baseline_to_json, history_to_json};
use crate::report::{self, Terminal};

/// What is saved of a run.
#[derive(Clone, Debug)]
pub struct Saving {
    /// The commit that was measured.
    pub commit: String,
    /// Whether it becomes the baseline, not only a run of the history.
    pub baseline: bool,
}

/// The tolerance of a metric of which nothing is known yet, in percent. Wide on
/// purpose: `bench calibrate` makes it narrow when there are runs to tell.
const FIRST_TOLERANCE_PCT: f64 = 30.0;

/// The least tolerance, as a multiple of a metric's spread.
const SPREADS: f64 = 3.0;

/// Metrics that are compared with themselves before a baseline is saved: a build
/// that differs from itself is measured on a machine that cannot measure.
pub(super) fn probes(units: &[Unit]) -> Vec<Unit> {
    let mut probes: Vec<Unit> = Vec::new();
    for wanted in ["compile/", "instantiate/", "execute/"] {
        let found = units.iter().find_map(|unit| {
            let mut items = unit.items.iter();
            let item = items.find(|item| item.metric.as_str().starts_with(wanted))?;
            Some(Unit {
                items: vec![item.clone()],
                ..unit.clone()
            })
        });
        probes.extend(found);
    }
    probes
}

/// Writes what was asked for. A noisy run, or one that left something out, is
/// refused.
pub(super) fn save(
    config: &Bench,
    saving: &Saving,
    stored: &Stored,
    report: &BenchReport,
    equal: &[Judged],
    terminal: &Terminal,
) -> Result<(), CannotRun> {
    if !report.problems.is_empty() {
        return Err(CannotRun::new(format!(
            "nothing is saved of a run that left something out: {}",
            report.problems.join("; ")
        )));
    }
    if saving.baseline {
        let spreads: Vec<_> = report
            .measured
            .iter()
            .filter_map(|measured| Some((measured.metric.clone(), measured.spread_pct? / 100.0)))
            .collect();
        let reasons = fit_to_save(
            &spreads,
            &report.conditions,
            report.fingerprint.cores,
            equal,
        );
        if !reasons.is_empty() {
            return Err(CannotRun::new(format!(
                "no baseline is saved of a noisy run:\n  {}\nTry again when the machine is quiet",
                reasons.join("\n  ")
            )));
        }
        let baseline = baseline(config, saving, stored, report);
        write(&config.baseline, &baseline_to_json(&baseline), terminal)?;
    }
    let entry = history(saving, report);
    let name = format!(
        "{}-{}.json",
        report
            .started
            .replace(':', "")
            .chars()
            .take(17)
            .collect::<String>(),
        saving.commit.chars().take(12).collect::<String>()
    );
    write(
        &config.history.join(name),
        &history_to_json(&entry),
        terminal,
    )
}

fn write(file: &std::path::Path, text: &str, terminal: &Terminal) -> Result<(), CannotRun> {
    report::atomically(file, text.as_bytes())
        .map_err(|error| InputError::file(file, format!("cannot be written: {error}")))?;
    terminal.note(&format!("wrote {}", file.display()));
    Ok(())
}

fn baseline(config: &Bench, saving: &Saving, stored: &Stored, report: &BenchReport) -> Baseline {
    let before = stored.baseline.as_ref();
    let mut metrics: Vec<BaselineMetric> = report
        .measured
        .iter()
        .map(|measured| metric(before, measured))
        .collect();
    let mut exact = report.exact.clone();
    if let Some(before) = before {
        // What this run was not about stays as it is.
        let is_new = |metric: &BaselineMetric| {
            report
                .measured
                .iter()
                .all(|measured| measured.metric != metric.name)
                && (!config.only.is_empty() || is_criterion(&metric.name) || other_variant(config))
        };
        metrics.extend(
            before
                .metrics
                .iter()
                .filter(|metric| is_new(metric))
                .cloned(),
        );
        if !config.only.is_empty() || other_variant(config) {
            let known: Vec<_> = exact.iter().map(|exact| exact.metric.clone()).collect();
            let kept = before
                .exact
                .iter()
                .filter(|exact| !known.contains(&exact.metric));
            exact.extend(kept.cloned());
        }
    }
    metrics.sort_by(|a, b| a.name.cmp(&b.name));
    exact.sort_by(|a, b| a.metric.cmp(&b.metric));
    Baseline {
        metrics,
        exact,
        policy: before.map_or_else(Policy::default, |before| before.policy.clone()),
        origin: Some(Origin {
            commit: saving.commit.clone(),
            wasmtime: report.current.wasmtime.clone(),
            date: report.started.chars().take(10).collect(),
            fingerprint: report.fingerprint.clone(),
        }),
    }
}

/// Whether the run was about variants that somebody chose.
fn other_variant(config: &Bench) -> bool {
    !config.variants.is_empty() && config.variants.iter().all(|variant| variant != "all")
}

/// A metric with what was decided about it before.
fn metric(before: Option<&Baseline>, measured: &MeasuredMetric) -> BaselineMetric {
    let mut known = before.iter().flat_map(|before| &before.metrics);
    let known = known.find(|known| known.name == measured.metric);
    let spread = measured.spread_pct.unwrap_or_default();
    BaselineMetric {
        name: measured.metric.clone(),
        median_ns: rounded(measured.median_ns),
        tolerance_pct: known.map_or_else(
            || FIRST_TOLERANCE_PCT.max((SPREADS * spread).ceil()),
            |known| known.tolerance_pct,
        ),
        regression_check: known.is_none_or(|known| known.regression_check),
        samples: Some(measured.processes),
        spread_pct: measured
            .spread_pct
            .map(|spread| (spread * 100.0).round() / 100.0),
        tail: known.map_or_else(Vec::new, |known| known.tail.clone()),
    }
}

/// To a tenth of a nanosecond: more digits are noise in a diff.
fn rounded(ns: f64) -> f64 {
    ((ns * 10.0).round() / 10.0).max(0.1)
}

fn history(saving: &Saving, report: &BenchReport) -> HistoryEntry {
    let of = |value: &dyn Fn(&MeasuredMetric) -> Option<f64>| {
        let values = report.measured.iter();
        values
            .filter_map(|measured| Some((measured.metric.clone(), value(measured)?)))
            .collect()
    };
    HistoryEntry {
        schema: 1,
        commit: saving.commit.clone(),
        started: report.started.clone(),
        wasmtime: report.current.wasmtime.clone(),
        fingerprint: report.fingerprint.clone(),
        medians: of(&|measured| Some(rounded(measured.median_ns))),
        spreads_pct: of(&|measured| measured.spread_pct),
    }
}
