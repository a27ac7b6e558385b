//! A report made of simulated measurements, for the tests of all its forms.

use super::SamplesHeader;
use crate::model::bench::{
    Arm, ArmInfo, BenchReport, BenchVerdict, Clock, Conditions, Evidence, ExactKind, ExactReading,
    Explained, FLOOR, Fingerprint, HistoryEntry, Judged, MeasuredMetric, MetricName, PairEvidence,
    PairedRounds, ProcessTimings, Round, Rule, StoredEvidence, TO_DETECT, Timing,
};

/// A small generator (Steele and others, SplitMix64, 2014): the same numbers on
/// every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: the sum of twelve.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// A metric to simulate: name, nanoseconds, effect, spread, rounds.
type Wanted = (&'static str, f64, f64, f64, u32);

const LIVE: [Wanted; 12] = [
    ("execute/fib/cranelift", 1_234_000.0, 0.062, 0.012, 15),
    (
        "execute/json-parse/cranelift",
        8_450_000.0,
        0.021,
        0.011,
        15,
    ),
    ("execute/sha256/cranelift", 4_820_000.0, 0.002, 0.01, 15),
    ("execute/nbody/cranelift", 22_100_000.0, -0.003, 0.014, 15),
    (
        "execute/matmul-simd/cranelift",
        3_310_000.0,
        0.001,
        0.009,
        15,
    ),
    (
        "execute/interpreter/cranelift",
        51_700_000.0,
        0.012,
        0.083,
        99,
    ),
    (
        "compile/large-module/cranelift",
        412_000_000.0,
        -0.047,
        0.017,
        15,
    ),
    ("compile/fib/cranelift", 1_870_000.0, 0.004, 0.021, 15),
    ("instantiate/fib/cranelift", 5_480.0, 0.0, 0.024, 15),
    (
        "instantiate-pooled/fib/cranelift",
        3_020.0,
        -0.002,
        0.02,
        15,
    ),
    ("operation/host-call/cranelift", 11.4, 0.003, 0.013, 15),
    ("operation/trap/cranelift", 2_210.0, 0.019, 0.045, 31),
];

/// The report, and the rounds of its live pairs.
pub(super) fn report() -> (BenchReport, Vec<PairedRounds>) {
    let mut random = Random(4);
    let rounds: Vec<_> = LIVE
        .iter()
        .map(|wanted| simulate(*wanted, &mut random))
        .collect();
    let mut judged: Vec<_> = rounds
        .iter()
        .zip(LIVE)
        .map(|(rounds, w)| live(rounds, w))
        .collect();
    judged.extend(others());
    let report = BenchReport {
        baseline: Some(ArmInfo {
            label: "baseline".to_owned(),
            commit: Some("61446fc0".repeat(5)),
            wasmtime: Some("47.0.4".to_owned()),
        }),
        current: ArmInfo {
            label: "working tree".to_owned(),
            commit: Some("079f9d5a".repeat(5)),
            wasmtime: Some("47.0.4".to_owned()),
        },
        fingerprint: Fingerprint {
            cpu: "Imaginary 3000 @ 2.8 GHz".to_owned(),
            cores: 2,
            arch: "x86_64".to_owned(),
            os: "linux".to_owned(),
            kernel: "6.1.0".to_owned(),
            governor: None,
            memory_mib: 7_900,
            profile: "dev".to_owned(),
        },
        conditions: Conditions {
            load: [0.6, 1.9],
            others: Some(0.1),
            steal: Some(0.004),
            counters: false,
        },
        seed: 20_261_121,
        started: "2026-11-21T12:00:00Z".to_owned(),
        seconds: 141.7,
        measured: rounds
            .iter()
            .zip(LIVE)
            .map(|(rounds, w)| measured(rounds, w))
            .collect(),
        exact: vec![ExactReading {
            metric: name("fuel/fib/cranelift"),
            kind: ExactKind::Fuel,
            value: 14_930_351,
            sha256: "5f".repeat(32),
        }],
        judged,
        problems: Vec::new(),
        warnings: vec![
            "2 metrics are not in the baseline: execute/quicksort/cranelift, \
             execute/strings/cranelift"
                .to_owned(),
        ],
    };
    (report, rounds)
}

/// The same of a run that compares nothing: 7 processes for each metric, and a
/// benchmark of criterion.
pub(super) fn alone() -> BenchReport {
    let (mut report, _) = report();
    report.baseline = None;
    report.judged.clear();
    report.warnings.clear();
    for measured in &mut report.measured {
        measured.processes = 7;
        measured.each_ns.truncate(7);
    }
    let mut random = Random(11);
    let samples = (0..100).map(|_| 5_400.0 * (0.03 * random.normal()).exp());
    report.measured.push(MeasuredMetric {
        metric: name("dispatch/serial/10"),
        median_ns: 5_400.0,
        spread_pct: None,
        processes: 1,
        each_ns: samples.collect(),
    });
    report
}

/// A report with few metrics and short numbers, for the documentation.
pub(super) fn small() -> BenchReport {
    let (mut report, _) = report();
    let pair = |effect: f64, verdict, stage| Judged {
        metric: name(if stage == 2 { LIVE[0].0 } else { LIVE[2].0 }),
        rule: Rule::LivePair,
        verdict,
        gating: true,
        evidence: Evidence::Pair(PairEvidence {
            clock: Clock::ThreadCpu,
            rounds: 15,
            stage,
            effect,
            interval: [effect - 0.006, effect + 0.006],
            lower_bound: effect - 0.007,
            spread: 0.0125,
            detectable: 0.02,
            floor: FLOOR,
            to_detect: TO_DETECT,
            median_ns: [1_250_000.0, 1_250_000.0 * (1.0 + effect)],
            wall_effect: Some(0.0625),
            round_effects: Vec::new(),
        }),
        explanation: None,
        remark: None,
    };
    report.measured.clear();
    report.exact.clear();
    report.judged.retain(|judged| judged.explanation.is_some());
    report.judged.extend([
        pair(0.0625, BenchVerdict::Regressed, 2),
        pair(0.0, BenchVerdict::Pass, 1),
    ]);
    report.judged[1].remark = Some("the fuel is the same: it is the code that is worse".to_owned());
    report
}

/// What its samples begin with.
pub(super) fn header() -> SamplesHeader {
    let (report, _) = report();
    SamplesHeader {
        fingerprint: report.fingerprint,
        conditions: report.conditions,
        baseline: report.baseline,
        current: report.current,
        seed: report.seed,
        started: report.started,
    }
}

/// Runs before it; one of them on another machine.
pub(super) fn history() -> Vec<HistoryEntry> {
    let mut random = Random(7);
    let (report, _) = report();
    let runs = (0..24_u32).map(|number| {
        let mut fingerprint = report.fingerprint.clone();
        let elsewhere = number == 9;
        if elsewhere {
            fingerprint.cpu = "Imaginary 2000".to_owned();
        }
        let medians = LIVE.iter().map(|(metric, ns, ..)| {
            let older = if number < 14 { 1.08 } else { 1.0 };
            let slower = if elsewhere { 1.2 } else { 1.0 };
            let median_ns = ns * older * slower * (0.01 * random.normal()).exp();
            (name(metric), median_ns, 1.0 + random.next())
        });
        let medians: Vec<_> = medians.collect();
        HistoryEntry {
            schema: 1,
            commit: format!("{:08x}", 0x61a0_0000 + number * 7_919).repeat(5),
            started: format!("2026-10-{:02}T12:00:00Z", number + 1),
            wasmtime: Some("47.0.4".to_owned()),
            fingerprint,
            medians: medians
                .iter()
                .map(|(name, ns, _)| (name.clone(), *ns))
                .collect(),
            spreads_pct: medians
                .into_iter()
                .map(|(name, _, spread)| (name, spread))
                .collect(),
        }
    });
    runs.collect()
}

fn name(name: &str) -> MetricName {
    MetricName::new(name).unwrap()
}

fn simulate((metric, ns, effect, spread, rounds): Wanted, random: &mut Random) -> PairedRounds {
    // Half of the variance is of each arm's process.
    let one = spread / 2.0_f64.sqrt();
    let mut process = |ns: f64| {
        let ns = ns * (one * random.normal()).exp();
        let timings = (0..40).map(|_| {
            let cpu_ns = ns * (1.0 + 0.004 * random.normal().abs());
            let wall_ns = cpu_ns * (1.0 + 0.08 * random.next());
            Timing { wall_ns, cpu_ns }
        });
        ProcessTimings {
            slices: Vec::new(),
            at_once: false,
            clock: Clock::ThreadCpu,
            batch: 1,
            timings: timings.collect(),
        }
    };
    let rounds = (0..rounds).map(|number| Round {
        number,
        first: if number % 3 == 0 {
            Arm::Current
        } else {
            Arm::Baseline
        },
        baseline: process(ns),
        current: process(ns * (1.0 + effect)),
    });
    let rounds: Vec<_> = rounds.collect();
    PairedRounds {
        metric: name(metric),
        stage: 1,
        planned: rounds.len() as u32,
        rounds,
    }
}

fn measured(rounds: &PairedRounds, (metric, ns, _, spread, _): Wanted) -> MeasuredMetric {
    let of = |round: &Round| round.current.timings[0].cpu_ns;
    MeasuredMetric {
        metric: name(metric),
        median_ns: ns,
        spread_pct: Some(spread * 100.0),
        processes: rounds.planned,
        each_ns: rounds.rounds.iter().map(of).collect(),
    }
}

/// The verdict is the one that was wanted; only its numbers come from the
/// rounds, so that the pictures fit.
fn live(rounds: &PairedRounds, (metric, ns, effect, _, _): Wanted) -> Judged {
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let of = |process: &ProcessTimings| median(process.timings.iter().map(|t| t.cpu_ns).collect());
    let ratios = rounds.rounds.iter();
    let ratios: Vec<_> = ratios
        .map(|r| (of(&r.current) / of(&r.baseline)).ln())
        .collect();
    let count = ratios.len() as f64;
    let mean = ratios.iter().sum::<f64>() / count;
    let variance = ratios.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let error = (variance / count).sqrt();
    let ratio = |log: f64| log.exp_m1();
    let verdict = match metric {
        "execute/fib/cranelift" => BenchVerdict::Regressed,
        "execute/interpreter/cranelift" | "operation/trap/cranelift" => BenchVerdict::Inconclusive,
        _ if effect < -0.04 => BenchVerdict::Improved,
        _ => BenchVerdict::Pass,
    };
    let remark = match metric {
        "execute/fib/cranelift" => Some(
            "found in stage 1 and again on fresh data; the fuel is the same, so the code is worse",
        ),
        "operation/trap/cranelift" => Some("15 rounds more would not be enough"),
        _ => None,
    };
    Judged {
        metric: name(metric),
        rule: Rule::LivePair,
        verdict,
        gating: true,
        evidence: Evidence::Pair(PairEvidence {
            clock: Clock::ThreadCpu,
            rounds: count as u32,
            stage: if verdict == BenchVerdict::Regressed {
                2
            } else {
                1
            },
            effect: ratio(mean),
            interval: [ratio(mean - 2.1 * error), ratio(mean + 2.1 * error)],
            lower_bound: ratio(mean - 2.2 * error),
            spread: variance.sqrt(),
            detectable: 0.01 + 4.0 * error,
            floor: if ns < 2_000.0 { 0.05 } else { FLOOR },
            to_detect: if ns < 2_000.0 { 0.1 } else { TO_DETECT },
            median_ns: [
                median(rounds.rounds.iter().map(|r| of(&r.baseline)).collect()),
                median(rounds.rounds.iter().map(|r| of(&r.current)).collect()),
            ],
            wall_effect: Some(ratio(mean) + 0.001),
            round_effects: ratios.iter().map(|log| ratio(*log)).collect(),
        }),
        explanation: None,
        remark: remark.map(str::to_owned),
    }
}

fn others() -> Vec<Judged> {
    let judged = |metric: &str, rule, verdict, gating, evidence| Judged {
        metric: name(metric),
        rule,
        verdict,
        gating,
        evidence,
        explanation: None,
        remark: None,
    };
    let exact = |metric: &str, baseline, current, verdict| {
        let evidence = Evidence::Exact { baseline, current };
        judged(metric, Rule::Exact, verdict, true, evidence)
    };
    let stored = |metric: &str, baseline_ns: f64, effect: f64, verdict| {
        let evidence = Evidence::Stored(StoredEvidence {
            baseline_ns,
            current_ns: baseline_ns * (1.0 + effect),
            effect,
            threshold_pct: 10.0,
            tolerance_pct: 30.0,
        });
        judged(metric, Rule::Stored, verdict, false, evidence)
    };
    let mut recorded = exact(
        "code-bytes/json-parse/cranelift",
        48_112,
        49_216,
        BenchVerdict::Recorded,
    );
    recorded.explanation = Some(Explained {
        commit: "3f2a91c07d5e".to_owned(),
        reason: "bounds checks that were missing | see <the issue>".to_owned(),
    });
    let mut advisory = stored(
        "jit_compile/emit_text/matmul[16x16x16]",
        1.9e6,
        0.14,
        BenchVerdict::Record,
    );
    advisory.remark = Some("measured on another CPU: `Imaginary 2000`".to_owned());
    vec![
        exact(
            "fuel/fib/cranelift",
            14_930_351,
            14_930_351,
            BenchVerdict::Pass,
        ),
        exact(
            "fuel/sha256/cranelift",
            61_204_118,
            61_204_118,
            BenchVerdict::Pass,
        ),
        exact(
            "serialized-bytes/fib/cranelift",
            61_440,
            60_928,
            BenchVerdict::Improved,
        ),
        exact("allocations/fib/cranelift", 23, 23, BenchVerdict::Pass),
        recorded,
        stored(
            "cold_start/capture/1048576",
            25e6,
            -0.02,
            BenchVerdict::Pass,
        ),
        advisory,
        judged(
            "dispatch/serial/10",
            Rule::Tail,
            BenchVerdict::Pass,
            true,
            Evidence::Tail {
                quantile: 0.999,
                limit_ns: 10e6,
                estimate_ns: 2.31e6,
                interval_ns: [Some(1.9e6), Some(3.4e6)],
                samples: 10_000,
            },
        ),
    ]
}
