//! Whether iterations stay out of each other's way in memory.

use super::shape::Line;
use crate::gpu::ir::{Type, number};

/// What an instruction reads or writes, over all iterations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track {
    /// Where the first iteration begins to, in bytes; below zero for none.
    first: i128,
    /// From each iteration to the next, in bytes.
    step: i128,
    /// Bytes of each iteration.
    width: i128,
    /// Iterations that may do it; not zero.
    rounds: i128,
    /// Whether it writes.
    pub(super) writes: bool,
    /// Where the instruction stands in the module.
    pub(super) offset: u32,
}

/// The way of addresses leaves 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wraps;

impl Track {
    /// Of an instruction whose address is a line, with the constant that is added
    /// to it without wrapping, and the bytes it takes; so many iterations do it, at
    /// least one.
    pub(super) fn new(
        address: Line,
        added: u32,
        width: u8,
        rounds: u64,
        writes: bool,
        offset: u32,
    ) -> Result<Track, Wraps> {
        let first = i128::from(address.first);
        let step = i128::from(number::signed(Type::I32, address.step));
        let last = first + step * (i128::from(rounds) - 1);
        if !(0..1 << 32).contains(&last) {
            return Err(Wraps);
        }
        Ok(Track {
            first: first + i128::from(added),
            step,
            width: i128::from(width),
            rounds: i128::from(rounds),
            writes,
            offset,
        })
    }

    /// From the lowest byte to behind the highest.
    fn range(&self) -> (i128, i128) {
        let last = self.first + self.step * (self.rounds - 1);
        (self.first.min(last), self.first.max(last) + self.width)
    }

    /// Whether all of it is within so many bytes.
    pub(super) fn is_within(&self, bytes: u64) -> bool {
        self.range().1 <= i128::from(bytes)
    }

    /// Whether two have any byte in common.
    pub(super) fn touches(&self, other: &Track) -> bool {
        let (a, b) = (self.range(), other.range());
        a.0 < b.1 && b.0 < a.1
    }

    /// Whether some iteration of one may touch what another iteration of the other
    /// touches.
    pub(super) fn meets(&self, other: &Track) -> bool {
        if self.rounds.max(other.rounds) < 2 || !self.touches(other) {
            return false;
        }
        if self.step != other.step {
            return true;
        }
        // Iteration i of this and i + t of the other have bytes in common if
        // -other.width < apart + t * step < self.width.
        let apart = other.first - self.first;
        if self.step == 0 {
            return true;
        }
        // With the sign of t turned where that of the step is.
        let (apart, step) = (apart * self.step.signum(), self.step.abs());
        let (above, below) = if self.step > 0 {
            (-other.width, self.width)
        } else {
            (-self.width, other.width)
        };
        let least = (above + 1 - apart).div_euclid(step)
            + i128::from((above + 1 - apart).rem_euclid(step) != 0);
        let most = (below - 1 - apart).div_euclid(step);
        let furthest = self.rounds.max(other.rounds) - 1;
        let (least, most) = (least.max(-furthest), most.min(furthest));
        least <= most && (least, most) != (0, 0)
    }
}
