//! TensorWasm's runtime: Wasmtime behind one configuration type, with limits,
//! deadlines and traps that carry their code.
//!
//! It knows nothing of test suites, verdicts or baselines; a program that wants
//! to run WebAssembly embeds this crate and nothing else of the workspace.
//!
//! ```
//! use tensor_wasm_runtime::{Engine, EngineConfig, Store, TrapCode, Val};
//!
//! let engine = Engine::new(&EngineConfig::default())?;
//! let module = engine.compile(
//!     br#"(module (func (export "div") (param i32 i32) (result i32)
//!           (i32.div_s (local.get 0) (local.get 1))))"#,
//! )?;
//! let mut store = Store::new(&engine);
//! let instance = store.instantiate(&module)?;
//!
//! let six = store.call(instance, "div", &[Val::I32(42), Val::I32(7)])?;
//! assert_eq!(six[0].unwrap_i32(), 6);
//!
//! let trap = store.call(instance, "div", &[Val::I32(1), Val::I32(0)]).unwrap_err();
//! assert_eq!(trap.trap_code(), Some(TrapCode::IntegerDivideByZero));
//! # Ok::<(), tensor_wasm_runtime::Error>(())
//! ```

// Without the feature the crate is empty; the binary then says what it lacks.
#![cfg(feature = "executor")]

mod engine;
mod error;
pub mod executor;
mod store;
mod trap;
pub mod wasi;

pub use engine::{
    Allocator, CodeSize, Collector, Compiler, ConfigError, Engine, EngineConfig, Module, OptLevel,
    PoolSize, Proposal, SerializedModule,
};
pub use error::Error;
pub use store::{Instance, Store};
pub use trap::TrapCode;

/// Wasmtime itself, for what this crate does not wrap.
pub use wasmtime;
/// A value that goes into or comes out of a call; Wasmtime's own type.
pub use wasmtime::Val;

/// Version of the Wasmtime this crate was built with, as `47.0.4`.
pub const WASMTIME_VERSION: &str = wasmtime_environ::VERSION;
