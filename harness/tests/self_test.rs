//! The harness tested with an engine that misbehaves on demand: every fault is
//! found, named at its directive within its deadline, and costs no other case.
//!
//! This program is its own worker: started with `--engine`, it serves the
//! faulty engine, as an embedder's worker would serve theirs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/demands.rs"]
mod demands;
#[path = "support/faulty.rs"]
mod faulty;
#[path = "support/run.rs"]
mod run;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use run::{Suite, expect};
use tensor_wasm_harness::execute::{self, StartError};
use tensor_wasm_harness::model::{Exit, ProblemKind, Summary};
use tensor_wasm_harness::pipeline::Action;

type Test = fn() -> Result<(), Failed>;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--engine") {
        return tensor_wasm_harness::worker::main(&[("faulty", faulty::make)]);
    }
    let tests: &[(&str, Test)] = &[
        ("wrong_value_is_named_and_the_file_goes_on", wrong_value),
        ("wrong_trap_is_named_and_the_file_goes_on", wrong_trap),
        ("hang_times_out_within_its_deadline", hang),
        ("abort_is_a_crash_with_its_signal", abort),
        ("segfault_is_a_crash_with_its_signal", segfault),
        ("stack_overflow_is_a_crash_with_its_output", stack_overflow),
        ("panic_is_a_crash_with_its_message", panic),
        ("garbage_on_the_protocol_is_a_crash", garbage),
        ("a_line_without_end_is_a_crash", flood),
        ("exit_in_mid_file_is_a_crash_with_its_code", exit),
        ("eating_memory_is_a_crash_with_the_limit", memory),
        ("a_flake_is_red_and_only_with_retries_found", flake),
        ("an_expected_flake_is_green", expected_flake),
        ("a_slow_start_is_waited_for_and_a_silent_one_is_not", starts),
        ("another_protocol_is_refused", protocol),
        ("expected_crashes_must_crash", expected_crash),
        (
            "an_expected_failure_must_fail_in_the_expected_way",
            expected_message,
        ),
        ("an_expectation_of_a_missing_line_is_stale", stale),
        ("an_empty_script_is_a_failure", empty),
        ("a_stopped_run_ends_soon_and_says_so", stopped),
        ("a_thousand_cases_share_their_workers", many),
        ("bless_makes_the_next_run_ask_for_a_reason", bless_adds),
        (
            "bless_removes_what_is_no_longer_true_and_nothing_else",
            bless_removes,
        ),
        ("bless_narrows_a_glob_to_what_still_fails", bless_narrows),
        ("a_report_is_whole_and_says_what_happened", reports),
        (
            "a_folder_that_cannot_be_written_is_said_before_the_run",
            unwritable,
        ),
        ("malformed_input_is_named_and_costs_only_itself", malformed),
        ("a_floor_counts_what_passed", demands::floor),
        ("a_floor_cannot_be_undermined", demands::undermined),
        (
            "what_is_refused_is_counted_with_its_reason",
            demands::refused,
        ),
        (
            "calls_of_one_function_are_offered_together",
            demands::together,
        ),
        (
            "calls_that_were_not_taken_together_run_in_order",
            demands::declined,
        ),
    ];
    let trials = tests
        .iter()
        .map(|(name, test)| Trial::test(*name, *test))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs `fault` on line 3 of a file between good files, and checks that only
/// that directive went wrong, how, and what was said of it.
fn only_line_3(fault: &str, kind: ProblemKind, says: &str) -> Result<Summary, Failed> {
    let summary = Suite::with_fault(fault).run();
    check_line_3(summary, kind, says)
}

fn check_line_3(summary: Summary, kind: ProblemKind, says: &str) -> Result<Summary, Failed> {
    let unexpected: Vec<_> = summary.unexpected().collect();
    expect(unexpected.len() == 1, || format!("cases: {unexpected:#?}"))?;
    let case = unexpected[0];
    expect(case.id.0 == "demo/fault.wast", || case.id.0.clone())?;
    expect(case.unexpected.len() == 1, || {
        format!("{:#?}", case.unexpected)
    })?;
    let problem = &case.unexpected[0];
    expect(problem.line == 3, || format!("line {}", problem.line))?;
    expect(problem.kind == kind, || format!("{:?}", problem.kind))?;
    expect(problem.message.contains(says), || problem.message.clone())?;
    let died = kind != ProblemKind::Failed;
    // Two directives stand behind the fault.
    let not_run = if died { 2 } else { 0 };
    expect(case.counts.not_run == not_run, || {
        format!("{:?}", case.counts)
    })?;
    expect(case.counts.passed == 4 - not_run, || {
        format!("{:?}", case.counts)
    })?;
    for good in summary.cases.iter().filter(|other| other.id != case.id) {
        let counts = good.counts;
        expect(counts.passed == 3 && counts.executed == 3, || {
            format!("{good:#?}")
        })?;
    }
    expect(summary.cases.len() == 5, || {
        format!("{}", summary.cases.len())
    })?;
    Ok(summary)
}

fn wrong_value() -> Result<(), Failed> {
    only_line_3("wrong_value", ProblemKind::Failed, "got (i32.const 41)").map(drop)
}

fn wrong_trap() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("wrong_trap");
    suite.replace(
        "fault.wast",
        "(assert_return (invoke \"wrong_trap\") (i32.const 42))",
        "(assert_trap (invoke \"wrong_trap\") \"unreachable\")",
    );
    check_line_3(
        suite.run(),
        ProblemKind::Failed,
        "got trap `integer overflow`",
    )
    .map(drop)
}

fn hang() -> Result<(), Failed> {
    let started = Instant::now();
    let mut suite = Suite::with_fault("hang");
    suite.timeout = Duration::from_millis(300);
    check_line_3(suite.run(), ProblemKind::TimedOut, "300 ms")?;
    // The good cases take milliseconds; the slack is for a loaded machine.
    let elapsed = started.elapsed();
    expect(elapsed < Duration::from_secs(20), || format!("{elapsed:?}"))
}

fn abort() -> Result<(), Failed> {
    only_line_3("abort", ProblemKind::Crashed, "SIGABRT").map(drop)
}

fn segfault() -> Result<(), Failed> {
    only_line_3("segfault", ProblemKind::Crashed, "SIGSEGV").map(drop)
}

fn stack_overflow() -> Result<(), Failed> {
    only_line_3(
        "stack_overflow",
        ProblemKind::Crashed,
        "has overflowed its stack",
    )
    .map(drop)
}

fn panic() -> Result<(), Failed> {
    only_line_3("panic", ProblemKind::Crashed, "the engine lost its mind").map(drop)
}

fn garbage() -> Result<(), Failed> {
    only_line_3(
        "garbage",
        ProblemKind::Crashed,
        "no reply: hello from the engine",
    )
    .map(drop)
}

fn flood() -> Result<(), Failed> {
    only_line_3("flood", ProblemKind::Crashed, "a line of more than").map(drop)
}

fn exit() -> Result<(), Failed> {
    only_line_3("exit", ProblemKind::Crashed, "exited with code 3").map(drop)
}

fn memory() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("eat_memory");
    suite.memory_limit = 128 << 20;
    check_line_3(suite.run(), ProblemKind::Crashed, "may have 128 MiB").map(drop)
}

fn flake() -> Result<(), Failed> {
    let suite = Suite::with_fault("flake");
    only_one(&suite.run(), ProblemKind::Failed)?;
    let mut suite = Suite::with_fault("flake");
    suite.retries = 2;
    let summary = suite.run();
    only_one(&summary, ProblemKind::Flaky)?;
    expect(!summary.passes(), || "a flake was green".to_owned())?;
    let flaky: u64 = summary.suites.iter().map(|suite| suite.flaky).sum();
    expect(flaky == 1, || format!("{flaky} flakes"))
}

fn only_one(summary: &Summary, kind: ProblemKind) -> Result<(), Failed> {
    let problems: Vec<_> = summary
        .unexpected()
        .flat_map(|case| &case.unexpected)
        .collect();
    expect(problems.len() == 1 && problems[0].kind == kind, || {
        format!("{problems:#?}")
    })
}

fn expected_flake() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("flake");
    suite.expectation("demo/fault.wast", "flaky", "");
    let summary = suite.run();
    expect(summary.passes(), || format!("{summary:#?}"))?;
    // One that never passes is no flake.
    let mut suite = Suite::with_fault("wrong_value");
    suite.expectation("demo/fault.wast", "flaky", "");
    only_one(&suite.run(), ProblemKind::Failed)
}

fn starts() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("ok");
    suite.settings.insert("start-delay-ms".into(), "400".into());
    let summary = suite.run();
    expect(summary.passes(), || format!("{summary:#?}"))?;
    let mut suite = Suite::with_fault("ok");
    suite
        .settings
        .insert("start-delay-ms".into(), "60000".into());
    suite.start_timeout = Duration::from_millis(200);
    match execute::probe(&suite.worker()) {
        Err(StartError::Failed(message)) if message.contains("0.2 s") => {}
        other => return Err(format!("{other:?}").into()),
    }
    let mut suite = Suite::with_fault("ok");
    suite.settings.insert("refuse".into(), "no licence".into());
    match execute::probe(&suite.worker()) {
        Err(StartError::Refused(message)) if message.contains("no licence") => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

fn protocol() -> Result<(), Failed> {
    let suite = Suite::with_fault("ok");
    let mut worker = suite.worker();
    let hello = r#"{"hello":{"protocol":99,"engine":{"name":"x","version":"1","wasmtime":null,"capabilities":[]}}}"#;
    worker.program = "sh".into();
    worker.arguments = vec!["-c".into(), format!("echo '{hello}'; sleep 60")];
    match execute::probe(&worker) {
        Err(StartError::Protocol { found: 99 }) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

fn expected_crash() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("abort");
    suite.expectation("demo/fault.wast:3", "crash", "message = \"SIGABRT\"");
    let summary = suite.run();
    expect(summary.passes(), || format!("{summary:#?}"))?;
    let failures: u64 = summary
        .suites
        .iter()
        .map(|suite| suite.expected_failures)
        .sum();
    expect(failures == 1, || format!("{failures} expected failures"))?;
    // A crash is no failure, and a pass is neither.
    let mut suite = Suite::with_fault("abort");
    suite.expectation("demo/fault.wast:3", "fail", "");
    only_one(&suite.run(), ProblemKind::Crashed)?;
    let mut suite = Suite::with_fault("ok");
    suite.expectation("demo/fault.wast:3", "crash", "");
    let summary = suite.run();
    let passes = summary
        .unexpected()
        .flat_map(|case| &case.unexpected_passes)
        .count();
    expect(passes == 1 && !summary.passes(), || format!("{summary:#?}"))
}

fn expected_message() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("wrong_value");
    suite.expectation("demo/fault.wast", "fail", "message = \"(i32.const 41)\"");
    let summary = suite.run();
    expect(summary.passes(), || format!("{summary:#?}"))?;
    let mut suite = Suite::with_fault("wrong_value");
    suite.expectation("demo/fault.wast", "fail", "message = \"(i32.const 40)\"");
    only_one(&suite.run(), ProblemKind::Failed)
}

fn stale() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("ok");
    suite.expectation("demo/fault.wast:99", "fail", "");
    let summary = suite.run();
    expect(summary.stale.len() == 1 && !summary.passes(), || {
        format!("{summary:#?}")
    })
}

fn empty() -> Result<(), Failed> {
    let suite = Suite::with_fault("ok");
    suite.write("fault.wast", ";; nothing here\n");
    only_one(&suite.run(), ProblemKind::Failed)
}

fn stopped() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("hang");
    suite.stop_after = Some(Duration::from_millis(500));
    let started = Instant::now();
    let summary = suite.run();
    let elapsed = started.elapsed();
    expect(summary.interrupted && !summary.passes(), || {
        format!("{summary:#?}")
    })?;
    expect(elapsed < Duration::from_secs(10), || format!("{elapsed:?}"))
}

fn many() -> Result<(), Failed> {
    let suite = Suite::with_fault("abort");
    for number in 0..1_000 {
        suite.write(&format!("many/{number}.wast"), run::GOOD);
    }
    let summary = suite.run();
    expect(summary.cases.len() == 1_005, || {
        summary.cases.len().to_string()
    })?;
    only_one(&summary, ProblemKind::Crashed)
}

/// Bless leaves an entry alone that may hold for other engines too.
const OF_FAULTY: &str = "when = { engine = \"faulty\" }";

fn bless_adds() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("wrong_value");
    suite.action = Action::Bless;
    suite.run();
    let text = std::fs::read_to_string(suite.path("expectations.toml"))?;
    let entry = "test = \"demo/fault.wast:3\"\noutcome = \"fail\"\n";
    expect(
        text.contains(entry) && text.contains("reason = \"\""),
        || text.clone(),
    )?;
    // Nobody has written the reason, so the next run does not start.
    suite.action = Action::Run;
    suite.keep_expectations = true;
    let done = suite.done();
    expect(done.exit == Exit::CouldNotRun, || {
        format!("{:?}", done.exit)
    })?;
    expect(done.complaints[0].contains("has no reason"), || {
        done.complaints[0].clone()
    })?;
    // With a reason, it is green.
    std::fs::write(
        suite.path("expectations.toml"),
        text.replace("\"\"", "\"a fault\""),
    )?;
    let summary = suite.run();
    expect(summary.passes(), || format!("{summary:#?}"))
}

fn bless_removes() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("wrong_value");
    suite.expectation("demo/a.wast:2", "fail", OF_FAULTY);
    suite.expectation("demo/fault.wast:3", "fail", "# why it fails: a comment");
    suite.expectation("demo/fault.wast:99", "fail", "");
    suite.action = Action::Bless;
    suite.run();
    let text = std::fs::read_to_string(suite.path("expectations.toml"))?;
    let kept = text.contains("# why it fails: a comment") && text.contains("fault.wast:3");
    expect(kept, || text.clone())?;
    expect(text.matches("[[expect]]").count() == 1, || text.clone())?;
    suite.action = Action::Run;
    suite.keep_expectations = true;
    let summary = suite.run();
    expect(summary.passes(), || format!("{summary:#?}"))
}

fn bless_narrows() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("wrong_value");
    suite.expectation("demo/*.wast:3", "fail", OF_FAULTY);
    suite.action = Action::Bless;
    suite.run();
    let text = std::fs::read_to_string(suite.path("expectations.toml"))?;
    let narrowed = text.contains("\"demo/fault.wast:3\"") && !text.contains('*');
    expect(narrowed && text.contains("reason = \"a test\""), || {
        text.clone()
    })
}

fn reports() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("segfault");
    let folder = tempfile::TempDir::new()?;
    suite.report = Some(folder.path().join("report"));
    suite.run();
    let read = |name: &str| std::fs::read_to_string(folder.path().join("report").join(name));
    let lines = read("results.jsonl")?;
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line)?;
    }
    let count = |what: &str| lines.lines().filter(|line| line.contains(what)).count();
    // 4 good files of 3 directives, and 2 of the faulty one before the fault.
    expect(count("\"ran\"") == 14, || count("\"ran\"").to_string())?;
    expect(count("\"ended\"") == 5, || count("\"ended\"").to_string())?;
    let junit = read("junit.xml")?;
    expect(
        junit.contains("errors=\"1\"") && junit.contains("SIGSEGV"),
        || junit.clone(),
    )?;
    let markdown = read("summary.md")?;
    expect(markdown.contains("CRASH `demo/fault.wast:3`"), || {
        markdown.clone()
    })?;
    // Compared with itself nothing is broken; compared with a run without the
    // fault, the directive is.
    let broken = |baseline: &str| -> Result<String, Failed> {
        let fixed = baseline.replace("\"kind\": \"crashed\"", "\"kind\": \"failed\"");
        let path = folder.path().join("baseline.json");
        std::fs::write(&path, fixed)?;
        let mut suite = Suite::with_fault("segfault");
        suite.report = Some(folder.path().join("again"));
        suite.against = Some(path);
        suite.run();
        Ok(std::fs::read_to_string(
            folder.path().join("again/summary.md"),
        )?)
    };
    let changed = broken(&read("results.json")?)?;
    let word = "`demo/fault.wast:3`: failed before, crashed now";
    expect(changed.contains(word), || changed.clone())
}

fn unwritable() -> Result<(), Failed> {
    let mut suite = Suite::with_fault("ok");
    let folder = tempfile::TempDir::new()?;
    // A file where the folder should be, which not even root can enter.
    let file = folder.path().join("file");
    std::fs::write(&file, "")?;
    suite.report = Some(file.join("report"));
    let done = suite.done();
    expect(
        done.exit == Exit::CouldNotRun && done.summaries.is_empty(),
        || format!("{done:#?}"),
    )
}

fn malformed() -> Result<(), Failed> {
    let suite = Suite::with_fault("ok");
    suite.write("../broken/suite.toml", "version = 1\ndescription = 3\n");
    let done = suite.done();
    expect(done.exit == Exit::CouldNotRun, || {
        format!("{:?}", done.exit)
    })?;
    let complaint = &done.complaints[0];
    expect(complaint.contains("suite.toml:2:15"), || complaint.clone())?;
    let passed = done.summaries[0].suites[0].passed;
    expect(passed == 17, || passed.to_string())?;
    let script = Suite::with_fault("ok");
    script.write(
        "fault.wast",
        "(module)\n  (assert_return (invoke \"ok\" (i32.const)))\n",
    );
    let summary = script.run();
    let problem = &summary.unexpected().next().ok_or("it passed")?.unexpected[0];
    let named = problem.line == 2 && problem.message.contains("line 2 column 41");
    expect(named, || format!("{problem:#?}"))
}
