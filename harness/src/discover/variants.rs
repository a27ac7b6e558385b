//! Reads `suites/variants.toml`: the configurations an engine is tested in.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::model::{Capability, EngineSpec, InputError, Settings};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantsFile {
    version: Spanned<u32>,
    variant: Vec<Spanned<Variant>>,
}

/// A configuration of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// The engine it belongs to.
    pub engine: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// What it sets.
    #[serde(default)]
    pub settings: Settings,
    /// The only proposals it may lack; not checked if left out. Without it, a
    /// proposal that an engine loses is only a number of skipped cases.
    pub lacks: Option<BTreeSet<Capability>>,
}

impl Variant {
    /// The proposals this engine lacks and may not.
    pub fn lost(&self, engine: &BTreeSet<Capability>) -> Vec<&'static str> {
        let Some(may_lack) = &self.lacks else {
            return Vec::new();
        };
        Capability::proposals()
            .filter(|proposal| !engine.contains(proposal) && !may_lack.contains(proposal))
            .map(Capability::name)
            .collect()
    }

    /// What a worker is started with.
    pub fn spec(&self) -> EngineSpec {
        EngineSpec {
            engine: self.engine.clone(),
            variant: self.name.clone(),
            settings: self.settings.clone(),
        }
    }
}

/// The variants in a file, in its order; the first of an engine is its default.
///
/// # Errors
///
/// A file that is malformed, or a name that an engine has twice.
pub fn read_variants(file: &Path) -> Result<Vec<Variant>, InputError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| InputError::file(file, format!("cannot be read: {error}")))?;
    let parsed: VariantsFile =
        toml::from_str(&text).map_err(|error| InputError::toml(file, &text, &error))?;
    if *parsed.version.get_ref() != 1 {
        return Err(InputError::at(
            file,
            &text,
            parsed.version.span().start,
            "unknown version; this harness reads version 1",
        ));
    }
    let mut variants: Vec<Variant> = Vec::new();
    for spanned in parsed.variant {
        let start = spanned.span().start;
        let variant = spanned.into_inner();
        let twice = variants
            .iter()
            .any(|other| other.engine == variant.engine && other.name == variant.name);
        if twice {
            return Err(InputError::at(
                file,
                &text,
                start,
                format!(
                    "a second variant `{}` of `{}`",
                    variant.name, variant.engine
                ),
            ));
        }
        variants.push(variant);
    }
    Ok(variants)
}
