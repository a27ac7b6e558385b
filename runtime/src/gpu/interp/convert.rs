//! `cvt` between every two types that are modelled.

use super::float::flush;
use super::inst::{Convert, Round};
use super::int::{cut, extend};
use super::nan;
use super::types::Type;

/// The value of the destination register.
pub(super) fn convert(how: &Convert, a: u64) -> u64 {
    let a = cut(a, how.from.bits);
    match (how.from.float(), how.to.float()) {
        (false, false) => fill(how, int_to_int(how, a)),
        (false, true) => int_to_float(how, a),
        (true, false) => fill(how, float_to_int(how, a)),
        (true, true) => float_to_float(how, a),
    }
}

/// The bounds of an integer type.
fn bounds(ty: Type) -> (i128, i128) {
    if ty.signed() {
        (-(1 << (ty.bits - 1)), (1 << (ty.bits - 1)) - 1)
    } else {
        (0, (1 << ty.bits) - 1)
    }
}

/// Extends a result of the destination type over a register that is wider.
fn fill(how: &Convert, value: u64) -> u64 {
    if how.to.signed() {
        cut(extend(value, how.to.bits) as u64, how.register)
    } else {
        value
    }
}

fn number(ty: Type, a: u64) -> i128 {
    if ty.signed() {
        extend(a, ty.bits).into()
    } else {
        a.into()
    }
}

fn int_to_int(how: &Convert, a: u64) -> u64 {
    let value = number(how.from, a);
    let (low, high) = bounds(how.to);
    let value = if how.saturate {
        value.clamp(low, high)
    } else {
        value
    };
    cut(value as u64, how.to.bits)
}

fn int_to_float(how: &Convert, a: u64) -> u64 {
    let value = number(how.from, a);
    let round = how.round.unwrap_or(Round::Nearest);
    // The nearest float, then one step if the direction asks for it. A float
    // made from 64 bits is at most 2^64, so it is exact as an i128.
    if how.to.bits == 64 {
        let near = value as f64;
        let value = step(
            round,
            value.cmp(&(near as i128)),
            near,
            f64::next_down,
            f64::next_up,
        );
        clamp64(how, value).to_bits()
    } else {
        let near = value as f32;
        let value = step(
            round,
            value.cmp(&(near as i128)),
            near,
            f32::next_down,
            f32::next_up,
        );
        clamp32(how, value).to_bits().into()
    }
}

/// Moves `near`, the nearest, to where `round` wants it. `exact` says how the
/// exact value compares with `near`.
fn step<T: Copy + PartialOrd + Default>(
    round: Round,
    exact: std::cmp::Ordering,
    near: T,
    down: fn(T) -> T,
    up: fn(T) -> T,
) -> T {
    use std::cmp::Ordering::{Greater, Less};
    let zero = T::default();
    match (round, exact) {
        (Round::Up, Greater) => up(near),
        (Round::Down, Less) => down(near),
        (Round::Zero, Less) if near > zero => down(near),
        (Round::Zero, Greater) if near < zero => up(near),
        _ => near,
    }
}

fn float_to_int(how: &Convert, a: u64) -> u64 {
    let value = if how.from.bits == 64 {
        f64::from_bits(a)
    } else {
        f64::from(flush(how.ftz, f32::from_bits(a as u32)))
    };
    if value.is_nan() {
        return nan::to_int(how.to.bits);
    }
    let value = integral(how.round.unwrap_or(Round::Zero), value);
    let (low, high) = bounds(how.to);
    // `as` clamps to 128 bits, which hold every type here.
    cut((value as i128).clamp(low, high) as u64, how.to.bits)
}

fn integral(round: Round, value: f64) -> f64 {
    match round {
        Round::Nearest => value.round_ties_even(),
        Round::Zero => value.trunc(),
        Round::Down => value.floor(),
        Round::Up => value.ceil(),
    }
}

fn float_to_float(how: &Convert, a: u64) -> u64 {
    let value = if how.from.bits == 64 {
        f64::from_bits(a)
    } else {
        f64::from(flush(how.ftz, f32::from_bits(a as u32)))
    };
    let value = match how.round {
        Some(round) if how.integral => integral(round, value),
        _ => value,
    };
    if how.to.bits == 64 {
        return match clamp64(how, value) {
            value if value.is_nan() => nan::F64,
            value => value.to_bits(),
        };
    }
    let mut near = value as f32;
    if let (Some(round), false) = (how.round, how.integral) {
        let exact = value
            .partial_cmp(&f64::from(near))
            .unwrap_or(std::cmp::Ordering::Equal);
        near = match (round, near.is_infinite() && value.is_finite()) {
            // Too large: infinite only in the direction of the rounding.
            (Round::Nearest, _) | (_, false) => {
                step(round, exact, near, f32::next_down, f32::next_up)
            }
            (Round::Up, true) if near > 0.0 => near,
            (Round::Down, true) if near < 0.0 => near,
            (_, true) => f32::MAX.copysign(near),
        };
    }
    match clamp32(how, flush(how.ftz, near)) {
        value if value.is_nan() => nan::F32.into(),
        value => value.to_bits().into(),
    }
}

/// `.sat`: between 0 and 1, NaN is 0.
fn clamp32(how: &Convert, value: f32) -> f32 {
    match value {
        value if !how.saturate => value,
        value if value.is_nan() || value <= 0.0 => 0.0,
        value => value.min(1.0),
    }
}

fn clamp64(how: &Convert, value: f64) -> f64 {
    match value {
        value if !how.saturate => value,
        value if value.is_nan() || value <= 0.0 => 0.0,
        value => value.min(1.0),
    }
}
