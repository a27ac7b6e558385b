//! How much stack a thread's calls may need that an assembler cannot count.

use super::{MOST_STACK, context, table};
use crate::gpu::ir::{Function, Module, Op, Signature};

/// What one frame may take beyond [`MOST_STACK`], where a thread finds out that it is
/// too deep only once it is there, and what helpers take.
const SLACK: u32 = 8 << 10;

/// Bytes of stack that each thread of a module's kernels has to have. An assembler
/// adds up the frames of calls itself, unless some function may come to call itself:
/// then this says how deep it gets. 0 if none may.
pub(super) fn needed(module: &Module) -> u32 {
    let callees = table::callees(module);
    if !recurses(module, &callees) {
        return 0;
    }
    let dispatchers = module.signatures.iter().zip(&callees);
    let dispatchers = dispatchers.filter(|(_, callees)| callees.is_some());
    let dispatchers = dispatchers.map(|(signature, _)| dispatcher(signature));
    let context = context::global(module.globals.len());
    let context = u32::try_from(context).unwrap_or(u32::MAX);
    // A dispatcher leaves it to what it calls to find out that it is too deep.
    let slack = SLACK.saturating_add(dispatchers.max().unwrap_or(0));
    MOST_STACK.saturating_add(slack).saturating_add(context)
}

/// Registers of each kind that a dispatcher of a signature has.
pub(super) fn dispatcher_registers(signature: &Signature) -> usize {
    signature.params.len().max(signature.results.len()) + 1
}

/// What it counts as, as functions count.
pub(super) fn dispatcher(signature: &Signature) -> u32 {
    let registers = 2 * dispatcher_registers(signature);
    u32::try_from(128 + 8 * registers).unwrap_or(u32::MAX)
}

/// Whether some function may call itself, by whatever way.
fn recurses(module: &Module, callees: &[Option<Vec<u32>>]) -> bool {
    // What is called by a signature through the table stands behind the functions, as
    // one that calls all those that have it.
    let functions = module.functions.iter();
    let called: Vec<Vec<usize>> = functions
        .map(|function| called(module, function))
        .chain(callees.iter().map(|callees| {
            let callees = callees.iter().flatten();
            callees.map(|function| *function as usize).collect()
        }))
        .collect();
    // Functions leave once all that they call have left. Who stays is in a circle, or
    // calls one.
    let mut callers = vec![Vec::new(); called.len()];
    for (caller, called) in called.iter().enumerate() {
        for function in called {
            callers[*function].push(caller);
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

/// Which functions, and signatures of the table, a function calls, each once.
fn called(module: &Module, function: &Function) -> Vec<usize> {
    let mut called = Vec::new();
    for instruction in function.code.instructions() {
        match &instruction.op {
            Op::Call(function, _) => called.push(*function as usize),
            Op::CallIndirect(signature, ..) => {
                called.push(module.functions.len() + *signature as usize);
            }
            _ => {}
        }
    }
    called.sort_unstable();
    called.dedup();
    called
}
