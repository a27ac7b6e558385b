//! Tells what a run of `bench` measured and decided: on the terminal, as JSON,
//! Markdown and HTML, and its raw samples.

mod baseline;
#[cfg(test)]
mod docs_tests;
#[cfg(test)]
mod example;
mod folder;
mod html;
mod json;
mod markdown;
mod measured;
mod numbers;
mod progress;
mod samples;
mod self_check;
mod terminal;
mod tools;
mod words;

pub use baseline::{baseline_to_json, history_to_json};
pub use folder::BenchDir;
pub use html::{Page, page};
pub use json::{document, failure};
pub use markdown::markdown;
pub use progress::BenchProgress;
pub use samples::{Sampled, Samples, SamplesHeader, SamplesWriter, read_samples};
pub use self_check::{self_check_document, self_check_table, self_check_verdict};
pub use terminal::{Look, text};
pub use tools::{calibration_document, calibration_table, sensitivity_document, sensitivity_text};
