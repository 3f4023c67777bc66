//! The owner: the one thread of all processes that touches the files. It takes what has come, writes it in one
//! batch, flushes, and only then says so; reads see every write that came before them.

mod reads;

use super::apply::apply;
use super::disk::Disk;
use super::export::{self, Copying};
use super::guard::caught;
use super::guests::{self, Guests, Looks};
use super::job::{Job, To};
use super::op::{Changed, Found};
use super::place::Place;
use super::till::Till;
use super::txn::Txn;
use super::writer::Writer;
use super::{Options, StoreError, Write, orphans, rescue, search};
use crate::words::OpenRow;
use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// Jobs that share one flush.
const BATCH: usize = 256;
/// How long nothing must have been asked before the daily copy is made, and between two pages of it.
const REST: Duration = Duration::from_secs(2);
const SLICE: Duration = Duration::from_millis(5);
/// Bytes copied for each byte that comes to a journal that is too long meanwhile: the copy comes to an end.
const PACE: u64 = 4;
/// A copy is not made anew for less than this part of it.
const SHARE: u64 = 2;

pub(super) struct Owner {
    place: Option<Place>,
    options: Options,
    /// `None`: the last batch failed; opened again with the next one.
    disk: Option<Disk>,
    changed: broadcast::Sender<Changed>,
    guests: Guests,
    /// An earlier version wrote a part of the index.
    renewing: bool,
    copying: Option<Copying>,
    copy_due: bool,
    /// Bytes the journal may have now.
    room: u64,
    till: Till,
    looks: Looks,
    closing: Arc<AtomicBool>,
    // dropped last: the files are closed before another may open them
    _lock: Option<File>,
}

impl Owner {
    pub(super) fn memory(jobs: Sender<Job>, changed: broadcast::Sender<Changed>, options: Options) -> Self {
        Self {
            place: None,
            options,
            renewing: false,
            disk: Some(Disk::memory()),
            changed,
            guests: Guests::new(jobs),
            copying: None,
            copy_due: false,
            room: u64::MAX,
            till: Till::default(),
            looks: Looks::default(),
            closing: Arc::default(),
            _lock: None,
        }
    }

    /// Opens the files under the lock. Guests may come before that is done: they wait.
    pub(super) fn open(
        place: Place,
        options: Options,
        lock: File,
        jobs: Sender<Job>,
        changed: broadcast::Sender<Changed>,
    ) -> Result<(Self, Vec<String>), StoreError> {
        let mut notices = Vec::new();
        let closing = Arc::<AtomicBool>::default();
        match place.listen() {
            Ok(listener) => guests::accept(listener, jobs.clone(), closing.clone()),
            Err(error) => {
                notices.push(format!("Other fareway processes cannot share this history: {error}."));
            }
        }
        let (disk, said) = rescue::open(&place, options.patience)?;
        notices.extend(said);
        let copy_due = options.daily_export && export::due(&place);
        let room = options.journal.max(export::newest(&place) / SHARE);
        let owner = Self {
            place: Some(place),
            options,
            renewing: search::outdated(&disk),
            disk: Some(disk),
            changed,
            guests: Guests::new(jobs),
            copying: None,
            copy_due,
            room,
            till: Till::default(),
            looks: Looks::default(),
            closing,
            _lock: Some(lock),
        };
        Ok((owner, notices))
    }

    /// Serves until it is told to close. `left`: what the owner before us left unanswered.
    pub(super) fn run(mut self, jobs: &Receiver<Job>, mut left: VecDeque<Job>) {
        loop {
            let job = match left.pop_front() {
                Some(job) => job,
                None => match self.next(jobs) {
                    Some(job) => job,
                    None => {
                        self.look();
                        continue;
                    }
                },
            };
            let mut batch = vec![job];
            while batch.len() < BATCH
                && let Some(job) = left.pop_front().or_else(|| jobs.try_recv().ok())
            {
                batch.push(job);
            }
            if self.serve(batch) {
                self.close();
                return;
            }
            self.shorten();
            self.look();
        }
    }

    /// The next job; in the pauses, a slice of what can wait.
    fn next(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        let copy = match (&self.copying, self.copy_due) {
            (Some(_), _) => Some(SLICE),
            (None, true) => Some(REST),
            (None, false) => None,
        };
        let renew = self.renewing.then_some(SLICE);
        let look = self.looks.next().map(|at| at.saturating_duration_since(Instant::now()));
        let Some(pause) = copy.into_iter().chain(renew).chain(look).min() else {
            return Some(jobs.recv().unwrap_or(Job::Close));
        };
        match jobs.recv_timeout(pause) {
            Ok(job) => Some(job),
            Err(RecvTimeoutError::Disconnected) => Some(Job::Close),
            Err(RecvTimeoutError::Timeout) => {
                if renew == Some(pause) {
                    self.renew();
                } else if copy == Some(pause) {
                    self.copy();
                }
                None
            }
        }
    }

    /// A piece of an index that was written by an earlier version.
    fn renew(&mut self) {
        let disk = self.disk.as_mut();
        let renewed = disk.map_or(Ok(false), |disk| {
            caught(|| {
                let changes = search::renew(disk)?;
                if changes.is_empty() {
                    return Ok(false);
                }
                disk.commit(changes, &[]).map(|()| true)
            })
        });
        self.renewing = match renewed {
            Ok(more) => more,
            Err(error) => {
                // what is left is found as it was written; the next start tries again
                self.let_go();
                self.notice(format!("The index of the search was not renewed: {error}."));
                false
            }
        };
    }

    /// A page of a copy, while the journal is too long and that copy is slower than it grows: nobody may pause.
    fn shorten(&mut self) {
        while let Some(journal) = self.disk.as_mut().and_then(Disk::journal)
            && journal.bytes() > self.room
            && self.copying.as_ref().is_none_or(|copying| copying.bytes() < PACE * journal.since())
        {
            self.copy();
        }
    }

    fn copy(&mut self) {
        if let Err(error) = caught(|| self.copy_step()) {
            self.copying = None;
            self.copy_due = false;
            // not at once again
            let journal = self.disk.as_mut().and_then(Disk::journal).map_or(0, |journal| journal.bytes());
            self.room = self.room.max(journal) + self.options.journal;
            self.notice(format!("The copy of the history was not made: {error}."));
        }
    }

    fn copy_step(&mut self) -> Result<(), StoreError> {
        let (Some(place), Some(disk)) = (&self.place, &mut self.disk) else {
            self.copy_due = false;
            return Ok(());
        };
        let copying = match &mut self.copying {
            Some(copying) => copying,
            none => none.insert(Copying::begin(disk, place)?),
        };
        if copying.step(disk, place)?.is_some() {
            self.room = self.options.journal.max(copying.bytes() / SHARE);
            self.copying = None;
            self.copy_due = false;
        }
        Ok(())
    }

    /// Whether it is time to close.
    fn serve(&mut self, batch: Vec<Job>) -> bool {
        let mut writes = Vec::new();
        let mut reads = Vec::new();
        let mut close = false;
        for job in batch {
            match job {
                Job::Write { writes: some, by, to } => writes.push((some, by, to)),
                Job::Read { op, to } => reads.push((op, to)),
                Job::Guest(stream) => self.guests.welcome(stream),
                Job::GuestGone(number) => {
                    self.guests.left(number);
                    self.looks.one_left(Instant::now());
                }
                Job::Heard(..) => {}
                Job::Close => close = true,
            }
        }
        if !writes.is_empty() {
            self.write(writes);
        }
        for (op, to) in reads {
            let answer = self.read(&op);
            to.tell(answer);
        }
        close
    }

    fn write(&mut self, jobs: Vec<(Vec<Write>, Writer, To)>) {
        let result = match self.try_write(&jobs) {
            // the files are new now: the same again
            Err(StoreError::Damaged(why)) => self.heal(&why).and_then(|()| self.try_write(&jobs)),
            other => other,
        };
        if let Err(error) = &result {
            // sled takes nothing more after a failed write; the next batch opens it again
            self.let_go();
            self.notice(error.to_string());
        }
        for (_, _, to) in jobs {
            to.tell(result.clone().map(|()| Found::Done));
        }
        if result.is_ok() {
            self.copy_due = self.copy_due
                || self.copying.is_none()
                    && self.options.daily_export
                    && self.place.as_ref().is_some_and(export::due);
        }
    }

    fn try_write(&mut self, jobs: &[(Vec<Write>, Writer, To)]) -> Result<(), StoreError> {
        let disk = self.disk()?;
        let changed = caught(|| {
            let mut txn = Txn::new(disk);
            for (writes, by, _) in jobs {
                for write in writes {
                    apply(&mut txn, write, *by)?;
                }
            }
            let (changes, changed, booked) = txn.finish()?;
            let said: Vec<_> = jobs.iter().map(|(writes, by, _)| (*by, writes.as_slice())).collect();
            disk.commit(changes, &said)?;
            while search::pending(disk)? {
                let changes = search::seal(disk)?;
                disk.commit(changes, &[])?;
            }
            Ok((changed, booked))
        })?;
        let (changed, booked) = changed;
        self.till.booked(&booked);
        if jobs.iter().any(|(writes, ..)| writes.contains(&Write::RebuildRollups)) {
            self.till.recount();
        }
        for change in changed {
            self.tell_all(change);
        }
        Ok(())
    }

    /// The files, opened again if the last batch failed.
    fn disk(&mut self) -> Result<&mut Disk, StoreError> {
        if self.disk.is_none() {
            let Some(place) = &self.place else {
                return Err(StoreError::Closed);
            };
            let (disk, notices) = rescue::open(place, self.options.patience)?;
            self.disk = Some(disk);
            for notice in notices {
                self.notice(notice);
            }
        }
        self.disk.as_mut().ok_or(StoreError::Closed)
    }

    fn heal(&mut self, why: &str) -> Result<(), StoreError> {
        let Some(place) = self.place.clone() else {
            return Err(StoreError::Damaged(why.to_owned()));
        };
        self.copying = None;
        self.till.recount();
        self.let_go();
        let (disk, notices) = rescue::anew(&place, why, self.options.patience)?;
        self.disk = Some(disk);
        for notice in notices {
            self.notice(notice);
        }
        Ok(())
    }

    /// Looks after guests that went away, when it is time.
    fn look(&mut self) {
        if self.looks.is_due(Instant::now())
            && let Err(error) = self.close_orphans()
        {
            self.notice(error.to_string());
        }
    }

    /// Books what processes that are gone left open, and frees what they had set aside; the open rows.
    pub(super) fn close_orphans(&mut self) -> Result<Vec<OpenRow>, StoreError> {
        match self.try_close_orphans() {
            Err(StoreError::Damaged(why)) => {
                self.heal(&why)?;
                self.try_close_orphans()
            }
            other => other,
        }
    }

    fn try_close_orphans(&mut self) -> Result<Vec<OpenRow>, StoreError> {
        let disk = self.disk()?;
        let (rows, writes) = caught(|| orphans::find(disk))?;
        if !writes.is_empty() {
            self.try_write(&[(writes, Writer::me(), To::Nobody)])?;
        }
        self.till.sweep();
        Ok(rows)
    }

    fn notice(&mut self, text: String) {
        self.tell_all(Changed::Notice(text));
    }

    fn tell_all(&mut self, change: Changed) {
        self.guests.tell(&change);
        // nobody listens: nobody is told
        let _ = self.changed.send(change);
    }

    fn close(mut self) {
        self.closing.store(true, Ordering::Release);
        self.guests.send_away();
        if let Some(place) = &self.place {
            // wakes the thread that accepts
            drop(place.connect());
            place.forget_socket();
        }
        self.let_go();
    }

    /// Closes the files; damaged ones may panic at that too.
    fn let_go(&mut self) {
        let disk = self.disk.take();
        let _ = caught(|| {
            drop(disk);
            Ok(())
        });
    }
}
