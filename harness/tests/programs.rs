//! Programs as cases: every way in which one can go wrong is found, within its
//! deadline, costs no other, and leaves nothing behind.
//!
//! This program is its own runtime: started with `--guest`, it does what the
//! file it is given says.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/guest.rs"]
mod guest;
#[path = "support/programs.rs"]
mod support;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use support::{Programs, passed, runs, verdict, went_wrong};
use tensor_wasm_harness::model::{Exit, ProblemKind};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("--guest") => return guest::main(),
        Some("--version") => {
            print_version();
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let tests: &[(&str, fn())] = &[
        ("a_program_is_run_and_its_exit_code_compared", exit_codes),
        ("outputs_are_compared_to_their_ends", outputs),
        (
            "arguments_and_environment_are_those_of_the_case_only",
            environment,
        ),
        ("a_silent_program_times_out_at_each_operation", silent),
        ("what_a_program_reads_is_written_to_it", stdin),
        (
            "a_connection_is_made_used_and_compared_to_its_end",
            connections,
        ),
        ("an_address_that_is_none_is_a_clear_failure", addresses),
        ("a_service_answers_and_is_interrupted", service),
        (
            "a_service_that_does_not_serve_is_a_clear_failure",
            bad_services,
        ),
        ("signals_reach_the_program_and_its_end_is_told", signals),
        ("servers_answer_as_described", servers),
        ("a_server_that_is_never_called_is_a_failure", uncalled),
        ("roots_are_private_and_go_away", roots),
        ("what_a_program_starts_does_not_outlive_it", children),
        ("a_stopped_run_leaves_nothing_behind", stopped),
        ("too_much_output_and_memory_are_stopped", too_much),
        ("a_program_runs_twice_if_the_case_says_so", twice),
        ("a_malformed_description_costs_its_own_case", malformed),
        ("what_a_runtime_lacks_is_skipped_with_a_reason", lacking),
        (
            "expectations_cover_programs_and_their_messages",
            expectations,
        ),
        (
            "an_expectation_does_not_cover_a_malformed_description",
            strict_expectations,
        ),
        ("programs_run_side_by_side", side_by_side),
        ("reports_have_what_the_program_wrote", reports),
        ("a_runtime_that_is_missing_ends_the_run", missing_runtime),
    ];
    let trials = tests
        .iter()
        .map(|(name, test)| {
            Trial::test(*name, move || {
                test();
                Ok(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

#[expect(clippy::print_stdout, reason = "it is what a runtime does")]
fn print_version() {
    println!("fake 1.2.3");
}

fn operations(operations: &str) -> String {
    format!(r#"{{"operations": [{{"type": "run"}}, {operations}]}}"#)
}

fn exit_codes() {
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

fn outputs() {
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

fn environment() {
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

fn silent() {
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
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
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

fn stdin() {
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

fn connections() {
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

fn addresses() {
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

fn service() {
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

fn bad_services() {
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

fn signals() {
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

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found|connection: close|content-length: 0||";

fn servers() {
    let programs = Programs::new();
    let json = |stdout: &str| {
        format!(
            r#"{{"servers": [
                {{"name": "main", "endpoints": [
                    {{"path": "/whole?a=b", "response": {{"status": 201, "headers": {{"x-h": "1"}}, "body": "made"}}}},
                    {{"path": "/chunks", "response": {{"chunks": ["ab", "", "cde"], "trailers": {{"x-sum": "5"}}}}}},
                    {{"method": "POST", "path": "/body", "mode": "echo-body"}},
                    {{"method": "POST", "path": "/headers", "mode": "echo-headers"}},
                    {{"method": "HEAD", "path": "/head", "response": "unseen"}}]}},
                {{"name": "Dead", "kind": "closed"}}],
                "operations": [{{"type": "run"}}, {{"type": "read", "payload": {stdout:?}}}, {{"type": "wait"}}]}}"#
        )
    };
    let main =
        |request: &str, answer: &str| (format!("get HTTP_SERVER_MAIN {request}"), json(answer));
    let cases = [
        (
            "whole",
            main(
                "GET /whole?a=b",
                "HTTP/1.1 201 Created|connection: close|content-length: 4|x-h: 1||made",
            ),
        ),
        ("query", main("GET /whole", NOT_FOUND)),
        ("method", main("POST /chunks", NOT_FOUND)),
        // Trailers are sent to a client that did not ask for them.
        (
            "chunks",
            main(
                "GET /chunks",
                "HTTP/1.1 200 OK|connection: close|trailer: x-sum|transfer-encoding: chunked||\
                 2|ab|3|cde|0|x-sum: 5||",
            ),
        ),
        (
            "body",
            main(
                "POST /body Content-Length: 3\\r\\n\\r\\nxyz",
                "HTTP/1.1 200 OK|connection: close|content-length: 3||xyz",
            ),
        ),
        (
            "head",
            main(
                "HEAD /head",
                "HTTP/1.1 200 OK|connection: close|content-length: 6||",
            ),
        ),
    ];
    for (name, (script, json)) in &cases {
        programs.add(name, script, json);
    }
    programs.add(
        "refused",
        "connect-to HTTP_SERVER_DEAD\nget HTTP_SERVER_MAIN GET /head",
        &json(&format!("ConnectionRefused{NOT_FOUND}")),
    );
    let trailers = "POST /headers TE: trailers\\r\\nX-Two: 1\\r\\nX-Two: 2\\r\\nTransfer-Encoding: chunked\\r\\n\
                    Trailer: x-t\\r\\n\\r\\n1\\r\\na\\r\\n0\\r\\nx-t: v\\r\\n\\r\\n";
    let (script, _) = main(trailers, "");
    programs.add(
        "headers",
        &script,
        &json("HTTP/1.1 200 OK|x-request-method: POST|x-request-path: /headers|"),
    );
    let summary = programs.run();
    for (name, _) in &cases {
        passed(&summary, name, 5);
    }
    passed(&summary, "refused", 5);
    // The header that makes hyper send trailers is not one the program sent.
    let message = &verdict(&summary, "headers").unexpected[0].message;
    let (_, stdout) = message.split_once("stdout:").unwrap();
    for echoed in [
        "x-echo-te: trailers|",
        "x-echo-x-two: 1|x-echo-x-two: 2|",
        "x-trailer-x-t: v|",
    ] {
        assert!(stdout.contains(echoed), "{stdout}");
    }
    assert_eq!(stdout.matches("x-echo-te:").count(), 1, "{stdout}");
}

fn uncalled() {
    let programs = Programs::new();
    let json = r#"{"servers": [{"name": "main", "endpoints": [{}]}, {"name": "dead", "kind": "closed"}],
        "operations": [{"type": "run"}, {"type": "wait"}]}"#;
    programs.add("calls", "get HTTP_SERVER_MAIN GET /", json);
    programs.add("does-not", "exit 0", json);
    let summary = programs.run();
    passed(&summary, "calls", 3);
    went_wrong(
        &summary,
        "does-not",
        ProblemKind::Failed,
        "a call of the server `main`",
    );
}

fn roots() {
    let programs = Programs::new();
    programs.write("suites/demo/root.dir/a.txt", "a");
    programs.write("suites/demo/root.dir/old.cleanup", "old");
    let json = r#"{"root": "root.dir", "stdout": "a.txt,NEW"}"#;
    let places: Vec<_> = ["one", "two"]
        .map(|name| (name, programs.path(name)))
        .into();
    for (name, place) in &places {
        let script = format!("where {}\ntouch {name}\nsleep 100\nlist", place.display());
        programs.add(name, &script, &json.replace("NEW", name));
    }
    programs.add(
        "locks",
        "lock\nlist",
        r#"{"root": "root.dir", "stdout": "a.txt,locked"}"#,
    );
    let summary = programs.run();
    for name in ["one", "two", "locks"] {
        passed(&summary, name, 4);
    }
    for (_, place) in &places {
        let folders = std::fs::read_to_string(place).unwrap();
        assert_eq!(folders.lines().count(), 2);
        for folder in folders.lines() {
            assert!(
                !std::path::Path::new(folder).exists(),
                "{folder} is left behind"
            );
        }
    }
    let names = std::fs::read_dir(programs.path("suites/demo/root.dir")).unwrap();
    assert_eq!(names.count(), 2, "the original is as it was");
}

fn children() {
    let programs = Programs::new();
    let pid = |name: &str| programs.path(name).display().to_string();
    // The child holds the outputs open; neither reading nor waiting waits for it.
    programs.add(
        "ends",
        &format!("leave-child {}\nsay out", pid("a")),
        r#"{"stdout": "out"}"#,
    );
    programs.add(
        "fails",
        &format!("leave-child {}\nsay wrong\nhang", pid("b")),
        r#"{"stdout": "right"}"#,
    );
    let started = Instant::now();
    let summary = programs.run();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    passed(&summary, "ends", 4);
    went_wrong(&summary, "fails", ProblemKind::Failed, "got \"wrong\"");
    for name in ["a", "b"] {
        let pid = std::fs::read_to_string(programs.path(name)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        while runs(&pid) {
            assert!(
                Instant::now() < deadline,
                "process {pid} of {name} still runs"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn stopped() {
    let mut programs = Programs::new();
    programs.jobs = 2;
    let script = |name: &str| {
        let (place, pid) = (programs.path(name), programs.path(&format!("{name}-pid")));
        format!(
            "where {}\nleave-child {}\nhang",
            place.display(),
            pid.display()
        )
    };
    let (a, b) = (script("a"), script("b"));
    programs.add("a", &a, "");
    programs.add("b", &b, "");
    programs.add("c", "exit 0", "");
    programs.stop_after = Some(Duration::from_millis(1500));
    let started = Instant::now();
    let done = programs.done();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(done.exit, Exit::Unexpected);
    let summary = &done.summaries[0];
    assert!(summary.interrupted && verdict(summary, "a").interrupted);
    for name in ["a", "b"] {
        let folder = std::fs::read_to_string(programs.path(name)).unwrap();
        let folder = folder.lines().next().unwrap();
        assert!(
            !std::path::Path::new(folder).exists(),
            "{folder} is left behind"
        );
        let pid = std::fs::read_to_string(programs.path(&format!("{name}-pid"))).unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        while runs(&pid) {
            assert!(
                Instant::now() < deadline,
                "process {pid} of {name} still runs"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn too_much() {
    let mut programs = Programs::new();
    programs.memory_limit = 256 << 20;
    programs.add("flood", "flood", "");
    programs.add("eats", "eat-memory", "");
    programs.add("good", "exit 0", "");
    let summary = programs.run();
    passed(&summary, "good", 2);
    went_wrong(
        &summary,
        "flood",
        ProblemKind::Failed,
        "more than 16 MiB on stdout",
    );
    went_wrong(
        &summary,
        "eats",
        ProblemKind::Crashed,
        "and may have 256 MiB",
    );
}

fn twice() {
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

fn malformed() {
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

fn lacking() {
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

fn expectations() {
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

fn strict_expectations() {
    let mut programs = Programs::new();
    programs.add("broken", "exit 0", "{");
    programs.expectation("demo/broken", "fail", "");
    let summary = programs.run();
    went_wrong(&summary, "broken", ProblemKind::Failed, "broken.json:1");
}

fn side_by_side() {
    let mut programs = Programs::new();
    programs.jobs = 10;
    for number in 0..20 {
        programs.add(
            &format!("sleeper-{number}"),
            "sleep 500\nsay x",
            r#"{"stdout": "x"}"#,
        );
    }
    let started = Instant::now();
    let summary = programs.run();
    let elapsed = started.elapsed();
    assert_eq!(summary.cases.len(), 20);
    assert!(summary.passes());
    // One after another they would take ten seconds.
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
}

fn reports() {
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

fn missing_runtime() {
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
