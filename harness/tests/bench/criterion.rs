//! Criterion's files, as the gate reads them.

use std::fs::File;
use std::time::{Duration, SystemTime};

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{BaselineMetric, BenchVerdict, Rule};
use tensor_wasm_harness::pipeline::{Bench, Saved, Saving};

use crate::place::{COMMIT, EXECUTE, Place, name, run};

const METRIC: &str = "tenant_registry/lookup/16";

/// A result of criterion, and a baseline that names its benchmark.
fn measured(place: &Place, estimates: &str) {
    place.write(
        "criterion/tenant_registry_lookup/16/new/benchmark.json",
        format!("{{\"full_id\": \"{METRIC}\"}}"),
    );
    place.write(
        "criterion/tenant_registry_lookup/16/new/estimates.json",
        estimates,
    );
    place.write(
        "criterion/tenant_registry_lookup/16/new/sample.json",
        "{\"iters\": [1.0, 2.0], \"times\": [150.0, 300.0]}",
    );
    named(place, 150.0);
}

fn named(place: &Place, median_ns: f64) {
    place.baseline(|baseline| {
        baseline.metrics = vec![BaselineMetric {
            name: name(METRIC),
            median_ns,
            tolerance_pct: 30.0,
            regression_check: true,
            samples: None,
            spread_pct: None,
            tail: Vec::new(),
        }];
        baseline.policy.regress_pct_threshold = 10.0;
    });
}

const SOUND: &str = "{\"median\": {\"point_estimate\": 150.0}}";

#[test]
fn what_criterion_measured_is_judged_by_the_three_way_rule() {
    let place = Place::new();
    measured(&place, SOUND);
    let done = place.against_stored(&[METRIC]);
    done.ends(Exit::Expected);
    let verdict = |median_ns: f64| {
        named(&place, median_ns);
        let done = place.against_stored(&[METRIC]);
        (done.0.exit, done.judged(Rule::Stored, METRIC).verdict)
    };
    assert_eq!(verdict(150.0), (Exit::Expected, BenchVerdict::Pass));
    assert_eq!(verdict(125.0), (Exit::Unexpected, BenchVerdict::Record));
    // 36 %: beyond the tolerance of 30 %, not beyond its sum with the threshold.
    assert_eq!(verdict(110.0), (Exit::Unexpected, BenchVerdict::Regressed));
    assert_eq!(verdict(200.0), (Exit::Expected, BenchVerdict::Improved));
}

#[test]
fn a_folder_that_cannot_be_read_is_named() {
    let place = Place::new();
    named(&place, 150.0);
    place
        .against_stored(&[METRIC])
        .ends(Exit::CouldNotRun)
        .says(&["criterion"]);
    measured(&place, "{\"median\": {");
    place
        .against_stored(&[METRIC])
        .ends(Exit::CouldNotRun)
        .says(&["16/new/estimates.json:1:"]);
    measured(&place, SOUND);
    std::fs::remove_file(place.path("criterion/tenant_registry_lookup/16/new/sample.json"))
        .unwrap();
    place
        .against_stored(&[METRIC])
        .ends(Exit::CouldNotRun)
        .says(&["16/new/sample.json"]);
}

#[test]
fn a_benchmark_that_criterion_did_not_run_is_missed() {
    let place = Place::new();
    measured(&place, SOUND);
    place.write(
        "criterion/tenant_registry_lookup/16/new/benchmark.json",
        "{\"full_id\": \"tenant_registry/renamed/16\"}",
    );
    place
        .against_stored(&["tenant_registry/**"])
        .ends(Exit::CouldNotRun)
        .says(&[METRIC, "was not measured"]);
}

#[test]
fn a_benchmark_that_a_new_baseline_would_lose_is_named() {
    let place = Place::new();
    measured(&place, SOUND);
    place.baseline(|baseline| {
        let mut lost = baseline.metrics[0].clone();
        lost.name = name(METRIC);
        // Nobody asks for it, and it would be gone all the same.
        lost.regression_check = false;
        baseline.metrics = vec![lost];
    });
    let saving = Bench {
        save: Some(Saving {
            commit: COMMIT.to_owned(),
            what: Saved::Baseline,
        }),
        ..place.config(&[METRIC, EXECUTE])
    };
    let file = std::fs::read(&saving.baseline).unwrap();
    place.write(
        "criterion/tenant_registry_lookup/16/new/benchmark.json",
        "{\"full_id\": \"tenant_registry/renamed/16\"}",
    );
    run(&saving)
        .ends(Exit::CouldNotRun)
        .says(&[METRIC, "a new baseline would not have it"]);
    assert!(std::fs::read(&saving.baseline).unwrap() == file);
}

#[test]
fn a_result_older_than_the_build_is_stale() {
    let place = Place::new();
    measured(&place, SOUND);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for file in ["benchmark", "estimates", "sample"] {
        let path = format!("criterion/tenant_registry_lookup/16/new/{file}.json");
        let file = File::options().write(true).open(place.path(&path));
        file.unwrap().set_modified(long_ago).unwrap();
    }
    place
        .against_stored(&[METRIC])
        .ends(Exit::CouldNotRun)
        .says(&[METRIC, "was measured before"]);
}
