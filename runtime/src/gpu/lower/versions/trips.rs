//! How often a loop goes round at most.
//!
//! A test that every iteration comes to ends the loop in the first iteration in which
//! its comparison of a line with what stays the same says so. All is computed in 64
//! bits, of numbers of 32, and so nothing wraps.

use super::emitter::Term;
use super::lines::{Line, Lines};
use super::regions::{Region, Regions};
use crate::gpu::ir::graph::target;
use crate::gpu::ir::{Binary, Code, Compare, Op, Terminator, Type, Unary, Value, number};

/// What is known of a loop's iterations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trips {
    /// How often the test lets the loop go on, an i64: at most so many iterations pass
    /// it, and one more may come to it.
    pub(super) count: Term,
    /// Whether that is true, 0 or 1.
    pub(super) holds: Term,
    /// The block behind the test, if nothing else jumps to it.
    pub(super) behind: Option<usize>,
}

/// Finds them by the first test that can be understood.
pub(super) fn trips(
    code: &Code,
    regions: &Regions,
    region: &Region,
    lines: &mut Lines<'_>,
) -> Option<Trips> {
    let mut exits = region.exits.iter();
    exits.find_map(|(block, way)| {
        let always = |latch: &usize| regions.tree.dominates(*block, *latch);
        if !region.latches.iter().all(always) {
            return None;
        }
        let Terminator::Branch(condition, jumps) = &code.blocks[*block].end else {
            return None;
        };
        let stay = target(&jumps[1 - way]);
        // It goes on if the condition is not zero, or if it is.
        let test = test(lines, *condition, *way == 1)?;
        let (count, holds) = counted(lines, &test)?;
        Some(Trips {
            count,
            holds,
            behind: (regions.predecessors[stay].as_slice() == [*block]).then_some(stay),
        })
    })
}

/// The loop goes on as long as they compare so, as i32.
struct Test {
    compare: Compare,
    line: Line,
    with: Term,
}

/// What a condition means.
fn test(lines: &mut Lines<'_>, condition: Value, goes_on_if: bool) -> Option<Test> {
    let mut goes_on_if = goes_on_if;
    let mut condition = condition;
    loop {
        if !lines.is_inside(condition) {
            // It is the same each time.
            return None;
        }
        let Some(Op::Compare(compare, a, b)) = lines.instruction(condition).map(|it| &it.op) else {
            // The number itself.
            let line = lines.line(condition)?;
            let compare = if goes_on_if { Compare::Ne } else { Compare::Eq };
            return Some(Test {
                compare,
                line,
                with: Term::Constant(0),
            });
        };
        let is_compare = |value: Value| {
            let instruction = lines.instruction(value);
            instruction.is_some_and(|it| matches!(it.op, Op::Compare(..)))
        };
        let is_zero = |value: Value| {
            let instruction = lines.instruction(value);
            instruction.is_some_and(|it| matches!(it.op, Op::Constant(0)))
        };
        if *compare == Compare::Eq && is_compare(*a) && is_zero(*b) {
            condition = *a;
            goes_on_if = !goes_on_if;
            continue;
        }
        if lines.ty(*a) != Type::I32 {
            return None;
        }
        let compare = if goes_on_if {
            *compare
        } else {
            compare.opposite()
        };
        let (a, b) = (lines.line(*a)?, lines.line(*b)?);
        return match (a.if_fixed(), b.if_fixed()) {
            (_, Some(with)) => Some(Test {
                compare,
                line: a,
                with,
            }),
            (Some(with), None) => Some(Test {
                compare: compare.turned(),
                line: b,
                with,
            }),
            (None, None) => None,
        };
    }
}

/// How often the test holds before it does not for the first time, and whether it
/// is so: that the counter does not wrap around before.
fn counted(lines: &mut Lines<'_>, test: &Test) -> Option<(Term, Term)> {
    match test.compare {
        Compare::Ne => until_equal(lines, test),
        Compare::LtS | Compare::LtU | Compare::LeS | Compare::LeU => up(lines, test),
        Compare::GtS | Compare::GtU | Compare::GeS | Compare::GeU => down(lines, test),
        Compare::Eq => None,
    }
}

/// A step that is known, as a number with its sign.
fn known_step(line: Line) -> Option<i64> {
    match line.step {
        Term::Constant(bits) => Some(number::signed(Type::I32, bits)),
        Term::Value(_) => None,
    }
}

fn wide(lines: &mut Lines<'_>, signed: bool, term: Term) -> Term {
    let emitter = &mut lines.emitter;
    emitter.unary(Unary::Widen { signed }, Type::I32, Type::I64, term)
}

/// A number as an i64.
fn constant(number: i64) -> Term {
    Term::Constant(number.cast_unsigned())
}

/// Goes on while the counter is below a bound, by a step above zero.
fn up(lines: &mut Lines<'_>, test: &Test) -> Option<(Term, Term)> {
    if known_step(test.line).is_some_and(|step| step <= 0) {
        return None;
    }
    let signed = number::is_signed(test.compare);
    let most = if signed {
        i64::from(i32::MAX)
    } else {
        i64::from(u32::MAX)
    };
    let first = wide(lines, signed, test.line.first);
    let with = wide(lines, signed, test.with);
    let step = wide(lines, true, test.line.step);
    let emitter = &mut lines.emitter;
    let up_to_it = matches!(test.compare, Compare::LeS | Compare::LeU);
    let bound = emitter.binary(Binary::Add, Type::I64, with, constant(up_to_it.into()));
    // The counter ends less than a step above the bound.
    let less = emitter.binary(Binary::Sub, Type::I64, step, constant(1));
    let end = emitter.binary(Binary::Add, Type::I64, bound, less);
    let mut holds = emitter.compare(Compare::LeS, Type::I64, end, constant(most));
    if !up_to_it && less == Term::Constant(0) {
        holds = Term::Constant(1);
    }
    let one = constant(1);
    let rises = emitter.compare(Compare::GeS, Type::I64, step, one);
    let step = emitter.select(rises, Type::I64, step, one);
    let way = emitter.binary(Binary::Sub, Type::I64, end, first);
    let count = rounds(lines, way, step);
    let emitter = &mut lines.emitter;
    let begins = emitter.compare(Compare::LtS, Type::I64, first, bound);
    let count = emitter.select(begins, Type::I64, count, constant(0));
    Some((count, emitter.both(rises, holds)))
}

/// Goes on while the counter is above a bound, by a step below zero that is known.
fn down(lines: &mut Lines<'_>, test: &Test) -> Option<(Term, Term)> {
    let step = known_step(test.line).filter(|step| *step < 0)?;
    let signed = number::is_signed(test.compare);
    let least = if signed { i64::from(i32::MIN) } else { 0 };
    let first = wide(lines, signed, test.line.first);
    let with = wide(lines, signed, test.with);
    let emitter = &mut lines.emitter;
    let down_to_it = matches!(test.compare, Compare::GeS | Compare::GeU);
    let bound = emitter.binary(Binary::Sub, Type::I64, with, constant(down_to_it.into()));
    let end = emitter.binary(Binary::Sub, Type::I64, bound, constant(-step - 1));
    let mut holds = emitter.compare(Compare::GeS, Type::I64, end, constant(least));
    if !down_to_it && step == -1 {
        holds = Term::Constant(1);
    }
    let way = emitter.binary(Binary::Sub, Type::I64, first, end);
    let count = rounds(lines, way, constant(-step));
    let emitter = &mut lines.emitter;
    let begins = emitter.compare(Compare::GtS, Type::I64, first, bound);
    let count = emitter.select(begins, Type::I64, count, constant(0));
    Some((count, holds))
}

/// Goes on until the counter is a number, by a step that is known and divides the way
/// there. It may wrap around.
fn until_equal(lines: &mut Lines<'_>, test: &Test) -> Option<(Term, Term)> {
    let step = known_step(test.line).filter(|step| *step != 0)?;
    let (from, to) = if step > 0 {
        (test.line.first, test.with)
    } else {
        (test.with, test.line.first)
    };
    let way = lines.emitter.binary(Binary::Sub, Type::I32, to, from);
    let way = wide(lines, false, way);
    let step = constant(step.abs());
    let count = rounds(lines, way, step);
    let emitter = &mut lines.emitter;
    let there = emitter.binary(Binary::Mul, Type::I64, count, step);
    let holds = if step == constant(1) {
        Term::Constant(1)
    } else {
        emitter.compare(Compare::Eq, Type::I64, there, way)
    };
    Some((count, holds))
}

/// How many whole steps, above zero, a way has.
fn rounds(lines: &mut Lines<'_>, way: Term, step: Term) -> Term {
    let emitter = &mut lines.emitter;
    match step {
        Term::Constant(step) if step.is_power_of_two() => {
            let shift = Term::Constant(step.trailing_zeros().into());
            emitter.binary(Binary::ShrU, Type::I64, way, shift)
        }
        step => emitter.binary(Binary::DivU, Type::I64, way, step),
    }
}
