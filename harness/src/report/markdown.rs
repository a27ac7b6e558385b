//! The Markdown summary, fit for a comment on a pull request.

use std::fmt::Write as _;

use super::against::Difference;
use super::{Baseline, Repro, json};
use crate::model::{Exit, Summary};

/// The most lines a list in the summary has.
const LISTED: usize = 25;

/// The document.
pub(super) fn summary(
    summaries: &[Summary],
    complaints: &[String],
    exit: Exit,
    repro: &Repro,
    baseline: Option<&Baseline>,
) -> String {
    let mut out = String::new();
    let verdict = if exit == Exit::Expected {
        "as expected"
    } else {
        "**not** as expected"
    };
    let engine = summaries.first().map_or_else(String::new, |summary| {
        let wasmtime = summary.engine.wasmtime.as_ref();
        let wasmtime =
            wasmtime.map_or_else(String::new, |version| format!(" (Wasmtime {version})"));
        format!(
            ": {} {}{wasmtime}",
            summary.engine.name, summary.engine.version
        )
    });
    let _ = writeln!(out, "## Conformance{engine}\n\nThe run went {verdict}.\n");
    table(&mut out, summaries);
    list(
        &mut out,
        "Input that could not be used",
        complaints.to_vec(),
    );
    let absent = json::absent(summaries).into_iter();
    let absent = absent.map(|absent| {
        format!(
            "{}: {}; `{}`",
            absent.suite,
            one_line(&absent.reason),
            absent.command
        )
    });
    list(&mut out, "Not run, because absent", absent.collect());
    list(&mut out, "Unexpected", unexpected(summaries, repro));
    if let Some(baseline) = baseline {
        for summary in summaries {
            differences(&mut out, summary, baseline);
        }
    }
    out
}

fn table(out: &mut String, summaries: &[Summary]) {
    out.push_str(
        "| suite | variant | cases | directives | passed | failed | crashed | timed out \
         | expected failures | unexpected passes | skipped cases | not run |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for summary in summaries {
        for suite in &summary.suites {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                suite.name,
                summary.variant,
                suite.cases,
                suite.directives,
                suite.passed,
                suite.failed,
                suite.crashed,
                suite.timed_out,
                suite.expected_failures,
                suite.unexpected_passes,
                suite.skipped,
                suite.not_run,
            );
        }
    }
}

fn unexpected(summaries: &[Summary], repro: &Repro) -> Vec<String> {
    let mut lines = Vec::new();
    for summary in summaries {
        for case in summary.unexpected() {
            let repro = repro.of(&case.id, &summary.variant);
            for problem in &case.unexpected {
                lines.push(format!(
                    "{} `{}` [{}] {}: {}; `{repro}`",
                    json::word(problem.kind),
                    case.id.at(problem.line),
                    summary.variant,
                    problem.directive,
                    one_line(&problem.message),
                ));
            }
            for pass in &case.unexpected_passes {
                lines.push(format!(
                    "PASS `{}` [{}]: {}",
                    case.id,
                    summary.variant,
                    json::unexpected_pass(case, &pass.entry)
                ));
            }
        }
        let missed = summary.floors.iter().filter(|floor| !floor.is_met());
        lines.extend(missed.map(|floor| format!("FLOOR {}", json::floor(floor))));
        for entry in &summary.stale {
            lines.push(json::stale(&entry.place(), &entry.test));
        }
    }
    lines
}

fn differences(out: &mut String, summary: &Summary, baseline: &Baseline) {
    let variant = &summary.variant;
    let Some(difference) = baseline.difference(summary) else {
        let _ = writeln!(
            out,
            "\n### Against {}\n\nVariant {variant} was not run then.",
            baseline.name
        );
        return;
    };
    let _ = writeln!(out, "\n### Against {}, variant {variant}", baseline.name);
    if difference == Difference::default() {
        out.push_str("\nNo difference.\n");
        return;
    }
    let named = |(id, how): (String, &str)| format!("`{id}`: {how}");
    list(
        out,
        "Newly broken",
        difference.broken.into_iter().map(named).collect(),
    );
    let fixed = difference.fixed.into_iter().map(|id| format!("`{id}`"));
    list(out, "Fixed", fixed.collect());
    let changed = difference.changed.into_iter();
    let changed = changed.map(|(id, before, now)| format!("`{id}`: {before} before, {now} now"));
    list(out, "Going wrong in another way", changed.collect());
    let added = difference.added.into_iter().map(|id| format!("`{id}`"));
    list(out, "Cases that run only now", added.collect());
    let removed = difference.removed.into_iter().map(|id| format!("`{id}`"));
    list(out, "Cases that no longer run", removed.collect());
}

fn list(out: &mut String, title: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n**{title}** ({})\n", lines.len());
    for line in lines.iter().take(LISTED) {
        let _ = writeln!(out, "- {line}");
    }
    if lines.len() > LISTED {
        let _ = writeln!(out, "- and {} more", lines.len() - LISTED);
    }
}

/// A message as one line that no Markdown is made of.
fn one_line(message: &str) -> String {
    let words: Vec<_> = message.split_whitespace().collect();
    let mut text = words.join(" ").replace('`', "'");
    if let Some((end, _)) = text.char_indices().nth(200) {
        text.truncate(end);
        text.push('…');
    }
    format!("`{text}`")
}
