//! Tells what a run of `bench` measured and decided: on the terminal, as JSON,
//! Markdown and HTML, and its raw samples.

#[cfg(test)]
mod docs_tests;
#[cfg(test)]
mod example;
mod folder;
mod html;
mod json;
mod markdown;
mod numbers;
mod progress;
mod samples;
mod terminal;
mod words;

pub use folder::BenchDir;
pub use html::{Page, page};
pub use json::document;
pub use markdown::markdown;
pub use progress::BenchProgress;
pub use samples::{Sampled, Samples, SamplesHeader, SamplesWriter, read_samples};
pub use terminal::{Look, text};
