//! A folder with a corpus of three programs, and runs of `bench` in it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tempfile::TempDir;
use tensor_wasm_harness::execute::bench::ArmConfig;
use tensor_wasm_harness::execute::bench::protocol::Effort;
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{
    ArmInfo, Baseline, BaselineMetric, BenchReport, Judged, MetricName, Origin, Policy, Rule,
    WorkloadSize,
};
use tensor_wasm_harness::pipeline::{Against, Bench, BenchDone, bench};
use tensor_wasm_harness::report::bench::baseline_to_json;
use tensor_wasm_harness::report::{Format, Repro, Terminal};
use tensor_wasm_harness::select::MetricFilter;

/// A commit, for what has to name one.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The metric of a program that does nothing but work.
pub(crate) const EXECUTE: &str = "execute/spin/cranelift";
/// A count of it.
pub(crate) const FUEL: &str = "fuel/spin/cranelift";

/// The work of the program `spin`, in rounds of its loop.
const WORK: u32 = 20_000;

pub(crate) struct Place(TempDir);

impl Place {
    /// The programs noop and fib of the corpus, and one of our own.
    pub(crate) fn new() -> Place {
        let place = Place(TempDir::new().unwrap());
        let suites = Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites");
        place.write(
            "suites/variants.toml",
            std::fs::read(suites.join("variants.toml")).unwrap(),
        );
        for program in ["noop", "fib"] {
            for entry in std::fs::read_dir(suites.join("corpus").join(program)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                let copy = format!("suites/corpus/{program}/{name}");
                place.write(&copy, std::fs::read(&path).unwrap());
            }
        }
        place.write("suites/corpus/spin/benchmark.wasm", working(WORK));
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program `spin` with so much more to do, in percent.
    pub(crate) fn slower(&self, percent: u32) -> PathBuf {
        let work = WORK + WORK / 100 * percent;
        self.write("slower/benchmark.wasm", working(work))
    }

    /// A short run of a few metrics that compares with nothing.
    pub(crate) fn config(&self, only: &[&str]) -> Bench {
        Bench {
            root: self.0.path().to_owned(),
            engine: "tensor-wasm".to_owned(),
            variants: Vec::new(),
            from: None,
            modules: Vec::new(),
            only: filters(only),
            size: WorkloadSize::Default,
            current: arm("today", Path::new(env!("CARGO_BIN_EXE_tensor-wasm-worker"))),
            against: Against::Nothing,
            baseline: self.path("bench-results/baseline.json"),
            explanations: self.path("bench-results/explanations.toml"),
            history: self.path("bench-results/history"),
            criterion: self.path("criterion"),
            generated: self.path("generated"),
            effort: Effort {
                warm_up_ms: 1,
                busy_ms: 5,
                batch_us: 200,
            },
            instructions: false,
            rounds: Some(5),
            jobs: 2,
            processes: 3,
            seed: 7,
            report: None,
            save: None,
            all: false,
            list: false,
            repro: Repro("repeat".to_owned()),
        }
    }

    /// A run against the file of the baseline alone.
    pub(crate) fn against_stored(&self, only: &[&str]) -> Done {
        let config = Bench {
            against: Against::Baseline { live: None },
            ..self.config(only)
        };
        run(&config)
    }

    /// Writes a baseline that is true, but for what `doctor` does to it.
    pub(crate) fn baseline(&self, doctor: impl FnOnce(&mut Baseline)) {
        let mut baseline = truth().clone();
        doctor(&mut baseline);
        self.write("bench-results/baseline.json", baseline_to_json(&baseline));
    }
}

pub(crate) fn filters(texts: &[&str]) -> Vec<MetricFilter> {
    let filter = |text: &&str| MetricFilter::new(text).unwrap();
    texts.iter().map(filter).collect()
}

pub(crate) fn name(text: &str) -> MetricName {
    MetricName::new(text).unwrap()
}

pub(crate) fn arm(label: &str, worker: &Path) -> ArmConfig {
    ArmConfig {
        info: ArmInfo {
            label: label.to_owned(),
            commit: None,
            wasmtime: None,
        },
        worker: worker.to_owned(),
        start_timeout: Duration::from_secs(60),
        request_timeout: Duration::from_secs(60),
        memory_limit: 8 << 30,
    }
}

pub(crate) fn run(config: &Bench) -> Done {
    run_until(config, &AtomicBool::new(false))
}

pub(crate) fn run_until(config: &Bench, stop: &AtomicBool) -> Done {
    Done(bench(config, stop, &mut Terminal::new(Format::Nothing)))
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Done(pub(crate) BenchDone);

impl Done {
    #[track_caller]
    pub(crate) fn ends(&self, exit: Exit) -> &Done {
        assert_eq!(self.0.exit, exit, "{:#?}", self.told());
        self
    }

    /// That it could not be run, or not as it should, and says so.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) -> &Done {
        let told = self.told();
        for word in words {
            assert!(told.contains(word), "wanted `{word}` in: {told}");
        }
        self
    }

    #[track_caller]
    pub(crate) fn report(&self) -> &BenchReport {
        self.0
            .report
            .as_ref()
            .unwrap_or_else(|| panic!("{}", self.told()))
    }

    #[track_caller]
    pub(crate) fn judged(&self, rule: Rule, metric: &str) -> &Judged {
        let mut judged = self.report().judged.iter();
        judged
            .find(|judged| judged.rule == rule && judged.metric.as_str() == metric)
            .unwrap_or_else(|| panic!("{metric} was not judged: {}", self.told()))
    }

    /// What went wrong and what was judged.
    pub(crate) fn told(&self) -> String {
        let mut told = self.0.failure.clone().unwrap_or_default();
        if let Some(report) = &self.0.report {
            told.push_str(&report.problems.join("\n"));
            for judged in &report.judged {
                told.push_str(&format!("\n{judged:?}"));
            }
        }
        told
    }
}

/// A baseline of this machine and this build, with limits so wide that only
/// what is doctored is beyond them: other tests run at the same time.
pub(crate) fn truth() -> &'static Baseline {
    static TRUTH: OnceLock<Baseline> = OnceLock::new();
    TRUTH.get_or_init(|| {
        let place = Place::new();
        let done = run(&place.config(&[]));
        done.ends(Exit::Expected);
        baseline_of(done.report())
    })
}

fn baseline_of(report: &BenchReport) -> Baseline {
    let metrics = report.measured.iter().map(|measured| BaselineMetric {
        name: measured.metric.clone(),
        median_ns: measured.median_ns,
        tolerance_pct: 900.0,
        regression_check: true,
        samples: Some(measured.processes),
        spread_pct: None,
        tail: Vec::new(),
    });
    Baseline {
        metrics: metrics.collect(),
        exact: report.exact.clone(),
        policy: Policy {
            regress_pct_threshold: 900.0,
            note: None,
        },
        origin: Some(Origin {
            commit: COMMIT.to_owned(),
            wasmtime: None,
            date: "2026-11-21".to_owned(),
            fingerprint: report.fingerprint.clone(),
        }),
    }
}

/// A program that traps.
pub(crate) fn trapping() -> Vec<u8> {
    program("unreachable")
}

/// A program that goes round a loop.
fn working(rounds: u32) -> Vec<u8> {
    program(&format!(
        "(local.set $n (i32.const {rounds}))
            (loop $again
              (local.set $x
                (i32.add (i32.mul (local.get $x) (i32.const 1103515245)) (local.get $n)))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    ))
}

/// A program that does this between its marks.
fn program(body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
          (import "bench" "start" (func $start))
          (import "bench" "end" (func $end))
          (memory (export "memory") 1)
          (func (export "_start") (local $n i32) (local $x i32)
            (call $start)
            {body}
            (call $end)
            (i32.store (i32.const 0) (local.get $x))))"#
    );
    let buffer = wast::parser::ParseBuffer::new(&text).unwrap();
    let mut module = wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap();
    module.encode().unwrap()
}
