//! The metrics of the page one by one: what was decided of each, and its plots.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::{numbers, words};
use super::plots::{self, Lane};
use super::{Page, code, escaped, remarks, series, tables, tag};
use crate::model::bench::{BenchVerdict, Evidence, Judged, MeasuredMetric, MetricName};

/// Where the page ends: what is graver is drawn first, and the rest would make it
/// too large for a browser.
const MOST_BYTES: usize = 6 << 20;

/// The metrics that have plots.
pub(super) struct Articles {
    /// All of them, with a legend.
    pub(super) html: String,
    numbers: BTreeMap<MetricName, usize>,
}

impl Articles {
    /// A metric's name, which leads to its plots where it has some.
    pub(super) fn link(&self, metric: &MetricName) -> String {
        let name = code(metric.as_str());
        match self.numbers.get(metric) {
            None => name,
            Some(number) => format!("<a href=\"#m{number}\">{name}</a>"),
        }
    }
}

/// What there is of a metric.
struct Subject<'a> {
    metric: &'a MetricName,
    /// What was decided of it, the gravest first.
    judged: Vec<&'a Judged>,
    measured: Option<&'a MeasuredMetric>,
}

/// Draws every metric that there is something to draw of, the gravest first.
pub(super) fn of(page: &Page<'_>) -> Articles {
    let mut all = Articles {
        html: String::new(),
        numbers: BTreeMap::new(),
    };
    let mut left = 0;
    for subject in subjects(page) {
        let figures = figures(&subject, page);
        if figures.is_empty() {
            continue;
        }
        if all.html.len() + figures.len() > MOST_BYTES {
            left += 1;
            continue;
        }
        let number = all.numbers.len();
        if number == 0 {
            legend(&mut all.html);
        }
        article(&mut all.html, number, &subject, page, &figures);
        all.numbers.insert(subject.metric.clone(), number);
    }
    if left > 0 {
        let more = numbers::many(left, "metric");
        let _ = writeln!(
            all.html,
            "<p class=\"soft\">{more} more without plots here; samples.jsonl has them.</p>"
        );
    }
    all
}

fn subjects<'a>(page: &Page<'a>) -> Vec<Subject<'a>> {
    let mut subjects: BTreeMap<&MetricName, Subject<'a>> = BTreeMap::new();
    let nothing = |metric| Subject {
        metric,
        judged: Vec::new(),
        measured: None,
    };
    for judged in &page.report.judged {
        let metric = &judged.metric;
        let subject = subjects.entry(metric).or_insert_with(|| nothing(metric));
        subject.judged.push(judged);
    }
    for measured in &page.report.measured {
        let metric = &measured.metric;
        let subject = subjects.entry(metric).or_insert_with(|| nothing(metric));
        subject.measured = Some(measured);
    }
    let mut subjects: Vec<_> = subjects.into_values().collect();
    for subject in &mut subjects {
        let gravity = |judged: &&Judged| std::cmp::Reverse(words::gravity(judged));
        subject.judged.sort_by_key(gravity);
    }
    // A stable sort: by name where they are equally grave.
    subjects.sort_by_key(|subject| {
        let gravest = subject.judged.first();
        std::cmp::Reverse(gravest.map(|judged| words::gravity(judged)))
    });
    subjects
}

fn legend(out: &mut String) {
    out.push_str(
        "<h2>Distributions</h2>\n<div class=\"legend\">\
         <span><span class=\"key a\"></span>baseline, earlier runs, and single rounds</span>\
         <span><span class=\"key b\"></span>current, and the estimate with its 95 % interval</span>\
         <span>a box is half of the processes, its line the median</span>\
         <span>a slowdown below <em>floor</em> is none; one <em>to find</em> must not be missed; \
         short times have wider ones</span>\
         </div>\n",
    );
}

fn article(out: &mut String, number: usize, subject: &Subject<'_>, page: &Page<'_>, figures: &str) {
    let name = code(subject.metric.as_str());
    let _ = write!(out, "<article id=\"m{number}\">\n<header><h3>{name}</h3>");
    match (subject.judged.first(), subject.measured) {
        (Some(judged), _) => {
            let [before, now] = numbers::both(judged);
            let change = numbers::effect(judged).map_or_else(String::new, numbers::change);
            let _ = write!(
                out,
                "{}<span class=\"number\">{before} → {now}, <strong>{}</strong></span>",
                tag(judged.verdict),
                escaped(&change)
            );
        }
        (None, Some(measured)) => {
            let time = numbers::time(measured.median_ns);
            let _ = write!(out, "<span class=\"number\">{time}</span>");
        }
        (None, None) => {}
    }
    out.push_str("</header>\n");
    for judged in &subject.judged {
        let evidence = escaped(&words::evidence(judged));
        let rule = words::rule(judged.rule);
        let _ = writeln!(out, "<p class=\"soft\">{rule}: {evidence}</p>");
        for remark in remarks(judged) {
            let _ = writeln!(out, "<p>{remark}</p>");
        }
    }
    if subject.judged.iter().any(|judged| words::noisy(judged)) {
        let _ = writeln!(
            out,
            "<p><span class=\"tag yellow\">noisy</span> it varies a lot from round to round</p>"
        );
    }
    let mut judged = subject.judged.iter();
    if judged.any(|judged| judged.verdict != BenchVerdict::Pass) {
        let command = page.repro.of_metric(subject.metric);
        let _ = writeln!(out, "<p class=\"soft\">Again: {}</p>", code(&command));
    }
    let _ = writeln!(out, "<div class=\"plots\">\n{figures}</div>\n</article>");
}

/// The plots of a metric; nothing if there is nothing to show.
fn figures(subject: &Subject<'_>, page: &Page<'_>) -> String {
    let mut out = String::new();
    let evidence = subject.judged.iter().map(|judged| &judged.evidence);
    let pair = evidence.clone().find_map(|evidence| match evidence {
        Evidence::Pair(pair) => Some(pair),
        _ => None,
    });
    let both = pair.and_then(|pair| series::processes(page.rounds, subject.metric, pair));
    if let (Some(pair), Some([baseline, current])) = (pair, &both) {
        let lanes = [Lane::baseline(baseline), Lane::current(current)];
        let plot = plots::distribution(&lanes);
        figure(&mut out, "", "Each process", &plot);
        let plot = plots::rounds(&pair.round_effects, pair);
        let caption = "Change in each round, the first on top";
        figure(&mut out, "", caption, &plot);
    } else if let Some(measured) = subject.measured.filter(|found| found.each_ns.len() > 1) {
        let stored = evidence.clone().find_map(|evidence| match evidence {
            Evidence::Stored(stored) => Some([stored.baseline_ns]),
            _ => None,
        });
        let current = Lane::current(&measured.each_ns);
        let plot = match &stored {
            Some(stored) => plots::distribution(&[Lane::baseline(stored), current]),
            None => plots::distribution(&[current]),
        };
        let stored = match stored {
            Some(_) => ", and the stored median",
            None => "",
        };
        let caption = format!("{}{stored}", tables::by(measured));
        figure(&mut out, "", &caption, &plot);
    }
    let now = pair.map(|pair| pair.median_ns[1]);
    let now = now.or_else(|| Some(subject.measured?.median_ns));
    let points = series::points(page, subject.metric, now);
    if points.len() > 1 {
        let shown = points.len().min(plots::RUNS);
        let caption = format!("The last {shown} runs; hollow: on another machine");
        let plot = plots::history(&points, &page.report.fingerprint);
        figure(&mut out, " class=\"wide\"", &caption, &plot);
    }
    out
}

fn figure(out: &mut String, class: &str, caption: &str, plot: &str) {
    let _ = writeln!(
        out,
        "<figure{class}>{plot}<figcaption>{caption}</figcaption></figure>"
    );
}
