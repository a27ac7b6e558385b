//! Runs PTX text where there is no GPU, and runs it hostile.
//!
//! Where PTX leaves a result open, or where a GPU's answer differs from
//! WebAssembly's, this interpreter picks the answer that does most harm: a
//! compiler that forgets to canonicalise a NaN, to mask a shift or to round
//! with `.rn` sees a wrong number here and not only on some silicon.
//!
//! | what | here |
//! |---|---|
//! | NaN made by arithmetic | the patterns of `nan.rs`, never WebAssembly's |
//! | `mul` and `add` of which one lacks `.rn` | fused, as if by `fma` |
//! | `.ftz`, `.approx`, `.full` | denormals vanish, one unit in the last place is off |
//! | conversion of NaN to an integer | the most negative number |
//! | `x / 0`; `x % 0`, `MIN % -1` | all ones; poison from the seed |
//! | a register that was never written | [`Fault::UninitializedRegister`] |
//! | memory that was never written | poison from the seed |
//! | an access that is misaligned or outside of its allocation | a fault, as the loss of a context |
//! | `ld.global.nc` of what the launch writes | [`Fault::Undefined`] |
//! | threads and blocks | interleaved at places drawn from the seed |
//!
//! A module is parsed once into flat code: registers, labels and symbols are
//! numbers afterwards. An instruction, modifier or operand type that is not
//! modelled is a [`PtxError`]; nothing is ever skipped over. Not modelled are
//! f16, arithmetic that saturates, carries or rounds other than to nearest,
//! warp votes and shuffles, textures, and calls through a register.

mod convert;
mod entries;
mod exec;
mod fault;
mod float;
mod inst;
mod int;
mod lex;
mod memory;
mod nan;
mod parse;
mod program;
mod schedule;
#[cfg(test)]
mod tests;
mod types;

pub use entries::entries;
pub use fault::{Fault, Place, PtxError};
pub use memory::{LARGEST, Memory};
pub use program::Program;
pub use schedule::{Launch, Stats, launch};

/// Bytes of local memory that one thread has: its frames and `.local` variables.
pub const LOCAL_BYTES: u32 = 512 << 10;

/// Bytes of shared memory that one block may have, static and dynamic together.
pub const SHARED_BYTES: u32 = 227 << 10;
