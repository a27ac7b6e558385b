//! How the gate did when it was tried out.

use serde::{Deserialize, Serialize};

/// What a self-check found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelfCheckReport {
    /// One row an experiment.
    pub rows: Vec<SelfCheckRow>,
    /// Experiments that could not be run here.
    pub not_run: Vec<String>,
    /// What ended it before its end.
    #[serde(default)]
    pub problems: Vec<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// Gates of one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelfCheckRow {
    /// What was tried.
    pub experiment: String,
    /// The slowdown that was injected, in percent; below zero a speed-up.
    pub percent: i32,
    /// Whether a core was kept busy meanwhile.
    #[serde(default)]
    pub busy: bool,
    /// What was injected, as fuel or bytes tell: a ratio less one.
    pub measured_dose: Option<f64>,
    /// How many gates were run.
    pub gates: u32,
    /// Gates that said regressed.
    pub flagged: u32,
    /// The 95 % interval of that share (Clopper and Pearson).
    pub flagged_interval: [f64; 2],
    /// Gates that could not tell.
    pub inconclusive: u32,
    /// Gates that passed.
    pub passed: u32,
    /// Gates that said improved.
    pub improved: u32,
    /// The effects they estimated, ratios less one.
    pub effects: Vec<f64>,
    /// The spreads of their rounds.
    pub spreads: Vec<f64>,
}
