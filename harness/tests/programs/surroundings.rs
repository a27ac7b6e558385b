//! What surrounds a program: servers, its root, its children, its limits.

use super::*;

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found|connection: close|content-length: 0||";

pub(crate) fn servers() {
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

pub(crate) fn uncalled() {
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

pub(crate) fn roots() {
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

pub(crate) fn children() {
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
    within(started, 10);
    passed(&summary, "ends", 4);
    went_wrong(&summary, "fails", ProblemKind::Failed, "got \"wrong\"");
    for name in ["a", "b"] {
        let pid = std::fs::read_to_string(programs.path(name)).unwrap();
        ends_soon(&pid);
    }
}

pub(crate) fn stopped() {
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
    within(started, 10);
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
        ends_soon(&pid);
    }
}

pub(crate) fn too_much() {
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

pub(crate) fn side_by_side() {
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
