//! Where the files of a suite lie: where the command line or a variable says,
//! else where the suite's own source has them.

use std::path::{Path, PathBuf};

use super::{Source, SuiteFile, read};
use crate::discover::corpus::{self, Lies};
use crate::discover::{Suite, walk};
use crate::model::{Absent, Corpus, GitPin, InputError, Supply};

/// The most links that are named.
const SHOWN_LINKS: usize = 10;

/// Where files lie, and by the rules of which source they run.
pub(super) struct Located<'s> {
    /// None for a folder that no source knows.
    pub(super) source: Option<&'s Source>,
    pub(super) root: PathBuf,
    pub(super) origin: String,
    pub(super) version: Option<String>,
    /// The folders that are used; all of them if empty.
    pub(super) folders: Vec<String>,
}

pub(super) enum Place<'s> {
    At(Located<'s>),
    Absent(Absent),
}

impl Source {
    /// Whether a folder looks like a checkout of this source.
    fn is(&self, folder: &Path) -> bool {
        !self.detect.is_empty() && self.detect.iter().all(|path| folder.join(path).exists())
    }
}

pub(super) fn locate<'s>(
    suite: &'s SuiteFile,
    file: &Path,
    text: &str,
    name: &str,
    from: Option<&Path>,
) -> Result<Place<'s>, InputError> {
    let pointed = corpus::pointed(name);
    let not_a_folder = match from {
        Some(_) => "is not a folder".to_owned(),
        None => format!(
            "is not a folder; the variable {} names it",
            corpus::variable(name)
        ),
    };
    if let Some(from) = from.or(pointed.as_deref()) {
        if !from.is_dir() {
            return Err(InputError::file(from, not_a_folder));
        }
        let source = suite.source.iter().find(|source| source.is(from));
        let supply = source.map(|source| supply(source, file, text));
        return Ok(Place::At(Located {
            source,
            folders: match supply.transpose()? {
                // A whole checkout holds more than the suite is made of.
                Some(Supply::Git(pin)) => pin.folders,
                _ => Vec::new(),
            },
            root: from.to_owned(),
            origin: from.display().to_string(),
            version: corpus::commit_of(from),
        }));
    }
    let folder = file.parent().unwrap_or(file);
    let source = default_source(suite, file)?;
    let (base, origin, version) = match supply(source, file, text)? {
        Supply::Folder => (folder.to_owned(), folder.display().to_string(), None),
        Supply::Package { package, .. } => {
            let (root, version) = corpus::package(workspace(folder), &package)?;
            (root, format!("{package} {version}"), Some(version))
        }
        Supply::Git(pin) => match corpus::fetched(workspace(folder), name, &source.name, &pin)? {
            Lies::At(root) => (root, pin.origin(), Some(pin.commit)),
            Lies::Absent(absent) => return Ok(Place::Absent(absent)),
        },
    };
    let root = match &source.path {
        Some(path) => base.join(path),
        None => base,
    };
    Ok(Place::At(Located {
        source: Some(source),
        root,
        origin,
        version,
        // Nothing else was fetched.
        folders: Vec::new(),
    }))
}

/// Leaves out what is not in one of these folders.
pub(super) fn keep_used(suite: &mut Suite, root: &Path, folders: &[String]) {
    let used = |path: &Path| {
        let mut folders = folders.iter();
        folders.any(|folder| folder == "." || path.starts_with(root.join(folder)))
    };
    if !folders.is_empty() {
        suite.cases.retain(|case| used(&case.path));
        suite.errors.retain(|error| used(&error.file));
    }
}

/// What is below a folder and is left out.
pub(super) fn notes(root: &Path) -> Vec<String> {
    let note = |link: PathBuf| {
        format!(
            "{}: is a link to a folder, which is not followed: what is in it does not run",
            link.display()
        )
    };
    let links = walk::links(root);
    let more = links.len().saturating_sub(SHOWN_LINKS);
    let mut notes: Vec<_> = links.into_iter().take(SHOWN_LINKS).map(note).collect();
    if more > 0 {
        notes.push(format!("{}: {more} more such links", root.display()));
    }
    notes
}

fn default_source<'s>(suite: &'s SuiteFile, file: &Path) -> Result<&'s Source, InputError> {
    suite
        .source
        .first()
        .ok_or_else(|| InputError::file(file, "has no [[source]]; it needs at least one"))
}

/// The folder that holds `suites/`.
fn workspace(folder: &Path) -> &Path {
    folder.parent().and_then(Path::parent).unwrap_or(folder)
}

/// How a source comes to this machine. The version of a package is left open:
/// only cargo knows it.
fn supply(source: &Source, file: &Path, text: &str) -> Result<Supply, InputError> {
    match (&source.package, &source.git) {
        (None, None) => Ok(Supply::Folder),
        (Some(package), None) => Ok(Supply::Package {
            package: package.clone(),
            version: None,
        }),
        (None, Some(git)) if source.path.is_none() => Ok(Supply::Git(git.read(file, text)?)),
        (None, Some(_)) => Err(InputError::file(
            file,
            format!(
                "the source `{}` has `git` and `path`; its `folders` say what is used",
                source.name
            ),
        )),
        (Some(_), Some(_)) => Err(InputError::file(
            file,
            format!(
                "the source `{}` has `package` and `git`; it needs one of them",
                source.name
            ),
        )),
    }
}

/// What the suite in a folder pins, if its default source is a git repository.
pub(in crate::discover) fn git_pin(folder: &Path) -> Result<Option<GitPin>, InputError> {
    let file = folder.join("suite.toml");
    let (suite, text) = read(&file)?;
    match supply(default_source(&suite, &file)?, &file, &text)? {
        Supply::Git(pin) => Ok(Some(pin)),
        Supply::Folder | Supply::Package { .. } => Ok(None),
    }
}

/// Whether the suite in a folder has a source that `from` is a checkout of.
pub(in crate::discover) fn takes(folder: &Path, from: &Path) -> Result<bool, InputError> {
    let (suite, _) = read(&folder.join("suite.toml"))?;
    Ok(suite.source.iter().any(|source| source.is(from)))
}

/// Where the files of a suite are from and where they lie.
pub(in crate::discover) fn describe(folder: &Path, name: &str) -> Result<Corpus, InputError> {
    let file = folder.join("suite.toml");
    let (suite, text) = read(&file)?;
    let source = default_source(&suite, &file)?;
    let mut supply = supply(source, &file, &text)?;
    let by_variable = corpus::pointed(name).is_some();
    let (path, absent, problem) = match locate(&suite, &file, &text, name, None) {
        Ok(Place::At(located)) => {
            match &mut supply {
                Supply::Package { version, .. } if !by_variable => *version = located.version,
                _ => {}
            }
            (Some(located.root), None, None)
        }
        Ok(Place::Absent(absent)) => (None, Some(absent), None),
        Err(error) => (None, None, Some(error.to_string())),
    };
    Ok(Corpus {
        suite: name.to_owned(),
        description: suite.description.clone(),
        source: source.name.clone(),
        supply,
        path,
        variable: corpus::variable(name),
        by_variable,
        absent,
        problem,
    })
}
