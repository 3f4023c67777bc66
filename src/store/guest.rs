//! A guest: a process that found the store taken and asks its owner over the socket, without its callers noticing.

use super::guard::THREAD;
use super::job::{Job, To};
use super::op::Changed;
use super::socket::{self, ToGuest, ToOwner};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::Duration;
use tokio::sync::broadcast;

pub(super) struct Guest {
    /// Which connection this is: words of an earlier one come late.
    number: u64,
    stream: UnixStream,
    changed: broadcast::Sender<Changed>,
    /// Sent and not answered yet, in order.
    waiting: BTreeMap<u64, (ToOwner, To)>,
    sent: u64,
}

/// How a guest's time ends.
pub(super) enum Ended {
    Closed,
    /// The owner is gone; what it did not answer, in order.
    Lost(VecDeque<Job>),
}

impl Guest {
    /// Greets an owner. One of another version closes the door.
    pub(super) fn greet(
        mut stream: UnixStream,
        number: u64,
        jobs: Sender<Job>,
        changed: broadcast::Sender<Changed>,
    ) -> io::Result<Self> {
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket::send(&mut stream, &ToOwner::HELLO)?;
        if !socket::receive::<ToGuest>(&mut stream)?.greets() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        stream.set_read_timeout(None)?;
        let mut reading = stream.try_clone()?;
        thread::Builder::new().name(format!("{THREAD}-owner")).spawn(move || {
            loop {
                let heard = socket::receive(&mut reading).ok().map(Box::new);
                let over = heard.is_none();
                if jobs.send(Job::Heard(number, heard)).is_err() || over {
                    return;
                }
            }
        })?;
        Ok(Self { number, stream, changed, waiting: BTreeMap::new(), sent: 0 })
    }

    pub(super) fn run(mut self, jobs: &Receiver<Job>, mut left: VecDeque<Job>) -> Ended {
        loop {
            let job = left.pop_front().unwrap_or_else(|| jobs.recv().unwrap_or(Job::Close));
            let alive = match job {
                Job::Write { writes, by, to } => self.ask(|id| ToOwner::Write { id, by, writes }, to),
                Job::Read { op, to } => self.ask(|id| ToOwner::Read { id, op }, to),
                Job::Heard(number, _) if number != self.number => true,
                Job::Heard(_, None) => false,
                Job::Heard(_, Some(heard)) => {
                    self.hear(*heard);
                    true
                }
                Job::Guest(stream) => {
                    let _ = stream.shutdown(Shutdown::Both);
                    true
                }
                Job::GuestGone(_) => true,
                Job::Close => {
                    self.finish(jobs);
                    return Ended::Closed;
                }
            };
            if !alive {
                let _ = self.stream.shutdown(Shutdown::Both);
                let unanswered = self.waiting.into_values().filter_map(|(asked, to)| Job::of(asked, to));
                return Ended::Lost(unanswered.chain(left).collect());
            }
        }
    }

    fn ask(&mut self, frame: impl FnOnce(u64) -> ToOwner, to: To) -> bool {
        let id = self.sent;
        self.sent += 1;
        let frame = frame(id);
        let sent = socket::send(&mut self.stream, &frame).is_ok();
        self.waiting.insert(id, (frame, to));
        sent
    }

    fn hear(&mut self, heard: ToGuest) {
        match heard {
            ToGuest::Answer { id, answer } => {
                if let Some((_, to)) = self.waiting.remove(&id) {
                    to.tell(answer);
                }
            }
            // nobody listens: nobody is told
            ToGuest::Changed(change) => drop(self.changed.send(change)),
            ToGuest::Hello { .. } => {}
        }
    }

    /// Closing waits for what was asked before.
    fn finish(&mut self, jobs: &Receiver<Job>) {
        while !self.waiting.is_empty() {
            match jobs.recv_timeout(Duration::from_secs(5)) {
                Ok(Job::Heard(number, Some(heard))) if number == self.number => self.hear(*heard),
                Ok(Job::Heard(number, None)) if number == self.number => break,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}
