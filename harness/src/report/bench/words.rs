//! The words that all reports of a run share.

use super::numbers::{change, count, duration, interval, many, quantile, share, time};
use crate::model::Exit;
use crate::model::bench::{
    ArmInfo, BenchReport, BenchVerdict, Clock, Evidence, Judged, NOISY_SPREAD, Rule,
};

/// A verdict in one word.
pub(super) fn verdict(verdict: BenchVerdict) -> &'static str {
    match verdict {
        BenchVerdict::Pass => "pass",
        BenchVerdict::Improved => "improved",
        BenchVerdict::Recorded => "recorded",
        BenchVerdict::Record => "record",
        BenchVerdict::Inconclusive => "inconclusive",
        BenchVerdict::Regressed => "regressed",
    }
}

/// What the metrics of a rule are called together.
pub(super) fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::LivePair => "live pairs",
        Rule::Exact => "exact counts",
        Rule::Stored => "stored medians",
        Rule::Tail => "tails",
    }
}

/// The rules, in the order of reports: the gate first.
pub(super) const RULES: [Rule; 4] = [Rule::LivePair, Rule::Exact, Rule::Stored, Rule::Tail];

/// How a run ended, in capitals and in a sentence.
pub(super) fn outcome(report: &BenchReport, exit: Exit) -> (&'static str, String) {
    let gating = |wanted: BenchVerdict| {
        let judged = report.judged.iter();
        let gating = judged.filter(|judged| judged.gating && judged.verdict == wanted);
        gating.count()
    };
    let judged = many(report.judged.len(), "metric");
    match exit {
        Exit::Expected if report.baseline.is_none() => {
            let measured = many(report.measured.len() + report.exact.len(), "metric");
            (
                "PASS",
                format!("{measured} measured, compared with nothing"),
            )
        }
        Exit::Expected => {
            let of_them = |verdict: BenchVerdict, what: &str| match gating(verdict) {
                0 => String::new(),
                number => format!(", {number} of them {what}"),
            };
            let improved = of_them(BenchVerdict::Improved, "faster or smaller");
            let recorded = of_them(
                BenchVerdict::Recorded,
                "slower or larger with an explanation",
            );
            let no = if recorded.is_empty() {
                "no"
            } else {
                "no other"
            };
            (
                "PASS",
                format!("{no} slowdown in {judged}{recorded}{improved}"),
            )
        }
        Exit::Unexpected => {
            let parts = [
                (gating(BenchVerdict::Regressed), "regressed"),
                (gating(BenchVerdict::Record), "without an explanation"),
            ];
            let parts: Vec<_> = parts
                .into_iter()
                .filter(|(number, _)| *number > 0)
                .map(|(number, word)| format!("{number} {word}"))
                .collect();
            ("FAIL", format!("{} of {judged}", parts.join(", ")))
        }
        Exit::Inconclusive => {
            let said = match gating(BenchVerdict::Inconclusive) {
                0 => format!("none of {judged} has a say here: all of it is advice"),
                open => format!("{open} of {judged} could be slower: the measurement cannot tell"),
            };
            ("INCONCLUSIVE", said)
        }
        Exit::CouldNotRun => {
            let problems = many(report.problems.len(), "problem");
            ("COULD NOT RUN", format!("{problems}, beside {judged}"))
        }
        Exit::NothingSelected => ("NOTHING", "no metric was selected".to_owned()),
    }
}

/// What the exit code asks of the reader.
pub(super) fn advice(exit: Exit) -> &'static str {
    match exit {
        Exit::Expected => "nothing to do",
        Exit::Unexpected => {
            "make it as fast as it was, or, beside a baseline, answer for it in \
             bench-results/explanations.toml"
        }
        Exit::CouldNotRun => "no verdict until the problems are solved",
        Exit::Inconclusive => "measure again on a quieter machine; this is neither pass nor fail",
        Exit::NothingSelected => "see the names with --list",
    }
}

/// What was compared with what.
pub(super) fn comparison(report: &BenchReport) -> String {
    let current = arm(&report.current);
    match &report.baseline {
        Some(baseline) => format!("{} against {}", current, arm(baseline)),
        None => current,
    }
}

/// A build: `main (1a2b3c4d5e, Wasmtime 47.0.4)`.
pub(super) fn arm(arm: &ArmInfo) -> String {
    let commit = arm.commit.as_deref().map(short);
    let known = commit.filter(|commit| !arm.label.contains(commit.as_str()));
    let wasmtime = arm.wasmtime.as_ref();
    let wasmtime = wasmtime.map(|version| format!("Wasmtime {version}"));
    let more: Vec<_> = known.into_iter().chain(wasmtime).collect();
    if more.is_empty() {
        arm.label.clone()
    } else {
        format!("{} ({})", arm.label, more.join(", "))
    }
}

/// The start of a commit's name.
pub(super) fn short(commit: &str) -> String {
    commit.chars().take(10).collect()
}

/// The machine and how it was.
pub(super) fn machine(report: &BenchReport) -> String {
    let host = &report.fingerprint;
    let conditions = &report.conditions;
    let mut parts = vec![
        host.cpu.clone(),
        many(host.cores as usize, "core"),
        format!("{} {} {}", host.os, host.arch, host.kernel),
    ];
    if let Some(governor) = &host.governor {
        parts.push(format!("governor {governor}"));
    }
    let [start, end] = conditions.load;
    parts.push(format!("load {start:.1} to {end:.1}"));
    if let Some(others) = conditions.others {
        parts.push(format!("others used {others:.1} cores"));
    }
    parts.push(match conditions.steal {
        Some(steal) => format!("steal {}", share(steal)),
        None => "steal unknown".to_owned(),
    });
    if !conditions.counters {
        parts.push("no hardware counters".to_owned());
    }
    parts.push(format!("profile {}", host.profile));
    parts.push(format!("{} in all", duration(report.seconds)));
    parts.push(format!("seed {}", report.seed));
    parts.join(", ")
}

/// Whether a metric varies more than the gate was made for.
pub(super) fn noisy(judged: &Judged) -> bool {
    matches!(&judged.evidence, Evidence::Pair(pair) if pair.spread > NOISY_SPREAD)
}

/// What the evidence says beside the two values and the change.
pub(super) fn evidence(judged: &Judged) -> String {
    match &judged.evidence {
        Evidence::Exact { baseline, current } => match current.cmp(baseline) {
            std::cmp::Ordering::Equal => "equal".to_owned(),
            std::cmp::Ordering::Less => format!("{} less", count(baseline - current)),
            std::cmp::Ordering::Greater => format!("{} more", count(current - baseline)),
        },
        Evidence::Pair(pair) => {
            let wall = pair.wall_effect.map_or_else(String::new, |effect| {
                format!(", wall clock {}", change(effect))
            });
            let stage = match judged.verdict {
                _ if pair.stage < 2 => "",
                BenchVerdict::Pass | BenchVerdict::Inconclusive => ", measured again",
                _ => ", confirmed",
            };
            format!(
                "95 % {}; {}{stage}, {}{wall}, spread {}, would have found {}",
                interval(pair.interval),
                many(pair.rounds as usize, "round"),
                clock(pair.clock),
                share(pair.spread),
                change(pair.detectable),
            )
        }
        Evidence::Stored(stored) => format!(
            "unexplained up to {:+} %, tolerated up to {:+} %",
            stored.threshold_pct, stored.tolerance_pct
        ),
        Evidence::Tail {
            quantile: of,
            interval_ns: [low, high],
            samples,
            ..
        } => {
            let bound = |bound: &Option<f64>| bound.map_or_else(|| "?".to_owned(), time);
            format!(
                "{} of {} samples, 95 % {} to {}",
                quantile(*of),
                count(*samples),
                bound(low),
                bound(high)
            )
        }
    }
}

/// A clock.
pub(super) fn clock(clock: Clock) -> &'static str {
    match clock {
        Clock::ThreadCpu => "thread CPU time",
        Clock::ProcessCpu => "process CPU time",
        Clock::Wall => "wall clock",
    }
}

/// Every metric of a rule, the gravest first.
pub(super) fn of_rule(report: &BenchReport, rule: Rule) -> Vec<&Judged> {
    let judged = report.judged.iter();
    let mut judged: Vec<_> = judged.filter(|judged| judged.rule == rule).collect();
    judged.sort_by(|a, b| (gravity(b), &a.metric).cmp(&(gravity(a), &b.metric)));
    judged
}

/// How much a metric asks for attention: first what the exit code is about.
pub(super) fn gravity(judged: &Judged) -> u8 {
    let gravity = match judged.verdict {
        BenchVerdict::Pass => 0,
        BenchVerdict::Improved => 1,
        BenchVerdict::Recorded => 2,
        BenchVerdict::Inconclusive => 3,
        BenchVerdict::Record => 4,
        BenchVerdict::Regressed => 5,
    };
    if judged.gating { gravity + 6 } else { gravity }
}
