//! How far something is that takes a while and has no cases: a line that
//! changes on a terminal, a line every few seconds elsewhere.
#![expect(clippy::print_stderr, reason = "progress is for people")]

use std::time::{Duration, Instant};

use console::Term;
use indicatif::ProgressBar;

use super::Terminal;

/// How often it is said how far something is, where lines stay.
const PLAIN: Duration = Duration::from_secs(5);

/// How far something is.
pub struct Progress {
    /// The line, on a terminal.
    bar: Option<ProgressBar>,
    silent: bool,
    said: Option<Instant>,
}

impl Progress {
    /// Begins; what is said first is said at once.
    pub fn start(terminal: &Terminal) -> Progress {
        let silent = !terminal.says_progress();
        let bar = (!silent && Term::stderr().is_term()).then(ProgressBar::new_spinner);
        if let Some(bar) = &bar {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Progress {
            bar,
            silent,
            said: None,
        }
    }

    /// Says how far it is.
    pub fn say(&mut self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(text.to_owned()),
            None if !self.silent && self.said.is_none_or(|said| said.elapsed() >= PLAIN) => {
                self.said = Some(Instant::now());
                eprintln!("{text}");
            }
            None => {}
        }
    }

    /// Says no more.
    pub fn end(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
