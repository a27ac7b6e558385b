use super::*;
use crate::model::bench::{Arm, Clock, ProcessTimings, Round, Timing};

/// Rounds with these ratios of CPU time, and those of the wall clock.
fn rounds(stage: u8, ratios: &[f64], wall: f64) -> PairedRounds {
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
            baseline: process(1000.0, 2000.0),
            current: process(1000.0 * ratio, 2000.0 * wall),
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
    let judged = second_stage(suspect, &paired, &GateRule::default());
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
    assert!((evidence.median_ns[0] - 1150.0).abs() < 1e-9);
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
    assert!(second_stage(&suspect(1.2), &other, &rule).is_err());
    let stale = second_stage(&suspect(1.2), &whole, &rule);
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
