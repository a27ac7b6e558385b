//! The keys of a header, as TOML has them.

use serde::Deserialize;
use toml::Spanned;

use super::data::Data;
use crate::model::{Limits, Settings};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Header {
    #[expect(dead_code, reason = "required of every fixture, for its readers")]
    pub(super) description: String,
    #[serde(default)]
    pub(super) proposals: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) settings: Settings,
    pub(super) instantiate: Option<Spanned<Instantiate>>,
    #[serde(default)]
    pub(super) check: Vec<Spanned<Check>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Instantiate {
    pub(super) traps: Option<Spanned<String>>,
    pub(super) fails: Option<Spanned<String>>,
    pub(super) message: Option<String>,
    pub(super) fuel: Option<Spanned<Fuel>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Check {
    pub(super) call: Option<Spanned<String>>,
    pub(super) launch: Option<Spanned<String>>,
    pub(super) blocks: Option<Spanned<Vec<u32>>>,
    pub(super) threads: Option<Spanned<Vec<u32>>>,
    pub(super) repeat: Option<u32>,
    pub(super) thread: Option<u32>,
    pub(super) fails: Option<Spanned<String>>,
    pub(super) message: Option<String>,
    pub(super) get: Option<Spanned<String>>,
    pub(super) args: Option<Spanned<String>>,
    pub(super) returns: Option<Spanned<String>>,
    pub(super) traps: Option<Spanned<String>>,
    pub(super) throws: Option<bool>,
    pub(super) golden: Option<Spanned<String>>,
    pub(super) fuel: Option<Spanned<Fuel>>,
    #[serde(default)]
    pub(super) write: Vec<Spanned<Data>>,
    #[serde(default)]
    pub(super) memory: Vec<Spanned<Data>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Fuel {
    Exactly(u64),
    Between(Bounds),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bounds {
    #[serde(default)]
    pub(super) min: u64,
    pub(super) max: u64,
}
