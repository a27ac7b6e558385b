//! What is accepted of a program's JSON, and what is said of the rest.

use std::path::PathBuf;

use super::*;
use crate::model::{Answer, Body, Operation, Stream, WasiProgram, WasiProposal, World};

struct Sandbox(tempfile::TempDir);

impl Sandbox {
    fn new() -> Sandbox {
        let sandbox = Sandbox(tempfile::tempdir().unwrap());
        std::fs::write(sandbox.path("manifest.json"), r#"{"name": "a suite"}"#).unwrap();
        std::fs::write(sandbox.path("x.wasm"), "").unwrap();
        std::fs::create_dir(sandbox.path("root.dir")).unwrap();
        sandbox
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, json: &str) -> Program {
        std::fs::write(self.path("x.json"), json).unwrap();
        find(self.0.path()).unwrap().remove(0).program
    }

    fn good(&self, json: &str) -> WasiProgram {
        match self.program(json) {
            Program::Wasi(program) => *program,
            other => panic!("{json}: {other:?}"),
        }
    }
}

#[track_caller]
fn refused(json: &str, because: &str) {
    match Sandbox::new().program(json) {
        Program::Unusable(why) => {
            assert!(why.contains("x.json"), "{why}");
            assert!(why.contains(because), "{why}");
        }
        other => panic!("{json} was accepted: {other:?}"),
    }
}

#[track_caller]
fn refused_operations(operations: &str, because: &str) {
    refused(&format!(r#"{{"operations": [{operations}]}}"#), because);
}

#[test]
fn without_a_file_it_is_run_and_waited_for() {
    let sandbox = Sandbox::new();
    let found = find(sandbox.0.path()).unwrap().remove(0);
    let Program::Wasi(program) = found.program else {
        panic!("{:?}", found.program);
    };
    let kinds: Vec<_> = program
        .operations
        .iter()
        .map(|op| op.kind().name())
        .collect();
    assert_eq!(kinds, ["run", "wait"]);
    assert_eq!(*program, sandbox.good("{}"));
}

#[test]
fn the_plain_style_compares_what_it_names() {
    let program = Sandbox::new().good(
        r#"{"args": ["a"], "env": {"k": "v"}, "root": "root.dir", "exit_code": 3, "stdout": "out"}"#,
    );
    assert_eq!(program.world, World::Command);
    let [Operation::Run(start), read, wait] = program.operations.as_slice() else {
        panic!("{:?}", program.operations);
    };
    assert_eq!(start.args, ["a"]);
    assert_eq!(start.env["k"], "v");
    assert_eq!(start.root.as_deref(), Some("root.dir"));
    let out = Operation::Read {
        stream: Stream::Stdout,
        payload: "out".to_owned(),
    };
    assert_eq!(*read, out);
    assert_eq!(*wait, Operation::Wait { exit_code: 3 });
}

#[test]
fn operations_have_their_defaults() {
    let program = Sandbox::new().good(
        r#"{"proposals": ["http", "sockets"], "world": "wasi:http/service",
            "servers": [{"name": "main", "endpoints": [
                {"path": "/a", "response": "text"},
                {"method": "post", "mode": "echo-body"},
                {"method": "POST", "path": "/h", "mode": "echo-headers"},
                {"path": "/c", "response": {"status": 201, "chunks": ["x"], "trailers": {"t": "1"}}}]},
                {"name": "dead", "kind": "closed"}],
            "operations": [{"type": "run"}, {"type": "read"}, {"type": "write", "payload": "p"},
                {"type": "connect"}, {"type": "send", "id": "server"}, {"type": "recv", "id": "server"},
                {"type": "request"}, {"type": "kill"}, {"type": "wait"}]}"#,
    );
    assert_eq!(program.world, World::Service);
    assert!(program.proposals.contains(&WasiProposal::Http));
    assert_eq!(program.operations.len(), 9);
    let Operation::Request(request) = &program.operations[6] else {
        panic!("{:?}", program.operations[6]);
    };
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("GET", "/")
    );
    assert_eq!(
        (request.response.status, request.response.body.as_str()),
        (200, "")
    );
    let kill = Operation::Kill {
        signal: "SIGTERM".to_owned(),
    };
    assert_eq!(program.operations[7], kill);
    assert_eq!(program.servers[0].variable(), "HTTP_SERVER_MAIN");
    let endpoints = program.servers[0].endpoints.as_ref().unwrap();
    assert_eq!(endpoints[1].method, "POST");
    let text = Answer::Static {
        status: 200,
        headers: BTreeMap::new(),
        body: Body::Whole("text".to_owned()),
    };
    assert_eq!(endpoints[0].answer, text);
    assert!(matches!(
        &endpoints[3].answer,
        Answer::Static {
            status: 201,
            body: Body::Chunks { .. },
            ..
        }
    ));
    assert!(program.servers[1].endpoints.is_none());
}

#[test]
fn unknown_keys_are_named() {
    refused(r#"{"exitcode": 1}"#, "unknown field `exitcode`");
    refused(r#"{"debug": true}"#, "unknown field `debug`");
    refused_operations(r#"{"type": "run", "arg": []}"#, "unknown field `arg`");
    refused_operations(
        r#"{"type": "run"}, {"type": "wait", "timeout": 1}"#,
        "`timeout`",
    );
    refused_operations(
        r#"{"type": "run"}, {"type": "request", "response": {"code": 1}}"#,
        "unknown field `code`",
    );
    refused_operations(r#"{"type": "jump"}"#, "unknown variant `jump`");
    let servers = |server: &str| {
        format!(
            r#"{{"servers": [{server}], "operations": [{{"type": "run"}}, {{"type": "wait"}}]}}"#
        )
    };
    refused(
        &servers(r#"{"name": "a", "port": 1}"#),
        "unknown field `port`",
    );
    refused(
        &servers(r#"{"name": "a", "endpoints": [{"verb": "GET"}]}"#),
        "unknown field `verb`",
    );
    refused(
        &servers(r#"{"name": "a", "endpoints": [{"response": {"chunk": []}}]}"#),
        "unknown field `chunk`",
    );
}

#[test]
fn text_that_is_no_json_is_named_with_its_line() {
    refused("{\n  \"args\": [}", "x.json:2");
    refused("", "x.json");
    refused("[]", "expected a map");
    refused(r#"{"exit_code": 1, "exit_code": 2}"#, "duplicate field");
}

#[test]
fn a_file_that_would_run_nothing_is_refused() {
    refused(
        r#"{"proposals": ["http"]}"#,
        "has `proposals` and no operation",
    );
    refused(
        r#"{"world": "wasi:cli/command"}"#,
        "has `world` and no operation",
    );
    refused(r#"{"servers": []}"#, "has `servers` and no operation");
    refused(r#"{"operations": []}"#, "no operation");
}

#[test]
fn styles_do_not_mix() {
    refused(
        r#"{"args": [], "operations": [{"type": "run"}, {"type": "wait"}]}"#,
        "mixes two styles",
    );
    refused(
        r#"{"exit_code": 0, "world": "wasi:cli/command"}"#,
        "mixes two styles",
    );
}

#[test]
fn operations_out_of_order_are_named() {
    const RUN: &str = r#"{"type": "run"}"#;
    const WAIT: &str = r#"{"type": "wait"}"#;
    refused_operations(
        r#"{"type": "read"}"#,
        "operation 1, `read`, comes when no program runs",
    );
    refused_operations(r#"{"type": "connect"}"#, "no program runs");
    refused_operations(r#"{"type": "request"}"#, "no program runs");
    refused_operations(r#"{"type": "kill"}"#, "no program runs");
    refused_operations(WAIT, "no program runs");
    refused_operations(RUN, "never waits");
    refused_operations(&format!("{RUN}, {RUN}, {WAIT}"), "while it runs");
    refused_operations(&format!("{RUN}, {WAIT}, {WAIT}"), "operation 3, `wait`");
    refused_operations(
        &format!(r#"{RUN}, {WAIT}, {{"type": "write"}}"#),
        "operation 3, `write`",
    );
    let send = r#"{"type": "send", "id": "other"}"#;
    refused_operations(
        &format!(r#"{RUN}, {{"type": "connect"}}, {send}, {WAIT}"#),
        "`other`",
    );
    let connect = r#"{"type": "connect"}"#;
    refused_operations(
        &format!("{RUN}, {connect}, {connect}, {WAIT}"),
        "a second `server`",
    );
    let twice = format!(r#"{{"operations": [{RUN}, {WAIT}, {RUN}, {WAIT}]}}"#);
    assert_eq!(Sandbox::new().good(&twice).operations.len(), 4);
}

#[test]
fn fields_that_make_no_sense_are_refused() {
    let run = |operation: &str| format!(r#"{{"type": "run"}}, {operation}, {{"type": "wait"}}"#);
    refused_operations(
        &run(r#"{"type": "kill", "signal": "SIGNOPE"}"#),
        "no signal `SIGNOPE`",
    );
    refused_operations(&run(r#"{"type": "write", "id": "stdout"}"#), "only `stdin`");
    refused_operations(
        &run(r#"{"type": "read", "id": "stdin"}"#),
        "unknown variant `stdin`",
    );
    refused_operations(
        &run(r#"{"type": "connect", "protocol_type": "udp"}"#),
        "only `tcp`",
    );
    refused_operations(
        &run(r#"{"type": "request", "method": "G T"}"#),
        "no HTTP method",
    );
    refused_operations(
        &run(r#"{"type": "request", "path": "/a b"}"#),
        "no path of a URL",
    );
    refused_operations(
        &run(r#"{"type": "request", "headers": {"a b": "c"}}"#),
        "no HTTP header",
    );
    refused_operations(
        &run(r#"{"type": "request", "response": {"status": 7}}"#),
        "no HTTP status",
    );
    refused(r#"{"exit_code": 256}"#, "exit code 256");
    refused(r#"{"exit_code": -1}"#, "exit code -1");
    refused(r#"{"env": {"a=b": "c"}}"#, "variable");
    refused(r#"{"args": ["\u0000"]}"#, "NUL");
    refused(
        r#"{"operations": [{"type": "run"}, {"type": "wait"}], "world": "wasi:x"}"#,
        "wasi:x",
    );
    refused(
        r#"{"operations": [{"type": "run"}, {"type": "wait"}], "proposals": ["gopher"]}"#,
        "unknown variant `gopher`",
    );
}

#[test]
fn servers_that_make_no_sense_are_refused() {
    let refused = |server: &str, because: &str| {
        let json = format!(
            r#"{{"servers": [{server}], "operations": [{{"type": "run"}}, {{"type": "wait"}}]}}"#
        );
        refused(&json, because);
    };
    let endpoint = |endpoint: &str| format!(r#"{{"name": "a", "endpoints": [{endpoint}]}}"#);
    refused(r#"{"name": "a b"}"#, "server name \"a b\"");
    refused(r#"{"name": ""}"#, "server name");
    refused(
        r#"{"name": "a"}, {"name": "A"}"#,
        "share the variable `HTTP_SERVER_A`",
    );
    refused(
        r#"{"name": "a", "kind": "closed", "endpoints": []}"#,
        "no endpoints",
    );
    refused(r#"{"name": "a", "kind": "open"}"#, "unknown variant `open`");
    refused(&endpoint(r#"{"method": "TRACE"}"#), "no method `TRACE`");
    refused(&endpoint(r#"{}, {}"#), "two endpoints for GET /");
    refused(
        &endpoint(r#"{"mode": "echo-body", "response": ""}"#),
        "takes no `response`",
    );
    refused(
        &endpoint(r#"{"response": {"trailers": {"a": "b"}}}"#),
        "needs `chunks`",
    );
    refused(
        &endpoint(r#"{"response": {"body": "", "chunks": []}}"#),
        "not both",
    );
}

#[test]
fn a_root_stays_in_its_folder() {
    refused(r#"{"root": ".."}"#, "not below the folder");
    refused(r#"{"root": "root.dir/../.."}"#, "not below the folder");
    refused(r#"{"root": "/"}"#, "not below the folder");
    refused(r#"{"root": ""}"#, "not below the folder");
    refused(r#"{"root": "missing.dir"}"#, "cannot be read");
    refused(r#"{"root": "x.wasm"}"#, "no folder");
    refused_operations(
        r#"{"type": "run", "root": "../x"}, {"type": "wait"}"#,
        "not below",
    );
}

#[cfg(unix)]
#[test]
fn a_root_that_is_a_link_to_elsewhere_is_refused() {
    let elsewhere = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new();
    std::os::unix::fs::symlink(elsewhere.path(), sandbox.path("link.dir")).unwrap();
    let Program::Unusable(why) = sandbox.program(r#"{"root": "link.dir"}"#) else {
        panic!("it was accepted");
    };
    assert!(why.contains("not below the folder"), "{why}");
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let padding = " ".repeat(usize::try_from(LARGEST_CONFIG).unwrap());
    refused(&format!("{{{padding}}}"), "larger than");
}
