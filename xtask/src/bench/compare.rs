//! What `--compare` takes, and the worker it stands for.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, bail};
use tensor_wasm_harness::discover;
use tensor_wasm_harness::model::bench::ArmInfo;

use super::arm::{self, Sources, Worker};

/// What today's build is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// `bench-results/baseline.json` and the commit it names.
    Baseline,
    /// A commit.
    Revision(String),
    /// The commit that is checked out, with another Wasmtime.
    Wasmtime(String),
    /// A worker that somebody built.
    Worker(PathBuf),
}

impl FromStr for Compare {
    type Err = String;

    fn from_str(text: &str) -> Result<Compare, String> {
        match text.split_once('=') {
            Some(("wasmtime", version)) if is_version(version) => {
                Ok(Compare::Wasmtime(version.to_owned()))
            }
            Some(("wasmtime", version)) => Err(format!(
                "`{version}` is no version; expected three numbers, as in wasmtime=47.0.3"
            )),
            Some(("worker", path)) if !path.is_empty() => Ok(Compare::Worker(path.into())),
            _ if text == "baseline" => Ok(Compare::Baseline),
            _ if text.is_empty() || text.starts_with('-') => Err(
                "expected `baseline`, a git revision, wasmtime=VERSION or worker=PATH".to_owned(),
            ),
            _ => Ok(Compare::Revision(text.to_owned())),
        }
    }
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() == 3 && text.split('.').all(number)
}

impl fmt::Display for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Compare::Baseline => f.write_str("baseline"),
            Compare::Revision(revision) => f.write_str(revision),
            Compare::Wasmtime(version) => write!(f, "wasmtime={version}"),
            Compare::Worker(path) => write!(f, "worker={}", path.display()),
        }
    }
}

impl Compare {
    /// Builds the worker, or finds it.
    pub(super) fn worker(
        &self,
        root: &Path,
        baseline: &Path,
        engine: &str,
    ) -> anyhow::Result<Worker> {
        let of_commit = |commit: String, wasmtime: Option<String>| {
            let sources = Sources {
                commit,
                wasmtime,
                layout: None,
                engine: engine.to_owned(),
            };
            arm::worker(root, &sources)
        };
        match self {
            Compare::Baseline => {
                let file = root.join(baseline);
                let baseline = discover::read_baseline(&file)?;
                let Some(origin) = baseline.origin else {
                    bail!(
                        "{}: it does not say which commit was measured, so there is no build to \
                         compare with; --quick compares with what it does say",
                        file.display()
                    );
                };
                let commit = arm::commit(root, &origin.commit)
                    .with_context(|| format!("{}: origin.commit", file.display()))?;
                of_commit(commit, None)
            }
            Compare::Revision(revision) => of_commit(arm::commit(root, revision)?, None),
            Compare::Wasmtime(version) => {
                of_commit(arm::commit(root, "HEAD")?, Some(version.clone()))
            }
            Compare::Worker(path) => given(path),
        }
    }
}

/// A worker that somebody built.
pub(super) fn given(program: &Path) -> anyhow::Result<Worker> {
    let program = std::path::absolute(program)?;
    if !program.is_file() {
        bail!("no worker {}", program.display());
    }
    Ok(Worker {
        info: ArmInfo {
            label: program.display().to_string(),
            commit: None,
            wasmtime: None,
        },
        program,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_compare_with_is_told_apart() {
        let parsed = |text: &str| text.parse::<Compare>();
        assert_eq!(parsed("baseline"), Ok(Compare::Baseline));
        assert_eq!(parsed("HEAD~3"), Ok(Compare::Revision("HEAD~3".to_owned())));
        assert_eq!(
            parsed("wasmtime=47.0.3"),
            Ok(Compare::Wasmtime("47.0.3".to_owned()))
        );
        assert_eq!(parsed("worker=a/b"), Ok(Compare::Worker("a/b".into())));
        for wrong in ["wasmtime=47", "wasmtime=", "worker=", "", "--help"] {
            match parsed(wrong) {
                Err(message) => assert!(message.contains("expected"), "{message}"),
                // A revision may contain `=`; git says what it thinks of it.
                Ok(compare) => assert_eq!(compare, Compare::Revision(wrong.to_owned())),
            }
        }
        assert!(parsed("wasmtime=47").is_err());
        assert!(parsed("--help").is_err());
    }

    #[test]
    fn what_was_asked_for_can_be_asked_for_again() {
        for text in ["baseline", "main", "wasmtime=1.2.3", "worker=x y"] {
            assert_eq!(text.parse::<Compare>().unwrap().to_string(), text);
        }
    }
}
