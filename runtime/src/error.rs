//! What can go wrong between bytes and results, one variant per question an
//! embedder asks.

use crate::{ConfigError, TrapCode};

/// An error of compiling, instantiating or calling.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration contradicts itself or the host.
    #[error("engine configuration refused: {0}")]
    Config(#[from] ConfigError),

    /// The bytes are not a module this engine accepts: they do not decode, do
    /// not validate, or need a proposal that is switched off.
    #[error("module refused: {0}")]
    Compile(String),

    /// An import is missing or has another type.
    #[error("module cannot be linked: {0}")]
    Link(String),

    /// Execution trapped. `message` has the backtrace.
    #[error("trap: {code}")]
    Trap {
        /// What kind of trap.
        code: TrapCode,
        /// Wasmtime's text, with the backtrace of the guest.
        message: String,
    },

    /// The guest threw an exception that nothing caught.
    #[error("uncaught exception: {0}")]
    Exception(String),

    /// The instance exports nothing of this name and kind.
    #[error("no exported {kind} `{name}`")]
    MissingExport {
        /// `function`, `global` or `memory`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
    },

    /// The memory ends before what is to be read.
    #[error("{length} bytes at {at} are not all inside a memory of {size} bytes")]
    OutOfBounds {
        /// The first byte.
        at: u64,
        /// How many.
        length: usize,
        /// The memory's size in bytes.
        size: usize,
    },

    /// The arguments do not have the function's types.
    #[error("arguments do not fit `{name}`: {message}")]
    Arguments {
        /// The function's export name.
        name: String,
        /// What does not fit.
        message: String,
    },

    /// A host function stopped the guest instead of answering, as for a pointer
    /// outside its memory. To the guest that is a trap.
    #[error("stopped by a host function: {0}")]
    Host(String),

    /// The program has nothing to start with.
    #[error("no entry point: {0}")]
    NoEntryPoint(String),

    /// Something the guest was to be given is not there.
    #[error("{0}")]
    Grant(String),

    /// A limit of the store or the engine would be exceeded.
    #[error("limit exceeded: {0}")]
    Limit(String),

    /// Anything else, with Wasmtime's text.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// The trap's code, where this is a trap.
    pub fn trap_code(&self) -> Option<TrapCode> {
        match self {
            Error::Trap { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Sorts out what an instantiation or a call returned.
    pub(crate) fn from_execution(error: &wasmtime::Error) -> Error {
        let message = format!("{error:#}");
        if let Some(trap) = error.downcast_ref::<wasmtime::Trap>() {
            return Error::Trap {
                code: TrapCode::from(*trap),
                message,
            };
        }
        if error.is::<wasmtime::ThrownException>() {
            return Error::Exception(message);
        }
        if error.is::<wasmtime::PoolConcurrencyLimitError>() {
            return Error::Limit(message);
        }
        let first = error.to_string();
        // A mismatched type has no error type of its own in Wasmtime 47.
        if error.is::<wasmtime::UnknownImportError>()
            || first.starts_with("incompatible import type")
        {
            return Error::Link(format!("{error:#}"));
        }
        if first.contains("exceeds memory limits")
            || first.contains("exceeds table limits")
            || first.contains("exceeds the pooling allocator's")
        {
            return Error::Limit(format!("{error:#}"));
        }
        Error::Host(without_backtrace(error))
    }
}

/// The error and its causes, without the guest's stack, which takes a screen.
fn without_backtrace(error: &wasmtime::Error) -> String {
    let causes = error.chain().map(ToString::to_string);
    let causes = causes.filter(|cause| !cause.starts_with("error while executing at wasm"));
    causes.collect::<Vec<_>>().join(": ")
}
