//! Decides whether what was measured is slower than it was.

pub mod pairs;
pub mod statistics;
