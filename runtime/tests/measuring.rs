//! What a benchmark needs of the runtime: marks, captured output, sizes of
//! code, serialized modules.
#![cfg(feature = "executor")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::{Arc, Mutex};

use tensor_wasm_runtime::wasi::{Command, Grants, Hook};
use tensor_wasm_runtime::{Engine, EngineConfig, Error, Store, Val};

const PROGRAM: &[u8] = br#"(module
  (import "bench" "start" (func $start))
  (import "bench" "end" (func $end))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\06\00\00\00")
  (data (i32.const 16) "hello\n")
  (func (export "_start") (local $n i32)
    (call $start)
    (local.set $n (i32.const 1000))
    (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $end)
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
    (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $exit (i32.const 3)))
  (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))"#;

fn tokio() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A mark, and the fuel that was left at it.
type Mark = (&'static str, Option<u64>);

/// What was marked when the program ran once, and what it wrote.
fn run(config: &EngineConfig) -> (Vec<Mark>, Vec<u8>, Vec<u8>) {
    let engine = Engine::new(config).unwrap();
    let module = engine.compile(PROGRAM).unwrap();
    let marks = Arc::new(Mutex::new(Vec::new()));
    let hooks = ["start", "end"].map(|name| {
        let marks = Arc::clone(&marks);
        Hook::new("bench", name, move |fuel| {
            marks.lock().unwrap().push((name, fuel));
        })
    });
    let command = Command::link(&engine, &module, &hooks).unwrap();
    let grants = Grants::default();
    let run = command.run_captured(&grants, 100);
    let captured = tokio().block_on(run).unwrap();
    assert_eq!(captured.ended.unwrap(), 3);
    let marks = marks.lock().unwrap().clone();
    (marks, captured.stdout, captured.stderr)
}

#[test]
fn a_program_marks_where_it_is_and_its_output_is_kept() {
    let (marks, stdout, stderr) = run(&EngineConfig::default());
    assert_eq!(marks, [("start", None), ("end", None)]);
    assert_eq!(stdout, b"hello\n");
    assert_eq!(stderr, b"hello\nhello\n");
}

#[test]
fn marks_tell_the_fuel_that_is_left() {
    let mut config = EngineConfig::default();
    config.fuel = Some(1_000_000);
    let (marks, ..) = run(&config);
    let [("start", Some(before)), ("end", Some(after))] = marks[..] else {
        panic!("{marks:?}");
    };
    // A thousand times `sub`, `tee`, `br_if` and what they work on.
    let used = before - after;
    assert!((4_000..8_000).contains(&used), "{used}");
    assert_eq!(run(&config).0, marks);
}

#[test]
fn output_beyond_the_limit_is_refused() {
    let engine = Engine::new(&EngineConfig::default()).unwrap();
    let module = engine.compile(PROGRAM).unwrap();
    let hooks = ["start", "end"].map(|name| Hook::new("bench", name, |_| ()));
    let command = Command::link(&engine, &module, &hooks).unwrap();
    let grants = Grants::default();
    let captured = tokio().block_on(command.run_captured(&grants, 8)).unwrap();
    // The guest is told, and this one does not listen.
    assert_eq!(captured.ended.unwrap(), 3);
    assert_eq!(captured.stdout, b"hello\n");
    assert!(captured.stderr.len() <= 8, "{:?}", captured.stderr);
}

#[test]
fn a_mark_that_nobody_set_is_a_missing_import() {
    let engine = Engine::new(&EngineConfig::default()).unwrap();
    let module = engine.compile(PROGRAM).unwrap();
    let error = Command::link(&engine, &module, &[]).err().unwrap();
    assert!(
        matches!(&error, Error::Link(message) if message.contains("bench")),
        "{error}"
    );
}

#[test]
fn a_reactor_is_called_again_and_again() {
    let engine = Engine::new(&EngineConfig::default()).unwrap();
    let module = engine.compile(PROGRAM).unwrap();
    let hooks = ["start", "end"].map(|name| Hook::new("bench", name, |_| ()));
    let command = Command::link(&engine, &module, &hooks).unwrap();
    tokio().block_on(async {
        let grants = Grants::default();
        let mut reactor = command.reactor(&grants).await.unwrap();
        assert_eq!(reactor.call("double", 21).await.unwrap(), 42);
        assert_eq!(reactor.call("double", 4).await.unwrap(), 8);
        let error = reactor.call("triple", 4).await.unwrap_err();
        assert!(matches!(error, Error::MissingExport { .. }), "{error}");
    });
}

#[test]
fn a_module_is_loaded_from_its_bytes_by_an_engine_of_the_same_configuration() {
    let engine = Engine::new(&EngineConfig::default()).unwrap();
    let module = engine
        .compile(br#"(module (func (export "seven") (result i32) (i32.const 7)))"#)
        .unwrap();
    let bytes = module.serialize().unwrap();
    assert!(!bytes.bytes().is_empty());
    let again = engine.deserialize(&bytes).unwrap();
    let mut store = Store::new(&engine);
    let instance = store.instantiate(&again).unwrap();
    let seven = store.call(instance, "seven", &[]).unwrap();
    assert!(matches!(seven[..], [Val::I32(7)]), "{seven:?}");

    let mut other = EngineConfig::default();
    other.fuel = Some(1);
    let error = Engine::new(&other)
        .unwrap()
        .deserialize(&bytes)
        .unwrap_err();
    assert!(matches!(error, Error::Compile(_)), "{error}");
}

#[test]
fn the_size_of_code_follows_the_module_and_the_configuration() {
    let config = EngineConfig::default();
    let small = br#"(module (func (param i32) (result i32) (i32.popcnt (local.get 0))))"#;
    let large = br#"(module
      (func (param i32) (result i32) (i32.popcnt (local.get 0)))
      (func (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 7))))"#;
    let small = config.code_size(small).unwrap();
    let same = config.code_size(large).unwrap();
    assert!(
        small.code > 0 && small.code < same.code,
        "{small:?} {same:?}"
    );
    assert!(same.code < same.serialized);
    assert_eq!(same, config.code_size(large).unwrap());

    let mut winch = config.clone();
    winch.set("compiler", "winch").unwrap();
    winch.proposals.clear();
    assert_ne!(winch.code_size(large).unwrap().code, same.code);

    let error = config
        .code_size(b"(module (func (result i32)))")
        .unwrap_err();
    assert!(matches!(error, Error::Compile(_)), "{error}");
}
