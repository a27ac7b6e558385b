//! What was decided of each metric, and of the run.

use serde::{Deserialize, Serialize};

use super::{ArmInfo, Clock, Conditions, ExactReading, Fingerprint, MetricName};

/// A slowdown below this is none: 1 %. Two builds of one source differ by as
/// much, in the layout of their code alone.
pub const FLOOR: f64 = 0.01;

/// The slowdown a gate must be able to see: 5 %. A metric passes when it can be
/// ruled out.
pub const TO_DETECT: f64 = 0.05;

/// A metric whose rounds' log ratios have a standard deviation above this is
/// noisy.
pub const NOISY_SPREAD: f64 = 0.05;

/// What became of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BenchVerdict {
    /// As fast as it was, as far as it matters.
    Pass,
    /// Faster, or smaller.
    Improved,
    /// Slower in a way that somebody must answer for, and somebody does.
    Recorded,
    /// Slower in a way that needs an explanation, and there is none.
    Record,
    /// The measurement cannot tell.
    Inconclusive,
    /// Slower.
    Regressed,
}

/// By which rule a metric was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Counts, strictly.
    Exact,
    /// Two builds, side by side.
    LivePair,
    /// A stored median, by the three-way rule.
    Stored,
    /// A limit on a quantile.
    Tail,
}

/// What a live pair showed. Effects are ratios less one: 0.05 is 5 % slower.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairEvidence {
    /// The clock that was judged.
    pub clock: Clock,
    /// Rounds of the stage that decided.
    pub rounds: u32,
    /// The stage that decided.
    pub stage: u8,
    /// The estimated effect.
    pub effect: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
    /// The one-sided lower bound the decision was made by.
    pub lower_bound: f64,
    /// Standard deviation of the rounds' log ratios, estimated from the middle of
    /// them: a few wild rounds do not move it.
    pub spread: f64,
    /// The smallest slowdown these rounds would have found nine times in ten.
    pub detectable: f64,
    /// A slowdown below this is none: [`FLOOR`], and more of what takes little time.
    pub floor: f64,
    /// It passes when this is ruled out: [`TO_DETECT`], and more where the floor is.
    pub to_detect: f64,
    /// Median nanoseconds of an iteration: baseline, current.
    pub median_ns: [f64; 2],
    /// The effect on the wall clock, where the CPU's was judged.
    pub wall_effect: Option<f64>,
    /// The effect each round showed, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub round_effects: Vec<f64>,
}

/// How a stored median compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredEvidence {
    /// The stored median, nanoseconds.
    pub baseline_ns: f64,
    /// Today's.
    pub current_ns: f64,
    /// Ratio less one.
    pub effect: f64,
    /// What a ratio needs to stay unexplained, and what to stay within.
    pub threshold_pct: f64,
    /// The metric's own tolerance.
    pub tolerance_pct: f64,
}

/// What a verdict rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Counts.
    Exact {
        /// The baseline's.
        baseline: u64,
        /// Today's.
        current: u64,
    },
    /// A live pair.
    Pair(PairEvidence),
    /// A stored median.
    Stored(StoredEvidence),
    /// A quantile with its 95 % interval.
    Tail {
        /// The quantile, as 0.999.
        quantile: f64,
        /// The limit, nanoseconds.
        limit_ns: f64,
        /// The estimate, nanoseconds.
        estimate_ns: f64,
        /// Bounds by order statistics; without an upper one there were too few
        /// samples for it.
        interval_ns: [Option<f64>; 2],
        /// How many samples.
        samples: u64,
    },
}

/// The explanation that covers a metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The commit that made it so.
    pub commit: String,
    /// Why.
    pub reason: String,
}

/// A metric and what was decided of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The metric.
    pub metric: MetricName,
    /// By which rule.
    pub rule: Rule,
    /// The verdict.
    pub verdict: BenchVerdict,
    /// False: shown, and without a say in the exit code.
    pub gating: bool,
    /// What it rests on.
    pub evidence: Evidence,
    /// Who answers for it.
    pub explanation: Option<Explained>,
    /// A sentence for people, where there is more to say than numbers do.
    pub remark: Option<String>,
}

/// Times of the current build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredMetric {
    /// The metric.
    pub metric: MetricName,
    /// Median over processes of each process's statistic, in nanoseconds of one
    /// iteration.
    pub median_ns: f64,
    /// In percent: where two builds were compared, the standard deviation of the
    /// rounds' log ratios; otherwise that of the processes' logarithms. Unknown
    /// for a single process.
    pub spread_pct: Option<f64>,
    /// How many processes; 1 for a criterion benchmark.
    pub processes: u32,
    /// What the median is of: the statistic of each process in nanoseconds, or
    /// criterion's samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub each_ns: Vec<f64>,
}

/// Everything a run of `bench` found out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BenchReport {
    /// What was compared with; none when nothing was.
    pub baseline: Option<ArmInfo>,
    /// What was judged.
    pub current: ArmInfo,
    /// The machine.
    pub fingerprint: Fingerprint,
    /// How it was.
    pub conditions: Conditions,
    /// The seed the orders were drawn from.
    pub seed: u64,
    /// When it began, RFC 3339.
    pub started: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What was measured of the current build, compared or not, by name.
    pub measured: Vec<MeasuredMetric>,
    /// What was counted of it.
    pub exact: Vec<ExactReading>,
    /// Every metric that was compared, by rule and name.
    pub judged: Vec<Judged>,
    /// What could not be measured, and why: exit 2.
    pub problems: Vec<String>,
    /// What did not stop the run and should be known.
    pub warnings: Vec<String>,
}
