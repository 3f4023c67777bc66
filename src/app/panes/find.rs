//! Find in the conversation on the screen: each place by itself, the newest first. Enter ends the typing; then `n` goes
//! to the one before and `N` to the one after.

use super::{Outcome, Overlay, close, stay};
use crate::app::event::Hit;
use crate::app::{Code, Effect, Key, Line, Model, Order};
use crate::words::{Message, MessageId, Needle, Part};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub query: Line,
    /// Letters go into the query; else they are commands.
    pub typing: bool,
    /// Messages that hold the words, newest first.
    pub hits: Vec<Found>,
    /// Which of them, and which of its places, counted from its first.
    at: (usize, usize),
}

/// Places in one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub message: MessageId,
    /// In its thinking, which stands above its text.
    thinking: usize,
    text: usize,
}

impl Found {
    fn of(message: &Message, needle: &Needle) -> Option<Self> {
        let mut found = Self { message: message.id, thinking: 0, text: 0 };
        for part in &message.parts {
            match part {
                Part::Text { text, .. } => found.text += needle.count(text),
                Part::Reasoning(reasoning) => found.thinking += needle.count(&reasoning.text),
                _ => {}
            }
        }
        (found.count() > 0).then_some(found)
    }

    fn count(&self) -> usize {
        self.thinking + self.text
    }
}

pub fn open(model: &mut Model, text: &str) -> Vec<Effect> {
    let mut state = State { query: Line::new(text), typing: true, hits: Vec::new(), at: (0, 0) };
    state.scan(model);
    let effects = state.go(model);
    model.overlays.push(Overlay::Find(state));
    effects
}

/// The very place that a search over all sessions found, its words marked; what else holds them is one key away.
pub fn open_at(model: &mut Model, hit: &Hit) -> Vec<Effect> {
    let (start, end) = hit.marks.first().copied().unwrap_or_default();
    let words = hit.excerpt.get(start..end).unwrap_or_default();
    let mut state = State { query: Line::new(words), typing: false, hits: Vec::new(), at: (0, 0) };
    state.scan(model);
    let Some(at) = state.hits.iter().position(|found| found.message == hit.message) else {
        return Vec::new();
    };
    let text = model.thread().message(hit.message).map(|m| m.plain()).unwrap_or_default();
    let before = Needle::new(words).find_in(&text).iter().filter(|range| range.start < hit.offset).count();
    state.at = (at, (state.hits[at].thinking + before).min(state.hits[at].count() - 1));
    let effects = state.go(model);
    model.overlays.push(Overlay::Find(state));
    effects
}

impl State {
    fn scan(&mut self, model: &Model) {
        let needle = Needle::new(self.query.text());
        let shown = model.thread().shown().rev().filter(|_| !needle.is_empty());
        self.hits = shown.filter_map(|node| Found::of(&node.message, &needle)).collect();
        self.at = (0, self.hits.first().map_or(0, |hit| hit.count() - 1));
    }

    /// Which place of how many, the newest being the first.
    pub fn standing(&self) -> (usize, usize) {
        let count = |hits: &[Found]| hits.iter().map(Found::count).sum::<usize>();
        let newer = self.hits.get(..self.at.0).unwrap_or_default();
        let here = self.hits.get(self.at.0).map_or(0, |hit| hit.count() - self.at.1);
        (count(newer) + here, count(&self.hits))
    }

    fn older(&mut self) {
        let (hit, place) = self.at;
        self.at = match place.checked_sub(1) {
            Some(place) => (hit, place),
            None => {
                let next = (hit + 1) % self.hits.len();
                (next, self.hits[next].count() - 1)
            }
        };
    }

    fn newer(&mut self) {
        let (hit, place) = self.at;
        self.at = if place + 1 < self.hits[hit].count() {
            (hit, place + 1)
        } else {
            (hit.checked_sub(1).unwrap_or(self.hits.len() - 1), 0)
        };
    }

    fn go(&self, model: &mut Model) -> Vec<Effect> {
        let Some(found) = self.hits.get(self.at.0) else { return Vec::new() };
        let thread = model.thread_mut();
        thread.selected = Some(found.message);
        if self.at.1 < found.thinking && thread.node(found.message).is_some_and(|node| !node.open) {
            thread.toggle(found.message);
        }
        let folded = thread.node(found.message).is_some_and(|node| !node.open);
        let nth = if folded { self.at.1 - found.thinking } else { self.at.1 };
        let words = self.query.text().to_owned();
        vec![Effect::Screen(Order::Find { message: found.message, words, nth })]
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let older = matches!(
            (key.code, key.ctrl),
            (Code::Enter | Code::Up | Code::F(3), _) | (Code::Char('p'), true)
        ) || !self.typing && key == Key::char('n');
        let newer = matches!((key.code, key.ctrl), (Code::Down, _) | (Code::Char('n'), true))
            || !self.typing && key == Key::char('N');
        if key.code == Code::Esc {
            return close();
        }
        if older || newer {
            self.typing &= key.code != Code::Enter || self.hits.is_empty();
            if self.hits.is_empty() {
                return stay();
            }
            if older {
                self.older()
            } else {
                self.newer()
            }
            return (true, self.go(model));
        }
        if !self.typing && key == Key::char('/') {
            self.typing = true;
            return stay();
        }
        let before = self.query.text().to_owned();
        self.query.key(key);
        if self.query.text() == before {
            return stay();
        }
        self.typing = true;
        self.scan(model);
        (true, self.go(model))
    }
}
