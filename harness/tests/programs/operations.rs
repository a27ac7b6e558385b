//! The operations on a program, done well and done badly.

use super::*;

pub(crate) fn exit_codes() {
    let programs = Programs::new();
    programs.add("default", "exit 0", "");
    programs.add("three", "exit 3", r#"{"exit_code": 3}"#);
    programs.add(
        "wrong",
        "complain it is four\nexit 4",
        r#"{"exit_code": 3}"#,
    );
    programs.add("abort", "abort", "");
    programs.add("testsuite/folder", "exit 0", "");
    programs.write("suites/demo/testsuite/manifest.json", r#"{"name": "b"}"#);
    let summary = programs.run();
    passed(&summary, "default", 2);
    passed(&summary, "three", 2);
    passed(&summary, "folder", 2);
    let says = "operation 2: wanted exit code 3\n   got exit code 4";
    let problem = went_wrong(&summary, "wrong", ProblemKind::Failed, says);
    assert_eq!(problem.line, 0);
    assert!(
        problem.message.contains("it is four"),
        "{}",
        problem.message
    );
    went_wrong(&summary, "abort", ProblemKind::Crashed, "SIGABRT");
    assert_eq!(summary.engine.version, "1.2.3");
    assert_eq!(summary.cases.len(), 5);
}

pub(crate) fn outputs() {
    let programs = Programs::new();
    programs.add(
        "both",
        "say out\ncomplain err",
        r#"{"stdout": "out", "stderr": "err"}"#,
    );
    programs.add(
        "differs",
        "say öut of order",
        r#"{"stdout": "öut of place"}"#,
    );
    programs.add("short", "say o", r#"{"stdout": "out"}"#);
    programs.add("trailing", "say out and more", r#"{"stdout": "out"}"#);
    programs.add("empty", "say x", r#"{"stdout": ""}"#);
    programs.add("not-compared", "say x\ncomplain y", r#"{"exit_code": 0}"#);
    let read = r#"{"type": "read", "payload": "a"}, {"type": "wait"}"#;
    programs.add("read", "say a", &operations(read));
    programs.add("read-trailing", "say a\nsay b", &operations(read));
    let stderr = r#"{"type": "read", "id": "stderr", "payload": "a"}, {"type": "wait"}"#;
    programs.add(
        "late-trailing",
        "complain a\nsleep 200\ncomplain b",
        &operations(stderr),
    );
    programs.add("crash-before", "abort", &operations(read));
    let summary = programs.run();
    passed(&summary, "both", 6);
    passed(&summary, "not-compared", 2);
    passed(&summary, "read", 4);
    let differs = r#"wanted "öut of place" from stdout
   got "öut of order""#;
    went_wrong(&summary, "differs", ProblemKind::Failed, differs);
    went_wrong(&summary, "short", ProblemKind::Failed, "got \"o\"");
    let trailing = "wanted nothing more from stdout\n   got \" and more\"";
    went_wrong(&summary, "trailing", ProblemKind::Failed, trailing);
    went_wrong(&summary, "empty", ProblemKind::Failed, "got \"x\"");
    went_wrong(&summary, "read-trailing", ProblemKind::Failed, "got \"b\"");
    went_wrong(
        &summary,
        "late-trailing",
        ProblemKind::Failed,
        "more from stderr",
    );
    went_wrong(
        &summary,
        "crash-before",
        ProblemKind::Crashed,
        "ended by SIGABRT",
    );
    // What stood behind the failure did not run, and is counted as such.
    assert_eq!(verdict(&summary, "short").counts.not_run, 1);
    assert!(!verdict(&summary, "short").completed);
}

pub(crate) fn environment() {
    let programs = Programs::new();
    programs.add(
        "args",
        "args",
        r#"{"args": ["a b", "--env", "{file}"], "stdout": "a b,--env,{file}"}"#,
    );
    programs.add(
        "env",
        "env",
        r#"{"env": {"k": "v=w"}, "stdout": "{\"k\": \"v=w\"}"}"#,
    );
    programs.add("no-env", "env", r#"{"stdout": "{}"}"#);
    // The runtime itself is not given the harness's environment either.
    programs.add(
        "own-env",
        "own-env CARGO_MANIFEST_DIR",
        r#"{"stdout": "None"}"#,
    );
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let summary = programs.run();
    for name in ["args", "env", "no-env", "own-env"] {
        passed(&summary, name, 4);
    }
}

pub(crate) fn silent() {
    let mut programs = Programs::new();
    programs.timeout = Duration::from_millis(1000);
    programs.jobs = 8;
    programs.add("wait", "hang", "");
    programs.add("plain", "hang", r#"{"stdout": "x"}"#);
    let then = |operation: &str| operations(&format!(r#"{operation}, {{"type": "wait"}}"#));
    programs.add(
        "read",
        "say ab\nhang",
        &then(r#"{"type": "read", "payload": "abc"}"#),
    );
    programs.add("connect", "hang", &then(r#"{"type": "connect"}"#));
    programs.add("request", "hang", &then(r#"{"type": "request"}"#));
    let recv = r#"{"type": "connect"}, {"type": "send", "id": "server", "payload": "x"},
        {"type": "recv", "id": "server", "payload": "y"}"#;
    programs.add("recv", "listen mute", &then(recv));
    let big = format!(
        r#"{{"type": "write", "payload": "{}"}}"#,
        "x".repeat(1 << 18)
    );
    programs.add("write", "hang", &then(&big));
    programs.add(
        "deaf",
        "ignore-signals",
        // It is deaf once it says so.
        &then(r#"{"type": "read", "payload": "deaf\n"}, {"type": "kill", "signal": "SIGINT"}"#),
    );
    programs.add("good", "exit 0", "");
    let started = Instant::now();
    let summary = programs.run();
    within(started, 15);
    passed(&summary, "good", 2);
    let times_out = |name, says| {
        let problem = went_wrong(&summary, name, ProblemKind::TimedOut, says);
        assert!(
            problem.message.contains("took more than 1000 ms"),
            "{}",
            problem.message
        );
    };
    times_out("wait", "the rest of the program");
    times_out("plain", "reading 1 bytes from stdout");
    times_out(
        "read",
        "reading 3 bytes from stdout took more than 1000 ms; 2 came",
    );
    times_out("connect", "waiting for an address on stdout");
    times_out("request", "waiting for an http:// address on stderr");
    times_out("recv", "from the connection `server`");
    times_out("write", "does not read");
    times_out("deaf", "the rest of the program");
    assert_eq!(summary.suites[0].timed_out, 8);
}

pub(crate) fn stdin() {
    let programs = Programs::new();
    let write = r#"{"type": "write", "payload": "in"}"#;
    // A program that reads to the end gets one when it is waited for.
    programs.add(
        "cat",
        "cat",
        &operations(&format!(r#"{write}, {{"type": "wait"}}"#)),
    );
    programs.add(
        "closed",
        "exit 0",
        &operations(&format!(
            r#"{{"type": "read", "id": "stderr", "payload": ""}}, {write}, {{"type": "wait"}}"#
        )),
    );
    let summary = programs.run();
    passed(&summary, "cat", 3);
    let case = verdict(&summary, "closed");
    // It may have ended before the write or after it; either is told.
    assert!(case.unexpected.len() <= 1, "{case:#?}");
}

pub(crate) fn connections() {
    let programs = Programs::new();
    let talk = operations(
        r#"{"type": "connect", "id": "a"}, {"type": "send", "id": "a", "payload": "hi"},
           {"type": "recv", "id": "a", "payload": "hi"}, {"type": "wait"}"#,
    );
    programs.add("echo", "listen echo", &talk);
    programs.add("shout", "listen shout", &talk);
    programs.add("more", "listen echo-and-more", &talk);
    let summary = programs.run();
    passed(&summary, "echo", 6);
    let shout = "operation 4: wanted \"hi\" from the connection `a`\n   got \"HI\"";
    went_wrong(&summary, "shout", ProblemKind::Failed, shout);
    let more = "wanted nothing more from the connection `a`\n   got \" and more\"";
    went_wrong(&summary, "more", ProblemKind::Failed, more);
}

pub(crate) fn addresses() {
    let programs = Programs::new();
    let connect = operations(r#"{"type": "connect"}, {"type": "wait"}"#);
    programs.add("closed", "print-closed-port", &connect);
    programs.add("garbage", "say hello\n\nhang", &connect);
    programs.add("none", "exit 7", &connect);
    programs.add("elsewhere", "say 192.0.2.1:80\nsay \nexit 0", &connect);
    let mut programs = programs;
    programs.timeout = Duration::from_secs(5);
    let summary = programs.run();
    went_wrong(
        &summary,
        "closed",
        ProblemKind::Failed,
        "cannot connect to 127.0.0.1:",
    );
    let none = went_wrong(
        &summary,
        "none",
        ProblemKind::Failed,
        "stdout ended and no address came",
    );
    assert!(
        none.message.contains("the program came to exit code 7"),
        "{}",
        none.message
    );
    went_wrong(
        &summary,
        "elsewhere",
        ProblemKind::Failed,
        "not on this machine",
    );
    let garbage = verdict(&summary, "garbage");
    assert_eq!(garbage.unexpected.len(), 1, "{garbage:#?}");
}

pub(crate) fn service() {
    let programs = Programs::new();
    let json = |response: &str| {
        format!(
            r#"{{"world": "wasi:http/service", "operations": [{{"type": "run"}},
                {{"type": "request", "method": "POST", "path": "/p?q", "body": "b", "response": {response}}},
                {{"type": "request", "path": "/again", "response": {{"body": "GET /again HTTP/1.1"}}}},
                {{"type": "kill", "signal": "SIGINT"}}, {{"type": "wait"}}]}}"#
        )
    };
    let right = r#"{"status": 200, "headers": {"X-A": "1, 2"}, "body": "POST /p?q HTTP/1.1"}"#;
    programs.add("right", "serve well", &json(right));
    programs.add("status", "serve well", &json(r#"{"status": 404}"#));
    programs.add(
        "header",
        "serve well",
        &json(r#"{"headers": {"x-b": "1"}, "body": "POST /p?q HTTP/1.1"}"#),
    );
    programs.add("body", "serve well", &json(r#"{"body": "other"}"#));
    let summary = programs.run();
    passed(&summary, "right", 5);
    went_wrong(
        &summary,
        "status",
        ProblemKind::Failed,
        "operation 2: wanted status 404\n   got status 200",
    );
    went_wrong(
        &summary,
        "header",
        ProblemKind::Failed,
        "an answer without it",
    );
    went_wrong(
        &summary,
        "body",
        ProblemKind::Failed,
        "wanted the body \"other\"",
    );
}

pub(crate) fn bad_services() {
    let mut programs = Programs::new();
    programs.timeout = Duration::from_secs(5);
    let json = r#"{"world": "wasi:http/service", "operations":
        [{"type": "run"}, {"type": "request"}, {"type": "kill"}, {"type": "wait"}]}"#;
    programs.add("garbage", "serve garbage", json);
    programs.add("cut", "serve cut", json);
    programs.add("gone", "complain no address here\nexit 1", json);
    programs.add("elsewhere", "complain http://192.0.2.1/\nhang", json);
    programs.add("refused", "complain http://127.0.0.1:1/\nhang", json);
    let summary = programs.run();
    went_wrong(
        &summary,
        "garbage",
        ProblemKind::Failed,
        "no answer from 127.0.0.1:",
    );
    went_wrong(
        &summary,
        "cut",
        ProblemKind::Failed,
        "a body that breaks off",
    );
    let gone = went_wrong(
        &summary,
        "gone",
        ProblemKind::Failed,
        "no http:// address came",
    );
    assert!(gone.message.contains("no address here"), "{}", gone.message);
    let refused = verdict(&summary, "refused");
    assert_eq!(refused.unexpected.len(), 1, "{refused:#?}");
    assert_eq!(verdict(&summary, "elsewhere").unexpected.len(), 1);
}

pub(crate) fn signals() {
    let programs = Programs::new();
    let kill = |signal: &str, code: u8| {
        operations(&format!(
            r#"{{"type": "kill", "signal": "{signal}"}}, {{"type": "wait", "exit_code": {code}}}"#
        ))
    };
    let service = r#"{"world": "wasi:http/service", "operations": [{"type": "run"},
        {"type": "request", "response": {"body": "GET / HTTP/1.1"}},
        {"type": "kill", "signal": "SIGINT"}, {"type": "wait"}]}"#;
    programs.add("in-order", "serve well", service);
    programs.add("not-in-order", "hang", &kill("SIGTERM", 0));
    let summary = programs.run();
    passed(&summary, "in-order", 4);
    let says = "wanted exit code 0\n   got an end by SIGTERM, which the case sent";
    went_wrong(&summary, "not-in-order", ProblemKind::Failed, says);
}
