//! Instructions, as callgrind counts them where it is installed.

use tensor_wasm_harness::execute::bench::callgrind;
use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{BenchVerdict, ExactKind, Rule};
use tensor_wasm_harness::pipeline::{Against, Bench};

use crate::place::{Place, run};

const EXECUTED: &str = "instructions/spin/cranelift";
const COMPILED: &str = "compile-instructions/spin/cranelift";

#[test]
fn instructions_are_counted_and_compared_when_asked_for() {
    let place = Place::new();
    let counting = Bench {
        instructions: true,
        ..place.config(&["*instructions/spin/*"])
    };
    let counted = run(&counting);
    if let Err(reason) = callgrind::is_here() {
        counted.ends(Exit::CouldNotRun);
        assert!(counted.told().contains(&reason), "{reason}");
        return;
    }
    counted.ends(Exit::Expected);
    let mut counts = counted.report().exact.clone();
    let kinds: Vec<_> = counts.iter().map(|count| count.kind).collect();
    let both = [ExactKind::Instructions, ExactKind::CompileInstructions];
    assert_eq!(kinds, both);
    // Three instructions a round at the least, and not a whole compilation.
    assert!((60_000..600_000).contains(&counts[0].value), "{counts:?}");
    assert!(counts[1].value > 1_000_000, "{counts:?}");

    counts[0].value = counts[0].value * 9 / 10;
    place.baseline(|baseline| baseline.exact.extend(counts));
    let against = |instructions| {
        run(&Bench {
            instructions,
            against: Against::Baseline { live: None },
            ..place.config(&["*instructions/spin/*", "fuel/spin/*"])
        })
    };
    let compared = against(true);
    compared.ends(Exit::Unexpected);
    let verdict = |metric| compared.judged(Rule::Exact, metric).verdict;
    assert_eq!(verdict(EXECUTED), BenchVerdict::Regressed);
    assert_eq!(verdict(COMPILED), BenchVerdict::Pass);
    // Nobody misses what was not to be counted.
    let without = against(false);
    without.ends(Exit::Expected);
    let judged = &without.report().judged;
    assert!(
        judged
            .iter()
            .all(|judged| judged.metric.as_str() != EXECUTED)
    );
}
