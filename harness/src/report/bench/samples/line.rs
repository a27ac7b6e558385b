//! The lines of `samples.jsonl`.

use serde::{Deserialize, Serialize};

use super::{SCHEMA, Sampled, SamplesHeader};
use crate::model::bench::{
    Arm, Clock, Conditions, ExactReading, MetricName, ProcessTimings, Timing,
};

/// A line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Line {
    /// The first one.
    Run {
        schema: u32,
        /// The version of the harness that wrote it; for people.
        #[serde(default)]
        harness: String,
        #[serde(flatten)]
        header: Box<SamplesHeader>,
    },
    Process(Process),
    Count {
        arm: Arm,
        #[serde(flatten)]
        reading: ExactReading,
    },
    Latencies {
        metric: MetricName,
        ns: Vec<u64>,
    },
    /// The last one.
    Finished {
        conditions: Conditions,
    },
}

/// What one process measured.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Process {
    metric: MetricName,
    stage: u8,
    planned: u32,
    round: u32,
    arm: Arm,
    first: Arm,
    clock: Clock,
    batch: u64,
    /// `[wall, cpu]` of each batch: short, for there are many.
    timings: Vec<[f64; 2]>,
    /// How many of them belong to each slice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    slices: Vec<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    at_once: bool,
}

impl Line {
    pub(super) fn header(header: &SamplesHeader) -> Line {
        Line::Run {
            schema: SCHEMA,
            harness: env!("CARGO_PKG_VERSION").to_owned(),
            header: Box::new(header.clone()),
        }
    }

    pub(super) fn process(sampled: &Sampled) -> Line {
        let timings = sampled.timings.timings.iter();
        Line::Process(Process {
            metric: sampled.metric.clone(),
            stage: sampled.stage,
            planned: sampled.planned,
            round: sampled.round,
            arm: sampled.arm,
            first: sampled.first,
            clock: sampled.timings.clock,
            batch: sampled.timings.batch,
            timings: timings
                .map(|timing| [timing.wall_ns, timing.cpu_ns])
                .collect(),
            slices: sampled.timings.slices.clone(),
            at_once: sampled.timings.at_once,
        })
    }

    /// Reads a line; the schema of the first is looked at before its shape, for
    /// another schema has another one.
    pub(super) fn parse(bytes: &[u8], first: bool) -> Result<Line, String> {
        #[derive(Deserialize)]
        struct Kind {
            #[serde(rename = "type")]
            kind: String,
            schema: Option<u64>,
        }
        if first {
            let kind: Kind = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
            if kind.kind != "run" {
                let what = crate::model::excerpt(&kind.kind);
                return Err(format!("the first line is of type {what}, not \"run\""));
            }
            match kind.schema {
                Some(schema) if schema == u64::from(SCHEMA) => {}
                Some(schema) => {
                    return Err(format!("schema {schema}; this harness reads {SCHEMA}"));
                }
                None => return Err(format!("no `schema`; this harness reads {SCHEMA}")),
            }
        }
        serde_json::from_slice(bytes).map_err(|error| malformed(&error))
    }

    pub(super) fn into_header(self) -> Result<SamplesHeader, String> {
        match self {
            Line::Run { header, .. } => Ok(*header),
            _ => Err("the first line must be of type `run`".to_owned()),
        }
    }
}

/// What a parser found wrong, in whose eyes every line is line 1.
fn malformed(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((message, _)) if error.column() > 0 => {
            format!("column {}: {message}", error.column())
        }
        Some((message, _)) => message.to_owned(),
        None => message,
    }
}

impl Process {
    /// Checks the numbers: the logarithm of a time that is not above zero would
    /// poison every statistic.
    pub(super) fn into_sampled(self) -> Result<Sampled, String> {
        if self.batch == 0 {
            return Err("`batch` is 0; it counts iterations, from 1".to_owned());
        }
        if self.stage > 2 {
            return Err(format!("`stage` is {}, not 0, 1 or 2", self.stage));
        }
        if self.round >= self.planned {
            return Err(format!(
                "round {} of {} planned ones; rounds count from 0",
                self.round, self.planned
            ));
        }
        let sliced: u64 = self.slices.iter().copied().map(u64::from).sum();
        if !self.slices.is_empty() && sliced != self.timings.len() as u64 {
            return Err(format!(
                "the slices hold {sliced} timings, and there are {}",
                self.timings.len()
            ));
        }
        let wrong = |times: &[f64; 2]| times.iter().any(|ns| !ns.is_finite() || *ns < 0.0);
        if let Some(at) = self.timings.iter().position(wrong) {
            return Err(format!(
                "timing {at} is {:?}; nanoseconds, not below 0, were expected",
                self.timings[at]
            ));
        }
        let timings = self.timings.into_iter();
        Ok(Sampled {
            metric: self.metric,
            stage: self.stage,
            planned: self.planned,
            round: self.round,
            arm: self.arm,
            first: self.first,
            timings: ProcessTimings {
                clock: self.clock,
                batch: self.batch,
                timings: timings
                    .map(|[wall_ns, cpu_ns]| Timing { wall_ns, cpu_ns })
                    .collect(),
                slices: self.slices,
                at_once: self.at_once,
            },
        })
    }
}
