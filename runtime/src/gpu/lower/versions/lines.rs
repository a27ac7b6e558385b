//! What goes from iteration to iteration by the same step.

use std::collections::HashMap;

use super::emitter::{Emitter, Term};
use super::regions::{Definition, Region, Regions};
use crate::gpu::ir::{Binary, Code, Instruction, Op, Type, Unary, Value};
use crate::gpu::lower::access::is_quiet;

/// How deep an expression is looked into.
const DEEPEST: u32 = 32;

/// How deep the sum is looked into that a counter becomes.
const DEEPEST_SUM: u32 = 8;

/// A value in iteration `k`, from 0: `first + k * step`, modulo its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) first: Term,
    pub(super) step: Term,
}

impl Line {
    fn fixed(first: Term) -> Line {
        Line {
            first,
            step: Term::Constant(0),
        }
    }

    /// What it is in every iteration, if it is the same.
    pub(super) fn if_fixed(self) -> Option<Term> {
        (self.step == Term::Constant(0)).then_some(self.first)
    }
}

/// Finds the lines of a loop, and writes what computes their first values and steps.
pub(super) struct Lines<'c> {
    code: &'c Code,
    regions: &'c Regions,
    region: &'c Region,
    known: HashMap<Value, Option<Line>>,
    pub(super) emitter: Emitter,
}

impl<'c> Lines<'c> {
    pub(super) fn new(
        code: &'c Code,
        regions: &'c Regions,
        region: &'c Region,
        emitter: Emitter,
    ) -> Lines<'c> {
        Lines {
            code,
            regions,
            region,
            known: HashMap::new(),
            emitter,
        }
    }

    pub(super) fn ty(&self, value: Value) -> Type {
        self.code.values[value.0 as usize]
    }

    /// The instruction of the loop that defines a value.
    pub(super) fn instruction(&self, value: Value) -> Option<&'c Instruction> {
        match self.regions.definition(value)? {
            Definition::Instruction(block, at) => Some(&self.code.blocks[block].instructions[at]),
            Definition::Parameter(..) => None,
        }
    }

    /// Whether the loop defines a value.
    pub(super) fn is_inside(&self, value: Value) -> bool {
        self.regions.home(value) == self.regions.region_of(self.region.header)
    }

    /// The line of a value; none if it is no line.
    pub(super) fn line(&mut self, value: Value) -> Option<Line> {
        self.line_within(value, DEEPEST)
    }

    fn line_within(&mut self, value: Value, depth: u32) -> Option<Line> {
        if let Some(known) = self.known.get(&value) {
            return *known;
        }
        // What depends on itself is no line but by its step.
        self.known.insert(value, None);
        let line = self.found(value, depth.checked_sub(1)?);
        self.known.insert(value, line);
        line
    }

    fn found(&mut self, value: Value, depth: u32) -> Option<Line> {
        let instruction = self.instruction(value);
        if let Some(Op::Constant(bits)) = instruction.map(|it| &it.op) {
            return Some(Line::fixed(Term::Constant(*bits)));
        }
        if !self.is_inside(value) {
            // What has no definition is never computed.
            self.regions.definition(value)?;
            return Some(Line::fixed(Term::Value(value)));
        }
        let Some(instruction) = instruction else {
            return self.counter(value, depth);
        };
        let ty = self.ty(value);
        match &instruction.op {
            Op::Binary(binary @ (Binary::Add | Binary::Sub), a, b) if !ty.is_float() => {
                let (a, b) = (self.line_within(*a, depth)?, self.line_within(*b, depth)?);
                Some(Line {
                    first: self.emitter.binary(*binary, ty, a.first, b.first),
                    step: self.emitter.binary(*binary, ty, a.step, b.step),
                })
            }
            Op::Binary(Binary::Mul, a, b) if !ty.is_float() => {
                let (a, b) = (self.line_within(*a, depth)?, self.line_within(*b, depth)?);
                let (line, factor) = match (a.if_fixed(), b.if_fixed()) {
                    (_, Some(factor)) => (a, factor),
                    (Some(factor), None) => (b, factor),
                    (None, None) => return None,
                };
                Some(self.scaled(Binary::Mul, ty, line, factor))
            }
            Op::Binary(Binary::Shl, a, count) => {
                let line = self.line_within(*a, depth)?;
                let count = self.line_within(*count, depth)?.if_fixed()?;
                Some(self.scaled(Binary::Shl, ty, line, count))
            }
            Op::Unary(Unary::Wrap, a) => {
                let line = self.line_within(*a, depth)?;
                let mut wrap = |term| self.emitter.unary(Unary::Wrap, Type::I64, ty, term);
                Some(Line {
                    first: wrap(line.first),
                    step: wrap(line.step),
                })
            }
            // Of what stays the same, whatever it is. A global may be set by others.
            op if is_quiet(op) && !matches!(op, Op::GlobalGet(_)) => {
                let mut operands = Vec::new();
                op.uses(|value| operands.push(value));
                let mut values = HashMap::new();
                for operand in operands {
                    let fixed = self.line_within(operand, depth)?.if_fixed()?;
                    let ty = self.ty(operand);
                    values.insert(operand, self.emitter.value(ty, fixed));
                }
                let op = op.with(|value| values.get(&value).copied().unwrap_or(value));
                Some(Line::fixed(self.emitter.op(op, ty)))
            }
            _ => None,
        }
    }

    fn scaled(&mut self, binary: Binary, ty: Type, line: Line, by: Term) -> Line {
        Line {
            first: self.emitter.binary(binary, ty, line.first, by),
            step: self.emitter.binary(binary, ty, line.step, by),
        }
    }

    /// The line of a parameter of the loop's first block to which every jump back adds
    /// the same.
    fn counter(&mut self, value: Value, depth: u32) -> Option<Line> {
        let Definition::Parameter(block, place) = self.regions.definition(value)? else {
            return None;
        };
        if block != self.region.header || self.ty(value).is_float() {
            return None;
        }
        let first = self.given(self.region.before, place).next()?;
        let mut step = None;
        for latch in &self.region.latches {
            for next in self.given(*latch, place).collect::<Vec<_>>() {
                let found = self.added(value, next, depth.min(DEEPEST_SUM))?;
                if *step.get_or_insert(found) != found {
                    return None;
                }
            }
        }
        let first = self.line_within(first, depth)?.if_fixed()?;
        Some(Line { first, step: step? })
    }

    /// What a block's jumps to the loop's first block give for a parameter.
    fn given(&self, block: usize, place: usize) -> impl Iterator<Item = Value> + 'c {
        let header = self.region.header;
        let jumps = self.code.blocks[block].end.jumps().iter();
        jumps
            .filter(move |jump| jump.block.0 as usize == header)
            .filter_map(move |jump| jump.arguments.get(place).copied())
    }

    /// What a sum adds to a counter.
    fn added(&mut self, counter: Value, sum: Value, depth: u32) -> Option<Term> {
        if counter == sum {
            return Some(Term::Constant(0));
        }
        let depth = depth.checked_sub(1)?;
        let ty = self.ty(counter);
        let Op::Binary(binary @ (Binary::Add | Binary::Sub), a, b) = self.instruction(sum)?.op
        else {
            return None;
        };
        if let Some(so_far) = self.added(counter, a, depth) {
            let more = self.line_within(b, depth)?.if_fixed()?;
            return Some(self.emitter.binary(binary, ty, so_far, more));
        }
        if binary == Binary::Sub {
            return None;
        }
        let so_far = self.added(counter, b, depth)?;
        let more = self.line_within(a, depth)?.if_fixed()?;
        Some(self.emitter.binary(Binary::Add, ty, so_far, more))
    }
}
