//! A core module whose functions are called, one after the other.

use std::time::Duration;

use wasmtime::{Instance, Store, Val};

use super::Pending;
use super::host::{Host, within};
use crate::Error;

/// An instance with WASI preview 1.
pub struct Reactor {
    store: Store<Host>,
    instance: Instance,
    deadline: Option<Duration>,
}

impl Reactor {
    pub(super) fn new(store: Store<Host>, instance: Instance, deadline: Option<Duration>) -> Self {
        Reactor {
            store,
            instance,
            deadline,
        }
    }

    /// Calls an export that takes and returns one `i32`. The engine's deadline
    /// is that of each call.
    ///
    /// # Errors
    ///
    /// [`Error::MissingExport`]; a trap, an exception, an exit.
    pub fn call<'a>(&'a mut self, export: &'a str, argument: i32) -> Pending<'a, i32> {
        Box::pin(async move {
            let func = self.instance.get_func(&mut self.store, export);
            let func = func.ok_or_else(|| Error::MissingExport {
                kind: "function",
                name: export.to_owned(),
            })?;
            let mut results = [Val::I32(0)];
            let arguments = [Val::I32(argument)];
            let call = func.call_async(&mut self.store, &arguments, &mut results);
            let called = within(self.deadline, call).await;
            called.map_err(|error| Error::from_execution(&error))?;
            Ok(results[0].i32().unwrap_or_default())
        })
    }
}
