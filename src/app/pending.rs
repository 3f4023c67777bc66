//! What was asked of the shell and is not answered yet.

use super::Hit;
use crate::words::{At, SessionId, TurnId};

/// The turn of the newest question of each kind: an answer with another turn is stale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    pub open: Option<TurnId>,
    pub search: Option<TurnId>,
    pub rollups: Option<TurnId>,
    pub generations: Option<TurnId>,
    pub what_if: Option<TurnId>,
    pub tally: Option<TurnId>,
    pub quote: Option<TurnId>,
    pub health: Option<TurnId>,
    pub mine: Option<TurnId>,
    /// Every card was asked for.
    pub cards: bool,
    pub paths: Option<TurnId>,
    /// `$EDITOR` is open, and on what.
    pub editor: Option<(TurnId, Writes)>,
    /// Files being read, each for the session it was named in.
    pub attach: Vec<(TurnId, SessionId)>,
    /// A command of the person's, whose output will be attached.
    pub run: Option<Running>,
    /// A look for servers and models that the person asked for.
    pub refresh: Option<Running>,
    /// A place to show when the session being opened is there.
    pub reveal: Option<Hit>,
}

impl Pending {
    /// What the person started and waits for beside replies.
    pub fn under_way(&self) -> impl Iterator<Item = &Running> {
        self.run.iter().chain(&self.refresh)
    }
}

/// What a person writes in `$EDITOR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writes {
    Draft,
    /// What is folded under this label.
    Chip(String),
    System,
}

/// A command under way, or something else in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub turn: TurnId,
    /// Where it was begun: what comes of it belongs there.
    pub session: SessionId,
    pub command: String,
    pub since: At,
}
