//! Workers that misbehave in the middle of a comparison: the run says which
//! and where, keeps what was measured before, and touches no baseline.

use std::time::{Duration, Instant};

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{Rule, Tail};
use tensor_wasm_harness::pipeline::{Against, Bench, Saved, Saving};
use tensor_wasm_harness::report::bench::read_samples;

use crate::place::{COMMIT, Done, EXECUTE, Place, arm, run, trapping};
use crate::workers::Mock;

/// What comes before it in one process.
const COMPILE: &str = "compile/spin/cranelift";
/// What else the first two rounds left.
const OTHER: &str = "execute/noop/cranelift";

/// A comparison of today's build with a mock.
fn compare(place: &Place, mock: &Mock<'_>) -> Done {
    let mut baseline = arm("before", &place.mock(mock));
    baseline.request_timeout = Duration::from_secs(2);
    place.baseline(|_| {});
    let file = place.path("bench-results/baseline.json");
    let before = std::fs::read(&file).unwrap();
    let config = Bench {
        against: Against::Baseline {
            live: Some(baseline),
        },
        report: Some(place.path("report")),
        ..place.config(&[EXECUTE])
    };
    let done = run(&config);
    assert!(std::fs::read(&file).unwrap() == before);
    done
}

/// How many processes' samples are kept.
fn kept(place: &Place) -> usize {
    let samples = read_samples(&place.path("report/samples.jsonl")).unwrap();
    assert_eq!(samples.warnings, [""; 0]);
    samples.processes.len()
}

#[test]
fn a_worker_that_breaks_in_the_third_round_leaves_two() {
    let times = |times: &str| format!("echo '{{\"timed\":{times}}}'; continue;");
    let timing = |ns: &str| {
        times(&format!(
            r#"{{"clock":"wall","batch":1,"timings":[{{"wall_ns":{ns},"cpu_ns":1.0}}]}}"#
        ))
    };
    let empty = times(r#"{"clock":"wall","batch":1,"timings":[]}"#);
    let no_batch = times(r#"{"clock":"wall","batch":0,"timings":[{"wall_ns":1.0,"cpu_ns":1.0}]}"#);
    let cases: [(String, &[&str]); 10] = [
        ("exit 3;".to_owned(), &["the worker was lost", "3"]),
        (
            // In the middle of the pair: its first slice was answered.
            "[ $asked -lt 2 ] || exit 3;".to_owned(),
            &["the worker was lost", "3"],
        ),
        ("kill -9 $$;".to_owned(), &["the worker was lost"]),
        ("exec sleep 60;".to_owned(), &["said nothing for 2 s"]),
        ("echo rubbish; continue;".to_owned(), &["rubbish"]),
        (timing("-1.0"), &["times that are none"]),
        (timing("NaN"), &["NaN"]),
        (empty, &["times that are none"]),
        (no_batch, &["times that are none"]),
        (
            "echo '{\"failed\":\"wrong output\"}'; continue;".to_owned(),
            &["wrong output"],
        ),
    ];
    let place = Place::new();
    for (when_timed, says) in cases {
        let mock = Mock {
            when_timed: &when_timed,
            // The first is asked what it is.
            from: 4,
            ..Mock::default()
        };
        let started = Instant::now();
        let done = compare(&place, &mock);
        done.ends(Exit::CouldNotRun)
            .says(&["before", EXECUTE])
            .says(says);
        assert_eq!(kept(&place), 4, "{when_timed}");
        // What is left of a stage is no evidence.
        let judged = &done.report().judged;
        assert!(judged.iter().all(|judged| judged.rule != Rule::LivePair));
        assert!(started.elapsed() < Duration::from_secs(30), "{when_timed}");
    }
}

#[test]
fn a_worker_that_does_not_open_as_it_should_is_named() {
    let place = Place::new();
    let hello = Mock::default().greeting;
    let cases = [
        (
            hello.replace("\"bench_protocol\":1", "\"bench_protocol\":7"),
            "protocol 7",
        ),
        ("rubbish".to_owned(), "rubbish"),
        ("\"loaded\"".to_owned(), "instead of a greeting"),
        (
            "{\"refused\":\"no such engine\"}".to_owned(),
            "no such engine",
        ),
        (
            "{\"refused\":\"unexpected argument --bench\"}".to_owned(),
            "older than",
        ),
    ];
    for (greeting, says) in cases {
        let mock = Mock {
            greeting,
            ..Mock::default()
        };
        let done = compare(&place, &mock);
        done.ends(Exit::CouldNotRun).says(&["before", says]);
        // Before anything was measured.
        assert!(!place.path("report").exists(), "{says}");
    }
}

#[test]
fn a_program_that_fails_costs_its_own_metrics_alone() {
    let place = Place::new();
    let mock = Mock {
        // Only one process in two is asked to measure `spin`.
        when_timed: "case \"$program\" in */spin/*) exit 3 ;; esac;",
        ..Mock::default()
    };
    let config = Bench {
        against: Against::Build(arm("before", &place.mock(&mock))),
        report: Some(place.path("report")),
        ..place.config(&[EXECUTE, OTHER])
    };
    let done = run(&config);
    done.ends(Exit::CouldNotRun).says(&["before", EXECUTE]);
    done.judged(Rule::LivePair, OTHER);
    assert_eq!((sampled(&place, EXECUTE), sampled(&place, OTHER)), (0, 10));
}

/// What the file of samples holds of a metric's first stage.
fn sampled(place: &Place, metric: &str) -> usize {
    let samples = read_samples(&place.path("report/samples.jsonl")).unwrap();
    let processes = samples.processes.iter();
    processes
        .filter(|process| process.metric.as_str() == metric && process.stage == 1)
        .count()
}

#[test]
fn what_was_measured_before_a_worker_died_in_a_pair_is_kept() {
    let place = Place::new();
    let mock = Mock {
        // Of its two items, the first is whole in the third round.
        when_timed: r#"case "$line" in *execute*) exit 3 ;; esac;"#,
        // One greets, one counts, and two are the rounds before.
        from: 5,
        ..Mock::default()
    };
    let config = Bench {
        against: Against::Build(arm("before", &place.mock(&mock))),
        report: Some(place.path("report")),
        // Of two at a time, the other would go on with its own.
        jobs: 1,
        ..place.config(&[COMPILE, EXECUTE])
    };
    run(&config).ends(Exit::CouldNotRun).says(&[EXECUTE]);
    assert_eq!((sampled(&place, COMPILE), sampled(&place, EXECUTE)), (6, 4));
}

#[test]
fn a_program_that_fails_when_it_is_counted_costs_nothing_else() {
    let place = Place::new();
    let mock = Mock {
        when_counted: r#"case "$program" in */spin/*) exit 3 ;; esac;"#,
        ..Mock::default()
    };
    let config = Bench {
        current: arm("today", &place.mock(&mock)),
        report: Some(place.path("report")),
        ..place.config(&[EXECUTE, OTHER])
    };
    let done = run(&config);
    done.ends(Exit::CouldNotRun).says(&["today", "spin"]);
    let measured = &done.report().measured;
    assert!(measured.iter().any(|found| found.metric.as_str() == OTHER));
    assert!(place.path("report/bench.json").exists());
}

#[test]
fn a_program_that_went_wrong_costs_nothing_else() {
    let place = Place::new();
    place.baseline(|_| {});
    // It traps in what is measured today, and did not when it was written down.
    place.write("suites/corpus/spin/benchmark.wasm", trapping());
    let config = Bench {
        against: Against::Baseline { live: None },
        report: Some(place.path("report")),
        ..place.config(&["execute/*", "fuel/*"])
    };
    let done = run(&config);
    done.ends(Exit::CouldNotRun).says(&["spin", "trap"]);
    done.judged(Rule::Stored, OTHER);
    done.judged(Rule::Exact, "fuel/noop/cranelift");
    let said = done.report().problems.iter();
    let traps = said.filter(|problem| problem.contains("trap `unreachable`"));
    assert_eq!(traps.count(), 1, "{}", done.told());
    assert!(place.path("report/bench.html").exists());
}

#[test]
fn an_operation_that_dies_in_its_latencies_costs_nothing_else() {
    let place = Place::new();
    let operation = "operation/trap/cranelift";
    place.baseline(|baseline| {
        let mut metrics = baseline.metrics.iter_mut();
        let metric = metrics.find(|metric| metric.name.as_str() == operation);
        metric.unwrap().tail = vec![Tail {
            quantile: 0.95,
            limit_ns: 1e9,
        }];
    });
    // What it does not know, as latencies, ends a mock.
    let mock = Mock {
        greeting: Mock::default()
            .greeting
            .replace("\"operations\":[]", "\"operations\":[\"trap\"]"),
        ..Mock::default()
    };
    let config = Bench {
        current: arm("today", &place.mock(&mock)),
        against: Against::Baseline { live: None },
        report: Some(place.path("report")),
        ..place.config(&[operation, OTHER])
    };
    let done = run(&config);
    done.ends(Exit::CouldNotRun)
        .says(&["today, trap: the worker was lost", "no latencies"]);
    done.judged(Rule::Stored, OTHER);
    assert!(place.path("report/bench.md").exists());
}

#[test]
fn a_run_that_failed_is_not_saved() {
    let place = Place::new();
    place.baseline(|_| {});
    let file = place.path("bench-results/baseline.json");
    let before = std::fs::read(&file).unwrap();
    let mock = Mock {
        when_timed: "exit 3;",
        // The first two greet and count, the next two are a round.
        from: 6,
        ..Mock::default()
    };
    let config = Bench {
        current: arm("today", &place.mock(&mock)),
        // Which processes are a round is certain with one pair at a time.
        jobs: 1,
        save: Some(Saving {
            commit: COMMIT.to_owned(),
            what: Saved::Baseline,
        }),
        report: Some(place.path("report")),
        ..place.config(&[EXECUTE])
    };
    run(&config)
        .ends(Exit::CouldNotRun)
        .says(&["nothing is saved", "today", EXECUTE]);
    assert!(place.path("report/bench.json").exists());
    assert!(std::fs::read(&file).unwrap() == before);
    assert!(!config.history.exists());
    assert!(kept(&place) >= 1);
}

#[test]
fn a_worker_that_is_not_there_is_named() {
    let place = Place::new();
    let config = Bench {
        current: arm("today", &place.path("no-such-worker")),
        ..place.config(&[EXECUTE])
    };
    run(&config)
        .ends(Exit::CouldNotRun)
        .says(&["today", "no-such-worker"]);
}
