//! How a value goes on from one iteration of a loop to the next.

use std::collections::HashMap;

use super::graph::Loop;
use super::values::Values;
use crate::gpu::ir::{Binary, Code, Op, Type, Unary, Value, number};

/// A value over all iterations of a loop. The numbers are known at a launch, and not
/// before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The same in each.
    Fixed(Option<u64>),
    /// More by a step in each than in the one before.
    Line(Option<Line>),
    /// Anything.
    Varying,
}

/// Numbers with equal distances, modulo the type's width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The one of the first iteration.
    pub(super) first: u64,
    /// From each to the next one.
    pub(super) step: u64,
}

impl Line {
    /// The one of an iteration.
    pub(super) fn at(self, ty: Type, iteration: u64) -> u64 {
        let way = self.step.wrapping_mul(iteration);
        self.first.wrapping_add(way) & number::mask(ty)
    }
}

/// What is known of how often a loop is entered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rounds {
    /// It is found out at a launch: what is a line unless it wraps is one.
    Later,
    /// It is being found out: what is a line unless it wraps is none.
    NotYet,
    /// So often.
    Known(u64),
}

/// The shapes of the values of a loop.
pub(super) struct Shapes<'a> {
    code: &'a Code,
    values: &'a Values,
    rounds: Rounds,
    inside: HashMap<Value, Shape>,
    outside: &'a dyn Fn(Value) -> Option<u64>,
}

impl<'a> Shapes<'a> {
    /// Those of a loop, from those of its beginning's parameters; what is not among
    /// them varies. `outside` tells values of before the loop.
    pub(super) fn of(
        code: &'a Code,
        values: &'a Values,
        within: &Loop,
        begin: &[(Value, Shape)],
        rounds: Rounds,
        outside: &'a dyn Fn(Value) -> Option<u64>,
    ) -> Shapes<'a> {
        let mut shapes = Shapes {
            code,
            values,
            rounds,
            inside: HashMap::new(),
            outside,
        };
        for block in &within.blocks {
            let block = &code.blocks[*block];
            for param in &block.params {
                shapes.inside.insert(*param, Shape::Varying);
            }
            for instruction in &block.instructions {
                for result in &instruction.results {
                    shapes.inside.insert(*result, Shape::Varying);
                }
            }
        }
        shapes.inside.extend(begin.iter().copied());
        for block in &within.blocks {
            for instruction in &code.blocks[*block].instructions {
                if let [result] = instruction.results[..] {
                    let shape = shapes.result(&instruction.op, result);
                    shapes.inside.insert(result, shape);
                }
            }
        }
        shapes
    }

    /// A value's shape.
    pub(super) fn get(&self, value: Value) -> Shape {
        let value = self.values.resolved(value);
        match self.inside.get(&value) {
            Some(shape) => *shape,
            None => Shape::Fixed(
                self.values
                    .constant(self.code, value)
                    .or_else(|| (self.outside)(value)),
            ),
        }
    }

    /// Values of the loop, with their shapes.
    pub(super) fn all(&self) -> impl Iterator<Item = (Value, Shape)> {
        self.inside.iter().map(|(value, shape)| (*value, *shape))
    }

    fn ty(&self, value: Value) -> Type {
        self.code.values[value.0 as usize]
    }

    fn result(&self, op: &Op, result: Value) -> Shape {
        let to = self.ty(result);
        match op {
            Op::Constant(bits) => Shape::Fixed(Some(*bits)),
            // No iteration changes them.
            Op::GlobalGet(_) | Op::MemorySize => Shape::Fixed((self.outside)(result)),
            Op::Unary(unary, a) => self.unary(*unary, self.ty(*a), to, self.get(*a)),
            Op::Binary(binary, a, b) => line_of(*binary, to, self.get(*a), self.get(*b)),
            Op::Compare(compare, a, b) => match (self.get(*a), self.get(*b)) {
                (Shape::Fixed(x), Shape::Fixed(y)) => Shape::Fixed(
                    x.zip(y)
                        .map(|(x, y)| u64::from(number::compare(*compare, self.ty(*a), x, y))),
                ),
                _ => Shape::Varying,
            },
            Op::Select(condition, a, b) => match self.get(*condition) {
                Shape::Fixed(Some(0)) => self.get(*b),
                Shape::Fixed(Some(_)) => self.get(*a),
                Shape::Fixed(None) => match (self.get(*a), self.get(*b)) {
                    (Shape::Fixed(_), Shape::Fixed(_)) => Shape::Fixed(None),
                    (Shape::Varying, _) | (_, Shape::Varying) => Shape::Varying,
                    _ => Shape::Line(None),
                },
                _ => Shape::Varying,
            },
            _ => Shape::Varying,
        }
    }

    fn unary(&self, unary: Unary, from: Type, to: Type, a: Shape) -> Shape {
        match (unary, a) {
            (_, Shape::Fixed(a)) => Shape::Fixed(a.and_then(|a| number::unary(unary, from, to, a))),
            (Unary::Wrap, Shape::Line(line)) => Shape::Line(line.map(|line| Line {
                first: line.first & number::mask(to),
                step: line.step & number::mask(to),
            })),
            (Unary::Widen { signed }, Shape::Line(line)) => match (self.rounds, line) {
                (Rounds::Later, _) => Shape::Line(None),
                (Rounds::Known(rounds), Some(line)) => widened(line, signed, rounds),
                _ => Shape::Varying,
            },
            _ => Shape::Varying,
        }
    }
}

/// A line of 32 bits as one of 64, if it does not wrap before its end.
fn widened(line: Line, signed: bool, rounds: u64) -> Shape {
    let step = number::signed(Type::I32, line.step);
    let (first, range) = if signed {
        let range = i64::from(i32::MIN)..=i64::from(i32::MAX);
        (number::signed(Type::I32, line.first), range)
    } else {
        (line.first.cast_signed(), 0..=i64::from(u32::MAX))
    };
    let way = i128::from(step) * i128::from(rounds.saturating_sub(1));
    let last = i128::from(first) + way;
    let stays = i64::try_from(last).is_ok_and(|last| range.contains(&last));
    if stays {
        Shape::Line(Some(Line {
            first: first.cast_unsigned(),
            step: step.cast_unsigned(),
        }))
    } else {
        Shape::Varying
    }
}

/// What an operation makes of two shapes.
fn line_of(binary: Binary, ty: Type, a: Shape, b: Shape) -> Shape {
    let mask = number::mask(ty);
    if let (Shape::Fixed(a), Shape::Fixed(b)) = (a, b) {
        let both = a.zip(b);
        return Shape::Fixed(both.and_then(|(a, b)| number::binary(binary, ty, a, b)));
    }
    if ty.is_float() {
        return Shape::Varying;
    }
    // With both as lines; what is the same in each has a step of zero.
    let with = |make: &dyn Fn(Line, Line) -> Line| match (as_line(a), as_line(b)) {
        (Some(Some(a)), Some(Some(b))) => {
            let Line { first, step } = make(a, b);
            Shape::Line(Some(Line {
                first: first & mask,
                step: step & mask,
            }))
        }
        (Some(_), Some(_)) => Shape::Line(None),
        _ => Shape::Varying,
    };
    match (binary, a, b) {
        (Binary::Add, ..) => with(&|a, b| Line {
            first: a.first.wrapping_add(b.first),
            step: a.step.wrapping_add(b.step),
        }),
        (Binary::Sub, ..) => with(&|a, b| Line {
            first: a.first.wrapping_sub(b.first),
            step: a.step.wrapping_sub(b.step),
        }),
        (Binary::Mul, _, Shape::Fixed(_)) | (Binary::Mul, Shape::Fixed(_), _) => {
            with(&|a, b| Line {
                first: a.first.wrapping_mul(b.first),
                // One of the two has none.
                step: a
                    .step
                    .wrapping_mul(b.first)
                    .wrapping_add(b.step.wrapping_mul(a.first)),
            })
        }
        (Binary::Shl, _, Shape::Fixed(_)) => with(&|a, b| {
            let count = b.first & u64::from(ty.bits() - 1);
            Line {
                first: a.first << count,
                step: a.step << count,
            }
        }),
        // Compilers write `or` where no bit is in both.
        (Binary::Or, Shape::Line(line), Shape::Fixed(bits))
        | (Binary::Or, Shape::Fixed(bits), Shape::Line(line)) => match (line, bits) {
            (Some(line), Some(bits)) if is_apart(line, bits) => Shape::Line(Some(Line {
                first: line.first | bits,
                ..line
            })),
            (Some(_), Some(_)) => Shape::Varying,
            _ => Shape::Line(None),
        },
        _ => Shape::Varying,
    }
}

/// Whether no number of a line has one of these bits.
fn is_apart(line: Line, bits: u64) -> bool {
    // Below their lowest one bit, all numbers of a line are the same.
    let free = line.first.trailing_zeros().min(line.step.trailing_zeros());
    64 - bits.leading_zeros() <= free
}

fn as_line(shape: Shape) -> Option<Option<Line>> {
    match shape {
        Shape::Fixed(bits) => Some(bits.map(|first| Line { first, step: 0 })),
        Shape::Line(line) => Some(line),
        Shape::Varying => None,
    }
}
