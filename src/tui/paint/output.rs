//! Bytes to the terminal without waiting for it: what it does not take now is kept, and goes out before the next frame is drawn.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The terminal's end of standard output.
#[derive(Debug)]
pub struct Output {
    file: File,
    /// What the terminal has not taken yet, from `sent` on.
    left: Vec<u8>,
    sent: usize,
}

impl Output {
    /// Opens the terminal behind standard output once more, so that not waiting for it is ours alone: the flag
    /// belongs to the open file, which the shell and our children share.
    ///
    /// # Errors
    /// Standard output cannot be had at all.
    pub fn stdout() -> io::Result<Output> {
        let stdout = rustix::stdio::stdout();
        let own = rustix::termios::ttyname(stdout, Vec::new()).and_then(|name| {
            let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
            rustix::fs::open(name.as_c_str(), flags, Mode::empty())
        });
        // not ours to open (a terminal handed over by another user): then writing may wait
        let file = own.map_or_else(|_| stdout.try_clone_to_owned(), Ok)?;
        Ok(Output::to(file))
    }

    /// Writes to this.
    pub fn to(file: OwnedFd) -> Output {
        Output { file: File::from(file), left: Vec::new(), sent: 0 }
    }

    /// Whether everything was taken.
    pub fn is_clear(&self) -> bool {
        self.left.is_empty()
    }

    /// Bytes that wait for the terminal.
    pub fn waiting(&self) -> usize {
        self.left.len() - self.sent
    }

    /// Sends these after what waits already. Never blocks.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_clear() {
            let taken = self.offer(bytes)?;
            self.left.extend_from_slice(&bytes[taken..]);
            return Ok(());
        }
        self.left.extend_from_slice(bytes);
        self.push()
    }

    /// Offers again what waits.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn push(&mut self) -> io::Result<()> {
        let left = std::mem::take(&mut self.left);
        let taken = self.offer(&left[self.sent..])?;
        self.sent += taken;
        if self.sent < left.len() {
            self.left = left;
        } else {
            self.sent = 0;
        }
        Ok(())
    }

    /// Waits so long for what is left to be taken: before the terminal is given to somebody else.
    pub fn finish(&mut self, patience: std::time::Duration) {
        let wait = Timespec {
            tv_sec: i64::try_from(patience.as_secs()).unwrap_or(0),
            tv_nsec: patience.subsec_nanos().into(),
        };
        while !self.is_clear() {
            match poll(&mut [PollFd::new(&self.file, PollFlags::OUT)], Some(&wait)) {
                Ok(1..) if self.push().is_ok() => {}
                _ => return,
            }
        }
    }

    fn offer(&mut self, mut bytes: &[u8]) -> io::Result<usize> {
        let whole = bytes.len();
        while !bytes.is_empty() {
            match self.file.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => bytes = &bytes[n..],
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) => return Err(e),
            }
        }
        Ok(whole - bytes.len())
    }
}

impl AsFd for Output {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
