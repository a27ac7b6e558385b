//! What a launch gives its threads, and where.

use super::super::{Arguments, Launch};
use super::NO_TRAP;
use super::arena::Place;
use crate::gpu::kernels::Kernels;
use crate::gpu::ptx::Layout;

/// Where things of one launch lie, in one block of memory: the state, the record of
/// a trap, arguments, results.
pub(super) struct Run {
    pub(super) layout: Layout,
    pub(super) record: u64,
    pub(super) arguments: u64,
    pub(super) stride: u64,
    pub(super) results: u64,
    pub(super) result_bytes: u64,
}

impl Run {
    pub(super) fn new(kernels: &Kernels, launch: &Launch<'_>) -> Run {
        let module = kernels.module();
        let signature = &module.functions[launch.function as usize].signature;
        let signature = &module.signatures[*signature as usize];
        let layout = kernels.ptx().layout;
        let record = layout.bytes() as u64;
        let arguments = record + 8;
        let (given, stride) = match launch.arguments {
            Arguments::Same(given) => (given, 0),
            Arguments::Each(given) => (given, 8 * signature.params.len() as u64),
        };
        let threads = u64::from(launch.grid.count().unwrap_or(0));
        Run {
            layout,
            record,
            arguments,
            stride,
            results: arguments + 8 * given.len() as u64,
            result_bytes: 8 * signature.results.len() as u64 * threads,
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.results + self.result_bytes
    }

    /// All of it up to the results.
    pub(super) fn contents(&self, place: &Place, launch: &Launch<'_>) -> Vec<u8> {
        let (Arguments::Same(given) | Arguments::Each(given)) = launch.arguments;
        let state = [place.pages, place.room, launch.cancel.is_cancelled().into()];
        let words = state
            .iter()
            .chain(launch.globals)
            .chain(launch.globals)
            .chain(&[NO_TRAP])
            .chain(given);
        words.flat_map(|word| word.to_le_bytes()).collect()
    }
}
