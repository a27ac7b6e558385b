//! What earlier runs measured, for plots and for tolerances.

use serde::{Deserialize, Serialize};

use super::{Fingerprint, MetricName};

/// An earlier run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryRun {
    /// The git commit that was measured, in full.
    pub commit: String,
    /// The day, as `2026-11-21`.
    pub date: String,
    /// The version of the Wasmtime inside.
    pub wasmtime: Option<String>,
    /// The machine.
    pub fingerprint: Fingerprint,
    /// What it measured.
    pub medians: Vec<HistoryMedian>,
}

/// A median of an earlier run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryMedian {
    /// The metric.
    pub metric: MetricName,
    /// Nanoseconds of one iteration.
    pub median_ns: f64,
    /// The standard deviation of its logarithm between processes, in percent.
    pub spread_pct: Option<f64>,
}
