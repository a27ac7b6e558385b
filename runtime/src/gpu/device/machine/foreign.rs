//! What somebody else's PTX is launched with: a driver reads of it what the text says,
//! whatever there is.

use std::collections::HashMap;

use super::super::{PAGE, PtxArgument, PtxLaunch};
use super::arena::Place;

/// The bytes of each parameter of each entry.
pub(super) type Entries = HashMap<String, Vec<u64>>;

/// The parameters of a launch, if the entry takes as many, each of as many bytes.
pub(super) fn parameters(
    entries: &Entries,
    launch: &PtxLaunch<'_>,
    place: &Place,
) -> Result<Vec<u64>, String> {
    let entry = launch.entry;
    let expected = entries.get(entry);
    let expected = expected.ok_or_else(|| format!("the PTX has no entry `{entry}`"))?;
    if launch.arguments.len() != expected.len() {
        return Err(format!(
            "`{entry}` takes {} arguments, not {}",
            expected.len(),
            launch.arguments.len()
        ));
    }
    let pairs = launch.arguments.iter().zip(expected).enumerate();
    pairs
        .map(|(index, (argument, expected))| {
            let (given, bits) = match *argument {
                PtxArgument::Word(bits) => (4, u64::from(bits)),
                PtxArgument::Long(bits) => (8, bits),
                PtxArgument::Pointer { offset, length } => (8, address(place, offset, length)?),
            };
            if given != *expected {
                return Err(format!(
                    "argument {index} has {given} bytes, and `{entry}` takes {expected} there"
                ));
            }
            Ok(bits)
        })
        .collect()
}

fn address(place: &Place, offset: u64, length: u64) -> Result<u64, String> {
    let bytes = place.pages * PAGE;
    match offset.checked_add(length) {
        Some(end) if end <= bytes => Ok(place.address + offset),
        _ => Err(format!(
            "a pointer to {length} bytes at {offset:#x} is not within the arena's {bytes}"
        )),
    }
}
