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

#[path = "overhead/sides.rs"]
mod sides;

use std::time::Duration;

use criterion::Criterion;
use sides::{Comparison, comparisons};

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--ratios");
    if arguments.next().is_some() {
        let wanted: Vec<_> = arguments.filter(|word| word != "--bench").collect();
        let mut comparisons = comparisons();
        comparisons.retain(|comparison| {
            wanted.is_empty() || wanted.iter().any(|word| comparison.name.contains(word))
        });
        print_ratios(comparisons);
    } else {
        let mut criterion = Criterion::default().configure_from_args();
        for mut comparison in comparisons() {
            let mut group = criterion.benchmark_group(comparison.name);
            group.bench_function("wasmtime", |bencher| {
                bencher.iter_custom(&mut comparison.bare);
            });
            group.bench_function("executor", |bencher| {
                bencher.iter_custom(&mut comparison.executor);
            });
            group.finish();
        }
        criterion.final_summary();
    }
}

const ROUNDS: usize = 101;
/// A turn is long enough for the clock and short enough to share its
/// disturbances with the other side's.
const TURN: Duration = Duration::from_millis(4);

#[expect(clippy::print_stdout, reason = "a benchmark's results")]
fn print_ratios(comparisons: Vec<Comparison>) {
    println!(
        "{:<28} {:>12} {:>12}   {:>7}  {:>15}  {:>7}",
        "", "wasmtime", "executor", "ratio", "half of them", "fastest"
    );
    for mut comparison in comparisons {
        let turns = turns(&mut comparison);
        let mut round = |first_is_bare: bool| {
            if first_is_bare {
                let bare = (comparison.bare)(turns);
                (bare, (comparison.executor)(turns))
            } else {
                let executor = (comparison.executor)(turns);
                ((comparison.bare)(turns), executor)
            }
        };
        round(true);
        let rounds: Vec<_> = (0..ROUNDS).map(|number| round(number % 2 == 0)).collect();
        let each = |time: Duration| time.as_secs_f64() / turns as f64;
        let bare = quartiles(rounds.iter().map(|round| each(round.0)).collect());
        let executor = quartiles(rounds.iter().map(|round| each(round.1)).collect());
        let fastest = |times: &mut dyn Iterator<Item = Duration>| times.min().unwrap_or_default();
        let fastest = fastest(&mut rounds.iter().map(|round| round.1)).as_secs_f64()
            / fastest(&mut rounds.iter().map(|round| round.0)).as_secs_f64();
        let ratio = quartiles(
            rounds
                .iter()
                .map(|(bare, executor)| executor.as_secs_f64() / bare.as_secs_f64())
                .collect(),
        );
        println!(
            "{:<28} {:>12} {:>12}   {:>7.3}  {:.3} to {:.3}  {fastest:>7.3}",
            comparison.name,
            format!("{:.1?}", Duration::from_secs_f64(bare[1])),
            format!("{:.1?}", Duration::from_secs_f64(executor[1])),
            ratio[1],
            ratio[0],
            ratio[2],
        );
    }
}

/// How many iterations make a turn.
fn turns(comparison: &mut Comparison) -> u64 {
    let mut count = 1;
    loop {
        let took = (comparison.bare)(count);
        if took >= TURN || count >= comparison.most {
            return count;
        }
        count = (count * 2).min(comparison.most);
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}
