//! Arguments at which arithmetic has its edges.

use tensor_wasm_runtime::gpu::ir::Type;

/// Values at which arithmetic has its edges.
pub(super) fn edge(ty: Type, random: &mut fastrand::Rng) -> u64 {
    const WORDS: [u64; 12] = [
        0,
        1,
        2,
        3,
        7,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        65_535,
        65_536,
        0x7f80_0000,
        0x7fc0_0001,
    ];
    const LONGS: [u64; 8] = [
        0,
        1,
        u64::MAX,
        1 << 63,
        (1 << 63) - 1,
        0x7ff0_0000_0000_0000,
        0x7ff4_0000_0000_0000,
        0x3ff8_0000_0000_0000,
    ];
    let mask = match ty {
        Type::I32 | Type::F32 => 0xffff_ffff,
        Type::I64 | Type::F64 => u64::MAX,
    };
    let value = match (random.u8(0..4), mask) {
        (0, _) => random.u64(..),
        (1, _) => random.u64(..256),
        (_, u64::MAX) => LONGS[random.usize(..LONGS.len())],
        _ => WORDS[random.usize(..WORDS.len())],
    };
    value & mask
}
