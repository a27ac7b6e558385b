//! Counts: those of the engine, and the allocations of an instantiation.

use super::Loaded;
use crate::engine::bench::{Allocation, BenchEngine};
use crate::model::bench::ExactKind;
use crate::model::{Failure, FailureKind};
use crate::worker::CountAllocations;

/// Everything that can be counted of a program.
pub(super) fn count(
    engine: &dyn BenchEngine,
    loaded: &Loaded<'_>,
    allocations: Option<CountAllocations>,
) -> Result<Vec<(ExactKind, u64)>, Failure> {
    let surroundings = loaded.workload.as_ref().map(|known| &known.surroundings);
    let mut counts = match engine.count(&loaded.wasm, surroundings) {
        Err(failure) if failure.kind == FailureKind::Unsupported && allocations.is_some() => {
            Vec::new()
        }
        counted => counted?,
    };
    if let Some(allocations) = allocations {
        let mut instantiate = loaded.module.instantiate(Allocation::OnDemand)?;
        // What the first ones set up for good is not an instantiation's.
        instantiate.run(2)?;
        let mut made = Ok(());
        let (count, bytes) = allocations(&mut || made = instantiate.run(1));
        made?;
        counts.push((ExactKind::Allocations, count));
        counts.push((ExactKind::AllocatedBytes, bytes));
    }
    Ok(counts)
}
