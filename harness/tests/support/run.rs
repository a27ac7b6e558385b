//! A suite in a temporary folder, and a run of it without a terminal.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use libtest_mimic::Failed;
use tempfile::TempDir;
use tensor_wasm_harness::execute::WorkerConfig;
use tensor_wasm_harness::model::{EngineSpec, Settings, Summary};
use tensor_wasm_harness::pipeline::{Action, Conformance, Done, conformance};
use tensor_wasm_harness::report::{Format, Repro, Terminal};
use tensor_wasm_harness::select::Selection;

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
    pub(crate) action: Action,
    pub(crate) report: Option<PathBuf>,
    pub(crate) against: Option<PathBuf>,
    /// Whether the expectation file is left as it is.
    pub(crate) keep_expectations: bool,
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
            action: Action::Run,
            report: None,
            against: None,
            keep_expectations: false,
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
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
            "\n[[expect]]\ntest = \"{test}\"\noutcome = \"{outcome}\"\nreason = \"a test\"\n{more}\n"
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

    /// Runs the suite, and returns its only variant's summary.
    pub(crate) fn run(&self) -> Summary {
        let mut done = self.done();
        assert_eq!(done.complaints, Vec::<String>::new());
        done.summaries.remove(0)
    }

    /// Runs the suite.
    pub(crate) fn done(&self) -> Done {
        let root = self.folder.path();
        if !self.keep_expectations {
            self.write("expectations.toml", &self.expectations);
        }
        let settings: Vec<_> = self
            .settings
            .iter()
            .map(|(key, value)| format!("{key} = '{value}'"))
            .collect();
        let variants = format!(
            "version = 1\n[[variant]]\nname = \"default\"\nengine = \"faulty\"\n\
             description = \"the engine as it is\"\nsettings = {{ {} }}\n",
            settings.join(", ")
        );
        std::fs::write(root.join("suites/variants.toml"), variants).unwrap();
        let config = Conformance {
            root: root.to_owned(),
            targets: Vec::new(),
            from: None,
            engine: "faulty".to_owned(),
            device: None,
            variants: Vec::new(),
            worker: Some(std::env::current_exe().unwrap()),
            runtime: None,
            code_cache: false,
            jobs: 2,
            program_jobs: 2,
            timeout: self.timeout,
            start_timeout: self.start_timeout,
            memory_limit: self.memory_limit,
            retries: self.retries,
            selection: Selection::default(),
            action: self.action,
            messages: false,
            report: self.report.clone(),
            against: self.against.clone(),
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

/// Fails with what `found` says unless `right`.
pub(crate) fn expect(right: bool, found: impl FnOnce() -> String) -> Result<(), Failed> {
    if right {
        Ok(())
    } else {
        Err(Failed::from(found()))
    }
}
