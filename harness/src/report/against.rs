//! `results.json`: what is known of every case, and how two such files differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{
    CaseId, CaseVerdict, EngineInfo, Exit, InputError, NotRun, SuiteTotals, Summary,
};

const SCHEMA: u32 = 1;

/// `results.json`.
#[derive(Deserialize)]
struct Results {
    schema: u32,
    runs: Vec<Run>,
}

/// The run of a variant.
#[derive(Serialize, Deserialize)]
struct Run {
    engine: EngineInfo,
    variant: String,
    suites: Vec<SuiteTotals>,
    cases: Vec<CaseVerdict>,
    skipped: Vec<(CaseId, NotRun)>,
}

/// The document.
pub(super) fn results(summaries: &[Summary], complaints: &[String], exit: Exit) -> Value {
    let runs = summaries.iter().map(|summary| Run {
        engine: summary.engine.clone(),
        variant: summary.variant.clone(),
        suites: summary.suites.clone(),
        cases: summary.cases.clone(),
        skipped: summary.skipped.clone(),
    });
    json!({
        "schema": SCHEMA,
        "runs": runs.collect::<Vec<_>>(),
        "absent": super::json::absent(summaries),
        "errors": complaints,
        "verdict": if exit == Exit::Expected { "pass" } else { "fail" },
    })
}

/// An earlier run, to compare with.
pub struct Baseline {
    /// Engine and version, for people.
    pub name: String,
    /// Of each variant: the cases that ran, and what went wrong in them.
    variants: BTreeMap<String, (BTreeSet<CaseId>, Problems)>,
}

/// What went wrong, by the name of the directive; the word says how.
type Problems = BTreeMap<String, &'static str>;

/// How a variant's run differs from an earlier one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Went wrong and did not before: the directive, and how.
    pub(super) broken: Vec<(String, &'static str)>,
    /// Went wrong before and no longer.
    pub(super) fixed: Vec<String>,
    /// Goes wrong in another way: before, now.
    pub(super) changed: Vec<(String, &'static str, &'static str)>,
    /// Cases that ran only now.
    pub(super) added: Vec<CaseId>,
    /// Cases that ran only before.
    pub(super) removed: Vec<CaseId>,
}

impl Baseline {
    /// Reads a `results.json`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, is malformed or of another version.
    pub fn read(path: &Path) -> Result<Baseline, InputError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| InputError::file(path, format!("cannot be read: {error}")))?;
        let results: Results = serde_json::from_str(&text)
            .map_err(|error| InputError::file(path, format!("is no results.json: {error}")))?;
        if results.schema != SCHEMA {
            return Err(InputError::file(
                path,
                format!(
                    "is version {}; this harness reads version {SCHEMA}",
                    results.schema
                ),
            ));
        }
        let name = results.runs.first().map_or_else(String::new, |run| {
            format!("{} {}", run.engine.name, run.engine.version)
        });
        let variants = results.runs.into_iter().map(|run| {
            let ran = run.cases.iter().map(|case| case.id.clone()).collect();
            (run.variant, (ran, problems(&run.cases)))
        });
        Ok(Baseline {
            name,
            variants: variants.collect(),
        })
    }

    /// How `summary` differs; `None` if the variant was not run then.
    pub(super) fn difference(&self, summary: &Summary) -> Option<Difference> {
        let (ran_before, before) = self.variants.get(&summary.variant)?;
        let now = problems(&summary.cases);
        let ran_now: BTreeSet<_> = summary.cases.iter().map(|case| case.id.clone()).collect();
        let mut difference = Difference {
            added: ran_now.difference(ran_before).cloned().collect(),
            removed: ran_before.difference(&ran_now).cloned().collect(),
            ..Difference::default()
        };
        for (id, how) in &now {
            match before.get(id) {
                None => difference.broken.push((id.clone(), how)),
                Some(earlier) if earlier != how => {
                    difference.changed.push((id.clone(), earlier, how));
                }
                Some(_) => {}
            }
        }
        let still_runs = |id: &str| {
            let case = id.rsplit_once(':').map_or(id, |(case, _)| case);
            ran_now.contains(&CaseId(case.to_owned()))
        };
        difference.fixed = before
            .keys()
            .filter(|id| !now.contains_key(*id) && still_runs(id))
            .cloned()
            .collect();
        Some(difference)
    }
}

fn problems(cases: &[CaseVerdict]) -> Problems {
    cases
        .iter()
        .flat_map(|case| {
            let all = case.unexpected.iter().chain(&case.expected);
            all.map(|problem| (case.id.at(problem.line), problem.kind.name()))
        })
        .collect()
}
