//! A suite of programs in a temporary folder, and a run of it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tensor_wasm_harness::model::{CaseVerdict, Problem, ProblemKind, Summary};
use tensor_wasm_harness::pipeline::{Action, Conformance, Done, conformance};
use tensor_wasm_harness::report::{Format, Repro, Terminal};
use tensor_wasm_harness::select::Selection;

pub(crate) struct Programs {
    pub(crate) folder: TempDir,
    pub(crate) timeout: Duration,
    pub(crate) memory_limit: u64,
    pub(crate) jobs: usize,
    pub(crate) stop_after: Option<Duration>,
    pub(crate) report: Option<PathBuf>,
    pub(crate) runtime: Option<PathBuf>,
    /// What the runtime supports, as TOML.
    pub(crate) supports: String,
    expectations: String,
}

impl Programs {
    pub(crate) fn new() -> Programs {
        let programs = Programs {
            folder: TempDir::new().unwrap(),
            timeout: Duration::from_secs(20),
            memory_limit: 2 << 30,
            jobs: 4,
            stop_after: None,
            report: None,
            runtime: None,
            supports: "versions = [\"wasm32-wasip1\", \"wasm32-wasip3\"]\n\
                       proposals = [\"http\", \"sockets\"]\n"
                .to_owned(),
            expectations: "version = 1\n".to_owned(),
        };
        let rules = "version = 1\ndescription = \"a demonstration\"\nformat = \"programs\"\n\
                     [[source]]\nname = \"files\"\nleave-out = [\"testsuite\"]\n";
        programs.write("suites/demo/suite.toml", rules);
        programs.write("suites/variants.toml", "version = 1\nvariant = []\n");
        programs.write("suites/demo/manifest.json", "{\"name\": \"demo programs\"}");
        programs
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Adds the program `name` that does `script` and is described by `json`.
    pub(crate) fn add(&self, name: &str, script: &str, json: &str) {
        self.write(&format!("suites/demo/{name}.wasm"), script);
        if !json.is_empty() {
            self.write(&format!("suites/demo/{name}.json"), json);
        }
    }

    pub(crate) fn expectation(&mut self, test: &str, outcome: &str, more: &str) {
        self.expectations.push_str(&format!(
            "\n[[expect]]\ntest = \"{test}\"\noutcome = \"{outcome}\"\nreason = \"a test\"\n{more}\n"
        ));
    }

    pub(crate) fn run(&self) -> Summary {
        let mut done = self.done();
        assert_eq!(done.complaints, Vec::<String>::new());
        done.summaries.remove(0)
    }

    pub(crate) fn done(&self) -> Done {
        self.write("suites/demo/expectations.toml", &self.expectations);
        let this = std::env::current_exe().unwrap();
        let engine = format!(
            "version = 1\ndescription = \"a fake\"\n[program]\nname = '{}'\ninstall = \"build it\"\n\
             version = [\"--version\"]\n[supports]\n{}\
             [line]\ncommand = [\"--guest\", \"{{env}}\", \"{{root}}\", \"{{file}}\", \"{{args}}\"]\n\
             service = [\"--guest\", \"{{env}}\", \"{{root}}\", \"{{file}}\", \"{{args}}\"]\n\
             env = [\"--env\", \"{{name}}={{value}}\"]\nroot = [\"--root\", \"{{root}}\"]\n",
            this.display(),
            self.supports,
        );
        self.write("suites/engines/fake.toml", &engine);
        let config = Conformance {
            root: self.folder.path().to_owned(),
            targets: Vec::new(),
            from: None,
            engine: "fake".to_owned(),
            device: None,
            variants: Vec::new(),
            worker: None,
            runtime: self.runtime.clone(),
            code_cache: false,
            jobs: 1,
            program_jobs: self.jobs,
            timeout: self.timeout,
            start_timeout: Duration::from_secs(30),
            memory_limit: self.memory_limit,
            retries: 0,
            selection: Selection::default(),
            action: Action::Run,
            messages: false,
            report: self.report.clone(),
            against: None,
            repro: Repro("repeat".to_owned()),
        };
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            if let Some(after) = self.stop_after {
                let stop = &stop;
                scope.spawn(move || {
                    std::thread::sleep(after);
                    stop.store(true, Ordering::Relaxed);
                });
            }
            conformance(&config, &stop, &mut Terminal::new(Format::Nothing))
        })
    }
}

/// The verdict on the program `name`.
pub(crate) fn verdict<'s>(summary: &'s Summary, name: &str) -> &'s CaseVerdict {
    let id = format!("demo/{name}");
    let found = summary.cases.iter().find(|case| case.id.0 == id);
    found.unwrap_or_else(|| panic!("no {id} in {summary:#?}"))
}

/// Fails unless everything about the program passed, and so many checks ran.
#[track_caller]
pub(crate) fn passed(summary: &Summary, name: &str, executed: u64) {
    let case = verdict(summary, name);
    assert!(case.is_expected() && case.completed, "{case:#?}");
    let counts = case.counts;
    assert_eq!(
        (counts.executed, counts.passed),
        (executed, executed),
        "{case:#?}"
    );
}

/// Fails unless the program has one problem, of this kind, that says this.
#[track_caller]
pub(crate) fn went_wrong<'s>(
    summary: &'s Summary,
    name: &str,
    kind: ProblemKind,
    says: &str,
) -> &'s Problem {
    let case = verdict(summary, name);
    assert_eq!(case.unexpected.len(), 1, "{case:#?}");
    let problem = &case.unexpected[0];
    assert_eq!(problem.kind, kind, "{problem:#?}");
    assert!(problem.message.contains(says), "{}", problem.message);
    problem
}

/// Whether a process runs; a zombie does not.
fn runs(pid: &str) -> bool {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    status.is_ok_and(|status| !status.contains(") Z"))
}

/// Waits for a process that was killed to be gone.
#[track_caller]
pub(crate) fn ends_soon(pid: &str) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while runs(pid) {
        assert!(Instant::now() < deadline, "process {pid} still runs");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Nothing hung: a deadline would have been met long before.
#[track_caller]
pub(crate) fn within(started: Instant, seconds: u64) {
    let elapsed = started.elapsed();
    assert!(elapsed < Duration::from_secs(seconds), "{elapsed:?}");
}
