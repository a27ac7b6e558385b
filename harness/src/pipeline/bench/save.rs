//! Writes a baseline, or a run for the history.

use std::path::PathBuf;

use super::Bench;
use super::stored::Stored;
use crate::judge::bench::saved::{baseline_of, not_measured, remember, unfit_to_save};
use crate::judge::bench::stored::no_say;
use crate::model::InputError;
use crate::model::bench::{BenchReport, HistoryEntry, Judged};
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

/// What is to be written of a run, in this order: the baseline last.
pub(super) type Files = Vec<(PathBuf, String)>;

/// Makes what was asked for.
///
/// # Errors
///
/// Why nothing is saved: the run is noisy, or left something out.
pub(super) fn files(
    config: &Bench,
    saving: &Saving,
    stored: &Stored,
    report: &BenchReport,
    equal: &[Judged],
    terminal: &Terminal,
) -> Result<Files, String> {
    if !report.problems.is_empty() {
        return Err("nothing is saved of a run that left something out".to_owned());
    }
    if let Some(metric) = not_measured(report).first() {
        return Err(format!(
            "nothing is saved of a run in which {metric} took no time"
        ));
    }
    let before = stored.baseline.as_ref();
    let next = baseline_of(report, before, &saving.commit);
    let baseline = (config.baseline.clone(), baseline_to_json(&next));
    let entry = remember(report, &saving.commit);
    let file = config.history.join(file_name(&entry));
    let history = (file, history_to_json(&entry));
    match saving.what {
        Saved::Run => Ok(vec![history]),
        // Medians of another commit are not kept beside them.
        Saved::Counts if before.is_some_and(|before| !before.metrics.is_empty()) => Err(format!(
            "{}: it holds medians, and a baseline is of one commit; save all of it",
            config.baseline.display()
        )),
        Saved::Counts => Ok(vec![baseline]),
        Saved::Baseline => {
            let reasons = unfit_to_save(report, equal);
            if !reasons.is_empty() {
                return Err(format!(
                    "no baseline is saved of a noisy run:\n  {}\nTry again when the machine is \
                     quiet",
                    reasons.join("\n  ")
                ));
            }
            for metric in &next.metrics {
                if let Some(reason) = no_say(metric) {
                    terminal.note(&format!("{} will decide nothing: {reason}", metric.name));
                }
            }
            Ok(vec![history, baseline])
        }
    }
}

/// Writes them, each whole or not at all, and none after one that could not be.
pub(super) fn write(files: &Files, terminal: &Terminal) -> Result<(), InputError> {
    for (file, text) in files {
        report::atomically(file, text.as_bytes())
            .map_err(|error| InputError::file(file, format!("cannot be written: {error}")))?;
        terminal.note(&format!("wrote {}", file.display()));
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;

    #[test]
    fn nothing_is_written_after_what_could_not_be() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "").unwrap();
        let baseline = place.path().join("baseline.json");
        std::fs::write(&baseline, "before").unwrap();
        let text = "after".to_owned();
        let terminal = Terminal::new(Format::Nothing);
        let files = vec![
            (file.join("history.json"), text.clone()),
            (baseline.clone(), text.clone()),
        ];
        let error = write(&files, &terminal).unwrap_err().to_string();
        assert!(error.contains("file/history.json"), "{error}");
        assert_eq!(std::fs::read_to_string(&baseline).unwrap(), "before");
        let files = vec![
            (place.path().join("history/a.json"), text),
            files[1].clone(),
        ];
        write(&files, &terminal).unwrap();
        assert_eq!(std::fs::read_to_string(&baseline).unwrap(), "after");
    }
}
