//! Loops as kernels: a function that was written for one thread, run by many.
//!
//! A loop whose iterations neither see nor disturb each other is a map: they may run
//! in any order, and so all at once. [`analyze`] finds out what can be known of a
//! function without its arguments, and writes each such loop as a kernel that does
//! one iteration. What depends on arguments is found out when they are there: how
//! often the loop goes round, that all it touches is in bounds, that no iteration
//! touches what another one writes. Whatever cannot be shown is refused, with the
//! reason and the place, before anything has run.
//!
//! Nothing is assumed of names or of how a compiler writes its loops: several
//! counters, bumped pointers, loops that count down or are unrolled, and what is left
//! over before and after them, are taken for what they do.

mod check;
mod emit;
mod graph;
mod launch;
mod overlap;
mod plan;
mod shape;
mod trips;
mod values;

use std::sync::Arc;

use super::instance::KernelError;
use super::kernels::Kernels;
use emit::{Part, Takes};
use graph::Graph;
pub(super) use launch::{Offloads, Surroundings};
use plan::Step;
use values::Values;

/// A function whose loops can be kernels, as far as that is known without its
/// arguments.
#[derive(Debug)]
pub struct Map {
    function: u32,
    loops: Vec<MapLoop>,
    kernels: Arc<Kernels>,
    graph: Graph,
    values: Values,
    parts: Vec<Part>,
    takes: Vec<Takes>,
}

/// A loop that is a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapLoop {
    /// Where it begins, in bytes from the beginning of the module.
    pub offset: u32,
    /// Instructions of an iteration that read memory.
    pub loads: usize,
    /// Those that write it.
    pub stores: usize,
}

impl Map {
    /// The function's index in the module.
    pub fn function(&self) -> u32 {
        self.function
    }

    /// Its loops, in the order in which they run.
    pub fn loops(&self) -> &[MapLoop] {
        &self.loops
    }

    /// The kernels that it became: one for each loop, which does one iteration, and
    /// one for each piece of code outside that writes memory.
    pub fn kernels(&self) -> &Arc<Kernels> {
        &self.kernels
    }
}

/// Why a function's loops do not become kernels: nothing has run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (at offset {offset:#x}, function {function})")]
pub struct NotAMap {
    /// What could not be shown.
    pub reason: Reason,
    /// The function's index in the module.
    pub function: u32,
    /// Where, in bytes from the beginning of the module.
    pub offset: u32,
}

/// What could not be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// There is nothing to launch.
    #[error("no loop of it writes memory")]
    NoLoop,
    /// Loops in a loop.
    #[error("a loop in a loop")]
    Nested,
    /// The loop has no exit at all.
    #[error("a loop without an end")]
    NoExit,
    /// A `break`, a `return`, a second condition.
    #[error("a second way out of the loop")]
    SecondExit,
    /// The condition that ends the loop is not about a counter and a bound that stays.
    #[error("the end of the loop depends on more than a counter and a bound")]
    Exit,
    /// A sum, a state, a search.
    #[error("a value is carried from one iteration to the next")]
    Carried,
    /// An address that is looked up or computed in other ways.
    #[error("an address that is not a start and a stride")]
    Address,
    /// A store to an address that stays.
    #[error("every iteration writes to the same address")]
    SameAddress,
    /// It must not happen while others run.
    #[error("{0} cannot be taken out of its order")]
    Effect(&'static str),
    /// A division, a conversion.
    #[error("an instruction that may trap")]
    MayTrap,
    /// Analyses and kernels of its size would take too long.
    #[error("a function too large for this analysis")]
    TooLarge,
    /// With these arguments: a trap outside of the loops.
    #[error("with these arguments, it traps here")]
    Traps,
    /// With these arguments: an access of some iteration.
    #[error("with these arguments, an iteration's access is out of bounds")]
    OutOfBounds,
    /// With these arguments: addresses of 32 bits begin anew.
    #[error("with these arguments, an address wraps around")]
    AddressWraps,
    /// With these arguments: the counter begins anew before the loop ends.
    #[error("with these arguments, the loop's counter wraps around before its end")]
    CounterWraps,
    /// With these arguments: nothing ends it.
    #[error("with these arguments, the loop does not end")]
    Endless,
    /// With these arguments: the order of iterations matters.
    #[error(
        "with these arguments, an iteration touches what another one writes at offset {other:#x}"
    )]
    Overlap {
        /// Where the other access stands in the module, in bytes.
        other: u32,
    },
    /// Floats that are compared, what was read from memory that is written.
    #[error("a value that is not known before the launch")]
    Unknown,
    /// More iterations than a launch has threads.
    #[error("with these arguments, {0} iterations are more than a launch has threads")]
    TooMany(u64),
    /// The options give less fuel than the loops need in one thread.
    #[error("with these arguments, its loops take {needed} of fuel, and there is {fuel}")]
    Fuel {
        /// Heads of loops that one thread would enter.
        needed: u64,
        /// How many it may.
        fuel: u64,
    },
}

/// What came of a function whose loops were launched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offloaded {
    /// The bits of the function's results.
    pub results: Vec<u64>,
    /// Iterations that ran as threads.
    pub threads: u64,
    /// Launches: one for each loop that goes round, and for each piece of code
    /// outside that writes memory.
    pub launches: usize,
}

/// Why loops were not launched, or not to their end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OffloadError {
    /// The iterations may depend on each other, or trap: nothing has run, and
    /// [`Instance::call`](super::Instance::call) does what the function does.
    #[error(transparent)]
    NotAMap(#[from] NotAMap),
    /// What else may go wrong with a launch.
    #[error(transparent)]
    Kernel(#[from] KernelError),
}

/// Finds out whether the loops of a function can be kernels, and writes them. The
/// function has an index in the module, as [`Kernels::export`] tells.
///
/// # Errors
///
/// They cannot, whatever the arguments are; or it cannot be shown.
pub fn analyze(kernels: &Kernels, function: u32) -> Result<Map, NotAMap> {
    let not = |(reason, offset)| NotAMap {
        reason,
        function,
        offset,
    };
    let module = kernels.module();
    let code = &module.functions[function as usize].code;
    let begin = code.blocks.first().map_or(0, |block| block.offset);
    if code.values.len() > LARGEST || code.blocks.len() > LARGEST {
        return Err(not((Reason::TooLarge, begin)));
    }
    let graph = Graph::of(code).map_err(|offset| not((Reason::Nested, offset)))?;
    let values = Values::of(code, &graph);
    let (parts, loops) = check::parts(code, &graph, &values).map_err(not)?;
    let written = emit::module(code, &values, module.memory, &parts);
    let built = written.and_then(|(wasm, takes)| Some((Kernels::new(&wasm).ok()?, takes)));
    let Some((written, takes)) = built else {
        return Err(not((Reason::TooLarge, begin)));
    };
    Ok(Map {
        function,
        loops,
        kernels: Arc::new(written),
        graph,
        values,
        parts,
        takes,
    })
}

/// The most values and blocks of a function: each is looked at several times.
const LARGEST: usize = 20_000;
