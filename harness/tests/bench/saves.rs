//! What is saved of a run, when not, and what is told of it.

use tensor_wasm_harness::discover::{read_baseline, read_history};
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::pipeline::{Bench, Saved, Saving};

use crate::place::{COMMIT, EXECUTE, FUEL, Place, arm, name, run};
use crate::workers::Mock;

fn saving(what: Saved) -> Option<Saving> {
    Some(Saving {
        commit: COMMIT.to_owned(),
        what,
    })
}

/// A run of a worker that always measures the same.
fn of_mock(place: &Place, mock: &Mock<'_>, what: Saved) -> Bench {
    Bench {
        current: arm("today", &place.mock(mock)),
        save: saving(what),
        report: Some(place.path("report")),
        ..place.config(&[EXECUTE])
    }
}

/// The document of the reports.
fn document(place: &Place) -> serde_json::Value {
    let text = std::fs::read_to_string(place.path("report/bench.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_baseline_that_is_saved_can_be_read() {
    let place = Place::new();
    let saving = of_mock(&place, &Mock::default(), Saved::Baseline);
    let done = run(&saving);
    if done.0.exit == Exit::Expected {
        let baseline = read_baseline(&saving.baseline).unwrap();
        assert_eq!(baseline.origin.unwrap().commit, COMMIT);
        assert_eq!(baseline.metrics.len(), 1);
        assert_eq!(baseline.metrics[0].spread_pct, Some(0.0));
        assert_eq!(read_history(&saving.history).unwrap().len(), 1);
        return;
    }
    // Other tests keep this machine busy; nothing else is noisy here.
    done.ends(Exit::CouldNotRun).says(&["noisy run:\n  "]);
    let told = done.told();
    let reasons: Vec<&str> = told.lines().filter(|line| line.starts_with("  ")).collect();
    let is_machine =
        |reason: &&str| reason.contains("cores busy") || reason.contains("to other machines");
    assert!(reasons.iter().all(is_machine), "{told}");
    assert!(!saving.baseline.exists() && !saving.history.exists());
}

#[test]
fn counts_that_are_saved_can_be_read() {
    let place = Place::new();
    let config = Bench {
        save: saving(Saved::Counts),
        ..place.config(&["fuel/*", "code-bytes/*"])
    };
    run(&config).ends(Exit::Expected);
    let baseline = read_baseline(&config.baseline).unwrap();
    let mut exact = baseline.exact.iter();
    assert!(exact.any(|exact| exact.metric.as_str() == FUEL));
    assert!(baseline.metrics.is_empty());
    // And is the truth.
    place.against_stored(&["fuel/*"]).ends(Exit::Expected);
}

#[test]
fn a_refused_run_is_told_like_any_other() {
    let place = Place::new();
    let mock = Mock {
        // Another time in every process.
        when_timed: r#"ms=$((process * 4 % 5 + 1)); echo '{"timed":{"clock":"thread-cpu","batch":1,"timings":[{"wall_ns":'$ms'e6,"cpu_ns":'$ms'e6}]}}'; continue;"#,
        ..Mock::default()
    };
    let saving = of_mock(&place, &mock, Saved::Baseline);
    let done = run(&saving);
    done.ends(Exit::CouldNotRun)
        .says(&["noisy run", "1 of 1 metrics spread"]);
    assert_eq!(done.report().measured.len(), 1);
    let document = document(&place);
    assert_eq!(document["exit"], 2);
    let problem = document["problems"][0].as_str().unwrap();
    assert!(problem.contains("noisy run"), "{problem}");
    assert!(!saving.baseline.exists() && !saving.history.exists());
}

#[test]
fn a_baseline_that_cannot_be_written_is_in_the_reports() {
    let place = Place::new();
    let file = place.write("file", "");
    let config = Bench {
        baseline: file.join("baseline.json"),
        save: saving(Saved::Counts),
        report: Some(place.path("report")),
        ..place.config(&["fuel/*"])
    };
    run(&config)
        .ends(Exit::CouldNotRun)
        .says(&["file/baseline.json", "cannot be written"]);
    let document = document(&place);
    assert_eq!(document["exit"], 2);
    let problem = document["problems"][0].as_str().unwrap();
    assert!(problem.contains("cannot be written"), "{problem}");
}

#[test]
fn nothing_is_saved_of_a_run_whose_reports_cannot_be_written() {
    let place = Place::new();
    // Somebody puts a file where the folder was.
    let mock = Mock {
        when_counted: &format!("rm -r '{0}'; : > '{0}';", place.path("report").display()),
        ..Mock::default()
    };
    let saving = of_mock(&place, &mock, Saved::Run);
    run(&saving)
        .ends(Exit::CouldNotRun)
        .says(&["report/bench.json"]);
    assert!(!saving.history.exists());
    // Without that, it is.
    std::fs::remove_file(place.path("report")).unwrap();
    let saving = of_mock(&place, &Mock::default(), Saved::Run);
    run(&saving).ends(Exit::Expected);
    assert_eq!(read_history(&saving.history).unwrap().len(), 1);
}

#[test]
fn a_run_is_recorded_however_noisy_it_is() {
    let place = Place::new();
    let config = Bench {
        save: saving(Saved::Run),
        ..place.config(&[EXECUTE])
    };
    run(&config).ends(Exit::Expected);
    let history = read_history(&config.history).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].commit, COMMIT);
    assert!(history[0].medians[&name(EXECUTE)] > 0.0);
    assert!(!config.baseline.exists());
}
