//! The module `spectest` that the specification's scripts import.
//!
//! Written as WebAssembly, so that an engine needs no host functions to run the
//! scripts. Contents:
//! <https://github.com/WebAssembly/spec/blob/main/interpreter/README.md#spectest-host-module>.

use super::{encode_text, load};
use crate::engine::{Session, SessionConfig};
use crate::model::{Capability, Failure, FailureKind};

const BASE: &str = r#"(module
  (func (export "print"))
  (func (export "print_i32") (param i32))
  (func (export "print_i64") (param i64))
  (func (export "print_f32") (param f32))
  (func (export "print_f64") (param f64))
  (func (export "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (param f64 f64))
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (memory (export "memory") 1 2))"#;

const TABLE64: &str = r#"(module (table (export "table64") i64 10 20 funcref))"#;
const SHARED_MEMORY: &str = r#"(module (memory (export "shared_memory") 1 2 shared))"#;

/// Makes `spectest` importable in a session: what every version of it has, and
/// what belongs to the proposals that are on.
pub(super) fn register(session: &mut dyn Session, config: &SessionConfig) -> Result<(), Failure> {
    let mut modules = vec![BASE];
    if config.proposals.contains(&Capability::Memory64) {
        modules.push(TABLE64);
    }
    if config.proposals.contains(&Capability::Threads) {
        modules.push(SHARED_MEMORY);
    }
    for text in modules {
        let wasm = encode_text(text)
            .map_err(|error| Failure::new(FailureKind::Other, format!("spectest: {error}")))?;
        let (_, instance) = load(session, config, &wasm)?;
        session.register("spectest", instance)?;
    }
    Ok(())
}
