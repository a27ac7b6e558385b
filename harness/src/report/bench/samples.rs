//! Raw samples on disk: `samples.jsonl`, one fact a line, written while the run
//! goes on, and read again to judge anew.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::bench::{
    Arm, ArmInfo, Conditions, ExactReading, Fingerprint, MetricName, ProcessTimings,
};
use crate::report::StoreError;

mod line;
mod pairs;
#[cfg(test)]
mod tests;

use line::Line;

/// The version of the file's shape.
const SCHEMA: u32 = 1;

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 16 << 20;

/// The most bytes of samples that are read.
const LONGEST_FILE: u64 = 1 << 30;

/// What a file of samples says before its samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SamplesHeader {
    /// The machine.
    pub fingerprint: Fingerprint,
    /// How it was when the run began.
    pub conditions: Conditions,
    /// What was compared with; none when nothing was.
    pub baseline: Option<ArmInfo>,
    /// What was judged.
    pub current: ArmInfo,
    /// The seed the orders were drawn from.
    pub seed: u64,
    /// When it began, RFC 3339.
    pub started: String,
}

/// What one process measured, and where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// The metric.
    pub metric: MetricName,
    /// 1, or 2 for the confirmation.
    pub stage: u8,
    /// How many rounds the stage was to have.
    pub planned: u32,
    /// The round, from zero.
    pub round: u32,
    /// Whose process it was.
    pub arm: Arm,
    /// The arm that ran first in this round.
    pub first: Arm,
    /// What it measured.
    pub timings: ProcessTimings,
}

/// A file of samples, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// What it says before its samples.
    pub header: SamplesHeader,
    /// How the machine was in the end; none if the run did not get there.
    pub finished: Option<Conditions>,
    /// The processes, in the order they ran.
    pub processes: Vec<Sampled>,
    /// What was counted, with the arm it was counted in.
    pub counts: Vec<(Arm, ExactReading)>,
    /// Nanoseconds of single iterations of the current build, for quantiles.
    pub latencies: Vec<(MetricName, Vec<u64>)>,
    /// What the reader should know: a last line that was cut short, rounds of
    /// which one process is missing.
    pub warnings: Vec<String>,
}

/// Writes samples while a run goes on. What was written stays, whatever becomes
/// of the run.
#[derive(Debug)]
pub struct SamplesWriter {
    path: PathBuf,
    file: File,
    /// Bytes of whole lines.
    whole: u64,
    /// A line could not be written: nothing may follow it.
    failed: bool,
}

impl SamplesWriter {
    /// Starts the file, over one that is there.
    ///
    /// # Errors
    ///
    /// It cannot be written: the folder, the permission, the room on the disk.
    pub fn create(path: &Path, header: &SamplesHeader) -> Result<SamplesWriter, StoreError> {
        let file = File::create(path).map_err(|error| StoreError::Io {
            path: path.to_owned(),
            error,
        })?;
        let mut writer = SamplesWriter {
            path: path.to_owned(),
            file,
            whole: 0,
            failed: false,
        };
        writer.line(&Line::header(header))?;
        Ok(writer)
    }

    /// Adds what one process measured.
    ///
    /// # Errors
    ///
    /// It cannot be written. The lines before it are kept, and no other is
    /// taken.
    pub fn process(&mut self, sampled: &Sampled) -> Result<(), StoreError> {
        self.line(&Line::process(sampled))
    }

    /// Adds what was counted.
    ///
    /// # Errors
    ///
    /// Those of [`SamplesWriter::process`].
    pub fn count(&mut self, arm: Arm, reading: &ExactReading) -> Result<(), StoreError> {
        let reading = reading.clone();
        self.line(&Line::Count { arm, reading })
    }

    /// Adds single iterations of the current build, in nanoseconds.
    ///
    /// # Errors
    ///
    /// Those of [`SamplesWriter::process`].
    pub fn latencies(&mut self, metric: &MetricName, ns: &[u64]) -> Result<(), StoreError> {
        self.line(&Line::Latencies {
            metric: metric.clone(),
            ns: ns.to_vec(),
        })
    }

    /// Ends the file with how the machine was.
    ///
    /// # Errors
    ///
    /// Those of [`SamplesWriter::process`].
    pub fn finish(mut self, conditions: &Conditions) -> Result<(), StoreError> {
        self.line(&Line::Finished {
            conditions: conditions.clone(),
        })
    }

    fn line(&mut self, line: &Line) -> Result<(), StoreError> {
        let written = self.write(line);
        written.map_err(|error| {
            self.failed = true;
            StoreError::Io {
                path: self.path.clone(),
                error,
            }
        })
    }

    /// One write a line, straight to the file: it is small beside the 50 ms its
    /// process took, and what is on disk are whole lines however a run ends.
    fn write(&mut self, line: &Line) -> std::io::Result<()> {
        if self.failed {
            return Err(std::io::Error::other(
                "an earlier line could not be written",
            ));
        }
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        if let Err(error) = self.file.write_all(&bytes) {
            // What of the line did reach the disk goes; where even that is not
            // possible, the reader takes a last line that was cut short.
            let _ = self.file.set_len(self.whole);
            return Err(error);
        }
        self.whole += bytes.len() as u64;
        Ok(())
    }
}

/// Reads what [`SamplesWriter`] wrote.
///
/// # Errors
///
/// The file cannot be read, is too large, has another schema, or has a line that
/// is malformed or that contradicts another. A last line without its end is no
/// error: the run was stopped while it wrote it.
pub fn read_samples(path: &Path) -> Result<Samples, StoreError> {
    let io = |error| StoreError::Io {
        path: path.to_owned(),
        error,
    };
    let malformed = |line: usize, message: String| StoreError::Malformed {
        path: path.to_owned(),
        line,
        message,
    };
    let file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    if length > LONGEST_FILE {
        let message = format!("{length} bytes; at most {LONGEST_FILE} are read");
        return Err(malformed(1, message));
    }
    let mut reader = BufReader::new(file.take(LONGEST_FILE));
    let mut samples = None;
    let mut pairs = pairs::Pairs::default();
    for number in 1.. {
        let mut bytes = Vec::new();
        let mut limited = reader.by_ref().take(LONGEST_LINE);
        limited.read_until(b'\n', &mut bytes).map_err(io)?;
        if bytes.is_empty() {
            break;
        }
        if bytes.last() != Some(&b'\n') {
            if bytes.len() as u64 == LONGEST_LINE {
                let message = format!("longer than {LONGEST_LINE} bytes");
                return Err(malformed(number, message));
            }
            let cut = format!("line {number} was cut short and is left out");
            match &mut samples {
                None => return Err(malformed(number, "the first line was cut short".to_owned())),
                Some(Samples { warnings, .. }) => warnings.push(cut),
            }
            break;
        }
        let line =
            Line::parse(&bytes, number == 1).map_err(|message| malformed(number, message))?;
        let taken = take(&mut samples, &mut pairs, number, line);
        taken.map_err(|message| malformed(number, message))?;
    }
    let mut samples = samples.ok_or_else(|| {
        malformed(
            1,
            "it is empty; the first line must be of type `run`".to_owned(),
        )
    })?;
    samples.warnings.extend(pairs.lonely());
    Ok(samples)
}

/// Adds a line to what was read before it.
fn take(
    samples: &mut Option<Samples>,
    pairs: &mut pairs::Pairs,
    number: usize,
    line: Line,
) -> Result<(), String> {
    let Some(samples) = samples else {
        *samples = Some(Samples {
            header: line.into_header()?,
            finished: None,
            processes: Vec::new(),
            counts: Vec::new(),
            latencies: Vec::new(),
            warnings: Vec::new(),
        });
        return Ok(());
    };
    if samples.finished.is_some() {
        return Err("a line after the one of type `finished`".to_owned());
    }
    match line {
        Line::Run { .. } => return Err("a second line of type `run`".to_owned()),
        Line::Process(process) => {
            let sampled = process.into_sampled()?;
            pairs.add(number, &sampled)?;
            samples.processes.push(sampled);
        }
        Line::Count { arm, reading } => samples.counts.push((arm, reading)),
        Line::Latencies { metric, ns } => samples.latencies.push((metric, ns)),
        Line::Finished { conditions } => samples.finished = Some(conditions),
    }
    Ok(())
}
