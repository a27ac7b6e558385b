//! Comparisons whose sides take turns, so that what else the machine does hits both.

use std::time::Duration;

use criterion::Criterion;

/// Runs so many iterations and says how long they took.
pub(crate) type Side = Box<dyn FnMut(u64) -> Duration>;

pub(crate) struct Comparison {
    pub(crate) name: &'static str,
    pub(crate) bare: Side,
    pub(crate) ours: Side,
    /// The most iterations of one turn.
    pub(crate) most: u64,
}

/// The comparisons that `--ratios` asks for, by words in their names; none if it does
/// not ask.
pub(crate) fn wanted(comparisons: impl FnOnce() -> Vec<Comparison>) -> Option<Vec<Comparison>> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--ratios");
    arguments.next()?;
    let wanted: Vec<_> = arguments.filter(|word| word != "--bench").collect();
    let mut comparisons = comparisons();
    comparisons.retain(|comparison| {
        wanted.is_empty() || wanted.iter().any(|word| comparison.name.contains(word))
    });
    Some(comparisons)
}

/// One side after the other, by criterion.
pub(crate) fn measure(criterion: &mut Criterion, comparisons: Vec<Comparison>, ours: &str) {
    for mut comparison in comparisons {
        let mut group = criterion.benchmark_group(comparison.name);
        group.bench_function("wasmtime", |bencher| {
            bencher.iter_custom(&mut comparison.bare);
        });
        group.bench_function(ours, |bencher| {
            bencher.iter_custom(&mut comparison.ours);
        });
        group.finish();
    }
}

const ROUNDS: usize = 101;
/// A turn is long enough for the clock and short enough to share its
/// disturbances with the other side's.
const TURN: Duration = Duration::from_millis(4);

/// Both sides in turn: the median of the ratios, and the ratio of the fastest turns,
/// which a busy machine disturbs least.
#[expect(clippy::print_stdout, reason = "a benchmark's results")]
pub(crate) fn print_ratios(comparisons: Vec<Comparison>, ours: &str) {
    println!(
        "{:<28} {:>12} {:>12}   {:>7}  {:>15}  {:>7}",
        "", "wasmtime", ours, "ratio", "half of them", "fastest"
    );
    for mut comparison in comparisons {
        let turns = turns(&mut comparison);
        let mut round = |first_is_bare: bool| {
            if first_is_bare {
                let bare = (comparison.bare)(turns);
                (bare, (comparison.ours)(turns))
            } else {
                let ours = (comparison.ours)(turns);
                ((comparison.bare)(turns), ours)
            }
        };
        round(true);
        let rounds: Vec<_> = (0..ROUNDS).map(|number| round(number % 2 == 0)).collect();
        let each = |time: Duration| time.as_secs_f64() / turns as f64;
        let bare = quartiles(rounds.iter().map(|round| each(round.0)).collect());
        let ours = quartiles(rounds.iter().map(|round| each(round.1)).collect());
        let fastest = |times: &mut dyn Iterator<Item = Duration>| times.min().unwrap_or_default();
        let fastest = fastest(&mut rounds.iter().map(|round| round.1)).as_secs_f64()
            / fastest(&mut rounds.iter().map(|round| round.0)).as_secs_f64();
        let ratio = quartiles(
            rounds
                .iter()
                .map(|(bare, ours)| ours.as_secs_f64() / bare.as_secs_f64())
                .collect(),
        );
        println!(
            "{:<28} {:>12} {:>12}   {:>7.3}  {:.3} to {:.3}  {fastest:>7.3}",
            comparison.name,
            format!("{:.1?}", Duration::from_secs_f64(bare[1])),
            format!("{:.1?}", Duration::from_secs_f64(ours[1])),
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
