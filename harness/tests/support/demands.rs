//! What a suite demands of a run, and calls that are offered together.

use libtest_mimic::Failed;
use tensor_wasm_harness::model::{Exit, FloorTotals};

use crate::run::{Suite, expect};

/// A suite all of whose files pass, with these keys and this floor.
fn suite(keys: &str, floor: &str) -> Suite {
    let suite = Suite::with_fault("ok");
    let rules = format!(
        "version = 1\ndescription = \"a demonstration\"\nformat = \"wast\"\n{keys}\n\
         [[source]]\nname = \"files\"\n[[source.folder]]\npath = \".\"\n{floor}"
    );
    suite.write("suite.toml", &rules);
    suite
}

fn floor_of(files: &str, counts: &str) -> String {
    format!("[[source.floor]]\nname = \"least\"\nfiles = [{files}]\n{counts}\n")
}

pub(crate) fn floor() -> Result<(), Failed> {
    let met = suite("", &floor_of("\"a.wast\", \"b.wast\"", "returns = 4"));
    let summary = met.run();
    expect(summary.passes() && summary.floors.len() == 1, || {
        format!("{:#?}", summary.floors)
    })?;
    for counts in ["returns = 5", "returns = 4\ntraps = 1"] {
        let missed = suite("", &floor_of("\"a.wast\", \"b.wast\"", counts));
        let done = missed.done();
        let floors = &done.summaries[0].floors;
        let right = done.exit == Exit::Unexpected
            && matches!(
                &floors[..],
                [FloorTotals {
                    returns: 4,
                    traps: 0,
                    ..
                }]
            );
        expect(right, || format!("{counts}: {:?} {floors:#?}", done.exit))?;
    }
    Ok(())
}

pub(crate) fn undermined() -> Result<(), Failed> {
    let refused = |floor: &str, says: &str| {
        let done = suite("", floor).done();
        let right = done.exit == Exit::CouldNotRun
            && done
                .complaints
                .iter()
                .any(|complaint| complaint.contains(says));
        expect(right, || format!("{says}: {done:#?}"))
    };
    refused(
        &floor_of("\"gone.wast\"", "returns = 1"),
        "no file `gone.wast`",
    )?;
    refused(
        &floor_of("\"a.wast\", \"a.wast\"", "returns = 1"),
        "counted twice",
    )?;
    refused(&floor_of("\"a.wast\"", ""), "a floor needs")?;
    refused(&floor_of("", "returns = 1"), "a floor needs")?;
    for outcome in ["fail", "skip"] {
        let mut expected = suite("", &floor_of("\"a.wast\"", "returns = 1"));
        expected.expectation("demo/a.wast", outcome, "");
        let done = expected.done();
        let says = "which the floor `least` of demo counts on";
        let right = done.exit == Exit::CouldNotRun
            && done
                .complaints
                .iter()
                .any(|complaint| complaint.contains(says));
        expect(right, || format!("{outcome}: {done:#?}"))?;
    }
    Ok(())
}

const REFUSED: &str = "(module)
(assert_return (invoke \"ok\") (i32.const 42))
(assert_return (invoke \"unsupported\") (i32.const 42))
";

pub(crate) fn refused() -> Result<(), Failed> {
    let strict = suite("", "");
    strict.write("a.wast", REFUSED);
    expect(!strict.run().passes(), || {
        "a suite that lets nothing be refused".into()
    })?;

    let lenient = suite("may-refuse = true", "");
    lenient.write("a.wast", REFUSED);
    let summary = lenient.run();
    let found = summary.refused("demo");
    let right = matches!(found[..], [("too much", count)] if count.directives == 1);
    expect(summary.passes() && right, || format!("{summary:#?}"))?;
    let case = summary.cases.iter().find(|case| case.id.0 == "demo/a.wast");
    let executed = case.map(|case| (case.counts.executed, case.counts.passed));
    expect(executed == Some((2, 2)), || format!("{executed:?}"))?;

    let alone = suite("may-refuse = true", "");
    alone.write("a.wast", "(assert_return (invoke \"unsupported\"))");
    let passes = alone.run().passes();
    // Without an instance it is missing, which nobody may be.
    expect(!passes, || "a script of which nothing ran".into())?;

    for (most, green) in [(0, false), (1, true)] {
        let counts = format!("returns = 1\nrefused = {most}");
        let floored = suite("may-refuse = true", &floor_of("\"a.wast\"", &counts));
        floored.write("a.wast", REFUSED);
        let summary = floored.run();
        expect(summary.passes() == green, || {
            format!("{most}: {:#?}", summary.floors)
        })?;
    }
    Ok(())
}

/// The result of `together` is how many were called at once.
pub(crate) fn together() -> Result<(), Failed> {
    let suite = suite("", "");
    let call = |line: i32, wanted: i32| {
        format!("(assert_return (invoke \"together\" (i32.const {line})) (i32.const {wanted}))\n")
    };
    let script = [
        "(module)\n".to_owned(),
        call(2, 3),
        call(3, 4),
        call(4, 3),
        "(invoke \"ok\")\n".to_owned(),
        call(6, 1),
        "(assert_return (invoke \"ok\") (i32.const 42))\n".to_owned(),
        call(8, 2),
        call(9, 2),
    ];
    suite.write("a.wast", &script.concat());
    let summary = suite.run();
    let cases: Vec<_> = summary.unexpected().collect();
    let lines: Vec<_> = cases
        .iter()
        .flat_map(|case| case.unexpected.iter().map(|problem| problem.line))
        .collect();
    expect(lines == [3], || format!("{cases:#?}"))?;
    let counts = cases[0].counts;
    expect(counts.executed == 9 && counts.passed == 8, || {
        format!("{counts:?}")
    })
}

pub(crate) fn declined() -> Result<(), Failed> {
    let suite = suite("", "");
    let ok = "(assert_return (invoke \"ok\") (i32.const 42))\n";
    let offers = "(assert_return (invoke \"offers\") (i32.const 1))\n";
    suite.write("a.wast", &format!("(module)\n{}{offers}", ok.repeat(5)));
    let summary = suite.run();
    expect(summary.passes(), || format!("{summary:#?}"))
}
