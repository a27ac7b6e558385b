//! Judges a whole run from its events.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::case::{CaseJudge, Judged};
use crate::model::{
    CaseId, CaseVerdict, EngineInfo, Event, ExpectationSet, Expected, FloorTotals, NotRun, Problem,
    ProblemKind, Shard, SuiteRules, SuiteTotals, Summary,
};

/// Turns events into verdicts, and verdicts into a summary.
pub struct Judge<'set> {
    expectations: &'set ExpectationSet,
    keep_notes: bool,
    rules: Vec<SuiteRules>,
    running: HashMap<CaseId, CaseJudge<'set>>,
    /// What is known of each case that ended; a later attempt replaces it.
    settled: BTreeMap<CaseId, CaseVerdict>,
    /// Entries that named a directive some case has.
    found_lines: HashSet<usize>,
}

impl<'set> Judge<'set> {
    /// A judge that knows these expectations. With `keep_notes`, verdicts say
    /// where the engine's wording differs from the script's.
    pub fn new(expectations: &'set ExpectationSet, keep_notes: bool) -> Judge<'set> {
        Judge {
            expectations,
            keep_notes,
            rules: Vec::new(),
            running: HashMap::new(),
            settled: BTreeMap::new(),
            found_lines: HashSet::new(),
        }
    }

    /// The same, knowing what suites demand beyond their directives.
    #[must_use]
    pub fn with_rules(self, rules: Vec<SuiteRules>) -> Judge<'set> {
        Judge { rules, ..self }
    }

    /// Takes the next event; the last one of an attempt gives the verdict on
    /// the case, earlier attempts considered.
    pub fn take(&mut self, event: &Event) -> Option<&CaseVerdict> {
        let Some(observation) = &event.observation else {
            let mut rules = self.rules.iter();
            let rules = rules.find(|rules| rules.suite == event.case.suite());
            let case = CaseJudge::new(
                &event.case,
                event.attempt,
                self.keep_notes,
                rules.is_some_and(|rules| rules.may_refuse),
                self.expectations,
            );
            self.running.insert(event.case.clone(), case);
            return None;
        };
        let Judged {
            mut verdict,
            found_lines,
        } = self.running.get_mut(&event.case)?.take(observation)?;
        self.running.remove(&event.case);
        self.found_lines.extend(found_lines);
        if let Some(earlier) = self.settled.remove(&event.case)
            && !earlier.is_expected()
            && verdict.is_expected()
        {
            verdict.flaky = true;
            if !self.expectations.is_flaky(&verdict.id) {
                verdict.unexpected = flakes(earlier, verdict.attempts);
            }
        }
        Some(self.settled.entry(event.case.clone()).or_insert(verdict))
    }

    /// Whether an attempt of this case has ended.
    pub fn has_ended(&self, id: &CaseId) -> bool {
        self.settled.contains_key(id)
    }

    /// How often a case may be tried: an expected flake gets three attempts.
    pub fn attempts(&self, id: &CaseId, retries: u32) -> u32 {
        let least = if self.expectations.is_flaky(id) { 3 } else { 1 };
        retries.saturating_add(1).max(least)
    }

    /// Sums the run up. `suites` has a name and an origin for each suite,
    /// `not_run` what could have run and did not.
    pub fn finish(
        self,
        engine: EngineInfo,
        variant: String,
        shard: Option<Shard>,
        suites: &[(String, String)],
        not_run: &[(CaseId, NotRun)],
        interrupted: bool,
    ) -> Summary {
        let skipped: Vec<_> = not_run
            .iter()
            .filter(|(_, why)| !why.is_deselected())
            .cloned()
            .collect();
        let totals = suites
            .iter()
            .map(|(name, source)| self.totals(name, source, &skipped))
            .collect();
        let stale = self.stale(not_run);
        let floors = self.floors(not_run);
        Summary {
            engine,
            variant,
            shard,
            suites: totals,
            cases: self.settled.into_values().collect(),
            skipped,
            absent: Vec::new(),
            floors,
            applied: self
                .expectations
                .iter()
                .map(|(entry, _)| entry.clone())
                .collect(),
            stale,
            interrupted,
        }
    }

    fn totals(&self, name: &str, source: &str, skipped: &[(CaseId, NotRun)]) -> SuiteTotals {
        let mut totals = SuiteTotals {
            name: name.to_owned(),
            source: source.to_owned(),
            skipped: skipped.iter().filter(|(id, _)| id.suite() == name).count() as u64,
            ..SuiteTotals::default()
        };
        let mut micros = 0;
        for case in self.settled.values().filter(|case| case.id.suite() == name) {
            totals.cases += 1;
            totals.directives += case.counts.executed;
            totals.passed += case.counts.passed;
            totals.failed += case.counts.failed;
            totals.expected_failures += case.counts.expected_failures;
            totals.crashed += case.counts.crashed;
            totals.timed_out += case.counts.timed_out;
            totals.not_run += case.counts.not_run;
            totals.unexpected_passes += case.unexpected_passes.len() as u64;
            totals.flaky += u64::from(case.flaky);
            let refused = case.refused.values();
            totals.refused += refused.map(|refused| refused.directives).sum::<u64>();
            micros += case.micros;
        }
        totals.duration_ms = micros / 1_000;
        totals
    }

    /// What passed of each floor, where nobody chose to leave out a case of it. A
    /// case that was not run for another reason is one of which nothing passed.
    fn floors(&self, not_run: &[(CaseId, NotRun)]) -> Vec<FloorTotals> {
        let chosen = |id: &CaseId| {
            let mut not_run = not_run.iter();
            self.settled.contains_key(id)
                || not_run.any(|(other, why)| other == id && !why.is_deselected())
        };
        let mut totals = Vec::new();
        for rules in &self.rules {
            for floor in &rules.floors {
                if !floor.cases.iter().all(chosen) {
                    continue;
                }
                let mut total = FloorTotals {
                    suite: rules.suite.clone(),
                    name: floor.name.clone(),
                    returns: 0,
                    traps: 0,
                    wanted_returns: floor.returns,
                    wanted_traps: floor.traps,
                    refused: 0,
                    may_refuse: floor.refused,
                };
                for case in floor.cases.iter().filter_map(|id| self.settled.get(id)) {
                    total.returns += case.returns;
                    total.traps += case.traps;
                    total.refused += case.refused.values().map(|it| it.directives).sum::<u64>();
                }
                totals.push(total);
            }
        }
        totals
    }

    /// Entries that name a directive none of their cases has. An entry one of
    /// whose cases did not run to its end is given the benefit of the doubt.
    fn stale(&self, not_run: &[(CaseId, NotRun)]) -> Vec<Expected> {
        self.expectations
            .iter()
            .enumerate()
            .filter(|(index, (_, pattern))| {
                let about = |id: &CaseId| pattern.matches_case(id);
                let mut ran = self
                    .settled
                    .values()
                    .filter(|case| about(&case.id))
                    .peekable();
                pattern.has_line()
                    && !self.found_lines.contains(index)
                    && !not_run.iter().any(|(id, _)| about(id))
                    && ran.peek().is_some()
                    && ran.all(|case| case.completed)
            })
            .map(|(_, (entry, _))| entry.clone())
            .collect()
    }
}

/// The problems of the attempt before, told as a flake.
fn flakes(earlier: CaseVerdict, attempts: u32) -> Vec<Problem> {
    let flake = |problem: Problem| Problem {
        message: format!(
            "passed on attempt {attempts}; before, it {}: {}",
            problem.kind.name().replace('_', " "),
            problem.message
        ),
        kind: ProblemKind::Flaky,
        ..problem
    };
    let mut problems: Vec<_> = earlier.unexpected.into_iter().map(flake).collect();
    problems.extend(earlier.unexpected_passes.into_iter().map(|pass| Problem {
        line: pass.line.unwrap_or(1),
        directive: crate::model::DirectiveKind::Script,
        kind: ProblemKind::Flaky,
        message: format!(
            "the expectation {} was met only on attempt {attempts}",
            pass.entry
        ),
    }));
    problems
}
