//! Which engine is tested, and in which configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Capability;

/// Settings of an engine, by name. Their meaning is the engine's own.
pub type Settings = BTreeMap<String, String>;

/// A configuration of an engine under a name, as `suites/variants.toml` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineSpec {
    /// The engine's name, as `tensor-wasm`.
    pub engine: String,
    /// The variant's name, as `winch`.
    pub variant: String,
    /// What the variant sets.
    pub settings: Settings,
}

/// What an engine says of itself when its worker starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineInfo {
    /// The engine's name, as `tensor-wasm`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of the Wasmtime inside, for an engine that has one.
    pub wasmtime: Option<String>,
    /// What it can do in this configuration.
    pub capabilities: BTreeSet<Capability>,
}
