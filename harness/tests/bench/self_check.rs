//! The self-check. What it finds takes minutes to show, and is shown by
//! `bench --self-check`; here it runs at all, and ends as it should.

use std::sync::atomic::AtomicBool;

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::pipeline::{Bench, SelfCheck, SelfCheckDone, bench_self_check};
use tensor_wasm_harness::report::bench::read_samples;
use tensor_wasm_harness::report::{Format, Terminal};

use crate::place::{EXECUTE, Place, arm};
use crate::workers::Mock;

/// So many gates of A/A and no others.
fn alarms(place: &Place, alarms: u32) -> SelfCheck {
    SelfCheck {
        experiments: Vec::new(),
        alarms,
        power: 0,
        others: 0,
        layouts: None,
        busy: Vec::new(),
        folder: place.path("self-check"),
    }
}

fn check(config: &Bench, check: &SelfCheck) -> SelfCheckDone {
    let stop = AtomicBool::new(false);
    let mut terminal = Terminal::new(Format::Nothing);
    bench_self_check(config, check, &stop, &mut terminal)
}

#[test]
fn it_raises_no_alarm_and_keeps_its_samples_alone() {
    let place = Place::new();
    let stale = place.write("self-check/A-A/samples-007.jsonl", "of an earlier one");
    let other = place.write("self-check/A-A/notes.md", "mine");
    let done = check(&place.config(&[EXECUTE]), &alarms(&place, 2));
    assert_eq!(done.exit, Exit::Expected);
    assert_eq!(done.report.unwrap().rows[0].gates, 2);
    for trial in 0..2 {
        let file = format!("self-check/A-A/samples-{trial:03}.jsonl");
        let samples = read_samples(&place.path(&file)).unwrap();
        assert!(samples.processes.len() >= 10, "five rounds of two");
    }
    assert!(!stale.exists() && other.exists());
}

#[test]
fn a_check_of_nothing_is_no_pass() {
    let place = Place::new();
    let config = place.config(&[EXECUTE]);
    let none = alarms(&place, 0);
    assert_eq!(check(&config, &none).exit, Exit::NothingSelected);
    let mistyped = SelfCheck {
        experiments: vec!["wrok".to_owned()],
        ..alarms(&place, 1)
    };
    assert_eq!(check(&config, &mistyped).exit, Exit::NothingSelected);
    // What cannot be run here was not run.
    let layout = SelfCheck {
        experiments: vec!["another layout".to_owned()],
        power: 1,
        ..alarms(&place, 1)
    };
    let done = check(&config, &layout);
    assert_eq!(done.exit, Exit::NothingSelected);
    assert_eq!(done.report.unwrap().not_run, ["another layout"]);
}

#[test]
fn a_lost_worker_leaves_the_gates_before_it() {
    let place = Place::new();
    // One greets, and three gates have five rounds of two processes each.
    let mock = Mock {
        when_timed: "exit 3;",
        from: 1 + 3 * 10 + 4,
        ..Mock::default()
    };
    let config = Bench {
        current: arm("today", &place.mock(&mock)),
        ..place.config(&[EXECUTE])
    };
    let done = check(&config, &alarms(&place, 9));
    assert_eq!(done.exit, Exit::CouldNotRun);
    let report = done.report.unwrap();
    assert_eq!((report.rows[0].gates, report.rows[0].passed), (3, 3));
    let problem = &report.problems[0];
    assert!(
        problem.contains("A/A: today") && problem.contains("lost"),
        "{problem}"
    );
}
