//! The tables of the page: what was judged, and all that was measured.

use std::fmt::Write as _;

use super::super::{numbers, words};
use super::articles::Articles;
use super::{ROWS, escaped, plots, remarks, tag};
use crate::model::bench::{BenchReport, Evidence, ExactReading, Judged, MeasuredMetric, Rule};

/// Every metric that was judged, by rule.
pub(super) fn judged(out: &mut String, report: &BenchReport, articles: &Articles) {
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
            row(out, judged, articles);
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
        more(out, judged.len());
    }
}

fn row(out: &mut String, judged: &Judged, articles: &Articles) {
    let [before, now] = numbers::both(judged);
    let change = numbers::effect(judged).map_or_else(String::new, numbers::change);
    let name = articles.link(&judged.metric);
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

fn more(out: &mut String, rows: usize) {
    if let Some(more @ 1..) = rows.checked_sub(ROWS) {
        let _ = writeln!(out, "<p class=\"soft\">and {more} more</p>");
    }
}

/// Everything that was measured and counted of the current build, judged or not. It
/// is folded where there are verdicts to read first.
pub(super) fn measured(out: &mut String, report: &BenchReport, articles: &Articles) {
    let number = report.measured.len() + report.exact.len();
    if number == 0 {
        return;
    }
    let title = format!("All that was measured ({})", numbers::count(number as u64));
    let is_folded = !report.judged.is_empty();
    match is_folded {
        true => {
            let _ = writeln!(out, "<details>\n<summary>{title}</summary>");
        }
        false => {
            let _ = writeln!(out, "<h2>{title}</h2>");
        }
    }
    if !report.measured.is_empty() {
        start(out, "times", &["Median", "Spread", "Measured by"]);
        for measured in report.measured.iter().take(ROWS) {
            time(out, measured, articles);
        }
        end(out, report.measured.len());
    }
    if !report.exact.is_empty() {
        start(out, "counts", &["Count"]);
        for reading in report.exact.iter().take(ROWS) {
            count(out, reading, articles);
        }
        end(out, report.exact.len());
    }
    if is_folded {
        out.push_str("</details>\n");
    }
}

fn start(out: &mut String, caption: &str, columns: &[&str]) {
    let _ = write!(
        out,
        "<div class=\"scroll\">\n<table class=\"plain\">\n<caption>{caption}</caption>\n\
         <thead><tr><th scope=\"col\">Metric</th>"
    );
    for column in columns {
        let _ = write!(out, "<th scope=\"col\" class=\"number\">{column}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

fn end(out: &mut String, rows: usize) {
    out.push_str("</tbody>\n</table>\n</div>\n");
    more(out, rows);
}

fn time(out: &mut String, measured: &MeasuredMetric, articles: &Articles) {
    let spread = measured.spread_pct;
    let spread = spread.map_or_else(String::new, |pct| format!("± {pct:.1} %"));
    let _ = writeln!(
        out,
        "<tr><td class=\"name\">{}</td><td class=\"number\">{}</td>\
         <td class=\"number\">{spread}</td><td class=\"number\">{}</td></tr>",
        articles.link(&measured.metric),
        numbers::time(measured.median_ns),
        by(measured)
    );
}

/// What measured it: of one process, it may be criterion's samples.
pub(super) fn by(measured: &MeasuredMetric) -> String {
    match (measured.processes, measured.each_ns.len()) {
        (1, samples @ 2..) => numbers::many(samples, "sample"),
        (1, _) => "1 process".to_owned(),
        (processes, _) => format!("{} processes", numbers::count(processes.into())),
    }
}

fn count(out: &mut String, reading: &ExactReading, articles: &Articles) {
    let _ = writeln!(
        out,
        "<tr><td class=\"name\">{}</td><td class=\"number\">{} {}</td></tr>",
        articles.link(&reading.metric),
        numbers::count(reading.value),
        reading.kind
    );
}
