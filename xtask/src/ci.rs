//! `cargo xtask ci`: what CI runs, step by step, here.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::ExactKind;
use tensor_wasm_harness::{discover, report};

use crate::{build, docs, guests, test};

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask ci                    everything
  cargo xtask ci --only fmt,docs    some of it")]
pub(crate) struct Arguments {
    /// Run only these steps
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STEP")]
    only: Vec<Step>,
    /// Leave these steps out
    #[arg(long, value_enum, value_delimiter = ',', value_name = "STEP")]
    skip: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting
    Fmt,
    /// Links and commands in the documentation
    Docs,
    /// Licences, advisories and sources of dependencies, where cargo-deny is installed
    Deny,
    /// The binary without its executor builds without Wasmtime and says so
    Lean,
    /// Lints, warnings denied
    Clippy,
    /// Public documentation, warnings denied
    Rustdoc,
    /// The programs of suite `wasi` come from their sources, where their toolchain is installed
    Guests,
    /// Conformance on the bundled suites, every variant
    Conformance,
    /// Conformance of the second engine
    Wasmi,
    /// Conformance of kernels, on the interpreter of PTX and on the CPU
    Gpu,
    /// Counts against the baseline, and a short trial of the gate
    Bench,
    /// The README's test command
    Test,
}

/// Cheap steps first: they fail soonest. Conformance stands before the tests,
/// as in the README, and they share one build.
const STEPS: &[Step] = &[
    Step::Fmt,
    Step::Docs,
    Step::Deny,
    Step::Lean,
    Step::Clippy,
    Step::Rustdoc,
    Step::Guests,
    Step::Conformance,
    Step::Wasmi,
    Step::Gpu,
    Step::Bench,
    Step::Test,
];

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let root = build::root()?;
    let wanted = |step: &&Step| {
        (arguments.only.is_empty() || arguments.only.contains(step))
            && !arguments.skip.contains(step)
    };
    let mut failed = Vec::new();
    let mut not_run = Vec::new();
    for step in STEPS.iter().filter(wanted) {
        build::say(&format!("=== {}", name(*step)));
        let started = Instant::now();
        let result = run_step(*step, &root);
        let seconds = started.elapsed().as_secs();
        match result {
            Ok(true) => build::say(&format!("=== {}: ok, {seconds} s", name(*step))),
            Ok(false) => {
                build::say(&format!("=== {}: not run", name(*step)));
                not_run.push(name(*step));
            }
            Err(error) => {
                build::say(&format!(
                    "=== {}: FAILED, {seconds} s: {error:#}",
                    name(*step)
                ));
                failed.push(name(*step));
            }
        }
    }
    if !not_run.is_empty() {
        build::say(&format!("=== not run: {}", not_run.join(", ")));
    }
    if failed.is_empty() {
        build::say("=== all steps that ran are ok");
        return Ok(Exit::Expected);
    }
    build::say(&format!("=== failed: {}", failed.join(", ")));
    Ok(Exit::Unexpected)
}

fn name(step: Step) -> String {
    step.to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

/// Runs a step. False: a tool is not installed, and nothing was checked.
fn run_step(step: Step, root: &Path) -> anyhow::Result<bool> {
    match step {
        Step::Fmt => build::run(
            build::cargo(root).args(["fmt", "--all", "--check"]),
            "cargo fmt",
        ),
        Step::Docs => docs::check(root),
        Step::Deny => return deny(root),
        Step::Lean => lean(root),
        Step::Clippy => build::run(
            build::cargo(root)
                .args(["clippy", "--workspace", "--all-targets"])
                .args(["--features", "tensor-wasm-harness/wasmi"])
                .args(["--", "--deny", "warnings"]),
            "cargo clippy",
        ),
        Step::Rustdoc => build::run(
            build::cargo(root)
                .args(["doc", "--workspace", "--no-deps"])
                .args(["--features", "tensor-wasm-harness/wasmi"])
                .env("RUSTDOCFLAGS", "--deny warnings"),
            "cargo doc",
        ),
        Step::Guests => return guests::check(root),
        Step::Conformance => conformance(
            root,
            &["--variant", "all", "--report", "target/conformance"],
        ),
        Step::Wasmi => conformance(root, &["--engine", "wasmi"]),
        Step::Gpu => {
            let on = |device| conformance(root, &["gpu-spec", "gpu", "--device", device]);
            on("interp").and_then(|()| on("cpu"))
        }
        Step::Bench => bench(root),
        Step::Test => build::run(&mut test::command(root), "cargo test"),
    }
    .map(|()| true)
}

/// Builds `tensor-wasm` without its executor and runs it.
fn lean(root: &Path) -> anyhow::Result<()> {
    let output = build::cargo(root)
        .args(["run", "--quiet", "--profile", "xtask", "--package"])
        .args(["tensor-wasm-runtime", "--no-default-features", "--"])
        .args(["run", "program.wasm"])
        .output()
        .context("cannot start cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(3) || !said.contains("no executor") {
        bail!(
            "exit code 3 and a reason are wanted, not {}: {said}",
            output.status
        );
    }
    Ok(())
}

/// Runs this program once more, as a person would.
fn conformance(root: &Path, flags: &[&str]) -> anyhow::Result<()> {
    build::run(
        build::cargo(root)
            .args(["xtask", "conformance"])
            .args(flags),
        "cargo xtask conformance",
    )
}

/// Compares counts, and tries the gate out. Times are not compared: this machine
/// is busy with CI, and `.github/workflows/bench.yml` has one for them.
fn bench(root: &Path) -> anyhow::Result<()> {
    let mut baseline = discover::read_baseline(&root.join("bench-results/baseline.json"))?;
    // They stay, for explanations to be about, and have no say.
    for metric in &mut baseline.metrics {
        metric.regression_check = false;
    }
    let copy = build::target(root)?.join("bench/counts.json");
    let text = report::bench::baseline_to_json(&baseline);
    report::atomically(&copy, text.as_bytes())
        .with_context(|| format!("cannot write {}", copy.display()))?;
    let mut counts = build::cargo(root);
    counts
        .args(["xtask", "bench", "--compare", "baseline", "--quick"])
        .args(["--processes", "1", "--busy", "5"])
        .arg("--baseline")
        .arg(copy);
    for kind in ExactKind::ALL {
        counts.args(["--only", &format!("{}/*", kind.name())]);
    }
    build::run(&mut counts, "cargo xtask bench --quick")?;
    // What must never be flagged and what must always be.
    build::run(
        build::cargo(root)
            .args(["xtask", "bench", "--self-check", "--trials", "2,0,1"])
            .args(["--experiment", "A/A", "--experiment", "+10 % work"]),
        "cargo xtask bench --self-check",
    )
}

fn deny(root: &Path) -> anyhow::Result<bool> {
    let mut deny = Command::new("cargo-deny");
    let installed = deny.arg("--version").output().is_ok();
    if !installed {
        build::say("cargo-deny is not installed: not checked here, as CI on GitHub does");
        return Ok(false);
    }
    build::run(build::cargo(root).args(["deny", "check"]), "cargo deny").map(|()| true)
}
