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

// Without features the crate is empty; the binary then says what it lacks.
#![cfg(any(feature = "executor", feature = "gpu"))]

#[cfg(feature = "executor")]
mod engine;
#[cfg(feature = "executor")]
mod error;
#[cfg(feature = "executor")]
pub mod executor;
pub mod float;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(feature = "executor")]
mod store;
mod trap;
#[cfg(feature = "executor")]
pub mod wasi;

#[cfg(feature = "executor")]
pub use engine::{
    Allocator, CodeSize, Collector, Compiler, ConfigError, Engine, EngineConfig, Module, OptLevel,
    PoolSize, Proposal, SerializedModule,
};
#[cfg(feature = "executor")]
pub use error::Error;
#[cfg(feature = "executor")]
pub use store::{Instance, Store};
pub use trap::TrapCode;

#[cfg(feature = "executor")]
/// Wasmtime itself, for what this crate does not wrap.
pub use wasmtime;
#[cfg(feature = "executor")]
/// A value that goes into or comes out of a call; Wasmtime's own type.
pub use wasmtime::Val;

#[cfg(feature = "executor")]
/// Version of the Wasmtime this crate was built with, as `47.0.4`.
pub const WASMTIME_VERSION: &str = wasmtime_environ::VERSION;
