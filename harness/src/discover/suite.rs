//! Reads `suites/<suite>/suite.toml`: what the suite's files are, where they
//! come from, and which proposals each folder needs.

mod floors;
mod locate;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use glob::{MatchOptions, Pattern};
use serde::Deserialize;
use toml::Spanned;

use super::corpus::GitTable;
use super::{Discovered, Suite, programs, walk, wat};
use crate::model::{
    Capability, Case, CaseId, Format, InputError, Limits, Program, Settings, SuiteRules,
};
pub(super) use floors::rules;
use locate::{Located, Place};
pub(super) use locate::{describe, git_pin, takes};

/// `suite.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SuiteFile {
    /// The version of this format.
    version: Spanned<u32>,
    /// What the suite is, in a sentence.
    description: String,
    /// What its files are.
    format: Format,
    /// The engine that runs it where the command line names none.
    engine: Option<String>,
    /// Whether what an engine cannot do is counted instead of failing.
    #[serde(default)]
    may_refuse: bool,
    /// Named sets of capabilities, to be used by name in `requires` and `wants`.
    #[serde(default)]
    sets: BTreeMap<String, Vec<Spanned<String>>>,
    /// Where the files may come from; the first is the default.
    source: Vec<Source>,
}

/// A place files come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Source {
    /// The name that conditions of expectations use.
    name: String,
    /// A package of this workspace's lockfile that holds the files.
    package: Option<String>,
    /// A commit of a git repository that holds the files.
    git: Option<GitTable>,
    /// The folder in the package, or in the suite's own folder.
    path: Option<String>,
    /// Paths that must all exist for `--from DIR` to be this source.
    #[serde(default)]
    detect: Vec<String>,
    /// Names of folders that say nothing, and are left out of the names of
    /// programs.
    #[serde(default)]
    leave_out: Vec<String>,
    /// What each folder needs; every rule that matches a file adds to it.
    #[serde(default)]
    folder: Vec<Folder>,
    /// How much must pass in some of the files.
    #[serde(default)]
    floor: Vec<floors::FloorTable>,
}

/// What the files of a folder need.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Folder {
    /// The folder, relative to the source; `.` is all of it.
    path: String,
    /// Globs of file names, relative to the folder; all files if left out.
    files: Option<Vec<Spanned<String>>>,
    /// What an engine must be able to do.
    #[serde(default)]
    requires: Vec<Spanned<String>>,
    /// Proposals to switch on where the engine has them.
    #[serde(default)]
    wants: Vec<Spanned<String>>,
}

/// The rule of a folder, read.
struct Rule {
    prefix: String,
    files: Option<Vec<Pattern>>,
    requires: BTreeSet<Capability>,
    wants: BTreeSet<Capability>,
}

pub(super) fn discover(
    folder: &Path,
    name: &str,
    from: Option<&Path>,
    goldens: &Path,
) -> Result<Discovered, InputError> {
    let file = folder.join("suite.toml");
    let (suite, text) = read(&file)?;
    let reader = Reader {
        file: &file,
        text: &text,
        sets: &suite.sets,
    };
    let Located {
        source,
        root,
        origin,
        version,
        folders,
    } = match locate::locate(&suite, &file, &text, name, from)? {
        Place::At(located) => located,
        Place::Absent(absent) => return Ok(Discovered::Absent(absent)),
    };
    let rules = match source {
        Some(source) => source
            .folder
            .iter()
            .map(|folder| reader.rule(folder))
            .collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let mut found = Suite {
        name: name.to_owned(),
        folder: folder.to_owned(),
        source: source.map_or_else(|| "directory".to_owned(), |source| source.name.clone()),
        origin,
        version,
        cases: Vec::new(),
        errors: Vec::new(),
        notes: locate::notes(&root),
        part: false,
        rules: floors::of(&suite, name, source),
    };
    let case = |relative: &str| {
        (
            CaseId(format!("{name}/{relative}")),
            needs(&rules, relative),
        )
    };
    let what = match suite.format {
        Format::Wast => {
            for (relative, path, size) in walk::files(&root, "wast")? {
                let (id, (requires, wants)) = case(&relative);
                found.cases.push(script(id, &path, size, requires, wants));
            }
            ".wast file"
        }
        Format::Wat => {
            for (relative, path, size) in walk::files(&root, "wat")? {
                let (id, (requires, wants)) = case(&relative);
                match wat::case(id, &path, size, requires, wants, goldens) {
                    Ok(case) => found.cases.push(case),
                    Err(error) => found.errors.push(error),
                }
            }
            ".wat file"
        }
        Format::Programs => {
            let leave_out = source.map_or(&[][..], |source| &source.leave_out);
            programs(&mut found, &root, &rules, leave_out)?;
            "folder with a manifest.json and programs"
        }
    };
    locate::keep_used(&mut found, &root, &folders);
    if let Some(source) = source {
        floors::check(source, &found, &file, &text)?;
    }
    if found.cases.is_empty() && found.errors.is_empty() {
        return Err(InputError::file(root, format!("holds no {what}")));
    }
    Ok(Discovered::Suite(found))
}

/// A suite file and its text.
fn read(file: &Path) -> Result<(SuiteFile, String), InputError> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| InputError::file(file, format!("cannot be read: {error}")))?;
    let suite: SuiteFile =
        toml::from_str(&text).map_err(|error| InputError::toml(file, &text, &error))?;
    if *suite.version.get_ref() != 1 {
        return Err(InputError::at(
            file,
            &text,
            suite.version.span().start,
            "unknown version; this harness reads version 1",
        ));
    }
    Ok((suite, text))
}

/// The engine that the suite in a folder is made for, if it says one.
pub(super) fn engine(folder: &Path) -> Result<Option<String>, InputError> {
    Ok(read(&folder.join("suite.toml"))?.0.engine)
}

/// Adds the programs below `root`.
fn programs(
    suite: &mut Suite,
    root: &Path,
    rules: &[Rule],
    leave_out: &[String],
) -> Result<(), InputError> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for found in programs::find(root)? {
        let name = programs::name(&found.relative, leave_out);
        if let Some(other) = names.insert(name.clone(), found.relative.clone()) {
            let message =
                format!("has the name `{name}`, as {other} has; change `leave-out` in suite.toml");
            suite.errors.push(InputError::file(found.path, message));
            continue;
        }
        let (requires, wants) = match rules.iter().any(|rule| rule.is_about(&found.relative)) {
            true => needs(rules, &found.relative),
            // A program says itself what it needs.
            false => (BTreeSet::new(), BTreeSet::new()),
        };
        let id = CaseId(format!("{}/{name}", suite.name));
        suite.cases.push(programs::case(id, found, requires, wants));
    }
    suite.cases.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(())
}

/// What all rules about a file say together; every proposal where there is none.
fn needs(rules: &[Rule], relative: &str) -> (BTreeSet<Capability>, BTreeSet<Capability>) {
    let mut about = rules
        .iter()
        .filter(|rule| rule.is_about(relative))
        .peekable();
    if about.peek().is_none() {
        return (BTreeSet::new(), Capability::proposals().collect());
    }
    let (mut requires, mut wants) = (BTreeSet::new(), BTreeSet::new());
    for rule in about {
        requires.extend(&rule.requires);
        wants.extend(&rule.wants);
    }
    (requires, wants)
}

impl Rule {
    fn is_about(&self, relative: &str) -> bool {
        let Some(inside) = relative.strip_prefix(&self.prefix) else {
            return false;
        };
        let options = MatchOptions {
            require_literal_separator: true,
            ..MatchOptions::default()
        };
        self.files
            .as_ref()
            .is_none_or(|globs| globs.iter().any(|glob| glob.matches_with(inside, options)))
    }
}

fn script(
    id: CaseId,
    path: &Path,
    size: u64,
    requires: BTreeSet<Capability>,
    wants: BTreeSet<Capability>,
) -> Case {
    Case {
        id,
        path: path.to_owned(),
        size,
        requires,
        wants,
        limits: Limits::default(),
        settings: Settings::new(),
        program: Program::Script,
    }
}

pub(super) fn single_file(path: &Path) -> Result<Suite, InputError> {
    let unreadable = |error| InputError::file(path, format!("cannot be read: {error}"));
    let size = path.metadata().map_err(unreadable)?.len();
    let id = CaseId(format!("file/{}", path.display()));
    let parent = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new(".")).to_owned();
    let case = match path.extension().and_then(|extension| extension.to_str()) {
        Some("wast") => script(
            id,
            path,
            size,
            BTreeSet::new(),
            Capability::proposals().collect(),
        ),
        Some("wat") => {
            let every = Capability::proposals().collect();
            wat::case(id, path, size, BTreeSet::new(), every, &folder)?
        }
        _ => {
            return Err(InputError::file(
                path,
                "is neither a script (.wast) nor a fixture (.wat)",
            ));
        }
    };
    Ok(Suite {
        name: "file".to_owned(),
        origin: folder.display().to_string(),
        folder,
        source: "file".to_owned(),
        version: None,
        cases: vec![case],
        errors: Vec::new(),
        notes: Vec::new(),
        part: false,
        rules: SuiteRules::default(),
    })
}

/// Reads capabilities, and says where one is unknown.
struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    sets: &'a BTreeMap<String, Vec<Spanned<String>>>,
}

impl Reader<'_> {
    fn rule(&self, folder: &Folder) -> Result<Rule, InputError> {
        let files = folder.files.as_ref().map(|globs| {
            globs
                .iter()
                .map(|glob| {
                    Pattern::new(glob.get_ref())
                        .map_err(|error| self.error(glob, &format!("malformed glob: {error}")))
                })
                .collect::<Result<Vec<_>, _>>()
        });
        let requires = self.capabilities(&folder.requires, 0)?;
        let mut wants = self.capabilities(&folder.wants, 0)?;
        wants.extend(&requires);
        wants.retain(|capability| capability.is_proposal());
        Ok(Rule {
            prefix: match folder.path.as_str() {
                "." => String::new(),
                path => format!("{path}/"),
            },
            files: files.transpose()?,
            requires,
            wants,
        })
    }

    fn capabilities(
        &self,
        names: &[Spanned<String>],
        depth: usize,
    ) -> Result<BTreeSet<Capability>, InputError> {
        let mut out = BTreeSet::new();
        for name in names {
            if let Some(set) = self.sets.get(name.get_ref()) {
                if depth > 8 {
                    return Err(self.error(name, "sets that contain one another"));
                }
                out.extend(self.capabilities(set, depth + 1)?);
            } else {
                let capability = name
                    .get_ref()
                    .parse()
                    .map_err(|_| self.error(name, &self.unknown(name.get_ref())))?;
                out.insert(capability);
            }
        }
        Ok(out)
    }

    fn unknown(&self, name: &str) -> String {
        let capabilities = Capability::ALL.iter().map(|capability| capability.name());
        let sets = self.sets.keys().map(String::as_str);
        let known: Vec<_> = capabilities.chain(sets).collect();
        format!(
            "`{name}` is neither a capability nor one of [sets]; expected one of: {}",
            known.join(", ")
        )
    }

    fn error(&self, at: &Spanned<String>, message: &str) -> InputError {
        InputError::at(self.file, self.text, at.span().start, message)
    }
}
