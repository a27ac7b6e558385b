//! Gets a git corpus: exactly the pinned commit, only the folders that are
//! used, checked against the pinned hash, and there whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::content::{self, HashError, MOST_BYTES};
use super::git::{Git, GitError};
use super::place::{self, RECORD, Record};
use super::verify::{self, VerifyError};
use super::work::{Work, cannot, lock};
use crate::discover::walk::MOST_FILES;
use crate::model::{GitPin, InputError};

/// Attributes above those of the repository: files get the bytes that are in
/// the commit, and no program of the user's is run on them.
const ATTRIBUTES: &str = "* -text -ident -filter !eol !working-tree-encoding\n";

/// What is to be fetched.
#[derive(Clone, Debug)]
pub struct Fetch<'a> {
    /// The folder that holds `suites/`.
    pub workspace: &'a Path,
    /// The suite.
    pub suite: &'a str,
    /// What it pins.
    pub pin: &'a GitPin,
    /// A mirror to take instead of the pinned repository.
    pub url: Option<&'a str>,
    /// How long all of it may take.
    pub timeout: Duration,
}

/// What came of a fetch.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where the corpus lies.
    pub path: PathBuf,
    /// Its files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Whether all of it was there already.
    pub was_there: bool,
}

/// Why a corpus was not fetched. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Git could not do its part.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file or folder on this machine is in the way.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The server gives another commit.
    #[error(
        "the branch `{branch}` of {url} is at {found} now, and the server gives no commit \
         but the newest; wanted {wanted}: name a repository that has it with --url"
    )]
    Commit {
        /// The address that was asked.
        url: String,
        /// The branch.
        branch: String,
        /// The commit that came.
        found: String,
        /// The pinned commit.
        wanted: String,
    },
    /// The files are not the pinned ones.
    #[error(
        "the files of commit {commit} have the sha256 {found}, and suite.toml pins {wanted}: \
         if this is the commit you want, correct `sha256` or `folders` there"
    )]
    Content {
        /// The commit.
        commit: String,
        /// The hash of what came.
        found: String,
        /// The pinned hash.
        wanted: String,
    },
    /// The commit does not hold what a corpus may.
    #[error("commit {commit}: {problem}")]
    Unfit {
        /// The commit.
        commit: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Another fetch of the same suite runs.
    #[error("another fetch of {0} runs and did not end in time")]
    Busy(String),
}

impl From<HashError> for FetchError {
    fn from(error: HashError) -> FetchError {
        match error {
            HashError::Input(error) => FetchError::Input(error),
            HashError::Interrupted => FetchError::Git(GitError::Interrupted),
        }
    }
}

/// Fetches a corpus, unless it is there with the content that is pinned. `say`
/// hears how far it is; `stop` ends it.
///
/// # Errors
///
/// See [`FetchError`]. What was there before is still there then.
pub fn fetch(
    fetch: &Fetch<'_>,
    stop: &AtomicBool,
    say: &mut dyn FnMut(&str),
) -> Result<Fetched, FetchError> {
    let deadline = Instant::now() + fetch.timeout;
    let folder = place::folder(fetch.workspace, fetch.suite, fetch.pin)?;
    let all = place::folder_of_all(fetch.workspace)?;
    std::fs::create_dir_all(&all).map_err(|error| cannot(&all, "be made", &error))?;
    let _lock = lock(&all, fetch.suite, deadline, stop)?;
    if let Some(there) = is_there(&folder, fetch, stop)? {
        return Ok(there);
    }
    let url = fetch.url.unwrap_or(&fetch.pin.repository);
    say(&format!("commit {} from {url}", fetch.pin.short()));
    let work = Work::start(all.join(format!(".fetching-{}", fetch.suite)))?;
    let files = work.folder.join("files");
    let repository = work.folder.join("git");
    std::fs::create_dir(&files).map_err(|error| cannot(&files, "be made", &error))?;
    let mut git = Git {
        deadline,
        stop,
        say: &mut *say,
        repository,
        files: files.clone(),
    };
    get_commit(&mut git, url, fetch.pin)?;
    let listed = write_files(&mut git, fetch.pin)?;
    say("comparing the content with the pinned hash");
    let found = content::look(&files, &fetch.pin.folders)?;
    let sizes = &found.sizes;
    if *sizes != listed || !found.irregular.is_empty() {
        let differs = |path: &&String| sizes.get(*path) != listed.get(*path);
        let first = listed.keys().chain(sizes.keys()).find(differs);
        return Err(unfit(
            fetch.pin,
            format!(
                "`{}` cannot be written as it is in the commit",
                first.map_or("", String::as_str)
            ),
        ));
    }
    let hashed = content::hash(&files, &found, stop)?;
    let digest = content::digest(&hashed);
    if digest != fetch.pin.sha256 {
        return Err(FetchError::Content {
            commit: fetch.pin.commit.clone(),
            found: digest,
            wanted: fetch.pin.sha256.clone(),
        });
    }
    let fetched = Fetched {
        path: folder.clone(),
        files: hashed.len(),
        bytes: sizes.values().sum(),
        was_there: false,
    };
    let record = Record {
        schema: Record::SCHEMA,
        repository: fetch.pin.repository.clone(),
        fetched_from: url.to_owned(),
        commit: fetch.pin.commit.clone(),
        files: hashed,
    };
    publish(&work.folder, &files, &folder, &record)?;
    Ok(fetched)
}

/// What is there, if it is all that is wanted, byte by byte.
fn is_there(
    folder: &Path,
    fetch: &Fetch<'_>,
    stop: &AtomicBool,
) -> Result<Option<Fetched>, FetchError> {
    if place::check(folder, fetch.pin).is_err() {
        return Ok(None);
    }
    match verify::verify(fetch.suite, folder, fetch.pin, None, stop) {
        Ok(verified) => Ok(verified.is_as_pinned().then(|| Fetched {
            path: folder.to_owned(),
            files: verified.files,
            bytes: verified.bytes,
            was_there: true,
        })),
        Err(VerifyError::Interrupted) => Err(GitError::Interrupted.into()),
        // What cannot be read is fetched again.
        Err(VerifyError::Input(_)) => Ok(None),
    }
}

/// Brings the commit, and nothing else, into git's repository.
fn get_commit(git: &mut Git<'_>, url: &str, pin: &GitPin) -> Result<(), FetchError> {
    git.run(&["init", "--quiet", "--template="], b"")?;
    let info = git.repository.join("info");
    let attributes = info.join("attributes");
    std::fs::create_dir_all(&info)
        .and_then(|()| std::fs::write(&attributes, ATTRIBUTES))
        .map_err(|error| cannot(&attributes, "be written", &error))?;
    let shallow = ["fetch", "--depth", "1", "--no-tags", "--progress"];
    let fetched = git.run(&[&shallow[..], &["--", url, &pin.commit]].concat(), b"");
    match fetched {
        Err(GitError::Failed { said, .. }) if refuses_bare_commits(&said) => {
            (git.say)("the server gives no bare commit; asking for the branch");
            let branch = format!("refs/heads/{}", pin.branch);
            git.run(&[&shallow[..], &["--", url, &branch]].concat(), b"")?;
        }
        other => {
            other?;
        }
    }
    let head = git.run(&["rev-parse", "--verify", "FETCH_HEAD^{commit}"], b"")?;
    let head = String::from_utf8_lossy(&head).trim().to_owned();
    if head != pin.commit {
        return Err(FetchError::Commit {
            url: url.to_owned(),
            branch: pin.branch.clone(),
            found: head,
            wanted: pin.commit.clone(),
        });
    }
    Ok(())
}

fn refuses_bare_commits(said: &str) -> bool {
    let words = [
        "unadvertised object",
        "not our ref",
        "couldn't find remote ref",
    ];
    words.iter().any(|word| said.contains(word))
}

/// Writes the files that are used, and returns them with their sizes.
fn write_files(git: &mut Git<'_>, pin: &GitPin) -> Result<BTreeMap<String, u64>, FetchError> {
    let mut list = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", &pin.commit];
    let folders = pin.folders.iter().map(String::as_str);
    list.extend(folders.filter(|folder| *folder != "."));
    let listed = git.run(&list, b"")?;
    let files = listed_files(&listed).map_err(|problem| unfit(pin, problem))?;
    for folder in &pin.folders {
        let inside = format!("{folder}/");
        let has_files = folder == "." || files.keys().any(|path| path.starts_with(&inside));
        if !has_files {
            return Err(unfit(pin, format!("it has no folder `{folder}`")));
        }
    }
    if files.is_empty() {
        return Err(unfit(pin, "it has no files".to_owned()));
    }
    (git.say)("writing the files");
    git.run(&["read-tree", &pin.commit], b"")?;
    let mut paths = Vec::new();
    for path in files.keys() {
        paths.extend_from_slice(path.as_bytes());
        paths.push(0);
    }
    git.run(&["checkout-index", "-z", "--stdin"], &paths)?;
    Ok(files)
}

/// The files in an answer of `git ls-tree -r -z -l`: mode, type, object and
/// size, a tab, the path.
fn listed_files(answer: &[u8]) -> Result<BTreeMap<String, u64>, String> {
    let mut files = BTreeMap::new();
    let mut bytes = 0;
    // Names that differ in case alone are one file on some systems.
    let mut folded = BTreeSet::new();
    for entry in answer.split(|byte| *byte == 0).filter(|e| !e.is_empty()) {
        let entry =
            std::str::from_utf8(entry).map_err(|_| "a path in it is not UTF-8".to_owned())?;
        let (about, path) = entry.split_once('\t').ok_or("git lists no path")?;
        let mut words = about.split_ascii_whitespace();
        let mode = words.next().unwrap_or_default();
        if !matches!(mode, "100644" | "100755") {
            let what = match mode {
                "120000" => "a symbolic link",
                "160000" => "a submodule",
                _ => "neither a file nor a folder",
            };
            return Err(format!("`{path}` is {what}; a corpus holds files only"));
        }
        let size: u64 = words
            .nth(2)
            .and_then(|size| size.parse().ok())
            .ok_or_else(|| format!("git does not say how long `{path}` is"))?;
        if path == RECORD {
            return Err(format!("`{path}` has a name that this harness uses itself"));
        }
        if !folded.insert(path.to_lowercase()) {
            return Err(format!("`{path}` is there twice, but for its case"));
        }
        bytes += size;
        files.insert(path.to_owned(), size);
        if files.len() > MOST_FILES || bytes > MOST_BYTES {
            return Err(format!(
                "more than {MOST_FILES} files or {MOST_BYTES} bytes in `folders`"
            ));
        }
    }
    Ok(files)
}

/// Adds the record and puts the files where they belong, in one step.
fn publish(work: &Path, files: &Path, folder: &Path, record: &Record) -> Result<(), FetchError> {
    let file = files.join(RECORD);
    let text = serde_json::to_vec(record).map_err(std::io::Error::other);
    text.and_then(|text| std::fs::write(&file, text))
        .map_err(|error| cannot(&file, "be written", &error))?;
    let old = work.join("old");
    let replaces = folder.symlink_metadata().is_ok();
    if replaces {
        std::fs::rename(folder, &old).map_err(|error| cannot(folder, "be replaced", &error))?;
    }
    std::fs::rename(files, folder).map_err(|error| {
        if replaces {
            // What was there is still good. Where even this fails, the first
            // error is the one to tell.
            let _ = std::fs::rename(&old, folder);
        }
        cannot(folder, "be made", &error)
    })?;
    Ok(())
}

fn unfit(pin: &GitPin, problem: String) -> FetchError {
    FetchError::Unfit {
        commit: pin.short().to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(mode: &str, kind: &str, size: &str, path: &str) -> String {
        format!("{mode} {kind} {} {size:>7}\t{path}\0", "a".repeat(40))
    }

    #[test]
    fn only_files_that_can_be_written_are_taken() {
        let good = entry("100644", "blob", "3", "a b\tc") + &entry("100755", "blob", "0", "d/e");
        let files = listed_files(good.as_bytes()).unwrap();
        let expected = [("a b\tc".to_owned(), 3), ("d/e".to_owned(), 0)];
        assert_eq!(files, BTreeMap::from(expected));
        for (bad, says) in [
            (entry("120000", "blob", "3", "l"), "`l` is a symbolic link"),
            (entry("160000", "commit", "-", "s"), "`s` is a submodule"),
            (entry("100644", "blob", "x", "f"), "how long `f` is"),
            (entry("100644", "blob", "1", RECORD), "uses itself"),
            (entry("100644", "blob", "5000000000", "f"), "more than"),
            (good.clone() + &entry("100644", "blob", "1", "D/e"), "twice"),
        ] {
            let error = listed_files(bad.as_bytes()).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
        assert!(listed_files(b"100644 blob a 1\t\xff\0").is_err());
    }
}
