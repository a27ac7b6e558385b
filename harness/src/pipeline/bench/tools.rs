//! What is done with a baseline beside measuring: calibrating its tolerances,
//! explaining them, and linting a change to them.

use std::path::{Path, PathBuf};

use crate::discover;
use crate::judge::bench::calibrate::calibrate;
use crate::judge::bench::explain::sensitivity;
use crate::judge::bench::pairs::GateRule;
use crate::judge::bench::tightened::tightened;
use crate::model::bench::{Baseline, Policy};
use crate::model::{Exit, InputError};
use crate::pipeline::input::CannotRun;
use crate::report::bench::{
    baseline_to_json, calibration_document, calibration_table, sensitivity_document,
    sensitivity_text,
};
use crate::report::{self, Terminal};
use crate::select::MetricFilter;

/// A calibration, as the command line has it.
#[derive(Clone, Debug)]
pub struct Calibrate {
    /// The folder of runs.
    pub history: PathBuf,
    /// The present baseline, where there is one.
    pub baseline: PathBuf,
    /// How many runs make a gate.
    pub fewest_runs: u32,
    /// Whether a gate is to be made required: refusals then fail.
    pub require: bool,
    /// Whether the tolerances are written to the baseline.
    pub write: bool,
}

/// Turns runs into tolerances.
pub fn bench_calibrate(config: &Calibrate, terminal: &Terminal) -> Exit {
    ended(run_calibrate(config, terminal), terminal)
}

fn run_calibrate(config: &Calibrate, terminal: &Terminal) -> Result<Exit, CannotRun> {
    let history = discover::read_history(&config.history)?;
    let baseline = match config.baseline.exists() {
        true => Some(discover::read_baseline(&config.baseline)?),
        false => None,
    };
    let policy = baseline
        .as_ref()
        .map_or_else(Policy::default, |baseline| baseline.policy.clone());
    let Some(calibration) = calibrate(
        &history,
        baseline.as_ref(),
        policy.regress_pct_threshold,
        config.fewest_runs,
    ) else {
        return Err(CannotRun::new(format!(
            "{}: no runs; each `cargo xtask bench --record` adds one",
            config.history.display()
        )));
    };
    terminal.text(&calibration_table(&calibration));
    terminal.document(&calibration_document(&calibration));
    if !calibration.refusals.is_empty() && (config.require || config.write) {
        return Ok(Exit::Unexpected);
    }
    if config.write {
        let Some(mut baseline) = baseline else {
            return Err(CannotRun::new(format!(
                "{}: there is no baseline to write tolerances to",
                config.baseline.display()
            )));
        };
        for metric in &mut baseline.metrics {
            let mut calibrated = calibration.metrics.iter();
            if let Some(found) = calibrated.find(|found| found.name == metric.name) {
                metric.tolerance_pct = found.tolerance_pct;
            }
        }
        write(&config.baseline, &baseline)?;
        terminal.note(&format!("wrote {}", config.baseline.display()));
    }
    Ok(Exit::Expected)
}

fn write(file: &Path, baseline: &Baseline) -> Result<(), InputError> {
    report::atomically(file, baseline_to_json(baseline).as_bytes())
        .map_err(|error| InputError::file(file, format!("cannot be written: {error}")))
}

/// Shows which slowdown of each metric of a baseline each rule would catch.
pub fn bench_explain(file: &Path, only: &[MetricFilter], terminal: &Terminal) -> Exit {
    ended(run_explain(file, only, terminal), terminal)
}

fn run_explain(file: &Path, only: &[MetricFilter], terminal: &Terminal) -> Result<Exit, CannotRun> {
    let baseline = discover::read_baseline(file)?;
    let selected: Vec<_> = baseline
        .metrics
        .iter()
        .filter(|metric| super::plan::selected(&metric.name, only))
        .collect();
    if selected.is_empty() {
        return Err(CannotRun::nothing_selected(format!(
            "{}: no metric passes the filters",
            file.display()
        )));
    }
    let rule = GateRule::default();
    let found: Vec<_> = selected
        .iter()
        .map(|metric| sensitivity(&baseline, metric, &rule))
        .collect();
    terminal.text(&sensitivity_text(&found));
    terminal.document(&sensitivity_document(&found));
    Ok(Exit::Expected)
}

/// A change to a baseline, as git has it.
#[derive(Clone, Debug)]
pub struct BaselineChange {
    /// The file, for messages.
    pub file: PathBuf,
    /// Its text before the change; none if it was not there.
    pub before: Option<String>,
    /// Its text after it.
    pub after: Option<String>,
    /// The version of Wasmtime before and after.
    pub wasmtime: [Option<String>; 2],
}

/// Refuses a baseline that is made stricter by the change that moves Wasmtime,
/// and says what is no longer compared.
pub fn bench_lint(change: &BaselineChange, terminal: &Terminal) -> Exit {
    ended(run_lint(change, terminal), terminal)
}

fn run_lint(change: &BaselineChange, terminal: &Terminal) -> Result<Exit, CannotRun> {
    let Some(before) = &change.before else {
        terminal.note("there was no baseline before this change");
        return Ok(Exit::Expected);
    };
    let Some(after) = &change.after else {
        terminal.complain(&format!(
            "{}: this change removes it",
            change.file.display()
        ));
        return Ok(Exit::Unexpected);
    };
    let before = discover::parse_baseline(&change.file, before)?;
    let after = discover::parse_baseline(&change.file, after)?;
    let [old, new] = &change.wasmtime;
    let moved = old != new;
    let found = tightened(&before, &after, moved);
    for violation in &found.violations {
        terminal.complain(&format!("{}: {violation}", change.file.display()));
    }
    for gone in &found.gone {
        terminal.complain(&format!("{}: {gone}", change.file.display()));
    }
    let name = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".to_owned());
    if !found.violations.is_empty() {
        terminal.note(&format!(
            "Wasmtime moves from {} to {} in this change; what is faster with it is saved by the \
             next one",
            name(old),
            name(new)
        ));
    }
    Ok(match found.violations.is_empty() && found.gone.is_empty() {
        true => Exit::Expected,
        false => Exit::Unexpected,
    })
}

/// How a command ends that may not have come to anything.
pub(super) fn ended(result: Result<Exit, CannotRun>, terminal: &Terminal) -> Exit {
    result.unwrap_or_else(|failed| {
        terminal.complain(&failed.message);
        terminal.document(&report::bench::failure(&failed.message, failed.exit));
        failed.exit
    })
}
