//! Where the bits of a value go.

use crate::gpu::ir::{Binary, Code, Op, Terminator, Type, Unary, Value};

/// Whether somebody may see the bits of each value, and whether each only decides.
pub(super) fn seen(code: &Code) -> (Vec<bool>, Vec<bool>) {
    let mut counted = vec![false; code.values.len()];
    for block in &code.blocks {
        for instruction in &block.instructions {
            as_number(&instruction.op, &mut counted);
        }
        for argument in block.end.jumps().iter().flat_map(|jump| &jump.arguments) {
            counted[argument.0 as usize] = true;
        }
        if let Terminator::Return(values) = &block.end {
            for value in values {
                counted[value.0 as usize] = true;
            }
        }
        if let Terminator::Table(index, _) = &block.end {
            counted[index.0 as usize] = true;
        }
    }
    let only_decides = counted.into_iter().map(|counted| !counted).collect();
    (flow(code, &[]), only_decides)
}

/// Whether somebody may see the bits of each value, but in stores of the values that
/// are `late`.
pub(super) fn flow(code: &Code, late: &[bool]) -> Vec<bool> {
    let mut flow = Flow {
        seen: vec![false; code.values.len()],
        work: Vec::new(),
        goes_to: vec![Vec::new(); code.values.len()],
    };
    for block in &code.blocks {
        for instruction in &block.instructions {
            match &instruction.op {
                Op::Store(_, value) if late.get(value.0 as usize) == Some(&true) => {}
                op => flow.instruction(code, op, &instruction.results),
            }
        }
        for jump in block.end.jumps() {
            let params = &code.blocks[jump.block.0 as usize].params;
            for (argument, param) in jump.arguments.iter().zip(params) {
                flow.goes_to[param.0 as usize].push(*argument);
            }
        }
        if let Terminator::Return(values) = &block.end {
            values.iter().for_each(|value| flow.see(*value));
        }
    }
    while let Some(value) = flow.work.pop() {
        for from in std::mem::take(&mut flow.goes_to[value.0 as usize]) {
            flow.see(from);
        }
    }
    flow.seen
}

/// Marks what is used as a number, and not only to decide.
fn as_number(op: &Op, counted: &mut [bool]) {
    let condition = match op {
        Op::Select(condition, a, b) if condition != a && condition != b => Some(*condition),
        _ => None,
    };
    op.uses(|value| {
        if Some(value) != condition {
            counted[value.0 as usize] = true;
        }
    });
}

struct Flow {
    seen: Vec<bool>,
    work: Vec<Value>,
    /// For each value, whose bits it may have.
    goes_to: Vec<Vec<Value>>,
}

impl Flow {
    fn see(&mut self, value: Value) {
        if !std::mem::replace(&mut self.seen[value.0 as usize], true) {
            self.work.push(value);
        }
    }

    fn instruction(&mut self, code: &Code, op: &Op, results: &[Value]) {
        let result = results.first();
        match op {
            // The result has the bits of one of them.
            Op::Select(_, a, b) => {
                if let Some(result) = result {
                    self.goes_to[result.0 as usize].extend([*a, *b]);
                }
            }
            // Any NaN in gives a NaN out, whose bits are made anew.
            Op::Binary(Binary::Copysign, a, b) => {
                self.see(*a);
                self.see(*b);
            }
            Op::Unary(Unary::Abs | Unary::Neg | Unary::Reinterpret, a) => self.see(*a),
            Op::Unary(..) | Op::Binary(..) | Op::Compare(..) => {}
            _ => op.uses(|value| {
                if matches!(code.values[value.0 as usize], Type::F32 | Type::F64) {
                    self.see(value);
                }
            }),
        }
    }
}
