//! Calls the stages in order: discover, select, execute, judge, report.

mod bench;
mod engine;
mod import;
mod input;
mod merge;
mod suites;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::discover::{self, Suite, Variant};
use crate::execute::{self, ExecuteConfig, RuntimeConfig, StartError, WorkerConfig};
use crate::judge::Judge;
use crate::model::{
    Case, CaseId, CommandRuntime, Durations, EngineInfo, EngineSpec, Event, Exit, ExpectationSet,
    InputError, Observation, Outcome, Plan, Summary, Wanted,
};
use crate::report::{self, Baseline, ReportDir, Repro, StoredRun, StoredSuite, Terminal};
use crate::select::{self, Selection};
pub use bench::{
    Against, BaselineChange, Bench, BenchDone, Calibrate, Saved, Saving, SelfCheck, SelfCheckDone,
    bench, bench_calibrate, bench_explain, bench_lint, bench_self_check,
};
pub use engine::engine_for;
pub use import::import_expectations;
use input::{CannotRun, Found};
pub use merge::{Merge, merge};
pub use suites::{Suites, SuitesTask, suites};

/// A conformance run, as the command line has it.
#[derive(Clone, Debug)]
pub struct Conformance {
    /// The folder that holds `suites/` and `golden/`.
    pub root: PathBuf,
    /// Suites by name, or paths of single files; all suites if empty.
    pub targets: Vec<String>,
    /// A folder to take the files from instead of a suite's own source.
    pub from: Option<PathBuf>,
    /// The engine: a name, or the path of a runtime's file.
    pub engine: String,
    /// The variants; `all` for all of the engine's, its first if empty.
    pub variants: Vec<String>,
    /// The engine's setting `device`, instead of what a variant says.
    pub device: Option<String>,
    /// The worker's program; none for a runtime that only has a command line.
    pub worker: Option<PathBuf>,
    /// The runtime's program, instead of what its file names.
    pub runtime: Option<PathBuf>,
    /// Whether a runtime that can may keep compiled code below `target`.
    pub code_cache: bool,
    /// How many workers run at once.
    pub jobs: usize,
    /// How many programs run at once.
    pub program_jobs: usize,
    /// How long one directive may take.
    pub timeout: Duration,
    /// How long a worker's start may take.
    pub start_timeout: Duration,
    /// The most bytes of memory a worker may have resident.
    pub memory_limit: u64,
    /// How often a case is tried again that did not go as expected.
    pub retries: u32,
    /// What to run of it.
    pub selection: Selection,
    /// What to do.
    pub action: Action,
    /// Show where the wording of errors differs.
    pub messages: bool,
    /// Where to write reports.
    pub report: Option<PathBuf>,
    /// A `results.json` to compare with.
    pub against: Option<PathBuf>,
    /// How a case is run again.
    pub repro: Repro,
}

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run and judge.
    Run,
    /// Say what would run.
    List,
    /// Run, and rewrite expectations and goldens to match.
    Bless,
    /// Run, and record how long cases took.
    RecordDurations,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Done {
    /// How the command ends.
    pub exit: Exit,
    /// Each variant that ran, judged.
    pub summaries: Vec<Summary>,
    /// Input that could not be used.
    pub complaints: Vec<String>,
}

/// Runs suites on an engine and tells what came of it. Stops early when `stop`
/// is set.
pub fn conformance(config: &Conformance, stop: &AtomicBool, terminal: &mut Terminal) -> Done {
    match Run::prepare(config, terminal) {
        Ok(run) => run.go(stop, terminal),
        Err(failed) => {
            terminal.complain(&failed.message);
            terminal.document(&report::document(
                &[],
                std::slice::from_ref(&failed.message),
                failed.exit,
                &config.repro,
            ));
            Done {
                exit: failed.exit,
                summaries: Vec::new(),
                complaints: vec![failed.message],
            }
        }
    }
}

struct Run<'a> {
    config: &'a Conformance,
    variants: Vec<Variant>,
    runtime: Option<CommandRuntime>,
    found: Found,
    durations: Durations,
    report: Option<ReportDir>,
    baseline: Option<Baseline>,
}

impl<'a> Run<'a> {
    fn prepare(config: &'a Conformance, terminal: &Terminal) -> Result<Run<'a>, CannotRun> {
        // What is cheap to know is said before anything takes time.
        let found = input::discover(config)?;
        if config.action == Action::Bless {
            input::refuse_to_bless(&found.suites)?;
        }
        let baseline = config.against.as_deref().map(Baseline::read).transpose()?;
        let variants = input::variants(config)?;
        let runtime = engine::runtime(config, &found.suites)?;
        let mut found = found;
        found
            .complaints
            .extend(input::idle_filters(config, &found.suites));
        let mut durations = Durations::default();
        for suite in &found.suites {
            match select::read_durations(&suite.folder) {
                Ok(of_suite) => durations.extend(of_suite),
                Err(error) => found.complaints.push(error.to_string()),
            }
        }
        let notes = found.suites.iter().flat_map(|suite| &suite.notes);
        for note in notes.chain(&found.notes) {
            terminal.note(&format!("note: {note}"));
        }
        for complaint in &found.complaints {
            terminal.complain(complaint);
        }
        let wanted = config.report.as_deref();
        let wanted = wanted.filter(|_| config.action != Action::List);
        let report = wanted.map(ReportDir::create).transpose()?;
        Ok(Run {
            config,
            variants,
            runtime,
            found,
            durations,
            report,
            baseline,
        })
    }

    fn go(mut self, stop: &AtomicBool, terminal: &mut Terminal) -> Done {
        let mut summaries = Vec::new();
        let mut plans = Vec::new();
        let mut goldens = BTreeMap::new();
        let mut complaints = std::mem::take(&mut self.found.complaints);
        let mut selected = false;
        for variant in self.variants.clone() {
            let spec = variant.spec();
            if stop.load(Ordering::Relaxed) {
                let message = format!("interrupted: variant {} was not run", spec.variant);
                terminal.complain(&message);
                complaints.push(message);
                continue;
            }
            let planned = self.plan(&spec);
            let (engine, plan, expectations) = match planned {
                Ok((engine, plan, expectations, more)) => {
                    for complaint in &more {
                        terminal.complain(complaint);
                    }
                    complaints.extend(more);
                    let lost = variant.lost(&engine.capabilities);
                    if !lost.is_empty() {
                        let message = format!(
                            "suites/variants.toml: `{}` lacks {}, which its `lacks` does not list",
                            variant.name,
                            lost.join(", ")
                        );
                        terminal.complain(&message);
                        complaints.push(message);
                    }
                    (engine, plan, expectations)
                }
                Err(error) => {
                    terminal.complain(&error.to_string());
                    complaints.push(error.to_string());
                    continue;
                }
            };
            selected |= !plan.run.is_empty();
            if self.config.action == Action::List {
                plans.push((spec.variant.clone(), plan));
                continue;
            }
            if plan.run.is_empty() && plan.not_run.iter().all(|(_, why)| why.is_deselected()) {
                continue;
            }
            let (summary, error) = self.run(
                &spec,
                &engine,
                &plan,
                &expectations,
                stop,
                terminal,
                &mut goldens,
            );
            terminal.stop();
            terminal.summary(&summary, &self.config.repro, self.config.messages);
            summaries.push(summary);
            if let Some(error) = error {
                terminal.complain(&error);
                complaints.push(error);
            }
        }
        if self.config.action == Action::List {
            terminal.list(&plans, &self.found.absent);
            let exit = match (complaints.is_empty(), selected) {
                (false, _) => Exit::CouldNotRun,
                (true, true) => Exit::Expected,
                (true, false) => Exit::NothingSelected,
            };
            return Done {
                exit,
                summaries,
                complaints,
            };
        }
        self.after(&summaries, &goldens, &mut complaints, terminal);
        let exit = verdict(&summaries, &complaints);
        if exit == Exit::NothingSelected {
            terminal.complain(&self.nothing_selected(&summaries));
        }
        terminal.absent(&self.found.absent);
        let repro = &self.config.repro;
        terminal.document(&report::document(&summaries, &complaints, exit, repro));
        if selected {
            terminal.verdict(&summaries, exit);
        }
        Done {
            exit,
            summaries,
            complaints,
        }
    }

    /// Names what comes nearest to filters that select nothing.
    fn nothing_selected(&self, summaries: &[Summary]) -> String {
        if summaries.iter().any(|summary| !summary.skipped.is_empty()) {
            return "nothing was run: every selected case is left out for the reasons above"
                .to_owned();
        }
        let mut message = "nothing was selected: no case passes the filters".to_owned();
        let names: Vec<_> = self
            .found
            .suites
            .iter()
            .flat_map(|suite| &suite.cases)
            .map(|case| case.id.0.as_str())
            .collect();
        for filter in &self.config.selection.filters {
            let nearest = input::nearest(filter.text(), names.iter().copied(), 3);
            if !nearest.is_empty() {
                let nearest = nearest.join(", ");
                message.push_str(&format!("\n  nearest to `{}`: {nearest}", filter.text()));
            }
        }
        message
    }

    fn worker(&self, spec: &EngineSpec) -> Option<WorkerConfig> {
        let program = self.config.worker.clone()?;
        Some(WorkerConfig {
            program,
            arguments: Vec::new(),
            spec: spec.clone(),
            start_timeout: self.config.start_timeout,
            memory_limit: self.config.memory_limit,
        })
    }

    fn programs(&self, spec: &EngineSpec) -> Option<RuntimeConfig> {
        let runtime = self.runtime.clone()?;
        Some(RuntimeConfig {
            runtime,
            settings: spec.settings.clone(),
            memory_limit: self.config.memory_limit,
            jobs: self.config.program_jobs,
        })
    }

    /// What a variant runs, what is expected of it, and what is wrong with
    /// suites that are therefore left out.
    fn plan(
        &self,
        spec: &EngineSpec,
    ) -> Result<(EngineInfo, Plan, ExpectationSet, Vec<String>), StartError> {
        let engine = engine::info(self.worker(spec).as_ref(), self.runtime.as_ref())?;
        let mut entries = Vec::new();
        let mut cases: Vec<Case> = Vec::new();
        let mut complaints = Vec::new();
        for suite in &self.found.suites {
            match input::expectations(suite, &engine, spec) {
                Ok(found) => {
                    entries.extend(found);
                    cases.extend(suite.cases.iter().cloned());
                }
                Err(error) => complaints.push(error.to_string()),
            }
        }
        let set = match ExpectationSet::new(entries) {
            Ok(set) => set,
            Err(error) => {
                complaints.push(error.to_string());
                ExpectationSet::default()
            }
        };
        if !self.found.suites.iter().any(|suite| suite.part) {
            complaints.extend(self.unmatched(&set, &cases));
        }
        for suite in &self.found.suites {
            complaints.extend(input::expected_below_floor(suite, &set));
        }
        let plan = select::plan(
            cases,
            &engine,
            &set,
            &self.config.selection,
            &self.durations,
        );
        Ok((engine, plan, set, complaints))
    }

    /// Complains of entries that are about no case of their suite.
    fn unmatched(&self, set: &ExpectationSet, cases: &[Case]) -> Vec<String> {
        let ids: Vec<&CaseId> = cases.iter().map(|case| &case.id).collect();
        set.unmatched(&ids)
            .into_iter()
            .map(|entry| {
                let names = ids.iter().map(|id| id.0.as_str());
                let nearest = input::nearest(&entry.test, names, 1);
                let hint = nearest
                    .first()
                    .map_or_else(String::new, |name| format!("; the nearest is `{name}`"));
                format!(
                    "{}: `{}` matches no case{hint}; correct or remove the entry",
                    entry.place(),
                    entry.test
                )
            })
            .collect()
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the one place where all of them meet"
    )]
    fn run(
        &mut self,
        spec: &EngineSpec,
        engine: &EngineInfo,
        plan: &Plan,
        expectations: &ExpectationSet,
        stop: &AtomicBool,
        terminal: &mut Terminal,
        goldens: &mut BTreeMap<(String, String), String>,
    ) -> (Summary, Option<String>) {
        let execute = ExecuteConfig {
            worker: self.worker(spec),
            programs: self.programs(spec),
            jobs: self.config.jobs,
            directive_timeout: self.config.timeout,
        };
        let suites: Vec<_> = self
            .found
            .suites
            .iter()
            .map(|suite| StoredSuite {
                name: suite.name.clone(),
                source: suite.source.clone(),
                origin: suite.origin.clone(),
                version: suite.version.clone(),
            })
            .collect();
        terminal.start(
            engine,
            &spec.variant,
            &counts(&self.found.suites, plan),
            plan.run.len(),
        );
        if let Some(report) = &mut self.report {
            report.start(StoredRun {
                schema: StoredRun::SCHEMA,
                engine: engine.clone(),
                variant: spec.variant.clone(),
                shard: self.config.selection.shard,
                suites: suites.clone(),
                absent: self.found.absent.clone(),
                planned: plan
                    .run
                    .iter()
                    .map(|planned| planned.case.id.clone())
                    .collect(),
                not_run: plan.not_run.clone(),
            });
        }
        let rules = self.found.suites.iter().map(|suite| suite.rules.clone());
        let mut judge = Judge::new(expectations, self.config.messages).with_rules(rules.collect());
        let mut cases: Vec<&Case> = plan.run.iter().map(|planned| &planned.case).collect();
        let mut attempt = 1;
        let blessing = self.config.action == Action::Bless;
        let report = &mut self.report;
        let retries = self.config.retries;
        let mut error = None;
        while !cases.is_empty() && error.is_none() && !stop.load(Ordering::Relaxed) {
            let mut again = Vec::new();
            let ran = execute::run(&cases, attempt, &execute, stop, &mut |event| {
                if blessing {
                    keep_golden(&event, goldens);
                }
                if let Some(verdict) = judge.take(&event) {
                    if !verdict.is_expected() && !verdict.interrupted {
                        again.push(event.case.clone());
                    }
                    if attempt == 1 {
                        terminal.case(verdict);
                    }
                }
                if let Some(report) = report {
                    report.event(event);
                }
            });
            error = ran.err().map(|error| error.to_string());
            again.retain(|id| judge.attempts(id, retries) > attempt);
            cases.retain(|case| again.contains(&case.id));
            attempt += 1;
        }
        let interrupted = stop.load(Ordering::Relaxed) || error.is_some();
        let never_ended = |planned: &&crate::model::Planned| !judge.has_ended(&planned.case.id);
        if let (false, Some(planned)) = (interrupted, plan.run.iter().find(never_ended)) {
            error = Some(format!("{} was to run and never ended", planned.case.id));
        }
        if let Some(report) = &mut self.report {
            report.finish(interrupted);
        }
        let origins: Vec<_> = suites
            .into_iter()
            .map(|suite| (suite.name, suite.origin))
            .collect();
        let mut summary = judge.finish(
            engine.clone(),
            spec.variant.clone(),
            self.config.selection.shard,
            &origins,
            &plan.not_run,
            interrupted,
        );
        summary.absent = self.found.absent.clone();
        (summary, error)
    }

    /// Writes what is to be written when everything has run.
    fn after(
        &mut self,
        summaries: &[Summary],
        goldens: &BTreeMap<(String, String), String>,
        complaints: &mut Vec<String>,
        terminal: &Terminal,
    ) {
        if let Some(mut report) = self.report.take() {
            for complaint in complaints.iter() {
                report.complain(complaint);
            }
            let written = report.write(
                summaries,
                complaints,
                verdict(summaries, complaints),
                &self.config.repro,
                self.baseline.as_ref(),
            );
            if let Err(error) = written {
                complaints.push(error.to_string());
                terminal.complain(&error.to_string());
            }
        }
        let suites = self.config.root.join("suites");
        let written = match self.config.action {
            Action::Run | Action::List => Ok(Vec::new()),
            Action::Bless | Action::RecordDurations
                if !complaints.is_empty() || summaries.iter().any(|s| s.interrupted) =>
            {
                Err(InputError::file(
                    &suites,
                    "nothing is written by a run that left something out; mend what it says first",
                ))
            }
            Action::RecordDurations => {
                summaries
                    .iter()
                    .take(1)
                    .try_fold(Vec::new(), |mut written, summary| {
                        let known = &self.durations;
                        written.extend(report::record_durations(&suites, known, summary)?);
                        Ok(written)
                    })
            }
            Action::Bless => self.bless(&suites, summaries, goldens),
        };
        match written {
            Ok(files) => {
                for file in files {
                    terminal.note(&format!("wrote {}", file.display()));
                }
            }
            Err(error) => {
                complaints.push(error.to_string());
                terminal.complain(&error.to_string());
            }
        }
    }

    fn bless(
        &self,
        suites: &Path,
        summaries: &[Summary],
        goldens: &BTreeMap<(String, String), String>,
    ) -> Result<Vec<PathBuf>, InputError> {
        let sources = self
            .found
            .suites
            .iter()
            .map(|suite| (suite.name.clone(), suite.source.clone()))
            .collect();
        let engine = engine::name(self.config);
        let of_engine = |variant: &&Variant| variant.engine == engine;
        let variants_file = self.config.root.join("suites/variants.toml");
        let scope = report::BlessScope {
            sources,
            variants: discover::read_variants(&variants_file)?
                .iter()
                .filter(of_engine)
                .map(|variant| variant.name.clone())
                .collect(),
            partial: !self.config.selection.filters.is_empty()
                || self.found.suites.iter().any(|suite| suite.part),
        };
        let mut written = report::bless(suites, summaries, &scope)?;
        for ((suite, name), text) in goldens {
            let file = self.config.root.join("golden").join(suite).join(name);
            let unchanged = std::fs::read_to_string(&file).is_ok_and(|old| old == *text);
            if !unchanged {
                report::atomically(&file, text.as_bytes()).map_err(|error| {
                    InputError::file(&file, format!("cannot be written: {error}"))
                })?;
                written.push(file);
            }
        }
        Ok(written)
    }
}

/// How a command ends that ran these, and left out what is complained of.
fn verdict(summaries: &[Summary], complaints: &[String]) -> Exit {
    let mut exit = Exit::Expected;
    if summaries.iter().all(|summary| summary.cases.is_empty()) {
        exit = exit.and(Exit::NothingSelected);
    }
    if !summaries.iter().all(Summary::passes) {
        exit = exit.and(Exit::Unexpected);
    }
    if !complaints.is_empty() || summaries.iter().any(|summary| !summary.stale.is_empty()) {
        exit = exit.and(Exit::CouldNotRun);
    }
    exit
}

fn keep_golden(event: &Event, goldens: &mut BTreeMap<(String, String), String>) {
    if let Some(Observation::Ran {
        wanted: Wanted::Golden { name, .. },
        outcome: Outcome::Text(text),
        ..
    }) = &event.observation
    {
        let suite = event.case.suite().to_owned();
        goldens.insert((suite, name.clone()), text.clone());
    }
}

fn counts(suites: &[Suite], plan: &Plan) -> Vec<(String, String, usize)> {
    suites
        .iter()
        .map(|suite| {
            let cases = plan.run.iter();
            let count = cases.filter(|planned| planned.case.id.suite() == suite.name);
            (suite.name.clone(), suite.origin.clone(), count.count())
        })
        .filter(|(_, _, count)| *count > 0)
        .collect()
}
