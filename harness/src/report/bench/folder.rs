//! The folder of a run's reports: `samples.jsonl` while it goes on, the others
//! when it is over.

use std::path::{Path, PathBuf};

use super::{Page, SamplesHeader, SamplesWriter, document, markdown, page};
use crate::report::{StoreError, write};

/// The reports that are written in the end.
const REPORTS: [&str; 3] = ["bench.json", "bench.md", "bench.html"];

/// The folder.
#[derive(Debug)]
pub struct BenchDir {
    folder: PathBuf,
}

impl BenchDir {
    /// Makes the folder and starts its samples, so that a folder that cannot be
    /// written is known before anything is measured.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be made.
    pub fn create(
        folder: &Path,
        header: &SamplesHeader,
    ) -> Result<(BenchDir, SamplesWriter), StoreError> {
        let io = |path: PathBuf| move |error| StoreError::Io { path, error };
        std::fs::create_dir_all(folder).map_err(io(folder.to_owned()))?;
        // A report of an earlier run beside this one's samples would mislead.
        for stale in REPORTS {
            let path = folder.join(stale);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(io(path)(error));
                }
                _ => {}
            }
        }
        let samples = SamplesWriter::create(&folder.join("samples.jsonl"), header)?;
        let folder = folder.to_owned();
        Ok((BenchDir { folder }, samples))
    }

    /// Writes the reports.
    ///
    /// # Errors
    ///
    /// A file that cannot be written; those before it are there.
    pub fn write(&self, content: &Page<'_>) -> Result<(), StoreError> {
        let Page {
            report,
            exit,
            repro,
            ..
        } = *content;
        let contents = [
            format!("{:#}\n", document(report, exit, repro)),
            markdown(report, exit, repro),
            page(content),
        ];
        for (name, contents) in REPORTS.into_iter().zip(contents) {
            let path = self.folder.join(name);
            write::atomically(&path, contents.as_bytes())
                .map_err(|error| StoreError::Io { path, error })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::model::Exit;
    use crate::report::Repro;

    #[test]
    fn a_run_leaves_four_files_and_none_of_the_run_before() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("deep/down");
        let (report, rounds) = example::report();
        let header = example::header();
        let (dir, _) = BenchDir::create(&folder, &header).unwrap();
        dir.write(&Page {
            report: &report,
            rounds: &rounds,
            history: &[],
            exit: Exit::Unexpected,
            repro: &Repro("cargo xtask bench".to_owned()),
        })
        .unwrap();
        for name in REPORTS.into_iter().chain(["samples.jsonl"]) {
            let length = folder.join(name).metadata().unwrap().len();
            assert!(length > 100, "{name}");
        }
        let (_, _) = BenchDir::create(&folder, &header).unwrap();
        for name in REPORTS {
            assert!(!folder.join(name).exists(), "{name}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_is_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = BenchDir::create(&file.join("below"), &example::header()).unwrap_err();
        assert!(error.to_string().contains("file/below: "), "{error}");
    }
}
