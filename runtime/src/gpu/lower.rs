//! What has to be known of a function before it is written as PTX.

mod access;
mod alignment;
mod bits;
mod merge;
#[cfg(feature = "executor")]
mod nans;
mod versions;

use super::ir::{Code, Function, Module};
pub(super) use access::{Check, Loaded, end};
pub(super) use alignment::is_aligned;
#[cfg(feature = "executor")]
pub(super) use nans::{Nans, nans};

/// Facts about a function.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Whether somebody may see the bits of a value's NaN, by value: it is stored,
    /// reinterpreted, returned, or goes where that happens. Between two additions
    /// nobody does, and the NaN may be any.
    pub(super) bits_are_seen: Vec<bool>,
    /// Whether a comparison decides branches and selections alone, and so never
    /// has to become a number; by value.
    pub(super) only_decides: Vec<bool>,
    /// How many of the lowest bits of an integer are known to be zero, by value.
    pub(super) zero_bits: Vec<u32>,
    /// How the bounds of an access are checked, by block and instruction.
    pub(super) checks: Vec<Vec<Check>>,
    /// How a load is done, by block and instruction.
    pub(super) loads: Vec<Vec<Loaded>>,
}

/// A module as it is written: what it does is the same, and what it computes and
/// checks is less. The second is how many of its loops have a version without checks.
pub(super) fn improved(module: &Module) -> (Module, usize) {
    let mut versions = 0;
    let mut improve = |function: &Function| {
        let mut code = merge::merged(&function.code);
        let zero_bits = alignment::zero_bits(&code);
        versions += versions::versioned(&mut code, &zero_bits, module.workgroup_bytes);
        Function {
            signature: function.signature,
            name: function.name.clone(),
            code,
        }
    };
    let functions = module.functions.iter().map(&mut improve).collect();
    let improved = Module {
        functions,
        ..module.clone()
    };
    (improved, versions)
}

/// Finds the facts.
pub(super) fn facts(code: &Code) -> Facts {
    let (bits_are_seen, only_decides) = bits::seen(code);
    let zero_bits = alignment::zero_bits(code);
    let access::Accesses { checks, loads } = access::accesses(code, &zero_bits);
    Facts {
        bits_are_seen,
        only_decides,
        zero_bits,
        checks,
        loads,
    }
}
