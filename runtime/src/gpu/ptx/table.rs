//! What may be called through the table.

use crate::gpu::ir::{Module, Op};

/// Of each signature, the functions of the table that have it, each once and in their
/// order; none where no `call_indirect` asks for the signature.
pub(super) fn callees(module: &Module) -> Vec<Option<Vec<u32>>> {
    let mut callees = vec![None; module.signatures.len()];
    let code = module.functions.iter().map(|function| &function.code);
    for instruction in code.flat_map(|code| code.instructions()) {
        if let Op::CallIndirect(signature, ..) = instruction.op {
            callees[signature as usize] = Some(Vec::new());
        }
    }
    let mut functions: Vec<u32> = module.table.iter().flatten().flatten().copied().collect();
    functions.sort_unstable();
    functions.dedup();
    for function in functions {
        let signature = module.functions[function as usize].signature;
        if let Some(callees) = &mut callees[signature as usize] {
            callees.push(function);
        }
    }
    callees
}
