//! Which process wrote something, and whether it still runs: a request that its process left open was killed.

use serde::{Deserialize, Serialize};

/// A process, told apart from a later one with the same number by when it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    pid: u32,
    /// In clock ticks since boot; 0 where the system does not say.
    started: u64,
}

impl Writer {
    pub(super) fn me() -> Self {
        let pid = std::process::id();
        Self { pid, started: started(pid) }
    }

    pub(super) fn lives(self) -> bool {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw) else {
            return false;
        };
        match rustix::process::test_kill_process(pid) {
            Err(rustix::io::Errno::SRCH) => false,
            _ => started(self.pid) == self.started,
        }
    }
}

/// The 22nd field of `/proc/PID/stat`, counted behind the name, which may hold anything. A process that has ended and
/// was not waited for yet never started.
fn started(pid: u32) -> u64 {
    let field = |stat: String| {
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let ended = fields.next().is_none_or(|state| matches!(state, "Z" | "X"));
        if ended { Some(ENDED) } else { fields.nth(18)?.parse().ok() }
    };
    std::fs::read_to_string(format!("/proc/{pid}/stat")).ok().and_then(field).unwrap_or(0)
}

/// No process starts then.
const ENDED: u64 = u64::MAX;
