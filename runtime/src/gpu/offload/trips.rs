//! How often a loop goes round.

use super::shape::Line;
use crate::gpu::ir::{Compare, Type, number};

/// A loop that does not end as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoEnd {
    /// It goes on for ever.
    Never,
    /// Its counter wraps around before.
    Wraps,
}

/// The first iteration, from 0, in which a comparison of a counter with a number
/// holds.
pub(super) fn first(compare: Compare, ty: Type, line: Line, with: u64) -> Result<u64, NoEnd> {
    if number::compare(compare, ty, line.first, with) {
        return Ok(0);
    }
    let step = i128::from(number::signed(ty, line.step));
    if step == 0 {
        return Err(NoEnd::Never);
    }
    if compare == Compare::Ne {
        return Ok(1);
    }
    if compare == Compare::Eq {
        let way = if step > 0 {
            with.wrapping_sub(line.first)
        } else {
            line.first.wrapping_sub(with)
        };
        let way = u128::from(way & number::mask(ty));
        let (rounds, rest) = (way / step.unsigned_abs(), way % step.unsigned_abs());
        let rounds = u64::try_from(rounds).map_err(|_| NoEnd::Wraps)?;
        return if rest == 0 {
            Ok(rounds)
        } else {
            Err(NoEnd::Wraps)
        };
    }
    let ordered = |bits: u64| {
        if number::is_signed(compare) {
            i128::from(number::signed(ty, bits))
        } else {
            i128::from(bits)
        }
    };
    // Where it holds: from some number on, or up to some.
    let (up, bound) = match compare {
        Compare::GeS | Compare::GeU => (true, ordered(with)),
        Compare::GtS | Compare::GtU => (true, ordered(with) + 1),
        Compare::LeS | Compare::LeU => (false, ordered(with)),
        _ => (false, ordered(with) - 1),
    };
    if up != (step > 0) {
        return Err(NoEnd::Wraps);
    }
    let begin = ordered(line.first);
    let way = (bound - begin).unsigned_abs();
    let rounds = way.div_ceil(step.unsigned_abs());
    let rounds = u64::try_from(rounds).map_err(|_| NoEnd::Wraps)?;
    let end = begin + step * i128::from(rounds);
    let range = if number::is_signed(compare) {
        let half = 1_i128 << (ty.bits() - 1);
        -half..=half - 1
    } else {
        0..=i128::from(number::mask(ty))
    };
    if range.contains(&end) {
        Ok(rounds)
    } else {
        Err(NoEnd::Wraps)
    }
}
