//! How much stack a thread's calls may need that an assembler cannot count.

use super::{MOST_STACK, context};
use crate::gpu::ir::{Function, Module, Op};

/// What one frame may take beyond [`MOST_STACK`], where a thread finds out that it is
/// too deep only once it is there, and what helpers take.
const SLACK: u32 = 8 << 10;

/// Bytes of stack that each thread of a module's kernels has to have. An assembler
/// adds up the frames of calls itself, unless some function may come to call itself:
/// then this says how deep it gets. 0 if none may.
pub(super) fn needed(module: &Module) -> u32 {
    if !recurses(module) {
        return 0;
    }
    let context = context::global(module.globals.len());
    let context = u32::try_from(context).unwrap_or(u32::MAX);
    MOST_STACK.saturating_add(SLACK).saturating_add(context)
}

/// Whether some function may call itself, by whatever way.
fn recurses(module: &Module) -> bool {
    let called: Vec<Vec<u32>> = module
        .functions
        .iter()
        .map(|function| called(module, function))
        .collect();
    // Functions leave once all that they call have left. Who stays is in a circle, or
    // calls one.
    let mut callers = vec![Vec::new(); called.len()];
    for (caller, called) in called.iter().enumerate() {
        for function in called {
            callers[*function as usize].push(caller);
        }
    }
    let mut left: Vec<usize> = called.iter().map(Vec::len).collect();
    let mut gone: Vec<usize> = (0..left.len()).filter(|index| left[*index] == 0).collect();
    let mut count = 0;
    while let Some(function) = gone.pop() {
        count += 1;
        for caller in &callers[function] {
            left[*caller] -= 1;
            if left[*caller] == 0 {
                gone.push(*caller);
            }
        }
    }
    count < called.len()
}

/// Which functions a function may call, each once.
fn called(module: &Module, function: &Function) -> Vec<u32> {
    let mut called = Vec::new();
    for instruction in function.code.instructions() {
        match &instruction.op {
            Op::Call(function, _) => called.push(*function),
            Op::CallIndirect(signature, ..) => {
                let table = module.table.iter().flatten().flatten();
                called.extend(table.filter(|function| {
                    module.functions[**function as usize].signature == *signature
                }));
            }
            _ => {}
        }
    }
    called.sort_unstable();
    called.dedup();
    called
}
