//! Everything that can be asked, and the answers.

use super::writer::Writer;
use super::{StoreError, Write};
use crate::words::{
    At, AttemptRow, Cap, Dimension, GenerationId, GenerationRow, Hold, Message, MessageId, Of, Over,
    RollupKey, Session, SessionId, Totals, Unsent, Usd, Used,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// One question. [`super::Store`] has a typed method for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Sessions { before: Option<SessionMark>, limit: usize },
    Session(SessionId),
    Messages { session: SessionId, before: Option<u32>, limit: usize },
    Message(MessageId),
    Draft(SessionId),
    Setting(String),
    Settings { prefix: String },
    Generations { wanted: LedgerRange, before: Option<LedgerMark>, limit: usize },
    Generation(GenerationId),
    Attempts(GenerationId),
    Rollups { days: Range<i32>, demo: bool, by: By },
    Totals { days: Range<i32>, demo: bool, of: Of },
    Reserve { hold: Hold, caps: Vec<Cap>, by: Writer },
    Settle { generation: GenerationId, ticket: u64, actual: Usd },
    Used { day: i32, caps: Vec<Cap> },
    Search(Search),
    Dump { after: Option<Vec<u8>>, limit: usize },
    Export,
    Info,
}

/// The answer to an [`Op`], by its shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// To a write: it is on disk.
    Done,
    Sessions(Vec<Session>),
    Session(Option<Box<Session>>),
    Messages(Slice),
    Message(Option<(SessionId, Arc<Message>)>),
    Draft(Option<Unsent>),
    Setting(Option<Value>),
    Settings(Vec<(String, Value)>),
    Generations(Vec<GenerationRow>),
    Generation(Option<Box<GenerationRow>>),
    Attempts(Vec<AttemptRow>),
    Rollups(Vec<(RollupKey, Totals)>),
    Totals(Box<Totals>),
    Reserved(Result<Vec<Used>, Over>),
    Used(Vec<Used>),
    Hits(Vec<Hit>),
    Dump(Dump),
    Path(PathBuf),
    Info(Box<Info>),
}

/// Where a page of sessions ended: hand it back for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionMark {
    pub updated: At,
    pub id: SessionId,
}

impl SessionMark {
    pub fn of(session: &Session) -> Self {
        Self { updated: session.updated, id: session.id }
    }
}

/// Neighbouring messages of one session, oldest first, in the order they were stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    pub messages: Vec<Arc<Message>>,
    /// Where the messages before these are; `None`: these are the first.
    pub before: Option<u32>,
    /// How many stand among these and do not read.
    #[serde(default)]
    pub unread: u32,
}

/// Which generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRange {
    /// Ended at or after.
    pub from: At,
    /// Ended before.
    pub to: At,
    pub session: Option<SessionId>,
}

impl Default for LedgerRange {
    /// All of them.
    fn default() -> Self {
        Self { from: At(i64::MIN), to: At(i64::MAX), session: None }
    }
}

/// Where a page of generations ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerMark {
    pub at: At,
    pub id: GenerationId,
}

impl LedgerMark {
    pub fn of(row: &GenerationRow) -> Self {
        Self { at: row.at, id: row.id() }
    }
}

/// Which kind of total a report groups by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    All,
    /// Model and provider together; either alone is their sum.
    Model,
    Session,
    Tag,
    Key,
}

impl By {
    pub fn of(dimension: &Dimension) -> Self {
        match dimension {
            Dimension::All => Self::All,
            Dimension::Model(..) => Self::Model,
            Dimension::Session(_) => Self::Session,
            Dimension::Tag(_) => Self::Tag,
            Dimension::Key(_) => Self::Key,
        }
    }
}

/// A question to the full-text index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Words that must all be there, whatever their case and accents; the last one may be the beginning of a word
    /// unless a space follows it. What stands in quotes is a phrase: its words follow each other.
    pub query: String,
    /// Only in this session.
    pub session: Option<SessionId>,
    /// The [`Hit::place`] of the last hit of the page before.
    pub before: Option<u32>,
    pub limit: usize,
}

/// One message that has every word, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    pub session: SessionId,
    pub message: MessageId,
    pub at: At,
    /// The text around the first match, on one line, without Markdown's marks.
    pub snippet: String,
    /// Byte ranges in `snippet` to highlight.
    pub marks: Vec<Range<usize>>,
    /// Where the first match stands in the message's text.
    pub offset: usize,
    /// For the next page.
    pub place: u32,
}

/// A page of everything the store holds, as the writes that make it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dump {
    pub writes: Vec<Write>,
    /// `None`: this was the last page.
    pub next: Option<Vec<u8>>,
}

/// What `doctor` shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    pub path: PathBuf,
    /// The process that owns the files.
    pub owner: u32,
    /// Other processes that use the store through it.
    pub guests: usize,
    pub format: u32,
    pub bytes: u64,
    /// Nothing is kept after the end: the data directory could not be used.
    pub memory: bool,
    pub last_export: Option<PathBuf>,
}

/// Something changed, by whichever process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// The session itself, or whether it exists.
    Session(SessionId),
    /// Its messages.
    Messages(SessionId),
    Draft(SessionId),
    Setting(String),
    /// A row was added.
    Ledger,
    /// For the person: the store was set aside, the disk is full, ...
    Notice(String),
}

pub(super) type Answer = Result<Found, StoreError>;
