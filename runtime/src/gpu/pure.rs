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
    let mut callers = vec![Vec::new(); pure.len()];
    let mut callers_of_table = Vec::new();
    for (caller, function) in module.functions.iter().enumerate() {
        for op in ops(function) {
            match op {
                Op::Call(called, _) => callers[*called as usize].push(caller),
                Op::CallIndirect(..) => callers_of_table.push(caller),
                _ => {}
            }
        }
    }
    let mut in_table = vec![false; pure.len()];
    for function in module.table.iter().flatten().flatten() {
        in_table[*function as usize] = true;
    }
    // Who calls what is not pure is not pure either.
    let mut open: Vec<usize> = (0..pure.len()).filter(|index| !pure[*index]).collect();
    while let Some(index) = open.pop() {
        let mut found = std::mem::take(&mut callers[index]);
        if in_table[index] {
            found.append(&mut callers_of_table);
        }
        for caller in found {
            if std::mem::replace(&mut pure[caller], false) {
                open.push(caller);
            }
        }
    }
    pure
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
