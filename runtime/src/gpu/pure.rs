//! Which functions neither change nor see anything that a call beside them could
//! change or see: many calls of one may then be the threads of one launch.

use super::ir::{Function, Module, Op};

/// Of each function of a module, whether it is so.
///
/// A pure function may read memory, as long as nobody writes it meanwhile, and
/// globals. It may trap. What it calls must be pure too; through the table it may
/// call whatever the table holds.
pub(super) fn functions(module: &Module) -> Vec<bool> {
    // Launches grow the arena by the slices of a shadow stack, which a reader of
    // the memory's size sees.
    if module.stack_pointer.is_some() {
        return vec![false; module.functions.len()];
    }
    let mut pure: Vec<bool> = module.functions.iter().map(alone).collect();
    // What is called may come later, and may call back: until nothing changes.
    loop {
        let table = module.table.iter().flatten().flatten();
        let table = table.copied().all(|function| pure[function as usize]);
        let mut changed = false;
        for (index, function) in module.functions.iter().enumerate() {
            if pure[index] && !calls_pure(function, &pure, table) {
                pure[index] = false;
                changed = true;
            }
        }
        if !changed {
            return pure;
        }
    }
}

fn ops(function: &Function) -> impl Iterator<Item = &Op> {
    function.code.instructions().map(|it| &it.op)
}

/// Whether what a function does itself is pure, whatever it calls.
fn alone(function: &Function) -> bool {
    ops(function).all(|op| match op {
        // Looked at by itself.
        Op::Call(..) | Op::CallIndirect(..) => true,
        // A thread of a launch is elsewhere than the one thread of a call.
        Op::Position(_) => false,
        op => !op.has_effect(),
    })
}

fn calls_pure(function: &Function, pure: &[bool], table: bool) -> bool {
    ops(function).all(|op| match op {
        Op::Call(called, _) => pure[*called as usize],
        Op::CallIndirect(..) => table,
        _ => true,
    })
}
