//! Decoded instructions: everything that has a name in the text is a number here.

mod op;

pub(super) use self::op::{Inst, Op};
use super::types::Type;

/// A register of the current frame.
pub(super) type Slot = u32;

/// A register, or a constant of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Src(u32);

const CONSTANT: u32 = 1 << 31;

impl Src {
    pub(super) fn slot(slot: Slot) -> Src {
        Src(slot)
    }

    pub(super) fn constant(index: u32) -> Src {
        Src(index | CONSTANT)
    }

    /// The slot, or else the index of the constant.
    #[inline(always)]
    pub(super) fn split(self) -> Result<usize, usize> {
        if self.0 & CONSTANT == 0 {
            Ok(self.0 as usize)
        } else {
            Err((self.0 & !CONSTANT) as usize)
        }
    }
}

/// `@%p`, `@!%p` or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guard(u32);

impl Guard {
    pub(super) const NONE: Guard = Guard(u32::MAX);

    pub(super) fn new(slot: Slot, negated: bool) -> Guard {
        Guard(slot | if negated { CONSTANT } else { 0 })
    }

    /// The predicate and the value it must have.
    #[inline(always)]
    pub(super) fn test(self) -> Option<(Slot, u64)> {
        (self != Guard::NONE).then_some((self.0 & !CONSTANT, u64::from(self.0 & CONSTANT == 0)))
    }
}

/// An integer's width and signedness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IntType {
    bits: u8,
    pub(super) signed: bool,
}

impl IntType {
    pub(super) fn bits(self) -> u32 {
        self.bits.into()
    }
}

impl From<Type> for IntType {
    fn from(ty: Type) -> IntType {
        // Widths are at most 64.
        IntType {
            bits: ty.bits as u8,
            signed: ty.signed(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IntOp {
    Add,
    Sub,
    MulLo,
    MulHi,
    MulWide,
    Div,
    Rem,
    Min,
    Max,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnaryOp {
    Neg,
    Abs,
    Not,
    Clz,
    Popc,
    Brev,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TernaryOp {
    MadLo,
    MadHi,
    MadWide,
    Bfe,
    ShfLeftWrap,
    ShfLeftClamp,
    ShfRightWrap,
    ShfRightClamp,
    Prmt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloatOp {
    Add,
    Sub,
    Mul,
    Div,
    Min,
    Max,
    MinNan,
    MaxNan,
    CopySign,
    /// `fma` with its third operand.
    Fma,
    Sqrt,
    Rcp,
    Rsqrt,
    Neg,
    Abs,
}

/// What modifiers say about a float instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct FloatHow {
    /// f64, else f32.
    pub(super) double: bool,
    pub(super) ftz: bool,
    /// `.approx` or `.full`: one unit in the last place is off.
    pub(super) rough: bool,
    /// `add`, `sub` or `mul` without a rounding modifier: may be fused.
    pub(super) loose: bool,
    /// `add`, `sub` or `mul`: takes part in fusing at all.
    pub(super) fusing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Of floats: true as well if an operand is NaN.
    Equ,
    Neu,
    Ltu,
    Leu,
    Gtu,
    Geu,
    Num,
    Nan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BoolOp {
    And,
    Or,
    Xor,
}

/// Where a rounding goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    Nearest,
    Zero,
    Down,
    Up,
}

/// The whole of a `cvt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Convert {
    pub(super) to: Type,
    pub(super) from: Type,
    /// The width of the destination register, which may be more than `to`'s.
    pub(super) register: u32,
    pub(super) round: Option<Round>,
    /// `.rni` and the like.
    pub(super) integral: bool,
    pub(super) saturate: bool,
    pub(super) ftz: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TestOp {
    Finite,
    Infinite,
    Number,
    NotANumber,
    Normal,
    Subnormal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Generic,
    Global,
    Shared,
    Local,
    Const,
}

/// The shape of a load or a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) space: Space,
    /// Bytes of one element.
    pub(super) bytes: u8,
    /// Elements: 1, 2 or 4.
    pub(super) count: u8,
    /// Bits of the destination register that a sign extension fills; 0 for none.
    pub(super) extend: u8,
    /// `ld.global.nc`.
    pub(super) read_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtomOp {
    Add,
    And,
    Or,
    Xor,
    Exch,
    Cas,
    Min,
    Max,
    Inc,
    Dec,
    FloatAdd,
}

/// A special register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Thread(u8),
    BlockSize(u8),
    Block(u8),
    GridSize(u8),
    Lane,
    Warp,
    LaneMaskLt,
    Clock32,
    Clock64,
    /// `%dynamic_smem_size`.
    DynamicSharedSize,
    /// The shared address where dynamic variables start.
    DynamicSharedAddress,
}

/// What a barrier computes from one value of each thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reduce {
    Popc,
    And,
    Or,
}

/// `setp` and `set`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison {
    pub(super) how: Compare,
    pub(super) ty: Type,
    pub(super) ftz: bool,
    pub(super) combine: Option<(BoolOp, Src, bool)>,
    pub(super) d: Slot,
    /// `p|q`: the opposite.
    pub(super) q: Option<Slot>,
    /// What `d` becomes where true: 1 for predicates, ones or 1.0 for `set`.
    pub(super) truth: u64,
}

/// `atom` and `red`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    pub(super) op: AtomOp,
    pub(super) space: Space,
    pub(super) ty: Type,
    pub(super) d: Option<Slot>,
}

/// `bar.sync`, `bar.red` and their relatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Barrier {
    pub(super) id: u32,
    /// All threads of a warp must be at the same instruction.
    pub(super) aligned: bool,
    pub(super) reduce: Option<(Reduce, Slot, Src, bool)>,
}

/// `call`: what is copied where.
#[derive(Debug, Clone)]
pub(super) struct CallSite {
    pub(super) function: u32,
    /// In the order of the callee's parameter slots.
    pub(super) arguments: Vec<Src>,
    /// In the order of the callee's return slots.
    pub(super) results: Vec<Slot>,
}
