//! The machine: what it is and how busy.

use std::path::Path;

use sysinfo::System;

use crate::model::bench::{Conditions, Fingerprint};

/// What identifies the machine. `profile` is the worker's. What cannot be read
/// is left empty, and so differs from no other machine of that kind.
pub fn fingerprint(profile: &str) -> Fingerprint {
    let mut cpu = String::new();
    let mut memory_mib = 0;
    if let Ok(mut system) = System::new() {
        system.refresh_memory();
        system.refresh_cpu_all();
        let first = system.cpus().first();
        cpu = first.map_or_else(String::new, |cpu| cpu.brand().trim().to_owned());
        memory_mib = system.total_memory() >> 20;
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Fingerprint {
        cpu,
        cores: u32::try_from(cores).unwrap_or(u32::MAX),
        arch: std::env::consts::ARCH.to_owned(),
        os: std::env::consts::OS.to_owned(),
        kernel: System::kernel_version().unwrap_or_default(),
        governor: first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        memory_mib,
        profile: profile.to_owned(),
    }
}

/// Watches how busy the machine is from its making to [`Watch::end`].
#[derive(Debug)]
pub struct Watch {
    load: f64,
    ticks: Option<Ticks>,
}

impl Watch {
    /// Begins.
    pub fn start() -> Watch {
        Watch {
            load: load(),
            ticks: first_line("/proc/stat").as_deref().and_then(Ticks::parse),
        }
    }

    /// How the machine was since the start.
    pub fn end(&self) -> Conditions {
        let now = first_line("/proc/stat").as_deref().and_then(Ticks::parse);
        Conditions {
            load: [self.load, load()],
            steal: self
                .ticks
                .zip(now)
                .and_then(|(then, now)| now.steal_since(then)),
            counters: Path::new("/sys/bus/event_source/devices/cpu").exists(),
        }
    }
}

/// The load average of the last minute; 0 where there is none.
fn load() -> f64 {
    System::load_average().map_or(0.0, |load| load.one)
}

/// Time since boot by what it was spent on, in ticks: the first line of
/// `/proc/stat`, described in proc_stat(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ticks {
    total: u64,
    steal: u64,
}

impl Ticks {
    /// `cpu  user nice system idle iowait irq softirq steal guest guest_nice`.
    fn parse(line: &str) -> Option<Ticks> {
        let mut words = line.split_whitespace();
        if words.next()? != "cpu" {
            return None;
        }
        // Guest time is part of user time already.
        let ticks: Vec<u64> = words
            .take(8)
            .map(|word| word.parse().ok())
            .collect::<Option<_>>()?;
        Some(Ticks {
            total: ticks.iter().sum(),
            steal: *ticks.get(7)?,
        })
    }

    /// The share of the time since `then` that was given to others.
    fn steal_since(self, then: Ticks) -> Option<f64> {
        let total = self
            .total
            .checked_sub(then.total)
            .filter(|total| *total > 0)?;
        let steal = self.steal.checked_sub(then.steal)?;
        Some(steal as f64 / total as f64)
    }
}

fn first_line(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stolen_time_is_a_share_of_the_time_that_passed() {
        let then = Ticks::parse("cpu  100 0 50 850 0 0 0 10 0 0").unwrap();
        let now = Ticks::parse("cpu  150 0 50 890 0 0 0 20 5 0").unwrap();
        assert_eq!(now.steal_since(then), Some(0.1));
        assert_eq!(then.steal_since(then), None, "no time has passed");
        assert_eq!(then.steal_since(now), None, "the clock was set back");
        assert_eq!(Ticks::parse("cpu0 1 2 3 4 5 6 7 8"), None);
        assert_eq!(Ticks::parse("cpu 1 2 3"), None, "an old kernel");
    }

    #[test]
    fn this_machine_has_a_name_and_cores() {
        let fingerprint = fingerprint("dev");
        assert!(fingerprint.cores > 0);
        assert_eq!(fingerprint.profile, "dev");
        assert!(!fingerprint.os.is_empty());
        let conditions = Watch::start().end();
        assert!(conditions.load.iter().all(|load| *load >= 0.0));
    }
}
