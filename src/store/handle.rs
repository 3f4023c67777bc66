//! The handle everybody has: it sends jobs to the store's thread, wherever the files are.

use super::guard::THREAD;
use super::job::{Job, To};
use super::link::{Link, Role, live};
use super::op::{
    By, Changed, Dump, Found, Hit, Info, LedgerMark, LedgerRange, Op, Search, SessionMark, Slice,
};
use super::owner::Owner;
use super::pending::{Ack, Pending, pending};
use super::place::Place;
use super::writer::Writer;
use super::{StoreError, Write, export};
use crate::words::{
    AttemptRow, Cap, GenerationId, GenerationRow, Hold, Message, MessageId, Of, OpenRow, Over, RollupKey,
    Session, SessionId, Totals, Unsent, Usd, Used,
};
use serde_json::Value;
use std::io::{self, BufRead};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::broadcast;

/// What may be chosen about a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long the files may take to open before they count as damaged.
    pub patience: Duration,
    /// How long to wait for another process that holds the store and does not answer.
    pub wait: Duration,
    /// Copy everything to `exports/` once a day, in pauses.
    pub daily_export: bool,
    /// Bytes the journal may have before another copy is made so that it can begin anew; half of the last copy, where
    /// that is more.
    pub journal: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(60),
            wait: Duration::from_secs(10),
            daily_export: true,
            journal: 64 << 20,
        }
    }
}

/// The store: sessions, messages, ledger, settings, drafts, search. Clones are the same store.
/// Dropping the last one closes it after what was sent; a process that ends wants [`Store::close`], which waits.
#[derive(Clone)]
pub struct Store {
    link: Arc<Link>,
}

/// A store that is open, with what a person should know of it.
pub struct Opened {
    pub store: Store,
    /// Sentences for a person: the history was damaged and set aside, ...
    pub notices: Vec<String>,
    /// Requests that a killed process left open: they are booked now.
    pub orphans: Vec<OpenRow>,
    /// Another process owns the files; this one asks it.
    pub guest: bool,
}

impl Store {
    /// Opens the store in a data directory, or joins the process that has it open. Blocks for some milliseconds.
    pub fn open(dir: &Path, options: Options) -> Result<Opened, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let (changed, _) = broadcast::channel(256);
        let link = Link { jobs, changed, me: Writer::me(), thread: Mutex::default() };
        let (mut role, notices) = link.acquire(&Place::new(dir), &options, 0)?;
        let (guest, orphans) = match &mut role {
            Role::Guest(_) => (true, Vec::new()),
            Role::Owner(owner) => (false, owner.close_orphans()?),
        };
        let store = Self::start(link, role, Some(Place::new(dir)), options, queue)?;
        Ok(Opened { store, notices, orphans, guest })
    }

    /// A store that forgets everything at its end, for when the data directory cannot be used.
    pub fn memory() -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let (changed, _) = broadcast::channel(256);
        let options = Options { daily_export: false, ..Options::default() };
        let owner = Owner::memory(jobs.clone(), changed.clone(), options.clone());
        let link = Link { jobs, changed, me: Writer::me(), thread: Mutex::default() };
        Self::start(link, Role::Owner(Box::new(owner)), None, options, queue)
    }

    fn start(
        link: Link,
        role: Role,
        place: Option<Place>,
        options: Options,
        queue: Receiver<Job>,
    ) -> Result<Self, StoreError> {
        // the thread has what it needs to find a new role, and does not keep the store open
        let (jobs, changed, me) = (link.jobs.clone(), link.changed.clone(), link.me);
        let thread = thread::Builder::new().name(THREAD.to_owned()).spawn(move || {
            let again = Link { jobs, changed, me, thread: Mutex::default() };
            live(&again, role, place.as_ref(), &options, &queue);
        });
        let thread = thread.map_err(|e| StoreError::Io(e.to_string()))?;
        *link.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(Self { link: Arc::new(link) })
    }

    /// Closes the store for every clone and waits until its files are free.
    pub fn close(&self) {
        let _ = self.link.jobs.send(Job::Close);
        let thread = self.link.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    /// All or none of them, in order; acknowledged when they are on disk.
    pub fn write(&self, writes: Vec<Write>) -> Ack {
        let (teller, ack) = pending(done);
        // a closed store: the teller says so when it is dropped
        let _ = self.link.jobs.send(Job::Write { writes, by: self.link.me, to: To::Here(teller) });
        ack
    }

    fn read<T>(&self, op: Op, take: fn(Found) -> Option<T>) -> Pending<T> {
        let (teller, answer) = pending(take);
        let _ = self.link.jobs.send(Job::Read { op, to: To::Here(teller) });
        answer
    }

    /// What changes from now on, by whichever process.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.link.changed.subscribe()
    }
}

macro_rules! found {
    ($shape:ident) => {
        |found| match found {
            Found::$shape(value) => Some(value),
            _ => None,
        }
    };
}

fn done(found: Found) -> Option<()> {
    matches!(found, Found::Done).then_some(())
}

impl Store {
    /// Last changed first.
    pub fn sessions(&self, before: Option<SessionMark>, limit: usize) -> Pending<Vec<Session>> {
        self.read(Op::Sessions { before, limit }, found!(Sessions))
    }

    pub fn session(&self, id: SessionId) -> Pending<Option<Box<Session>>> {
        self.read(Op::Session(id), found!(Session))
    }

    /// The last `limit` messages of a session (before a place, if one is given), oldest first.
    pub fn messages(&self, session: SessionId, before: Option<u32>, limit: usize) -> Pending<Slice> {
        self.read(Op::Messages { session, before, limit }, found!(Messages))
    }

    /// What the screen shows first.
    pub fn tail(&self, session: SessionId, limit: usize) -> Pending<Slice> {
        self.messages(session, None, limit)
    }

    pub fn message(&self, id: MessageId) -> Pending<Option<(SessionId, Arc<Message>)>> {
        self.read(Op::Message(id), found!(Message))
    }

    pub fn draft(&self, session: SessionId) -> Pending<Option<Unsent>> {
        self.read(Op::Draft(session), found!(Draft))
    }

    pub fn setting(&self, key: &str) -> Pending<Option<Value>> {
        self.read(Op::Setting(key.to_owned()), found!(Setting))
    }

    /// Every setting whose key begins so, by key.
    pub fn settings(&self, prefix: &str) -> Pending<Vec<(String, Value)>> {
        self.read(Op::Settings { prefix: prefix.to_owned() }, found!(Settings))
    }

    /// Newest first.
    pub fn generations(
        &self,
        wanted: LedgerRange,
        before: Option<LedgerMark>,
        limit: usize,
    ) -> Pending<Vec<GenerationRow>> {
        self.read(Op::Generations { wanted, before, limit }, found!(Generations))
    }

    pub fn generation(&self, id: GenerationId) -> Pending<Option<Box<GenerationRow>>> {
        self.read(Op::Generation(id), found!(Generation))
    }

    /// In order.
    pub fn attempts(&self, id: GenerationId) -> Pending<Vec<AttemptRow>> {
        self.read(Op::Attempts(id), found!(Attempts))
    }

    /// Totals by day and name, for half-open `days`.
    pub fn rollups(&self, days: Range<i32>, demo: bool, by: By) -> Pending<Vec<(RollupKey, Totals)>> {
        self.read(Op::Rollups { days, demo, by }, found!(Rollups))
    }

    /// One sum over half-open `days`: what a budget asks. Costs days, not rows.
    pub fn totals(&self, days: Range<i32>, demo: bool, of: Of) -> Pending<Box<Totals>> {
        self.read(Op::Totals { days, demo, of }, found!(Totals))
    }

    /// Sets money aside for an attempt if every cap allows it, in one step, whoever else asks in whichever process; how
    /// the caps stand then.
    pub fn reserve(&self, hold: Hold, caps: Vec<Cap>) -> Pending<Result<Vec<Used>, Over>> {
        self.read(Op::Reserve { hold, caps, by: self.link.me }, found!(Reserved))
    }

    /// The attempt has ended and cost this much: that stays set aside until its generation is booked.
    pub fn settle(&self, generation: GenerationId, ticket: u64, actual: Usd) {
        // called from `Drop`: whoever is gone needs no answer
        drop(self.read(Op::Settle { generation, ticket, actual }, done));
    }

    /// How caps stand on that day: what all processes spent and have set aside.
    pub fn used(&self, day: i32, caps: Vec<Cap>) -> Pending<Vec<Used>> {
        self.read(Op::Used { day, caps }, found!(Used))
    }

    /// Messages with all these words, newest first.
    pub fn search(&self, search: Search) -> Pending<Vec<Hit>> {
        self.read(Op::Search(search), found!(Hits))
    }

    /// Makes today's copy now, for a test that must know when; where it is. The program's own are made in the pauses.
    pub fn export_now(&self) -> Pending<PathBuf> {
        self.read(Op::Export, found!(Path))
    }

    pub fn info(&self) -> Pending<Box<Info>> {
        self.read(Op::Info, found!(Info))
    }

    fn dump(&self, after: Option<Vec<u8>>, limit: usize) -> Pending<Dump> {
        self.read(Op::Dump { after, limit }, found!(Dump))
    }

    /// Everything, as the writes that make it again. Blocks between pages.
    pub fn everything(&self) -> impl Iterator<Item = Result<Write, StoreError>> + use<> {
        let store = self.clone();
        let mut page = Vec::new().into_iter();
        let mut after = None;
        let mut over = false;
        std::iter::from_fn(move || {
            loop {
                if let Some(write) = page.next() {
                    return Some(Ok(write));
                }
                if over {
                    return None;
                }
                match store.dump(after.take(), 500).wait() {
                    Ok(dump) => {
                        page = dump.writes.into_iter();
                        after = dump.next;
                        over = after.is_none();
                    }
                    Err(error) => {
                        over = true;
                        return Some(Err(error));
                    }
                }
            }
        })
    }

    /// Writes everything as JSON Lines; how many lines.
    pub fn export_to(&self, mut file: impl io::Write) -> Result<u64, StoreError> {
        let fault = |e: io::Error| StoreError::Io(e.to_string());
        export::line(&mut file, &export::ExportHeader::default()).map_err(fault)?;
        let mut lines = 0;
        for write in self.everything() {
            export::line(&mut file, &write?).map_err(fault)?;
            lines += 1;
        }
        file.flush().map_err(fault)?;
        Ok(lines)
    }

    /// Adds what an export holds; how many lines. Stops at the first that is wrong, and says which.
    pub fn import_from(&self, file: impl BufRead) -> Result<u64, StoreError> {
        let mut lines = 0;
        let mut writes = Vec::new();
        for write in export::read_export(file) {
            writes.push(write?);
            if writes.len() == 256 {
                lines += writes.len() as u64;
                self.write(std::mem::take(&mut writes)).wait()?;
            }
        }
        lines += writes.len() as u64;
        self.write(writes).wait()?;
        Ok(lines)
    }
}
