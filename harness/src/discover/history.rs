//! Reads `bench-results/history/*.json`: earlier runs, one a file.

use std::path::Path;

use super::{json, walk};
use crate::model::InputError;
use crate::model::bench::HistoryEntry;

/// The most runs that are read.
const MOST_RUNS: usize = 10_000;

/// The most bytes of one run.
const LARGEST: u64 = 4 << 20;

/// The runs of a folder, the oldest first; none if there is no folder.
///
/// # Errors
///
/// A folder or a file that cannot be read, too many of them, or one that is
/// malformed.
pub fn read_history(folder: &Path) -> Result<Vec<HistoryEntry>, InputError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let files = walk::files(folder, "json")?;
    if files.len() > MOST_RUNS {
        return Err(InputError::file(
            folder,
            format!("has more than {MOST_RUNS} runs; remove the oldest"),
        ));
    }
    let mut runs = Vec::with_capacity(files.len());
    for (_, path, _) in files {
        let entry: HistoryEntry = json::parse(&path, &json::read(&path, LARGEST)?)?;
        if entry.schema != 1 {
            let message = format!("schema {}; this harness reads 1", entry.schema);
            return Err(InputError::file(path, message));
        }
        let started: jiff::Timestamp = entry.started.parse().map_err(|error| {
            InputError::file(&path, format!("`started` is no time of RFC 3339: {error}"))
        })?;
        if let Some((name, median)) = entry
            .medians
            .iter()
            .find(|(_, m)| !m.is_finite() || **m <= 0.0)
        {
            return Err(InputError::file(
                path,
                format!("the median of `{name}` is {median}; it should be above zero"),
            ));
        }
        runs.push((started, entry));
    }
    runs.sort_by_key(|(started, _)| *started);
    Ok(runs.into_iter().map(|(_, entry)| entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(started: &str, median: &str) -> String {
        format!(
            "{{\"schema\": 1, \"commit\": \"{started}\", \"started\": \"{started}\", \
             \"fingerprint\": {{\"cpu\": \"a\"}}, \"medians\": {{\"m\": {median}}}}}"
        )
    }

    #[test]
    fn runs_come_in_the_order_they_began() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| {
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        write("a.json", run("2026-11-21T10:00:00+02:00", "2.0"));
        write("b.json", run("2026-11-21T07:59:59Z", "1.0"));
        write("notes.txt", String::new());
        let runs = read_history(folder.path()).unwrap();
        let medians: Vec<f64> = runs
            .iter()
            .flat_map(|r| r.medians.values().copied())
            .collect();
        assert_eq!(medians, [1.0, 2.0]);
        assert_eq!(read_history(&folder.path().join("none")), Ok(vec![]));
    }

    #[test]
    fn a_run_that_is_malformed_is_named() {
        for (text, wanted) in [
            (run("2026-11-21T08:00:00Z", "0"), "above zero"),
            (run("yesterday", "1"), "RFC 3339"),
            (
                run("2026-11-21T08:00:00Z", "1").replace("1,", "2,"),
                "schema 2",
            ),
            ("{".to_owned(), "EOF"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("a.json"), text).unwrap();
            let error = read_history(folder.path()).unwrap_err();
            assert!(error.file.ends_with("a.json"));
            assert!(error.message.contains(wanted), "{error}");
        }
    }
}
