//! What `bench-results/baseline.json` says.

use serde::{Deserialize, Serialize};

use super::{ExactReading, Fingerprint, MetricName};

/// A baseline: stored medians, exact metrics and where they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// Stored medians, in the file's order.
    pub metrics: Vec<BaselineMetric>,
    /// Exact metrics.
    pub exact: Vec<ExactReading>,
    /// The policy.
    pub policy: Policy,
    /// Where it was measured; a file in the short form does not say.
    pub origin: Option<Origin>,
}

/// Where and from what a baseline was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The git commit that was measured, in full.
    pub commit: String,
    /// The version of the Wasmtime inside.
    pub wasmtime: Option<String>,
    /// The day, as `2026-11-21`.
    pub date: String,
    /// The machine.
    pub fingerprint: Fingerprint,
}

/// A stored median.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineMetric {
    /// Its name.
    pub name: MetricName,
    /// The median, in nanoseconds of one iteration. Above zero.
    pub median_ns: f64,
    /// How far above the median it may be before it fails, in percent.
    pub tolerance_pct: f64,
    /// Whether it is compared at all; true if left out.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub regression_check: bool,
    /// How many processes it was measured in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u32>,
    /// The spread of its rounds when it was compared with itself: the standard
    /// deviation of their log ratios, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread_pct: Option<f64>,
    /// Limits on the tail of its distribution.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<Tail>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_true(value: &bool) -> bool {
    *value
}

/// The highest quantile that has limits: a run measures 10,000 latencies at the most,
/// and of a higher one too few of them are beyond it.
pub const HIGHEST_QUANTILE: f64 = 0.999;

/// A limit on a quantile of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tail {
    /// The quantile, above 0 and up to [`HIGHEST_QUANTILE`].
    pub quantile: f64,
    /// The most nanoseconds it may be.
    pub limit_ns: f64,
}

/// How stored medians are judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Above the median by more than this, in percent, needs an explanation.
    pub regress_pct_threshold: f64,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            regress_pct_threshold: 10.0,
            note: None,
        }
    }
}
