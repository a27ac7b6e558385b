//! What can go wrong: with the text ([`PtxError`]), with a launch ([`Fault`]).

use std::fmt;

/// The text is not PTX that this interpreter models.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("PTX line {line}, column {column}: {message}")]
pub struct PtxError {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in bytes.
    pub column: u32,
    /// What was expected, and what was found.
    pub message: String,
}

/// Who did it: a thread at a line of the PTX text, or the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// `%ctaid`.
    pub block: [u32; 3],
    /// `%tid`.
    pub thread: [u32; 3],
    /// The line of the PTX text, from 1; 0 where the host did it.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return f.write_str("the host");
        }
        let ([bx, by, bz], [tx, ty, tz]) = (self.block, self.thread);
        write!(
            f,
            "thread ({tx}, {ty}, {tz}) of block ({bx}, {by}, {bz}) at PTX line {}",
            self.line
        )
    }
}

/// Why a launch ended without a result. On a GPU most of these lose the context.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// An address is not a multiple of the size of its access.
    #[error("{place}: address {address:#x} is not a multiple of {bytes}")]
    Misaligned {
        /// Who.
        place: Place,
        /// The address, in the state space of the access.
        address: u64,
        /// The size of the access.
        bytes: u64,
    },
    /// An access is not all inside one allocation or window.
    #[error(
        "{place}: {bytes} bytes at {space} address {address:#x} are outside of every allocation"
    )]
    OutOfBounds {
        /// Who.
        place: Place,
        /// `global`, `shared`, `local`, `const` or `generic`.
        space: &'static str,
        /// The address, in that state space.
        address: u64,
        /// The size of the access.
        bytes: u64,
    },
    /// A register is read that was never written.
    #[error("{place}: register {register} is read before it is written")]
    UninitializedRegister {
        /// Who.
        place: Place,
        /// The register's name in the text.
        register: String,
    },
    /// The `trap` instruction.
    #[error("{place}: `trap` was executed")]
    Trap {
        /// Who.
        place: Place,
    },
    /// Every thread of a block waits, at different barriers.
    #[error(
        "{place}: waits at barrier {barrier} for ever: the block's other threads wait elsewhere"
    )]
    Deadlock {
        /// One of those that wait.
        place: Place,
        /// The barrier it waits at.
        barrier: u32,
    },
    /// Calls nest too deep for the local memory of a thread.
    #[error("{place}: the call does not fit into {limit} bytes of local memory", limit = super::LOCAL_BYTES)]
    StackOverflow {
        /// Who.
        place: Place,
    },
    /// The launch executed as many instructions as it was allowed to.
    #[error("the launch did not end within {steps} instructions")]
    OutOfSteps {
        /// How many it was allowed.
        steps: u64,
    },
    /// The caller asked to stop.
    #[error("the launch was cancelled")]
    Cancelled,
    /// The launch cannot start.
    #[error("launch refused: {0}")]
    BadLaunch(String),
    /// PTX leaves open what happens.
    #[error("{place}: {what}")]
    Undefined {
        /// Who.
        place: Place,
        /// What PTX does not define.
        what: &'static str,
    },
}

/// A fault as the executing thread sees it, without its place: small, for the
/// hot loop returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    Misaligned {
        address: u64,
        bytes: u64,
    },
    OutOfBounds {
        space: &'static str,
        address: u64,
        bytes: u64,
    },
    /// A slot of the current frame.
    Fresh(u32),
    Trap,
    StackOverflow,
    Undefined(&'static str),
}
