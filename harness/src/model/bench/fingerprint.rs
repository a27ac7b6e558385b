//! The machine a time belongs to.

use serde::{Deserialize, Serialize};

/// What two machines must share for their nanoseconds to be comparable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fingerprint {
    /// The CPU's own name.
    pub cpu: String,
    /// Cores this process may use.
    pub cores: u32,
    /// As `x86_64`.
    pub arch: String,
    /// As `linux`.
    pub os: String,
    /// The kernel's release.
    pub kernel: String,
    /// The frequency governor, where the machine has one.
    pub governor: Option<String>,
    /// Total memory in MiB.
    pub memory_mib: u64,
    /// The profile the worker was built with, as `dev`.
    pub profile: String,
}

/// How the machine was while it measured. Recorded, not compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// The load average of the last minute, at the start and at the end.
    pub load: [f64; 2],
    /// How many cores others on this machine kept busy during the run, on average;
    /// unknown where the kernel does not say.
    pub others: Option<f64>,
    /// The share of time that the hypervisor gave to others during the run, 0
    /// to 1; unknown where the kernel does not count it.
    pub steal: Option<f64>,
    /// Whether hardware performance counters can be read.
    pub counters: bool,
}
