//! Tells what was decided: on the terminal, as JSON, JUnit and Markdown, and
//! in a stored run. The only stage that prints or writes reports.

mod against;
pub mod bench;
mod bless;
mod import;
mod json;
mod junit;
mod markdown;
mod progress;
mod store;
pub mod suites;
mod terminal;
mod write;

pub use crate::model::quote;
pub use against::Baseline;
pub use bless::{BlessScope, bless, record_durations};
pub use import::{ImportConditions, Imported, import};
pub use json::document;
pub use progress::Progress;
pub use store::{ReportDir, StoreError, StoredRun, StoredSuite, read_run};
pub use terminal::{Format, Terminal};
pub use write::atomically;

/// How a case is run again, as the start of a command line.
#[derive(Clone, Debug)]
pub struct Repro(pub String);

impl Repro {
    /// The command line that measures one metric.
    pub fn of_metric(&self, metric: &crate::model::bench::MetricName) -> String {
        let Repro(command) = self;
        // `--only` takes a glob, and names as `matmul[16x16x16]` are no globs.
        let only = glob::Pattern::escape(metric.as_str());
        format!("{command} --only {}", quote(&only))
    }

    /// The command line that runs one case.
    pub fn of(&self, case: &crate::model::CaseId, variant: &str) -> String {
        let Repro(command) = self;
        // A device is a variant too, that may have no name in variants.toml.
        let command = match command.contains(" --device ") {
            true => command.clone(),
            false => format!("{command} --variant {variant}"),
        };
        match case.0.strip_prefix("file/") {
            Some(path) => format!("{command} {}", quote(path)),
            None => format!("{command} {} --filter {}", case.suite(), quote(&case.0)),
        }
    }
}
