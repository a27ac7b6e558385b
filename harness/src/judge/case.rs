//! Gathers the observations of one case and compares them with what its
//! expectations say.

use std::collections::{BTreeMap, BTreeSet};

use super::{directive, operation};
use crate::model::{
    CaseId, CaseVerdict, Counts, Directive, DirectiveKind, DirectiveVerdict, End, ExitStatus,
    ExpectationSet, Expected, ExpectedOutcome, FailureKind, Observation, Outcome, Problem,
    ProblemKind, Refusals, TestPattern, Transcript, UnexpectedPass, Wanted,
};

/// A case that is running.
pub(super) struct CaseJudge<'set> {
    id: CaseId,
    attempt: u32,
    keep_notes: bool,
    may_refuse: bool,
    entries: Vec<Entry<'set>>,
    executed: u64,
    refused: BTreeMap<String, Refusals>,
    returns: u64,
    traps: u64,
    problems: Vec<Problem>,
    notes: Vec<(usize, String)>,
    transcript: Option<Transcript>,
}

/// An expectation about the case.
struct Entry<'set> {
    index: usize,
    expected: &'set Expected,
    pattern: &'set TestPattern,
    /// The lines of directives that ran and that the entry is about.
    lines: BTreeSet<usize>,
}

/// A verdict, and which entries named a directive the case has.
pub(super) struct Judged {
    pub(super) verdict: CaseVerdict,
    pub(super) found_lines: Vec<usize>,
}

impl<'set> CaseJudge<'set> {
    pub(super) fn new(
        id: &CaseId,
        attempt: u32,
        keep_notes: bool,
        may_refuse: bool,
        expectations: &'set ExpectationSet,
    ) -> CaseJudge<'set> {
        let entries = expectations
            .about(id)
            .map(|(index, expected, pattern)| Entry {
                index,
                expected,
                pattern,
                lines: BTreeSet::new(),
            });
        CaseJudge {
            id: id.clone(),
            attempt,
            keep_notes,
            may_refuse,
            entries: entries.collect(),
            executed: 0,
            refused: BTreeMap::new(),
            returns: 0,
            traps: 0,
            problems: Vec::new(),
            notes: Vec::new(),
            transcript: None,
        }
    }

    /// Takes the next observation; the last one gives the verdict.
    pub(super) fn take(&mut self, observation: &Observation) -> Option<Judged> {
        match observation {
            Observation::Ran {
                directive: ran,
                wanted,
                outcome,
            } => {
                if let Some(reason) = self.refusal(wanted, outcome) {
                    self.refuse(*ran, reason);
                    return None;
                }
                self.ran(*ran);
                match directive::judge(wanted, outcome) {
                    DirectiveVerdict::Pass { note } => {
                        match ran.kind {
                            DirectiveKind::AssertReturn => self.returns += 1,
                            DirectiveKind::AssertTrap => self.traps += 1,
                            _ => {}
                        }
                        if let (true, Some(note)) = (self.keep_notes, note) {
                            self.notes.push((ran.line, note));
                        }
                    }
                    DirectiveVerdict::Fail { message } => {
                        let message = if ran.kind.is_operation() {
                            format!("operation {}: {message}", self.executed)
                        } else {
                            message
                        };
                        self.problem(*ran, kind(outcome), message);
                    }
                }
                None
            }
            Observation::Transcript(transcript) => {
                self.transcript = Some(transcript.clone());
                None
            }
            Observation::Ended {
                end,
                not_run,
                micros,
            } => {
                self.ended(end);
                Some(self.verdict(end, *not_run, *micros))
            }
        }
    }

    /// Why the engine says it cannot do this, where it may say so. Whether a module
    /// is valid it must always be able to say.
    fn refusal<'o>(&self, wanted: &Wanted, outcome: &'o Outcome) -> Option<&'o str> {
        let validity = matches!(
            wanted,
            Wanted::Invalid(_) | Wanted::Malformed(_) | Wanted::RefusedCustom(_)
        );
        match outcome {
            Outcome::Failed(failure)
                if self.may_refuse && !validity && failure.kind == FailureKind::Unsupported =>
            {
                // The same in every place.
                failure.message.split(" (at offset").next()
            }
            _ => None,
        }
    }

    fn refuse(&mut self, directive: Directive, reason: &str) {
        let modules = matches!(
            directive.kind,
            DirectiveKind::Module | DirectiveKind::ModuleDefinition | DirectiveKind::ModuleInstance
        );
        let refused = self.refused.entry(reason.to_owned()).or_default();
        refused.add(Refusals {
            modules: u64::from(modules),
            directives: 1,
        });
    }

    fn ran(&mut self, directive: Directive) {
        self.executed += 1;
        for entry in &mut self.entries {
            if entry.pattern.matches_line(directive.line) {
                entry.lines.insert(directive.line);
            }
        }
    }

    fn problem(&mut self, directive: Directive, kind: ProblemKind, message: String) {
        self.problems.push(Problem {
            line: directive.line,
            directive: directive.kind,
            kind,
            message,
        });
    }

    fn ended(&mut self, end: &End) {
        let (at, kind, message) = match end {
            End::Completed | End::Interrupted => return,
            // Whatever stopped the case is a problem already. If it is not,
            // the operations that did not run must not look like a pass.
            End::Stopped if self.problems.is_empty() => {
                let case = Directive {
                    line: 0,
                    kind: DirectiveKind::Configuration,
                };
                let message = "the case was stopped, and nothing it did was wrong".to_owned();
                (case, ProblemKind::Failed, message)
            }
            End::Stopped => return,
            End::Crashed { at, reason, output } => {
                let message = format!("the worker crashed: {reason}");
                (*at, ProblemKind::Crashed, with_output(message, output))
            }
            End::TimedOut {
                at,
                limit_ms,
                output,
            } => {
                let message = format!("no answer within {limit_ms} ms; the worker was killed");
                (*at, ProblemKind::TimedOut, with_output(message, output))
            }
        };
        self.ran(at);
        self.problem(at, kind, message);
    }

    fn verdict(&mut self, end: &End, not_run: usize, micros: u64) -> Judged {
        let completed = matches!(end, End::Completed);
        if completed && self.executed == 0 {
            let script = Directive {
                line: 1,
                kind: DirectiveKind::Script,
            };
            self.ran(script);
            let message = match self.refused.is_empty() {
                true => "the script has no directive: nothing was tested",
                false => "the engine refused all of it: nothing was tested",
            };
            self.problem(script, ProblemKind::Failed, message.to_owned());
        }
        let mut problems = std::mem::take(&mut self.problems);
        if let (Some(problem), Some(transcript)) = (problems.last_mut(), &self.transcript) {
            problem.message.push_str(&operation::transcript(transcript));
        }
        let problems = problems;
        let mut covered = vec![false; problems.len()];
        let mut unexpected_passes = Vec::new();
        for entry in &self.entries {
            entry.cover(&problems, &mut covered);
        }
        for entry in &self.entries {
            let interrupted = matches!(end, End::Interrupted);
            entry.unmet(&problems, &covered, |line| {
                if !interrupted {
                    unexpected_passes.push(UnexpectedPass {
                        line,
                        entry: entry.expected.place(),
                        file: entry.expected.file.clone(),
                        index: entry.expected.index,
                    });
                }
            });
        }
        let mut counts = Counts {
            executed: self.executed,
            passed: self.executed - problems.len() as u64,
            not_run: not_run as u64,
            ..Counts::default()
        };
        let (mut expected, mut unexpected) = (Vec::new(), Vec::new());
        for (problem, covered) in problems.into_iter().zip(covered) {
            if covered {
                counts.expected_failures += 1;
                expected.push(problem);
                continue;
            }
            match problem.kind {
                ProblemKind::Crashed => counts.crashed += 1,
                ProblemKind::TimedOut => counts.timed_out += 1,
                ProblemKind::Failed | ProblemKind::Flaky => counts.failed += 1,
            }
            unexpected.push(problem);
        }
        let found = self.entries.iter().filter(|entry| !entry.lines.is_empty());
        Judged {
            found_lines: found.map(|entry| entry.index).collect(),
            verdict: CaseVerdict {
                id: self.id.clone(),
                counts,
                unexpected,
                expected,
                unexpected_passes,
                notes: std::mem::take(&mut self.notes),
                refused: std::mem::take(&mut self.refused),
                returns: self.returns,
                traps: self.traps,
                completed,
                interrupted: matches!(end, End::Interrupted),
                flaky: false,
                attempts: self.attempt,
                micros,
            },
        }
    }
}

impl Entry<'_> {
    fn is_about(&self, problem: &Problem) -> bool {
        !self.pattern.has_line() || self.pattern.matches_line(problem.line)
    }

    /// Whether the problem is what the entry says will happen.
    fn fits(&self, problem: &Problem) -> bool {
        let expected = self.expected;
        // A script that cannot be read or holds nothing tested nothing: an
        // entry about its directives says nothing of that, unless it does.
        let of_the_script = matches!(
            problem.directive,
            DirectiveKind::Script | DirectiveKind::Configuration
        ) && problem.kind == ProblemKind::Failed;
        self.is_about(problem)
            && problem.kind.outcome() == expected.outcome
            && match &expected.message {
                Some(message) => problem.message.contains(message),
                None => !of_the_script,
            }
    }

    /// Marks the problems the entry covers.
    fn cover(&self, problems: &[Problem], covered: &mut [bool]) {
        for (problem, covered) in problems.iter().zip(covered) {
            *covered |= self.fits(problem);
        }
    }

    /// Calls `passed` for everything the entry is about that did not go as it
    /// says and is not red for another reason.
    fn unmet(&self, problems: &[Problem], covered: &[bool], mut passed: impl FnMut(Option<usize>)) {
        if matches!(
            self.expected.outcome,
            ExpectedOutcome::Flaky | ExpectedOutcome::Skip
        ) {
            return;
        }
        let met_or_red = |about: &dyn Fn(&Problem) -> bool| {
            problems
                .iter()
                .zip(covered)
                .any(|(problem, covered)| about(problem) && (self.fits(problem) || !covered))
        };
        if !self.pattern.has_line() {
            if !met_or_red(&|_| true) {
                passed(None);
            }
            return;
        }
        for line in &self.lines {
            if !met_or_red(&|problem| problem.line == *line) {
                passed(Some(*line));
            }
        }
    }
}

/// How something went wrong that had this outcome.
fn kind(outcome: &Outcome) -> ProblemKind {
    match outcome {
        Outcome::Failed(failure) if failure.kind == FailureKind::TimedOut => ProblemKind::TimedOut,
        Outcome::Failed(failure) if failure.kind == FailureKind::Crashed => ProblemKind::Crashed,
        Outcome::Exited(ExitStatus::Signal { sent: false, .. }) => ProblemKind::Crashed,
        _ => ProblemKind::Failed,
    }
}

fn with_output(message: String, output: &str) -> String {
    if output.is_empty() {
        message
    } else {
        format!("{message}\nits last output:\n{output}")
    }
}
