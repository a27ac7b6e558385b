//! A run on disk: `results.jsonl`, one fact a line, written while the run goes
//! on, and read again to merge shards and to judge anew.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Baseline, Repro, against, junit, markdown, write};
use crate::model::{Absent, CaseId, EngineInfo, Event, Exit, NotRun, Shard, Summary};

const SCHEMA: u32 = 2;

/// The longest line of a stored run that is read, in bytes.
const LONGEST_LINE: u64 = 64 << 20;

/// A line of `results.jsonl`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    Run(StoredRun),
    Event(Event),
    Finished { interrupted: bool },
    Complaint { message: String },
}

/// What a stored run says of itself before its events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRun {
    /// The version of the format.
    pub schema: u32,
    /// The engine.
    pub engine: EngineInfo,
    /// The variant's name.
    pub variant: String,
    /// The part of the cases, if not all.
    pub shard: Option<Shard>,
    /// The suites that were looked for cases in.
    pub suites: Vec<StoredSuite>,
    /// The suites whose files were not on that machine.
    pub absent: Vec<Absent>,
    /// The cases that were to run.
    pub planned: Vec<CaseId>,
    /// Those that were not, and why.
    pub not_run: Vec<(CaseId, NotRun)>,
}

/// What a stored run says of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSuite {
    /// Its name.
    pub name: String,
    /// The name of its source.
    pub source: String,
    /// Where its files are from, for people.
    pub origin: String,
    /// The version or the commit of its files, where they have one.
    pub version: Option<String>,
}

impl StoredRun {
    /// The current version of the format.
    pub const SCHEMA: u32 = SCHEMA;
}

/// A stored run that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{path}:{line}: {message}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from one.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

/// The folder of a run's reports.
pub struct ReportDir {
    folder: PathBuf,
    lines: BufWriter<File>,
    /// The first line that could not be written.
    failed: Option<std::io::Error>,
}

impl ReportDir {
    /// Makes the folder and starts `results.jsonl`, so that a folder that
    /// cannot be written is known before anything runs.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be made.
    pub fn create(folder: &Path) -> Result<ReportDir, StoreError> {
        let path = folder.join("results.jsonl");
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| StoreError::Io { path, error }
        };
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        // A report of an earlier run beside this one's events would mislead.
        for stale in ["results.json", "junit.xml", "summary.md"] {
            match std::fs::remove_file(folder.join(stale)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(io(&folder.join(stale))(error));
                }
                _ => {}
            }
        }
        let file = File::create(&path).map_err(io(&path))?;
        Ok(ReportDir {
            folder: folder.to_owned(),
            lines: BufWriter::with_capacity(64 << 10, file),
            failed: None,
        })
    }

    /// Starts the run of a variant.
    pub fn start(&mut self, run: StoredRun) {
        self.line(&Line::Run(run));
        self.flush();
    }

    /// Adds an event.
    pub fn event(&mut self, event: Event) {
        let ended = matches!(
            event.observation,
            Some(crate::model::Observation::Ended { .. })
        );
        self.line(&Line::Event(event));
        if ended {
            // What is on disk is whole lines, however the harness may end.
            self.flush();
        }
    }

    /// Ends the run of a variant.
    pub fn finish(&mut self, interrupted: bool) {
        self.line(&Line::Finished { interrupted });
        self.flush();
    }

    /// Adds an error that left something out of the run.
    pub fn complain(&mut self, message: &str) {
        self.line(&Line::Complaint {
            message: message.to_owned(),
        });
        self.flush();
    }

    fn line(&mut self, line: &Line) {
        if self.failed.is_some() {
            return;
        }
        let written = serde_json::to_vec(line)
            .map_err(std::io::Error::from)
            .and_then(|mut text| {
                text.push(b'\n');
                // A line is never split over two writes to the file.
                if self.lines.buffer().len() + text.len() > self.lines.capacity() {
                    self.lines.flush()?;
                }
                self.lines.write_all(&text)
            });
        self.failed = written.err();
    }

    fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.lines.flush().err();
        }
    }

    /// Writes the reports about the whole.
    ///
    /// # Errors
    ///
    /// A file that cannot be written, now or while the run went on.
    pub fn write(
        mut self,
        summaries: &[Summary],
        complaints: &[String],
        exit: Exit,
        repro: &Repro,
        baseline: Option<&Baseline>,
    ) -> Result<(), StoreError> {
        let path = self.folder.join("results.jsonl");
        if let Some(error) = self.failed.take() {
            return Err(StoreError::Io { path, error });
        }
        let results = against::results(summaries, complaints, exit);
        let markdown = markdown::summary(summaries, complaints, exit, repro, baseline);
        let files = [
            ("results.json", format!("{results:#}\n")),
            ("junit.xml", junit::document(summaries, complaints, repro)),
            ("summary.md", markdown),
        ];
        for (name, contents) in files {
            let path = self.folder.join(name);
            write::atomically(&path, contents.as_bytes())
                .map_err(|error| StoreError::Io { path, error })?;
        }
        Ok(())
    }
}

/// Reads the stored runs of a report folder: each variant's header, and its
/// events to `sink`. The errors that left something out of the run come with
/// the headers.
///
/// # Errors
///
/// A file that cannot be read, that is of another version, or that ends before
/// its run did.
pub fn read_run(
    folder: &Path,
    mut sink: impl FnMut(&StoredRun, Event),
) -> Result<(Vec<StoredRun>, Vec<String>), StoreError> {
    let path = folder.join("results.jsonl");
    let io = |error| StoreError::Io {
        path: path.clone(),
        error,
    };
    let malformed = |line, message: &str| StoreError::Malformed {
        path: path.clone(),
        line,
        message: message.to_owned(),
    };
    let mut reader = BufReader::new(File::open(&path).map_err(io)?);
    let mut finished = Vec::new();
    let mut complaints = Vec::new();
    let mut current: Option<StoredRun> = None;
    let mut buffer = Vec::new();
    for number in 1.. {
        buffer.clear();
        let read = reader
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut buffer);
        if read.map_err(io)? == 0 {
            if current.is_some() || finished.is_empty() {
                return Err(malformed(number, "the file ends before its run did"));
            }
            return Ok((finished, complaints));
        }
        let line: Line = serde_json::from_slice(&buffer)
            .map_err(|error| malformed(number, &unreadable(&buffer, &error)))?;
        match (line, &current) {
            (Line::Complaint { message }, None) => complaints.push(message),
            (Line::Run(run), None)
                if run.schema == SCHEMA && run.shard.is_none_or(Shard::is_possible) =>
            {
                current = Some(run);
            }
            (Line::Run(run), None) if run.schema == SCHEMA => {
                let message = format!("there is no shard {:?}", run.shard);
                return Err(malformed(number, &message));
            }
            (Line::Run(run), None) => {
                return Err(malformed(number, &other_version(run.schema)));
            }
            (Line::Event(event), Some(run)) => sink(run, event),
            (Line::Finished { interrupted: false }, Some(_)) => finished.extend(current.take()),
            (Line::Finished { interrupted: true }, _) => {
                return Err(malformed(number, "the run was interrupted; run it again"));
            }
            _ => return Err(malformed(number, "out of place")),
        }
    }
    unreachable!("the loop ends at the end of the file")
}

/// Why a line cannot be read: it may be of another version of the format.
fn unreadable(line: &[u8], error: &serde_json::Error) -> String {
    #[derive(Deserialize)]
    struct Versioned {
        schema: u32,
    }
    match serde_json::from_slice::<Versioned>(line) {
        Ok(Versioned { schema }) if schema != SCHEMA => other_version(schema),
        _ => error.to_string(),
    }
}

fn other_version(schema: u32) -> String {
    format!("version {schema} of the format; this harness reads version {SCHEMA}")
}
