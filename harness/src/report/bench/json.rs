//! The JSON document of a run of `bench`. `docs/bench-reports.md` describes it.

use serde_json::{Value, json};

use super::words;
use crate::model::Exit;
use crate::model::bench::{BenchReport, Judged};
use crate::report::Repro;

/// The version of the document's shape.
const SCHEMA: u32 = 1;

/// The document.
pub fn document(report: &BenchReport, exit: Exit, repro: &Repro) -> Value {
    let metrics = report.judged.iter().map(|judged| metric(judged, repro));
    json!({
        "schema": SCHEMA,
        "verdict": word(exit),
        "exit": exit.code(),
        "baseline": report.baseline,
        "current": report.current,
        "started": report.started,
        "seconds": report.seconds,
        "seed": report.seed,
        "machine": {
            "fingerprint": report.fingerprint,
            "conditions": report.conditions,
        },
        "metrics": metrics.collect::<Vec<_>>(),
        "measured": report.measured,
        "counts": report.exact,
        "problems": report.problems,
        "warnings": report.warnings,
    })
}

fn word(exit: Exit) -> &'static str {
    match exit {
        Exit::Expected => "pass",
        Exit::Unexpected => "fail",
        Exit::Inconclusive => "inconclusive",
        Exit::CouldNotRun => "could-not-run",
        Exit::NothingSelected => "nothing",
    }
}

fn metric(judged: &Judged, repro: &Repro) -> Value {
    json!({
        "name": judged.metric,
        "rule": judged.rule,
        "verdict": judged.verdict,
        "gating": judged.gating,
        "noisy": words::noisy(judged),
        "evidence": judged.evidence,
        "explanation": judged.explanation,
        "remark": judged.remark,
        "repro": repro.of_metric(&judged.metric),
    })
}

/// The document of a run that came to nothing.
pub fn failure(message: &str, exit: Exit) -> Value {
    json!({
        "schema": SCHEMA,
        "verdict": word(exit),
        "exit": exit.code(),
        "problems": [message],
    })
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    fn of(exit: Exit) -> Value {
        let repro = Repro("cargo xtask bench --compare baseline".to_owned());
        document(&example::report().0, exit, &repro)
    }

    #[test]
    fn every_metric_is_there_with_what_its_verdict_rests_on() {
        let document = of(Exit::Unexpected);
        assert_eq!(
            (&document["schema"], &document["exit"]),
            (&json!(1), &json!(1))
        );
        let (report, _) = example::report();
        let metrics = document["metrics"].as_array().unwrap();
        assert_eq!(metrics.len(), report.judged.len());
        let named = |name: &str| {
            let mut metrics = metrics.iter();
            metrics.find(|metric| metric["name"] == name).unwrap()
        };
        let fib = named("execute/fib/cranelift");
        assert_eq!(fib["verdict"], "regressed");
        assert_eq!(fib["rule"], "live-pair");
        assert_eq!(fib["evidence"]["pair"]["rounds"], 15);
        assert_eq!(named("execute/interpreter/cranelift")["noisy"], true);
        let code = named("code-bytes/json-parse/cranelift");
        assert_eq!(
            code["evidence"]["exact"],
            json!({ "baseline": 48_112, "current": 49_216 })
        );
        assert_eq!(code["explanation"]["commit"], "3f2a91c07d5e");
        // A name with the characters of a glob is repeated as itself.
        let emit = named("jit_compile/emit_text/matmul[16x16x16]");
        assert_eq!(
            emit["repro"],
            "cargo xtask bench --compare baseline \
             --only 'jit_compile/emit_text/matmul[[]16x16x16[]]'"
        );
        let pattern = glob::Pattern::new("jit_compile/emit_text/matmul[[]16x16x16[]]").unwrap();
        assert!(pattern.matches("jit_compile/emit_text/matmul[16x16x16]"));
    }

    #[test]
    fn every_end_has_its_word() {
        let ends = [
            (Exit::Expected, "pass"),
            (Exit::Unexpected, "fail"),
            (Exit::CouldNotRun, "could-not-run"),
            (Exit::Inconclusive, "inconclusive"),
            (Exit::NothingSelected, "nothing"),
        ];
        for (exit, word) in ends {
            assert_eq!(of(exit)["verdict"], word);
        }
    }
}
