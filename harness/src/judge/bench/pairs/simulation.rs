//! Gates on simulated rounds, thousands of them, with fixed seeds: how often
//! they are wrong and how often they find what is there.

use super::*;
use crate::judge::bench::statistics::trimmed_mean;
use crate::model::bench::{Arm, Clock, ProcessTimings, Round, Timing};

/// Standard normal numbers, by Box and Muller.
fn normal(random: &mut fastrand::Rng) -> f64 {
    (-2.0 * (1.0 - random.f64()).ln()).sqrt() * (std::f64::consts::TAU * random.f64()).cos()
}

/// What the logarithms of the rounds' ratios are like, but for their mean.
#[derive(Clone, Copy, Debug)]
enum Noise {
    Normal,
    /// One in ten has ten times the spread.
    HeavyTailed,
    /// Each round takes over 0.3 of the one before.
    Drifting,
}

struct Simulation {
    random: fastrand::Rng,
    noise: Noise,
    spread: f64,
    effect: f64,
    /// The spread the first stage's rounds are planned by.
    known: f64,
    /// The spread and the effect of the wall clock, where they are its own.
    wall: Option<[f64; 2]>,
    /// How many suspects the run has, of which this would be one.
    suspects: usize,
    rule: GateRule,
}

#[derive(Debug, Default)]
struct Counts {
    gates: u32,
    suspected: u32,
    /// What a gate of one stage could not tell.
    open: u32,
    /// Rounds of all second stages.
    again: u64,
    regressed: u32,
    improved: u32,
    passed: u32,
    inconclusive: u32,
}

impl Counts {
    fn share(&self, of: u32) -> f64 {
        f64::from(of) / f64::from(self.gates)
    }
}

impl Simulation {
    fn new(seed: u64, noise: Noise, spread: f64, effect: f64) -> Simulation {
        Simulation {
            random: fastrand::Rng::with_seed(seed),
            noise,
            spread,
            effect,
            known: spread,
            wall: None,
            suspects: 1,
            rule: GateRule::default(),
        }
    }

    fn rounds(&mut self, stage: u8, planned: u32) -> PairedRounds {
        let mut last = 0.0;
        let rounds = (0..planned).map(|number| {
            let noise = normal(&mut self.random);
            let noise = match self.noise {
                Noise::Normal => noise,
                Noise::HeavyTailed if self.random.f64() < 0.1 => 10.0 * noise,
                Noise::HeavyTailed => noise,
                Noise::Drifting => 0.3 * last + (1.0_f64 - 0.09).sqrt() * noise,
            };
            last = noise;
            let ratio = (self.effect.ln_1p() + self.spread * noise).exp();
            let on_the_wall = self.wall.map_or(ratio, |[spread, effect]| {
                (effect.ln_1p() + spread * normal(&mut self.random)).exp()
            });
            let of = |cpu_ns: f64, wall_ns: f64| ProcessTimings {
                slices: Vec::new(),
                at_once: false,
                clock: Clock::ThreadCpu,
                batch: 1,
                timings: vec![Timing { wall_ns, cpu_ns }],
            };
            Round {
                number,
                first: Arm::Baseline,
                baseline: of(1e6, 1e6),
                current: of(1e6 * ratio, 1e6 * on_the_wall),
            }
        });
        let rounds = rounds.collect();
        PairedRounds {
            metric: MetricName::new("m").unwrap(),
            stage,
            planned,
            rounds,
        }
    }

    fn gates(&mut self, gates: u32) -> Counts {
        let planned = rounds_for(self.known, &self.rule);
        let mut counts = Counts {
            gates,
            ..Counts::default()
        };
        for _ in 0..gates {
            let first = self.rounds(1, planned);
            let judged = match first_stage(&first, &self.rule).unwrap() {
                FirstStage::Settled(judged) => judged,
                FirstStage::Open(open) => {
                    match open.is_suspect() {
                        true => counts.suspected += 1,
                        false => counts.open += 1,
                    }
                    let unsettled = share_error(vec![open; self.suspects]).remove(0);
                    let second = self.rounds(2, unsettled.rounds());
                    counts.again += u64::from(second.planned);
                    second_stage(&unsettled, &second).unwrap()
                }
            };
            match judged.verdict {
                BenchVerdict::Regressed => counts.regressed += 1,
                BenchVerdict::Improved => counts.improved += 1,
                BenchVerdict::Pass => counts.passed += 1,
                _ => counts.inconclusive += 1,
            }
        }
        counts
    }
}

/// Seen with `--nocapture`: the figures of `docs/baseline.md`.
fn show(what: &str, counts: &Counts) {
    #[expect(clippy::print_stdout, reason = "a test's own output")]
    {
        println!("{what}: {counts:?}");
    }
}

#[test]
fn two_equal_builds_raise_no_alarm() {
    for noise in [Noise::Normal, Noise::HeavyTailed, Noise::Drifting] {
        for (seed, spread) in [(1, 0.005), (2, 0.012), (3, 0.03)] {
            let counts = Simulation::new(seed, noise, spread, 0.0).gates(3_000);
            show(&format!("A/A {noise:?} {spread}"), &counts);
            // 27,000 gates in all, and 300 are to have none.
            assert_eq!((counts.regressed, counts.improved), (0, 0), "{counts:?}");
            assert!(counts.share(counts.passed) >= 0.97, "{counts:?}");
        }
    }
}

#[test]
fn a_slowdown_of_just_the_floor_is_within_the_promised_error() {
    // The hardest case: as slow as is still of no interest. 0.25 · 0.01 are 38.
    for noise in [Noise::Normal, Noise::HeavyTailed] {
        let counts = Simulation::new(4, noise, 0.012, 0.01).gates(15_000);
        show(&format!("floor {noise:?}"), &counts);
        assert!(counts.regressed <= 55, "{counts:?}");
        assert!(counts.share(counts.suspected) <= 0.26, "{counts:?}");
    }
}

#[test]
fn a_run_of_many_metrics_has_the_error_of_one() {
    // All of them as slow as is still of no interest: 0.01 of 1,000 runs are 10.
    let mut gate = Simulation::new(32, Noise::Normal, 0.012, FLOOR);
    let planned = rounds_for(gate.known, &gate.rule);
    let mut alarmed = 0;
    for _ in 0..1_000 {
        let mut open = Vec::new();
        for _ in 0..50 {
            match first_stage(&gate.rounds(1, planned), &gate.rule).unwrap() {
                FirstStage::Open(metric) => open.push(metric),
                FirstStage::Settled(_) => {}
            }
        }
        let mut is_alarm = |unsettled: Unsettled| {
            let second = gate.rounds(2, unsettled.rounds());
            second_stage(&unsettled, &second).unwrap().verdict == BenchVerdict::Regressed
        };
        alarmed += u32::from(share_error(open).into_iter().any(&mut is_alarm));
    }
    assert!(alarmed <= 20, "{alarmed} of 1,000 runs");
}

#[test]
fn the_smallest_errors_are_no_larger_than_they_say() {
    // That of 20 suspects each, and of one.
    for (seed, rounds, alpha, most) in [
        (36, 15, 0.0004, 160),
        (37, 41, 0.0004, 220),
        (38, 15, 0.008, 3_200),
    ] {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut above = 0;
        for _ in 0..400_000 {
            let values: Vec<f64> = (0..rounds).map(|_| normal(&mut random)).collect();
            above += u32::from(trimmed_mean(&values).unwrap().lower(alpha) > 0.0);
        }
        assert!(
            above <= most,
            "{rounds} rounds, {alpha}: {above} of 400,000"
        );
    }
}

#[test]
fn two_percent_are_found_nine_times_in_ten() {
    let [alone, of_many] = [1, 20];
    for (seed, spread, suspects) in [
        (5, 0.005, alone),
        (6, 0.0075, alone),
        (7, 0.01, of_many),
        (8, 0.012, alone),
        (9, 0.015, alone),
        (33, 0.02, of_many),
        (34, 0.025, alone),
        (35, 0.03, alone),
    ] {
        let mut gate = Simulation::new(seed, Noise::Normal, spread, 0.02);
        gate.suspects = suspects;
        let counts = gate.gates(1_000);
        let rounds = rounds_for(spread, &gate.rule);
        show(
            &format!("+2 % {spread}, {rounds} rounds, {suspects} suspects"),
            &counts,
        );
        assert!(
            counts.share(counts.regressed) >= 0.9,
            "{spread}: {counts:?}"
        );
    }
}

#[test]
fn five_percent_are_found_nearly_always() {
    for noise in [Noise::Normal, Noise::Drifting] {
        for (seed, spread) in [(10, 0.005), (11, 0.012), (12, 0.03), (13, 0.05)] {
            let counts = Simulation::new(seed, noise, spread, 0.05).gates(2_000);
            show(&format!("+5 % {noise:?} {spread}"), &counts);
            assert!(
                counts.share(counts.regressed) >= 0.95,
                "{spread}: {counts:?}"
            );
        }
    }
    let heavy = Simulation::new(14, Noise::HeavyTailed, 0.012, 0.05).gates(2_000);
    assert!(heavy.share(heavy.regressed) >= 0.99, "{heavy:?}");
}

#[test]
fn what_got_faster_never_alarms() {
    for (seed, spread) in [(15, 0.005), (16, 0.012), (17, 0.03)] {
        let counts = Simulation::new(seed, Noise::HeavyTailed, spread, -0.05).gates(2_000);
        show(&format!("-5 % {spread}"), &counts);
        assert_eq!(counts.regressed, 0, "{counts:?}");
        assert!(counts.inconclusive <= 3, "{counts:?}");
    }
}

#[test]
fn what_is_called_detectable_is_found_nine_times_in_ten() {
    for (seed, spread, rounds) in [(18, 0.01, 15), (19, 0.03, 61), (20, 0.09, 61)] {
        let rule = GateRule::default();
        assert_eq!(rounds_for(spread, &rule), rounds);
        let effect = detectable(spread, rounds, &rule);
        let counts = Simulation::new(seed, Noise::Normal, spread, effect).gates(2_000);
        show(&format!("{spread} {effect}"), &counts);
        let found = counts.share(counts.regressed);
        assert!((0.87..=0.97).contains(&found), "{spread} {effect}: {found}");
    }
}

/// Of a metric of which nothing is known, 15 rounds are planned.
const UNKNOWN: f64 = 0.01;

#[test]
fn what_one_stage_cannot_tell_the_next_one_can() {
    // What one stage leaves open of equal builds, and what both do, at most.
    for (seed, spread, one, both) in [(21, 0.05, 0.02, 0.002), (22, 0.09, 0.2, 0.01)] {
        for noise in [Noise::Normal, Noise::HeavyTailed, Noise::Drifting] {
            let mut gate = Simulation::new(seed, noise, spread, 0.0);
            gate.known = UNKNOWN;
            let counts = gate.gates(1_000);
            show(&format!("A/A {noise:?} {spread}, 15 rounds"), &counts);
            assert_eq!(counts.regressed, 0, "{counts:?}");
            // Not surely faster in 61 rounds, most pass; by chance in 1 of 100 at most.
            assert!(counts.share(counts.improved) <= FAMILY_ERROR, "{counts:?}");
            assert!(counts.share(counts.open) >= one, "{counts:?}");
            assert!(counts.share(counts.inconclusive) <= both, "{counts:?}");
        }
    }
}

#[test]
fn what_was_undecided_raises_no_alarm() {
    // As slow as is of no interest, and far noisier than was planned for. 0.25 · 0.01
    // are 13.
    for (seed, spread) in [(24, 0.05), (25, 0.09)] {
        let mut gate = Simulation::new(seed, Noise::Normal, spread, FLOOR);
        gate.known = UNKNOWN;
        let counts = gate.gates(5_000);
        show(&format!("floor {spread}, 15 rounds"), &counts);
        assert!(counts.open >= 200 && counts.regressed <= 25, "{counts:?}");
    }
}

#[test]
fn a_wall_clock_that_is_as_slow_as_may_be_raises_no_alarm() {
    // Both clocks at their limits. 0.25 · 0.01 are 13.
    for (seed, spread) in [(26, 0.012), (27, 0.1)] {
        let mut gate = Simulation::new(seed, Noise::Normal, 0.012, FLOOR);
        gate.wall = Some([spread, gate.rule.to_detect]);
        let counts = gate.gates(5_000);
        show(&format!("wall at its limit, {spread}"), &counts);
        assert!(
            counts.suspected >= 500 && counts.regressed <= 25,
            "{counts:?}"
        );
    }
    let mut gate = Simulation::new(28, Noise::HeavyTailed, 0.012, 0.0);
    gate.wall = Some([0.15, 0.0]);
    let equal = gate.gates(3_000);
    show("wall A/A", &equal);
    assert_eq!(equal.regressed, 0, "{equal:?}");
}

#[test]
fn what_only_waits_is_found() {
    for (seed, spread, effect) in [(29, 0.15, 9.0), (30, 0.05, 0.2), (31, 0.15, 0.3)] {
        let mut gate = Simulation::new(seed, Noise::Normal, 0.012, 0.0);
        gate.wall = Some([spread, effect]);
        let counts = gate.gates(1_000);
        show(&format!("waits {effect}, {spread}"), &counts);
        assert!(counts.share(counts.regressed) >= 0.9, "{counts:?}");
    }
}

#[test]
fn the_table_in_the_documentation_is_right() {
    let page = include_str!("../../../../../docs/baseline.md");
    let rule = GateRule::default();
    let percent = |cell: &str| cell.strip_suffix(" %")?.parse::<f64>().ok();
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in page.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, spread, _, found, _] = cells[..] else {
            continue;
        };
        let (Some(spread), Some(_)) = (percent(spread), percent(found)) else {
            continue;
        };
        rows += 1;
        let planned = rounds_for(spread / 100.0, &rule);
        let detectable = 100.0 * detectable(spread / 100.0, planned, &rule);
        let right = format!("| {spread:.1} % | {planned} | {detectable:.1} % |");
        if line != right {
            wrong.push(right);
        }
    }
    assert_eq!((rows, wrong), (7, Vec::<String>::new()));
}
