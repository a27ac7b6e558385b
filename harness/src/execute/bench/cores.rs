//! Which core a process works on.
//!
//! Two processes that are compared work on the same core: on a shared machine
//! one core may be slower than the other for seconds, because of what somebody
//! else does on it.

#[cfg(target_os = "linux")]
use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    unistd::Pid,
};

/// The cores this process may use; none where that cannot be known.
#[cfg(target_os = "linux")]
pub(super) fn usable() -> Vec<usize> {
    let Ok(set) = sched_getaffinity(Pid::from_raw(0)) else {
        return Vec::new();
    };
    (0..CpuSet::count())
        .filter(|core| set.is_set(*core).unwrap_or(false))
        .collect()
}

/// Keeps a process on a core, if the system lets us: without it times are
/// noisier and not wrong.
#[cfg(target_os = "linux")]
pub(super) fn pin(process: u32, core: usize) {
    let mut set = CpuSet::new();
    let process = i32::try_from(process).map(Pid::from_raw);
    if let (Ok(process), Ok(())) = (process, set.set(core)) {
        let _ = sched_setaffinity(process, &set);
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn usable() -> Vec<usize> {
    Vec::new()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn pin(_process: u32, _core: usize) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_stays_where_it_is_pinned() {
        let cores = usable();
        let Some(last) = cores.last().copied() else {
            panic!("this process runs on some core");
        };
        let mut child = std::process::Command::new("sleep")
            .arg("5")
            .spawn()
            .unwrap();
        pin(child.id(), last);
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        let set = sched_getaffinity(pid).unwrap();
        let allowed: Vec<_> = cores
            .iter()
            .filter(|core| set.is_set(**core).unwrap())
            .collect();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(allowed, [&last]);
    }
}
