//! The page of a run of `bench`: one file that needs nothing else, no script
//! and no network, with a plot of every metric that was measured in pairs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{numbers, words};
use crate::model::Exit;
use crate::model::bench::{
    BenchReport, BenchVerdict, Evidence, HistoryEntry, Judged, PairedRounds, Rule,
};
use crate::report::Repro;

mod plots;
mod series;
#[cfg(test)]
mod tests;

/// The most metrics that are plotted; the gravest are.
const PLOTTED: usize = 64;

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
    let plotted = plotted(page);
    tables(&mut out, report, &plotted);
    if !plotted.is_empty() {
        legend(&mut out);
    }
    for (number, judged) in plotted.iter().enumerate() {
        article(&mut out, number, judged, page);
    }
    let left = drawable(page).count().saturating_sub(PLOTTED);
    if left > 0 {
        let more = numbers::many(left, "metric");
        let _ = writeln!(
            out,
            "<p class=\"soft\">{more} more without plots here; samples.jsonl has them.</p>"
        );
    }
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

fn tables(out: &mut String, report: &BenchReport, plotted: &[&Judged]) {
    if report.judged.is_empty() {
        return;
    }
    out.push_str("<h2>Metrics</h2>\n");
    for rule in words::RULES {
        let judged = words::of_rule(report, rule);
        if judged.is_empty() {
            continue;
        }
        let name = words::rule(rule);
        let last = if rule == Rule::LivePair {
            "&minus;3 % to +7 %"
        } else {
            "Evidence"
        };
        let _ = writeln!(
            out,
            "<div class=\"scroll\">\n<table>\n<caption>{name}</caption>\n<thead><tr>\
             <th scope=\"col\">Verdict</th><th scope=\"col\">Metric</th>\
             <th scope=\"col\" class=\"number\">Baseline</th>\
             <th scope=\"col\" class=\"number\">Current</th>\
             <th scope=\"col\" class=\"number\">Change</th>\
             <th scope=\"col\">{last}</th></tr></thead>\n<tbody>"
        );
        for judged in judged.iter().take(ROWS) {
            row(out, judged, plotted);
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
        if let Some(more @ 1..) = judged.len().checked_sub(ROWS) {
            let _ = writeln!(out, "<p class=\"soft\">and {more} more</p>");
        }
    }
}

fn row(out: &mut String, judged: &Judged, plotted: &[&Judged]) {
    let [before, now] = numbers::both(judged);
    let change = numbers::effect(judged).map_or_else(String::new, numbers::change);
    let name = code(judged.metric.as_str());
    let at = plotted
        .iter()
        .position(|plotted| std::ptr::eq(*plotted, judged));
    let name = at.map_or_else(
        || name.clone(),
        |at| format!("<a href=\"#m{at}\">{name}</a>"),
    );
    let evidence = match &judged.evidence {
        Evidence::Pair(pair) => plots::interval(pair),
        _ => {
            let mut lines = vec![escaped(&words::evidence(judged))];
            lines.extend(remarks(judged));
            lines.join("<br>")
        }
    };
    let _ = writeln!(
        out,
        "<tr><td>{}</td><td class=\"name\">{name}</td><td class=\"number\">{before}</td>\
         <td class=\"number\">{now}</td><td class=\"number\">{}</td><td>{evidence}</td></tr>",
        tag(judged.verdict),
        escaped(&change)
    );
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

fn legend(out: &mut String) {
    out.push_str(
        "<h2>Distributions</h2>\n<div class=\"legend\">\
         <span><span class=\"key a\"></span>baseline, earlier runs, and single rounds</span>\
         <span><span class=\"key b\"></span>current, and the estimate with its 95 % interval</span>\
         <span>a box is half of the processes, its line the median</span>\
         <span>a slowdown below <em>floor</em> (1 %) is none; one <em>to find</em> (5 %) must not be missed</span>\
         </div>\n",
    );
}

/// What can be plotted: what was measured in pairs.
fn drawable<'a>(page: &Page<'a>) -> impl Iterator<Item = &'a Judged> + use<'a> {
    let pair = |judged: &&Judged| matches!(judged.evidence, Evidence::Pair(_));
    page.report.judged.iter().filter(pair)
}

/// What is plotted, the gravest first.
fn plotted<'a>(page: &Page<'a>) -> Vec<&'a Judged> {
    let mut plotted: Vec<_> = drawable(page).collect();
    plotted.sort_by_key(|judged| std::cmp::Reverse(words::gravity(judged)));
    plotted.truncate(PLOTTED);
    plotted
}

fn article(out: &mut String, number: usize, judged: &Judged, page: &Page<'_>) {
    let Evidence::Pair(pair) = &judged.evidence else {
        return;
    };
    let [before, now] = numbers::both(judged);
    let _ = write!(
        out,
        "<article id=\"m{number}\">\n<header><h3>{}</h3>{}<span class=\"number\">{before} → {now}, \
         <strong>{}</strong></span></header>\n<p class=\"soft\">{}</p>\n",
        code(judged.metric.as_str()),
        tag(judged.verdict),
        escaped(&numbers::change(pair.effect)),
        escaped(&words::evidence(judged))
    );
    for remark in remarks(judged) {
        let _ = writeln!(out, "<p>{remark}</p>");
    }
    if words::noisy(judged) {
        let _ = writeln!(
            out,
            "<p><span class=\"tag yellow\">noisy</span> it varies a lot from round to round</p>"
        );
    }
    if judged.verdict != BenchVerdict::Pass {
        let command = page.repro.of_metric(&judged.metric);
        let _ = writeln!(out, "<p class=\"soft\">Again: {}</p>", code(&command));
    }
    out.push_str("<div class=\"plots\">\n");
    if let Some([baseline, current]) = series::processes(page.rounds, &judged.metric, pair) {
        figure(
            out,
            "",
            "Each process",
            &plots::distribution(&baseline, &current),
        );
        figure(
            out,
            "",
            "Change in each round, the first on top",
            &plots::rounds(&pair.round_effects, pair),
        );
    }
    let points = series::points(page, &judged.metric, pair);
    if points.len() > 1 {
        let shown = points.len().min(plots::RUNS);
        let caption = format!("The last {shown} runs; hollow: on another machine");
        let plot = plots::history(&points, &page.report.fingerprint);
        figure(out, " class=\"wide\"", &caption, &plot);
    }
    out.push_str("</div>\n</article>\n");
}

fn figure(out: &mut String, class: &str, caption: &str, plot: &str) {
    let _ = writeln!(
        out,
        "<figure{class}>{plot}<figcaption>{caption}</figcaption></figure>"
    );
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
