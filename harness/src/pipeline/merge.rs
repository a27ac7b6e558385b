//! Joins the stored runs of shards and judges them as one run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Done, verdict};
use crate::discover;
use crate::judge::Judge;
use crate::model::{CaseId, Exit, ExpectationSet, NotRun, Shard, Summary};
use crate::report::{self, Baseline, ReportDir, Repro, StoredRun, Terminal, read_run};
use crate::select::{self, Conditions};

/// What is to be joined.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The folder that holds `suites/`.
    pub root: PathBuf,
    /// The report folders of the shards.
    pub shards: Vec<PathBuf>,
    /// Where to write reports.
    pub report: Option<PathBuf>,
    /// A `results.json` to compare with.
    pub against: Option<PathBuf>,
    /// How a case is run again.
    pub repro: Repro,
}

/// Why stored runs do not make one run.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Mismatch(String);

type Failed = Box<dyn std::error::Error>;

/// Judges the shards' observations with the expectations of today, and tells
/// what came of them. Refuses shards that overlap, that leave a case out, or
/// that are from different engines.
pub fn merge(config: &Merge, terminal: &mut Terminal) -> Done {
    match try_merge(config) {
        Ok((summaries, complaints)) => {
            for complaint in &complaints {
                terminal.complain(complaint);
            }
            for summary in &summaries {
                terminal.summary(summary, &config.repro, false);
            }
            let exit = verdict(&summaries, &complaints);
            if let Some(summary) = summaries.first() {
                terminal.absent(&summary.absent);
            }
            terminal.document(&report::document(
                &summaries,
                &complaints,
                exit,
                &config.repro,
            ));
            terminal.verdict(&summaries, exit);
            Done {
                exit,
                summaries,
                complaints,
            }
        }
        Err(error) => {
            let message = error.to_string();
            terminal.complain(&message);
            terminal.document(&report::document(
                &[],
                std::slice::from_ref(&message),
                Exit::CouldNotRun,
                &config.repro,
            ));
            Done {
                exit: Exit::CouldNotRun,
                summaries: Vec::new(),
                complaints: vec![message],
            }
        }
    }
}

fn try_merge(config: &Merge) -> Result<(Vec<Summary>, Vec<String>), Failed> {
    if let Some(report) = &config.report {
        let real = |path: &Path| path.canonicalize().ok();
        let same = |shard: &&PathBuf| real(shard).is_some() && real(shard) == real(report);
        if let Some(shard) = config.shards.iter().find(same) {
            let message = format!(
                "{} is one of the shards: --report would overwrite it",
                shard.display()
            );
            return Err(Mismatch(message).into());
        }
    }
    let baseline = config.against.as_deref().map(Baseline::read).transpose()?;
    let mut variants: BTreeMap<String, Vec<(PathBuf, StoredRun)>> = BTreeMap::new();
    let mut complaints = Vec::new();
    for folder in &config.shards {
        let (runs, of_shard) = read_run(folder, |_, _| {})?;
        complaints.extend(
            of_shard
                .into_iter()
                .map(|complaint| format!("{}: {complaint}", folder.display())),
        );
        for run in runs {
            let runs = variants.entry(run.variant.clone()).or_default();
            runs.push((folder.clone(), run));
        }
    }
    let mut joined = BTreeMap::new();
    for (variant, runs) in &variants {
        joined.insert(variant.clone(), join(variant, runs)?);
    }
    // Only now is anything written.
    let mut report = config
        .report
        .as_deref()
        .map(ReportDir::create)
        .transpose()?;
    let mut summaries = Vec::new();
    for (variant, run) in joined {
        summaries.push(judge(config, &variant, run, report.as_mut())?);
    }
    if let Some(report) = report {
        let exit = verdict(&summaries, &complaints);
        report.write(
            &summaries,
            &complaints,
            exit,
            &config.repro,
            baseline.as_ref(),
        )?;
    }
    Ok((summaries, complaints))
}

/// One run made of the shards of a variant, if they make one.
fn join(variant: &str, runs: &[(PathBuf, StoredRun)]) -> Result<StoredRun, Mismatch> {
    let (first_folder, first) = runs
        .first()
        .ok_or_else(|| Mismatch("there is nothing to join".to_owned()))?;
    let mut owner: BTreeMap<&CaseId, &Path> = BTreeMap::new();
    let mut shards: BTreeMap<usize, &Path> = BTreeMap::new();
    for (folder, run) in runs {
        let differs = |what: &str| {
            Mismatch(format!(
                "{} and {} are from different {what}, so they are not shards of one run",
                first_folder.display(),
                folder.display()
            ))
        };
        if run.engine != first.engine {
            return Err(differs("engines"));
        }
        if sources(run) != sources(first) {
            return Err(differs("suites"));
        }
        if let Some(message) = other_version(first, run) {
            return Err(Mismatch(format!(
                "{} and {} {message}, so they are not shards of one run",
                first_folder.display(),
                folder.display()
            )));
        }
        let (Some(shard), Some(of)) = (run.shard, first.shard) else {
            return Err(Mismatch(format!(
                "{} is no shard: it was written without --shard",
                if run.shard.is_none() {
                    folder
                } else {
                    first_folder
                }
                .display()
            )));
        };
        if shard.count != of.count {
            return Err(differs("numbers of shards"));
        }
        if universe(run) != universe(first) {
            return Err(differs("selections of cases"));
        }
        if let Some(other) = shards.insert(shard.index, folder) {
            return Err(Mismatch(format!(
                "{} and {} are both shard {shard} of variant {variant}",
                other.display(),
                folder.display()
            )));
        }
        for id in &run.planned {
            if let Some(other) = owner.insert(id, folder) {
                return Err(Mismatch(format!(
                    "{id} is in {} and in {}: the shards overlap",
                    other.display(),
                    folder.display()
                )));
            }
        }
    }
    let count = first.shard.map_or(1, |shard| shard.count);
    if let Some(index) = (1..=count).find(|index| !shards.contains_key(index)) {
        let missing = Shard { index, count };
        return Err(Mismatch(format!(
            "shard {missing} of variant {variant} is missing"
        )));
    }
    if let Some(id) = universe(first)
        .into_iter()
        .find(|id| !owner.contains_key(id))
    {
        return Err(Mismatch(format!(
            "{id} is in no shard: the shards leave it out"
        )));
    }
    Ok(StoredRun {
        shard: None,
        planned: owner.into_keys().cloned().collect(),
        not_run: first
            .not_run
            .iter()
            .filter(|(_, why)| *why != NotRun::OtherShard)
            .cloned()
            .collect(),
        ..first.clone()
    })
}

/// The suites and where they are from; an absent one has no files from there.
fn sources(run: &StoredRun) -> BTreeSet<(&str, &str, bool)> {
    // Where the files lie may differ from machine to machine.
    let there = run
        .suites
        .iter()
        .map(|suite| (suite.name.as_str(), suite.source.as_str(), true));
    let absent = run
        .absent
        .iter()
        .map(|absent| (absent.suite.as_str(), absent.source.as_str(), false));
    there.chain(absent).collect()
}

/// Says which suite two runs had in different versions.
fn other_version(first: &StoredRun, run: &StoredRun) -> Option<String> {
    let words = |version: &Option<String>| version.clone().unwrap_or("none".to_owned());
    first.suites.iter().find_map(|suite| {
        let mut others = run.suites.iter();
        let other = others.find(|other| other.name == suite.name)?;
        (other.version != suite.version).then(|| {
            format!(
                "had different versions of {}, {} and {}",
                suite.name,
                words(&suite.version),
                words(&other.version)
            )
        })
    })
}

/// Every case that some shard was to run.
fn universe(run: &StoredRun) -> BTreeSet<&CaseId> {
    let others = run
        .not_run
        .iter()
        .filter(|(_, why)| *why == NotRun::OtherShard)
        .map(|(id, _)| id);
    run.planned.iter().chain(others).collect()
}

fn judge(
    config: &Merge,
    variant: &str,
    run: StoredRun,
    mut report: Option<&mut ReportDir>,
) -> Result<Summary, Failed> {
    let mut entries = Vec::new();
    for suite in &run.suites {
        if matches!(suite.source.as_str(), "directory" | "file") {
            continue;
        }
        entries.extend(select::read_expectations(
            &config
                .root
                .join("suites")
                .join(&suite.name)
                .join("expectations.toml"),
            Conditions {
                engine: &run.engine,
                variant,
                source: &suite.source,
                today: jiff::Zoned::now().date(),
            },
        )?);
    }
    let expectations = ExpectationSet::new(entries)?;
    let folder = config.root.join("suites");
    let described = run.suites.iter();
    let described = described.filter(|suite| folder.join(&suite.name).is_dir());
    let rules = described.map(|suite| discover::rules(&folder, &suite.name, &suite.source));
    let rules = rules.collect::<Result<Vec<_>, _>>()?;
    let mut judge = Judge::new(&expectations, false).with_rules(rules);
    let mut ended = BTreeSet::new();
    if let Some(report) = report.as_deref_mut() {
        report.start(run.clone());
    }
    for folder in &config.shards {
        read_run(folder, |header, event| {
            if header.variant != variant {
                return;
            }
            if judge.take(&event).is_some() {
                ended.insert(event.case.clone());
            }
            if let Some(report) = report.as_deref_mut() {
                report.event(event);
            }
        })?;
    }
    if let Some(report) = report {
        report.finish(false);
    }
    if let Some(id) = run.planned.iter().find(|id| !ended.contains(id)) {
        return Err(Mismatch(format!("{id} was to run and never ended")).into());
    }
    let origins: Vec<_> = run
        .suites
        .iter()
        .map(|suite| (suite.name.clone(), suite.origin.clone()))
        .collect();
    let mut summary = judge.finish(
        run.engine,
        variant.to_owned(),
        None,
        &origins,
        &run.not_run,
        false,
    );
    summary.absent = run.absent;
    Ok(summary)
}
