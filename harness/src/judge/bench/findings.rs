//! What a baseline says of today's run, whatever it is compared by.

use super::pairs::CannotJudge;
use crate::model::bench::{Judged, MetricName};

/// What came of a comparison with something stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// One for each metric that both have.
    pub judged: Vec<Judged>,
    /// Metrics of the baseline that today's run lacks, and values that are none.
    pub problems: Vec<CannotJudge>,
    /// What did not stop the run and should be known.
    pub warnings: Vec<String>,
}

impl Findings {
    /// Warns of what today's run has and the baseline has not.
    pub(super) fn warn_of_new<'n>(
        &mut self,
        today: impl Iterator<Item = &'n MetricName>,
        is_known: impl Fn(&MetricName) -> bool,
    ) {
        let new: Vec<&str> = today
            .filter(|name| !is_known(name))
            .map(MetricName::as_str)
            .collect();
        if !new.is_empty() {
            self.warnings.push(format!(
                "not in the baseline, and so not compared: {}; save one",
                new.join(", ")
            ));
        }
    }
}
