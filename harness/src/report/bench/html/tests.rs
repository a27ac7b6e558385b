use super::super::example;
use super::*;
use crate::model::bench::MetricName;

fn of(report: &BenchReport, rounds: &[PairedRounds]) -> String {
    page(&Page {
        report,
        rounds,
        history: &example::history(),
        exit: Exit::Unexpected,
        repro: &Repro("cargo xtask bench --compare baseline".to_owned()),
    })
}

/// With `BENCH_PAGE` set to a path, the page is written there to be looked at.
#[test]
fn the_page_needs_nothing_else_and_is_small() {
    let (report, rounds) = example::report();
    let html = of(&report, &rounds);
    for outside in ["<script", "<link", "<img", "@import", "url(", "src="] {
        assert!(!html.contains(outside), "{outside}");
    }
    let links = html.matches("http").count();
    let namespaces = html.matches("http://www.w3.org/2000/svg").count();
    assert_eq!(links, namespaces, "no address but the name of SVG");
    assert!(html.len() < 600_000, "{} bytes", html.len());
    assert!(!html.contains("NaN") && !html.contains("cannot be drawn"));
    if let Some(path) = std::env::var_os("BENCH_PAGE") {
        std::fs::write(path, html).unwrap();
    }
}

#[test]
fn every_pair_has_its_plots_the_gravest_first() {
    let (report, rounds) = example::report();
    let html = of(&report, &rounds);
    let pairs = rounds.len();
    assert_eq!(html.matches("<article").count(), pairs);
    assert_eq!(html.matches("<figure").count(), 3 * pairs);
    let (_, first) = html.split_once("id=\"m0\"").unwrap();
    assert!(first[..200].contains("execute/fib/cranelift"));
    assert!(html.contains("<a href=\"#m0\"><code>execute/fib/cranelift</code></a>"));
    // Each round has its dot: 99 of them for the noisy one, in each of both
    // arms and once for the change.
    let at = html
        .find("<h3><code>execute/interpreter/cranelift")
        .unwrap();
    let article = &html[at..at + html[at..].find("</article>").unwrap()];
    let (strips, _) = article.split_once("wide").unwrap();
    assert_eq!(strips.matches("<circle").count(), 3 * 99);
}

#[test]
fn a_page_of_very_many_metrics_stays_small() {
    let (mut report, rounds) = example::report();
    let noisy = report.judged[5].clone();
    report.judged = (0..500).map(|_| noisy.clone()).collect();
    let html = of(&report, &rounds);
    assert_eq!(html.matches("<article").count(), PLOTTED);
    assert!(html.contains("436 metrics more without plots"));
    assert!(html.len() < 6 << 20, "{} bytes", html.len());
}

#[test]
fn nothing_in_a_name_or_a_reason_is_markup() {
    let nasty = "\"><script>alert('1')</script>&amp;";
    let (mut report, mut rounds) = example::report();
    let name = MetricName::new(nasty).unwrap();
    for judged in &mut report.judged {
        judged.metric = name.clone();
        judged.remark = Some(nasty.to_owned());
        if let Some(explained) = &mut judged.explanation {
            explained.reason = nasty.to_owned();
            explained.commit = "<b>".to_owned();
        }
    }
    rounds[0].metric = name;
    report.problems = vec![nasty.to_owned()];
    report.warnings = vec![nasty.to_owned()];
    report.started = nasty.to_owned();
    report.fingerprint.cpu = nasty.to_owned();
    report.fingerprint.governor = Some(nasty.to_owned());
    report.current.label = nasty.to_owned();
    report.current.commit = Some(nasty.to_owned());
    let html = of(&report, &rounds);
    assert!(
        !html.contains("<script") && !html.contains("<b>"),
        "a tag came through"
    );
    assert!(!html.contains("\"><scr") && html.contains("&lt;script&gt;"));
}

#[test]
fn a_run_without_anything_is_a_page_too() {
    let (mut report, _) = example::report();
    report.judged.clear();
    report.baseline = None;
    let html = of(&report, &[]);
    assert!(!html.contains("<article") && html.contains("</html>"));
}
