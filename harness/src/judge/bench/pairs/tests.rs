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
    PairedRounds {
        metric: MetricName::new("execute/fib/cranelift").unwrap(),
        stage,
        planned: u32::try_from(rounds.len()).unwrap(),
        rounds,
    }
}

/// Fifteen ratios around one.
fn around(middle: f64) -> Vec<f64> {
    (0..15).map(|n| middle + 0.001 * f64::from(n % 5)).collect()
}

fn suspect(middle: f64) -> Suspect {
    match first_stage(&rounds(1, &around(middle), 1.0), &GateRule::default()) {
        Ok(FirstStage::Suspect(suspect)) => suspect,
        other => panic!("{other:?}"),
    }
}

fn settled(paired: &PairedRounds) -> Judged {
    match first_stage(paired, &GateRule::default()) {
        Ok(FirstStage::Settled(judged)) => judged,
        other => panic!("{other:?}"),
    }
}

fn second(suspect: &Suspect, middle: f64) -> BenchVerdict {
    let paired = rounds(2, &around(middle), 1.0);
    let judged = second_stage(suspect, &paired);
    judged.unwrap().verdict
}

#[test]
fn only_a_confirmed_suspicion_is_a_regression() {
    let slower = suspect(1.05);
    assert!(slower.is_slower());
    assert_eq!(second(&slower, 1.05), BenchVerdict::Regressed);
    assert_eq!(second(&slower, 1.0), BenchVerdict::Pass);
    assert_eq!(second(&slower, 0.9), BenchVerdict::Pass, "not improved");
    let faster = suspect(0.9);
    assert!(!faster.is_slower());
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

#[test]
fn what_cannot_be_told_says_what_could() {
    let wild: Vec<f64> = (0..15).map(|n| 0.7 + 0.05 * f64::from(n % 15)).collect();
    let judged = settled(&rounds(1, &wild, 1.0));
    assert_eq!(judged.verdict, BenchVerdict::Inconclusive);
    let remark = judged.remark.unwrap();
    assert!(remark.contains("smallest slowdown"), "{remark}");
    assert!(remark.contains("noisy"), "{remark}");
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
    let judged = settled(&rounds(1, &around(1.0), 1.2));
    // CPU time says nothing against it, and it takes longer.
    assert_eq!(judged.verdict, BenchVerdict::Inconclusive);
    assert!(judged.remark.unwrap().contains("wall clock says +20.0 %"));
    let little = settled(&rounds(1, &around(1.0), 1.03));
    assert_eq!((little.verdict, little.remark), (BenchVerdict::Pass, None));
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
fn many_metrics_share_one_error() {
    for metrics in [0, 1, 50, 51, 500, 10_000] {
        let rule = GateRule::for_metrics(metrics);
        let count = f64::from(u32::try_from(metrics).unwrap());
        assert!(count * rule.stage1_alpha * rule.stage2_alpha <= FAMILY_ERROR * (1.0 + 1e-9));
    }
    assert_eq!(GateRule::for_metrics(50), GateRule::default());
}

#[test]
fn what_spreads_more_gets_more_rounds() {
    let rule = GateRule::default();
    let rounds = [0.0, 0.01, 0.012, 0.03, 0.05, 0.09, 1.0, f64::NAN].map(|s| rounds_for(s, &rule));
    assert_eq!(rounds, [15, 15, 15, 31, 31, 99, 99, 99]);
    assert!(!is_noisy(0.05));
    assert!(is_noisy(0.051));
    // What is plain to see is confirmed quickly.
    assert_eq!(suspect(1.5).rounds(), 15);
    assert!(suspect(1.0135).rounds() >= 15);
    assert!(detectable(0.03, 31, &rule) > detectable(0.01, 15, &rule));
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
    let Ok(FirstStage::Suspect(suspect)) = first(1_500.0, 1.08) else {
        panic!("not suspected");
    };
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
    assert!(matches!(first(15_000.0, 1.03), Ok(FirstStage::Suspect(_))));
    assert!(matches!(first(1e6, 1.015), Ok(FirstStage::Suspect(_))));
    // Faster by as much is no news either.
    assert!(matches!(first(1_500.0, 0.96), Ok(FirstStage::Settled(_))));
    assert!(matches!(first(1_500.0, 0.92), Ok(FirstStage::Suspect(_))));
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
