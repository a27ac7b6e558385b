//! How the threads of a launch run.

use super::arena::CpuArena;
use super::launch::results;
use super::program::CpuProgram;
use super::rewrite::{Form, Shape};
use super::sure;
use crate::gpu::device::{Arena, Arguments, Launch};

/// How the threads of a launch run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A loop calls the kernel for one after the other.
    Loop,
    /// Each is a call from here, for it has its own arguments or results.
    Calls,
    /// Those of a block run together.
    Together,
}

/// How the threads of a launch run, by which code, and how many of them have something
/// to do: the others come after them.
pub(super) fn choose(
    program: &CpuProgram,
    arena: &CpuArena,
    launch: &Launch<'_>,
    count: u32,
) -> (Way, Form, u32) {
    let module = program.kernels.module();
    let reach = program.reach(launch.function);
    let calls = Form {
        has_fuel: launch.fuel.is_some(),
        kernel: None,
        shape: Shape::Blocks,
    };
    let gives = !results(module, launch.function).is_empty();
    if reach.waits {
        return (Way::Together, calls, count);
    }
    if count == 1 || gives || !matches!(launch.arguments, Arguments::Same(_)) {
        return (Way::Calls, calls, count);
    }
    let is_line = launch.grid.is_line() && module.workgroup_bytes == 0 && reach.asks_for_line();
    let sure = match is_line && reach.is_straight() {
        true => sure::threads(module, launch, arena.bytes()),
        false => None,
    };
    let shape = match (is_line, sure) {
        (_, Some(_)) => Shape::Sure,
        (true, None) => Shape::Line,
        (false, None) => Shape::Blocks,
    };
    let form = Form {
        kernel: Some(launch.function),
        shape,
        ..calls
    };
    (Way::Loop, form, sure.unwrap_or(count))
}
