//! Reads `suites/engines/NAME.toml`: how a runtime that is a program is called.
//! `docs/adding-a-runtime.md` describes the keys.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::model::{
    Capability, CommandLine, CommandRuntime, Flags, FlagsWhen, InputError, WasiProposal,
    WasiVersion, World,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    #[expect(dead_code, reason = "required of every runtime, for its readers")]
    description: String,
    program: ProgramKeys,
    supports: Supports,
    line: Spanned<Line>,
    #[serde(default)]
    flags: Vec<FlagsKeys>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgramKeys {
    name: String,
    variable: Option<String>,
    install: String,
    version: Vec<String>,
    #[serde(default)]
    wasmtime: bool,
    #[serde(default)]
    inherit: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Supports {
    versions: Vec<WasiVersion>,
    #[serde(default)]
    proposals: Vec<WasiProposal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    command: Option<Vec<String>>,
    service: Option<Vec<String>>,
    env: Vec<String>,
    root: Vec<String>,
    #[serde(default)]
    setting: Vec<String>,
    #[serde(default, rename = "code-cache")]
    code_cache: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlagsKeys {
    #[serde(default)]
    when: FlagsWhen,
    words: Vec<String>,
}

/// A runtime's file: how it is called, and where its program may be.
#[derive(Clone, Debug)]
pub struct EngineFile {
    /// The program's name, or its path.
    pub program: String,
    /// The variable of the environment that may name it instead.
    pub variable: Option<String>,
    /// What to do where it is missing.
    pub install: String,
    runtime: CommandRuntime,
}

impl EngineFile {
    /// The runtime, its program at this path.
    pub fn runtime(&self, program: PathBuf) -> CommandRuntime {
        CommandRuntime {
            program,
            ..self.runtime.clone()
        }
    }
}

/// Reads the file of the engine `name`.
///
/// # Errors
///
/// A file that is malformed, or whose command line leaves out what a program
/// needs.
pub fn read_engine(file: &Path, name: &str) -> Result<EngineFile, InputError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| InputError::file(file, format!("cannot be read: {error}")))?;
    let parsed: File =
        toml::from_str(&text).map_err(|error| InputError::toml(file, &text, &error))?;
    if *parsed.version.get_ref() != 1 {
        return Err(InputError::at(
            file,
            &text,
            parsed.version.span().start,
            "unknown version; this harness reads version 1",
        ));
    }
    let at = parsed.line.span().start;
    let line = parsed.line.into_inner();
    let wrong = |message: String| InputError::at(file, &text, at, message);
    check("env", &line.env, &["{name}", "{value}"]).map_err(wrong)?;
    check("root", &line.root, &["{root}"]).map_err(wrong)?;
    if !line.setting.is_empty() {
        check("setting", &line.setting, &["{key}", "{value}"]).map_err(wrong)?;
    }
    if !line.code_cache.is_empty() {
        check("code-cache", &line.code_cache, &["{folder}"]).map_err(wrong)?;
    }
    let mut worlds = BTreeMap::new();
    for (world, key, words) in [
        (World::Command, "command", line.command),
        (World::Service, "service", line.service),
    ] {
        let Some(words) = words else { continue };
        for needed in ["{file}", "{args}", "{env}", "{root}"] {
            check(key, &words, &[needed]).map_err(wrong)?;
        }
        if !parsed.flags.is_empty() {
            check(key, &words, &["{flags}"]).map_err(wrong)?;
        }
        worlds.insert(world, words);
    }
    if worlds.is_empty() {
        return Err(wrong(
            "[line] has neither `command` nor `service`: the runtime could run nothing".to_owned(),
        ));
    }
    let supports = &parsed.supports;
    let mut capabilities: BTreeSet<Capability> =
        worlds.keys().map(|world| world.capability()).collect();
    capabilities.extend(supports.versions.iter().map(|version| version.capability()));
    capabilities.extend(
        supports
            .proposals
            .iter()
            .map(|granted| granted.capability()),
    );
    let flags = parsed.flags.into_iter().map(|flags| Flags {
        when: flags.when,
        words: flags.words,
    });
    Ok(EngineFile {
        runtime: CommandRuntime {
            name: name.to_owned(),
            program: PathBuf::from(&parsed.program.name),
            version_args: parsed.program.version,
            is_wasmtime: parsed.program.wasmtime,
            line: CommandLine {
                worlds,
                env: line.env,
                root: line.root,
                setting: line.setting,
                code_cache: line.code_cache,
                flags: flags.collect(),
            },
            capabilities,
            inherit: parsed.program.inherit,
            code_cache: None,
        },
        program: parsed.program.name,
        variable: parsed.program.variable,
        install: parsed.program.install,
    })
}

/// Whether some of the words have each of these placeholders.
fn check(key: &str, words: &[String], placeholders: &[&str]) -> Result<(), String> {
    for placeholder in placeholders {
        if !words.iter().any(|word| word.contains(placeholder)) {
            return Err(format!("`{key}` of [line] has no `{placeholder}`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
version = 1
description = "a runtime"
[program]
name = "runtime"
variable = "RUNTIME"
install = "install it"
version = ["--version"]
[supports]
versions = ["wasm32-wasip1"]
proposals = ["http"]
[line]
command = ["run", "{flags}", "{env}", "{root}", "{file}", "{args}"]
env = ["--env", "{name}={value}"]
root = ["--dir", "{root}::/"]
[[flags]]
when = { version = "wasm32-wasip1", proposal = "http" }
words = ["--http"]
"#;

    fn read(text: &str) -> Result<EngineFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runtime.toml");
        std::fs::write(&file, text).unwrap();
        read_engine(&file, "runtime").map_err(|error| error.to_string())
    }

    #[track_caller]
    fn refused(old: &str, new: &str, because: &str) {
        assert!(GOOD.contains(old));
        let error = read(&GOOD.replace(old, new)).unwrap_err();
        assert!(error.contains(because), "{error}");
    }

    #[test]
    fn what_a_runtime_supports_becomes_capabilities() {
        let runtime = read(GOOD).unwrap().runtime("/bin/runtime".into());
        let expected = [
            Capability::WasiPreview1,
            Capability::WasiCommand,
            Capability::WasiHttp,
        ];
        assert_eq!(runtime.capabilities, expected.into_iter().collect());
        assert_eq!(runtime.program, Path::new("/bin/runtime"));
        assert_eq!(
            runtime.line.flags[0].when.proposal,
            Some(WasiProposal::Http)
        );
    }

    #[test]
    fn a_line_that_leaves_something_out_is_refused() {
        refused("\"{env}\", ", "", "`command` of [line] has no `{env}`");
        refused("\"{root}\", ", "", "has no `{root}`");
        refused(", \"{args}\"", "", "has no `{args}`");
        refused("\"{flags}\", ", "", "has no `{flags}`");
        refused(
            "{name}={value}",
            "{name}",
            "`env` of [line] has no `{value}`",
        );
        refused("{root}::/", "/", "`root` of [line] has no `{root}`");
        refused("command = ", "# ", "neither `command` nor `service`");
    }

    #[test]
    fn unknown_keys_and_names_are_refused() {
        refused("variable", "varible", "unknown field `varible`");
        refused("\"wasm32-wasip1\"]", "\"wasip1\"]", "wasip1");
        refused("proposal = \"http\"", "proposal = \"htp\"", "htp");
        refused("version = 1", "version = 2", "unknown version");
    }
}
