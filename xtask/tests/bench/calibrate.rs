//! `cargo xtask bench calibrate`: from runs to tolerances.

use super::*;

/// A metric that moves by about 1 %, from one run to the next.
fn quiet(runs: usize) -> impl Iterator<Item = f64> {
    [100.0, 101.0, 99.5, 100.5, 99.0]
        .into_iter()
        .cycle()
        .take(runs)
}

#[test]
fn too_few_runs_make_no_gate() {
    let workspace = Workspace::new();
    workspace.history(quiet(19));
    workspace.saved_baseline(100);
    let before = workspace.read(BASELINE);
    // It may be looked at.
    workspace.bench(&["calibrate"]).is(0, "20 are needed");
    workspace
        .bench(&["calibrate", "--require"])
        .is(1, "20 are needed");
    workspace
        .bench(&["calibrate", "--write"])
        .is(1, "20 are needed");
    assert_eq!(workspace.read(BASELINE), before);
    workspace
        .bench(&["calibrate", "--require", "--runs", "19"])
        .is(0, "execute/fib/cranelift");
}

#[test]
fn runs_that_would_fail_make_no_gate() {
    let workspace = Workspace::new();
    // Two runs of 25 are twice as slow as the rest.
    let wild = quiet(23).chain([200.0, 220.0]);
    workspace.history(wild);
    workspace.bench(&["calibrate", "--require"]).is(1, "95 %");
}

#[test]
fn enough_quiet_runs_make_a_gate_and_write_tolerances_alone() {
    let workspace = Workspace::new();
    workspace.history(quiet(25));
    workspace.saved_baseline(100);
    let before: Value = serde_json::from_str(&workspace.read(BASELINE)).unwrap();
    workspace
        .bench(&["calibrate", "--require"])
        .is(0, "execute/fib/cranelift");
    workspace.bench(&["calibrate", "--write"]).is(0, "wrote");
    let mut after: Value = serde_json::from_str(&workspace.read(BASELINE)).unwrap();
    let tolerance =
        |value: &Value, metric: usize| value["metrics"][metric]["tolerance_pct"].as_f64().unwrap();
    // Median + 2σ of what moves by 0.7 %, and the least there is of what does
    // not move.
    assert_eq!((tolerance(&after, 0), tolerance(&after, 1)), (2.0, 1.0));
    for metric in after["metrics"].as_array_mut().unwrap() {
        assert_eq!(metric["tolerance_pct"].as_f64().unwrap().fract(), 0.0);
        metric["tolerance_pct"] = json!(30);
    }
    let medians = |value: &Value| -> Vec<(String, f64)> {
        let metrics = value["metrics"].as_array().unwrap().iter();
        metrics
            .map(|metric| {
                let name = metric["name"].as_str().unwrap().to_owned();
                (name, metric["median_ns"].as_f64().unwrap())
            })
            .collect()
    };
    assert_eq!(medians(&after), medians(&before));
    assert_eq!(
        after["policy"]["regress_pct_threshold"].as_f64(),
        Some(10.0)
    );
    assert_eq!(after["origin"]["date"], before["origin"]["date"]);
}

#[test]
fn medians_of_another_machine_get_no_tolerances() {
    let workspace = Workspace::new();
    workspace.history(quiet(25));
    workspace.saved_baseline(100);
    let elsewhere = workspace.read(BASELINE).replace("a CPU", "another CPU");
    workspace.write(BASELINE, &elsewhere);
    workspace
        .bench(&["calibrate", "--write"])
        .is(1, "cpu: another CPU there, a CPU here");
    assert_eq!(workspace.read(BASELINE), elsewhere);
    // And those of nobody knows where neither.
    workspace.baseline(100);
    let before = workspace.read(BASELINE);
    workspace
        .bench(&["calibrate", "--write"])
        .is(1, "does not say what machine");
    assert_eq!(workspace.read(BASELINE), before);
}

#[test]
fn a_history_of_nothing_could_not_be_used() {
    let workspace = Workspace::new();
    workspace.bench(&["calibrate"]).is(2, "no runs");
    workspace.history(quiet(3));
    workspace.write("bench-results/history/02.json", "{\"schema\": 2}");
    workspace.bench(&["calibrate"]).is(2, "02.json");
}
