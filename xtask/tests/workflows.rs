//! `.github/workflows/bench.yml`: that it runs when it must, and is red when it must.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

const WORKFLOW: &str = include_str!("../../.github/workflows/bench.yml");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// What stands more indented below a line, without that indentation.
fn below(line: &str) -> Vec<Vec<&'static str>> {
    let indented = |text: &str| text.len() - text.trim_start().len();
    let lines: Vec<_> = WORKFLOW.lines().collect();
    let starts = (0..lines.len()).filter(|at| lines[*at].trim() == line);
    let blocks = starts.map(|at| {
        let more = |text: &&&str| indented(text) > indented(lines[at]);
        let block = lines[at + 1..].iter().take_while(more);
        block.map(|text| text.trim()).collect()
    });
    blocks.collect()
}

/// The patterns of files whose changes start the workflow.
fn patterns() -> Vec<&'static str> {
    let [pushed, requested] = below("paths:").try_into().unwrap();
    assert_eq!(pushed, requested, "the same list twice");
    let patterns = pushed.iter().map(|line| line.strip_prefix("- ").unwrap());
    patterns.collect()
}

/// A folder with all that is in it, or a file.
fn starts(path: &str) -> bool {
    patterns()
        .iter()
        .any(|pattern| match pattern.strip_suffix("**") {
            Some(folder) => path.starts_with(folder),
            None => path == *pattern,
        })
}

#[test]
fn every_change_that_can_move_a_number_starts_it() {
    let mut files = [
        ".cargo/config.toml",
        "Cargo.lock",
        "Cargo.toml",
        "bench-results/baseline.json",
        "harness/src/worker/bench.rs",
        "runtime/Cargo.toml",
        "runtime/build.rs",
        "runtime/wit/gpu.wit",
        "rust-toolchain.toml",
        "suites/corpus/fib/benchmark.wasm",
        "suites/variants.toml",
    ]
    .map(str::to_owned)
    .to_vec();
    // What criterion's benchmarks have from elsewhere.
    let benches = std::fs::read_dir(root().join("runtime/benches")).unwrap();
    let mut included = 0;
    for path in benches.map(|bench| bench.unwrap().path()) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for name in text.split("include_str!(\"").skip(1) {
            let (name, _) = name.split_once('"').unwrap();
            let file = root().join("runtime/benches").join(name);
            let file = file.canonicalize().unwrap();
            let file = file.strip_prefix(root().canonicalize().unwrap()).unwrap();
            files.push(file.display().to_string());
            included += 1;
        }
    }
    assert!(included > 0, "benchmarks include kernels");
    for file in files {
        assert!(starts(&file), "{file}");
    }
    assert!(!starts("docs/benchmarking.md") && !starts("suites/wat/suite.toml"));
}

#[test]
fn every_benchmark_with_metrics_is_run_and_documented() {
    let manifest = read("runtime/Cargo.toml");
    let names = manifest.split("[[bench]]\nname = \"").skip(1);
    let names: Vec<_> = names.map(|rest| rest.split_once('"').unwrap().0).collect();
    assert!(names.len() > 3, "{names:?}");
    let page = read("docs/benchmarking.md");
    // It has no metrics.
    for name in names.iter().filter(|name| **name != "runtime_overhead") {
        let flag = format!("--bench {name} ");
        assert!(WORKFLOW.contains(&flag), "{name}");
        assert!(
            page.contains(&format!("--bench {name}\n")) || page.contains(&flag),
            "{name}"
        );
    }
}

#[test]
fn what_cannot_be_told_is_a_warning_and_all_else_is_red() {
    let gates = below("run: |");
    let gate = gates
        .iter()
        .find(|lines| lines.join(" ").contains("bench --compare"));
    let script = gate.unwrap().join("\n");
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    std::fs::write(&cargo, "#!/bin/sh\nexit \"$CODE\"\n").unwrap();
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (code, wanted) in [(0, 0), (1, 1), (2, 2), (3, 0), (4, 4), (101, 101)] {
        // As GitHub runs it.
        let output = Command::new("bash")
            .args(["-e", "-c", &script])
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
            .env("CODE", code.to_string())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(wanted), "{code}");
        let warns = String::from_utf8_lossy(&output.stdout).starts_with("::warning title=");
        assert_eq!(warns, code == 3, "{code}");
    }
}
