//! Live pairs: the same worker twice, one of them with more work to do.

use std::path::Path;

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{BaselineMetric, BenchVerdict, Evidence, Rule};
use tensor_wasm_harness::pipeline::{Against, Bench};

use crate::place::{Done, EXECUTE, Place, arm, name, run};
use crate::workers::{Mock, TIMES};

/// Enough for a slowdown of this size on a machine that does other things too.
const PERCENT: u32 = 40;

fn compare(current: Option<u32>, baseline: Option<u32>) -> Done {
    let place = Place::new();
    let worker = |name: &str, percent: Option<u32>| match percent {
        None => place.config(&[]).current,
        Some(percent) => arm(name, &place.swapped(&place.slower(percent))),
    };
    let config = Bench {
        current: worker("today", current),
        against: Against::Build(worker("before", baseline)),
        rounds: Some(15),
        ..place.config(&[EXECUTE])
    };
    run(&config)
}

#[test]
fn a_slower_build_is_regressed() {
    let done = compare(Some(PERCENT), None);
    done.ends(Exit::Unexpected);
    let judged = done.judged(Rule::LivePair, EXECUTE);
    assert_eq!(judged.verdict, BenchVerdict::Regressed);
    let Evidence::Pair(pair) = &judged.evidence else {
        panic!("{judged:?}");
    };
    assert_eq!(pair.stage, 2, "it is confirmed by fresh rounds");
    assert!((pair.effect - 0.4).abs() < 0.1, "{pair:?}");
}

#[test]
fn a_faster_build_is_improved() {
    let done = compare(None, Some(PERCENT));
    done.ends(Exit::Expected);
    let verdict = done.judged(Rule::LivePair, EXECUTE).verdict;
    assert_eq!(verdict, BenchVerdict::Improved);
}

#[test]
fn the_same_build_is_neither() {
    let done = compare(None, None);
    let judged = done.judged(Rule::LivePair, EXECUTE);
    let Evidence::Pair(pair) = &judged.evidence else {
        panic!("{judged:?}");
    };
    match judged.verdict {
        BenchVerdict::Pass => done.ends(Exit::Expected),
        // A busy machine may be unable to tell, and then it has tried twice and is
        // right not to know.
        BenchVerdict::Inconclusive => {
            let is_open = pair.interval[1] > 0.05 || pair.wall_effect > Some(0.05);
            assert!(pair.stage == 2 && is_open, "{judged:?}");
            done.ends(Exit::Inconclusive)
        }
        _ => panic!("{judged:?}"),
    };
}

/// Times that a machine has no part in.
#[test]
fn equal_times_pass_and_each_item_has_its_own_rounds() {
    let place = Place::new();
    let (quiet, noisy) = ("execute/noop/cranelift", "instantiate/noop/cranelift");
    let stored = |metric: &str, spread_pct: f64| BaselineMetric {
        name: name(metric),
        median_ns: 1e6,
        tolerance_pct: 900.0,
        regression_check: true,
        samples: None,
        spread_pct: Some(spread_pct),
        tail: Vec::new(),
    };
    place.baseline(|baseline| {
        baseline.metrics = vec![stored(quiet, 0.5), stored(noisy, 4.0)];
        baseline.exact.clear();
    });
    let worker = place.mock(&Mock::default());
    let config = Bench {
        current: arm("today", &worker),
        against: Against::Baseline {
            live: Some(arm("before", &worker)),
        },
        rounds: None,
        ..place.config(&[quiet, noisy])
    };
    let done = run(&config);
    done.ends(Exit::Expected);
    let rounds = |metric| match &done.judged(Rule::LivePair, metric).evidence {
        Evidence::Pair(pair) => (pair.rounds, pair.stage),
        other => panic!("{other:?}"),
    };
    assert_eq!((rounds(quiet), rounds(noisy)), ((15, 1), (61, 1)));
}

#[test]
fn what_only_one_build_can_do_costs_nothing_else() {
    let place = Place::new();
    let greeting = Mock::default()
        .greeting
        .replace("\"operations\":[]", "\"operations\":[\"new\",\"old\"]");
    let today = place.mock(&Mock {
        name: "today",
        greeting: greeting.clone(),
        when_operated: &format!("echo '{TIMES}'"),
        ..Mock::default()
    });
    // It has nothing to go on with, and ends if it is asked to.
    let before = place.mock(&Mock {
        name: "before",
        greeting,
        when_operated: &format!(
            r#"case "$line" in
            *'"new"'*) mute=yes; echo '{{"unsupported":"new"}}' ;;
            *) mute=; echo '{TIMES}' ;;
            esac"#
        ),
        when_timed: "[ -z \"$mute\" ] || exit 1;",
        ..Mock::default()
    });
    let [old, new] = ["operation/old/cranelift", "operation/new/cranelift"];
    let against = |today: &Path, before: &Path| {
        run(&Bench {
            current: arm("today", today),
            against: Against::Build(arm("before", before)),
            ..place.config(&[old, new])
        })
    };
    let done = against(&today, &before);
    done.ends(Exit::Expected);
    assert_eq!(done.judged(Rule::LivePair, old).verdict, BenchVerdict::Pass);
    let warnings = &done.report().warnings;
    assert!(
        warnings.iter().any(|said| said.contains(new)),
        "{warnings:?}"
    );
    // What is gone is no pass.
    let done = against(&before, &today);
    done.ends(Exit::CouldNotRun).says(&[new, "has not"]);
    assert_eq!(done.judged(Rule::LivePair, old).verdict, BenchVerdict::Pass);
}

/// Both compile at once and share a core: the kernel cuts what we cannot.
#[test]
#[cfg(target_os = "linux")]
fn compilations_share_a_core_and_the_wall_has_no_say() {
    let place = Place::new();
    let compile = "compile/fib/cranelift";
    let config = Bench {
        against: Against::Build(place.config(&[]).current),
        ..place.config(&[compile, EXECUTE])
    };
    let done = run(&config);
    let wall = |metric| match &done.judged(Rule::LivePair, metric).evidence {
        Evidence::Pair(pair) => pair.wall_effect,
        other => panic!("{other:?}"),
    };
    assert_eq!(wall(compile), None);
    assert!(wall(EXECUTE).is_some());
}
