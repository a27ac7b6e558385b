//! What a run makes of its programs: verdicts, expectations, reports.

use super::*;

pub(crate) fn twice() {
    let programs = Programs::new();
    programs.write("suites/demo/root.dir/a.txt", "a");
    let run = |stdout: &str| {
        format!(
            r#"{{"type": "run", "root": "root.dir"}}, {{"type": "read", "payload": "{stdout}"}}, {{"type": "wait"}}"#
        )
    };
    // The second run finds what the first one wrote.
    let json = format!(
        r#"{{"operations": [{}, {}]}}"#,
        run("a.txt"),
        run("a.txt,b")
    );
    programs.add("twice", "list\ntouch b", &json);
    passed(&programs.run(), "twice", 8);
}

pub(crate) fn malformed() {
    let programs = Programs::new();
    programs.add("good", "exit 0", "");
    programs.add("unknown-key", "exit 0", r#"{"exitcode": 0}"#);
    programs.add("nothing", "exit 0", r#"{"proposals": ["http"]}"#);
    programs.add("order", "exit 0", r#"{"operations": [{"type": "wait"}]}"#);
    programs.add("escape", "exit 0", r#"{"root": "../.."}"#);
    programs.write("suites/demo/lonely.json", "{}");
    let done = programs.done();
    assert_eq!(
        done.exit,
        Exit::Unexpected,
        "a failure, and no error of the run"
    );
    let summary = &done.summaries[0];
    passed(summary, "good", 2);
    let failed = |name, says| {
        let problem = went_wrong(summary, name, ProblemKind::Failed, says);
        assert_eq!(problem.directive.name(), "configuration");
    };
    failed("unknown-key", "unknown field `exitcode`");
    failed("nothing", "no operation");
    failed("order", "no program runs");
    failed("escape", "not below the folder");
    failed("lonely", "not there");
}

pub(crate) fn lacking() {
    let mut programs = Programs::new();
    programs.supports = "versions = [\"wasm32-wasip1\"]\n".to_owned();
    programs.add("good", "exit 0", "");
    programs.add(
        "sockets",
        "exit 0",
        r#"{"proposals": ["sockets"], "operations": [{"type": "run"}, {"type": "wait"}]}"#,
    );
    programs.write(
        "suites/demo/p3/manifest.json",
        r#"{"name": "c", "version": "wasm32-wasip3"}"#,
    );
    programs.add("p3/x", "exit 0", "");
    let summary = programs.run();
    assert_eq!(summary.cases.len(), 1);
    let reasons: Vec<_> = summary
        .skipped
        .iter()
        .map(|(id, why)| format!("{id}: {why}"))
        .collect();
    let expected = [
        "demo/p3/x: lacks wasi-preview3",
        "demo/sockets: lacks wasi-sockets",
    ];
    assert_eq!(reasons, expected);
}

pub(crate) fn expectations() {
    let mut programs = Programs::new();
    programs.add("fails", "complain scheme missing\nexit 1", "");
    programs.add("fails-otherwise", "complain something else\nexit 1", "");
    programs.add("passes", "exit 0", "");
    programs.add("skipped", "exit 1", "");
    programs.expectation("demo/fails", "fail", "message = \"scheme\"");
    programs.expectation("demo/fails-otherwise", "fail", "message = \"scheme\"");
    programs.expectation("demo/passes", "fail", "when = { engine = \"fake\" }");
    programs.expectation("demo/skipped", "skip", "");
    let summary = programs.run();
    let fails = verdict(&summary, "fails");
    assert!(
        fails.is_expected() && fails.counts.expected_failures == 1,
        "{fails:#?}"
    );
    went_wrong(
        &summary,
        "fails-otherwise",
        ProblemKind::Failed,
        "something else",
    );
    assert_eq!(verdict(&summary, "passes").unexpected_passes.len(), 1);
    assert_eq!(summary.skipped.len(), 1);
}

pub(crate) fn strict_expectations() {
    let mut programs = Programs::new();
    programs.add("broken", "exit 0", "{");
    programs.expectation("demo/broken", "fail", "");
    let summary = programs.run();
    went_wrong(&summary, "broken", ProblemKind::Failed, "broken.json:1");
}

pub(crate) fn reports() {
    let mut programs = Programs::new();
    let folder = programs.path("report");
    programs.report = Some(folder.clone());
    programs.add("fails", "say on stdout\ncomplain on stderr\nexit 1", "");
    programs.done();
    for (file, says) in [
        (
            "junit.xml",
            &[
                "demo/fails",
                "on stdout",
                "on stderr",
                "repro: repeat --variant default demo --filter demo/fails",
            ][..],
        ),
        (
            "results.json",
            &["\"demo/fails\"", "operation 2: wanted exit code 0"],
        ),
        ("summary.md", &["demo/fails", "on stderr"]),
        ("results.jsonl", &["transcript", "on stdout"]),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for says in says {
            assert!(text.contains(says), "{file} has no {says:?}: {text}");
        }
    }
}

pub(crate) fn missing_runtime() {
    let mut programs = Programs::new();
    programs.runtime = Some("/nowhere/runtime".into());
    programs.add("good", "exit 0", "");
    let done = programs.done();
    assert_eq!(done.exit, Exit::CouldNotRun);
    let complaint = &done.complaints[0];
    for says in ["no file /nowhere/runtime", "--engine-command", "build it"] {
        assert!(complaint.contains(says), "{complaint}");
    }
}
