//! `cargo xtask bench` and `cargo xtask clean` as a user meets them: flags,
//! exit codes, what is written and what is not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(unix)]

#[expect(dead_code, reason = "shared with another test that needs more of it")]
#[path = "support/place.rs"]
mod place;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;
use tensor_wasm_harness::report::bench::read_samples;

use place::Ended;

/// A workspace in a git repository.
struct Workspace(TempDir);

impl Workspace {
    fn new() -> Workspace {
        let workspace = Workspace(TempDir::new().unwrap());
        workspace.write(
            "suites/variants.toml",
            "version = 1\n[[variant]]\nname = \"cranelift\"\nengine = \"tensor-wasm\"\n\
             description = \"d\"\n",
        );
        workspace
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn xtask(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        self.end(command.args(arguments))
    }

    fn end(&self, command: &mut Command) -> Ended {
        let output = command
            .current_dir(self.0.path())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("GIT_DIR")
            .stdin(std::process::Stdio::null())
            .output();
        Ended::from(output.unwrap())
    }

    fn bench(&self, arguments: &[&str]) -> Ended {
        self.xtask(&[&["bench"], arguments].concat())
    }

    fn git(&self, arguments: &[&str]) {
        let ended = self.end(
            Command::new("git")
                .args(["-c", "user.name=n", "-c", "user.email=e@example.org"])
                .args(["-c", "commit.gpgsign=false"])
                .args(arguments)
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_CONFIG_NOSYSTEM", "1"),
        );
        assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
    }

    fn commit(&self) {
        self.git(&["init", "--quiet", "--initial-branch", "main", "."]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "m"]);
    }

    /// Locks a version of Wasmtime.
    fn lock(&self, wasmtime: &str) {
        self.write(
            "Cargo.lock",
            &format!("version = 4\n\n[[package]]\nname = \"wasmtime\"\nversion = \"{wasmtime}\"\n"),
        );
    }

    /// A baseline of two metrics, the first with this median.
    fn baseline(&self, median_ns: u32) {
        self.write(BASELINE, &format!("{:#}\n", baseline(median_ns)));
    }

    /// The same, saved on the machine of [`Workspace::history`].
    fn saved_baseline(&self, median_ns: u32) {
        let mut saved = baseline(median_ns);
        saved["schema"] = json!(1);
        saved["origin"] = json!({
            "commit": "0123456789abcdef0123456789abcdef01234567",
            "date": "2026-10-01",
            "fingerprint": {"cpu": "a CPU", "cores": 2},
        });
        self.write(BASELINE, &format!("{saved:#}\n"));
    }

    /// Runs of a machine, one a day, each with its median of `execute/fib`.
    fn history(&self, medians: impl IntoIterator<Item = f64>) {
        for (day, median) in (1..).zip(medians) {
            let entry = json!({
                "schema": 1,
                "commit": "0123456789abcdef0123456789abcdef01234567",
                "started": format!("2026-10-{day:02}T10:00:00Z"),
                "fingerprint": {"cpu": "a CPU", "cores": 2},
                "medians": {"execute/fib/cranelift": median, "execute/noop/cranelift": 200.0},
            });
            self.write(
                &format!("bench-results/history/{day:02}.json"),
                &entry.to_string(),
            );
        }
    }
}

const BASELINE: &str = "bench-results/baseline.json";

fn baseline(median_ns: u32) -> Value {
    json!({
        "metrics": [
            {"name": "execute/fib/cranelift", "median_ns": median_ns, "tolerance_pct": 30},
            {"name": "execute/noop/cranelift", "median_ns": 200, "tolerance_pct": 30},
        ],
        "policy": {"regress_pct_threshold": 10},
    })
}

fn worker() -> String {
    let worker = Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name("tensor-wasm-worker");
    assert!(worker.is_file(), "build it: cargo build --workspace --bins");
    worker.display().to_string()
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let workspace = Workspace::new();
    for arguments in [
        &["bench", "--help"][..],
        &["bench", "calibrate", "--help"],
        &["bench", "lint", "--help"],
        &["clean", "--help"],
    ] {
        let ended = workspace.xtask(arguments);
        ended.is(0, "Examples:");
        ended.is(0, "cargo xtask");
    }
    workspace.bench(&["--help"]).is(0, "3 cannot tell");
}

#[test]
fn flags_that_contradict_each_other_exit_2() {
    let workspace = Workspace::new();
    for (arguments, says) in [
        (&["--quick"][..], "--compare"),
        (
            &["--compare", "baseline", "--save-baseline"],
            "cannot be used with",
        ),
        (
            &["--compare", "baseline", "--self-check"],
            "cannot be used with",
        ),
        (&["--self-check", "--record"], "cannot be used with"),
        (
            &["--explain", "--compare", "baseline"],
            "cannot be used with",
        ),
        (&["--compare", "wasmtime=47"], "three numbers"),
        (&["--compare", "HEAD", "--quick"], "--quick"),
        (&["--self-check", "--trials", "5"], "three numbers"),
        (&["--trials", "1,2,3"], "--self-check"),
        (&["--rounds", "4"], "--rounds"),
        (&["--only", "a[", "--worker", "x"], "a["),
        (&["--no-such-flag"], "--no-such-flag"),
    ] {
        workspace.bench(arguments).is(2, says);
    }
}

#[test]
fn a_baseline_that_cannot_be_used_is_said_before_anything_is_built() {
    let workspace = Workspace::new();
    workspace.write(BASELINE, "{\n\"schema\": 7}");
    workspace
        .bench(&["--compare", "baseline"])
        .is(2, "baseline.json:2:");
    workspace.baseline(100);
    workspace
        .bench(&["--compare", "baseline"])
        .is(2, "which commit was measured");
    assert!(!workspace.path("target").exists());
}

/// Nothing of it is in a baseline, and all of the baseline would be missing.
#[test]
fn what_no_baseline_is_of_is_refused_at_once() {
    let workspace = Workspace::new();
    workspace.baseline(100);
    for more in [
        &["--from", "programs"][..],
        &["--module", "a.wasm"],
        &["--engine", "wasmi"],
        &["--small"],
    ] {
        let ended = workspace.bench(&[&["--compare", "baseline"], more].concat());
        ended.is(2, &format!("{} measures", more[0]));
        ended.is(2, "worker=PATH");
        let quick = workspace.bench(&[&["--compare", "baseline", "--quick"], more].concat());
        quick.is(2, "worker=PATH");
    }
    assert!(!workspace.path("target").exists());
}

#[test]
fn what_is_in_no_commit_is_not_saved_as_if_it_were() {
    let workspace = Workspace::new();
    workspace.lock("47.0.4");
    workspace.commit();
    workspace.write("suites/corpus/new/new.wat", "(module)");
    for save in ["--save-baseline", "--record"] {
        let ended = workspace.bench(&[save]);
        ended.is(2, "commit or stash");
        ended.is(2, "suites/corpus/new/new.wat");
    }
    assert!(!workspace.path("target").exists());
}

#[test]
fn explain_shows_what_each_rule_would_catch() {
    let workspace = Workspace::new();
    workspace.baseline(100);
    workspace
        .bench(&["--explain"])
        .is(0, "execute/fib/cranelift");
    let ended = workspace.bench(&["--explain", "--only", "fib", "--format", "json"]);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, &document["schema"]), (0, &json!(1)));
    workspace
        .bench(&["--explain", "--only", "nothing"])
        .is(4, "no metric");
}

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

/// A file in a folder of `target/bench`, written so many days ago.
fn left(workspace: &Workspace, file: &str, mib: usize, days: u64) {
    let file = format!("target/bench/{file}");
    workspace.write(&file, &"x".repeat(mib << 20));
    let written = std::fs::File::options()
        .write(true)
        .open(workspace.path(&file));
    let then = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
    written.unwrap().set_modified(then).unwrap();
}

/// A worker of another commit, unused for so many days.
fn kept(workspace: &Workspace, name: &str, days: u64) {
    left(
        workspace,
        &format!("workers/{name}/tensor-wasm-worker"),
        2,
        0,
    );
    left(workspace, &format!("workers/{name}/used"), 0, days);
}

#[test]
fn clean_takes_away_what_is_old_and_a_dry_run_nothing() {
    let workspace = Workspace::new();
    workspace.xtask(&["clean"]).is(0, "freed 0 MiB");
    for (name, days) in [("old", 30), ("older", 60), ("new", 1), ("newer", 0)] {
        kept(&workspace, name, days);
    }
    workspace.write("target/bench/worktree/file", "x");
    let left = || {
        let entries = std::fs::read_dir(workspace.path("target/bench/workers")).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let dry = workspace.xtask(&["clean", "--dry-run"]);
    dry.is(0, "would free 4 MiB");
    dry.is(0, "workers/old ");
    assert!(!dry.stderr.contains("new"), "{dry:?}");
    assert_eq!(left(), ["new", "newer", "old", "older"]);

    workspace.xtask(&["clean"]).is(0, "freed 4 MiB");
    assert_eq!(left(), ["new", "newer"]);

    // The youngest stays while there is room for one.
    workspace
        .xtask(&["clean", "--max-size", "3"])
        .is(0, "freed 2 MiB");
    assert_eq!(left(), ["newer"]);
    assert!(workspace.path("target/bench/worktree/file").exists());

    workspace.commit();
    workspace.xtask(&["clean", "--all"]).is(0, "freed 2 MiB");
    assert_eq!(left(), [""; 0]);
    assert!(!workspace.path("target/bench/worktree").exists());
}

#[test]
fn clean_leaves_what_a_run_uses() {
    let workspace = Workspace::new();
    kept(&workspace, "used", 30);
    let stamp = workspace.path("target/bench/workers/used/used");
    let used = std::fs::File::open(stamp).unwrap();
    used.lock_shared().unwrap();
    for arguments in [&["clean", "--older-than", "0"][..], &["clean", "--dry-run"]] {
        let ran = workspace.xtask(arguments);
        ran.is(0, "workers/used stays: a run uses it");
        ran.is(0, "0 MiB");
    }
    drop(used);
    workspace.xtask(&["clean"]).is(0, "freed 2 MiB");
}

/// What cargo made of other commits is most of it, and goes like workers do.
#[test]
fn clean_counts_builds_and_samples_as_well() {
    let workspace = Workspace::new();
    let there = |names: &[&str]| {
        for name in ["build", "self-check", "workers/new", "worktree", "corpus"] {
            let is_there = workspace.path(&format!("target/bench/{name}")).exists();
            assert_eq!(is_there, names.contains(&name), "{name}");
        }
    };
    let fill = || {
        kept(&workspace, "new", 2);
        // Its youngest file says when a folder was used.
        left(&workspace, "build/debug/deps/old.rlib", 3, 100);
        left(&workspace, "build/debug/deps/new.rlib", 3, 1);
        left(&workspace, "self-check/aa/samples.jsonl", 1, 20);
        left(&workspace, "worktree/Cargo.toml", 0, 100);
        left(&workspace, "corpus/module.wasm", 0, 100);
    };
    fill();
    workspace.xtask(&["clean"]).is(0, "freed 1 MiB");
    there(&["build", "workers/new", "worktree", "corpus"]);
    // Too large by itself, it takes nothing else with it.
    workspace
        .xtask(&["clean", "--max-size", "5"])
        .is(0, "freed 6 MiB");
    there(&["workers/new", "worktree", "corpus"]);
    fill();
    workspace
        .xtask(&["clean", "--older-than", "1"])
        .is(0, "freed 9 MiB");
    there(&["worktree", "corpus"]);
}

/// A disk that is full after some kilobytes: a limit on the size of files.
#[test]
fn a_disk_that_fills_up_keeps_the_samples_before() {
    let workspace = Workspace::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites/corpus/noop");
    let noop = workspace.path("suites/corpus/noop");
    std::fs::create_dir_all(&noop).unwrap();
    for entry in std::fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, noop.join(path.file_name().unwrap())).unwrap();
    }
    // The signal that such a limit sends is ignored; the write then fails.
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" bench --worker \"$1\" \
                  --only 'execute/*' --busy 5 --processes 300 --report report";
    let ended = workspace.end(
        Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_xtask")])
            .arg(worker()),
    );
    ended.is(2, "report/samples.jsonl: ");
    let samples = read_samples(&workspace.path("report/samples.jsonl")).unwrap();
    assert!(!samples.processes.is_empty());
    assert_eq!(samples.finished, None);
    assert!(!workspace.path("report/bench.json").exists());
}

#[test]
fn list_names_metrics_and_filters_that_select_none_what_is_near() {
    let workspace = Workspace::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites/corpus");
    let worker = worker();
    let bench = |more: &[&str]| {
        let start = ["--worker", &worker, "--from", corpus.to_str().unwrap()];
        workspace.bench(&[&start, more].concat())
    };
    let listed = bench(&["--list", "--only", "execute/*"]);
    listed.is(0, "execute/noop/cranelift");
    assert!(!listed.stdout.contains("compile/"), "{listed:?}");
    bench(&["--list", "--only", "execute/nop"]).is(4, "execute/noop/cranelift");
}
