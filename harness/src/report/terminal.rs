//! What a person sees: progress while a run goes on, failures, a table.
//!
//! Results go to standard output, everything else to standard error. Colour
//! and width are used only on a terminal.
#![expect(clippy::print_stderr, reason = "this is the one place that prints")]

use std::io::Write as _;
use std::time::{Duration, Instant};

use console::{Term, style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::{Repro, bench, json};
use crate::model::bench::{BenchReport, SelfCheckReport};
use crate::model::{Absent, CaseVerdict, EngineInfo, Exit, NotRun, Plan, Summary};

/// Prints a line to standard output. A reader that went away, as `head` does,
/// is no error.
macro_rules! out {
    ($($argument:tt)*) => {{
        let mut stdout = std::io::stdout().lock();
        let _ = writeln!(stdout, $($argument)*);
    }};
}

mod demands;

/// How often a run that is not on a terminal says how far it is.
const PLAIN_PROGRESS: Duration = Duration::from_secs(5);

/// The most problems shown of one case, and of one run.
const SHOWN_OF_CASE: usize = 5;
const SHOWN_OF_RUN: usize = 100;

/// What standard output gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Human,
    /// One JSON document.
    Json,
    /// Nothing; standard error gets nothing either. For programs that use what
    /// the pipeline returns.
    Nothing,
}

/// Prints.
pub struct Terminal {
    format: Format,
    progress: Option<Progress>,
}

struct Progress {
    bar: ProgressBar,
    plain: bool,
    total: usize,
    done: usize,
    unexpected: usize,
    said: Instant,
}

impl Terminal {
    /// A terminal with this form of output.
    pub fn new(format: Format) -> Terminal {
        Terminal {
            format,
            progress: None,
        }
    }

    /// Says something about the course of things.
    pub fn note(&self, text: &str) {
        if self.format == Format::Nothing {
            return;
        }
        match &self.progress {
            Some(progress) if !progress.plain => progress.bar.suspend(|| eprintln!("{text}")),
            _ => eprintln!("{text}"),
        }
    }

    /// Says what went wrong with the run itself.
    pub fn complain(&self, text: &str) {
        self.note(&format!(
            "{}: {text}",
            style("error").for_stderr().red().bold()
        ));
    }

    /// Says what is about to run.
    pub fn start(
        &mut self,
        engine: &EngineInfo,
        variant: &str,
        suites: &[(String, String, usize)],
        planned: usize,
    ) {
        self.note(&format!("{} variant {variant}", title(engine)));
        for (name, origin, cases) in suites {
            self.note(&format!(
                "  {name}: {} from {origin}",
                many(*cases as u64, "case")
            ));
        }
        if self.format == Format::Nothing {
            return;
        }
        let plain = !Term::stderr().is_term();
        let bar = ProgressBar::with_draw_target(
            Some(planned as u64),
            if plain {
                ProgressDrawTarget::hidden()
            } else {
                ProgressDrawTarget::stderr()
            },
        );
        if let Ok(template) =
            ProgressStyle::with_template("{elapsed:>4} {wide_bar} {pos}/{len} cases{msg}")
        {
            bar.set_style(template);
        }
        self.progress = Some(Progress {
            bar,
            plain,
            total: planned,
            done: 0,
            unexpected: 0,
            said: Instant::now(),
        });
    }

    /// Says that a case ended.
    pub fn case(&mut self, verdict: &CaseVerdict) {
        let Some(progress) = &mut self.progress else {
            return;
        };
        progress.done += 1;
        progress.unexpected += usize::from(!verdict.is_expected());
        let unexpected = match progress.unexpected {
            0 => String::new(),
            count => format!(", {count} unexpected"),
        };
        progress.bar.set_message(unexpected.clone());
        progress.bar.inc(1);
        if progress.plain && progress.said.elapsed() >= PLAIN_PROGRESS {
            progress.said = Instant::now();
            eprintln!("  {}/{} cases{unexpected}", progress.done, progress.total);
        }
    }

    /// Tells what a run of `bench` found out.
    pub fn bench(&self, report: &BenchReport, exit: Exit, repro: &Repro, look: &bench::Look) {
        match self.format {
            Format::Human => out!("{}", bench::text(report, exit, repro, look)),
            Format::Json => self.document(&bench::document(report, exit, repro)),
            Format::Nothing => {}
        }
    }

    /// Tells how the gate did when it was tried out.
    pub fn self_check(&self, report: &SelfCheckReport, broken: &[String]) {
        match self.format {
            Format::Human => {
                out!("{}", bench::self_check_table(report));
                out!("\n{}", bench::self_check_verdict(report, broken));
            }
            Format::Json => self.document(&bench::self_check_document(report, broken)),
            Format::Nothing => {}
        }
    }

    /// Ends the progress of a run.
    pub fn stop(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.bar.finish_and_clear();
        }
    }

    /// Prints the results of a run; with `messages`, also where the engine's
    /// wording differs from the scripts'.
    pub fn summary(&self, summary: &Summary, repro: &Repro, messages: bool) {
        if self.format != Format::Human {
            return;
        }
        if messages {
            for case in &summary.cases {
                for (line, note) in &case.notes {
                    out!("{} {note}", case.id.at(*line));
                }
            }
        }
        failures(summary, repro);
        skipped(summary);
        table(summary);
        demands::refused(summary);
        demands::floors(summary);
    }

    /// Prints the verdict on everything.
    pub fn verdict(&self, summaries: &[Summary], exit: Exit) {
        if self.format != Format::Human {
            return;
        }
        let directives: u64 = summaries.iter().map(Summary::directives).sum();
        let cases: usize = summaries.iter().map(|summary| summary.cases.len()).sum();
        let counted = format!(
            "{} in {}",
            many(directives, "directive"),
            many(cases as u64, "case")
        );
        let interrupted = summaries.iter().any(|summary| summary.interrupted);
        if interrupted {
            out!(
                "{}: interrupted after {counted}",
                style("FAIL").red().bold()
            );
        } else if !summaries.iter().all(Summary::passes) {
            out!(
                "{}: not everything in {counted} went as expected",
                style("FAIL").red().bold()
            );
        } else if exit != Exit::Expected {
            out!(
                "{}: {counted} went as expected, but the errors above left something out",
                style("FAIL").red().bold()
            );
        } else {
            out!(
                "{}: {counted} went as expected",
                style("PASS").green().bold()
            );
        }
    }

    /// Prints what would run.
    pub fn list(&self, plans: &[(String, Plan)], absent: &[Absent]) {
        match self.format {
            Format::Json | Format::Nothing => self.document(&json::list(plans, absent)),
            Format::Human => {
                for (variant, plan) in plans {
                    list(variant, plan);
                }
                self.absent(absent);
            }
        }
    }

    /// Prints which suites are not on this machine.
    pub fn absent(&self, absent: &[Absent]) {
        if self.format != Format::Human {
            return;
        }
        for absent in absent {
            out!("{} {}", style("ABSENT").yellow(), absent.sentence());
        }
    }

    /// Prints text, where text for people is asked for.
    pub fn text(&self, text: &str) {
        if self.format == Format::Human && !text.is_empty() {
            out!("{text}");
        }
    }

    /// Whether it says how far something is.
    pub(super) fn says_progress(&self) -> bool {
        self.format != Format::Nothing
    }

    /// Prints a document, where documents are asked for.
    pub fn document(&self, document: &Value) {
        if self.format == Format::Json {
            out!("{document:#}");
        }
    }
}

fn title(engine: &EngineInfo) -> String {
    let wasmtime = engine.wasmtime.as_ref();
    let wasmtime = wasmtime.map_or_else(String::new, |version| format!(" (Wasmtime {version})"));
    format!("{} {}{wasmtime},", engine.name, engine.version)
}

fn failures(summary: &Summary, repro: &Repro) {
    let mut shown = 0;
    for case in summary.unexpected() {
        if shown >= SHOWN_OF_RUN {
            break;
        }
        for problem in case.unexpected.iter().take(SHOWN_OF_CASE) {
            out!(
                "{} {} {} [{}]",
                style(json::word(problem.kind)).red().bold(),
                style(case.id.at(problem.line)).bold(),
                problem.directive,
                summary.variant,
            );
            for line in problem.message.lines() {
                out!("    {}", diff_colour(line));
            }
        }
        for pass in case.unexpected_passes.iter().take(SHOWN_OF_CASE) {
            let id = pass
                .line
                .map_or_else(|| case.id.0.clone(), |line| case.id.at(line));
            out!(
                "{} {} [{}]\n    {}",
                style("UNEXPECTED PASS").red().bold(),
                style(id).bold(),
                summary.variant,
                json::unexpected_pass(case, &pass.entry)
            );
        }
        let count = case.unexpected.len() + case.unexpected_passes.len();
        if count > SHOWN_OF_CASE {
            out!("    and {} more in this file", count - SHOWN_OF_CASE);
        }
        out!("    repro: {}\n", repro.of(&case.id, &summary.variant));
        shown += count.min(SHOWN_OF_CASE);
    }
    let cases = summary.unexpected().count();
    if shown >= SHOWN_OF_RUN {
        out!(
            "{} did not go as expected; --report DIR lists all of it\n",
            many(cases as u64, "case")
        );
    }
    for entry in &summary.stale {
        out!(
            "{} {}\n",
            style("STALE").red().bold(),
            json::stale(&entry.place(), &entry.test)
        );
    }
}

fn diff_colour(line: &str) -> console::StyledObject<&str> {
    match line.as_bytes().first() {
        Some(b'+') => style(line).green(),
        Some(b'-') => style(line).red(),
        _ => style(line),
    }
}

/// How many cases were skipped for each reason.
fn skipped(summary: &Summary) {
    let mut reasons: Vec<(String, usize)> = Vec::new();
    for (id, why) in &summary.skipped {
        let reason = format!("{}: {why}", id.suite());
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    for (reason, count) in reasons {
        out!("{} {count} not run, {reason}", style("SKIP").yellow());
    }
}

fn table(summary: &Summary) {
    let head = [
        "suite",
        "cases",
        "directives",
        "passed",
        "failed",
        "crashed",
        "timed out",
        "expected",
        "skipped",
        "time",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    for suite in &summary.suites {
        rows.push([
            format!("{} [{}]", suite.name, summary.variant),
            thousands(suite.cases),
            thousands(suite.directives),
            thousands(suite.passed),
            thousands(suite.failed),
            thousands(suite.crashed),
            thousands(suite.timed_out),
            thousands(suite.expected_failures),
            thousands(suite.skipped),
            format!(
                "{:.1} s",
                Duration::from_millis(suite.duration_ms).as_secs_f64()
            ),
        ]);
    }
    let widths: Vec<usize> = (0..head.len())
        .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
        .collect();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            if column == 0 {
                line.push_str(&format!("{cell:<width$}"));
            } else {
                line.push_str(&format!("  {cell:>width$}"));
            }
        }
        if number == 0 {
            out!("{}", style(line).dim());
        } else {
            out!("{line}");
        }
    }
}

fn list(variant: &str, plan: &Plan) {
    let mut ids: Vec<_> = plan.run.iter().map(|planned| &planned.case.id).collect();
    ids.sort();
    for id in ids {
        out!("{id} [{variant}]");
    }
    for (id, why) in &plan.not_run {
        if !matches!(why, NotRun::Filtered | NotRun::OtherShard) {
            out!("{id} [{variant}] ({why})");
        }
    }
}

/// A number of things, as `1 case` and `2,000 cases`.
fn many(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(number))
}

/// A number with separators, as `143,340`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 143_340].map(thousands),
            ["0", "999", "1,000", "143,340"]
        );
    }
}
