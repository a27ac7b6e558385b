//! Tells what `bench` measured and decided.

mod baseline;

pub use baseline::{baseline_to_json, history_to_json};
