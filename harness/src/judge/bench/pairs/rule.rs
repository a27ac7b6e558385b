//! What the gate promises, and what each of its tests has to show for it.

use crate::model::bench::{FLOOR, TO_DETECT};

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
    /// the floor. It costs time and no error.
    pub stage1_alpha: f64,
    /// How often the second stage may condemn a suspect that is not slower, by
    /// either clock.
    pub stage2_alpha: f64,
    /// How often a stage may let a metric pass that is slower by exactly
    /// `to_detect`. There are two stages, so it passes twice as often at most.
    pub pass_alpha: f64,
}

/// How often a run may call something regressed that is not slower than the
/// floor, over all of its metrics.
pub const FAMILY_ERROR: f64 = 0.01;

/// The share of the second stage's error that the clock has that is judged.
const OWN_SHARE: f64 = 0.8;

/// That of the wall clock. What waits is slower by far more than the floor, and needs
/// no more. What is left is for the t of the trimmed mean, which exceeds its smallest
/// quantiles up to 1.17 times as often as it should.
const WALL_SHARE: f64 = 0.05;

/// Whose times a test is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The clock that is judged.
    Own,
    /// The wall clock beside it.
    Wall,
}

/// What a stage asks of a clock. Sizes are logarithms of ratios.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test {
    /// Slower by more than this is slower.
    pub(super) limit: f64,
    /// How often it may say so where it is not so.
    pub(super) alpha: f64,
    /// The slowdown that numbers of rounds are chosen for.
    pub(super) to_find: f64,
}

impl GateRule {
    /// The rule for the second stage of a run with this many suspects, which share
    /// [`FAMILY_ERROR`].
    #[must_use]
    pub fn for_suspects(&self, suspects: usize) -> GateRule {
        let suspects = f64::from(u32::try_from(suspects).unwrap_or(u32::MAX).max(1));
        GateRule {
            stage2_alpha: FAMILY_ERROR / suspects,
            ..*self
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

    /// What a stage asks of a clock. The clock that is judged is slower beyond the
    /// floor; the wall clock, which others on the machine move too, beyond what must
    /// not be missed.
    pub(super) fn test(&self, stage: u8, side: Side) -> Test {
        let share = match side {
            Side::Own => OWN_SHARE,
            Side::Wall => WALL_SHARE,
        };
        let (limit, to_find) = match side {
            Side::Own => (self.floor, self.to_find),
            Side::Wall => (self.to_detect, 2.0 * self.to_detect),
        };
        Test {
            limit: limit.ln_1p(),
            alpha: match stage {
                1 => self.stage1_alpha,
                _ => self.stage2_alpha * share,
            },
            to_find: to_find.ln_1p(),
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

/// With one suspect. The first stage suspects easily: whoever is suspected is judged
/// by fresh rounds alone, so that a wrong suspicion costs some seconds, and one that
/// was not had is a slowdown that was missed.
impl Default for GateRule {
    fn default() -> GateRule {
        GateRule {
            floor: FLOOR,
            to_detect: TO_DETECT,
            to_find: 0.02,
            stage1_alpha: 0.25,
            stage2_alpha: FAMILY_ERROR,
            pass_alpha: 0.05,
        }
    }
}
