//! The JSON document of a run. `docs/reports.md` describes it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Repro;
use super::terminal::thousands;
use crate::model::{
    Absent, CaseVerdict, Exit, FloorTotals, NotRun, Plan, ProblemKind, SuiteTotals, Summary,
};

/// The version of the documents' shape.
const SCHEMA: u32 = 1;

/// The document for one or several variants; `complaints` are the input files
/// that could not be used. The verdict is `pass` only if all is as expected.
pub fn document(summaries: &[Summary], complaints: &[String], exit: Exit, repro: &Repro) -> Value {
    let engine = summaries.first().map(|first| {
        let variants: Vec<_> = summaries.iter().map(|s| s.variant.as_str()).collect();
        json!({
            "name": first.engine.name,
            "version": first.engine.version,
            "wasmtime": first.engine.wasmtime,
            "variant": variants.join(","),
        })
    });
    json!({
        "schema": SCHEMA,
        "engine": engine,
        "suites": summaries.iter().flat_map(suites).collect::<Vec<_>>(),
        "unexpected": summaries
            .iter()
            .flat_map(|summary| unexpected(summary, repro))
            .collect::<Vec<_>>(),
        "skipped": summaries.iter().flat_map(skipped).collect::<Vec<_>>(),
        "absent": absent(summaries),
        "refused": summaries.iter().flat_map(refused).collect::<Vec<_>>(),
        "floors": summaries.iter().flat_map(floors).collect::<Vec<_>>(),
        "errors": complaints,
        "interrupted": summaries.iter().any(|summary| summary.interrupted),
        "verdict": if exit == Exit::Expected { "pass" } else { "fail" },
    })
}

/// The document of `--list`: what would run and what would not.
pub(super) fn list(plans: &[(String, Plan)], absent: &[Absent]) -> Value {
    let cases = plans.iter().flat_map(|(variant, plan)| {
        let run = plan.run.iter().map(move |planned| {
            json!({ "id": planned.case.id, "variant": variant, "weight_us": planned.weight })
        });
        let not_run = plan
            .not_run
            .iter()
            .filter(|(_, why)| !why.is_deselected())
            .map(move |(id, why)| {
                json!({ "id": id, "variant": variant, "skipped": why.to_string() })
            });
        run.chain(not_run)
    });
    json!({ "schema": SCHEMA, "cases": cases.collect::<Vec<_>>(), "absent": absent })
}

/// The suites whose files are not here, each once.
pub(super) fn absent(summaries: &[Summary]) -> BTreeSet<&Absent> {
    let all = summaries.iter().flat_map(|summary| &summary.absent);
    all.collect()
}

fn suites(summary: &Summary) -> Vec<Value> {
    let suite = |totals: &SuiteTotals| {
        let mut value = json!(totals);
        value["variant"] = json!(summary.variant);
        value
    };
    summary.suites.iter().map(suite).collect()
}

fn unexpected(summary: &Summary, repro: &Repro) -> Vec<Value> {
    let mut out = Vec::new();
    for case in summary.unexpected() {
        let repro = repro.of(&case.id, &summary.variant);
        let entry = |line: Option<usize>, verdict: &str, message: &str| {
            json!({
                "id": line.map_or_else(|| case.id.0.clone(), |line| case.id.at(line)),
                "suite": case.id.suite(),
                "variant": summary.variant,
                "verdict": verdict,
                "message": message,
                "repro": repro,
            })
        };
        out.extend(
            case.unexpected
                .iter()
                .map(|problem| entry(Some(problem.line), problem.kind.name(), &problem.message)),
        );
        out.extend(case.unexpected_passes.iter().map(|pass| {
            entry(
                pass.line,
                "unexpected_pass",
                &unexpected_pass(case, &pass.entry),
            )
        }));
    }
    let missed = summary.floors.iter().filter(|floor| !floor.is_met());
    out.extend(missed.map(|missed| {
        json!({
            "id": format!("{} floor {}", missed.suite, missed.name),
            "suite": missed.suite,
            "variant": summary.variant,
            "verdict": "floor",
            "message": floor(missed),
            "repro": null,
        })
    }));
    out.extend(summary.stale.iter().map(|entry| {
        json!({
            "id": entry.test,
            "suite": entry.test.split('/').next(),
            "variant": summary.variant,
            "verdict": "stale_expectation",
            "message": stale(&entry.place(), &entry.test),
            "repro": null,
        })
    }));
    out
}

fn skipped(summary: &Summary) -> Vec<Value> {
    let entry = |(id, why): &(crate::model::CaseId, NotRun)| json!({ "id": id, "variant": summary.variant, "reason": why.to_string() });
    summary.skipped.iter().map(entry).collect()
}

fn refused(summary: &Summary) -> Vec<Value> {
    let of = |suite: &SuiteTotals| {
        let reasons = summary.refused(&suite.name).into_iter();
        let entry = |(reason, refused): (&str, crate::model::Refusals)| {
            json!({
                "suite": suite.name,
                "variant": summary.variant,
                "reason": reason,
                "modules": refused.modules,
                "directives": refused.directives,
            })
        };
        reasons.map(entry).collect::<Vec<_>>()
    };
    summary.suites.iter().flat_map(of).collect()
}

fn floors(summary: &Summary) -> Vec<Value> {
    let entry = |floor: &FloorTotals| {
        let mut value = json!(floor);
        value["variant"] = json!(summary.variant);
        value
    };
    summary.floors.iter().map(entry).collect()
}

/// What to say of a floor.
pub(super) fn floor(floor: &FloorTotals) -> String {
    let count = |returns, traps| {
        let (returns, traps) = (thousands(returns), thousands(traps));
        format!("{returns} returns and {traps} traps")
    };
    let passed = count(floor.returns, floor.traps);
    let wanted = count(floor.wanted_returns, floor.wanted_traps);
    let (suite, name) = (&floor.suite, &floor.name);
    if floor.refused > floor.may_refuse {
        let (refused, most) = (thousands(floor.refused), thousands(floor.may_refuse));
        return format!(
            "{suite}, {name}: {passed} passed, but the engine refused {refused} directives, and \
             may refuse {most}"
        );
    }
    if !floor.is_met() {
        return format!("{suite}, {name}: {passed} passed, and {wanted} must");
    }
    match (floor.returns, floor.traps) == (floor.wanted_returns, floor.wanted_traps) {
        true => format!("{name}: {passed}, as wanted"),
        false => format!("{name}: {passed}, at least {wanted} as wanted"),
    }
}

/// What to say of an expectation that was not met.
pub(super) fn unexpected_pass(case: &CaseVerdict, entry: &str) -> String {
    let what = if case.counts.passed == case.counts.executed {
        "everything passed"
    } else {
        "it passed"
    };
    format!("{what}, but {entry} expects that it does not; remove the entry, or run with --bless")
}

/// What to say of an entry that names no directive.
pub(super) fn stale(place: &str, test: &str) -> String {
    format!(
        "{place}: `{test}` names a directive that does not exist; correct the line or remove the entry"
    )
}

/// The word for a problem in running text.
pub(super) fn word(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Failed => "FAIL",
        ProblemKind::Crashed => "CRASH",
        ProblemKind::TimedOut => "TIMEOUT",
        ProblemKind::Flaky => "FLAKY",
    }
}
