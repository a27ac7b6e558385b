use super::*;
use crate::model::bench::{Arm, Clock, ProcessTimings, Round, Timing};

/// Rounds with these ratios of CPU time, and those of the wall clock.
fn rounds(stage: u8, ratios: &[f64], wall: f64) -> PairedRounds {
    rounds_of(1e6, stage, ratios, wall)
}

/// The same, of iterations that take about so many nanoseconds.
fn rounds_of(ns: f64, stage: u8, ratios: &[f64], wall: f64) -> PairedRounds {
    let process = |cpu: f64, wall: f64| ProcessTimings {
        slices: Vec::new(),
        at_once: false,
        clock: Clock::ThreadCpu,
        batch: 10,
        timings: [1.0, 1.1, 1.2, 9.0]
            .map(|slow| Timing {
                wall_ns: wall * slow,
                cpu_ns: cpu * slow,
            })
            .to_vec(),
    };
    let rounds: Vec<Round> = (0..)
        .zip(ratios)
        .map(|(number, ratio)| Round {
            number,
            first: Arm::Current,
            baseline: process(ns, 2.0 * ns),
            current: process(ns * ratio, 2.0 * ns * wall),
        })
        .collect();
    let metric = match ns < 1e6 {
        true => "operation/trap/cranelift",
        false => "execute/fib/cranelift",
    };
    PairedRounds {
        metric: MetricName::new(metric).unwrap(),
        stage,
        planned: u32::try_from(rounds.len()).unwrap(),
        rounds,
    }
}

/// Fifteen ratios around one.
fn around(middle: f64) -> Vec<f64> {
    (0..15).map(|n| middle + 0.001 * f64::from(n % 5)).collect()
}

fn open(paired: &PairedRounds) -> Open {
    match first_stage(paired, &GateRule::default()) {
        Ok(FirstStage::Open(open)) => open,
        other => panic!("{other:?}"),
    }
}

/// The only metric of a run that is measured again.
fn alone(open: Open) -> Unsettled {
    share_error(vec![open]).remove(0)
}

fn unsettled(paired: &PairedRounds) -> Unsettled {
    alone(open(paired))
}

fn suspect(middle: f64) -> Unsettled {
    let suspect = open(&rounds(1, &around(middle), 1.0));
    assert!(suspect.is_suspect());
    alone(suspect)
}

fn settled(paired: &PairedRounds) -> Judged {
    match first_stage(paired, &GateRule::default()) {
        Ok(FirstStage::Settled(judged)) => judged,
        other => panic!("{other:?}"),
    }
}

fn second(suspect: &Unsettled, middle: f64) -> BenchVerdict {
    let paired = rounds(2, &around(middle), 1.0);
    let judged = second_stage(suspect, &paired);
    judged.unwrap().verdict
}

#[test]
fn only_a_confirmed_suspicion_is_a_regression() {
    let slower = suspect(1.05);
    assert!(slower.suspected.slower);
    assert_eq!(second(&slower, 1.05), BenchVerdict::Regressed);
    assert_eq!(second(&slower, 1.0), BenchVerdict::Pass);
    assert_eq!(second(&slower, 0.9), BenchVerdict::Pass, "not improved");
    let faster = suspect(0.9);
    assert!(!faster.suspected.slower);
    assert_eq!(second(&faster, 0.9), BenchVerdict::Improved);
    assert_eq!(second(&faster, 1.0), BenchVerdict::Pass);
    // It was never suspected of being slower: it cannot be called regressed,
    // and it does not pass.
    assert_eq!(second(&faster, 1.1), BenchVerdict::Inconclusive);
}

#[test]
fn the_evidence_says_what_was_seen() {
    let judged = settled(&rounds(1, &around(1.0), 1.0));
    assert_eq!(judged.verdict, BenchVerdict::Pass);
    assert!(judged.gating);
    let Evidence::Pair(evidence) = judged.evidence else {
        panic!("{judged:?}");
    };
    assert_eq!(evidence.clock, Clock::ThreadCpu);
    assert_eq!((evidence.rounds, evidence.stage), (15, 1));
    assert!((evidence.effect - 0.002).abs() < 1e-3, "{evidence:?}");
    let [low, high] = evidence.interval;
    assert!(low < evidence.lower_bound && evidence.lower_bound < evidence.effect);
    assert!(evidence.effect < high);
    assert!((evidence.median_ns[0] - 1.15e6).abs() < 1e-3);
    assert!(evidence.wall_effect.unwrap().abs() < 1e-12);
}

/// Fifteen ratios that tell nothing.
fn wild() -> Vec<f64> {
    (0..15).map(|n| 0.7 + 0.05 * f64::from(n)).collect()
}

#[test]
fn what_cannot_be_told_is_measured_again_and_says_what_could() {
    let open = unsettled(&rounds(1, &wild(), 1.0));
    assert_eq!(open.suspected, Signs::default());
    assert_eq!(open.rounds(), 99);
    let judged = second_stage(&open, &rounds(2, &wild(), 1.0)).unwrap();
    assert_eq!(judged.verdict, BenchVerdict::Inconclusive);
    let remark = judged.remark.unwrap();
    assert!(remark.contains("smallest slowdown"), "{remark}");
    assert!(remark.contains("noisy"), "{remark}");
}

#[test]
fn what_was_suspected_of_nothing_passes_or_stays_open() {
    let open = unsettled(&rounds(1, &wild(), 1.0));
    assert_eq!(second(&open, 1.0), BenchVerdict::Pass);
    // However plain the fresh rounds are: they were no second opinion.
    assert_eq!(second(&open, 1.5), BenchVerdict::Inconclusive);
    assert_eq!(second(&open, 0.5), BenchVerdict::Pass);
    let waits = second_stage(&open, &rounds(2, &around(1.0), 10.0)).unwrap();
    assert_eq!(waits.verdict, BenchVerdict::Inconclusive);
}

#[test]
fn what_could_not_be_told_gets_the_rounds_that_it_takes() {
    let rule = GateRule::default();
    let rounds = [0.01, 0.03, 0.05, 0.09, f64::NAN].map(|spread| rounds_to_tell(spread, &rule));
    assert_eq!(rounds, [15, 15, 31, 99, 99]);
}

#[test]
fn what_shared_its_time_says_nothing_on_the_wall() {
    let mut paired = rounds(1, &around(1.0), 1.2);
    for round in &mut paired.rounds {
        round.baseline.at_once = true;
        round.current.at_once = true;
    }
    let judged = settled(&paired);
    assert_eq!(judged.verdict, BenchVerdict::Pass);
    let Evidence::Pair(pair) = judged.evidence else {
        panic!("no pair");
    };
    assert_eq!(pair.wall_effect, None);
}

#[test]
fn waiting_shows_on_the_wall_alone() {
    // CPU time says nothing against it, and it takes ten times as long.
    let paired = |stage| rounds(stage, &around(1.0), 10.0);
    let waits = unsettled(&paired(1));
    assert!(waits.suspected.waits);
    let judged = second_stage(&waits, &paired(2)).unwrap();
    assert_eq!(judged.verdict, BenchVerdict::Regressed);
    let remark = judged.remark.unwrap();
    assert!(remark.contains("CPU time is +0.2 %: it waits"), "{remark}");
    let Evidence::Pair(pair) = judged.evidence else {
        panic!("no pair");
    };
    // What it rests on is what is shown.
    assert_eq!((pair.clock, pair.wall_effect), (Clock::Wall, None));
    assert!((pair.effect - 9.0).abs() < 1e-9, "{pair:?}");
    assert!(pair.lower_bound > 1.0 && (pair.median_ns[1] / pair.median_ns[0] - 10.0).abs() < 1e-9);
    // Fresh rounds decide here too.
    assert_eq!(second(&waits, 1.0), BenchVerdict::Pass);
    let little = settled(&rounds(1, &around(1.0), 1.03));
    assert_eq!((little.verdict, little.remark), (BenchVerdict::Pass, None));
}

#[test]
fn what_may_wait_does_not_pass() {
    // 5.5 % on a wall clock that spreads too much to be sure of 5 %.
    let of = |stage| {
        let mut paired = rounds(stage, &around(1.0), 1.055);
        for round in &mut paired.rounds {
            let jitter = [0.965, 1.0, 1.035][round.number as usize % 3];
            for timing in &mut round.current.timings {
                timing.wall_ns *= jitter;
            }
        }
        paired
    };
    let open = unsettled(&of(1));
    assert_eq!(open.suspected, Signs::default());
    let judged = second_stage(&open, &of(2)).unwrap();
    assert_eq!(judged.verdict, BenchVerdict::Inconclusive);
    assert!(judged.remark.unwrap().contains("the wall clock says"));
}

#[test]
fn arms_of_different_clocks_have_the_wall_in_common() {
    let mut paired = rounds(1, &around(2.0), 1.0);
    for round in &mut paired.rounds {
        round.baseline.clock = Clock::ProcessCpu;
    }
    let judged = settled(&paired);
    let Evidence::Pair(pair) = judged.evidence else {
        panic!("no pair");
    };
    assert_eq!((pair.clock, pair.wall_effect), (Clock::Wall, None));
    assert!(pair.effect.abs() < 1e-9, "{pair:?}");
}

#[test]
fn rounds_that_are_not_those_planned_are_never_judged() {
    let rule = GateRule::default();
    let whole = rounds(1, &around(1.2), 1.0);
    let problem = |change: &dyn Fn(&mut PairedRounds)| {
        let mut paired = whole.clone();
        change(&mut paired);
        first_stage(&paired, &rule).unwrap_err().to_string()
    };
    let lost = problem(&|paired| {
        paired.rounds.pop();
    });
    assert!(lost.contains("14 rounds ran and 15 were planned"), "{lost}");
    let more = problem(&|paired| {
        let round = paired.rounds[0].clone();
        paired.rounds.push(round);
    });
    assert!(more.contains("16 rounds ran"), "{more}");
    assert!(problem(&|paired| paired.rounds[3].number = 4).contains("each once"));
    assert!(problem(&|paired| paired.stage = 2).contains("stage 1 was expected"));
    assert!(problem(&|paired| paired.rounds[7].current.timings.clear()).contains("round 7"));
    let nothing = problem(&|paired| {
        for timing in &mut paired.rounds[7].current.timings {
            timing.cpu_ns = 0.0;
        }
    });
    assert!(nothing.contains("above zero"), "{nothing}");
    assert!(problem(&|p| p.rounds[7].baseline.timings[0].cpu_ns = f64::NAN).contains("round 7"));
    assert!(problem(&|paired| paired.rounds[7].current.clock = Clock::Wall).contains("clock"));
    let few = PairedRounds {
        planned: 4,
        rounds: whole.rounds[..4].to_vec(),
        ..whole.clone()
    };
    assert!(first_stage(&few, &rule).is_err());
    let other = PairedRounds {
        metric: MetricName::new("other").unwrap(),
        stage: 2,
        ..whole.clone()
    };
    assert!(second_stage(&suspect(1.2), &other).is_err());
    let stale = second_stage(&suspect(1.2), &whole);
    assert!(stale.is_err(), "the first stage's rounds are not fresh");
}

#[test]
fn suspects_share_one_error() {
    for suspects in [0, 1, 50, 500, 10_000] {
        let rule = GateRule::default().for_suspects(suspects);
        let count = f64::from(u32::try_from(suspects).unwrap());
        let of = |side| count * rule.test(2, side).alpha;
        assert!(of(Side::Own) + of(Side::Wall) <= FAMILY_ERROR * (1.0 + 1e-9));
    }
    let first = |ratios: &[f64]| open(&rounds(1, ratios, 1.0));
    // What was suspected of nothing takes no part in it.
    let undecided = || first(&wild());
    let two = share_error(vec![undecided(), first(&around(1.05)), first(&around(0.9))]);
    let alphas = two.iter().map(|again| again.rule.stage2_alpha);
    assert!(alphas.eq([0.005; 3]));
    let one = share_error(vec![first(&around(1.05)), undecided()]);
    assert!((one[0].rule.stage2_alpha - FAMILY_ERROR).abs() < 1e-12);
}

/// A slowdown must be told; being faster need not be at that price.
#[test]
fn what_may_be_a_little_faster_costs_less_than_what_may_be_slower() {
    let spread = |middle: f64| -> Vec<f64> {
        let ratios = (0..15).map(|n| middle * (1.0 + 0.02 * f64::from(n % 5 - 2)));
        ratios.collect()
    };
    let slower = unsettled(&rounds(1, &spread(1.02), 1.0));
    assert!(slower.suspected.slower);
    assert_eq!(slower.rounds(), 199);
    let faster = unsettled(&rounds(1, &spread(0.98), 1.0));
    assert!(faster.suspected.faster);
    assert_eq!(faster.rounds(), 61);
}

#[test]
fn the_more_suspects_the_more_rounds() {
    let first = || open(&rounds(1, &around(1.0135), 1.0));
    let rounds = |suspects| share_error(vec![first(); suspects])[0].rounds();
    assert!(rounds(1) <= rounds(10) && rounds(10) <= rounds(10_000));
}

#[test]
fn what_spreads_more_gets_more_rounds() {
    let rule = GateRule::default();
    let rounds = [0.0, 0.01, 0.012, 0.03, 0.05, 0.09, 1.0, f64::NAN].map(|s| rounds_for(s, &rule));
    assert_eq!(rounds, [15, 15, 15, 61, 61, 61, 99, 99]);
    assert!(!is_noisy(0.05));
    assert!(is_noisy(0.051));
    // What is plain to see is confirmed quickly.
    assert_eq!(suspect(1.5).rounds(), 15);
    assert!(suspect(1.0135).rounds() >= 15);
    assert!(detectable(0.03, 61, &rule) > detectable(0.01, 15, &rule));
}

#[test]
fn what_is_short_may_differ_by_the_place_of_its_code() {
    let rule = GateRule::default();
    let first = |ns: f64, ratio: f64| first_stage(&rounds_of(ns, 1, &around(ratio), 1.0), &rule);
    // Iterations of 1.5 us: 4 % is said, and is not red.
    let Ok(FirstStage::Settled(judged)) = first(1_500.0, 1.04) else {
        panic!("suspected");
    };
    assert_eq!(judged.verdict, BenchVerdict::Pass);
    assert!(judged.remark.unwrap().contains("the place of its code"));
    let Ok(FirstStage::Open(suspect)) = first(1_500.0, 1.08) else {
        panic!("not suspected");
    };
    let suspect = alone(suspect);
    // By the rule it was suspected by, however long the fresh rounds take.
    let fresh = |ns: f64, ratio: f64| {
        let paired = rounds_of(ns, 2, &around(ratio), 1.0);
        second_stage(&suspect, &paired).unwrap().verdict
    };
    assert_eq!(fresh(1_500.0, 1.08), BenchVerdict::Regressed);
    assert_eq!(fresh(2_500.0, 1.04), BenchVerdict::Pass);
    assert_eq!(fresh(1_500.0, 1.12), BenchVerdict::Regressed);
    // 15 us: 1.5 % is nothing, 3 % is. A millisecond: 1.5 % is something.
    assert!(matches!(first(15_000.0, 1.015), Ok(FirstStage::Settled(_))));
    assert!(matches!(first(15_000.0, 1.03), Ok(FirstStage::Open(_))));
    assert!(matches!(first(1e6, 1.015), Ok(FirstStage::Open(_))));
    // Faster by as much is no news either.
    assert!(matches!(first(1_500.0, 0.96), Ok(FirstStage::Settled(_))));
    assert!(matches!(first(1_500.0, 0.92), Ok(FirstStage::Open(_))));
}

#[test]
fn what_is_mostly_its_marks_has_no_say() {
    let noop = |stage: u8, ns: f64, ratio: f64| PairedRounds {
        metric: MetricName::new("execute/noop/cranelift").unwrap(),
        ..rounds_of(ns, stage, &around(ratio), 10.0)
    };
    let judged = settled(&noop(1, 526.0, 1.5));
    assert!(!judged.gating && judged.verdict == BenchVerdict::Inconclusive);
    assert!(judged.remark.unwrap().contains("the marks around it"));
    // More than marks in one of the builds, whichever it is.
    assert!(open(&noop(1, 1_500.0, 1.5)).is_suspect());
    assert!(open(&noop(1, 2_500.0, 0.5)).is_suspect());
    let again = unsettled(&noop(1, 2_500.0, 1.5));
    let judged = second_stage(&again, &noop(2, 526.0, 1.5)).unwrap();
    assert!(judged.gating && judged.verdict == BenchVerdict::Regressed);
}

#[test]
fn a_rule_of_wider_limits_stays_wider() {
    let wide = GateRule {
        floor: 0.08,
        to_detect: 0.3,
        ..GateRule::default()
    };
    assert_eq!(wide.for_duration(100.0), wide);
    let short = GateRule::default().for_duration(100.0);
    assert!(short.floor < short.to_find && short.to_find < short.to_detect);
}
