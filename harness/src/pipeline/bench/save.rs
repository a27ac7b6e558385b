//! Writes a baseline, or a run for the history.

use std::path::Path;

use super::Bench;
use super::stored::Stored;
use crate::judge::bench::saved::{baseline_of, not_measured, remember, unfit_to_save};
use crate::judge::bench::stored::no_say;
use crate::model::InputError;
use crate::model::bench::{BenchReport, HistoryEntry, Judged};
use crate::pipeline::input::CannotRun;
use crate::report::bench::{baseline_to_json, history_to_json};
use crate::report::{self, Terminal};

/// What is saved of a run.
#[derive(Clone, Debug)]
pub struct Saving {
    /// The commit that was measured.
    pub commit: String,
    /// What becomes of it.
    pub what: Saved,
}

/// What a run becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// The baseline, and a run of the history.
    Baseline,
    /// A baseline of counts alone, which no noise can move: for a machine that is
    /// never quiet.
    Counts,
    /// A run of the history.
    Run,
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
    if let Some(metric) = not_measured(report).first() {
        return Err(CannotRun::new(format!(
            "nothing is saved of a run in which {metric} took no time"
        )));
    }
    let before = stored.baseline.as_ref();
    let baseline = baseline_of(report, before, &saving.commit);
    match saving.what {
        Saved::Run => {}
        Saved::Counts => {
            // Medians of another commit are not kept beside them.
            if before.is_some_and(|before| !before.metrics.is_empty()) {
                return Err(CannotRun::new(format!(
                    "{}: it holds medians, and a baseline is of one commit; save all of it",
                    config.baseline.display()
                )));
            }
            return write(&config.baseline, &baseline_to_json(&baseline), terminal);
        }
        Saved::Baseline => {
            let reasons = unfit_to_save(report, equal);
            if !reasons.is_empty() {
                return Err(CannotRun::new(format!(
                    "no baseline is saved of a noisy run:\n  {}\nTry again when the machine is \
                     quiet",
                    reasons.join("\n  ")
                )));
            }
            for metric in &baseline.metrics {
                if let Some(reason) = no_say(metric) {
                    terminal.note(&format!("{} will decide nothing: {reason}", metric.name));
                }
            }
            write(&config.baseline, &baseline_to_json(&baseline), terminal)?;
        }
    }
    let entry = remember(report, &saving.commit);
    write(
        &config.history.join(file_name(&entry)),
        &history_to_json(&entry),
        terminal,
    )
}

/// Its time and commit: `2026-11-21T183458-0123456789ab.json`.
fn file_name(entry: &HistoryEntry) -> String {
    let seconds = entry.started.chars().filter(|sign| *sign != ':').take(17);
    let commit = entry.commit.chars().take(12);
    format!(
        "{}-{}.json",
        seconds.collect::<String>(),
        commit.collect::<String>()
    )
}

fn write(file: &Path, text: &str, terminal: &Terminal) -> Result<(), CannotRun> {
    report::atomically(file, text.as_bytes())
        .map_err(|error| InputError::file(file, format!("cannot be written: {error}")))?;
    terminal.note(&format!("wrote {}", file.display()));
    Ok(())
}
