//! Workers that misbehave in the middle of a comparison: the run says which
//! and where, keeps what was measured before, and touches no baseline.

use std::time::{Duration, Instant};

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::Rule;
use tensor_wasm_harness::pipeline::{Against, Bench, Saved, Saving};
use tensor_wasm_harness::report::bench::read_samples;

use crate::place::{COMMIT, Done, EXECUTE, Place, arm, run};
use crate::workers::Mock;

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
    let samples = read_samples(&place.path("report/samples.jsonl")).unwrap();
    let of = |metric: &str| {
        let processes = samples.processes.iter();
        processes
            .filter(|process| process.metric.as_str() == metric && process.stage == 1)
            .count()
    };
    assert_eq!((of(EXECUTE), of(OTHER)), (0, 10));
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
