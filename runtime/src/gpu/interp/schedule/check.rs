//! Launches that cannot begin.

use super::super::program::Function;
use super::super::{Program, SHARED_BYTES, int};
use super::Launch;

/// The most threads of a block.
const THREADS: u64 = 1024;

/// What a GPU's driver would refuse.
pub(super) fn check(
    program: &Program,
    entry: &Function,
    launch: &Launch<'_>,
) -> Result<(), String> {
    let limits = [
        ("grid", launch.grid, [(1 << 31) - 1, 65535, 65535]),
        ("block", launch.block, [1024, 1024, 64]),
    ];
    for (what, sizes, limits) in limits {
        if sizes
            .iter()
            .zip(limits)
            .any(|(size, limit)| *size == 0 || *size > limit)
        {
            return Err(format!(
                "a {what} of {sizes:?} is not within 1 and {limits:?}"
            ));
        }
    }
    let threads: u64 = launch.block.iter().map(|size| u64::from(*size)).product();
    if threads > THREADS {
        return Err(format!(
            "a block of {threads} threads is larger than {THREADS}"
        ));
    }
    match entry.block {
        Some((exact, true)) if exact != launch.block => {
            return Err(format!(
                "`{}` wants blocks of {exact:?}, not {:?}",
                entry.name, launch.block
            ));
        }
        Some((most, false)) if threads > most.iter().map(|size| u64::from(*size)).product() => {
            return Err(format!("`{}` takes blocks of at most {most:?}", entry.name));
        }
        _ => {}
    }
    if launch.arguments.len() != entry.parameters.len() {
        let (given, wanted) = (launch.arguments.len(), entry.parameters.len());
        return Err(format!(
            "`{}` takes {wanted} arguments, not {given}",
            entry.name
        ));
    }
    for (at, (argument, parameter)) in launch.arguments.iter().zip(&entry.parameters).enumerate() {
        if int::cut(*argument, parameter.ty.bits) != *argument {
            return Err(format!(
                "argument {at} has more than {} bits: {argument:#x}",
                parameter.ty.bits
            ));
        }
    }
    let shared = u64::from(program.shared.next_multiple_of(128)) + u64::from(launch.shared_bytes);
    if shared > SHARED_BYTES.into() {
        return Err(format!(
            "{shared} bytes of shared memory are more than {SHARED_BYTES}"
        ));
    }
    Ok(())
}
