//! How much stack a thread's calls may need that an assembler cannot count.

use super::{MOST_STACK, context, table};
use crate::gpu::ir::{Function, Module, Op, Signature};

/// What one frame may take beyond [`MOST_STACK`], where a thread finds out that it is
/// too deep only once it is there, and what helpers take.
const SLACK: u32 = 8 << 10;

/// The most that a call counts as of a function that cannot come to call itself: it is
/// on a thread's stack once at most, and a device keeps far less of a long function than
/// a register for each of its values.
pub(super) const MOST_ONCE: u32 = 1 << 10;

/// Bytes of stack that each thread of a module's kernels has to have. An assembler
/// adds up the frames of calls itself, unless some function may come to call itself:
/// then this says how deep it gets. 0 if none may.
pub(super) fn needed(module: &Module) -> u32 {
    let callees = table::callees(module);
    let calls = Calls::of(module, &callees);
    if !calls.circular.contains(&true) {
        return 0;
    }
    let dispatchers = module.signatures.iter().zip(&callees);
    let dispatchers = dispatchers.filter(|(_, callees)| callees.is_some());
    let dispatchers = dispatchers.map(|(signature, _)| dispatcher(signature));
    let context = context::global(module.globals.len());
    let context = u32::try_from(context).unwrap_or(u32::MAX);
    // A dispatcher leaves it to what it calls to find out that it is too deep.
    let slack = SLACK.saturating_add(dispatchers.max().unwrap_or(0));
    let beyond = calls.beyond(module);
    [slack, beyond, context]
        .into_iter()
        .fold(MOST_STACK, u32::saturating_add)
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

/// Who calls whom. What is called by a signature through the table stands behind the
/// functions, as one that calls all those that have it.
pub(super) struct Calls {
    called: Vec<Vec<usize>>,
    /// Whether it may come to call itself, or lies between two that may.
    pub(super) circular: Vec<bool>,
    /// What is called before its callers, but for what is circular.
    order: Vec<usize>,
}

impl Calls {
    pub(super) fn of(module: &Module, callees: &[Option<Vec<u32>>]) -> Calls {
        let functions = module.functions.iter();
        let called: Vec<Vec<usize>> = functions
            .map(|function| called(module, function))
            .chain(callees.iter().map(|callees| {
                let callees = callees.iter().flatten();
                callees.map(|function| *function as usize).collect()
            }))
            .collect();
        let mut callers = vec![Vec::new(); called.len()];
        for (caller, called) in called.iter().enumerate() {
            for function in called {
                callers[*function].push(caller);
            }
        }
        // Functions leave once all that they call have left, and then once all that
        // call them have. Who stays is in a circle, or between two.
        let mut circular = vec![true; called.len()];
        let last = leave(&called, &callers, &mut circular);
        let mut first = leave(&callers, &called, &mut circular);
        first.reverse();
        let mut order = last;
        order.extend((0..called.len()).filter(|index| circular[*index]));
        order.extend(first);
        Calls {
            called,
            circular,
            order,
        }
    }

    /// What frames may take together beyond what their calls count as, in bytes: of the
    /// calls that lead from one to the next, those where it is most.
    fn beyond(&self, module: &Module) -> u32 {
        let mut most = vec![0_u32; self.called.len()];
        let mut circle = 0;
        for &index in &self.order {
            let called = self.called[index].iter().map(|called| most[*called]);
            let called = called.max().unwrap_or(0);
            if self.circular[index] {
                circle = circle.max(called);
                continue;
            }
            let values = module
                .functions
                .get(index)
                .map_or(0, |function| function.code.values.len());
            // A value is a register of 32 bits or of 64.
            let frame = u32::try_from(128 + 8 * values).unwrap_or(u32::MAX);
            let calls_circle = self.called[index]
                .iter()
                .any(|called| self.circular[*called]);
            let called = if calls_circle {
                called.max(circle)
            } else {
                called
            };
            most[index] = called.saturating_add(frame.saturating_sub(MOST_ONCE));
        }
        most.into_iter().max().unwrap_or(0).max(circle)
    }
}

/// Which leave, one after the other, where each can once all that it waits for have.
fn leave(waits_for: &[Vec<usize>], awaited_by: &[Vec<usize>], stays: &mut [bool]) -> Vec<usize> {
    let staying = |indices: &Vec<usize>| indices.iter().filter(|index| stays[**index]).count();
    let mut left: Vec<usize> = waits_for.iter().map(staying).collect();
    let mut ready: Vec<usize> = (0..left.len())
        .filter(|index| stays[*index] && left[*index] == 0)
        .collect();
    let mut order = Vec::new();
    while let Some(index) = ready.pop() {
        stays[index] = false;
        order.push(index);
        for &waiting in &awaited_by[index] {
            left[waiting] -= 1;
            if left[waiting] == 0 && stays[waiting] {
                ready.push(waiting);
            }
        }
    }
    order
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
