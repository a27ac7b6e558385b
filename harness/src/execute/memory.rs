//! The memory of a process under test.

use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// How often a process's memory is looked at while it works.
pub(super) const MEMORY_CHECK: Duration = Duration::from_millis(100);

/// Looks at the memory a process has resident.
pub(super) struct MemoryWatch {
    pid: Pid,
    limit: u64,
    system: System,
    next: Instant,
}

impl MemoryWatch {
    pub(super) fn new(pid: u32, limit: u64) -> Result<MemoryWatch, String> {
        let system =
            System::new().map_err(|error| format!("its memory cannot be watched: {error}"))?;
        Ok(MemoryWatch {
            pid: Pid::from_u32(pid),
            limit,
            system,
            next: Instant::now(),
        })
    }

    /// What to say of a process that has too much; looked up now and then.
    pub(super) fn exceeded(&mut self) -> Option<String> {
        if Instant::now() < self.next {
            return None;
        }
        self.next = Instant::now() + MEMORY_CHECK;
        self.system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[self.pid]),
            false,
            ProcessRefreshKind::nothing().with_memory(),
        );
        let resident = self.system.process(self.pid)?.memory();
        (resident > self.limit).then(|| {
            format!(
                "it has {} MiB of memory resident and may have {} MiB",
                resident >> 20,
                self.limit >> 20
            )
        })
    }
}
