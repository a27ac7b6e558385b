//! What is said of corpora: where they are from, where they lie, whether they
//! are as pinned. `docs/suites.md` describes the documents.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::model::{Corpus, Exit, Supply, Verified};

/// The version of the documents' shape.
const SCHEMA: u32 = 1;

/// The most files of a kind that are named to people.
const LISTED: usize = 10;

/// The document of `suites list`.
pub fn list_document(corpora: &[Corpus], errors: &[String]) -> Value {
    json!({ "schema": SCHEMA, "suites": corpora, "errors": errors })
}

/// What `suites list` tells people.
pub fn list_text(corpora: &[Corpus]) -> String {
    let mut out = String::new();
    for corpus in corpora {
        let _ = writeln!(out, "{}: {}", corpus.suite, printable(&corpus.description));
        let _ = writeln!(out, "  from  {}", from(corpus));
        match (&corpus.path, &corpus.absent, &corpus.problem) {
            (Some(path), _, _) => {
                let _ = writeln!(out, "  lies  {}", lies(path, corpus));
            }
            (None, Some(absent), _) => {
                let _ = writeln!(out, "  absent; get it with: {}", absent.command);
            }
            (None, None, problem) => {
                let problem = problem.as_deref().unwrap_or_default();
                let _ = writeln!(out, "  of no use: {problem}");
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn from(corpus: &Corpus) -> String {
    match &corpus.supply {
        Supply::Folder => "this repository".to_owned(),
        Supply::Package {
            package,
            version: Some(version),
        } => format!("the package {package} {version}, which cargo downloads"),
        Supply::Package { package, .. } => {
            format!("the package {package}, which cargo downloads")
        }
        Supply::Git(pin) => format!(
            "{}, branch {}, commit {}",
            pin.repository, pin.branch, pin.commit
        ),
    }
}

fn lies(path: &Path, corpus: &Corpus) -> String {
    let path = path.display();
    if corpus.by_variable {
        format!("{path} (set by {})", corpus.variable)
    } else {
        path.to_string()
    }
}

/// A corpus that was fetched, or was there.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FetchedCorpus {
    /// The suite.
    pub suite: String,
    /// Where it lies.
    pub path: std::path::PathBuf,
    /// Its commit.
    pub commit: String,
    /// Its files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Whether it was there already.
    pub was_there: bool,
}

/// The document of `suites fetch`.
pub fn fetch_document(fetched: &[FetchedCorpus], errors: &[String]) -> Value {
    json!({ "schema": SCHEMA, "fetched": fetched, "errors": errors })
}

/// What `suites fetch` tells people of one corpus.
pub fn fetch_text(fetched: &FetchedCorpus) -> String {
    format!(
        "{}: {}, {} lie in {}{}",
        fetched.suite,
        files(fetched.files),
        megabytes(fetched.bytes),
        fetched.path.display(),
        if fetched.was_there {
            " already"
        } else {
            ", as pinned"
        }
    )
}

/// The document of `suites verify`.
pub fn verify_document(verified: &[Verified], errors: &[String], exit: Exit) -> Value {
    let suite = |verified: &Verified| {
        let mut value = json!(verified);
        value["as_pinned"] = verified.is_as_pinned().into();
        value
    };
    json!({
        "schema": SCHEMA,
        "suites": verified.iter().map(suite).collect::<Vec<_>>(),
        "errors": errors,
        "verdict": if exit == Exit::Expected { "pass" } else { "fail" },
    })
}

/// What `suites verify` tells people of one corpus.
pub fn verify_text(verified: &Verified) -> String {
    let place = verified.path.display();
    let what = format!("{}: {place}:", verified.suite);
    if verified.is_as_pinned() {
        let commit = match &verified.commit_found {
            Some(commit) => format!("commit {commit}"),
            None => "of no known commit".to_owned(),
        };
        return format!(
            "{what} as pinned: {}, {}, {commit}",
            files(verified.files),
            megabytes(verified.bytes)
        );
    }
    let mut out = format!("{what} NOT as pinned");
    let found = verified.commit_found.as_ref();
    if let Some(found) = found.filter(|found| **found != verified.commit_pinned) {
        let _ = write!(out, "\n  commit {found}, pinned {}", verified.commit_pinned);
    }
    if verified.sha256_found != verified.sha256_pinned {
        let _ = write!(
            out,
            "\n  sha256 {}, pinned {}",
            verified.sha256_found, verified.sha256_pinned
        );
    }
    for (kind, paths) in [
        ("changed", &verified.changed),
        ("missing", &verified.missing),
        ("extra", &verified.extra),
        ("no file", &verified.irregular),
    ] {
        for path in paths.iter().take(LISTED) {
            let _ = write!(out, "\n  {kind}: {}", printable(path));
        }
        if paths.len() > LISTED {
            let _ = write!(out, "\n  {kind}: {} more", paths.len() - LISTED);
        }
    }
    if !verified.compared && verified.sha256_found != verified.sha256_pinned {
        let _ = write!(
            out,
            "\n  which files differ can be said after: cargo xtask suites fetch {}",
            verified.suite
        );
    }
    out
}

fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}

fn megabytes(bytes: u64) -> String {
    // Decimal, as tools of the network count.
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// A name from outside; a terminal would obey control characters in it.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
