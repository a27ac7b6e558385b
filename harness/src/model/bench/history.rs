//! Earlier runs, and what can be learned from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Fingerprint, MetricName};

/// One run of `bench-results/history/`: enough to draw a line and to calibrate
/// a tolerance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryEntry {
    /// The version of this shape: 1.
    pub schema: u32,
    /// The git commit that was measured.
    pub commit: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// The version of the Wasmtime inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wasmtime: Option<String>,
    /// The machine.
    pub fingerprint: Fingerprint,
    /// Median nanoseconds of an iteration, by metric.
    pub medians: BTreeMap<MetricName, f64>,
}

/// What a history of runs says of tolerances.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// How many runs of one machine there were.
    pub runs: u32,
    /// Runs of other machines, which were left out.
    pub foreign: u32,
    /// Every metric with enough of them, by name.
    pub metrics: Vec<CalibratedMetric>,
    /// The share of runs that would have passed with every metric, each judged
    /// by tolerances that were fitted to the other runs.
    pub pass_rate: f64,
    /// The same under the present baseline, where there is one.
    pub present_pass_rate: Option<f64>,
    /// Why the gate must not be made required yet; empty if it may.
    pub refusals: Vec<String>,
}

/// What a history of runs says of one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalibratedMetric {
    /// The metric.
    pub name: MetricName,
    /// How many runs have it.
    pub runs: u32,
    /// The median of their medians, nanoseconds.
    pub median_ns: f64,
    /// Their standard deviation, in percent of that.
    pub sigma_pct: f64,
    /// The tolerance that makes the limit the median and two standard
    /// deviations, in whole percent, rounded up.
    pub tolerance_pct: f64,
    /// The present baseline's.
    pub present_tolerance_pct: Option<f64>,
    /// The share of runs that would have passed, each judged by the others.
    pub pass_rate: f64,
    /// The same under the present baseline.
    pub present_pass_rate: Option<f64>,
}

/// Which slowdowns of a stored metric would be caught, and by what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// The metric.
    pub metric: MetricName,
    /// Its stored median, nanoseconds.
    pub baseline_ns: f64,
    /// What it takes today, where that was measured.
    pub measured_ns: Option<f64>,
    /// One for each rule.
    pub catches: Vec<Catch>,
}

/// What one rule catches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Catch {
    /// The rule, for people.
    pub rule: String,
    /// The smallest slowdown it catches, as a ratio less one of today's time
    /// (of the stored median where today's is not known). Below zero: it would
    /// complain about things as they are.
    pub slowdown: f64,
    /// How that comes about.
    pub how: String,
}
