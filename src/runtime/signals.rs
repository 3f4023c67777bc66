//! Signals as things to wait for.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end or stop us.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    resume: Signal,
    resized: Signal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caught {
    /// SIGINT
    Interrupt,
    /// SIGTERM
    Terminate,
    /// SIGHUP: the terminal is gone.
    Hangup,
    /// SIGCONT: we were stopped and go on.
    Resume,
    /// SIGWINCH: the terminal has another size.
    Resized,
}

impl Signals {
    /// From here on these signals no longer end the process by themselves. Call it inside the runtime.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            resume: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            resized: signal(SignalKind::window_change())?,
        })
    }

    /// The next one. Loses nothing when it is dropped while waiting.
    pub async fn next(&mut self) -> Caught {
        tokio::select! {
            _ = self.interrupt.recv() => Caught::Interrupt,
            _ = self.terminate.recv() => Caught::Terminate,
            _ = self.hangup.recv() => Caught::Hangup,
            _ = self.resume.recv() => Caught::Resume,
            _ = self.resized.recv() => Caught::Resized,
        }
    }

    /// Waits until somebody wants an end.
    pub async fn end(&mut self) -> Caught {
        loop {
            match self.next().await {
                Caught::Resume | Caught::Resized => {}
                end => return end,
            }
        }
    }
}
