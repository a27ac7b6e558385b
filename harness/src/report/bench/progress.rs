//! How far a run of `bench` is: a bar on a terminal, a line at every stage and
//! every ten seconds elsewhere.
#![expect(clippy::print_stderr, reason = "progress is for people")]

use std::time::{Duration, Instant};

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};

use crate::report::Terminal;

/// How often it is said how far it is, where lines stay.
const PLAIN: Duration = Duration::from_secs(10);

/// How far a run is.
pub struct BenchProgress {
    /// The bar, on a terminal.
    bar: Option<ProgressBar>,
    silent: bool,
    stage: String,
    total: u64,
    done: u64,
    said: Instant,
}

impl BenchProgress {
    /// Begins.
    pub fn start(terminal: &Terminal) -> BenchProgress {
        let silent = !terminal.says_progress();
        let bar = (!silent && Term::stderr().is_term()).then(|| ProgressBar::new(0));
        if let Some(bar) = &bar {
            if let Ok(template) = ProgressStyle::with_template(
                "{elapsed:>4} {prefix} {wide_bar} {pos}/{len} {eta:>4} left {msg}",
            ) {
                bar.set_style(template);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        BenchProgress {
            bar,
            silent,
            stage: String::new(),
            total: 0,
            done: 0,
            said: Instant::now(),
        }
    }

    /// Begins a stage of so many steps, as rounds.
    pub fn stage(&mut self, name: &str, steps: u64) {
        name.clone_into(&mut self.stage);
        self.total = steps;
        self.done = 0;
        self.said = Instant::now();
        match &self.bar {
            Some(bar) => {
                bar.reset();
                bar.set_length(steps);
                bar.set_prefix(name.to_owned());
            }
            None if !self.silent => eprintln!("{name}: {steps} to do"),
            None => {}
        }
    }

    /// Says what is measured now.
    pub fn now(&mut self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(what.to_owned());
        }
    }

    /// Says that a step of the stage is done.
    pub fn step(&mut self) {
        self.done += 1;
        match &self.bar {
            Some(bar) => bar.inc(1),
            None if !self.silent && self.said.elapsed() >= PLAIN => {
                self.said = Instant::now();
                eprintln!("  {}: {}/{}", self.stage, self.done, self.total);
            }
            None => {}
        }
    }

    /// Says something that stays, without tearing the bar.
    pub fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None if !self.silent => eprintln!("{text}"),
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
