//! WASI programs: what a guest is given, and how a command or an HTTP service
//! runs.
//!
//! A guest has what its [`Grants`] name and nothing else: no directory, no
//! variable, no network. The host functions are those of the wasmtime-wasi
//! family; this module only decides which of them a program gets.
//!
//! ```
//! use tensor_wasm_runtime::wasi::{Command, Grants, Ready};
//! use tensor_wasm_runtime::{Engine, EngineConfig};
//!
//! # let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # tokio.block_on(async {
//! let engine = Engine::new(&EngineConfig::default())?;
//! let command = Command::load(
//!     &engine,
//!     br#"(module
//!           (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
//!           (memory (export "memory") 1)
//!           (func (export "_start") (call $exit (i32.const 7))))"#,
//! )?;
//! let code = command.run(&Grants::default(), Ready::Off, || ()).await?;
//! assert_eq!(code, 7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::pin::Pin;

use crate::Error;

mod capture;
mod command;
mod grants;
mod hook;
mod host;
mod invoke;
mod program;
mod reactor;
mod service;
mod values;

use capture::Capture;
pub use capture::Captured;
pub use command::{Command, Ready};
pub use grants::{Directory, Grants, Stdio};
pub use hook::Hook;
pub use reactor::Reactor;
pub use service::{Service, ServiceOptions};

/// What comes of it later. It is compiled here and not in the crate that waits
/// for it: all of WASI would be compiled there a second time.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;
