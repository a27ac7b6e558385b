//! Equal values become one: what was computed before on every way is not computed
//! again. An assembler does that too; here it is what lets one check of bounds stand
//! for two addresses that are written alike.
//!
//! Global value numbering along the dominator tree, as Briggs, Cooper and Simpson,
//! "Value Numbering", 1997, call it.

use std::collections::HashMap;

use crate::gpu::ir::graph::{Dominators, reverse_postorder, target};
use crate::gpu::ir::same::Same;
use crate::gpu::ir::{Block, Code, Jump, Op, Type, Value};

/// The function with equal values as one.
pub(super) fn merged(code: &Code) -> Code {
    let order = reverse_postorder(code);
    let mut same = Same::of(code, &order);
    let mut computed = Computed::default();
    let tree = Dominators::of(code, &order);
    let mut work: Vec<Step> = order
        .first()
        .map(|it| Step::Enter(*it))
        .into_iter()
        .collect();
    while let Some(step) = work.pop() {
        match step {
            Step::Forget(length) => computed.forget(length),
            Step::Enter(block) => {
                work.push(Step::Forget(computed.changes.len()));
                for instruction in &code.blocks[block].instructions {
                    if let [result] = instruction.results.as_slice()
                        && is_computed(&instruction.op)
                    {
                        let op = instruction.op.with(|value| same.resolved(value));
                        let ty = code.values[result.0 as usize];
                        if let Some(known) = computed.find(op, ty, *result) {
                            same.set(*result, known);
                        }
                    }
                }
                work.extend(tree.children[block].iter().map(|child| Step::Enter(*child)));
            }
        }
    }
    written(code, &same)
}

enum Step {
    Enter(usize),
    Forget(usize),
}

/// What was computed on the way to a block, and how to forget it on the way back.
#[derive(Default)]
struct Computed {
    values: HashMap<(Op, Type), Value>,
    changes: Vec<(Op, Type)>,
}

impl Computed {
    /// The value that is the same; if there is none, this one is from here on.
    fn find(&mut self, op: Op, ty: Type, result: Value) -> Option<Value> {
        let key = (op, ty);
        let known = self.values.get(&key).copied();
        if known.is_none() {
            self.changes.push(key.clone());
            self.values.insert(key, result);
        }
        known
    }

    fn forget(&mut self, length: usize) {
        for key in self.changes.drain(length..) {
            self.values.remove(&key);
        }
    }
}

/// Whether the operands alone say what an instruction gives. It may trap: where it is
/// computed again, it did not.
fn is_computed(op: &Op) -> bool {
    matches!(
        op,
        Op::Constant(_)
            | Op::Unary(..)
            | Op::Binary(..)
            | Op::Compare(..)
            | Op::Select(..)
            | Op::Position(_)
    )
}

/// The function without the values that are others.
fn written(code: &Code, same: &Same) -> Code {
    let is_itself = |value: &Value| same.resolved(*value) == *value;
    let of = |value: Value| same.resolved(value);
    let to = |jump: &Jump| {
        let params = code.blocks[target(jump)].params.iter();
        let arguments = params.zip(&jump.arguments);
        Jump {
            block: jump.block,
            arguments: arguments
                .filter(|(param, _)| is_itself(param))
                .map(|(_, argument)| of(*argument))
                .collect(),
        }
    };
    let block = |block: &Block| Block {
        params: block.params.iter().copied().filter(&is_itself).collect(),
        instructions: block
            .instructions
            .iter()
            .filter(|instruction| instruction.results.iter().all(is_itself))
            .map(|instruction| {
                let mut instruction = instruction.clone();
                instruction.op = instruction.op.with(of);
                instruction
            })
            .collect(),
        end: block.end.with(of, to),
        ..*block
    };
    Code {
        values: code.values.clone(),
        blocks: code.blocks.iter().map(block).collect(),
    }
}
