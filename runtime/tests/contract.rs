//! What the crate promises its embedders, on real modules.
#![cfg(feature = "executor")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::{Duration, Instant};

use tensor_wasm_runtime::{
    Allocator, Compiler, Engine, EngineConfig, Error, PoolSize, Proposal, Store, TrapCode, Val,
};

const GUEST: &str = r#"(module
  (memory (export "memory") 1)
  (data (i32.const 65533) "end")
  (global (export "answer") i64 (i64.const 42))
  (func (export "loop") (loop (br 0)))
  (func $deep (export "deep") (call $deep))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "unreachable") unreachable)
  (func (export "add") (param i32 f32) (result i32) (local.get 0)))"#;

fn config() -> EngineConfig {
    EngineConfig::default()
}

fn guest(config: &EngineConfig) -> (Store, tensor_wasm_runtime::Instance) {
    let engine = Engine::new(config).unwrap();
    let module = engine.compile(GUEST.as_bytes()).unwrap();
    let mut store = Store::new(&engine);
    let instance = store.instantiate(&module).unwrap();
    (store, instance)
}

#[test]
fn a_deadline_ends_an_endless_loop_and_the_store_stays_usable() {
    let mut config = config();
    config.deadline = Some(Duration::from_millis(50));
    let (mut store, instance) = guest(&config);
    let started = Instant::now();
    let error = store.call(instance, "loop", &[]).unwrap_err();
    assert_eq!(error.trap_code(), Some(TrapCode::Interrupted));
    assert!(started.elapsed() >= Duration::from_millis(40));
    let grown = store.call(instance, "grow", &[Val::I32(0)]).unwrap();
    assert_eq!(grown[0].unwrap_i32(), 1);
}

#[test]
fn fuel_runs_out_and_is_counted() {
    let mut config = config();
    config.fuel = Some(10_000);
    let (mut store, instance) = guest(&config);
    let error = store.call(instance, "loop", &[]).unwrap_err();
    assert_eq!(error.trap_code(), Some(TrapCode::OutOfFuel));
    store.set_fuel(500);
    store.call(instance, "grow", &[Val::I32(0)]).unwrap();
    assert!((1..500).contains(&store.fuel().unwrap()));
}

#[test]
fn memory_grows_to_the_cap_and_not_past_it() {
    let mut config = config();
    config.max_memory_bytes = Some(3 << 16);
    let (mut store, instance) = guest(&config);
    let mut grow = |pages| {
        let result = store.call(instance, "grow", &[Val::I32(pages)]).unwrap();
        result[0].unwrap_i32()
    };
    assert_eq!([grow(2), grow(1), grow(0)], [1, -1, 3]);

    let engine = Engine::new(&config).unwrap();
    let module = engine.compile(b"(module (memory 4))").unwrap();
    let error = Store::new(&engine).instantiate(&module).unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error}");
}

#[test]
fn traps_carry_their_code() {
    let (mut store, instance) = guest(&config());
    let mut code = |name: &str| store.call(instance, name, &[]).unwrap_err().trap_code();
    assert_eq!(code("unreachable"), Some(TrapCode::Unreachable));
    assert_eq!(code("deep"), Some(TrapCode::CallStackExhausted));
    assert_eq!(code("none"), None);
}

#[test]
fn what_does_not_fit_is_refused_before_the_guest_runs() {
    let (mut store, instance) = guest(&config());
    let few = store.call(instance, "add", &[Val::I32(1)]).unwrap_err();
    assert!(matches!(few, Error::Arguments { .. }), "{few}");
    let other = [Val::I32(1), Val::F64(0)];
    let other = store.call(instance, "add", &other).unwrap_err();
    assert!(
        other.to_string().contains("argument 1 is not of type f32"),
        "{other}"
    );
    let missing = store.global(instance, "memory").unwrap_err();
    assert!(matches!(
        missing,
        Error::MissingExport { kind: "global", .. }
    ));
    assert_eq!(store.global(instance, "answer").unwrap().unwrap_i64(), 42);
}

#[test]
fn memory_is_read_inside_its_bounds_only() {
    let (mut store, instance) = guest(&config());
    let read = store.read_memory(instance, "memory", 65_533, 3).unwrap();
    assert_eq!(read, b"end");
    for (at, length) in [(65_533, 4), (65_537, 0), (u64::MAX, 1), (0, usize::MAX)] {
        let error = store
            .read_memory(instance, "memory", at, length)
            .unwrap_err();
        assert!(matches!(error, Error::OutOfBounds { .. }), "{error}");
    }
}

#[test]
fn a_pool_says_when_it_is_empty() {
    let mut config = config();
    config.allocator = Allocator::Pooling(PoolSize {
        instances: 1,
        memories: 1,
        tables: 1,
        ..PoolSize::default()
    });
    let engine = Engine::new(&config).unwrap();
    let module = engine.compile(GUEST.as_bytes()).unwrap();
    let mut first = Store::new(&engine);
    first.instantiate(&module).unwrap();
    let error = Store::new(&engine).instantiate(&module).unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error}");
    drop(first);
    Store::new(&engine).instantiate(&module).unwrap();
    let large = engine.compile(b"(module (memory 65536))").unwrap_err();
    assert!(matches!(large, Error::Limit(_)), "{large}");
}

#[test]
fn proposals_are_off_unless_they_are_on() {
    let tail_call = b"(module (func $f (return_call $f)))";
    let mut config = config();
    assert!(Engine::new(&config).unwrap().compile(tail_call).is_ok());
    config.proposals.remove(&Proposal::TailCall);
    let error = Engine::new(&config)
        .unwrap()
        .compile(tail_call)
        .unwrap_err();
    assert!(matches!(error, Error::Compile(_)), "{error}");
}

#[test]
fn winch_says_what_it_lacks() {
    let mut config = config();
    config.compiler = Compiler::Winch;
    let supported = config.supported_proposals();
    assert!(supported.contains(&Proposal::Simd) || cfg!(not(target_arch = "x86_64")));
    assert!(!supported.contains(&Proposal::Gc));
    config.proposals = supported;
    assert!(Engine::new(&config).is_ok());
    config.nan_canonicalization = true;
    let error = Engine::new(&config).unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
}

#[test]
fn modules_link_by_the_names_instances_are_registered_under() {
    let engine = Engine::new(&config()).unwrap();
    let import = engine
        .compile(br#"(module (import "guest" "answer" (global i64)))"#)
        .unwrap();
    let mut store = Store::new(&engine);
    let error = store.instantiate(&import).unwrap_err();
    assert!(matches!(error, Error::Link(_)), "{error}");
    let guest = engine.compile(GUEST.as_bytes()).unwrap();
    let instance = store.instantiate(&guest).unwrap();
    store.register("guest", instance).unwrap();
    store.instantiate(&import).unwrap();
    let wrong = engine
        .compile(br#"(module (import "guest" "answer" (global i32)))"#)
        .unwrap();
    let error = store.instantiate(&wrong).unwrap_err();
    assert!(matches!(error, Error::Link(_)), "{error}");
}
