//! Everything that can happen to the session, as one closed enum.

use super::{Cards, Key, Place, Settings};
use crate::catalog::Host;
use crate::metering::{self, Tokenizer, WhatIf};
use crate::words::{
    Chip, Draft, EndpointId, GenerationRow, Message, MessageId, ModelId, Reply, RollupKey, Session,
    SessionId, Totals, TurnId, Unsent, Usd,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// One thing that happened; when it happened is handed to `update` beside it.
/// An answer to an effect carries the effect's turn, so that a late one says nothing.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "few events wait at once; a box for each delta would cost more")]
pub enum Event {
    /// The first event: what the last run left behind.
    Began(Box<Began>),
    /// A key that the composer did not take.
    Key(Key),
    /// A bracketed paste, raw.
    Paste(String),
    /// One of so many bytes that the terminal's side did not keep.
    Overlong(usize),
    /// The composer's text changed. `chips` are left empty: the model knows them.
    Edited(Draft),
    /// The conversation was scrolled to here.
    Scrolled(Place),
    /// A click on something that was drawn.
    Pressed(Target),
    Resized {
        columns: u16,
        rows: u16,
    },
    /// The terminal gained or lost the focus.
    Focus(bool),
    /// A moment asked for with `Effect::Wake` has come.
    Tick,

    // answers
    Reply {
        turn: TurnId,
        reply: Reply,
    },
    Opened {
        turn: TurnId,
        opened: Box<Opened>,
    },
    Found {
        turn: TurnId,
        hits: Vec<Hit>,
    },
    /// What the store has on spending for the days asked for, in parts: what the first picture needs comes first.
    Rollups {
        turn: TurnId,
        rows: Vec<(RollupKey, Totals)>,
    },
    Generations {
        turn: TurnId,
        rows: Vec<GenerationRow>,
        /// There are older ones.
        more: bool,
    },
    /// What the ledger and the catalog prove, a sentence each.
    Advice {
        turn: TurnId,
        said: Vec<String>,
    },
    /// So many requests, priced again on each target.
    WhatIf {
        turn: TurnId,
        requests: usize,
        answers: Vec<(metering::Target, WhatIf)>,
    },
    /// What today and a session have come to, from the ledger.
    Spent {
        turn: TurnId,
        spent: Spent,
    },
    Quoted {
        turn: TurnId,
        quotes: Vec<Quote>,
    },
    Health {
        turn: TurnId,
        rows: Vec<HealthRow>,
    },
    /// What the person has had from each model, over all time.
    Mine {
        turn: TurnId,
        rows: BTreeMap<ModelId, Totals>,
    },
    Attached {
        turn: TurnId,
        /// The chip, or one sentence on why not.
        chip: Result<Box<Attached>, String>,
    },
    Paths {
        turn: TurnId,
        /// Each with its size in bytes, when it is a file.
        paths: Vec<(String, Option<u64>)>,
    },
    /// `$EDITOR` came back.
    Written {
        turn: TurnId,
        text: Result<String, String>,
    },
    /// What became of a copy.
    Copied {
        /// `the message (3 KB)`.
        what: String,
        /// It was sent to the terminal; whether that took it, nobody says.
        sent: bool,
        /// The file that it was written to beside that, or instead.
        file: Option<Result<String, String>>,
    },
    /// A file was written (an export).
    Saved {
        turn: TurnId,
        path: Result<String, String>,
    },

    // news nobody asked for
    /// Something was booked, in this process or in another: sums may be others now.
    Booked,
    /// Models whose provider lately billed something else than its list price comes to, in percent of ours.
    Mischarged(BTreeMap<ModelId, i64>),
    /// The list of models changed (a refresh, a local server was found).
    Models(Cards),
    /// A vocabulary was loaded: models of its family are counted by it from here on.
    Tokenizer(Tokenizer),
    /// Another process changed the list of sessions, or the store gave its first.
    Sessions(Vec<Session>),
    /// The themes there are, in the order of the picker.
    Themes(Vec<String>),
    /// One sentence for the status line.
    Notice(Level, String),
    /// The look for servers and models has ended, and what it found.
    Refreshed {
        turn: TurnId,
        said: String,
    },
    /// A setting read anew (the config file was edited).
    Settings(Box<Settings>),
    /// What the line to the terminal carries, in low-bandwidth mode or when it is slow.
    Line(LineState),
    /// SIGTERM or SIGHUP: save what must be saved and go. Replies under way are finished without a screen by the shell.
    Hangup,
}

/// The line to the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineState {
    /// Bytes in the last second.
    pub rate: u64,
    /// Unknown until the terminal has answered a question.
    pub round_trip: Option<Duration>,
    /// How far the terminal is behind.
    pub backlog: Duration,
}

impl LineState {
    /// A person notices.
    pub fn is_slow(&self) -> bool {
        self.backlog >= Duration::from_millis(400)
    }
}

/// What a run starts with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Began {
    pub cards: Cards,
    pub themes: Vec<String>,
    /// Every session's own data, in any order.
    pub sessions: Vec<Session>,
    /// The last session with its messages, to be shown at once.
    pub last: Option<Opened>,
    pub settings: Settings,
    pub spent: Spent,
    /// What the person should be told (a store that was set aside, a key that is missing).
    pub notices: Vec<String>,
}

/// A session as the store holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    pub session: Session,
    pub messages: Vec<Arc<Message>>,
    pub unsent: Unsent,
    /// What of it could not be read, in words.
    pub lost: Vec<String>,
}

/// One message that holds the words searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub session: SessionId,
    pub message: MessageId,
    pub title: String,
    pub excerpt: String,
    /// Byte ranges of the words in `excerpt`.
    pub marks: Vec<(usize, usize)>,
    /// Where the first of them stands in the message's text.
    pub offset: usize,
}

/// Sums from the ledger. Demonstration money stands apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spent {
    pub today: Totals,
    pub today_demo: Totals,
    pub session: Totals,
    pub session_demo: Totals,
    /// The budget that is nearest to its end, if there is any.
    pub budget: Option<BudgetState>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BudgetState {
    /// `today`, `this session`, `openai this month`.
    pub name: String,
    pub spent: Usd,
    pub limit: Usd,
    /// From this percentage on it is shown as a warning.
    pub warn: u8,
}

/// What sending the draft would cost somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    pub model: ModelId,
    /// The endpoint that would be asked first, by its tag (`deepinfra/fp8`); empty: nobody can be asked yet, and the
    /// prices are those of the cheapest endpoint.
    pub endpoint: String,
    /// Why it would not be sent at all: a wish that leaves no endpoint.
    pub refused: Option<String>,
    pub prompt_tokens: u64,
    /// Counted by the model's own tokenizer.
    pub exact: bool,
    /// The prompt alone. `None`: unknown price.
    pub sending: Option<Usd>,
    /// Expected, prompt and a usual reply. `None`: unknown price.
    pub cost: Option<Usd>,
    /// With the longest reply allowed.
    pub worst: Option<Usd>,
    pub context: Option<u32>,
    pub demo: bool,
}

/// How an endpoint is doing and what the person has had from it.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthRow {
    pub endpoint: EndpointId,
    /// `healthy`, `resting 12 s`, `no key`, `unknown`.
    pub state: String,
    pub ttft_ms: Option<u64>,
    pub tokens_per_second: Option<f64>,
    /// 0 to 1.
    pub errors: Option<f64>,
    /// The person's own history with it.
    pub mine: Totals,
    /// Of a reseller: the hosts behind it, and as of which day.
    pub hosts: Vec<Host>,
    pub hosts_as_of: String,
}

/// A file or a command's output that is in the draft now.
#[derive(Clone, Debug, PartialEq)]
pub struct Attached {
    pub chip: Chip,
    pub tokens: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// What a click meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Message(MessageId),
    /// The folded thinking of a message.
    Reasoning(MessageId),
    /// A row of the list in the topmost overlay.
    Row(usize),
    /// Outside the topmost overlay.
    Outside,
    /// The model's name.
    Model,
    Meter,
    /// The session's title.
    Title,
    NewBelow,
}
