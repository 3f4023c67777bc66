//! The owner: the one thread of all processes that touches the files. It takes what has come, writes it in one
//! batch, flushes, and only then says so; reads see every write that came before them.

use super::apply::apply;
use super::disk::Disk;
use super::export::{self, Copying};
use super::guard::{THREAD, caught};
use super::job::{Job, To};
use super::op::{Answer, Changed, Found, Info, Op};
use super::place::Place;
use super::socket::{self, ToGuest, ToOwner};
use super::till::Till;
use super::txn::Txn;
use super::writer::Writer;
use super::{Options, StoreError, Write, ledger, record, rescue, search, sessions};
use crate::words::OpenRow;
use std::collections::VecDeque;
use std::fs::File;
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// Jobs that share one flush.
const BATCH: usize = 256;
/// Answers and notices that may wait for a guest that does not read; more, and it is sent away.
const LINE: usize = 4096;
/// How long nothing must have been asked before the daily copy is made, and between two pages of it.
const REST: Duration = Duration::from_secs(2);
const SLICE: Duration = Duration::from_millis(5);
/// Bytes copied for each byte that comes to a journal that is too long meanwhile: the copy comes to an end.
const PACE: u64 = 4;
/// A copy is not made anew for less than this part of it.
const SHARE: u64 = 2;
/// A process that let go of the socket is on its way out, or alive and back soon: when it is looked after.
const LOOKS: [Duration; 3] = [Duration::from_millis(50), Duration::from_secs(1), Duration::from_secs(5)];

pub(super) struct Owner {
    place: Option<Place>,
    options: Options,
    /// `None`: the last batch failed; opened again with the next one.
    disk: Option<Disk>,
    changed: broadcast::Sender<Changed>,
    jobs: Sender<Job>,
    guests: Vec<Guest>,
    greeted: u64,
    copying: Option<Copying>,
    copy_due: bool,
    /// Bytes the journal may have now.
    room: u64,
    till: Till,
    /// When it is looked next whether a guest that went away has died, soonest last.
    looks: Vec<Instant>,
    closing: Arc<AtomicBool>,
    // dropped last: the files are closed before another may open them
    _lock: Option<File>,
}

struct Guest {
    number: u64,
    line: SyncSender<ToGuest>,
    stream: UnixStream,
}

impl Owner {
    pub(super) fn memory(jobs: Sender<Job>, changed: broadcast::Sender<Changed>, options: Options) -> Self {
        Self {
            place: None,
            options,
            disk: Some(Disk::memory()),
            changed,
            jobs,
            guests: Vec::new(),
            greeted: 0,
            copying: None,
            copy_due: false,
            room: u64::MAX,
            till: Till::default(),
            looks: Vec::new(),
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
            Ok(listener) => accept(listener, jobs.clone(), closing.clone()),
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
            disk: Some(disk),
            changed,
            jobs,
            guests: Vec::new(),
            greeted: 0,
            copying: None,
            copy_due,
            room,
            till: Till::default(),
            looks: Vec::new(),
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
        let look = self.looks.last().map(|at| at.saturating_duration_since(Instant::now()));
        let Some(pause) = copy.into_iter().chain(look).min() else {
            return Some(jobs.recv().unwrap_or(Job::Close));
        };
        match jobs.recv_timeout(pause) {
            Ok(job) => Some(job),
            Err(RecvTimeoutError::Disconnected) => Some(Job::Close),
            Err(RecvTimeoutError::Timeout) => {
                if copy == Some(pause) {
                    self.copy();
                }
                None
            }
        }
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
                Job::Guest(stream) => self.welcome(stream),
                Job::GuestGone(number) => {
                    self.guests.retain(|guest| guest.number != number);
                    // what is due soon stays due: where guests come and go without end it would never be
                    let soon = self.looks.pop();
                    self.looks = LOOKS.iter().rev().map(|after| Instant::now() + *after).collect();
                    let next = self.looks.last().copied();
                    self.looks.extend(soon.filter(|soon| next.is_none_or(|next| *soon < next)));
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

    fn read(&mut self, op: &Op) -> Answer {
        match self.try_read(op) {
            Err(StoreError::Damaged(why)) => {
                self.heal(&why)?;
                self.try_read(op)
            }
            other => other,
        }
    }

    fn try_read(&mut self, op: &Op) -> Answer {
        match op {
            Op::Info => return Ok(Found::Info(Box::new(self.info()))),
            Op::Export => return self.export().map(Found::Path),
            Op::Reserve { .. } | Op::Settle { .. } | Op::Used { .. } => return self.budget(op),
            _ => {}
        }
        let disk = self.disk()?;
        caught(|| {
            Ok(match op {
                Op::Sessions { before, limit } => Found::Sessions(sessions::sessions(disk, *before, *limit)?),
                Op::Session(id) => Found::Session(sessions::session(disk, *id)?.map(Box::new)),
                Op::Messages { session, before, limit } => {
                    Found::Messages(sessions::messages(disk, *session, *before, *limit)?)
                }
                Op::Message(id) => Found::Message(sessions::message(disk, *id)?),
                Op::Draft(session) => Found::Draft(sessions::draft(disk, *session)?),
                Op::Setting(key) => Found::Setting(sessions::setting(disk, key)?),
                Op::Settings { prefix } => Found::Settings(sessions::settings(disk, prefix)?),
                Op::Generations { wanted, before, limit } => {
                    Found::Generations(ledger::generations(disk, wanted, *before, *limit)?)
                }
                Op::Generation(id) => Found::Generation(ledger::generation(disk, *id)?.map(Box::new)),
                Op::Attempts(id) => Found::Attempts(ledger::attempts(disk, *id)?),
                Op::Open => Found::Open(ledger::open(disk)?.into_iter().map(|(_, row)| row).collect()),
                Op::Rollups { days, demo, by } => Found::Rollups(ledger::rollups(disk, days, *demo, *by)?),
                Op::Totals { days, demo, of } => {
                    Found::Totals(Box::new(ledger::totals(disk, days, *demo, of)?))
                }
                Op::CheckRollups => Found::Wrong(ledger::wrong_rollups(disk)?),
                Op::Search(search) => Found::Hits(search::find(disk, search)?),
                Op::Dump { after, limit } => Found::Dump(export::dump(disk, after.as_deref(), *limit)?),
                Op::Export | Op::Info | Op::Reserve { .. } | Op::Settle { .. } | Op::Used { .. } => {
                    Found::Done
                }
            })
        })
    }

    fn budget(&mut self, op: &Op) -> Answer {
        self.disk()?;
        let (Some(disk), till) = (&self.disk, &mut self.till) else { return Err(StoreError::Closed) };
        caught(|| {
            Ok(match op {
                Op::Reserve { hold, caps, by } => {
                    Found::Reserved(till.reserve(disk, hold.clone(), caps, *by)?)
                }
                Op::Used { day, caps } => Found::Used(till.used(disk, *day, caps)?),
                Op::Settle { generation, ticket, actual } => {
                    till.settle(*generation, *ticket, *actual);
                    Found::Done
                }
                _ => Found::Done,
            })
        })
    }

    /// Looks after guests that went away, when it is time.
    fn look(&mut self) {
        if self.looks.pop_if(|at| *at <= Instant::now()).is_some()
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
        let found = caught(|| {
            let open = ledger::open(disk)?.into_iter().filter(|(by, _)| !by.lives());
            open.map(|(_, row)| Ok((ledger::attempts(disk, row.generation)?, row)))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let entries = found.iter().flat_map(|(ended, row)| row.close(ended));
        let writes: Vec<Write> = entries.map(Write::Ledger).collect();
        if !writes.is_empty() {
            self.try_write(&[(writes, Writer::me(), To::Nobody)])?;
        }
        self.till.sweep();
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }

    fn export(&mut self) -> Result<std::path::PathBuf, StoreError> {
        let place = self.place.clone().ok_or_else(|| {
            StoreError::Io("this history is only in memory: there is nowhere to copy it to".to_owned())
        })?;
        self.copying = None;
        let disk = self.disk()?;
        let (path, bytes) = caught(|| {
            let mut copying = Copying::begin(disk, &place)?;
            loop {
                if let Some(path) = copying.step(disk, &place)? {
                    return Ok((path, copying.bytes()));
                }
            }
        })?;
        self.room = self.options.journal.max(bytes / SHARE);
        Ok(path)
    }

    fn info(&self) -> Info {
        Info {
            path: self.place.as_ref().map(|place| place.root().to_owned()).unwrap_or_default(),
            owner: std::process::id(),
            guests: self.guests.len(),
            format: record::FORMAT,
            bytes: self.disk.as_ref().map_or(0, Disk::bytes),
            memory: self.place.is_none(),
            last_export: self
                .place
                .as_ref()
                .and_then(|place| export::copies(&place.exports()).into_iter().next()),
        }
    }

    fn notice(&mut self, text: String) {
        self.tell_all(Changed::Notice(text));
    }

    fn tell_all(&mut self, change: Changed) {
        self.guests.retain(|guest| {
            let reads = guest.line.try_send(ToGuest::Changed(change.clone())).is_ok();
            if !reads {
                let _ = guest.stream.shutdown(Shutdown::Both);
            }
            reads
        });
        // nobody listens: nobody is told
        let _ = self.changed.send(change);
    }

    /// A thread that reads what a guest asks, and one that writes what it is answered: a slow guest stops nobody.
    fn welcome(&mut self, stream: UnixStream) {
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
            self.guests.push(Guest { number, line, stream });
        } else {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn close(mut self) {
        self.closing.store(true, Ordering::Release);
        for guest in self.guests.drain(..) {
            let _ = guest.stream.shutdown(Shutdown::Both);
        }
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

fn accept(listener: UnixListener, jobs: Sender<Job>, closing: Arc<AtomicBool>) {
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
