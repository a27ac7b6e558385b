//! Decides what runs: filters, capabilities, expectations, shards. Nothing is
//! dropped without a reason.

mod duration_file;
mod expectation_file;
mod metric_filter;
mod shard;

use glob::{MatchOptions, Pattern};

use crate::model::{
    Case, CaseId, Durations, EngineInfo, ExpectationSet, NotRun, Plan, Planned, Shard,
};
pub use duration_file::read_durations;
pub use expectation_file::{Conditions, read_expectations};
pub use metric_filter::MetricFilter;

/// A glob over the names of cases. `*` stays inside a path component unless
/// the pattern has no `/` at all, which then matches anywhere in the name.
#[derive(Clone, Debug)]
pub struct Filter {
    text: String,
    pattern: Pattern,
    /// Whether the pattern is about paths.
    path: bool,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// A malformed glob.
    pub fn new(text: &str) -> Result<Filter, glob::PatternError> {
        // `spec/a.wast:12` is the name of a directive; its case is what runs.
        let case = match text.rsplit_once(':') {
            Some((case, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => case,
            _ => text,
        };
        let path = case.contains('/');
        let pattern = match path {
            true => Pattern::new(case)?,
            false => Pattern::new(&format!("*{case}*"))?,
        };
        Ok(Filter {
            text: text.to_owned(),
            pattern,
            path,
        })
    }

    /// The filter as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it selects this case.
    pub fn selects(&self, id: &CaseId) -> bool {
        let options = MatchOptions {
            require_literal_separator: self.path,
            ..MatchOptions::default()
        };
        self.pattern.matches_with(&id.0, options)
    }
}

/// What is to be selected.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// A case runs if one of these selects it, or if there is none.
    pub filters: Vec<Filter>,
    /// Only this part of what would run.
    pub shard: Option<Shard>,
}

/// Plans the run of `cases` on an engine.
pub fn plan(
    cases: Vec<Case>,
    engine: &EngineInfo,
    expectations: &ExpectationSet,
    selection: &Selection,
    durations: &Durations,
) -> Plan {
    let mut plan = Plan::default();
    for case in cases {
        match reason_not_to_run(&case, engine, expectations, &selection.filters) {
            Some(reason) => plan.not_run.push((case.id, reason)),
            None => plan.run.push(Planned {
                weight: durations.estimate(&case),
                case,
            }),
        }
    }
    // The name decides between equals, so that every machine plans the same.
    plan.run.sort_by(|a, b| {
        b.weight
            .cmp(&a.weight)
            .then_with(|| a.case.id.cmp(&b.case.id))
    });
    if let Some(shard) = selection.shard {
        shard::keep(&mut plan, shard);
    }
    plan
}

fn reason_not_to_run(
    case: &Case,
    engine: &EngineInfo,
    expectations: &ExpectationSet,
    filters: &[Filter],
) -> Option<NotRun> {
    if !filters.is_empty() && !filters.iter().any(|filter| filter.selects(&case.id)) {
        return Some(NotRun::Filtered);
    }
    let lacking: Vec<_> = case
        .needs()
        .difference(&engine.capabilities)
        .copied()
        .collect();
    if !lacking.is_empty() {
        return Some(NotRun::Lacks(lacking));
    }
    expectations.skip(&case.id).map(|entry| NotRun::Skipped {
        reason: entry.reason.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_match_paths_or_any_part_of_a_name() {
        let selects =
            |filter: &str, id: &str| Filter::new(filter).unwrap().selects(&CaseId(id.to_owned()));
        assert!(selects("i32", "spec/v3/i32.wast"));
        assert!(selects("i3?.wast", "spec/v3/i32.wast"));
        assert!(!selects("i64", "spec/v3/i32.wast"));
        assert!(selects("spec/*/i32.wast", "spec/v3/i32.wast"));
        assert!(!selects("spec/*", "spec/v3/i32.wast"));
        assert!(selects("spec/**", "spec/v3/i32.wast"));
        assert!(selects("spec/v3/i32.wast:12", "spec/v3/i32.wast"));
    }
}
