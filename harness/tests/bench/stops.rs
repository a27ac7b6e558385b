//! What ends a run early: an interruption, a full disk, filters that select
//! nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::pipeline::{Against, Bench};
use tensor_wasm_harness::report::bench::read_samples;

use crate::place::{EXECUTE, Place, arm, run, run_until};

#[test]
fn an_interruption_ends_soon_and_keeps_what_there_is() {
    let place = Place::new();
    place.baseline(|_| {});
    let worker = place.config(&[]).current.worker;
    let config = Bench {
        against: Against::Baseline {
            live: Some(arm("before", &worker)),
        },
        rounds: Some(999),
        report: Some(place.path("report")),
        ..place.config(&[EXECUTE])
    };
    let file = place.path("report/samples.jsonl");
    let lines = || {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        text.matches('\n').count()
    };
    let stop = AtomicBool::new(false);
    let (done, took) = std::thread::scope(|scope| {
        let run = scope.spawn(|| run_until(&config, &stop));
        let deadline = Instant::now() + Duration::from_secs(120);
        while lines() < 5 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
        let stopped = Instant::now();
        (run.join().unwrap(), stopped.elapsed())
    });
    done.ends(Exit::CouldNotRun).says(&["interrupted"]);
    assert!(took < Duration::from_secs(10), "{took:?}");
    let samples = read_samples(&file).unwrap();
    let kept = samples.processes.len();
    assert!((4..200).contains(&kept), "{kept}");
}

#[test]
fn a_run_that_compares_nothing_can_be_interrupted_too() {
    let place = Place::new();
    let stop = AtomicBool::new(true);
    let done = run_until(&place.config(&[EXECUTE]), &stop);
    done.ends(Exit::CouldNotRun).says(&["interrupted"]);
}

/// `/dev/full` answers every write as a full disk does.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named_and_nothing_else_is_touched() {
    let place = Place::new();
    place.baseline(|_| {});
    let file = place.path("bench-results/baseline.json");
    let before = std::fs::read(&file).unwrap();
    let report = place.path("report");
    std::fs::create_dir(&report).unwrap();
    std::os::unix::fs::symlink("/dev/full", report.join("samples.jsonl")).unwrap();
    let config = Bench {
        against: Against::Baseline { live: None },
        report: Some(report.clone()),
        ..place.config(&[EXECUTE])
    };
    run(&config)
        .ends(Exit::CouldNotRun)
        .says(&["report/samples.jsonl", "No space left"]);
    assert!(std::fs::read(&file).unwrap() == before);
    assert_eq!(std::fs::read_dir(&report).unwrap().count(), 1);
}

#[test]
fn a_malformed_run_in_the_history_is_named_before_anything_is_measured() {
    let place = Place::new();
    place.write("bench-results/history/a.json", "{\"schema\": 1,\noops");
    let started = Instant::now();
    run(&place.config(&[EXECUTE]))
        .ends(Exit::CouldNotRun)
        .says(&["history/a.json:2:"]);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn filters_that_select_nothing_name_what_is_near() {
    let place = Place::new();
    place.baseline(|_| {});
    let filter = "execute/wrok/cranelift";
    run(&place.config(&[filter]))
        .ends(Exit::NothingSelected)
        .says(&[filter, EXECUTE]);
    place
        .against_stored(&[filter])
        .ends(Exit::NothingSelected)
        .says(&[EXECUTE]);
}
