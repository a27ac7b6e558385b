//! How many rounds a stage needs, and what they can find.
//!
//! The numbers of rounds come out of the power of the t test, and
//! `simulation.rs` holds them against simulated gates.

use super::GateRule;
use super::rule::{Side, Test};
use crate::judge::bench::statistics::{expected_error, t_power, t_quantile};
use crate::model::bench::NOISY_SPREAD;

/// How often a slowdown that is called detectable is found, and what could not be
/// told can be told at last.
const POWER: f64 = 0.9;

/// Of the first stage alone, for a slowdown of `to_find`; the rest of
/// [`POWER`] is for the second to lose.
const FIRST_POWER: f64 = 0.93;

/// Of either stage alone, for a slowdown that must not be missed.
const SURE: f64 = 0.99;

/// The numbers of rounds there are.
const ROUNDS: [u32; 7] = [15, 21, 31, 41, 61, MOST, MOST_TO_CONFIRM];

/// The most rounds of the first stage, and of what it suspected of nothing.
const MOST: u32 = 99;

/// The most rounds a suspect of being slower has: there are few, and each of them is to be
/// told.
const MOST_TO_CONFIRM: u32 = 199;

/// The most rounds every metric gets for the sake of `to_find`, and a suspect of being
/// faster: one that spreads so much that it needs more would cost all the others their
/// time.
pub(super) const MOST_TO_FIND: u32 = 61;

/// A spread that was estimated from some fifteen rounds may be this much larger.
const DOUBT: f64 = 1.3;

/// Whether rounds that spread like this should make somebody look for the cause.
pub fn is_noisy(spread: f64) -> bool {
    spread > NOISY_SPREAD
}

/// How many rounds the first stage needs of a metric whose rounds spread like
/// this: enough to find `to_find` if that does not take more than 61, otherwise
/// enough to be sure of `to_detect`, and never more than 99. Fixed before the
/// stage begins, from the baseline's spread or from nothing (0.01 is usual).
pub fn rounds_for(spread: f64, rule: &GateRule) -> u32 {
    let test = rule.test(1, Side::Own);
    let stages = Stage::choice(test.alpha);
    let fewest = |size: f64, wanted: f64| fewest(&stages, size - test.limit, spread, wanted);
    match fewest(test.to_find, FIRST_POWER) {
        Some(stage) if stage.rounds <= MOST_TO_FIND => stage.rounds,
        _ => fewest(rule.to_detect.ln_1p(), SURE)
            .map_or(MOST, |stage| stage.rounds.clamp(MOST_TO_FIND, MOST)),
    }
}

/// How many rounds the second stage needs for an effect at least this large,
/// the logarithm of a ratio. What the first stage saw may decide that, because
/// the second judges by fresh data alone.
pub(super) fn rounds_to_confirm(effect: f64, spread: f64, test: Test) -> u32 {
    confirming(&Stage::choice(test.alpha), effect, spread * DOUBT, test).rounds
}

fn confirming(stages: &[Stage], effect: f64, spread: f64, test: Test) -> &Stage {
    let effect = effect.abs().max(test.to_find);
    let enough = fewest(stages, effect - test.limit, spread, SURE);
    enough.unwrap_or_else(|| &stages[stages.len() - 1])
}

/// How many rounds the second stage needs of a metric that the first could not
/// tell: enough to rule `to_detect` out, even if it is as slow as is still of no
/// interest, and never more than 99.
pub(super) fn rounds_to_tell(spread: f64, rule: &GateRule) -> u32 {
    let stages = Stage::choice(rule.pass_alpha);
    let distance = rule.to_detect.ln_1p() - rule.floor.ln_1p();
    fewest(&stages, distance, spread * DOUBT, POWER).map_or(MOST, |stage| stage.rounds.min(MOST))
}

fn fewest(stages: &[Stage], distance: f64, spread: f64, wanted: f64) -> Option<&Stage> {
    let enough = |stage: &&Stage| stage.power(distance, spread) >= wanted;
    stages.iter().find(enough)
}

/// The smallest slowdown, as a ratio less one, that a gate whose first stage has
/// this many rounds finds nine times in ten.
pub fn detectable(spread: f64, rounds: u32, rule: &GateRule) -> f64 {
    let (suspecting, test) = (rule.test(1, Side::Own), rule.test(2, Side::Own));
    let first = Stage::new(rounds, suspecting.alpha);
    let second = Stage::choice(test.alpha);
    let power = |effect: f64| {
        let second = confirming(&second, effect, spread, test);
        let found = first.power(effect - suspecting.limit, spread);
        found * second.power(effect - test.limit, spread)
    };
    let (mut low, mut high) = (test.limit, 10.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if power(middle) < POWER {
            low = middle;
        } else {
            high = middle;
        }
    }
    high.exp_m1()
}

/// A stage that could be run.
struct Stage {
    rounds: u32,
    /// What its t statistic has to exceed.
    critical: f64,
    freedom: f64,
    /// The standard error of its estimate where rounds spread by one.
    error: f64,
}

impl Stage {
    fn new(rounds: u32, alpha: f64) -> Stage {
        let (error, freedom) = expected_error(1.0, usize::try_from(rounds).unwrap_or(usize::MAX));
        Stage {
            rounds,
            critical: t_quantile(1.0 - alpha, freedom),
            freedom,
            error,
        }
    }

    fn choice(alpha: f64) -> [Stage; ROUNDS.len()] {
        ROUNDS.map(|rounds| Stage::new(rounds, alpha))
    }

    /// How often it finds that an effect is on its side of a limit, so far away from
    /// it; the logarithm of a ratio.
    fn power(&self, distance: f64, spread: f64) -> f64 {
        let spread = if spread.is_finite() { spread } else { f64::MAX };
        let error = (self.error * spread).max(f64::MIN_POSITIVE);
        t_power(distance / error, self.critical, self.freedom)
    }
}
