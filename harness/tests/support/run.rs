//! A suite in a temporary folder, and a run of it without a terminal.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use libtest_mimic::Failed;
use tempfile::TempDir;
use tensor_wasm_harness::discover;
use tensor_wasm_harness::execute::{self, ExecuteConfig, WorkerConfig};
use tensor_wasm_harness::judge::Judge;
use tensor_wasm_harness::model::{Case, EngineSpec, ExpectationSet, Settings, Summary};
use tensor_wasm_harness::select::{self, Conditions, Durations, Selection};

/// A script all of whose three directives pass.
pub(crate) const GOOD: &str = "(module)
(assert_return (invoke \"ok\") (i32.const 42))
(assert_return (invoke \"ok\") (i32.const 42))
";

pub(crate) struct Suite {
    folder: TempDir,
    pub(crate) settings: Settings,
    pub(crate) timeout: Duration,
    pub(crate) start_timeout: Duration,
    pub(crate) memory_limit: u64,
    pub(crate) retries: u32,
    pub(crate) stop_after: Option<Duration>,
    expectations: String,
}

impl Suite {
    /// Four good files, and `fault.wast` whose line 3 calls `fault`.
    pub(crate) fn with_fault(fault: &str) -> Suite {
        let folder = TempDir::new().unwrap();
        let flake_file = folder.path().join("flaked").display().to_string();
        let suite = Suite {
            settings: Settings::from([("flake-file".to_owned(), flake_file)]),
            folder,
            timeout: Duration::from_secs(30),
            start_timeout: Duration::from_secs(30),
            memory_limit: 2 << 30,
            retries: 0,
            stop_after: None,
            expectations: "version = 1\n".to_owned(),
        };
        let rules = "version = 1\ndescription = \"a demonstration\"\nformat = \"wast\"\n\
                     [[source]]\nname = \"files\"\n[[source.folder]]\npath = \".\"\n";
        suite.write("suite.toml", rules);
        for name in ["a", "b", "y", "z"] {
            suite.write(&format!("{name}.wast"), GOOD);
        }
        let fault = format!("(assert_return (invoke \"{fault}\") (i32.const 42))\n");
        let ok = "(assert_return (invoke \"ok\") (i32.const 42))\n";
        suite.write("fault.wast", &format!("(module)\n{ok}{fault}{ok}{ok}"));
        suite
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("suites/demo").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn replace(&mut self, name: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(old), "{text}");
        self.write(name, &text.replace(old, new));
    }

    pub(crate) fn expectation(&mut self, test: &str, outcome: &str, more: &str) {
        self.expectations.push_str(&format!(
            "[[expect]]\ntest = \"{test}\"\noutcome = \"{outcome}\"\nreason = \"a test\"\n{more}\n"
        ));
    }

    pub(crate) fn worker(&self) -> WorkerConfig {
        WorkerConfig {
            program: std::env::current_exe().unwrap(),
            arguments: Vec::new(),
            spec: EngineSpec {
                engine: "faulty".to_owned(),
                variant: "default".to_owned(),
                settings: self.settings.clone(),
            },
            start_timeout: self.start_timeout,
            memory_limit: self.memory_limit,
        }
    }

    /// The stages in order, as the pipeline calls them.
    pub(crate) fn run(&self) -> Summary {
        let root = self.folder.path();
        self.write("expectations.toml", &self.expectations);
        let suite = discover::suite(&root.join("suites"), "demo", None, &root.join("golden")).unwrap();
        let worker = self.worker();
        let engine = execute::probe(&worker).unwrap();
        let conditions = Conditions {
            engine: &engine,
            variant: "default",
            source: &suite.source,
            today: jiff::civil::date(2026, 11, 21),
        };
        let entries = select::read_expectations(&self.path("expectations.toml"), conditions).unwrap();
        let expectations = ExpectationSet::new(entries).unwrap();
        let plan = select::plan(
            suite.cases,
            &engine,
            &expectations,
            &Selection::default(),
            &Durations::default(),
        );
        let config = ExecuteConfig {
            worker,
            jobs: 2,
            directive_timeout: self.timeout,
        };
        let mut judge = Judge::new(&expectations, false);
        let mut cases: Vec<&Case> = plan.run.iter().map(|planned| &planned.case).collect();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            if let Some(after) = self.stop_after {
                let stop = &stop;
                scope.spawn(move || {
                    std::thread::sleep(after);
                    stop.store(true, Ordering::Relaxed);
                });
            }
            let mut attempt = 1;
            while !cases.is_empty() && !stop.load(Ordering::Relaxed) {
                let mut again = Vec::new();
                execute::run(&cases, attempt, &config, &stop, &mut |event| {
                    if judge.take(&event).is_some_and(|verdict| !verdict.is_expected()) {
                        again.push(event.case);
                    }
                })
                .unwrap();
                again.retain(|id| judge.attempts(id, self.retries) > attempt);
                cases.retain(|case| again.contains(&case.id));
                attempt += 1;
            }
        });
        let suites = [("demo".to_owned(), "here".to_owned())];
        let interrupted = stop.load(Ordering::Relaxed);
        judge.finish(engine, "default".to_owned(), None, &suites, &plan.not_run, interrupted)
    }
}

/// Fails with what `found` says unless `right`.
pub(crate) fn expect(right: bool, found: impl FnOnce() -> String) -> Result<(), Failed> {
    if right {
        Ok(())
    } else {
        Err(Failed::from(found()))
    }
}
