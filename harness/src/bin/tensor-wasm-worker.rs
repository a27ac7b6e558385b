//! Serves one of the engines that were compiled in to the harness.

use std::process::ExitCode;

use alloc_tracker::{Allocator, Session};
use tensor_wasm_harness::{engines, worker};

/// The system's, with a few plain additions for each allocation.
#[global_allocator]
static ALLOCATOR: Allocator<std::alloc::System> = Allocator::system();

fn main() -> ExitCode {
    worker::main_that_counts(engines::AVAILABLE, Some(count_allocations))
}

fn count_allocations(work: &mut dyn FnMut()) -> (u64, u64) {
    let session = Session::new().no_stdout().no_file();
    let operation = session.operation("work");
    {
        let _span = operation.measure_thread().no_peak().iterations(1);
        work();
    }
    let report = session.to_report();
    let counted = report.operations().next().map(|(_, counted)| counted);
    counted.map_or((0, 0), |counted| {
        (
            counted.total_allocations_count(),
            counted.total_bytes_allocated(),
        )
    })
}
