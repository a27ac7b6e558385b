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
    /// The standard deviation of their logarithms between processes, in
    /// percent, of those that were measured in several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spreads_pct: BTreeMap<MetricName, f64>,
}

/// What a history of runs says of tolerances.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// The machine they are of.
    pub machine: Fingerprint,
    /// How many runs of it there were.
    pub runs: u32,
    /// Runs of other machines, which were left out.
    pub foreign: u32,
    /// Every metric with enough of them, by name.
    pub metrics: Vec<CalibratedMetric>,
    /// How far above a stored median needs an explanation.
    pub threshold_pct: f64,
    /// The share of runs that would have passed without any explanation: all that has
    /// a say in them within the threshold.
    pub pass_rate: f64,
    /// The share of runs that nothing would have been regressed in, each judged by
    /// tolerances that were fitted to the other runs.
    pub tolerated_rate: f64,
    /// The same under the present tolerances, where there is a baseline.
    pub present_tolerated_rate: Option<f64>,
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
    /// The present baseline's median, which its tolerance counts from.
    pub present_median_ns: Option<f64>,
    /// The tolerance that makes the limit the median of the runs and two standard
    /// deviations, in whole percent, rounded up.
    pub tolerance_pct: f64,
    /// The present baseline's.
    pub present_tolerance_pct: Option<f64>,
    /// The share of runs that would have passed without an explanation.
    pub pass_rate: f64,
    /// The share of runs that would not have been regressed, each judged by the
    /// others.
    pub tolerated_rate: f64,
    /// The same under the present tolerance.
    pub present_tolerated_rate: Option<f64>,
}

/// Which slowdowns of a stored metric would be caught, and by what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// The metric.
    pub metric: MetricName,
    /// Its stored median, nanoseconds.
    pub baseline_ns: f64,
    /// Why nothing depends on its times; none if they have a say.
    pub no_say: Option<String>,
    /// One for each rule.
    pub catches: Vec<Catch>,
}

/// What one rule catches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Catch {
    /// The rule, for people.
    pub rule: String,
    /// The smallest slowdown it catches, as a ratio less one.
    pub slowdown: f64,
    /// Whether it decides anything; if not, it is what it would catch if it did.
    pub in_force: bool,
    /// How that comes about.
    pub how: String,
}
