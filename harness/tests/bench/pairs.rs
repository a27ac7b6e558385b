//! Live pairs: the same worker twice, one of them with more work to do.

use std::sync::atomic::AtomicBool;

use tensor_wasm_harness::model::Exit;
use tensor_wasm_harness::model::bench::{BenchVerdict, Evidence, Rule};
use tensor_wasm_harness::pipeline::{Against, Bench, SelfCheck, bench_self_check};
use tensor_wasm_harness::report::bench::read_samples;
use tensor_wasm_harness::report::{Format, Terminal};

use crate::place::{Done, EXECUTE, Place, arm, run};

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
    // On a busy machine it may be unable to tell.
    assert!(
        [Exit::Expected, Exit::Inconclusive].contains(&done.0.exit),
        "{}",
        done.told()
    );
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

/// What it finds takes minutes to show, and is shown by `bench --self-check`;
/// here it runs at all.
#[test]
fn a_self_check_raises_no_alarm_and_keeps_its_samples() {
    let place = Place::new();
    let check = SelfCheck {
        experiments: Vec::new(),
        alarms: 2,
        power: 0,
        others: 0,
        layouts: None,
        busy: Vec::new(),
        folder: place.path("self-check"),
    };
    let config = place.config(&[EXECUTE]);
    let stop = AtomicBool::new(false);
    let mut terminal = Terminal::new(Format::Nothing);
    let exit = bench_self_check(&config, &check, &stop, &mut terminal);
    assert_eq!(exit, Exit::Expected);
    for trial in 0..2 {
        let file = format!("self-check/A-A/samples-{trial:03}.jsonl");
        let samples = read_samples(&place.path(&file)).unwrap();
        assert!(samples.processes.len() >= 10, "five rounds of two");
    }
}
