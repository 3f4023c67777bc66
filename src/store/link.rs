//! What the store's thread is to the files: their owner, or the guest of the process that is, one after the other.

use super::StoreError;
use super::guard::pause;
use super::guest::{Ended, Guest};
use super::handle::Options;
use super::job::Job;
use super::op::Changed;
use super::owner::Owner;
use super::place::{Place, privately};
use super::writer::Writer;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::broadcast;

/// What a handle needs of the thread behind it.
pub(super) struct Link {
    pub jobs: Sender<Job>,
    pub changed: broadcast::Sender<Changed>,
    pub me: Writer,
    pub thread: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        // the thread is gone already: nothing to close
        let _ = self.jobs.send(Job::Close);
    }
}

/// What this process is to the files.
pub(super) enum Role {
    Owner(Box<Owner>),
    Guest(Guest),
}

impl Link {
    /// Owner if nobody is, else guest of whoever is.
    pub fn acquire(
        &self,
        place: &Place,
        options: &Options,
        number: u64,
    ) -> Result<(Role, Vec<String>), StoreError> {
        let until = Instant::now() + options.wait;
        loop {
            let locked = privately(|| {
                place.prepare()?;
                place.lock()
            });
            let locked = match locked {
                // whoever holds the lock decides about damage
                Err(StoreError::Damaged(_)) => privately(|| place.lock()),
                other => other,
            };
            if let Some(lock) = locked? {
                let (jobs, changed) = (self.jobs.clone(), self.changed.clone());
                let owner = privately(|| Owner::open(place.clone(), options.clone(), lock, jobs, changed));
                let (owner, notices) = owner?;
                return Ok((Role::Owner(Box::new(owner)), notices));
            }
            if let Ok(stream) = place.connect()
                && let Ok(guest) = Guest::greet(stream, number, self.jobs.clone(), self.changed.clone())
            {
                return Ok((Role::Guest(guest), Vec::new()));
            }
            if Instant::now() >= until {
                return Err(place.busy());
            }
            pause();
        }
    }
}

/// The life of the store's thread: a guest whose owner goes away becomes owner itself, or guest of the next one.
pub(super) fn live(
    link: &Link,
    mut role: Role,
    place: Option<&Place>,
    options: &Options,
    queue: &Receiver<Job>,
) {
    let mut left = VecDeque::new();
    for number in 1.. {
        match role {
            Role::Owner(mut owner) => {
                if number > 1
                    && let Err(error) = owner.close_orphans()
                {
                    let _ = link.changed.send(Changed::Notice(error.to_string()));
                }
                return owner.run(queue, left);
            }
            Role::Guest(guest) => match guest.run(queue, left) {
                Ended::Closed => return,
                Ended::Lost(unanswered) => left = unanswered,
            },
        }
        let Some(place) = place else {
            return;
        };
        match link.acquire(place, options, number) {
            Ok((next, notices)) => {
                for notice in notices {
                    let _ = link.changed.send(Changed::Notice(notice));
                }
                role = next;
            }
            Err(error) => {
                let _ = link.changed.send(Changed::Notice(error.to_string()));
                for job in left {
                    if let Job::Write { to, .. } | Job::Read { to, .. } = job {
                        to.tell(Err(error.clone()));
                    }
                }
                return;
            }
        }
    }
}
