//! The page of a run of `bench`: one file that needs nothing else, no script
//! and no network, with tables of all that was measured and plots of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{numbers, words};
use crate::model::Exit;
use crate::model::bench::{BenchReport, BenchVerdict, HistoryEntry, Judged, PairedRounds};
use crate::report::Repro;

mod articles;
mod plots;
mod series;
mod tables;
#[cfg(test)]
mod tests;
mod values;

/// The most entries of a list, and rows of a table.
const ROWS: usize = 2_000;

/// What a page is made of.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What was decided.
    pub report: &'a BenchReport,
    /// What it was decided from.
    pub rounds: &'a [PairedRounds],
    /// Earlier runs, the oldest first.
    pub history: &'a [HistoryEntry],
    /// How the run ends.
    pub exit: Exit,
    /// How a metric is measured again.
    pub repro: &'a Repro,
}

/// The page.
pub fn page(page: &Page<'_>) -> String {
    let report = page.report;
    let (word, sentence) = words::outcome(report, page.exit);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{word}: benchmarks of {}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        escaped(&report.current.label),
        include_str!("html/style.css"),
    );
    let _ = write!(
        out,
        "<div class=\"verdict {}\">\n<h1>{word}: {sentence}</h1>\n<p>{}</p>\n\
         <p>Exit {}: {}.</p>\n</div>\n",
        of_exit(page.exit),
        escaped(&words::comparison(report)),
        page.exit.code(),
        words::advice(page.exit)
    );
    tallies(&mut out, report);
    notes(&mut out, "Problems", "red", &report.problems);
    notes(&mut out, "Warnings", "yellow", &report.warnings);
    machine(&mut out, report);
    let articles = articles::of(page);
    tables::judged(&mut out, report, &articles);
    tables::measured(&mut out, report, &articles);
    out.push_str(&articles.html);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn of_exit(exit: Exit) -> &'static str {
    match exit {
        Exit::Expected => "green",
        Exit::Unexpected | Exit::CouldNotRun => "red",
        Exit::Inconclusive | Exit::NothingSelected => "yellow",
    }
}

fn of_verdict(verdict: BenchVerdict) -> &'static str {
    match verdict {
        BenchVerdict::Pass => "green",
        BenchVerdict::Improved | BenchVerdict::Recorded => "blue",
        BenchVerdict::Inconclusive => "yellow",
        BenchVerdict::Record | BenchVerdict::Regressed => "red",
    }
}

/// How many metrics have each verdict.
fn tallies(out: &mut String, report: &BenchReport) {
    let mut tallies: BTreeMap<BenchVerdict, usize> = BTreeMap::new();
    for judged in &report.judged {
        *tallies.entry(judged.verdict).or_default() += 1;
    }
    out.push_str("<ul class=\"tags\" aria-label=\"Verdicts\">\n");
    for (verdict, number) in tallies.iter().rev() {
        let (class, word) = (of_verdict(*verdict), words::verdict(*verdict));
        let _ = writeln!(out, "<li class=\"tag {class}\">{number} {word}</li>");
    }
    let noisy = report
        .judged
        .iter()
        .filter(|judged| words::noisy(judged))
        .count();
    if noisy > 0 {
        let _ = writeln!(out, "<li class=\"tag yellow\">{noisy} noisy</li>");
    }
    out.push_str("</ul>\n");
}

fn notes(out: &mut String, title: &str, class: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h2>{title}</h2>\n<ul class=\"notes {class}\">");
    for sentence in sentences.iter().take(ROWS) {
        let _ = writeln!(out, "<li>{}</li>", escaped(sentence));
    }
    out.push_str("</ul>\n");
}

fn machine(out: &mut String, report: &BenchReport) {
    let host = &report.fingerprint;
    let conditions = &report.conditions;
    let [start, end] = conditions.load;
    let facts = [
        (
            "Began",
            format!(
                "{}, took {}",
                report.started,
                numbers::duration(report.seconds)
            ),
        ),
        (
            "CPU",
            format!(
                "{}, {}",
                host.cpu,
                numbers::many(host.cores as usize, "core")
            ),
        ),
        (
            "System",
            format!("{} {} {}", host.os, host.arch, host.kernel),
        ),
        ("Memory", format!("{} MiB", numbers::count(host.memory_mib))),
        (
            "Governor",
            host.governor.clone().unwrap_or_else(|| "none".to_owned()),
        ),
        (
            "Load",
            format!("{start:.2} at the start, {end:.2} at the end"),
        ),
        (
            "Others",
            conditions.others.map_or_else(
                || "unknown".to_owned(),
                |others| format!("{others:.2} cores on average"),
            ),
        ),
        (
            "Steal",
            conditions
                .steal
                .map_or_else(|| "unknown".to_owned(), numbers::share),
        ),
        (
            "Hardware counters",
            if conditions.counters { "yes" } else { "no" }.to_owned(),
        ),
        ("Profile", host.profile.clone()),
        ("Seed", report.seed.to_string()),
    ];
    out.push_str("<h2>Machine</h2>\n<dl>\n");
    for (name, fact) in facts {
        let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escaped(&fact));
    }
    out.push_str("</dl>\n");
}

fn tag(verdict: BenchVerdict) -> String {
    let (class, word) = (of_verdict(verdict), words::verdict(verdict));
    format!("<span class=\"tag {class}\">{word}</span>")
}

/// What there is to say in words, escaped.
fn remarks(judged: &Judged) -> Vec<String> {
    let mut remarks = Vec::new();
    if !judged.gating {
        remarks.push("advisory: no say in the exit code".to_owned());
    }
    if let Some(explained) = &judged.explanation {
        let (commit, reason) = (words::short(&explained.commit), &explained.reason);
        remarks.push(format!(
            "explained by {}: {}",
            code(&commit),
            escaped(reason)
        ));
    }
    remarks.extend(judged.remark.iter().map(|remark| escaped(remark)));
    remarks
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// A text that is not ours, as text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}
