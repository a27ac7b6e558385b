//! Which trials a self-check makes.

use super::SelfCheck;
use crate::pipeline::bench::inject::Injected;
use crate::pipeline::input::CannotRun;

/// One kind of trial.
pub(super) struct Experiment {
    pub(super) name: String,
    /// The slowdown that was injected, in percent; below zero a speed-up.
    pub(super) percent: i32,
    pub(super) injected: Option<Injected>,
    pub(super) layout: bool,
    pub(super) busy: bool,
    pub(super) trials: u32,
}

/// Those that have trials and are wanted, in their order.
///
/// # Errors
///
/// There are none: a check of nothing finds nothing wrong.
pub(super) fn experiments(check: &SelfCheck) -> Result<Vec<Experiment>, CannotRun> {
    let all = all(check);
    let names: Vec<String> = all.iter().map(|known| known.name.clone()).collect();
    let wanted = |experiment: &Experiment| {
        let mut words = check.experiments.iter();
        check.experiments.is_empty() || words.any(|word| experiment.name.contains(word))
    };
    let mut wanted: Vec<_> = all.into_iter().filter(wanted).collect();
    if wanted.is_empty() {
        return Err(CannotRun::nothing_selected(format!(
            "nothing was selected: no experiment is named {}; there are {}",
            check.experiments.join(", "),
            names.join("; ")
        )));
    }
    wanted.retain(|experiment| experiment.trials > 0);
    if wanted.is_empty() {
        return Err(CannotRun::nothing_selected(
            "nothing was selected: the experiments have no gates",
        ));
    }
    Ok(wanted)
}

/// All of them, in their order.
fn all(check: &SelfCheck) -> Vec<Experiment> {
    let plain = |name: &str, trials: u32| Experiment {
        name: name.to_owned(),
        percent: 0,
        injected: None,
        layout: false,
        busy: false,
        trials,
    };
    let mut experiments = vec![
        plain("A/A", check.alarms),
        Experiment {
            layout: true,
            ..plain("another layout", check.power)
        },
        Experiment {
            busy: true,
            ..plain("A/A, busy core", check.power)
        },
    ];
    for injected in Injected::ALL {
        for percent in [1, 2, 3, 5, 10, -5] {
            let trials = match percent {
                2 | 5 | -5 => check.power,
                _ => check.others,
            };
            experiments.push(Experiment {
                percent,
                injected: Some(injected),
                ..plain(&format!("{percent:+} % {}", injected.name()), trials)
            });
        }
        experiments.push(Experiment {
            percent: 5,
            injected: Some(injected),
            busy: true,
            ..plain(
                &format!("+5 % {}, busy core", injected.name()),
                check.others,
            )
        });
    }
    experiments
}
