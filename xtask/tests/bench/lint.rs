//! `cargo xtask bench lint`: a baseline beside a change of Wasmtime.

use super::*;

#[test]
fn a_baseline_may_not_become_stricter_with_wasmtime() {
    let workspace = Workspace::new();
    workspace.lock("47.0.3");
    workspace.baseline(100);
    workspace.commit();
    let lint = || workspace.bench(&["lint", "--base", "HEAD"]);
    lint().is(0, "");

    // Wasmtime alone, the baseline alone, both.
    workspace.lock("47.0.4");
    lint().is(0, "");
    workspace.baseline(90);
    lint().is(1, "execute/fib/cranelift went from 100 to 90");
    lint().is(1, "47.0.3 to 47.0.4");
    workspace.lock("47.0.3");
    lint().is(0, "");

    // Wider is for the reviewer to judge.
    workspace.lock("47.0.4");
    workspace.baseline(110);
    lint().is(0, "");
}

#[test]
fn what_disappears_from_a_baseline_is_never_overlooked() {
    let workspace = Workspace::new();
    workspace.lock("47.0.3");
    workspace.baseline(100);
    workspace.commit();
    let lint = || workspace.bench(&["lint", "--base", "HEAD"]);
    let mut fewer = baseline(100);
    fewer["metrics"].as_array_mut().unwrap().remove(1);
    workspace.write(BASELINE, &fewer.to_string());
    lint().is(1, "execute/noop/cranelift is gone");

    let mut unchecked = baseline(100);
    unchecked["metrics"][1]["regression_check"] = json!(false);
    workspace.write(BASELINE, &unchecked.to_string());
    lint().is(1, "execute/noop/cranelift has no say any more");
    unchecked["metrics"][1]["regression_check"] = json!(true);
    unchecked["metrics"][1]["spread_pct"] = json!(7);
    workspace.write(BASELINE, &unchecked.to_string());
    lint().is(1, "execute/noop/cranelift has no say any more");

    workspace.write(BASELINE, "{\n\"metrics\": oops");
    lint().is(2, "baseline.json:2:");

    std::fs::remove_file(workspace.path(BASELINE)).unwrap();
    lint().is(1, "removes it");
    // One that is there and cannot be read is not gone.
    std::fs::create_dir(workspace.path(BASELINE)).unwrap();
    lint().is(2, "cannot read bench-results/baseline.json");
    workspace
        .bench(&["lint", "--base", "no-such-branch"])
        .is(2, "no-such-branch");
}

#[test]
fn a_first_baseline_is_no_change() {
    let workspace = Workspace::new();
    workspace.lock("47.0.3");
    workspace.commit();
    workspace.baseline(100);
    workspace
        .bench(&["lint", "--base", "HEAD"])
        .is(0, "no baseline before");
}
