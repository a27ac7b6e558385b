//! Measures: workers in fresh processes, two arms in turns.

pub mod protocol;
