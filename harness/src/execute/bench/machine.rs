//! The machine: what it is and how busy.

use std::path::Path;

use sysinfo::System;

use super::cores;
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
    own: Option<u64>,
}

impl Watch {
    /// Begins.
    pub fn start() -> Watch {
        Watch {
            load: load(),
            ticks: Ticks::now(),
            own: own_ticks(),
        }
    }

    /// How the machine was since the start.
    pub fn end(&self) -> Conditions {
        let passed = self.ticks.zip(Ticks::now());
        let own = self.own.zip(own_ticks());
        Conditions {
            load: [self.load, load()],
            others: passed.zip(own).and_then(|((then, now), (before, own))| {
                now.others_since(then, own.checked_sub(before)?)
            }),
            steal: passed.and_then(|(then, now)| now.steal_since(then)),
            counters: Path::new("/sys/bus/event_source/devices/cpu").exists(),
        }
    }
}

/// The load average of the last minute; 0 where there is none.
fn load() -> f64 {
    System::load_average().map_or(0.0, |load| load.one)
}

/// Ticks that this process worked, and those that it started and that have ended:
/// `/proc/self/stat`, described in proc_pid_stat(5).
fn own_ticks() -> Option<u64> {
    own_of(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// `pid (name) state …`: the name may hold anything, and the 14th to the 17th word are
/// `utime stime cutime cstime`.
fn own_of(stat: &str) -> Option<u64> {
    let (_, behind) = stat.rsplit_once(')')?;
    let words = behind.split_whitespace().skip(11).take(4);
    let ticks: Vec<u64> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    (ticks.len() == 4).then(|| ticks.iter().sum())
}

/// Time since boot by what it was spent on, in ticks of all cores together that this
/// process may use: `/proc/stat`, described in proc_stat(5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ticks {
    cores: u64,
    total: u64,
    idle: u64,
    steal: u64,
}

impl Ticks {
    fn now() -> Option<Ticks> {
        Ticks::parse(
            &std::fs::read_to_string("/proc/stat").ok()?,
            &cores::usable(),
        )
    }

    /// `cpuN user nice system idle iowait irq softirq steal guest guest_nice`, a line for
    /// each core.
    fn parse(text: &str, usable: &[usize]) -> Option<Ticks> {
        let mut all = Ticks::default();
        for line in text.lines() {
            let number = line
                .strip_prefix("cpu")
                .and_then(|rest| rest.split(' ').next());
            let core = number.and_then(|number| number.parse().ok());
            if core.is_some_and(|core| usable.contains(&core)) {
                all.add(line)?;
            }
        }
        Some(all).filter(|all| all.cores > 0)
    }

    fn add(&mut self, line: &str) -> Option<()> {
        // Guest time is part of user time already.
        let words = line.split_whitespace().skip(1).take(8);
        let ticks: Vec<u64> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
        self.cores += 1;
        self.total += ticks.iter().sum::<u64>();
        self.idle += *ticks.get(3)? + *ticks.get(4)?;
        self.steal += *ticks.get(7)?;
        Some(())
    }

    /// Cores that worked since `then`, on average, but for so many ticks of our own.
    fn others_since(self, then: Ticks, own: u64) -> Option<f64> {
        let worked = |ticks: Ticks| ticks.total.checked_sub(ticks.idle + ticks.steal);
        let others = worked(self)?.checked_sub(worked(then)?)?;
        // Both are sampled, and may be a tick apart.
        let others = others.saturating_sub(own);
        let total = self.total.checked_sub(then.total);
        let total = total.filter(|total| *total > 0)?;
        Some(others as f64 / total as f64 * self.cores as f64)
    }

    /// The share of the time since `then` that was given to other machines.
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
        let read = |line: &str| Ticks::parse(line, &[0]);
        let then = read("cpu0 100 0 50 850 0 0 0 10 0 0").unwrap();
        let now = read("cpu0 150 0 50 890 0 0 0 20 5 0").unwrap();
        assert_eq!(now.steal_since(then), Some(0.1));
        assert_eq!(then.steal_since(now), None, "the clock was set back");
        assert_eq!(then.steal_since(then), None, "no time has passed");
        assert_eq!(read("cpu 1 2 3 4 5 6 7 8"), None, "no core of ours");
        assert_eq!(read("cpu0 1 2 3"), None, "an old kernel");
    }

    #[test]
    fn what_others_worked_is_what_was_worked_and_not_by_us() {
        let read = |one: &str, other: &str| {
            let text =
                format!("cpu  9 9 9 9 9 9 9 9\ncpu0 {one}\ncpu1 9 9 9 9\ncpu10 {other}\nintr 5");
            Ticks::parse(&text, &[0, 10]).unwrap()
        };
        let then = read("60 0 20 500 50 0 0 10 0 0", "40 0 30 300 0 0 0 0 0 0");
        // 200 ticks of two cores: 120 idle, 20 stolen, 60 worked, 40 of them by us.
        let now = read("90 10 30 500 70 5 5 30 5 0", "40 0 30 400 0 0 0 0 0 0");
        assert_eq!(now.others_since(then, 40), Some(0.2));
        assert_eq!(now.others_since(then, 61), Some(0.0));
        assert_eq!(then.others_since(then, 0), None, "no time has passed");
        let stat = "7 (a) b (c)) R 1 7 7 0 -1 4194304 1 2 3 4 100 20 3000 400 20 0 1 0";
        assert_eq!(own_of(stat), Some(3520));
        assert_eq!(own_of("7 (a) R 1 2 3"), None);
    }

    /// Somebody else works all the time.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_that_is_not_ours_is_somebody_else() {
        let mut other = std::process::Command::new("sh");
        let mut other = other.args(["-c", "while :; do :; done"]).spawn().unwrap();
        let watch = Watch::start();
        std::thread::sleep(std::time::Duration::from_millis(400));
        let seen = watch.end();
        other.kill().unwrap();
        other.wait().unwrap();
        // Its time is not ours as long as it has not ended.
        assert!(seen.others.is_some_and(|others| others > 0.1), "{seen:?}");
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
