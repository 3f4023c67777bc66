//! The owner's side of its guests: other processes that come by the socket, hear what changed, and may die.

use super::guard::THREAD;
use super::job::{Job, To};
use super::op::Changed;
use super::socket::{self, ToGuest, ToOwner};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// Answers and notices that may wait for a guest that does not read; more, and it is sent away.
const LINE: usize = 4096;
/// A process that let go of the socket is on its way out, or alive and back soon: when it is looked after.
const LOOKS: [Duration; 3] = [Duration::from_millis(50), Duration::from_secs(1), Duration::from_secs(5)];

struct Guest {
    number: u64,
    line: SyncSender<ToGuest>,
    stream: UnixStream,
}

pub(super) struct Guests {
    here: Vec<Guest>,
    greeted: u64,
    jobs: Sender<Job>,
}

impl Guests {
    pub(super) fn new(jobs: Sender<Job>) -> Self {
        Self { here: Vec::new(), greeted: 0, jobs }
    }

    pub(super) fn count(&self) -> usize {
        self.here.len()
    }

    pub(super) fn left(&mut self, number: u64) {
        self.here.retain(|guest| guest.number != number);
    }

    /// Who does not read what it is told is sent away.
    pub(super) fn tell(&mut self, change: &Changed) {
        self.here.retain(|guest| {
            let reads = guest.line.try_send(ToGuest::Changed(change.clone())).is_ok();
            if !reads {
                let _ = guest.stream.shutdown(Shutdown::Both);
            }
            reads
        });
    }

    pub(super) fn send_away(&mut self) {
        for guest in self.here.drain(..) {
            let _ = guest.stream.shutdown(Shutdown::Both);
        }
    }

    /// A thread that reads what a guest asks, and one that writes what it is answered: a slow guest stops nobody.
    pub(super) fn welcome(&mut self, stream: UnixStream) {
        let number = self.greeted;
        self.greeted += 1;
        let (line, frames) = mpsc::sync_channel(LINE);
        let (Ok(mut reading), Ok(mut writing)) = (stream.try_clone(), stream.try_clone()) else {
            return;
        };
        let (jobs, to) = (self.jobs.clone(), line.clone());
        let reader = thread::Builder::new().name(format!("{THREAD}-guest")).spawn(move || {
            if socket::receive::<ToOwner>(&mut reading).is_ok_and(|hello| hello.greets()) {
                while let Ok(asked) = socket::receive::<ToOwner>(&mut reading) {
                    let id = match &asked {
                        ToOwner::Write { id, .. } | ToOwner::Read { id, .. } => *id,
                        ToOwner::Hello { .. } => break,
                    };
                    let to = To::Guest { id, line: to.clone() };
                    if Job::of(asked, to).is_none_or(|job| jobs.send(job).is_err()) {
                        break;
                    }
                }
            }
            let _ = reading.shutdown(Shutdown::Both);
            let _ = jobs.send(Job::GuestGone(number));
        });
        let writer = thread::Builder::new().name(format!("{THREAD}-guest")).spawn(move || {
            if socket::send(&mut writing, &ToGuest::HELLO).is_ok() {
                for frame in frames {
                    if socket::send(&mut writing, &frame).is_err() {
                        break;
                    }
                }
            }
            let _ = writing.shutdown(Shutdown::Both);
        });
        if reader.is_ok() && writer.is_ok() {
            self.here.push(Guest { number, line, stream });
        } else {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// When it is looked next whether a guest that went away has died, soonest last.
#[derive(Default)]
pub(super) struct Looks(Vec<Instant>);

impl Looks {
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.last().copied()
    }

    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        self.0.pop_if(|at| *at <= now).is_some()
    }

    pub(super) fn one_left(&mut self, now: Instant) {
        // what is due soon stays due: where guests come and go without end it would never be
        let soon = self.0.pop();
        self.0 = LOOKS.iter().rev().map(|after| now + *after).collect();
        let next = self.next();
        self.0.extend(soon.filter(|soon| next.is_none_or(|next| *soon < next)));
    }
}

/// The thread at the door.
pub(super) fn accept(listener: UnixListener, jobs: Sender<Job>, closing: Arc<AtomicBool>) {
    let thread = thread::Builder::new().name(format!("{THREAD}-door"));
    // without it other processes find the store busy, and say so
    let _ = thread.spawn(move || {
        for stream in listener.incoming() {
            if closing.load(Ordering::Acquire) {
                return;
            }
            if let Ok(stream) = stream
                && jobs.send(Job::Guest(stream)).is_err()
            {
                return;
            }
        }
    });
}
