//! Decides by live pairs: two builds, measured side by side in fresh processes.
//!
//! The round is the unit, never the iteration: what two processes measured in
//! one round is one number, the logarithm of the ratio of their lower
//! quartiles. Iterations of one process are not independent of one another, and
//! a test that counts them as if they were finds differences everywhere.
//!
//! A metric is judged in two stages. The first, on every metric, only raises a
//! suspicion. The second measures the suspects again, and judges by that fresh
//! data alone. Both stages have a number of rounds that is fixed before they
//! begin; fewer is a problem and never a verdict, and there is no going on until
//! something is significant. `docs/baseline.md` has the rule in full.

mod plan;
mod ratios;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

pub use plan::{detectable, is_noisy, rounds_for};

use super::statistics::Estimate;
use crate::model::bench::{
    BenchVerdict, Evidence, FLOOR, Judged, MetricName, PairEvidence, PairedRounds, Rule, TO_DETECT,
};
use plan::rounds_to_confirm;
use ratios::Ratios;

/// What the gate promises. Sizes are ratios less one: 0.05 is 5 % slower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateRule {
    /// Slower by less than this is not of interest: moving a function by a few
    /// bytes does as much.
    pub floor: f64,
    /// A metric passes only if it is surely not slower by as much as this.
    pub to_detect: f64,
    /// A slowdown of this much should be found nine times in ten, where a
    /// metric is quiet enough; numbers of rounds are chosen for it.
    pub to_find: f64,
    /// How often the first stage may suspect a metric that is not slower than
    /// the floor.
    pub stage1_alpha: f64,
    /// The same of the second stage.
    pub stage2_alpha: f64,
    /// How often a metric may pass that is slower by exactly `to_detect`.
    pub pass_alpha: f64,
}

/// How often a run may call something regressed that is not slower than the
/// floor, over all of its metrics.
pub const FAMILY_ERROR: f64 = 0.01;

impl GateRule {
    /// The rule for a run with this many metrics: `metrics · stage1_alpha ·
    /// stage2_alpha` is at most [`FAMILY_ERROR`] (Bonferroni over the metrics;
    /// the two stages see independent data, so that their errors multiply).
    ///
    /// Up to 50 metrics, those of the default. With more, the second stage gets
    /// stricter and the first stays as it is: the first is paid for by every
    /// metric, the second by suspects alone.
    #[must_use]
    pub fn for_metrics(metrics: usize) -> GateRule {
        let rule = GateRule::default();
        let metrics = f64::from(u32::try_from(metrics).unwrap_or(u32::MAX).max(1));
        GateRule {
            stage2_alpha: rule
                .stage2_alpha
                .min(FAMILY_ERROR / (metrics * rule.stage1_alpha)),
            ..rule
        }
    }

    /// The rule for a metric whose iterations take this long, in nanoseconds.
    ///
    /// The shorter the code, the more it matters where the linker put it, and that
    /// changes with everything: by the self-check's experiment `another layout`, two
    /// orders of the same functions differ by up to 4 % in what takes less than
    /// 2 us, by up to 1 % in what takes less than 20 us, and nowhere else by as much
    /// as the floor.
    #[must_use]
    pub fn for_duration(&self, ns: f64) -> GateRule {
        let found = SHORT.iter().find(|short| ns < short.ns);
        let Some(short) = found.filter(|short| short.floor > self.floor) else {
            return *self;
        };
        GateRule {
            floor: short.floor,
            to_detect: self.to_detect.max(2.0 * short.floor),
            to_find: self.to_find.max(short.floor + 0.01),
            ..*self
        }
    }

    fn alpha(&self, stage: u8) -> f64 {
        match stage {
            1 => self.stage1_alpha,
            _ => self.stage2_alpha,
        }
    }
}

/// What the place of code makes of short times.
struct Short {
    /// Iterations that take less than this many nanoseconds.
    ns: f64,
    /// Slower by less than this may be the place.
    floor: f64,
}

/// From the shortest on.
const SHORT: [Short; 2] = [
    Short {
        ns: 2_000.0,
        floor: 0.05,
    },
    Short {
        ns: 20_000.0,
        floor: 0.02,
    },
];

/// For up to 50 metrics: 50 · 0.1 · 0.002 is [`FAMILY_ERROR`].
///
/// Other pairs of errors have the same product, as 0.02 and 0.01. But every
/// metric pays for the first stage and suspects alone for the second. By
/// simulation, 15 rounds that spread by 1.2 % suspect a slowdown of 2 % 70 times
/// in 100 at 0.02, and 93 times at 0.1.
impl Default for GateRule {
    fn default() -> GateRule {
        GateRule {
            floor: FLOOR,
            to_detect: TO_DETECT,
            to_find: 0.02,
            stage1_alpha: 0.1,
            stage2_alpha: 0.002,
            pass_alpha: 0.05,
        }
    }
}

/// Why rounds cannot be judged: evidence that is missing or impossible. The run
/// ends with exit code 2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{metric}: {message}")]
pub struct CannotJudge {
    /// The metric.
    pub metric: MetricName,
    /// What is wrong and what was expected.
    pub message: String,
}

/// What the first stage makes of a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum FirstStage {
    /// It is decided.
    Settled(Judged),
    /// It has to be measured again before anything is said of it.
    Suspect(Suspect),
}

/// A metric that the first stage found slower or faster. Only
/// [`first_stage`] makes one, and [`second_stage`] asks for one: nothing else
/// can become regressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    metric: MetricName,
    slower: bool,
    rounds: u32,
    /// What it was suspected by, and will be judged by.
    rule: GateRule,
}

impl Suspect {
    /// The metric.
    pub fn metric(&self) -> &MetricName {
        &self.metric
    }

    /// Whether it seems slower; faster, if not.
    pub fn is_slower(&self) -> bool {
        self.slower
    }

    /// How many rounds its second stage needs: few for what is plain to see.
    pub fn rounds(&self) -> u32 {
        self.rounds
    }
}

/// Judges the first stage of a metric.
///
/// Slower than the floor at `stage1_alpha`: suspect. Faster than the floor:
/// suspect too, since "improved" is said as publicly as "regressed" and should
/// be as true. Otherwise the metric passes if it is surely not slower by
/// `to_detect`, and is inconclusive if that cannot be told.
///
/// # Errors
///
/// Rounds that are missing, too many, of another stage, or without usable times.
pub fn first_stage(paired: &PairedRounds, rule: &GateRule) -> Result<FirstStage, CannotJudge> {
    let ratios = Ratios::of(paired, 1)?;
    let rule = &rule.for_duration(ratios.median_ns[0]);
    let estimate = &ratios.estimate;
    let suspect = |slower: bool, bound: f64| {
        FirstStage::Suspect(Suspect {
            metric: paired.metric.clone(),
            slower,
            rounds: rounds_to_confirm(bound, estimate.spread(), rule),
            rule: *rule,
        })
    };
    Ok(match finding(estimate, rule, rule.stage1_alpha) {
        Finding::Slower => suspect(true, estimate.lower(rule.stage1_alpha)),
        Finding::Faster => suspect(false, estimate.upper(rule.stage1_alpha)),
        Finding::AsFast => FirstStage::Settled(judged(&ratios, BenchVerdict::Pass, rule)),
        Finding::CannotTell => {
            FirstStage::Settled(judged(&ratios, BenchVerdict::Inconclusive, rule))
        }
    })
}

/// Judges a suspect by the rounds of its second stage, and by nothing else.
///
/// It is regressed, or improved, if it was suspected of that and these rounds
/// alone say so at `stage2_alpha`. If not, it passes or is inconclusive, by the
/// same rule as in the first stage.
///
/// # Errors
///
/// Rounds that are missing, too many, of another stage or metric, or without
/// usable times.
pub fn second_stage(suspect: &Suspect, paired: &PairedRounds) -> Result<Judged, CannotJudge> {
    if paired.metric != suspect.metric {
        return Err(CannotJudge {
            metric: paired.metric.clone(),
            message: format!("expected the second stage of {}", suspect.metric),
        });
    }
    let ratios = Ratios::of(paired, 2)?;
    let verdict = confirmed(suspect, &ratios.estimate, &suspect.rule);
    Ok(judged(&ratios, verdict, &suspect.rule))
}

fn confirmed(suspect: &Suspect, fresh: &Estimate, rule: &GateRule) -> BenchVerdict {
    match finding(fresh, rule, rule.stage2_alpha) {
        Finding::Slower if suspect.slower => BenchVerdict::Regressed,
        Finding::Faster if !suspect.slower => BenchVerdict::Improved,
        _ if surely_below(fresh, rule) => BenchVerdict::Pass,
        _ => BenchVerdict::Inconclusive,
    }
}

/// What an estimate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finding {
    Slower,
    Faster,
    AsFast,
    CannotTell,
}

fn finding(estimate: &Estimate, rule: &GateRule, alpha: f64) -> Finding {
    if estimate.lower(alpha) > rule.floor.ln_1p() {
        Finding::Slower
    } else if estimate.upper(alpha) < (-rule.floor).ln_1p() {
        Finding::Faster
    } else if surely_below(estimate, rule) {
        Finding::AsFast
    } else {
        Finding::CannotTell
    }
}

fn surely_below(estimate: &Estimate, rule: &GateRule) -> bool {
    estimate.upper(rule.pass_alpha) < rule.to_detect.ln_1p()
}

/// The wall clock's estimate, where it is clearly slower by more than the gate is
/// to detect: CPU time does not see a thread that waits.
fn slower_on_the_wall<'r>(ratios: &'r Ratios, rule: &GateRule) -> Option<&'r Estimate> {
    ratios.wall.as_ref().filter(|wall| {
        wall.lower(rule.stage2_alpha) > rule.floor.ln_1p() && wall.value > rule.to_detect.ln_1p()
    })
}

fn judged(ratios: &Ratios, verdict: BenchVerdict, rule: &GateRule) -> Judged {
    // What waits longer is not as fast as it was, whatever its CPU time says.
    let verdict = match verdict {
        BenchVerdict::Pass | BenchVerdict::Improved
            if slower_on_the_wall(ratios, rule).is_some() =>
        {
            BenchVerdict::Inconclusive
        }
        verdict => verdict,
    };
    let estimate = &ratios.estimate;
    let spread = estimate.spread();
    let detectable = detectable(spread, ratios.rounds, rule);
    let wall_effect = ratios.wall.map(|wall| wall.value.exp_m1());
    Judged {
        metric: ratios.metric.clone(),
        rule: Rule::LivePair,
        verdict,
        gating: true,
        remark: remark(ratios, verdict, detectable, rule),
        evidence: Evidence::Pair(PairEvidence {
            clock: ratios.clock,
            rounds: ratios.rounds,
            stage: ratios.stage,
            effect: estimate.value.exp_m1(),
            interval: estimate.interval(0.05).map(f64::exp_m1),
            lower_bound: estimate.lower(rule.alpha(ratios.stage)).exp_m1(),
            spread,
            detectable,
            floor: rule.floor,
            to_detect: rule.to_detect,
            median_ns: ratios.median_ns,
            wall_effect,
            round_effects: ratios.each.iter().map(|ratio| ratio.exp_m1()).collect(),
        }),
        explanation: None,
    }
}

/// Whether it is surely slower than the usual floor, and not than its own.
fn may_be_its_place(estimate: &Estimate, rule: &GateRule) -> bool {
    let lower = estimate.lower(rule.stage1_alpha);
    lower > FLOOR.ln_1p() && lower <= rule.floor.ln_1p()
}

/// What numbers do not say by themselves.
fn remark(
    ratios: &Ratios,
    verdict: BenchVerdict,
    detectable: f64,
    rule: &GateRule,
) -> Option<String> {
    let mut remarks = Vec::new();
    let spread = ratios.estimate.spread();
    if verdict == BenchVerdict::Inconclusive {
        remarks.push(format!(
            "cannot tell: the smallest slowdown {} rounds would have found is {:.1} %",
            ratios.rounds,
            detectable * 100.0
        ));
    }
    if may_be_its_place(&ratios.estimate, rule) {
        remarks.push(format!(
            "the place of its code may do that: of what is this short, {:.0} % slower is red",
            rule.floor * 100.0
        ));
    }
    if is_noisy(spread) {
        remarks.push(format!(
            "noisy: rounds spread by {:.1} %; is the machine busy?",
            spread * 100.0
        ));
    }
    if verdict != BenchVerdict::Regressed
        && let Some(wall) = slower_on_the_wall(ratios, rule)
    {
        remarks.push(format!(
            "the wall clock says {:+.1} %: does it wait for something?",
            wall.value.exp_m1() * 100.0
        ));
    }
    (!remarks.is_empty()).then(|| remarks.join("; "))
}
