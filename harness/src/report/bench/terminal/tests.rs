use super::super::example;
use super::*;

fn look(width: Option<usize>) -> Look {
    Look {
        width,
        ascii: width.is_none(),
        colour: false,
        all: false,
    }
}

fn of(report: &BenchReport, exit: Exit, look: &Look) -> String {
    let repro = Repro("cargo xtask bench --compare baseline".to_owned());
    text(report, exit, &repro, look)
}

fn at(text: &str, part: &str) -> usize {
    text.find(part)
        .unwrap_or_else(|| panic!("no {part:?} in\n{text}"))
}

#[test]
fn the_verdict_is_the_first_word_and_the_last() {
    let (mut report, _) = example::report();
    let shown = of(&report, Exit::Unexpected, &look(None));
    assert!(
        shown.starts_with("FAIL: 1 regressed of 20 metrics\n"),
        "{shown}"
    );
    let last = shown.lines().last().unwrap();
    assert!(last.starts_with("    exit 1: "), "{shown}");
    let ends = [
        (
            Exit::Inconclusive,
            "INCONCLUSIVE: 2 of 20 metrics could be slower",
        ),
        (Exit::NothingSelected, "NOTHING: "),
        (
            Exit::Expected,
            "PASS: no other slowdown in 20 metrics, 1 of them slower or larger with an explanation, \
             2 of them faster or smaller\n",
        ),
    ];
    for (exit, start) in ends {
        let shown = of(&report, exit, &look(None));
        assert!(shown.starts_with(start), "{shown}");
    }
    report.problems = vec!["the worker of the baseline died".to_owned()];
    let shown = of(&report, Exit::CouldNotRun, &look(None));
    assert!(
        shown.starts_with("COULD NOT RUN: 1 problem, beside 20 metrics\n"),
        "{shown}"
    );
    let problem = at(&shown, "PROBLEM: the worker of the baseline died");
    assert!(problem < at(&shown, "live pairs"), "{shown}");
}

#[test]
fn what_is_fine_is_folded_unless_all_is_asked_for() {
    let (report, _) = example::report();
    let folded = of(&report, Exit::Unexpected, &look(None));
    assert!(!folded.contains("execute/sha256"), "{folded}");
    assert_eq!(folded.matches(" passed\n").count(), 4, "{folded}");
    assert!(folded.contains("\n  8 more passed\n"), "{folded}");
    let all = Look {
        all: true,
        ..look(None)
    };
    let all = of(&report, Exit::Unexpected, &all);
    for judged in &report.judged {
        at(&all, judged.metric.as_str());
    }
    assert!(!all.contains(" passed\n"), "{all}");
}

#[test]
fn the_gravest_come_first_with_a_command() {
    let (mut report, _) = example::report();
    let shown = of(&report, Exit::Unexpected, &look(None));
    let regressed = at(&shown, "regressed     execute/fib");
    let inconclusive = at(&shown, "inconclusive  execute/interpreter");
    assert!(regressed < inconclusive && inconclusive < at(&shown, "improved      compile"));
    at(
        &shown,
        "repro: cargo xtask bench --compare baseline --only execute/fib/cranelift\n",
    );
    at(
        &shown,
        "--only 'jit_compile/emit_text/matmul[[]16x16x16[]]'\n",
    );
    at(
        &shown,
        "NOISY: 1 metric varies from round to round by more than 5.0 %: execute/interpreter",
    );

    // A group with a regression goes before the live pairs that have none.
    report.judged[0].verdict = BenchVerdict::Pass;
    let stored = report
        .judged
        .iter_mut()
        .find(|judged| judged.rule == Rule::Stored);
    let stored = stored.unwrap();
    (stored.verdict, stored.gating) = (BenchVerdict::Regressed, true);
    let shown = of(&report, Exit::Unexpected, &look(None));
    assert!(
        at(&shown, "\nstored medians") < at(&shown, "\nlive pairs"),
        "{shown}"
    );
}

#[test]
fn lines_fit_a_narrow_terminal_and_a_pipe_gets_ascii() {
    let (mut report, _) = example::report();
    let long = "execute/".to_owned() + &"x".repeat(150) + "/cranelift";
    report.judged[0].metric = crate::model::bench::MetricName::new(long).unwrap();
    for width in [80, 120] {
        for all in [false, true] {
            let look = Look {
                all,
                ..look(Some(width))
            };
            let shown = of(&report, Exit::Unexpected, &look);
            for line in shown.lines().filter(|line| !line.contains("repro: ")) {
                let wide = console::measure_text_width(line);
                assert!(wide <= width, "{wide} > {width}: {line}");
            }
        }
    }
    let shown = of(&report, Exit::Unexpected, &look(None));
    let odd: Vec<_> = shown.chars().filter(|c| !c.is_ascii()).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn there_is_colour_only_where_it_is_wanted() {
    let (report, _) = example::report();
    let plain = of(&report, Exit::Unexpected, &look(Some(80)));
    assert!(!plain.contains('\u{1b}'));
    let colour = Look {
        colour: true,
        ..look(Some(80))
    };
    let coloured = of(&report, Exit::Unexpected, &colour);
    assert!(coloured.starts_with("\u{1b}[31m"), "{coloured:?}");
    assert_eq!(console::strip_ansi_codes(&coloured), plain);
}

#[test]
fn a_row_shows_the_floor_of_its_own_metric() {
    let (report, _) = example::report();
    let all = Look {
        all: true,
        ..look(None)
    };
    let shown = of(&report, Exit::Unexpected, &all);
    let marks = |metric: &str| {
        let mut lines = shown.lines();
        let line = lines.find(|line| line.contains(metric)).unwrap();
        line.matches(':').count()
    };
    assert_eq!(marks("execute/matmul-simd/cranelift"), 2, "{shown}");
    // 5 %, and 10 % lies outside.
    assert_eq!(marks("operation/host-call/cranelift"), 1, "{shown}");
}

#[test]
fn a_picture_shows_where_an_interval_lies() {
    let cases = [
        (0.0, [-0.01, 0.01], "....==O==.......:...."),
        (0.06, [0.055, 0.065], "......|.:.......:=O=."),
        (0.02, [0.0, 0.2], "......====O=========>"),
        (-0.2, [-0.3, -0.1], "<.....|.:.......:...."),
        (0.2, [0.1, 0.3], "......|.:.......:...>"),
        (
            0.0,
            [f64::NEG_INFINITY, f64::INFINITY],
            "<=====O=============>",
        ),
    ];
    for (effect, interval, shown) in cases {
        assert_eq!(picture::draw(effect, interval, [0.01, 0.05], true), shown);
    }
    assert_eq!(picture::draw(f64::NAN, [0.0, 0.0], [0.01, 0.05], true), "?");
    assert_eq!(picture::scale(), "-3    0 1       5   7%");
    // Those of short times, one of them outside.
    let short = picture::draw(-0.02, [-0.02, -0.02], [0.05, 0.1], true);
    assert_eq!(short, "..O...|.........:....");
}
