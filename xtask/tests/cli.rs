//! The command line as a user meets it: exit codes, messages, reports, signals.
//! Every test runs the real program with the real worker.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A checkout with one suite of fixtures and one of scripts.
struct Checkout(TempDir);

const GOOD_WAT: &str = ";;! description = \"adds\"\n;;! [[check]]\n;;! call = \"add\"\n\
    ;;! args = \"(i32.const 1) (i32.const 2)\"\n;;! returns = \"(i32.const 3)\"\n\
    (module (func (export \"add\") (param i32 i32) (result i32)\n\
      (i32.add (local.get 0) (local.get 1))))\n";

const GOOD_WAST: &str = "(module (func (export \"f\") (result i32) (i32.const 1)))\n\
    (assert_return (invoke \"f\") (i32.const 1))\n";

impl Checkout {
    fn new() -> Checkout {
        let checkout = Checkout(TempDir::new().unwrap());
        checkout.write(
            "suites/variants.toml",
            "version = 1\n\
             [[variant]]\nname = \"cranelift\"\nengine = \"tensor-wasm\"\ndescription = \"d\"\n\
             [[variant]]\nname = \"winch\"\nengine = \"tensor-wasm\"\ndescription = \"d\"\n\
             settings = { compiler = \"winch\" }\n",
        );
        for (name, format) in [("fixtures", "wat"), ("scripts", "wast")] {
            let text = format!(
                "version = 1\ndescription = \"d\"\nformat = \"{format}\"\n\
                 [[source]]\nname = \"files\"\n[[source.folder]]\npath = \".\"\n"
            );
            checkout.write(&format!("suites/{name}/suite.toml"), &text);
        }
        checkout.write("suites/fixtures/add.wat", GOOD_WAT);
        for name in ["a", "b", "c"] {
            checkout.write(&format!("suites/scripts/{name}.wast"), GOOD_WAST);
        }
        checkout
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.current_dir(self.0.path()).arg("conformance");
        if arguments.first() != Some(&"merge") {
            command.arg("--worker").arg(worker());
        }
        command.args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let ended = self.run(&[arguments, &["--format", "json"]].concat());
        let document = serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|error| panic!("{error}: {ended:#?}"));
        (ended.code, document)
    }
}

/// Built beside this program by `cargo test --workspace`.
fn worker() -> PathBuf {
    let worker = Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name("tensor-wasm-worker");
    assert!(worker.is_file(), "build it: cargo build --workspace --bins");
    worker
}

#[derive(Debug)]
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    fn is(&self, code: i32, says: &str) {
        let said = self.stderr.contains(says) || self.stdout.contains(says);
        assert!(
            self.code == code && said,
            "wanted {code} and `{says}`: {self:#?}"
        );
    }
}

#[test]
fn a_green_run_exits_0_and_json_is_all_of_stdout() {
    let checkout = Checkout::new();
    checkout.run(&[]).is(0, "PASS: 8 directives in 4 cases");
    let (code, document) = checkout.json(&["--variant", "all"]);
    assert_eq!((code, &document["verdict"]), (0, &"pass".into()));
    assert_eq!(document["engine"]["variant"], "cranelift,winch");
    assert_eq!(document["suites"].as_array().unwrap().len(), 4);
}

#[test]
fn a_failure_exits_1_and_the_document_is_stable() {
    let checkout = Checkout::new();
    let wrong = GOOD_WAST.replace("\"f\") (i32.const 1))", "\"f\") (i32.const 2))");
    checkout.write("suites/scripts/b.wast", &wrong);
    let (code, mut document) = checkout.json(&[]);
    assert_eq!(code, 1);
    for suite in document["suites"].as_array_mut().unwrap() {
        suite["duration_ms"] = 0.into();
    }
    for unexpected in document["unexpected"].as_array_mut().unwrap() {
        let repro = unexpected["repro"].as_str().unwrap();
        let again = repro.replace(&*worker().to_string_lossy(), "WORKER");
        unexpected["repro"] = again.into();
    }
    document["engine"]["wasmtime"] = "VERSION".into();
    insta::assert_snapshot!(format!("{document:#}"));
}

#[test]
fn a_repro_line_runs_just_that_case() {
    let checkout = Checkout::new();
    checkout.write("suites/scripts/b.wast", "(module) (invoke \"none\")");
    let (_, document) = checkout.json(&[]);
    let repro = document["unexpected"][0]["repro"]
        .as_str()
        .unwrap()
        .to_owned();
    let words: Vec<_> = repro.split(' ').skip(5).collect();
    let ended = checkout.run(&words);
    ended.is(1, "not everything in 2 directives in 1 case");
}

#[test]
fn names_that_do_not_exist_are_met_with_the_nearest() {
    let checkout = Checkout::new();
    checkout.run(&["script"]).is(2, "Did you mean `scripts`?");
    checkout
        .run(&["--variant", "wimch"])
        .is(2, "Did you mean `winch`?");
    checkout
        .run(&["--engine", "wasm3"])
        .is(2, "no variant of the engine `wasm3`");
    checkout
        .run(&["--filter", "scripts/aa.wast"])
        .is(4, "scripts/a.wast");
    checkout
        .run(&["scripts", "--from", "nowhere"])
        .is(2, "nowhere: is not a folder");
    checkout.run(&["--shard", "3/2"]).is(2, "K/N");
    checkout
        .run(&["--shard", "1/99999999999999999999"])
        .is(2, "K/N");
    let two = ["--filter", "scripts/a.wast", "--filter", "scripts/aa.wast"];
    checkout
        .run(&two)
        .is(2, "the filter `scripts/aa.wast` matches nothing");
    checkout.run(&["--worker", "/no/such/worker"]).is(2, "");
}

#[test]
fn malformed_input_is_named_with_its_place_and_other_suites_run() {
    let checkout = Checkout::new();
    let header = GOOD_WAT.replace("returns", "retruns");
    checkout.write("suites/fixtures/bad.wat", &header);
    let ended = checkout.run(&[]);
    ended.is(2, "suites/fixtures/bad.wat:5:5: unknown field `retruns`");
    ended.is(2, "scripts [cranelift]       3           6       6");

    checkout.write("suites/fixtures/bad.wat", GOOD_WAT);
    let entry = "version = 1\n[[expect]]\ntest = \"scripts/a.wast\"\noutcome = \"fail\"\n";
    checkout.write("suites/scripts/expectations.toml", entry);
    let ended = checkout.run(&[]);
    ended.is(
        2,
        "suites/scripts/expectations.toml:2:1: the entry for `scripts/a.wast` has no reason",
    );
    ended.is(2, "fixtures [cranelift]");

    let stale = entry.replace("a.wast", "aa.wast") + "reason = \"r\"\n";
    checkout.write("suites/scripts/expectations.toml", &stale);
    checkout
        .run(&[])
        .is(2, "matches no case; the nearest is `scripts/a.wast`");

    checkout.write(
        "suites/variants.toml",
        "version = 1\n[[variant]]\nname = 3\n",
    );
    checkout.run(&[]).is(2, "suites/variants.toml:3:8");
}

#[test]
fn an_unexpected_pass_is_red_until_the_entry_goes() {
    let checkout = Checkout::new();
    let entry = "version = 1\n[[expect]]\ntest = \"scripts/a.wast\"\noutcome = \"fail\"\n\
                 when = { engine = \"tensor-wasm\" }\nreason = \"r\"\n";
    checkout.write("suites/scripts/expectations.toml", entry);
    checkout.run(&[]).is(1, "UNEXPECTED PASS");
    checkout
        .run(&["--bless", "--variant", "all"])
        .is(1, "wrote suites/scripts/expectations.toml");
    checkout.run(&[]).is(0, "PASS");
}

#[test]
fn any_folder_of_scripts_and_any_file_can_be_run() {
    let checkout = Checkout::new();
    checkout.write("anything/deep/x.wast", GOOD_WAST);
    checkout
        .run(&["scripts", "--from", "anything"])
        .is(0, "in 1 case");
    checkout.run(&["anything/deep/x.wast"]).is(0, "in 1 case");
    checkout.run(&["suites/scripts/a.wast"]).is(0, "in 1 case");
    checkout
        .run(&["scripts", "scripts", "suites/scripts/a.wast"])
        .is(0, "in 3 cases");
    let (_, listed) = checkout.json(&["suites/scripts/a.wast", "--list"]);
    assert_eq!(listed["cases"][0]["id"], "scripts/a.wast");
    checkout
        .run(&["--bless", "anything/deep/x.wast"])
        .is(2, "--bless rewrites");
}

#[test]
fn a_golden_is_approved_by_bless_and_then_compared() {
    let checkout = Checkout::new();
    let golden = ";;! description = \"says hello\"\n;;! [[check]]\n;;! call = \"text\"\n\
        ;;! golden = \"hello.txt\"\n\
        (module (memory (export \"memory\") 1) (data (i32.const 8) \"hello\\n\")\n\
          (func (export \"text\") (result i32 i32) (i32.const 8) (i32.const 6)))\n";
    let rules = "version = 1\ndescription = \"d\"\nformat = \"wat\"\n[[source]]\nname = \"files\"\n\
        [[source.folder]]\npath = \".\"\nrequires = [\"multi-value\"]\n";
    checkout.write("suites/fixtures/suite.toml", rules);
    checkout.write("suites/fixtures/hello.wat", golden);
    checkout
        .run(&["fixtures"])
        .is(1, "no text was approved as `hello.txt` yet");
    checkout
        .run(&["fixtures", "--bless"])
        .is(1, "wrote golden/fixtures/hello.txt");
    checkout.run(&["fixtures"]).is(0, "PASS");
    checkout.write(
        "suites/fixtures/hello.wat",
        &golden.replace("hello\\n", "help!\\n"),
    );
    checkout.run(&["fixtures"]).is(1, "+help!");
}

#[test]
fn shards_merge_into_the_whole_run_and_nothing_else_does() {
    let checkout = Checkout::new();
    for shard in ["1", "2", "3"] {
        let part = format!("{shard}/3");
        let ended = checkout.run(&["--shard", &part, "--report", &format!("out/{shard}")]);
        ended.is(0, "PASS");
    }
    let merge = |folders: &[&str]| checkout.run(&[&["merge"], folders].concat());
    merge(&["out/1", "out/2", "out/3", "--report", "out/all"])
        .is(0, "PASS: 8 directives in 4 cases");
    assert!(checkout.path("out/all/results.jsonl").is_file());
    merge(&["out/2", "out/1", "out/3", "--report", "out/1"]).is(2, "would overwrite it");
    merge(&["out/1", "out/3"]).is(2, "shard 2/3 of variant cranelift is missing");
    merge(&["out/1", "out/2", "out/2", "out/3"]).is(2, "are both shard 2/3");
    checkout
        .run(&["--shard", "2/3", "--variant", "winch", "--report", "out/w"])
        .is(0, "PASS");
    merge(&["out/1", "out/w", "out/3"]).is(2, "missing");
    checkout
        .run(&["--shard", "2/4", "--report", "out/4"])
        .is(0, "");
    merge(&["out/1", "out/4", "out/3"]).is(2, "different numbers of shards");
    // A shard that lost its end, and one whose case never ended.
    let lines = std::fs::read_to_string(checkout.path("out/2/results.jsonl")).unwrap();
    let cut: Vec<_> = lines.lines().collect();
    checkout.write(
        "out/2/results.jsonl",
        &(cut[..cut.len() - 1].join("\n") + "\n"),
    );
    merge(&["out/1", "out/2", "out/3"]).is(2, "the file ends before its run did");
    let without: Vec<_> = lines
        .lines()
        .filter(|line| !line.contains("\"ended\""))
        .collect();
    checkout.write("out/2/results.jsonl", &(without.join("\n") + "\n"));
    merge(&["out/1", "out/2", "out/3"]).is(2, "never ended");
}

#[test]
fn what_a_shard_left_out_is_not_forgotten_by_the_merge() {
    let checkout = Checkout::new();
    checkout.write("suites/fixtures/bad.wat", "(module)");
    for shard in ["1", "2"] {
        let part = format!("{shard}/2");
        let folder = format!("out/{shard}");
        checkout
            .run(&["--shard", &part, "--report", &folder])
            .is(2, "has no header");
    }
    let (code, document) = {
        let ended = checkout.run(&["merge", "out/1", "out/2", "--format", "json"]);
        (
            ended.code,
            serde_json::from_str::<Value>(&ended.stdout).unwrap(),
        )
    };
    assert_eq!((code, &document["verdict"]), (2, &"fail".into()));
}

#[test]
fn a_proposal_that_an_engine_lost_is_red() {
    let checkout = Checkout::new();
    let variants = "version = 1\n[[variant]]\nname = \"winch\"\nengine = \"tensor-wasm\"\n\
        description = \"d\"\nlacks = [\"gc\"]\nsettings = { compiler = \"winch\" }\n";
    checkout.write("suites/variants.toml", variants);
    let ended = checkout.run(&[]);
    ended.is(2, "`winch` lacks ");
    ended.is(2, "exceptions");
}

#[test]
fn a_run_of_nothing_is_no_pass() {
    let checkout = Checkout::new();
    let rules = "version = 1\ndescription = \"d\"\nformat = \"wast\"\n[[source]]\nname = \"files\"\n\
        [[source.folder]]\npath = \".\"\nrequires = [\"custom-descriptors\"]\n";
    checkout.write("suites/scripts/suite.toml", rules);
    let (code, document) = checkout.json(&["scripts", "--report", "out"]);
    assert_eq!((code, &document["verdict"]), (4, &"fail".into()));
    let results = std::fs::read_to_string(checkout.path("out/results.json")).unwrap();
    assert!(results.contains("\"verdict\": \"fail\""), "{results}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_workers_and_leaves_whole_lines() {
    let checkout = Checkout::new();
    let endless = "(module (func (export \"f\") (loop (br 0))))\n(invoke \"f\")\n";
    checkout.write("suites/scripts/z.wast", endless);
    let started = Instant::now();
    let mut child = checkout
        .command(&["--report", "out", "--jobs", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = || std::fs::read_to_string(checkout.path("out/results.jsonl")).unwrap_or_default();
    // Until the endless case runs: it is the last to be handed out or not, and
    // the others end within milliseconds.
    while lines().matches("\"ended\"").count() < 3 {
        assert!(started.elapsed() < Duration::from_secs(60), "{}", lines());
        std::thread::sleep(Duration::from_millis(20));
        if lines().contains("scripts/z.wast\",\"attempt\"") {
            break;
        }
    }
    std::thread::sleep(Duration::from_millis(300));
    let workers = || {
        let listed = Command::new("pgrep")
            .arg("-P")
            .arg(child.id().to_string())
            .output()
            .unwrap();
        String::from_utf8(listed.stdout).unwrap()
    };
    let running = workers();
    assert!(!running.is_empty(), "the endless case is running");
    let signal = Command::new("kill")
        .arg("-INT")
        .arg(child.id().to_string())
        .status();
    assert!(signal.unwrap().success());
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(1));
    for pid in running.split_whitespace() {
        assert!(
            !Path::new("/proc").join(pid).join("exe").exists(),
            "worker {pid} is left"
        );
    }
    let lines = lines();
    assert!(lines.ends_with('\n'));
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    assert!(
        lines.contains("{\"type\":\"finished\",\"interrupted\":true}"),
        "{lines}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let checkout = Checkout::new();
    let mut child = checkout
        .command(&["--list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
}
