//! What the values of a function are: where they are defined, which are the same,
//! and which of them anybody needs.

use super::graph::Graph;
use crate::gpu::ir::graph::target;
use crate::gpu::ir::same::Same;
use crate::gpu::ir::{Code, Instruction, Op, Terminator, Value};

/// Where a value is defined.
#[derive(Clone, Copy, Debug)]
pub(super) enum Definition {
    /// By an instruction of a block.
    Instruction(usize, usize),
    /// As a parameter of a block.
    Parameter(usize),
    /// Where nothing runs.
    Nowhere,
}

/// The values of a function.
#[derive(Debug)]
pub(super) struct Values {
    definitions: Vec<Definition>,
    same: Same,
    /// Whether what the function does depends on it.
    needed: Vec<bool>,
}

impl Values {
    pub(super) fn of(code: &Code, graph: &Graph) -> Values {
        let count = code.values.len();
        let mut values = Values {
            definitions: vec![Definition::Nowhere; count],
            same: Same::of(code, &graph.order),
            needed: vec![false; count],
        };
        for number in &graph.order {
            let block = &code.blocks[*number];
            for value in &block.params {
                values.definitions[value.0 as usize] = Definition::Parameter(*number);
            }
            for (at, instruction) in block.instructions.iter().enumerate() {
                for value in &instruction.results {
                    values.definitions[value.0 as usize] = Definition::Instruction(*number, at);
                }
            }
        }
        values.find_needed(code, graph);
        values
    }

    fn find_needed(&mut self, code: &Code, graph: &Graph) {
        let mut work = Vec::new();
        for block in &graph.order {
            let block = &code.blocks[*block];
            for instruction in &block.instructions {
                match &instruction.op {
                    op if may_trap(op) || op.has_effect() => op.uses(|value| work.push(value)),
                    _ => {}
                }
            }
            match &block.end {
                Terminator::Branch(value, _) | Terminator::Table(value, _) => work.push(*value),
                Terminator::Return(values) => work.extend(values),
                Terminator::Jump(_) | Terminator::Trap(..) => {}
            }
        }
        let mut arguments: Vec<Vec<Value>> = vec![Vec::new(); code.values.len()];
        for block in &graph.order {
            for jump in code.blocks[*block].end.jumps() {
                let params = &code.blocks[target(jump)].params;
                for (param, argument) in params.iter().zip(&jump.arguments) {
                    arguments[param.0 as usize].push(*argument);
                }
            }
        }
        while let Some(value) = work.pop() {
            let value = self.resolved(value);
            if std::mem::replace(&mut self.needed[value.0 as usize], true) {
                continue;
            }
            match self.definitions[value.0 as usize] {
                Definition::Instruction(block, at) => {
                    let op = &code.blocks[block].instructions[at].op;
                    op.uses(|used| work.push(used));
                }
                Definition::Parameter(_) => work.extend(&arguments[value.0 as usize]),
                Definition::Nowhere => {}
            }
        }
    }

    /// The value that one is, whatever it is called.
    pub(super) fn resolved(&self, value: Value) -> Value {
        self.same.resolved(value)
    }

    /// Whether what the function does depends on a value.
    pub(super) fn is_needed(&self, value: Value) -> bool {
        self.needed[value.0 as usize]
    }

    /// Where a value is defined, as it is called.
    pub(super) fn definition(&self, value: Value) -> Definition {
        self.definitions[value.0 as usize]
    }

    /// The block in which a value is defined.
    pub(super) fn block(&self, value: Value) -> Option<usize> {
        match self.definition(value) {
            Definition::Instruction(block, _) | Definition::Parameter(block) => Some(block),
            Definition::Nowhere => None,
        }
    }

    /// The instruction that defines a value, if one does.
    pub(super) fn instruction<'c>(&self, code: &'c Code, value: Value) -> Option<&'c Instruction> {
        match self.definition(self.resolved(value)) {
            Definition::Instruction(block, at) => Some(&code.blocks[block].instructions[at]),
            _ => None,
        }
    }

    /// The bits of a value that is a constant.
    pub(super) fn constant(&self, code: &Code, value: Value) -> Option<u64> {
        match self.instruction(code, value)?.op {
            Op::Constant(bits) => Some(bits),
            _ => None,
        }
    }
}

/// Whether an instruction without an effect may trap.
pub(super) fn may_trap(op: &Op) -> bool {
    use crate::gpu::ir::{Binary, Unary};
    match op {
        Op::Load { .. } => true,
        Op::Unary(Unary::Truncate { saturating, .. }, _) => !saturating,
        // Those of floats do not, and lose nothing by it.
        Op::Binary(binary, ..) => matches!(
            binary,
            Binary::DivS | Binary::DivU | Binary::RemS | Binary::RemU
        ),
        _ => false,
    }
}
