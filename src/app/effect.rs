//! Everything the session wants done, as data: the shell carries it out and answers with events.

use super::panes::whatif;
use super::{Place, Settings};
use crate::metering::Target;
use crate::words::{
    At, Draft, GenerationId, Message, MessageId, ModelId, ModelRef, Of, Request, Session, SessionId, TurnId,
    Unsent,
};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the gateway; every reply comes back as `Event::Reply` with this turn.
    Ask { turn: TurnId, request: Box<Request> },
    /// Drop the stream or the job of that turn. Nothing more is heard of it; the app has already said so on the screen.
    Stop { turn: TurnId },
    /// Keep these, in order, acknowledged or not: a failure comes back as a notice.
    Save(Vec<Save>),
    /// Read a session: `Event::Opened`.
    Open { turn: TurnId, session: SessionId },
    /// Full-text search over every session: `Event::Found`.
    Search { turn: TurnId, text: String },
    /// Rollups of the last `days` days: `Event::Rollups`.
    Rollups { turn: TurnId, days: u32 },
    /// Standing advice: `Event::Advice`.
    Advise { turn: TurnId },
    /// Price again what was asked: `Event::WhatIf`.
    WhatIf { turn: TurnId, span: whatif::Span, targets: Vec<Target> },
    /// Rows of the ledger: `Event::Generations`, newest first.
    Generations { turn: TurnId, which: Which },
    /// Today's and this session's sums: `Event::Spent`.
    Tally { turn: TurnId, session: SessionId },
    /// What sending this would cost on each of `models`, the first being the session's: `Event::Quoted`.
    Quote { turn: TurnId, request: Box<Request>, models: Vec<ModelRef> },
    /// Health of a model's endpoints: `Event::Health`.
    Health { turn: TurnId, model: ModelId },
    /// What the person has had from each model, over all time: `Event::Mine`.
    Mine { turn: TurnId },
    /// Read a file or an image for the draft: `Event::Attached`.
    Attach { turn: TurnId, path: String },
    /// Run a shell command that the person confirmed: `Event::Attached`.
    Run { turn: TurnId, command: String },
    /// Paths that begin like this: `Event::Paths`.
    Complete { turn: TurnId, prefix: String },
    /// Open `$VISUAL`/`$EDITOR` on this text: `Event::Written`.
    Editor { turn: TurnId, text: String },
    /// Send to the terminal's clipboard (OSC 52), and into a file where that may not arrive: `Event::Copied`.
    Copy { turn: TurnId, what: String, text: String },
    /// Write a file into the working folder: `Event::Saved`.
    Export { turn: TurnId, name: String, text: String },
    /// An order to the screen's own parts (`tui::Tui::order`); what it changes comes back as an event.
    Screen(Order),
    /// Send `Event::Tick` at this moment. A later `Wake` does not take an earlier one back.
    Wake(At),
    /// Bell or desktop notification, for something that ended while the terminal had no focus.
    Notify(String),
    /// Every card from now on, not only those within reach: `Event::Models`.
    Models,
    /// Look for local servers and fresh model lists again: `Event::Models`, then `Event::Refreshed`.
    Refresh { turn: TurnId },
    /// Stop the process with Ctrl-Z semantics.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back and go. Every `Save` before it must be acknowledged first.
    Quit,
}

/// Something to keep, in the store's own words.
#[derive(Clone, Debug, PartialEq)]
pub enum Save {
    Session(Box<Session>),
    Message { session: SessionId, message: Arc<Message> },
    Draft { session: SessionId, draft: Unsent },
    RemoveMessages { session: SessionId, messages: Vec<MessageId> },
    RemoveSession(SessionId),
    Settings(Box<Settings>),
}

/// Which rows of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    One(GenerationId),
    /// A page of these days (the last one included), newest first, after the row before it.
    Days {
        from: i32,
        to: i32,
        demo: bool,
        of: Option<Of>,
        before: Option<(At, GenerationId)>,
    },
}

/// What only the screen can do, because only it knows widths and heights.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Put this in the composer, as an edit that can be undone.
    Draft(Draft),
    /// Put the draft of another session in the composer.
    Arrive(Draft),
    /// Type this at the composer's cursor.
    Insert(String),
    /// Scroll the conversation: `Event::Scrolled`.
    Scroll(Scroll),
    /// Scroll to the place of a message where the words stand for the `nth` time (from 0): `Event::Scrolled`.
    Find { message: MessageId, words: String, nth: usize },
    /// Show or hide the images of the selected message, or of those in view.
    Images,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scroll {
    Lines(i32),
    /// Negative is up.
    Pages(i32),
    Top,
    Bottom,
    /// Wide tables to the right; negative is to the left.
    Sideways(i32),
    /// So that this message's head is in view.
    Reveal(MessageId),
    /// To a place that was left before.
    To(Place),
}
