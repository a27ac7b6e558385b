//! Functions of the embedder's that a guest calls to say where it is.

use std::fmt;
use std::sync::Arc;

use wasmtime::{Caller, Linker};

use super::host::Host;

/// A host function without parameters and results.
#[derive(Clone)]
pub struct Hook {
    module: String,
    name: String,
    call: Arc<dyn Fn(Option<u64>) + Send + Sync>,
}

impl Hook {
    /// A function that guests import as `name` from `module`. `call` is given
    /// the fuel the guest has left, where the engine counts it.
    pub fn new(
        module: impl Into<String>,
        name: impl Into<String>,
        call: impl Fn(Option<u64>) + Send + Sync + 'static,
    ) -> Hook {
        Hook {
            module: module.into(),
            name: name.into(),
            call: Arc::new(call),
        }
    }

    pub(super) fn link(&self, linker: &mut Linker<Host>, fuel: bool) -> wasmtime::Result<()> {
        let call = Arc::clone(&self.call);
        if fuel {
            linker.func_wrap(&self.module, &self.name, move |caller: Caller<'_, Host>| {
                call(caller.get_fuel().ok());
            })?;
        } else {
            linker.func_wrap(&self.module, &self.name, move || call(None))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook")
            .field("module", &self.module)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
