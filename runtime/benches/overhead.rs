//! What the executor costs over bare Wasmtime with the same configuration.
//!
//!     cargo bench --profile dev --workspace --bench runtime_overhead
//!     cargo bench --profile dev --workspace --bench runtime_overhead -- --ratios
//!
//! The first form is criterion's: one side after the other, with times. The
//! second lets the sides take turns, so that what else the machine does hits
//! both, and prints the median of the ratios and the ratio of the fastest
//! turns, which a busy machine disturbs least. Words after `--ratios` choose
//! comparisons by their names. With `--profile dev` Wasmtime is not compiled a second time.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on panics")]

#[path = "overhead/paired.rs"]
mod paired;
#[path = "overhead/sides.rs"]
mod sides;

use criterion::Criterion;
use paired::{measure, print_ratios, wanted};
use sides::comparisons;

fn main() {
    if let Some(wanted) = wanted(comparisons) {
        print_ratios(wanted, "executor");
    } else {
        let mut criterion = Criterion::default().configure_from_args();
        measure(&mut criterion, comparisons(), "executor");
        criterion.final_summary();
    }
}
