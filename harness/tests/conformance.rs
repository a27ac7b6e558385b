//! Every conformance case of the bundled suites as a test of `cargo test` and
//! `cargo nextest`, on TensorWasm's default variant.
//!
//! Every test starts a worker of its own, so that a case runs the same alone,
//! among others, and in the process `cargo nextest` gives it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use tensor_wasm_harness::discover::{self, Discovered, Suite, read_variants};
use tensor_wasm_harness::execute::{self, ExecuteConfig, RuntimeConfig, WorkerConfig};
use tensor_wasm_harness::judge::Judge;
use tensor_wasm_harness::model::{Case, CaseVerdict, EngineInfo, EngineSpec, ExpectationSet, Plan};
use tensor_wasm_harness::select::{self, Conditions, Selection};

/// Whole files on slow machines; a single directive takes a fraction of it.
const TIMEOUT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            let failed = Trial::test("the suites can be read", move || Err(Failed::from(error)));
            libtest_mimic::run(&arguments, vec![failed]).exit_code()
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the workspace")
}

/// What one case needs to run and be judged.
struct Setup {
    config: ExecuteConfig,
    expectations: ExpectationSet,
}

fn trials() -> Result<Vec<Trial>, String> {
    let suites_folder = root().join("suites");
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let variants = read_variants(&suites_folder.join("variants.toml")).map_err(|e| text(&e))?;
    let variant = variants
        .iter()
        .find(|variant| variant.engine == "tensor-wasm")
        .ok_or("no variant of tensor-wasm")?;
    let worker = WorkerConfig {
        program: PathBuf::from(env!("CARGO_BIN_EXE_tensor-wasm-worker")),
        arguments: Vec::new(),
        spec: variant.spec(),
        start_timeout: TIMEOUT,
        memory_limit: 4 << 30,
    };
    let mut engine = execute::probe(&worker).map_err(|e| text(&e))?;
    let file = suites_folder.join("engines/tensor-wasm.toml");
    let runtime = discover::read_engine(&file, "tensor-wasm").map_err(|e| text(&e))?;
    let runtime = RuntimeConfig {
        runtime: runtime.runtime(runtime_program(&worker.program)),
        settings: variant.settings.clone(),
        memory_limit: worker.memory_limit,
        jobs: 1,
    };
    engine.capabilities.extend(&runtime.runtime.capabilities);
    let mut trials = Vec::new();
    for name in discover::suite_names(&suites_folder).map_err(|e| text(&e))? {
        // A suite for another engine runs with that one, by `cargo xtask ci`.
        let engine_of = discover::engine_of(&suites_folder, &name).map_err(|e| text(&e))?;
        if engine_of.is_some_and(|other| other != variant.engine) {
            continue;
        }
        let goldens = root().join("golden");
        let found = discover::suite(&suites_folder, &name, None, &goldens);
        let suite = match found.map_err(|e| text(&e))? {
            Discovered::Suite(suite) => suite,
            // A suite whose files are elsewhere is ignored, never passed.
            Discovered::Absent(absent) => {
                let message = absent.sentence();
                let name = format!("{name} (absent: {})", absent.command);
                let trial = Trial::test(name, move || Err(Failed::from(message)));
                trials.push(trial.with_ignored_flag(true));
                continue;
            }
        };
        for error in &suite.errors {
            let message = error.to_string();
            let file = error.file.display().to_string();
            trials.push(Trial::test(file, move || Err(Failed::from(message))));
        }
        let expectations = expectations(&suite, &engine, &worker.spec)?;
        let plan = plan(&suite, &engine, &expectations)?;
        let setup = Arc::new(Setup {
            config: ExecuteConfig {
                worker: Some(worker.clone()),
                programs: Some(runtime.clone()),
                jobs: 1,
                directive_timeout: TIMEOUT,
            },
            expectations,
        });
        // A case that is not run is listed as ignored, never as passed.
        for (id, why) in plan.not_run {
            let message = format!("not run: {why}");
            let trial = Trial::test(id.0, move || Err(Failed::from(message)));
            trials.push(trial.with_ignored_flag(true));
        }
        for planned in plan.run {
            let setup = Arc::clone(&setup);
            trials.push(Trial::test(planned.case.id.0.clone(), move || {
                run(&planned.case, &setup)
            }));
        }
    }
    Ok(trials)
}

/// The runtime's own program, which cargo puts beside the worker when it builds
/// the tests of the whole workspace.
fn runtime_program(worker: &Path) -> PathBuf {
    worker.with_file_name(format!("tensor-wasm{}", std::env::consts::EXE_SUFFIX))
}

fn expectations(
    suite: &Suite,
    engine: &EngineInfo,
    spec: &EngineSpec,
) -> Result<ExpectationSet, String> {
    let conditions = Conditions {
        engine,
        variant: &spec.variant,
        source: &suite.source,
        today: jiff::Zoned::now().date(),
    };
    let entries = select::read_expectations(&suite.folder.join("expectations.toml"), conditions)
        .map_err(|error| error.to_string())?;
    let set = ExpectationSet::new(entries).map_err(|error| error.to_string())?;
    let ids: Vec<_> = suite.cases.iter().map(|case| &case.id).collect();
    match set.unmatched(&ids).first() {
        Some(entry) => Err(format!("{}: matches no case", entry.place())),
        None => Ok(set),
    }
}

fn plan(suite: &Suite, engine: &EngineInfo, expectations: &ExpectationSet) -> Result<Plan, String> {
    let durations = select::read_durations(&suite.folder).map_err(|error| error.to_string())?;
    Ok(select::plan(
        suite.cases.clone(),
        engine,
        expectations,
        &Selection::default(),
        &durations,
    ))
}

static NEVER: LazyLock<AtomicBool> = LazyLock::new(|| AtomicBool::new(false));

fn run(case: &Case, setup: &Setup) -> Result<(), Failed> {
    let mut judge = Judge::new(&setup.expectations, false);
    let mut verdict: Option<CaseVerdict> = None;
    for attempt in 1..=judge.attempts(&case.id, 0) {
        if verdict.as_ref().is_some_and(CaseVerdict::is_expected) {
            break;
        }
        execute::run(&[case], attempt, &setup.config, &NEVER, &mut |event| {
            if let Some(ended) = judge.take(&event) {
                verdict = Some(ended.clone());
            }
        })
        .map_err(|error| Failed::from(error.to_string()))?;
    }
    let verdict = verdict.ok_or("the case never ended")?;
    if verdict.is_expected() {
        return Ok(());
    }
    let problems = verdict.unexpected.iter().map(|problem| {
        format!(
            "{} {}\n{}",
            case.id.at(problem.line),
            problem.directive,
            problem.message
        )
    });
    let passes = verdict.unexpected_passes.iter().map(|pass| {
        format!(
            "{}: it passed, but {} expects that it does not",
            case.id, pass.entry
        )
    });
    let told: Vec<_> = problems.chain(passes).take(20).collect();
    Err(Failed::from(format!(
        "{}\nrepro: cargo xtask conformance {} --filter '{}'",
        told.join("\n"),
        case.id.suite(),
        case.id
    )))
}
