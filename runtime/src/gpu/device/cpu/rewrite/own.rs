//! Globals that the rewritten module has and the kernels' has not.

use crate::gpu::ir::{Axis, Position};

/// A global that is not the module's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gpu::device::cpu) enum Own {
    /// The number of the thread that runs.
    Thread,
    /// Where it is; 12 of them, as [`slot`] numbers them.
    Position(u32),
    /// What fuel is left.
    Fuel,
    /// What fuel a thread begins with.
    Full,
    /// Where shadow stacks begin.
    Stacks,
    /// Bytes of a shadow stack; 0 if the module's own is used.
    StackBytes,
    /// Written where `unreachable` follows, and never read.
    Trapped,
    /// What a global of the module begins with.
    Initial(u32),
}

impl Own {
    /// How many there are beside [`Own::Initial`].
    pub(super) const COUNT: u32 = 18;

    pub(super) fn number(self) -> u32 {
        match self {
            Own::Thread => 0,
            Own::Position(slot) => 1 + slot,
            Own::Fuel => 13,
            Own::Full => 14,
            Own::Stacks => 15,
            Own::StackBytes => 16,
            Own::Trapped => 17,
            Own::Initial(global) => Own::COUNT + global,
        }
    }

    /// What it is exported as.
    pub(in crate::gpu::device::cpu) fn name(self) -> String {
        format!("own{}", self.number())
    }
}

/// What a global of the module is exported as.
pub(in crate::gpu::device::cpu) fn global_name(index: usize) -> String {
    format!("g{index}")
}

/// What a function of the module is exported as.
pub(in crate::gpu::device::cpu) fn function_name(index: u32) -> String {
    format!("f{index}")
}

/// Dimensions: of a thread in its block, of its block in the grid, of blocks, of the
/// grid, each x, y, z.
pub(in crate::gpu::device::cpu) fn slot(position: Position) -> Option<u32> {
    let number = |axis| match axis {
        Axis::X => 0,
        Axis::Y => 1,
        Axis::Z => 2,
    };
    Some(match position {
        Position::ThreadId(axis) => number(axis),
        Position::BlockId(axis) => 3 + number(axis),
        Position::BlockDim(axis) => 6 + number(axis),
        Position::GridDim(axis) => 9 + number(axis),
        Position::GlobalId(_) => return None,
    })
}
