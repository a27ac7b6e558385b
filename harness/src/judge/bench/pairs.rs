//! Decides by live pairs: two builds, measured side by side in fresh processes.
//!
//! The round is the unit, never the iteration: what two processes measured in
//! one round is one number, the logarithm of the ratio of their lower
//! quartiles. Iterations of one process are not independent of one another, and
//! a test that counts them as if they were finds differences everywhere.
//!
//! A metric is judged in two stages. The first, on every metric, lets pass what is
//! surely as fast as it was, and calls nothing slower: it only raises suspicions.
//! The second measures again what the first did not settle, and judges by that
//! fresh data alone. Both stages have a number of rounds that is fixed before they
//! begin; fewer is a problem and never a verdict, and there is no going on until
//! something is significant. `docs/baseline.md` has the rule in full.
//!
//! Two clocks can be suspected: the one that is judged, mostly the CPU's, of being
//! slower than the floor, and the wall clock of being slower than what must not be
//! missed, because CPU time does not see a thread that waits. A metric can only be
//! called what it was suspected of. The suspects share the error of the run
//! ([`share_error`]): each may be wrongly condemned by its fresh rounds in at most
//! `FAMILY_ERROR / suspects` of all times, whatever made it a suspect. What was
//! merely undecided in the first stage was suspected of nothing: the second can let
//! it pass, and adds nothing to that error.

mod plan;
mod ratios;
mod rule;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

pub use plan::{detectable, is_noisy, rounds_for};
pub use rule::{FAMILY_ERROR, GateRule};

use super::statistics::Estimate;
use crate::model::bench::{
    BenchVerdict, Evidence, FLOOR, Judged, MetricName, PairEvidence, PairedRounds, Phase, Rule,
};
use plan::{MOST_TO_FIND, rounds_to_confirm, rounds_to_tell};
use ratios::{Clocked, Ratios};
use rule::Side;

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
    /// It passes.
    Settled(Judged),
    /// It has to be measured again before anything is said of it.
    Open(Open),
}

/// A metric that the first stage found slower or faster, or could not tell. Only
/// [`first_stage`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    ratios: Ratios,
    suspected: Signs,
    /// What it was suspected by, and will be judged by.
    rule: GateRule,
}

impl Open {
    /// Whether it may become anything but passed or inconclusive.
    pub fn is_suspect(&self) -> bool {
        self.suspected != Signs::default()
    }
}

/// A metric that is measured again, by a rule and in a number of rounds that are
/// fixed. Only [`share_error`] makes one, and [`second_stage`] asks for one: nothing
/// else can become regressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsettled {
    metric: MetricName,
    suspected: Signs,
    rounds: u32,
    rule: GateRule,
}

impl Unsettled {
    /// The metric.
    pub fn metric(&self) -> &MetricName {
        &self.metric
    }

    /// How many rounds its second stage needs: few for what is plain to see.
    pub fn rounds(&self) -> u32 {
        self.rounds
    }
}

/// Fixes by which error and in how many rounds each metric is judged that the first
/// stage left open. To be called once a run, with all of them.
///
/// The fresh rounds know nothing of how many metrics there were, nor why these are
/// measured again. So the chance that any of `k` suspects is condemned wrongly is at
/// most the sum of theirs (Bonferroni), `k · FAMILY_ERROR / k`.
pub fn share_error(open: Vec<Open>) -> Vec<Unsettled> {
    let suspects = open.iter().filter(|open| open.is_suspect()).count();
    let fix = |open: Open| {
        let rule = open.rule.for_suspects(suspects);
        Unsettled {
            rounds: rounds_again(&open.ratios, open.suspected, &rule),
            metric: open.ratios.metric,
            suspected: open.suspected,
            rule,
        }
    };
    open.into_iter().map(fix).collect()
}

/// Judges the first stage of a metric.
///
/// Slower than the floor at `stage1_alpha`: suspect. Faster than the floor:
/// suspect too, since "improved" is said as publicly as "regressed" and should
/// be as true. Slower on the wall clock than `to_detect`: suspect. Otherwise the
/// metric passes if it is surely not slower by `to_detect`. If that cannot be told
/// it is measured again, and was suspected of nothing.
///
/// # Errors
///
/// Rounds that are missing, too many, of another stage, or without usable times.
pub fn first_stage(paired: &PairedRounds, rule: &GateRule) -> Result<FirstStage, CannotJudge> {
    let ratios = Ratios::of(paired, 1)?;
    let rule = &rule.for_duration(ratios.own.median_ns[0]);
    let suspected = Signs::of(&ratios, rule);
    let passes = passes(&ratios, rule);
    if ratios.has_say && (suspected != Signs::default() || !passes) {
        return Ok(FirstStage::Open(Open {
            suspected,
            rule: *rule,
            ratios,
        }));
    }
    let verdict = match passes {
        true => BenchVerdict::Pass,
        false => BenchVerdict::Inconclusive,
    };
    let own = judged(&ratios, Side::Own, verdict, rule);
    Ok(FirstStage::Settled(own))
}

/// How many rounds answer what the first stage left open. What it saw may decide
/// that, because the second judges by fresh data alone.
fn rounds_again(ratios: &Ratios, suspected: Signs, rule: &GateRule) -> u32 {
    let own = &ratios.own.estimate;
    let wall = ratios.wall.as_ref().map(|wall| &wall.estimate);
    let confirm = |estimate: &Estimate, side: Side, slower: bool| {
        let alpha = rule.test(1, side).alpha;
        let bound = match slower {
            true => estimate.lower(alpha),
            false => estimate.upper(alpha),
        };
        rounds_to_confirm(bound, estimate.spread(), rule.test(2, side))
    };
    match (suspected, wall) {
        // What CPU time can confirm need not wait for the wall clock, which is
        // noisier.
        (Signs { slower: true, .. }, _) => confirm(own, Side::Own, true),
        (Signs { waits: true, .. }, Some(wall)) => confirm(wall, Side::Wall, true),
        // What is not surely faster passes, so that this need not be told at any price.
        (Signs { faster: true, .. }, _) => confirm(own, Side::Own, false).min(MOST_TO_FIND),
        _ => {
            let wall = slower_on_the_wall(ratios, rule).map(|wall| &wall.estimate);
            let open = [Some(own), wall].into_iter().flatten();
            let rounds = open.map(|estimate| rounds_to_tell(estimate.spread(), rule));
            rounds.max().unwrap_or_default()
        }
    }
}

/// Judges what the first stage did not settle by the rounds of its second stage,
/// and by nothing else.
///
/// It is regressed, or improved, if it was suspected of that and these rounds
/// alone say so at `stage2_alpha`. If not, it passes or is inconclusive, by the
/// same rule as in the first stage.
///
/// # Errors
///
/// Rounds that are missing, too many, of another stage or metric, or without
/// usable times.
pub fn second_stage(open: &Unsettled, paired: &PairedRounds) -> Result<Judged, CannotJudge> {
    if paired.metric != open.metric {
        return Err(CannotJudge {
            metric: paired.metric.clone(),
            message: format!("expected the second stage of {}", open.metric),
        });
    }
    let ratios = Ratios::of(paired, 2)?;
    let rule = &open.rule;
    let (suspected, fresh) = (open.suspected, Signs::of(&ratios, rule));
    let (side, verdict) = if suspected.slower && fresh.slower {
        (Side::Own, BenchVerdict::Regressed)
    } else if suspected.waits && fresh.waits {
        (Side::Wall, BenchVerdict::Regressed)
    } else if slower_on_the_wall(&ratios, rule).is_some() {
        // What waits longer is not as fast as it was, whatever its CPU time says.
        (Side::Own, BenchVerdict::Inconclusive)
    } else if suspected.faster && fresh.faster {
        (Side::Own, BenchVerdict::Improved)
    } else if passes(&ratios, rule) {
        (Side::Own, BenchVerdict::Pass)
    } else {
        (Side::Own, BenchVerdict::Inconclusive)
    };
    Ok(judged(&ratios, side, verdict, rule))
}

/// What a stage sees, by its own error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Signs {
    /// Slower than the floor, by the clock that is judged.
    slower: bool,
    /// Faster than the floor, by the same.
    faster: bool,
    /// Slower on the wall clock than must not be missed.
    waits: bool,
}

impl Signs {
    fn of(ratios: &Ratios, rule: &GateRule) -> Signs {
        let own = &ratios.own.estimate;
        let test = rule.test(ratios.stage, Side::Own);
        let on_the_wall = rule.test(ratios.stage, Side::Wall);
        Signs {
            slower: own.lower(test.alpha) > test.limit,
            faster: own.upper(test.alpha) < (-rule.floor).ln_1p(),
            waits: ratios
                .wall
                .as_ref()
                .is_some_and(|wall| wall.estimate.lower(on_the_wall.alpha) > on_the_wall.limit),
        }
    }
}

/// An execution that takes less than this, in nanoseconds, is mostly its marks.
const MARKS_NS: f64 = 2_000.0;

/// What is said of one.
pub(super) const MARKS: &str = "the marks around it take as long: it has no say";

/// Whether what is measured is the measuring: the marks around an execution read two
/// clocks, which takes 0.4 to 0.6 us, and where the linker put them moved that by 8 %,
/// and by 57 % on the wall clock.
pub fn is_mostly_marks(metric: &MetricName, median_ns: f64) -> bool {
    metric.is_of(Phase::Execute) && median_ns < MARKS_NS
}

/// Whether a slowdown of `to_detect` is ruled out.
fn passes(ratios: &Ratios, rule: &GateRule) -> bool {
    let upper = ratios.own.estimate.upper(rule.pass_alpha);
    upper < rule.to_detect.ln_1p() && slower_on_the_wall(ratios, rule).is_none()
}

/// The wall clock, where it is slower and may be so by more than the gate is to
/// detect: CPU time does not see a thread that waits.
fn slower_on_the_wall<'r>(ratios: &'r Ratios, rule: &GateRule) -> Option<&'r Clocked> {
    ratios.wall.as_ref().filter(|wall| {
        wall.estimate.lower(FAMILY_ERROR) > rule.floor.ln_1p()
            && wall.estimate.value > rule.to_detect.ln_1p()
    })
}

/// A verdict with what it rests on: the clock that is judged, or the wall clock
/// beside it.
fn judged(ratios: &Ratios, side: Side, verdict: BenchVerdict, rule: &GateRule) -> Judged {
    let seen = match (side, &ratios.wall) {
        (Side::Wall, Some(wall)) => wall,
        _ => &ratios.own,
    };
    let spread = seen.estimate.spread();
    let detectable = detectable(spread, ratios.rounds, rule);
    let beside = ratios.wall.as_ref().filter(|_| side == Side::Own);
    let test = rule.test(ratios.stage, side);
    let lower = seen.estimate.lower(test.alpha);
    Judged {
        metric: ratios.metric.clone(),
        rule: Rule::LivePair,
        verdict,
        gating: ratios.has_say,
        remark: remark(ratios, side, verdict, detectable, rule),
        evidence: Evidence::Pair(PairEvidence {
            clock: seen.clock,
            rounds: ratios.rounds,
            stage: ratios.stage,
            effect: seen.estimate.value.exp_m1(),
            interval: seen.estimate.interval(0.05).map(f64::exp_m1),
            lower_bound: lower.exp_m1(),
            spread,
            detectable,
            floor: test.limit.exp_m1(),
            to_detect: rule.to_detect,
            median_ns: seen.median_ns,
            wall_effect: beside.map(|wall| wall.estimate.value.exp_m1()),
            round_effects: seen.each.iter().map(|ratio| ratio.exp_m1()).collect(),
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
    side: Side,
    verdict: BenchVerdict,
    detectable: f64,
    rule: &GateRule,
) -> Option<String> {
    let own = &ratios.own.estimate;
    let percent = |estimate: &Estimate| estimate.value.exp_m1() * 100.0;
    let mut remarks = Vec::new();
    if side == Side::Wall {
        remarks.push(format!(
            "its CPU time is {:+.1} %: it waits for something",
            percent(own)
        ));
    }
    let spread = own.spread();
    if verdict == BenchVerdict::Inconclusive {
        remarks.push(format!(
            "cannot tell: the smallest slowdown {} rounds would have found is {:.1} %",
            ratios.rounds,
            detectable * 100.0
        ));
    }
    if !ratios.has_say {
        remarks.push(MARKS.to_owned());
    } else if may_be_its_place(own, rule) {
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
            percent(&wall.estimate)
        ));
    }
    (!remarks.is_empty()).then(|| remarks.join("; "))
}
