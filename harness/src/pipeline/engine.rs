//! What is tested: a worker, a runtime with a command line, or both.

use std::path::{Path, PathBuf};

use super::input::CannotRun;
use super::{Conformance, WorkerConfig};
use crate::discover::{self, EngineFile, Suite};
use crate::execute::{self, StartError};
use crate::model::{CommandRuntime, EngineInfo, Exit, Program};

/// The folder of the files that describe runtimes, below `suites`.
const ENGINES: &str = "engines";

/// The engine that is tested if the command line names none.
const DEFAULT: &str = "tensor-wasm";

/// The engine that these targets are for: what their suites say, or the default.
///
/// # Errors
///
/// A sentence about suites that are for different engines.
pub fn engine_for(root: &Path, targets: &[String]) -> Result<String, String> {
    let suites = root.join("suites");
    let mut found: Option<(&str, String)> = None;
    for target in targets {
        // What is no suite, or none that can be read, is said when it is to run.
        let of = match suites.join(target).join("suite.toml").is_file() {
            true => discover::engine_of(&suites, target).ok().flatten(),
            false => None,
        };
        let of = of.unwrap_or_else(|| DEFAULT.to_owned());
        match &found {
            Some((other, engine)) if *engine != of => {
                return Err(format!(
                    "{other} is for the engine {engine} and {target} for {of}: run one after the \
                     other, or name one with --engine"
                ));
            }
            _ => found = Some((target, of)),
        }
    }
    Ok(found.map_or_else(|| DEFAULT.to_owned(), |(_, engine)| engine))
}

/// The name of an engine, which may be given as the path of its file.
pub(super) fn name(config: &Conformance) -> String {
    match Path::new(&config.engine).file_stem() {
        Some(stem) if is_path(&config.engine) => stem.to_string_lossy().into_owned(),
        _ => config.engine.clone(),
    }
}

fn is_path(engine: &str) -> bool {
    Path::new(engine)
        .extension()
        .is_some_and(|end| end == "toml")
}

/// The runtime that runs the engine's programs; `None` for an engine that only
/// has a worker.
pub(super) fn runtime(
    config: &Conformance,
    suites: &[Suite],
) -> Result<Option<CommandRuntime>, CannotRun> {
    let engines = config.root.join("suites").join(ENGINES);
    let file = match is_path(&config.engine) {
        true => PathBuf::from(&config.engine),
        false => engines.join(format!("{}.toml", config.engine)),
    };
    let cannot = |message| CannotRun {
        message,
        exit: Exit::CouldNotRun,
    };
    if !file.is_file() {
        return match &config.worker {
            Some(_) if config.runtime.is_none() => Ok(None),
            _ => Err(cannot(format!(
                "no engine `{}`: there is no {}. Runtimes with such a file: {}",
                config.engine,
                file.display(),
                known(&engines).join(", ")
            ))),
        };
    }
    let engine = discover::read_engine(&file, &name(config))?;
    let is_program = |case: &crate::model::Case| matches!(case.program, Program::Wasi(_));
    let needed = suites
        .iter()
        .any(|suite| suite.cases.iter().any(is_program));
    if config.worker.is_some() && !needed {
        return Ok(None);
    }
    let program = program(config.runtime.as_deref(), &engine).map_err(|tried| {
        let variable = engine.variable.as_ref().map_or_else(String::new, |name| {
            format!(", or in the variable {name} of the environment")
        });
        cannot(format!(
            "the program of the engine `{}` is not there: {tried}. Name it with --engine-command \
             PATH{variable}. To get it: {}",
            name(config),
            engine.install
        ))
    })?;
    let mut runtime = engine.runtime(program);
    if config.code_cache && !runtime.line.code_cache.is_empty() {
        let folder = code_cache(&config.root, &runtime).map_err(|error| {
            cannot(format!(
                "the folder for compiled code cannot be made: {error}. --no-code-cache does without"
            ))
        })?;
        runtime.code_cache = Some(folder);
    }
    Ok(Some(runtime))
}

/// A folder for what one build of a runtime compiles. Those of earlier builds
/// go: what they compiled is not what is to be tested.
fn code_cache(root: &Path, runtime: &CommandRuntime) -> std::io::Result<PathBuf> {
    let folders = std::path::absolute(root.join("target/code-cache"))?;
    std::fs::create_dir_all(&folders)?;
    let program = runtime.program.metadata()?;
    let built = program.modified()?.duration_since(std::time::UNIX_EPOCH);
    let built = built.unwrap_or_default().as_nanos();
    let prefix = format!("{}-", runtime.name);
    let folder = folders.join(format!("{prefix}{built}-{}", program.len()));
    for entry in std::fs::read_dir(&folders)?.flatten() {
        let earlier = entry.file_name().to_string_lossy().starts_with(&prefix);
        if earlier && entry.path() != folder {
            // One that another run is still using is left for the next run.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    std::fs::create_dir_all(&folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What lies there is executed.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(folder)
}

/// Where a runtime's program lies: where the user says, or in the `PATH`. An
/// error says what was looked for.
fn program(given: Option<&Path>, engine: &EngineFile) -> Result<PathBuf, String> {
    let of_variable = || {
        let variable = engine.variable.as_ref()?;
        let value = std::env::var_os(variable).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    let named = given.map(Path::to_owned).or_else(of_variable);
    let wanted = named.unwrap_or_else(|| PathBuf::from(&engine.program));
    let found = if wanted.components().count() > 1 || wanted.is_absolute() {
        wanted.is_file().then(|| wanted.clone())
    } else {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .map(|folder| folder.join(&wanted))
            .find(|program| program.is_file())
    };
    let missing = || match wanted.components().count() {
        1 => format!("no `{}` in the PATH", wanted.display()),
        _ => format!("no file {}", wanted.display()),
    };
    // Programs run in folders of their own.
    let found = found.and_then(|program| std::path::absolute(program).ok());
    found.ok_or_else(missing)
}

fn known(engines: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(engines).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let stem = path.file_stem()?.to_str()?.to_owned();
            is_path(path.to_str()?).then_some(stem)
        })
        .collect();
    names.sort();
    names
}

/// What the engine is and can do.
pub(super) fn info(
    worker: Option<&WorkerConfig>,
    runtime: Option<&CommandRuntime>,
) -> Result<EngineInfo, StartError> {
    match (worker, runtime) {
        (Some(worker), None) => execute::probe(worker),
        (Some(worker), Some(runtime)) => {
            let mut info = execute::probe(worker)?;
            info.capabilities.extend(&runtime.capabilities);
            Ok(info)
        }
        (None, Some(runtime)) => execute::probe_runtime(runtime),
        (None, None) => Err(StartError::Failed("there is no engine".to_owned())),
    }
}
