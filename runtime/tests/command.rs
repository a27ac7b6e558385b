//! WASI commands as a library.
#![cfg(feature = "executor")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use tensor_wasm_runtime::wasi::{Command, Grants, Ready};
use tensor_wasm_runtime::{Engine, EngineConfig, TrapCode};

const SPINS: &[u8] = br#"(module (func (export "_start") (loop (br 0))))"#;

fn tokio() -> tokio::runtime::Runtime {
    // One thread: a guest that never gave way would hold it for good.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn the_engines_deadline_stops_a_program_and_a_call() {
    let mut config = EngineConfig::default();
    config.deadline = Some(Duration::from_millis(50));
    let command = Command::load(&Engine::new(&config).unwrap(), SPINS).unwrap();
    let grants = Grants::default();
    tokio().block_on(async {
        let run = command.run(&grants, Ready::Off, || ()).await;
        let trap = run.unwrap_err().trap_code();
        assert_eq!(trap, Some(TrapCode::Interrupted));
        let call = command.invoke(&grants, "_start", "[]", Ready::Off, || ());
        let trap = call.await.unwrap_err().trap_code();
        assert_eq!(trap, Some(TrapCode::Interrupted));
    });
}

#[test]
fn a_future_that_is_dropped_ends_its_program() {
    let mut config = EngineConfig::default();
    config.deadline = Some(Duration::MAX);
    let command = Command::load(&Engine::new(&config).unwrap(), SPINS).unwrap();
    let grants = Grants::default();
    tokio().block_on(async {
        let run = command.run(&grants, Ready::Off, || ());
        let ended = tokio::time::timeout(Duration::from_millis(50), run).await;
        assert!(ended.is_err(), "it is stopped from outside");
    });
}

#[test]
fn fuel_needs_an_engine_that_counts_it() {
    let command = Command::load(&Engine::new(&EngineConfig::default()).unwrap(), SPINS).unwrap();
    let mut grants = Grants::default();
    grants.fuel = Some(10);
    let ended = tokio().block_on(command.run(&grants, Ready::Off, || ()));
    assert!(ended.unwrap_err().to_string().contains("does not count"));
}
