//! `cargo xtask bench --self-check`: how much is tried, and with which builds.

use std::path::Path;
use std::str::FromStr;

use tensor_wasm_harness::execute::bench::ArmConfig;
use tensor_wasm_harness::pipeline::SelfCheck;

use super::{Arguments, arm};

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Thoroughness {
    /// Minutes: that it works at all
    Short,
    /// Half an hour: the order of the rates
    Medium,
    /// Hours: what the documentation promises
    Full,
}

/// How many gates: of A/A, of what a promise rests on, of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trials([u32; 3]);

impl FromStr for Trials {
    type Err = String;

    fn from_str(text: &str) -> Result<Trials, String> {
        let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
        let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
        numbers.map(Trials).ok_or_else(|| {
            "expected three numbers, as in 300,59,20: gates of A/A, of what a promise rests on, \
             of others"
                .to_owned()
        })
    }
}

/// What is tried, and with which builds.
pub(super) fn prepare(
    root: &Path,
    arguments: &Arguments,
    arm: &dyn Fn(arm::Worker) -> ArmConfig,
) -> anyhow::Result<SelfCheck> {
    let Trials([alarms, power, others]) = match (arguments.trials, arguments.thorough) {
        (Some(trials), _) => trials,
        (None, Thoroughness::Short) => Trials([3, 1, 0]),
        (None, Thoroughness::Medium) => Trials([60, 12, 5]),
        (None, Thoroughness::Full) => Trials([300, 59, 20]),
    };
    // Another layout is another build, and Wasmtime's first one takes long.
    let is_named = arguments
        .experiment
        .iter()
        .any(|word| "another layout".contains(word));
    let wants_layout = power > 0
        && (arguments.experiment.is_empty() || is_named)
        && arguments.thorough != Thoroughness::Short
        && arguments.worker.is_none();
    let layouts = match wants_layout {
        false => None,
        true => {
            let commit = arm::commit(root, "HEAD")?;
            let shuffled = |seed: u32| {
                let sources = arm::Sources {
                    commit: commit.clone(),
                    wasmtime: None,
                    layout: Some(seed),
                    engine: arguments.engine.clone(),
                };
                arm::worker(root, &sources)
            };
            Some([shuffled(7)?, shuffled(8)?])
        }
    };
    let folder = match &arguments.report {
        Some(folder) => folder.clone(),
        None => arm::folder(root)?.join("self-check"),
    };
    Ok(SelfCheck {
        alarms,
        power,
        others,
        layouts: layouts.map(|layouts| layouts.map(arm)),
        busy: ["sh", "-c", "while :; do :; done"]
            .map(str::to_owned)
            .to_vec(),
        folder,
        experiments: arguments.experiment.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_are_three_numbers() {
        let parsed = |text: &str| text.parse::<Trials>();
        assert_eq!(parsed("300,0,7"), Ok(Trials([300, 0, 7])));
        for wrong in ["5", "5,1", "1,2,3,4", "1,2,", "1,2,-3", ""] {
            assert!(
                parsed(wrong).unwrap_err().contains("three numbers"),
                "{wrong}"
            );
        }
    }
}
