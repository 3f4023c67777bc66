//! Reads the keyboard: the terminal's bytes as inputs, on the loop's own thread, so that a key is painted without a hand-over.

use crate::tui::{Input, Keyboard};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::Instant;

/// How long the rest of an escape sequence may take before its Esc is a key: one packet of a bad line.
const REST: Duration = Duration::from_millis(30);
/// At most so much is taken at once, so that a paste does not keep frames waiting.
const PIECE: usize = 64 * 1024;

pub struct Reader {
    file: AsyncFd<OwnedFd>,
    keyboard: Keyboard,
    /// When an open sequence is taken for what it looks like.
    patience: Option<Instant>,
}

impl Reader {
    /// Reads standard input, which is a terminal. Call it inside the runtime.
    pub fn new() -> io::Result<Self> {
        let stdin = rustix::stdio::stdin().try_clone_to_owned()?;
        #[allow(deprecated, reason = "it owns the descriptor, which the new name asks for with `unsafe`")]
        let file = AsyncFd::with_interest(stdin, Interest::READABLE)?;
        Ok(Self { file, keyboard: Keyboard::default(), patience: None })
    }

    /// All that has come, at least one; waits for it. `None`: the terminal is gone. Loses nothing when it is dropped
    /// while waiting.
    pub async fn next(&mut self) -> Option<Vec<Input>> {
        let mut inputs = Vec::new();
        loop {
            let ready = match self.patience {
                Some(until) => tokio::time::timeout_at(until, self.file.readable()).await.ok(),
                None => Some(self.file.readable().await),
            };
            let Some(ready) = ready else {
                self.patience = None;
                self.keyboard.flush(&mut inputs);
                if inputs.is_empty() {
                    continue;
                }
                return Some(inputs);
            };
            let mut ready = ready.ok()?;
            let mut buffer = [0; 4096];
            let mut taken = 0;
            while taken < PIECE {
                if !has_bytes(ready.get_inner()) {
                    ready.clear_ready();
                    break;
                }
                match rustix::io::read(ready.get_inner(), &mut buffer) {
                    Ok(0) => return None,
                    Ok(n) => {
                        taken += n;
                        self.keyboard.feed(&buffer[..n], &mut inputs);
                    }
                    Err(rustix::io::Errno::INTR) => {}
                    Err(rustix::io::Errno::AGAIN) => {
                        ready.clear_ready();
                        break;
                    }
                    Err(_) => return None,
                }
            }
            self.patience = self.keyboard.is_open().then(|| Instant::now() + REST);
            if !inputs.is_empty() {
                return Some(inputs);
            }
        }
    }

    /// Throws away what comes within this time: an answer that was asked for must not reach the shell as typed text.
    pub fn drain(&self, patience: Duration) {
        let until = std::time::Instant::now() + patience;
        let mut buffer = [0; 256];
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() || !waits_for(self.file.get_ref(), left) {
                return;
            }
            if !matches!(rustix::io::read(self.file.get_ref(), &mut buffer), Ok(1..)) {
                return;
            }
        }
    }
}

/// The terminal's file may be shared with others that make it wait or not: asked before each read.
fn has_bytes(file: &OwnedFd) -> bool {
    waits_for(file, Duration::ZERO)
}

fn waits_for(file: &OwnedFd, time: Duration) -> bool {
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(0),
        tv_nsec: i64::from(time.subsec_nanos()),
    };
    matches!(poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&time)), Ok(1..))
}
