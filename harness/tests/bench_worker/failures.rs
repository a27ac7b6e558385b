//! What goes wrong is said, and the worker goes on.

use tensor_wasm_harness::execute::bench::protocol::{BenchReply, BenchRequest};
use tensor_wasm_harness::model::bench::{BenchProgram, Phase, WorkloadSize};

use crate::worker::{BRIEF, Folder, Worker, failed, text};

const ENGINES: &[&str] = &[
    #[cfg(feature = "tensor-wasm")]
    "tensor-wasm",
    #[cfg(feature = "wasmi")]
    "wasmi",
];

/// Loads what must fail, sees that nothing is loaded then, and that something
/// else still can be; returns what was said.
fn refused(folder: &Folder, program: &BenchProgram) -> Vec<String> {
    let fine = text("(call $start) (call $end) (call $hello)");
    let fine = folder.program("fine", &fine, Some("hello\n"));
    let refused = |engine: &&str| {
        let mut worker = Worker::start(engine);
        worker.loaded(&fine);
        let message = failed(worker.load(program));
        assert!(message.starts_with(&program.name), "{message}");
        let nothing = failed(worker.time(Phase::Compile, BRIEF));
        assert!(nothing.contains("no program is loaded"), "{nothing}");
        worker.loaded(&fine);
        worker.timed(Phase::Execute, BRIEF);
        message
    };
    ENGINES.iter().map(refused).collect()
}

fn every_says(messages: &[String], words: &[&str]) {
    for message in messages {
        for word in words {
            assert!(message.contains(word), "no `{word}` in: {message}");
        }
    }
}

fn body_refused(body: &str, expected: &str) -> Vec<String> {
    let folder = Folder::new();
    let program = folder.program("wrong", &text(body), Some(expected));
    refused(&folder, &program)
}

#[test]
fn a_trap() {
    let said = body_refused("(call $start) unreachable", "");
    every_says(&said, &["trap `unreachable`"]);
}

#[test]
fn an_exit_that_is_none_of_success() {
    let said = body_refused("(call $start) (call $end) (call $exit (i32.const 7))", "");
    every_says(&said, &["code 7"]);
}

#[test]
fn an_exit_with_success_is_fine() {
    let folder = Folder::new();
    let program = folder.program(
        "exits",
        &text("(call $start) (call $end) (call $hello) (call $exit (i32.const 0))"),
        Some("hello\n"),
    );
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        worker.loaded(&program);
        worker.timed(Phase::Execute, BRIEF);
    }
}

#[test]
fn marks_that_are_not_set_once() {
    for (body, word) in [
        ("(call $start)", "`bench.end` after it never"),
        ("(call $end)", "`bench.start` never"),
        ("", "`bench.start` never"),
        (
            "(call $start) (call $start) (call $end)",
            "`bench.start` 2 times",
        ),
        (
            "(call $start) (call $end) (call $end)",
            "`bench.end` after it 2 times",
        ),
        ("(call $end) (call $start)", "`bench.end` after it never"),
    ] {
        every_says(&body_refused(body, ""), &[word]);
    }
}

#[test]
fn a_wrong_output() {
    let body = "(call $start) (call $end) (call $hello) (call $hello)";
    let said = body_refused(body, "hello\nhallo\n");
    every_says(
        &said,
        &[
            "standard output is not what",
            "wrong.stdout.expected",
            "byte 7, line 2",
            "expected `hallo`, got `hello`",
        ],
    );
    every_says(
        &body_refused(body, "hello\n"),
        &["expected the end, got `hello`"],
    );
    let said = body_refused("(call $start) (call $end)", "hello\n");
    every_says(&said, &["expected `hello`, got the end"]);
}

/// A program that is right when it is loaded and wrong later.
#[test]
fn an_output_that_changes_while_it_is_measured() {
    let folder = Folder::new();
    let reads = r#"(module
      (import "bench" "start" (func $start))
      (import "bench" "end" (func $end))
      (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_read"
        (func $read (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "./default.input")
      (data (i32.const 32) "\00\01\00\00\40\00\00\00")
      (func (export "_start")
        (call $start)
        (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 15)
              (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 48))
          (then unreachable))
        (if (call $read (i32.load (i32.const 48)) (i32.const 32) (i32.const 1) (i32.const 52))
          (then unreachable))
        (i32.store (i32.const 36) (i32.load (i32.const 52)))
        (call $end)
        (if (call $write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 52))
          (then unreachable))))"#;
    for engine in ENGINES {
        folder.write("default.input", "what it reads\n");
        let program = folder.program("reads", reads, Some("what it reads\n"));
        let mut worker = Worker::start(engine);
        worker.loaded(&program);
        worker.timed(Phase::Execute, BRIEF);
        folder.write("default.input", "what it roads\n");
        let message = failed(worker.time(Phase::Execute, BRIEF));
        assert!(message.contains("byte 9, line 1"), "{message}");
    }
}

#[test]
fn files_that_are_not_there_or_no_modules() {
    let folder = Folder::new();
    let fine = text("(call $start) (call $end) (call $hello)");
    let program = folder.program("wrong", &fine, Some("hello\n"));

    let mut missing = program.clone();
    missing.wasm = folder.path().join("nowhere.wasm");
    every_says(
        &refused(&folder, &missing),
        &["nowhere.wasm", "cannot be read"],
    );

    let mut missing = program.clone();
    missing.workloads[0].stdout = Some(folder.path().join("nowhere.expected"));
    every_says(
        &refused(&folder, &missing),
        &["nowhere.expected", "cannot be read"],
    );

    let mut missing = program.clone();
    missing.folder = folder.path().join("no-folder");
    every_says(&refused(&folder, &missing), &["no-folder"]);

    let mut other = program.clone();
    other.wasm = folder.write("text.wasm", "(module)");
    every_says(&refused(&folder, &other), &["text.wasm", "binary format"]);
    other.wasm = folder.write("cut.wasm", b"\0asm\x01\0\0\0\x01");
    refused(&folder, &other);

    let mut other = program.clone();
    other.workloads[0].size = WorkloadSize::Small;
    every_says(&refused(&folder, &other), &["no workload `default`"]);
}

#[test]
fn a_missing_import_is_named() {
    let folder = Folder::new();
    let text = r#"(module (import "moon" "rise" (func)) (func (export "_start")))"#;
    let program = folder.program("wrong", text, None);
    every_says(&refused(&folder, &program), &["moon", "rise"]);
}

#[test]
fn a_module_that_is_never_executed() {
    let folder = Folder::new();
    let mut program = folder.program("library", "(module (func (export \"f\")))", None);
    program.workloads.clear();
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        worker.loaded(&program);
        worker.timed(Phase::Compile, BRIEF);
        let message = failed(worker.time(Phase::Execute, BRIEF));
        assert!(message.contains("no workload"), "{message}");
        worker.counted();
    }
}

#[test]
fn what_an_engine_lacks_is_unsupported() {
    let folder = Folder::new();
    let fine = text("(call $start) (call $end) (call $hello)");
    let fine = folder.program("fine", &fine, None);
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        worker.loaded(&fine);
        let reply = worker.ask(&BenchRequest::Operation {
            name: "teleport".to_owned(),
            effort: BRIEF,
        });
        assert!(
            matches!(&reply, BenchReply::Unsupported(message) if message.contains("teleport")),
            "{reply:?}"
        );
        let message = failed(worker.time(Phase::Operation, BRIEF));
        assert!(message.contains("by its name"), "{message}");
    }
}

#[test]
#[cfg(feature = "wasmi")]
fn an_interpreter_has_no_pool_and_stores_no_modules() {
    let folder = Folder::new();
    let mut worker = Worker::start("wasmi");
    let fine = text("(call $start) (call $end) (call $hello)");
    worker.loaded(&folder.program("fine", &fine, None));
    for phase in [
        Phase::InstantiatePooled,
        Phase::Serialize,
        Phase::Deserialize,
    ] {
        let reply = worker.time(phase, BRIEF);
        assert!(
            matches!(reply, BenchReply::Unsupported(_)),
            "{phase}: {reply:?}"
        );
    }
}

#[test]
fn a_worker_ends_when_it_is_told_or_left_alone() {
    let engine = ENGINES[0];
    let mut worker = Worker::start(engine);
    worker.say("\"exit\"");
    assert_eq!(worker.ended(), Some(0));

    Worker::start(engine).left_alone();

    // Even in the middle of a program that never ends.
    let folder = Folder::new();
    let endless = folder.program("endless", &text("(loop (br 0))"), None);
    let mut worker = Worker::start(engine);
    let load = BenchRequest::Load {
        program: Box::new(endless),
        size: WorkloadSize::Default,
    };
    worker.say(&serde_json::to_string(&load).unwrap());
    worker.left_alone();
}

#[test]
fn what_it_does_not_understand_it_refuses() {
    let mut worker = Worker::start(ENGINES[0]);
    worker.say("{\"teleport\":1}");
    let reply = worker.reply();
    assert!(
        matches!(&reply, BenchReply::Refused(message) if message.contains("teleport")),
        "{reply:?}"
    );
    assert_ne!(worker.ended(), Some(0));

    for (arguments, word) in [
        (vec![], "--engine is missing"),
        (vec!["--engine", "no-such"], "no-such"),
        (vec!["--engine", ENGINES[0], "--set", "moon=full"], "moon"),
        (vec!["--engine", ENGINES[0], "--bunch"], "--bunch"),
    ] {
        let (worker, reply) = Worker::with(&arguments);
        assert!(
            matches!(&reply, BenchReply::Refused(message) if message.contains(word)),
            "{reply:?}"
        );
        assert_eq!(worker.ended(), Some(2));
    }
}
