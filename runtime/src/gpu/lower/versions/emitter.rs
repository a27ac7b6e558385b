//! Instructions that are put in front of a loop, with what is known computed at once.

use std::collections::{HashMap, HashSet};

use crate::gpu::ir::{Binary, Compare, Instruction, Op, Type, Unary, Value, number};

/// A number at run time, or one that is known now, by its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Constant(u64),
    Value(Value),
}

/// Writes instructions, for nobody yet.
pub(super) struct Emitter {
    instructions: Vec<Instruction>,
    types: Vec<Type>,
    /// The number of its first value.
    first: usize,
    /// What was computed: it is not computed again.
    known: HashMap<(Op, Type), Value>,
    /// What they are said to stand at.
    offset: u32,
}

impl Emitter {
    /// One whose values come after so many.
    pub(super) fn new(offset: u32, values: usize) -> Emitter {
        Emitter {
            instructions: Vec::new(),
            types: Vec::new(),
            first: values,
            known: HashMap::new(),
            offset,
        }
    }

    /// The types of its values.
    pub(super) fn types(&self) -> &[Type] {
        &self.types
    }

    /// The instructions that a value depends on.
    pub(super) fn needed(self, value: Value) -> Vec<Instruction> {
        let mut needed = HashSet::from([value]);
        let mut kept = Vec::new();
        for instruction in self.instructions.into_iter().rev() {
            if instruction.results.iter().any(|it| needed.contains(it)) {
                instruction.op.uses(|value| {
                    needed.insert(value);
                });
                kept.push(instruction);
            }
        }
        kept.reverse();
        kept
    }

    /// What an operation gives, of which its operands say all; and the memory's size.
    pub(super) fn op(&mut self, op: Op, ty: Type) -> Term {
        Term::Value(self.computed(op, ty))
    }

    /// A value for an operand.
    pub(super) fn value(&mut self, ty: Type, term: Term) -> Value {
        match term {
            Term::Value(value) => value,
            Term::Constant(bits) => self.computed(Op::Constant(bits), ty),
        }
    }

    fn computed(&mut self, op: Op, ty: Type) -> Value {
        if let Some(known) = self.known.get(&(op.clone(), ty)) {
            return *known;
        }
        let number = self.first + self.types.len();
        let result = Value(u32::try_from(number).unwrap_or(u32::MAX));
        self.known.insert((op.clone(), ty), result);
        self.types.push(ty);
        self.instructions.push(Instruction {
            op,
            results: vec![result],
            offset: self.offset,
        });
        result
    }

    pub(super) fn unary(&mut self, unary: Unary, from: Type, to: Type, a: Term) -> Term {
        if let Term::Constant(a) = a
            && let Some(known) = number::unary(unary, from, to, a)
        {
            return Term::Constant(known);
        }
        let a = self.value(from, a);
        self.op(Op::Unary(unary, a), to)
    }

    pub(super) fn binary(&mut self, binary: Binary, ty: Type, a: Term, b: Term) -> Term {
        const ZERO: Term = Term::Constant(0);
        const ONE: Term = Term::Constant(1);
        match (binary, a, b) {
            (_, Term::Constant(a), Term::Constant(b)) => {
                if let Some(known) = number::binary(binary, ty, a, b) {
                    return Term::Constant(known);
                }
            }
            (Binary::Add | Binary::Or, ZERO, other)
            | (Binary::Add | Binary::Sub | Binary::Or | Binary::Shl | Binary::ShrU, other, ZERO)
            | (Binary::Mul, ONE, other)
            | (Binary::Mul | Binary::DivU, other, ONE) => return other,
            (Binary::Mul | Binary::And, ZERO, _) | (Binary::Mul | Binary::And, _, ZERO) => {
                return ZERO;
            }
            _ => {}
        }
        let (a, b) = (self.value(ty, a), self.value(ty, b));
        self.op(Op::Binary(binary, a, b), ty)
    }

    /// An i32 of 0 or 1.
    pub(super) fn compare(&mut self, compare: Compare, ty: Type, a: Term, b: Term) -> Term {
        if let (Term::Constant(a), Term::Constant(b)) = (a, b) {
            return Term::Constant(number::compare(compare, ty, a, b).into());
        }
        let (a, b) = (self.value(ty, a), self.value(ty, b));
        self.op(Op::Compare(compare, a, b), Type::I32)
    }

    /// Whether both hold, which are 0 or 1.
    pub(super) fn both(&mut self, a: Term, b: Term) -> Term {
        match (a, b) {
            (Term::Constant(1), other) | (other, Term::Constant(1)) => other,
            _ => self.binary(Binary::And, Type::I32, a, b),
        }
    }

    /// The first if a condition is not zero, else the second.
    pub(super) fn select(&mut self, condition: Term, ty: Type, a: Term, b: Term) -> Term {
        match condition {
            Term::Constant(0) => b,
            Term::Constant(_) => a,
            Term::Value(condition) => {
                let (a, b) = (self.value(ty, a), self.value(ty, b));
                self.op(Op::Select(condition, a, b), ty)
            }
        }
    }
}
