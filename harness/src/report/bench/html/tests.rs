use super::super::example;
use super::*;
use crate::model::bench::{Clock, Evidence, MetricName, Rule, StoredEvidence};

fn of(report: &BenchReport, rounds: &[PairedRounds]) -> String {
    page(&Page {
        report,
        rounds,
        history: &example::history(),
        exit: match report.judged.is_empty() {
            true => Exit::Expected,
            false => Exit::Unexpected,
        },
        repro: &Repro("cargo xtask bench --compare baseline".to_owned()),
    })
}

/// With `BENCH_PAGE` set to a folder, pages are written there to be looked at.
#[test]
fn the_page_needs_nothing_else_and_is_small() {
    let (report, rounds) = example::report();
    for (name, html) in [
        ("compared.html", of(&report, &rounds)),
        ("alone.html", of(&example::alone(), &[])),
    ] {
        for outside in ["<script", "<link", "<img", "@import", "url(", "src="] {
            assert!(!html.contains(outside), "{outside}");
        }
        let links = html.matches("http").count();
        let namespaces = html.matches("http://www.w3.org/2000/svg").count();
        assert_eq!(links, namespaces, "no address but the name of SVG");
        assert!(html.len() < 600_000, "{} bytes", html.len());
        assert!(!html.contains("NaN") && !html.contains("cannot be drawn"));
        if let Some(folder) = std::env::var_os("BENCH_PAGE") {
            std::fs::write(std::path::Path::new(&folder).join(name), html).unwrap();
        }
    }
}

/// What stands of a metric, with its plots.
fn article<'h>(html: &'h str, metric: &str) -> &'h str {
    let at = html.find(&format!("<h3><code>{metric}</code>")).unwrap();
    &html[at..at + html[at..].find("</article>").unwrap()]
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
    let article = article(&html, "execute/interpreter/cranelift");
    let (strips, _) = article.split_once("wide").unwrap();
    assert_eq!(strips.matches("<circle").count(), 3 * 99);
}

/// What waits is red by the wall clock, and so are its dots.
#[test]
fn processes_are_drawn_by_the_clock_that_decided() {
    let (mut report, mut rounds) = example::report();
    let judged = &mut report.judged[0];
    for paired in rounds
        .iter_mut()
        .filter(|paired| paired.metric == judged.metric)
    {
        for round in &mut paired.rounds {
            for timing in &mut round.current.timings {
                timing.wall_ns = 7e9;
            }
        }
    }
    let name = judged.metric.as_str().to_owned();
    let mut drawn = |clock| {
        let Evidence::Pair(pair) = &mut report.judged[0].evidence else {
            panic!("no pair");
        };
        pair.clock = clock;
        let html = of(&report, &rounds);
        let (_, figure) = article(&html, &name).split_once("<figure>").unwrap();
        figure.split_once("</figure>").unwrap().0.to_owned()
    };
    let [wall, cpu] = [Clock::Wall, Clock::ThreadCpu].map(&mut drawn);
    assert!(wall != cpu && wall.contains("6.000 s"), "{wall}");
}

/// What takes little time is judged by wider ones.
#[test]
fn a_plot_shows_the_floor_of_its_own_metric() {
    let (report, rounds) = example::report();
    let html = of(&report, &rounds);
    let short = article(&html, "operation/host-call/cranelift");
    assert!(short.contains("floor 5 %") && short.contains("to find 10 %"));
    let long = article(&html, "execute/fib/cranelift");
    assert!(long.contains("floor 1 %") && long.contains("to find 5 %"));
}

#[test]
fn what_is_compared_with_nothing_is_drawn_and_listed_too() {
    let report = example::alone();
    let html = of(&report, &[]);
    let times = report.measured.len();
    assert_eq!(html.matches("<article").count(), times);
    // Criterion's benchmark was in no earlier run.
    assert_eq!(html.matches("<figure>").count(), times);
    assert_eq!(html.matches("<figure class=\"wide\">").count(), times - 1);
    let fib = article(&html, "execute/fib/cranelift");
    let (processes, _) = fib.split_once("wide").unwrap();
    assert_eq!(processes.matches("<circle").count(), 7);
    assert!(processes.contains("7 processes") && !processes.contains(">baseline<"));
    assert!(article(&html, "dispatch/serial/10").contains("100 samples"));
    for measured in &report.measured {
        let name = measured.metric.as_str();
        assert!(
            html.contains(&format!("\"><code>{name}</code></a></td>")),
            "{name}"
        );
    }
    assert!(html.contains("<td class=\"name\"><code>fuel/fib/cranelift</code></td>"));
    assert!(
        !html.contains("<details>"),
        "nothing else is to be read first"
    );
}

#[test]
fn a_stored_median_stands_beside_what_was_measured() {
    let (mut report, _) = example::report();
    let stored = Evidence::Stored(StoredEvidence {
        baseline_ns: 1.2e6,
        current_ns: 1.234e6,
        effect: 0.028,
        threshold_pct: 10.0,
        tolerance_pct: 30.0,
    });
    report.judged.truncate(1);
    report.judged[0].rule = Rule::Stored;
    report.judged[0].evidence = stored;
    let html = of(&report, &[]);
    let fib = article(&html, "execute/fib/cranelift");
    assert!(fib.contains("15 processes, and the stored median"));
    let (processes, _) = fib.split_once("wide").unwrap();
    assert_eq!(processes.matches("<circle").count(), 15 + 1);
    assert!(html.contains("<details>"), "all of it, folded");
}

#[test]
fn a_page_of_very_many_metrics_stays_small() {
    let (mut report, mut rounds) = example::report();
    let (noisy, of_noisy) = (report.judged[5].clone(), rounds[5].clone());
    let names = (0..400).map(|number| MetricName::new(format!("m{number:03}")).unwrap());
    (report.judged, rounds) = names
        .map(|name| {
            let (mut judged, mut rounds) = (noisy.clone(), of_noisy.clone());
            judged.metric = name.clone();
            rounds.metric = name;
            (judged, rounds)
        })
        .unzip();
    let html = of(&report, &rounds);
    let drawn = html.matches("<article").count();
    assert!(drawn > 100, "{drawn}");
    // The example's other metrics have earlier runs alone.
    let more = format!(
        "{} metrics more without plots",
        400 + example::report().0.measured.len() - drawn
    );
    assert!(html.contains(&more), "{drawn}");
    assert!(html.len() < 7 << 20, "{} bytes", html.len());
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
    report.measured.clear();
    report.exact.clear();
    report.baseline = None;
    let html = of(&report, &[]);
    assert!(!html.contains("<article") && html.contains("</html>"));
}
