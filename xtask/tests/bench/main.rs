//! `cargo xtask bench` and `cargo xtask clean` as a user meets them: flags,
//! exit codes, what is written and what is not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(unix)]

#[expect(dead_code, reason = "shared with another test that needs more of it")]
#[path = "../support/place.rs"]
mod place;

mod calibrate;
mod clean;
mod lint;

use std::path::Path;
use std::process::Command;

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
