//! NVIDIA's assembler, which a variant can ask about each module.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use tensor_wasm_runtime::gpu::ptxas::{ARCHITECTURES, Ptxas};

/// The SHA-256 of texts that were accepted: versions of the specification test the same
/// modules, and each is assembled once by a worker.
pub(super) type Accepted = Arc<Mutex<HashSet<[u8; 32]>>>;

/// `ptxas`, and what it has accepted.
#[derive(Clone)]
pub(super) struct Assembler {
    ptxas: Ptxas,
    accepted: Accepted,
}

impl Assembler {
    /// The one that is installed.
    pub(super) fn find(accepted: &Accepted) -> Result<Assembler, String> {
        Ok(Assembler {
            ptxas: Ptxas::find()?,
            accepted: Arc::clone(accepted),
        })
    }

    /// Assembles a text for each of [`ARCHITECTURES`], if that was not done before; what
    /// the assembler says of it if it is not PTX.
    pub(super) fn accepts(&self, text: &str) -> Result<(), String> {
        let known = || self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = Sha256::digest(text).into();
        if known().contains(&hash) {
            return Ok(());
        }
        for architecture in ARCHITECTURES {
            self.ptxas.assemble(text, architecture)?;
        }
        known().insert(hash);
        Ok(())
    }
}
