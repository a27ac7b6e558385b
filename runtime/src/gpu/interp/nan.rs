//! The bits of results that are not numbers, as data.
//!
//! None of them is WebAssembly's canonical NaN (`7FC00000`,
//! `7FF8000000000000`), so a forgotten canonicalisation shows. The f32 row is
//! what GPUs are documented to give; the others are picked to be wrong until
//! silicon has been asked.

/// Any f32 instruction whose result is NaN, but for moves and `copysign`.
pub(super) const F32: u32 = 0x7fff_ffff;

/// Any f64 instruction whose result is NaN. The sign is set, for some hardware does.
pub(super) const F64: u64 = 0xfff8_0000_0000_0001;

/// `cvt` of a NaN to an integer: the top bit of the integer's width. PTX
/// promises zero for some pairs of types; nothing should lean on it.
pub(super) fn to_int(bits: u32) -> u64 {
    1 << (bits - 1)
}
