//! A module whose exported functions are kernels, whatever device they run on.

use std::sync::OnceLock;

use super::Refused;
use super::ir::{self, Module, Signature};
use super::lower;
use super::ptx::{self, Compiled};
use super::pure;

/// A module that was understood. Devices make their programs of it.
#[derive(Debug)]
pub struct Kernels {
    wasm: Vec<u8>,
    module: Module,
    ptx: OnceLock<Compiled>,
    pure: OnceLock<Vec<bool>>,
}

/// An exported function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export<'a> {
    /// The function's index in the module.
    pub function: u32,
    /// What a thread takes and gives.
    pub signature: &'a Signature,
}

impl Kernels {
    /// Validates a module and finds out whether it can become kernels.
    ///
    /// # Errors
    ///
    /// It is not valid, or uses what kernels do not have.
    pub fn new(wasm: &[u8]) -> Result<Kernels, Refused> {
        Ok(Kernels {
            module: ir::build(wasm)?,
            wasm: wasm.to_vec(),
            ptx: OnceLock::new(),
            pure: OnceLock::new(),
        })
    }

    /// The same, with the PTX that was written of this module before; `read` makes it.
    ///
    /// # Errors
    ///
    /// As [`Kernels::new`].
    pub(super) fn again(
        wasm: &[u8],
        read: impl FnOnce(&Module) -> Compiled,
    ) -> Result<Kernels, Refused> {
        let kernels = Kernels::new(wasm)?;
        let compiled = read(&kernels.module);
        kernels.ptx.get_or_init(|| compiled);
        Ok(kernels)
    }

    /// The bytes it was made from.
    pub fn wasm(&self) -> &[u8] {
        &self.wasm
    }

    /// What was understood.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The module as PTX, written when it is first asked for.
    pub fn ptx(&self) -> &Compiled {
        self.ptx.get_or_init(|| ptx::write(&self.module))
    }

    /// The module as PTX is written from it: values that are equal are one, and loops
    /// that may have a version without checks have it.
    pub fn improved(&self) -> Module {
        lower::improved(&self.module).0
    }

    /// Whether calls of a function of this index neither change nor see anything
    /// that other calls of it could: they may then be threads of one launch. Found
    /// out when it is first asked for. False for a function that there is not.
    pub fn is_pure(&self, function: u32) -> bool {
        let pure = self.pure.get_or_init(|| pure::functions(&self.module));
        pure.get(function as usize).copied().unwrap_or(false)
    }

    /// The exported function of this name.
    pub fn export(&self, name: &str) -> Option<Export<'_>> {
        let mut exports = self.module.exports.iter();
        let (_, function) = exports.find(|(export, _)| export == name)?;
        let signature = self.module.functions[*function as usize].signature;
        Some(Export {
            function: *function,
            signature: &self.module.signatures[signature as usize],
        })
    }
}
