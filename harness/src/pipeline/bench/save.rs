//! Writes a baseline, or a run for the history.

use super::Bench;
use super::judging::Stored;
use crate::judge::bench::calibrate::fit_to_save;
use crate::model::InputError;
use crate::model::bench::{
    Baseline, BaselineMetric, BenchReport, HistoryEntry, Judged, MeasuredMetric, MetricName,
    NOISY_SPREAD, Origin, Policy,
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
    /// Counts alone, which no noise can move: for a machine that is never quiet.
    pub counts_only: bool,
}

/// The tolerance of a metric of which nothing is known yet, in percent. Wide on
/// purpose: `bench calibrate` makes it narrow when there are runs to tell.
const FIRST_TOLERANCE_PCT: f64 = 30.0;

/// One in so many metrics may be noisy.
const MOST_NOISY: usize = 3;

/// The least tolerance, as a multiple of a metric's spread.
const SPREADS: f64 = 3.0;

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
    if report
        .measured
        .iter()
        .any(|measured| measured.median_ns <= 0.0)
    {
        return Err(CannotRun::new(
            "nothing is saved of a run with times of zero",
        ));
    }
    if saving.counts_only {
        return save_counts(config, saving, stored, report, terminal);
    }
    if saving.baseline {
        let reasons = noise(report, equal);
        if !reasons.is_empty() {
            return Err(CannotRun::new(format!(
                "no baseline is saved of a noisy run:\n  {}\nTry again when the machine is quiet",
                reasons.join("\n  ")
            )));
        }
        let baseline = baseline(saving, stored, report);
        for metric in baseline
            .metrics
            .iter()
            .filter(|metric| is_noisy(metric.spread_pct))
        {
            terminal.note(&format!(
                "{} spreads by {:.1} %: saved with `regression_check` false",
                metric.name,
                metric.spread_pct.unwrap_or_default()
            ));
        }
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

/// Writes a baseline that holds counts alone. Medians of another commit are not
/// kept beside them.
fn save_counts(
    config: &Bench,
    saving: &Saving,
    stored: &Stored,
    report: &BenchReport,
    terminal: &Terminal,
) -> Result<(), CannotRun> {
    let known = stored.baseline.as_ref();
    if known.is_some_and(|known| !known.metrics.is_empty()) {
        return Err(CannotRun::new(format!(
            "{}: it holds medians, and a baseline is of one commit; save all of it",
            config.baseline.display()
        )));
    }
    let baseline = baseline(saving, stored, report);
    write(&config.baseline, &baseline_to_json(&baseline), terminal)
}

fn write(file: &std::path::Path, text: &str, terminal: &Terminal) -> Result<(), CannotRun> {
    report::atomically(file, text.as_bytes())
        .map_err(|error| InputError::file(file, format!("cannot be written: {error}")))?;
    terminal.note(&format!("wrote {}", file.display()));
    Ok(())
}

/// Whether rounds spread so much that a metric decides nothing.
fn is_noisy(spread_pct: Option<f64>) -> bool {
    spread_pct.is_some_and(|spread| spread / 100.0 > NOISY_SPREAD)
}

/// Why a run must not become a baseline. A few metrics may be noisy, which then
/// decide nothing; with many of them it is the machine.
fn noise(report: &BenchReport, equal: &[Judged]) -> Vec<String> {
    let noisy = |name: &MetricName| {
        let mut measured = report.measured.iter();
        measured.any(|measured| measured.metric == *name && is_noisy(measured.spread_pct))
    };
    let spreads: Vec<_> = report
        .measured
        .iter()
        .filter_map(|measured| Some((measured.metric.clone(), measured.spread_pct? / 100.0)))
        .collect();
    let (wild, quiet): (Vec<_>, Vec<_>) = spreads.into_iter().partition(|(name, _)| noisy(name));
    let equal: Vec<Judged> = equal
        .iter()
        .filter(|judged| !noisy(&judged.metric))
        .cloned()
        .collect();
    let cores = report.fingerprint.cores;
    let mut reasons = fit_to_save(&quiet, &report.conditions, cores, &equal);
    if wild.len() * MOST_NOISY > wild.len() + quiet.len() {
        reasons.push(format!(
            "{} of {} metrics spread by more than {:.0} %",
            wild.len(),
            wild.len() + quiet.len(),
            NOISY_SPREAD * 100.0
        ));
    }
    reasons
}

fn baseline(saving: &Saving, stored: &Stored, report: &BenchReport) -> Baseline {
    let before = stored.baseline.as_ref();
    let metrics = report
        .measured
        .iter()
        .map(|measured| metric(before, measured));
    let mut exact = report.exact.clone();
    exact.sort_by(|a, b| a.metric.cmp(&b.metric));
    Baseline {
        metrics: metrics.collect(),
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
        regression_check: known.is_none_or(|known| known.regression_check)
            && !is_noisy(measured.spread_pct),
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
