//! What a run is made of: suites, variants, expectations; and what is said
//! when a name is wrong.

use std::path::Path;

use super::{Conformance, engine};
use crate::discover::{self, Discovered, Suite, Variant};
use crate::model::{
    Absent, EngineInfo, EngineSpec, Exit, ExpectationSet, Expected, InputError, Settings,
};
use crate::select::{self, Conditions, Filter};

/// The setting of engines that can run on several devices.
const DEVICE: &str = "device";

/// What was found before anything ran, and what was wrong with the input.
pub(super) struct Found {
    pub(super) suites: Vec<Suite>,
    /// Suites that nobody named and whose files are not here.
    pub(super) absent: Vec<Absent>,
    pub(super) complaints: Vec<String>,
    /// What is left out and is no error.
    pub(super) notes: Vec<String>,
}

/// Why nothing can be run.
pub(super) struct CannotRun {
    pub(super) message: String,
    pub(super) exit: Exit,
}

impl CannotRun {
    /// Input or an engine that cannot be used.
    pub(super) fn new(message: impl Into<String>) -> CannotRun {
        CannotRun {
            message: message.into(),
            exit: Exit::CouldNotRun,
        }
    }

    /// Filters that leave nothing.
    pub(super) fn nothing_selected(message: impl Into<String>) -> CannotRun {
        CannotRun {
            message: message.into(),
            exit: Exit::NothingSelected,
        }
    }
}

impl<E: std::error::Error> From<E> for CannotRun {
    fn from(error: E) -> CannotRun {
        CannotRun {
            message: error.to_string(),
            exit: Exit::CouldNotRun,
        }
    }
}

/// Only what is in a suite as a whole has expectations that can be rewritten.
pub(super) fn refuse_to_bless(suites: &[Suite]) -> Result<(), CannotRun> {
    let stray = suites
        .iter()
        .find(|suite| matches!(suite.source.as_str(), "file" | "directory"));
    match stray {
        None => Ok(()),
        Some(suite) => Err(CannotRun {
            message: format!(
                "--bless rewrites the expectations of a suite, and {} is none that a suite knows",
                suite.origin
            ),
            exit: Exit::CouldNotRun,
        }),
    }
}

pub(super) fn expectations(
    suite: &Suite,
    engine: &EngineInfo,
    spec: &EngineSpec,
) -> Result<Vec<Expected>, InputError> {
    // A folder nobody described and a single file have no expectations.
    if matches!(suite.source.as_str(), "directory" | "file") {
        return Ok(Vec::new());
    }
    select::read_expectations(
        &suite.folder.join("expectations.toml"),
        Conditions {
            engine,
            variant: &spec.variant,
            source: &suite.source,
            today: jiff::Zoned::now().date(),
        },
    )
}

/// Complains of expectations about cases all of which must pass.
pub(super) fn expected_below_floor(suite: &Suite, set: &ExpectationSet) -> Vec<String> {
    let mut complaints = Vec::new();
    for floor in &suite.rules.floors {
        for id in &floor.cases {
            complaints.extend(set.about(id).map(|(_, entry, _)| {
                format!(
                    "{}: `{}` is about {id}, which the floor `{}` of {} counts on; mend the case \
                     or take it out of the floor",
                    entry.place(),
                    entry.test,
                    floor.name,
                    suite.name
                )
            }));
        }
    }
    complaints
}

pub(super) fn discover(config: &Conformance) -> Result<Found, CannotRun> {
    let suites_folder = config.root.join("suites");
    let goldens = config.root.join("golden");
    let names = discover::suite_names(&suites_folder)?;
    let engine = engine::name(config);
    // A suite that cannot be read says so below.
    let of = |name: &String| discover::engine_of(&suites_folder, name).ok().flatten();
    let mut notes = Vec::new();
    let targets = match (config.targets.as_slice(), &config.from) {
        ([], None) => {
            let mut targets = Vec::new();
            for name in &names {
                match of(name).filter(|other| *other != engine) {
                    None => targets.push(name.clone()),
                    Some(other) => notes.push(format!(
                        "{name} is for the engine {other} and runs when it is named: \
                         cargo xtask conformance {name}"
                    )),
                }
            }
            targets
        }
        ([], Some(from)) => vec![suite_of(&suites_folder, &names, from)?],
        (targets, _) => targets.to_vec(),
    };
    let mut found = Found {
        suites: Vec::new(),
        absent: Vec::new(),
        complaints: Vec::new(),
        notes,
    };
    for target in &targets {
        let discovered = if names.contains(target) {
            discover::suite(&suites_folder, target, config.from.as_deref(), &goldens)
        } else if Path::new(target).is_file() {
            file(Path::new(target), &suites_folder, &names, &goldens).map(Discovered::Suite)
        } else {
            return Err(CannotRun {
                message: unknown_target(target, &names),
                exit: Exit::CouldNotRun,
            });
        };
        match discovered {
            // Who names a suite wants it to run.
            Ok(Discovered::Absent(absent)) if config.targets.contains(target) => {
                found.complaints.push(absent.sentence());
            }
            Ok(Discovered::Absent(absent)) => found.absent.push(absent),
            Ok(Discovered::Suite(suite)) => {
                found
                    .complaints
                    .extend(suite.errors.iter().map(ToString::to_string));
                add(&mut found.suites, suite);
            }
            Err(error) => found.complaints.push(error.to_string()),
        }
    }
    Ok(found)
}

/// Adds a suite, or what is new of it where a part of it is there already:
/// every case runs once.
fn add(suites: &mut Vec<Suite>, suite: Suite) {
    let same = |other: &&mut Suite| other.name == suite.name && other.source == suite.source;
    match suites.iter_mut().find(same) {
        None => suites.push(suite),
        Some(there) => {
            there.part &= suite.part;
            for case in suite.cases {
                if !there.cases.iter().any(|known| known.id == case.id) {
                    there.cases.push(case);
                }
            }
        }
    }
}

/// Complains of filters that select nothing beside others that do.
pub(super) fn idle_filters(config: &Conformance, suites: &[Suite]) -> Vec<String> {
    let filters = &config.selection.filters;
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let idle = |filter: &&Filter| !cases().any(|case| filter.selects(&case.id));
    let idle: Vec<_> = filters.iter().filter(idle).collect();
    if idle.len() == filters.len() {
        // Nothing is selected at all, which is said in its own way.
        return Vec::new();
    }
    let complain = |filter: &&Filter| {
        let names = cases().map(|case| case.id.0.as_str());
        let nearest = nearest(filter.text(), names, 3).join(", ");
        format!(
            "the filter `{}` matches nothing; the nearest names are {nearest}",
            filter.text()
        )
    };
    idle.iter().map(complain).collect()
}

/// A single file: by the rules of its suite if it lies in one.
fn file(
    path: &Path,
    suites_folder: &Path,
    names: &[String],
    goldens: &Path,
) -> Result<Suite, InputError> {
    let real = |path: &Path| path.canonicalize().ok();
    for name in names {
        let inside = real(path)
            .zip(real(&suites_folder.join(name)))
            .is_some_and(|(file, folder)| file.starts_with(folder));
        if !inside {
            continue;
        }
        let Discovered::Suite(mut suite) = discover::suite(suites_folder, name, None, goldens)?
        else {
            continue;
        };
        suite.cases.retain(|case| real(&case.path) == real(path));
        suite.errors.retain(|error| real(&error.file) == real(path));
        if !suite.cases.is_empty() || !suite.errors.is_empty() {
            suite.part = true;
            return Ok(suite);
        }
    }
    discover::file(path)
}

/// The suite that a folder is run as: the one that knows it, else `spec`, for
/// which any folder of scripts will do.
fn suite_of(suites_folder: &Path, names: &[String], from: &Path) -> Result<String, CannotRun> {
    match discover::suites_of(suites_folder, names, from)?.as_slice() {
        [] => Ok("spec".to_owned()),
        [suite] => Ok(suite.clone()),
        several => Err(CannotRun {
            message: format!(
                "{} could be any of these suites: {}; name the one you mean",
                from.display(),
                several.join(", ")
            ),
            exit: Exit::CouldNotRun,
        }),
    }
}

fn unknown_target(target: &str, names: &[String]) -> String {
    let known = names.join(", ");
    let nearest = nearest(target, names.iter().map(String::as_str), 1);
    let hint = nearest
        .first()
        .map_or_else(String::new, |name| format!(" Did you mean `{name}`?"));
    format!("`{target}` is neither a suite nor a file.{hint} The suites are: {known}")
}

pub(super) fn variants(config: &Conformance) -> Result<Vec<Variant>, CannotRun> {
    let engine = engine::name(config);
    let has_worker = config.worker.is_some();
    let Some(device) = &config.device else {
        return engine_variants(&config.root, &engine, &config.variants, has_worker);
    };
    let all = engine_variants(&config.root, &engine, &["all".to_owned()], has_worker)?;
    let known = all
        .iter()
        .find(|known| known.settings.get(DEVICE) == Some(device));
    if let Some(known) = known {
        return Ok(vec![known.clone()]);
    }
    let mut variant = all.into_iter().next();
    if let Some(variant) = &mut variant {
        variant.name = format!("{engine}-{}", device.replace(':', "-"));
        variant.settings.insert(DEVICE.to_owned(), device.clone());
    }
    Ok(variant.into_iter().collect())
}

/// The variants of an engine that somebody wants: its first if they name none.
pub(super) fn engine_variants(
    root: &Path,
    engine: &str,
    wanted: &[String],
    has_worker: bool,
) -> Result<Vec<Variant>, CannotRun> {
    let file = root.join("suites").join("variants.toml");
    let mut all: Vec<Variant> = discover::read_variants(&file)?
        .into_iter()
        .filter(|variant| variant.engine == engine)
        .collect();
    if all.is_empty() && !has_worker {
        // A runtime that only has a command line is as it is.
        all.push(Variant {
            name: "default".to_owned(),
            engine: engine.to_owned(),
            description: "the runtime as it is".to_owned(),
            settings: Settings::new(),
            lacks: None,
        });
    }
    let names: Vec<_> = all.iter().map(|variant| variant.name.as_str()).collect();
    let cannot = |message| CannotRun {
        message,
        exit: Exit::CouldNotRun,
    };
    let Some(first) = all.first() else {
        return Err(cannot(format!(
            "{}: no variant of the engine `{}`",
            file.display(),
            engine
        )));
    };
    if wanted.is_empty() {
        return Ok(vec![first.clone()]);
    }
    if wanted.iter().any(|name| name == "all") {
        return Ok(all);
    }
    wanted
        .iter()
        .map(|name| {
            let found = all.iter().find(|variant| variant.name == *name);
            found.cloned().ok_or_else(|| {
                let nearest = nearest(name, names.iter().copied(), 1);
                let hint = nearest
                    .first()
                    .map_or_else(String::new, |near| format!(" Did you mean `{near}`?"));
                cannot(format!(
                    "no variant `{name}` of the engine `{}`.{hint} They are: all, {}",
                    engine,
                    names.join(", ")
                ))
            })
        })
        .collect()
}

/// The names most like `wanted`, best first.
pub(super) fn nearest<'n>(
    wanted: &str,
    names: impl Iterator<Item = &'n str>,
    most: usize,
) -> Vec<&'n str> {
    let mut scored: Vec<_> = names
        .map(|name| {
            let ratio = similar::TextDiff::from_chars(wanted, name).ratio();
            (ratio, name)
        })
        .filter(|(ratio, _)| *ratio > 0.4)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored
        .into_iter()
        .take(most)
        .map(|(_, name)| name)
        .collect()
}
