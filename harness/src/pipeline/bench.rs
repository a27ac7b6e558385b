//! `bench`: discovers programs, measures builds, judges, reports.

mod gate;
mod inject;
mod keeper;
mod plan;
mod run;
mod save;
mod self_check;
mod stored;
mod tools;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::input::CannotRun;
use crate::discover;
use crate::execute::bench::ArmConfig;
use crate::execute::bench::protocol::Effort;
use crate::judge::bench::self_check::broken_promises;
use crate::model::bench::{BenchReport, SelfCheckReport, WorkloadSize};
use crate::model::{EngineSpec, Exit};
use crate::report::{self, Terminal};
use crate::select::MetricFilter;
pub use save::{Saved, Saving};
pub use self_check::SelfCheck;
pub use tools::{BaselineChange, Calibrate, bench_calibrate, bench_explain, bench_lint};

/// A run of `bench`, as the command line has it.
#[derive(Clone, Debug)]
pub struct Bench {
    /// The folder that holds `suites/` and `bench-results/`.
    pub root: PathBuf,
    /// The engine's name.
    pub engine: String,
    /// The variants; `all` for all of the engine's, its first if empty.
    pub variants: Vec<String>,
    /// A corpus instead of `suites/corpus`.
    pub from: Option<PathBuf>,
    /// Single modules instead of a corpus.
    pub modules: Vec<PathBuf>,
    /// The metrics; all if empty.
    pub only: Vec<MetricFilter>,
    /// Which workload.
    pub size: WorkloadSize,
    /// The build that is judged.
    pub current: ArmConfig,
    /// What it is compared with.
    pub against: Against,
    /// `baseline.json`.
    pub baseline: PathBuf,
    /// `explanations.toml`.
    pub explanations: PathBuf,
    /// The folder of earlier runs.
    pub history: PathBuf,
    /// The folder of criterion's results.
    pub criterion: PathBuf,
    /// Where generated modules are kept.
    pub generated: PathBuf,
    /// The work of each timing.
    pub effort: Effort,
    /// Count instructions too, with callgrind.
    pub instructions: bool,
    /// Rounds of the first stage for every metric, whatever its spread.
    pub rounds: Option<u32>,
    /// How many pairs are measured at a time, each on a core of its own.
    pub jobs: usize,
    /// Processes of a run that compares nothing live.
    pub processes: u32,
    /// What the orders are drawn from.
    pub seed: u64,
    /// Where to write reports.
    pub report: Option<PathBuf>,
    /// Write a baseline, or a run for the history, of what was measured.
    pub save: Option<Saving>,
    /// Show every metric.
    pub all: bool,
    /// Say which metrics there are, and measure nothing.
    pub list: bool,
    /// How a metric is measured again, as the start of a command line.
    pub repro: report::Repro,
}

/// What a build is compared with.
#[derive(Clone, Debug)]
pub enum Against {
    /// Nothing: it is only measured.
    Nothing,
    /// The baseline's file, and its build if there is time for it.
    Baseline {
        /// The baseline's build.
        live: Option<ArmConfig>,
    },
    /// Another build.
    Build(ArmConfig),
}

impl Against {
    fn live(&self) -> Option<&ArmConfig> {
        match self {
            Against::Nothing => None,
            Against::Baseline { live } => live.as_ref(),
            Against::Build(arm) => Some(arm),
        }
    }
}

/// What a run of `bench` came to.
#[derive(Clone, Debug)]
pub struct BenchDone {
    /// How the command ends.
    pub exit: Exit,
    /// What was found out, if it came to that.
    pub report: Option<BenchReport>,
    /// Why it did not come to that.
    pub failure: Option<String>,
}

/// Measures, compares and tells. Stops early when `stop` is set.
pub fn bench(config: &Bench, stop: &AtomicBool, terminal: &mut Terminal) -> BenchDone {
    if config.list {
        return BenchDone {
            exit: tools::ended(list(config, stop, terminal), terminal),
            report: None,
            failure: None,
        };
    }
    match run::run(config, stop, terminal) {
        Ok((report, exit)) => BenchDone {
            exit,
            report: Some(report),
            failure: None,
        },
        Err(failed) => {
            terminal.complain(&failed.message);
            terminal.document(&report::bench::failure(&failed.message, failed.exit));
            BenchDone {
                exit: failed.exit,
                report: None,
                failure: Some(failed.message),
            }
        }
    }
}

/// Names every metric that would be measured.
fn list(config: &Bench, stop: &AtomicBool, terminal: &Terminal) -> Result<Exit, CannotRun> {
    let variants = specs(config)?;
    let plan = plan::plan(config, &variants, stop)?;
    let items = plan.units.iter().flat_map(|unit| &unit.items);
    let names: Vec<&str> = items.map(|item| item.metric.as_str()).collect();
    if names.is_empty() {
        return Err(CannotRun::nothing_selected(nothing_selected(
            config, &variants, stop,
        )));
    }
    terminal.text(&names.join("\n"));
    terminal.document(&serde_json::json!({ "schema": 1, "metrics": names }));
    for left_out in &plan.left_out {
        terminal.note(&format!("left out: {left_out}"));
    }
    Ok(Exit::Expected)
}

fn specs(config: &Bench) -> Result<Vec<EngineSpec>, CannotRun> {
    let variants =
        super::input::engine_variants(&config.root, &config.engine, &config.variants, true)?;
    Ok(variants.iter().map(discover::Variant::spec).collect())
}

/// What a self-check came to.
#[derive(Clone, Debug)]
pub struct SelfCheckDone {
    /// How the command ends.
    pub exit: Exit,
    /// What was found out, if it came to that.
    pub report: Option<SelfCheckReport>,
}

/// Tries the gate itself out.
pub fn bench_self_check(
    config: &Bench,
    check: &SelfCheck,
    stop: &AtomicBool,
    terminal: &mut Terminal,
) -> SelfCheckDone {
    let ended = specs(config)
        .and_then(|specs| self_check::self_check(config, check, &specs[0], stop, terminal));
    match ended {
        Ok(found) => {
            let broken = broken_promises(&found);
            terminal.self_check(&found, &broken);
            SelfCheckDone {
                exit: self_check::ended(&found, &broken),
                report: Some(found),
            }
        }
        Err(failed) => {
            terminal.complain(&failed.message);
            terminal.document(&report::bench::failure(&failed.message, failed.exit));
            SelfCheckDone {
                exit: failed.exit,
                report: None,
            }
        }
    }
}

/// Names what comes nearest to filters that select nothing.
fn nothing_selected(config: &Bench, variants: &[EngineSpec], stop: &AtomicBool) -> String {
    let mut message = "nothing was selected: no metric passes the filters".to_owned();
    let everything = Bench {
        only: Vec::new(),
        ..config.clone()
    };
    let Ok(plan) = plan::plan(&everything, variants, stop) else {
        return message;
    };
    let items = plan.units.iter().flat_map(|unit| &unit.items);
    let names: Vec<&str> = items.map(|item| item.metric.as_str()).collect();
    for filter in &config.only {
        let nearest = super::input::nearest(filter.text(), names.iter().copied(), 3);
        if !nearest.is_empty() {
            let nearest = nearest.join(", ");
            message.push_str(&format!("\n  nearest to `{}`: {nearest}", filter.text()));
        }
    }
    message
}
