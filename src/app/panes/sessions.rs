//! The list of sessions: find by title or tag, open, name, tag, pin, archive, delete, and take that back.

use super::{Fuzzy, Outcome, Overlay, close, entry, stay, step};
use crate::app::{Code, Effect, Key, Line, Model, switch, undo};
use crate::words::{Session, SessionId};
use std::cmp::Reverse;

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub query: Line,
    pub matches: Vec<SessionId>,
    pub at: usize,
    /// Archived ones are listed too.
    pub archived: bool,
}

pub fn open(model: &mut Model, query: &str) -> Vec<Effect> {
    let mut state = State { query: Line::new(query), matches: Vec::new(), at: 0, archived: false };
    state.refresh(model);
    state.at = state.matches.iter().position(|id| *id == model.here).unwrap_or(0);
    model.overlays.push(Overlay::Sessions(state));
    Vec::new()
}

impl State {
    pub fn refresh(&mut self, model: &Model) {
        // `#work` is a tag that a session must have; the other words are looked for in titles and tags
        let (tags, words): (Vec<&str>, Vec<&str>) =
            self.query.text().split_whitespace().partition(|word| word.starts_with('#'));
        let tagged = |session: &Session| {
            let has =
                |wanted: &&str| session.tags.iter().any(|t| t.starts_with(wanted.trim_start_matches('#')));
            tags.iter().all(has)
        };
        let mut fuzzy = Fuzzy::new(&words.join(" "));
        let mut haystack = String::new();
        let mut scored: Vec<(Reverse<bool>, Reverse<u32>, usize, SessionId)> = model
            .sessions
            .iter()
            .enumerate()
            .filter(|(_, session)| (self.archived || !session.archived) && tagged(session))
            .filter_map(|(at, session)| {
                haystack.clear();
                haystack.push_str(&session.title);
                for tag in &session.tags {
                    haystack.push_str(" #");
                    haystack.push_str(tag);
                }
                Some((Reverse(session.pinned), Reverse(fuzzy.score(&haystack)?), at, session.id))
            })
            .collect();
        scored.sort();
        self.matches = scored.into_iter().map(|(.., id)| id).collect();
        self.at = self.at.min(self.matches.len().saturating_sub(1));
    }

    /// The rows anew, and the cursor with the session it stood on.
    pub fn follow(&mut self, model: &Model) {
        let on = self.matches.get(self.at).copied();
        self.refresh(model);
        self.at = self.matches.iter().position(|id| Some(*id) == on).unwrap_or(self.at);
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.matches.len(), key) {
            return stay();
        }
        let chosen = self.matches.get(self.at).copied();
        match (key.code, key.ctrl, key.alt, chosen) {
            (Code::Esc, ..) => close(),
            (Code::Enter, .., Some(id)) => (false, switch::open(model, id, None)),
            (Code::Char('a'), false, true, _) => {
                self.archived = !self.archived;
                self.refresh(model);
                stay()
            }
            (Code::Char('p'), false, true, Some(id)) => {
                (true, self.change(model, id, |s| s.pinned = !s.pinned))
            }
            (Code::Char('x'), false, true, Some(id)) => {
                let effects = undo::archive(model, id);
                self.refresh(model);
                (true, effects)
            }
            (Code::Char('u'), false, true, _) => {
                let effects = undo::undo(model);
                self.refresh(model);
                (true, effects)
            }
            (Code::Char('t'), false, true, Some(id)) => (true, entry::tag(model, id)),
            (Code::Char('r'), false, true, Some(id)) => {
                entry::rename(model, id);
                stay()
            }
            (Code::Delete, .., Some(id)) | (Code::Char('d'), false, true, Some(id)) => {
                let effects = undo::remove(model, id);
                self.refresh(model);
                (true, effects)
            }
            _ => {
                if self.query.key(key) {
                    self.at = 0;
                    self.refresh(model);
                }
                stay()
            }
        }
    }

    fn change(&mut self, model: &mut Model, id: SessionId, change: impl Fn(&mut Session)) -> Vec<Effect> {
        let effects = switch::alter(model, id, change);
        self.follow(model);
        effects
    }
}
