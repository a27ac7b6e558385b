//! The vocabulary of measuring: what is measured, what came of it, what it was
//! compared with and what was decided.

mod baseline;
mod exact;
mod explanation;
mod fingerprint;
mod history;
mod metric;
mod program;
mod round;
mod self_check;
mod verdict;

pub use baseline::{Baseline, BaselineMetric, HIGHEST_QUANTILE, Origin, Policy, Tail};
pub use exact::{ExactKind, ExactReading};
pub use explanation::{Explanation, MetricPattern};
pub use fingerprint::{Conditions, Fingerprint};
pub use history::{CalibratedMetric, Calibration, Catch, HistoryEntry, Sensitivity};
pub use metric::{MalformedMetric, MetricName, Phase};
pub use program::{BenchProgram, Workload, WorkloadSize};
pub use round::{Arm, ArmInfo, Clock, PairedRounds, ProcessTimings, Round, Timing};
pub use self_check::{SelfCheckReport, SelfCheckRow};
pub use verdict::{
    BenchReport, BenchVerdict, Evidence, Explained, FLOOR, Judged, MeasuredMetric, NOISY_SPREAD,
    PairEvidence, Rule, StoredEvidence, TO_DETECT,
};
