//! Corpora without a run: lists, fetches and compares them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::input;
use crate::discover::{self, Fetch, FetchError, GitError, VerifyError};
use crate::model::{Exit, GitPin, InputError};
use crate::report::suites::{self as told, FetchedCorpus};
use crate::report::{Progress, Terminal};

/// What is to be done with which suites.
#[derive(Clone, Debug)]
pub struct Suites {
    /// The folder that holds `suites/`.
    pub root: PathBuf,
    /// The suites by name; if empty, all, or all that pin a git repository.
    pub names: Vec<String>,
    /// What to do.
    pub task: SuitesTask,
}

/// What to do with corpora.
#[derive(Clone, Debug)]
pub enum SuitesTask {
    /// Say where they are from and where they lie.
    List,
    /// Get those that a suite pins in a git repository.
    Fetch {
        /// A mirror, instead of the pinned repository.
        url: Option<String>,
        /// How long each may take.
        timeout: Duration,
    },
    /// Compare them with what is pinned.
    Verify {
        /// A folder to look at instead of the place where the suite's files lie.
        from: Option<PathBuf>,
    },
}

/// Does it, tells what came of it, and says how the command ends.
pub fn suites(config: &Suites, stop: &AtomicBool, terminal: &mut Terminal) -> Exit {
    let folder = config.root.join("suites");
    let mut run = Run {
        folder: &folder,
        stop,
        terminal,
        errors: Vec::new(),
    };
    let chosen = match run.choose(&config.names) {
        Ok(chosen) => chosen,
        Err(message) => {
            run.complain(message);
            Vec::new()
        }
    };
    match &config.task {
        SuitesTask::List => run.list(&chosen),
        SuitesTask::Fetch { url, timeout } => run.fetch(&chosen, url.as_deref(), *timeout),
        SuitesTask::Verify { from } => run.verify(&chosen, from.as_deref()),
    }
}

struct Run<'a> {
    folder: &'a Path,
    stop: &'a AtomicBool,
    terminal: &'a mut Terminal,
    errors: Vec<String>,
}

impl Run<'_> {
    fn complain(&mut self, message: String) {
        self.terminal.complain(&message);
        self.errors.push(message);
    }

    /// The suites that are meant.
    fn choose(&self, names: &[String]) -> Result<Vec<String>, String> {
        let all = discover::suite_names(self.folder).map_err(|error| error.to_string())?;
        for name in names {
            if !all.contains(name) {
                let nearest = input::nearest(name, all.iter().map(String::as_str), 1);
                let hint = nearest
                    .first()
                    .map_or_else(String::new, |name| format!(" Did you mean `{name}`?"));
                let known = all.join(", ");
                return Err(format!("no suite `{name}`.{hint} The suites are: {known}"));
            }
        }
        let chosen = |name: &String| names.is_empty() || names.contains(name);
        Ok(all.into_iter().filter(chosen).collect())
    }

    /// Those of them that pin a git repository, with what they pin.
    fn pinned(&mut self, names: &[String]) -> Vec<(String, GitPin)> {
        let mut pinned = Vec::new();
        for name in names {
            match discover::git_pin(self.folder, name) {
                Ok(Some(pin)) => pinned.push((name.clone(), pin)),
                Ok(None) => {}
                Err(error) => self.complain(error.to_string()),
            }
        }
        if pinned.is_empty() && self.errors.is_empty() {
            self.terminal.note(
                "nothing was selected: none of these suites takes its files from a git \
                 repository; `cargo xtask suites list` says where they are from",
            );
        }
        pinned
    }

    /// How the command ends that did `done` things without an unexpected one.
    fn exit(&self, done: usize) -> Exit {
        let mut exit = Exit::Expected;
        if done == 0 {
            exit = exit.and(Exit::NothingSelected);
        }
        if !self.errors.is_empty() {
            exit = exit.and(Exit::CouldNotRun);
        }
        exit
    }

    fn list(mut self, names: &[String]) -> Exit {
        let mut corpora = Vec::new();
        for name in names {
            match discover::corpus(self.folder, name) {
                Ok(corpus) => {
                    if let Some(problem) = &corpus.problem {
                        self.complain(problem.clone());
                    }
                    corpora.push(corpus);
                }
                Err(error) => self.complain(error.to_string()),
            }
        }
        self.terminal.text(&told::list_text(&corpora));
        let document = told::list_document(&corpora, &self.errors);
        self.terminal.document(&document);
        self.exit(corpora.len())
    }

    fn fetch(mut self, names: &[String], url: Option<&str>, timeout: Duration) -> Exit {
        let pinned = self.pinned(names);
        if url.is_some() && pinned.len() > 1 {
            self.complain("--url is the mirror of one suite: name it".to_owned());
            self.terminal
                .document(&told::fetch_document(&[], &self.errors));
            return Exit::CouldNotRun;
        }
        let mut got = Vec::new();
        let mut interrupted = false;
        for (suite, pin) in &pinned {
            if self.stop.load(Ordering::Relaxed) {
                interrupted = true;
                break;
            }
            let mut progress = Progress::start(self.terminal);
            let fetched = discover::fetch(
                &Fetch {
                    workspace: self.folder.parent().unwrap_or(Path::new("")),
                    suite,
                    pin,
                    url,
                    timeout,
                },
                self.stop,
                &mut |text| progress.say(&format!("fetching {suite}: {text}")),
            );
            progress.end();
            match fetched {
                Ok(fetched) => {
                    let fetched = FetchedCorpus {
                        suite: suite.clone(),
                        path: fetched.path,
                        commit: pin.commit.clone(),
                        files: fetched.files,
                        bytes: fetched.bytes,
                        was_there: fetched.was_there,
                    };
                    self.terminal.text(&told::fetch_text(&fetched));
                    self.note_variable(suite);
                    got.push(fetched);
                }
                Err(error) => {
                    interrupted |= matches!(error, FetchError::Git(GitError::Interrupted));
                    self.complain(format!("{suite}: {error}"));
                }
            }
        }
        self.terminal
            .document(&told::fetch_document(&got, &self.errors));
        if interrupted {
            return Exit::Unexpected;
        }
        self.exit(got.len())
    }

    /// Says so when the variable of a suite hides what was fetched.
    fn note_variable(&self, suite: &str) {
        if let (variable, Some(path)) = discover::pointed(suite) {
            self.terminal.note(&format!(
                "note: runs take {}, because {variable} is set",
                path.display()
            ));
        }
    }

    fn verify(mut self, names: &[String], from: Option<&Path>) -> Exit {
        let pinned = self.pinned(names);
        if from.is_some() && pinned.len() > 1 {
            self.complain("--from is the folder of one suite: name it".to_owned());
            let document = told::verify_document(&[], &self.errors, Exit::CouldNotRun);
            self.terminal.document(&document);
            return Exit::CouldNotRun;
        }
        let mut verified = Vec::new();
        let mut exit = Exit::Expected;
        for (suite, pin) in &pinned {
            match self.verify_one(suite, pin, from) {
                Ok(found) => {
                    self.terminal.text(&told::verify_text(&found));
                    if !found.is_as_pinned() {
                        exit = exit.and(Exit::Unexpected);
                    }
                    verified.push(found);
                }
                Err(VerifyError::Interrupted) => {
                    self.complain(format!("{suite}: interrupted"));
                    exit = exit.and(Exit::Unexpected);
                    break;
                }
                Err(VerifyError::Input(error)) => self.complain(error.to_string()),
            }
        }
        let exit = exit.and(self.exit(verified.len()));
        let document = told::verify_document(&verified, &self.errors, exit);
        self.terminal.document(&document);
        exit
    }

    fn verify_one(
        &self,
        suite: &str,
        pin: &GitPin,
        from: Option<&Path>,
    ) -> Result<crate::model::Verified, VerifyError> {
        let fetched = discover::fetched_folder(self.folder, suite, pin)?;
        let folder = match (from, discover::pointed(suite).1) {
            (Some(from), _) => from.to_owned(),
            (None, Some(pointed)) => pointed,
            (None, None) => fetched.clone(),
        };
        if folder == fetched && folder.symlink_metadata().is_err() {
            let message = format!("is absent; get it with: cargo xtask suites fetch {suite}");
            return Err(InputError::file(folder, message).into());
        }
        discover::verify(suite, &folder, pin, Some(&fetched), self.stop)
    }
}
