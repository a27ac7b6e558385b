//! Operations on numbers and memory, and what a kernel can ask of its place in
//! the grid.

/// An operation on one value. The types of the value and of the result say the
/// rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// Zero bits before the first one.
    Clz,
    /// Zero bits after the last one.
    Ctz,
    /// Bits that are one.
    Popcnt,
    /// The sign of the lowest so many bits, extended.
    Extend(u8),
    /// The lower half of an i64.
    Wrap,
    /// An i32 as an i64, with its sign or with zeros.
    Widen {
        /// Whether the sign is extended.
        signed: bool,
    },
    /// A float to an integer, towards zero.
    Truncate {
        /// Whether the integer has a sign.
        signed: bool,
        /// Whether what does not fit becomes the nearest that does, and NaN
        /// zero; else both trap.
        saturating: bool,
    },
    /// An integer to a float, to nearest.
    Convert {
        /// Whether the integer has a sign.
        signed: bool,
    },
    /// f64 to f32.
    Demote,
    /// f32 to f64.
    Promote,
    /// The same bits as another type.
    Reinterpret,
    /// Without its sign.
    Abs,
    /// With the other sign.
    Neg,
    /// Up to an integer.
    Ceil,
    /// Down to an integer.
    Floor,
    /// Towards zero to an integer.
    Trunc,
    /// To the nearest integer, to even between two.
    Nearest,
    /// The square root.
    Sqrt,
}

/// An operation on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// `a / b`, of integers with a sign or of floats
    DivS,
    /// `a / b` without signs
    DivU,
    /// What a division with signs leaves
    RemS,
    /// What a division without signs leaves
    RemU,
    /// Bits in both
    And,
    /// Bits in either
    Or,
    /// Bits in one
    Xor,
    /// To the left
    Shl,
    /// To the right, with the sign
    ShrS,
    /// To the right, with zeros
    ShrU,
    /// Rotated to the left
    Rotl,
    /// Rotated to the right
    Rotr,
    /// The smaller float
    Min,
    /// The larger float
    Max,
    /// `a` with the sign of `b`
    Copysign,
}

/// How two values are compared. Floats are compared as with signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// Equal
    Eq,
    /// Not equal
    Ne,
    /// Less, with signs
    LtS,
    /// Less, without signs
    LtU,
    /// Greater, with signs
    GtS,
    /// Greater, without signs
    GtU,
    /// Not greater, with signs
    LeS,
    /// Not greater, without signs
    LeU,
    /// Not less, with signs
    GeS,
    /// Not less, without signs
    GeU,
}

impl Compare {
    /// The comparison of integers that holds where this one does not.
    pub fn opposite(self) -> Compare {
        match self {
            Compare::Eq => Compare::Ne,
            Compare::Ne => Compare::Eq,
            Compare::LtS => Compare::GeS,
            Compare::LtU => Compare::GeU,
            Compare::GtS => Compare::LeS,
            Compare::GtU => Compare::LeU,
            Compare::LeS => Compare::GtS,
            Compare::LeU => Compare::GtU,
            Compare::GeS => Compare::LtS,
            Compare::GeU => Compare::LtU,
        }
    }

    /// The comparison of the second with the first.
    pub fn turned(self) -> Compare {
        match self {
            Compare::Eq | Compare::Ne => self,
            Compare::LtS => Compare::GtS,
            Compare::LtU => Compare::GtU,
            Compare::GtS => Compare::LtS,
            Compare::GtU => Compare::LtU,
            Compare::LeS => Compare::GeS,
            Compare::LeU => Compare::GeU,
            Compare::GeS => Compare::LeS,
            Compare::GeU => Compare::LeU,
        }
    }
}

/// What an atomic access makes of what is in memory and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rmw {
    /// The sum
    Add,
    /// The difference
    Sub,
    /// Bits in both
    And,
    /// Bits in either
    Or,
    /// Bits in one
    Xor,
    /// The value
    Exchange,
}

/// Where a thread is, as a function of the module `gpu` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// Its place in its block, along an axis.
    ThreadId(Axis),
    /// Its block's place in the grid.
    BlockId(Axis),
    /// Threads of a block.
    BlockDim(Axis),
    /// Blocks of the grid.
    GridDim(Axis),
    /// Its place in the whole grid: `block_id * block_dim + thread_id`.
    GlobalId(Axis),
}

/// A direction of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    /// The fastest one.
    X,
    /// The second.
    Y,
    /// The third.
    Z,
}

impl Axis {
    /// As PTX writes it.
    pub fn letter(self) -> char {
        match self {
            Axis::X => 'x',
            Axis::Y => 'y',
            Axis::Z => 'z',
        }
    }
}

impl Position {
    /// What the function of this name tells, as `thread_id_x`.
    pub fn named(name: &str) -> Option<Position> {
        let (what, axis) = name.rsplit_once('_')?;
        let axis = match axis {
            "x" => Axis::X,
            "y" => Axis::Y,
            "z" => Axis::Z,
            _ => return None,
        };
        Some(match what {
            "thread_id" => Position::ThreadId(axis),
            "block_id" => Position::BlockId(axis),
            "block_dim" => Position::BlockDim(axis),
            "grid_dim" => Position::GridDim(axis),
            "global_id" => Position::GlobalId(axis),
            _ => return None,
        })
    }
}
