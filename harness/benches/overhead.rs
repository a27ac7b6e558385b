//! What the harness costs: a folder of scripts run by the pipeline, and by a
//! bare loop over the `wasmtime-wast` crate in this process, on as many threads.
//!
//!     cargo bench --profile dev -p tensor-wasm-harness --features wasmtime-wast \
//!         --bench overhead -- DIR [ROUNDS]
//!
//! With `--profile dev` it measures the build that `cargo xtask conformance`
//! uses, and Wasmtime is not compiled a second time.
//!
//! The two take turns, so that what else the machine does hits both. The loop
//! checks nothing that the pipeline does not, stops a file at its first
//! failure, and survives no crash.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark's results"
)]

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tensor_wasm_harness::pipeline::{Action, Conformance, conformance};
use tensor_wasm_harness::report::{Format, Repro, Terminal};
use tensor_wasm_harness::select::Selection;
use tensor_wasm_runtime::wasmtime::{Config, Engine};
use wasmtime_wast::{Async, SpectestConfig, WastContext};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        eprintln!("which folder of scripts? cargo bench … --bench overhead -- DIR [ROUNDS]");
        return ExitCode::from(2);
    };
    let rounds = arguments
        .get(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut scripts = Vec::new();
    find(&folder, &mut scripts);
    println!(
        "{} scripts on {jobs} threads, {rounds} rounds",
        scripts.len()
    );
    println!("round  loop      harness   ratio");
    let mut ratios = Vec::new();
    for round in 1..=rounds {
        let (bare, passed) = bare_loop(&scripts, jobs);
        let (harness, directives) = pipeline(&folder, jobs);
        let ratio = harness.as_secs_f64() / bare.as_secs_f64();
        println!(
            "{round:>5}  {:>6.3} s  {:>6.3} s  {ratio:.3}   ({passed} files passed in the loop; \
             {directives} directives judged)",
            bare.as_secs_f64(),
            harness.as_secs_f64(),
        );
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.3}", ratios[ratios.len() / 2]);
    ExitCode::SUCCESS
}

fn find(folder: &Path, scripts: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, scripts);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "wast")
        {
            scripts.push(path);
        }
    }
}

/// Every script once, largest first, by the crate's own runner. One engine
/// with every proposal on serves all of them.
fn bare_loop(scripts: &[PathBuf], jobs: usize) -> (Duration, usize) {
    let started = Instant::now();
    let mut sorted = scripts.to_vec();
    sorted.sort_by_key(|path| std::cmp::Reverse(path.metadata().map_or(0, |meta| meta.len())));
    let queue = Mutex::new(VecDeque::from(sorted));
    let passed = AtomicUsize::new(0);
    let mut config = Config::new();
    config
        .wasm_custom_page_sizes(true)
        .wasm_wide_arithmetic(true)
        .wasm_threads(true)
        .shared_memory(true)
        // As in the workers: scripts on every core leave nothing to gain from
        // compiling the functions of one module on several.
        .parallel_compilation(false);
    let engine = Engine::new(&config).expect("every proposal named here is implemented");
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let Some(script) = queue.lock().ok().and_then(|mut queue| queue.pop_front())
                    else {
                        break;
                    };
                    let text = std::fs::read(&script).unwrap_or_default();
                    let mut context = WastContext::new(&engine, Async::No, |_| {});
                    context.generate_dwarf(false);
                    context.ignore_error_messages(true);
                    let spectest = SpectestConfig {
                        use_shared_memory: true,
                        suppress_prints: true,
                    };
                    let outcome = context
                        .register_spectest(&spectest)
                        .and_then(|()| context.run_wast(&script.display().to_string(), &text));
                    passed.fetch_add(usize::from(outcome.is_ok()), Ordering::Relaxed);
                }
            });
        }
    });
    (started.elapsed(), passed.into_inner())
}

fn pipeline(folder: &Path, jobs: usize) -> (Duration, u64) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the workspace");
    let config = Conformance {
        root: root.to_owned(),
        targets: vec!["spec".to_owned()],
        from: Some(folder.to_owned()),
        engine: "tensor-wasm".to_owned(),
        device: None,
        variants: Vec::new(),
        worker: Some(PathBuf::from(env!("CARGO_BIN_EXE_tensor-wasm-worker"))),
        runtime: None,
        code_cache: false,
        jobs,
        program_jobs: jobs,
        timeout: Duration::from_secs(30),
        start_timeout: Duration::from_secs(30),
        memory_limit: 4 << 30,
        retries: 0,
        selection: Selection::default(),
        action: Action::Run,
        messages: false,
        report: None,
        against: None,
        repro: Repro(String::new()),
    };
    let started = Instant::now();
    let done = conformance(
        &config,
        &AtomicBool::new(false),
        &mut Terminal::new(Format::Nothing),
    );
    let directives = done
        .summaries
        .iter()
        .map(|summary| summary.directives())
        .sum();
    (started.elapsed(), directives)
}
