//! Values at which arithmetic has its edges.

/// What an operand is: how its bits are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 32 bits, an integer or a truth.
    I32,
    /// 64 bits, an integer.
    I64,
    /// 32 bits, IEEE 754.
    F32,
    /// 64 bits, IEEE 754.
    F64,
}

const I32: &[u64] = &[
    0,
    1,
    2,
    5,
    31,
    32,
    33,
    63,
    64,
    65,
    100,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0x0100_0001,
    0x7fff_ff80,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xdead_beef,
    0xffff_fffe,
    0xffff_ffff,
];

const I64: &[u64] = &[
    0,
    1,
    2,
    5,
    31,
    32,
    63,
    64,
    0x80,
    0x8000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x1_0000_0001,
    0x20_0000_0000_0001,
    0x7fff_ffff_ffff_fc00,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0x8000_0000_0000_0001,
    0xdead_beef_0bad_cafe,
    0xffff_ffff_8000_0000,
    0xffff_ffff_ffff_fffe,
    0xffff_ffff_ffff_ffff,
];

// Zeros, denormals, around 1, halves, around 2^31, 2^32, 2^63 and 2^64, the largest,
// infinities, and NaNs: quiet, signalling, with a payload, with a sign.
const F32: &[u64] = &[
    0,
    0x8000_0000,
    1,
    0x8000_0001,
    0x007f_ffff,
    0x0080_0000,
    0x3380_0000,
    0x3eaa_aaab,
    0x3f00_0000,
    0xbf00_0000,
    0x3f7f_ffff,
    0x3f80_0000,
    0x3f80_0001,
    0xbf80_0000,
    0x3fc0_0000,
    0x4020_0000,
    0xc020_0000,
    0x4049_0fdb,
    0x4b00_0001,
    0x4eff_ffff,
    0x4f00_0000,
    0xcf00_0000,
    0xcf00_0001,
    0x4f7f_ffff,
    0x4f80_0000,
    0x5eff_ffff,
    0x5f00_0000,
    0xdf00_0000,
    0xdf00_0001,
    0x5f7f_ffff,
    0x5f80_0000,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0xffc0_0000,
    0x7f80_0001,
    0xffa0_0000,
    0x7fc1_2345,
    0x7fff_ffff,
    0xffff_ffff,
];

const F64: &[u64] = &[
    0,
    0x8000_0000_0000_0000,
    1,
    0x8000_0000_0000_0001,
    0x000f_ffff_ffff_ffff,
    0x0010_0000_0000_0000,
    0x3690_0000_0000_0000,
    0x36a0_0000_0000_0000,
    0x380f_ffff_e000_0000,
    0x3810_0000_0000_0000,
    0x3fd5_5555_5555_5555,
    0x3fe0_0000_0000_0000,
    0xbfe0_0000_0000_0000,
    0x3fef_ffff_ffff_ffff,
    0x3ff0_0000_0000_0000,
    0x3ff0_0000_1000_0000,
    0xbff0_0000_0000_0000,
    0x3ff8_0000_0000_0000,
    0x4004_0000_0000_0000,
    0xc004_0000_0000_0000,
    0x4009_21fb_5444_2d18,
    0x41df_ffff_ffc0_0000,
    0x41e0_0000_0000_0000,
    0xc1e0_0000_0000_0000,
    0xc1e0_0000_0010_0000,
    0x41ef_ffff_ffe0_0000,
    0x41f0_0000_0000_0000,
    0x4330_0000_0000_0001,
    0x43df_ffff_ffff_ffff,
    0x43e0_0000_0000_0000,
    0xc3e0_0000_0000_0000,
    0xc3e0_0000_0000_0001,
    0x43ef_ffff_ffff_ffff,
    0x43f0_0000_0000_0000,
    0x47ef_ffff_e000_0000,
    0x47ef_ffff_f000_0000,
    0x7fef_ffff_ffff_ffff,
    0xffef_ffff_ffff_ffff,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x7ff8_0000_0000_0000,
    0xfff8_0000_0000_0000,
    0x7ff0_0000_0000_0001,
    0xfff4_0000_0000_0000,
    0x7ff8_0001_2345_6789,
    0xffff_ffff_ffff_ffff,
];

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::I32, Kind::I64, Kind::F32, Kind::F64];

    /// As WebAssembly names it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::I32 => "i32",
            Kind::I64 => "i64",
            Kind::F32 => "f32",
            Kind::F64 => "f64",
        }
    }

    /// The bits of its values.
    pub fn edges(self) -> &'static [u64] {
        match self {
            Kind::I32 => I32,
            Kind::I64 => I64,
            Kind::F32 => F32,
            Kind::F64 => F64,
        }
    }

    /// Bits of a value.
    pub(super) fn bits(self) -> u32 {
        match self {
            Kind::I32 | Kind::F32 => 32,
            Kind::I64 | Kind::F64 => 64,
        }
    }

    /// A value's bits in digits, as many as it has.
    pub(super) fn hex(self, bits: u64) -> String {
        match self.bits() {
            32 => format!("{bits:08x}"),
            _ => format!("{bits:016x}"),
        }
    }
}

/// All combinations of the edges of operands, the last one fastest. Of three
/// operands, only every third edge of each.
pub(super) fn combinations(operands: &[Kind]) -> Vec<Vec<u64>> {
    let step = if operands.len() > 2 { 3 } else { 1 };
    let mut all = vec![Vec::new()];
    for kind in operands {
        let mut longer = Vec::new();
        for begun in all {
            for edge in kind.edges().iter().step_by(step) {
                longer.push([begun.as_slice(), &[*edge]].concat());
            }
        }
        all = longer;
    }
    all
}
