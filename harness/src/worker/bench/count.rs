//! Counts: those of the engine, and the allocations of an instantiation.

use super::{Allocations, Loaded};
use crate::engine::bench::{Allocation, BenchEngine};
use crate::model::Failure;
use crate::model::bench::ExactKind;

/// Everything that can be counted of a program.
pub(super) fn count(
    engine: &dyn BenchEngine,
    loaded: &Loaded<'_>,
    allocations: Allocations,
) -> Result<Vec<(ExactKind, u64)>, Failure> {
    let surroundings = loaded.workload.as_ref().map(|known| &known.surroundings);
    let mut counts = engine.count(&loaded.wasm, surroundings)?;
    let Some(allocations) = allocations else {
        return Ok(counts);
    };
    let mut instantiate = loaded.module.instantiate(Allocation::OnDemand)?;
    // What the first ones set up for good is not an instantiation's.
    instantiate.run(2)?;
    let before = allocations();
    instantiate.run(1)?;
    let after = allocations();
    counts.push((ExactKind::Allocations, after.0 - before.0));
    counts.push((ExactKind::AllocatedBytes, after.1 - before.1));
    Ok(counts)
}
