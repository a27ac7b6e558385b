//! From the corpus, the variants and what the engine offers to units: what is
//! asked of each process.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::Bench;
use crate::discover;
use crate::execute::bench::{ArmConfig, Greeting, Item, Subject, Unit, greeting};
use crate::model::EngineSpec;
use crate::model::bench::{BenchProgram, ExactKind, MetricName, Phase, WorkloadSize};
use crate::pipeline::input::CannotRun;
use crate::select::MetricFilter;

/// What is to be measured.
#[derive(Debug)]
pub(super) struct BenchPlan {
    /// Every unit that has something to time.
    pub(super) units: Vec<Unit>,
    /// Every unit whose program has something to count; of some nothing is timed.
    pub(super) counted: Vec<Unit>,
    /// What the current build's worker says of itself, in the first variant.
    pub(super) greeting: Greeting,
    /// Programs that cannot be measured, and why.
    pub(super) left_out: Vec<String>,
}

/// Finds the programs and asks the worker of each variant what it offers.
pub(super) fn plan(
    config: &Bench,
    variants: &[EngineSpec],
    stop: &AtomicBool,
) -> Result<BenchPlan, CannotRun> {
    let (programs, left_out) = programs(config)?;
    let mut units = Vec::new();
    let mut counted = Vec::new();
    let mut first = None;
    for spec in variants {
        let greeting = greeting(&config.current, spec, stop)?;
        for program in &programs {
            let unit = unit_of(program, spec, config.size, &config.only)?;
            if !unit.items.is_empty() || has_counts(program, spec, &config.only)? {
                counted.push(unit.clone());
            }
            units.extend(Some(unit).filter(|unit| !unit.items.is_empty()));
        }
        if config.modules.is_empty() {
            units.extend(operations(&greeting, spec, config.size, &config.only)?);
        }
        first.get_or_insert(greeting);
    }
    let greeting = first.ok_or_else(|| CannotRun::new("no variant was given"))?;
    Ok(BenchPlan {
        units,
        counted,
        greeting,
        left_out,
    })
}

fn programs(config: &Bench) -> Result<(Vec<BenchProgram>, Vec<String>), CannotRun> {
    if !config.modules.is_empty() {
        let modules = config
            .modules
            .iter()
            .map(|module| discover::module_program(module, &config.generated))
            .collect::<Result<Vec<_>, _>>()?;
        return Ok((modules, Vec::new()));
    }
    let own = config.root.join("suites/corpus");
    let corpus: &Path = config.from.as_deref().unwrap_or(&own);
    let found = discover::find_benchmarks(corpus, &config.generated)?;
    let left_out = found
        .left_out
        .iter()
        .map(|left_out| format!("{}: {}", left_out.program, left_out.reason))
        .collect();
    Ok((found.programs, left_out))
}

fn unit_of(
    program: &BenchProgram,
    spec: &EngineSpec,
    size: WorkloadSize,
    only: &[MetricFilter],
) -> Result<Unit, CannotRun> {
    let has_workload = program
        .workloads
        .iter()
        .any(|workload| workload.size == size);
    let mut items = Vec::new();
    for phase in &program.phases {
        if *phase == Phase::Execute && !has_workload {
            continue;
        }
        let metric = name(phase.name(), &program.name, spec)?;
        if selected(&metric, only) {
            items.push(Item {
                metric,
                subject: Subject::Phase(*phase),
            });
        }
    }
    Ok(Unit {
        name: format!("{}, {}", program.name, spec.variant),
        spec: spec.clone(),
        programs: Some(Box::new([program.clone(), program.clone()])),
        size,
        items,
    })
}

/// Whether counts of a program are asked for.
fn has_counts(
    program: &BenchProgram,
    spec: &EngineSpec,
    only: &[MetricFilter],
) -> Result<bool, CannotRun> {
    for kind in ExactKind::ALL {
        if selected(&name(kind.name(), &program.name, spec)?, only) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why the other build cannot be compared with this one: another engine or
/// profile, or operations that only it has.
pub(super) fn incomparable(
    config: &Bench,
    other: &ArmConfig,
    plan: &BenchPlan,
    variants: &[EngineSpec],
    stop: &AtomicBool,
) -> Result<Vec<String>, CannotRun> {
    let mut lost = Vec::new();
    for spec in variants {
        let there = greeting(other, spec, stop)?;
        let here = &plan.greeting;
        for (what, there, here) in [
            ("engine", &there.engine.name, &here.engine.name),
            ("profile", &there.profile, &here.profile),
        ] {
            if there != here {
                return Err(CannotRun::new(format!(
                    "{}: its {what} is {there}, and that of the current build is {here}",
                    other.info.label
                )));
            }
        }
        for operation in &there.operations {
            let metric = name(Phase::Operation.name(), operation, spec)?;
            let is_lost = !here.operations.contains(operation);
            if is_lost && config.modules.is_empty() && selected(&metric, &config.only) {
                lost.push(format!(
                    "{metric}: {} has it and the current build has not",
                    other.info.label
                ));
            }
        }
    }
    Ok(lost)
}

/// One unit for all operations of a variant.
fn operations(
    greeting: &Greeting,
    spec: &EngineSpec,
    size: WorkloadSize,
    only: &[MetricFilter],
) -> Result<Option<Unit>, CannotRun> {
    let mut items = Vec::new();
    for operation in &greeting.operations {
        let metric = name(Phase::Operation.name(), operation, spec)?;
        if selected(&metric, only) {
            items.push(Item {
                metric,
                subject: Subject::Operation(operation.clone()),
            });
        }
    }
    Ok((!items.is_empty()).then(|| Unit {
        name: format!("operations, {}", spec.variant),
        spec: spec.clone(),
        programs: None,
        size,
        items,
    }))
}

pub(super) fn name(
    subject: &str,
    program: &str,
    spec: &EngineSpec,
) -> Result<MetricName, CannotRun> {
    MetricName::of(subject, program, &spec.variant)
        .map_err(|error| CannotRun::new(error.to_string()))
}

pub(super) fn selected(metric: &MetricName, only: &[MetricFilter]) -> bool {
    only.is_empty() || only.iter().any(|filter| filter.selects(metric))
}
