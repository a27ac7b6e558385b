//! Tells what a run of `bench` measured and decided: on the terminal, as JSON,
//! Markdown and HTML, and its raw samples.

mod baseline;
#[cfg(test)]
mod example;
mod numbers;
mod progress;
mod samples;
mod terminal;
mod words;

pub use baseline::baseline_to_json;
pub use progress::BenchProgress;
pub use samples::{Sampled, Samples, SamplesHeader, SamplesWriter, read_samples};
pub use terminal::{Look, text};
