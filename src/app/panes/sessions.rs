//! The list of sessions: find by title or tag, open, name, pin, archive, delete.

use super::{Fuzzy, Outcome, Overlay, close, entry, question, stay, step};
use crate::app::{Code, Effect, Key, Line, Model, Save, switch};
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
        let mut fuzzy = Fuzzy::new(self.query.text());
        let mut haystack = String::new();
        let mut scored: Vec<(Reverse<bool>, Reverse<u32>, usize, SessionId)> = model
            .sessions
            .iter()
            .enumerate()
            .filter(|(_, session)| self.archived || !session.archived)
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
                (true, self.change(model, id, |s| s.archived = !s.archived))
            }
            (Code::Char('r'), false, true, Some(id)) => {
                entry::rename(model, id);
                stay()
            }
            (Code::Delete, .., Some(id)) | (Code::Char('d'), false, true, Some(id)) => {
                question::remove_session(model, id);
                stay()
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
        let effects = alter(model, id, change);
        self.refresh(model);
        effects
    }
}

/// Changes a session's own data wherever it is held, and keeps it.
pub fn alter(model: &mut Model, id: SessionId, change: impl Fn(&mut Session)) -> Vec<Effect> {
    if let Some(thread) = model.threads.get_mut(&id) {
        change(&mut thread.session);
    }
    let Some(session) = model.sessions.iter_mut().find(|s| s.id == id) else { return Vec::new() };
    change(session);
    let session = Box::new(session.clone());
    vec![Effect::Save(vec![Save::Session(session)])]
}
