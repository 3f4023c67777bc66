//! Everything that can be written; the same words are the records on disk, the lines of an export and the socket's protocol.

use crate::words::{Entry, Message, MessageId, Part, Session, SessionId, Unsent};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of a setting's objects and what they are from now on.
pub type Patch = BTreeMap<String, Map<String, Value>>;

/// One change. Every one may be repeated without harm, so an unacknowledged one can be sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// Adds or replaces. `messages` is counted by the store, whatever it says here.
    PutSession(Box<Session>),
    /// With its messages and draft; the ledger keeps its rows. Messages that come late do not bring it back.
    DeleteSession(SessionId),
    /// Adds or replaces. One that is not `Partial` takes the place of its [`Write::Partial`] pieces.
    /// A message of an unknown session makes the session.
    PutMessage {
        session: SessionId,
        message: Arc<Message>,
    },
    /// What was heard since the last piece, at most a few times a second: pieces are cheap, rewriting a growing
    /// message is not. Readers get the message with its pieces joined in.
    Partial {
        session: SessionId,
        message: MessageId,
        /// 0, 1, 2, ... for each message.
        number: u32,
        parts: Vec<Part>,
    },
    DeleteMessages {
        session: SessionId,
        messages: Vec<MessageId>,
    },
    /// An empty draft is removed. [`SessionId::nil`] is the draft of a chat that is not a session yet.
    PutDraft {
        session: SessionId,
        draft: Unsent,
    },
    /// `None` removes. Favourites, last model, theme, templates, personas, calibration: by key.
    PutSetting {
        key: String,
        value: Option<Value>,
    },
    /// Lays fields over a setting that is an object of objects, in one step, whoever else writes to it: what is not
    /// named here stays as it is.
    PatchSetting {
        key: String,
        patch: Patch,
    },
    /// Append-only: a generation or attempt that is there already stays as it is.
    Ledger(Entry),
    /// Counts every total of the ledger anew from its rows.
    RebuildRollups,
}
