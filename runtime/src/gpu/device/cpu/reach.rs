//! What a kernel may come to.

use crate::gpu::ir::{Axis, Module, Op, Position};

/// What happens in a kernel and in everything that it may call.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// Which functions run.
    pub(super) runs: Vec<bool>,
    /// Which of them some other function, or themselves, may call.
    called: Vec<bool>,
    /// Which globals are set.
    pub(super) sets: Vec<bool>,
    /// Whether a thread may wait for its block.
    pub(super) waits: bool,
    /// Whether a function that is called asks where the thread is.
    pub(super) calls_ask: bool,
    /// Whether somebody asks where a thread is in its block, or its block in the grid,
    /// along x.
    asks_for_blocks: bool,
    /// Whether something may take longer than its code is long.
    lingers: bool,
}

impl Reach {
    /// From these functions.
    pub(super) fn of(module: &Module, roots: &[u32]) -> Reach {
        let functions = module.functions.len();
        let mut reach = Reach {
            runs: vec![false; functions],
            called: vec![false; functions],
            sets: vec![false; module.globals.len()],
            ..Reach::default()
        };
        let mut open = roots.to_vec();
        // Once is enough, however often it is called through.
        let mut table = module.table.as_ref();
        while let Some(index) = open.pop() {
            if std::mem::replace(&mut reach.runs[index as usize], true) {
                continue;
            }
            let code = &module.functions[index as usize].code;
            reach.lingers |= code.blocks.iter().any(|block| block.is_loop);
            for instruction in code.instructions() {
                match &instruction.op {
                    Op::Call(function, _) => reach.call(*function, &mut open),
                    Op::CallIndirect(..) => {
                        let table = table.take().into_iter().flatten().flatten();
                        table.for_each(|function| reach.call(*function, &mut open));
                    }
                    Op::GlobalSet(global, _) => reach.sets[*global as usize] = true,
                    Op::Barrier => reach.waits = true,
                    Op::Position(Position::ThreadId(Axis::X) | Position::BlockId(Axis::X)) => {
                        reach.asks_for_blocks = true;
                    }
                    Op::MemoryGrow(_)
                    | Op::MemoryFill(..)
                    | Op::MemoryCopy(..)
                    | Op::MemoryInit(..) => reach.lingers = true,
                    _ => {}
                }
            }
        }
        let called = module.functions.iter().zip(&reach.called);
        reach.calls_ask = called
            .filter(|(_, called)| **called)
            .flat_map(|(function, _)| function.code.instructions())
            .any(|instruction| matches!(instruction.op, Op::Position(_)));
        reach
    }

    fn call(&mut self, function: u32, open: &mut Vec<u32>) {
        self.called[function as usize] = true;
        open.push(function);
    }

    /// Whether a thread's number is all that is asked for of its place in a line.
    pub(super) fn asks_for_line(&self) -> bool {
        !self.asks_for_blocks && !self.calls_ask
    }

    /// Whether everything ends soon.
    pub(super) fn is_straight(&self) -> bool {
        self.is_leaf() && !self.lingers
    }

    /// Whether nothing is called.
    pub(super) fn is_leaf(&self) -> bool {
        !self.called.contains(&true)
    }
}
