//! Find in the conversation on the screen: newest first, Enter or Up goes to the one before.

use super::{Outcome, Overlay, close, stay};
use crate::app::{Code, Effect, Key, Line, Model, Order, Scroll};
use crate::words::{MessageId, Part};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub query: Line,
    /// Messages that hold the words, newest first.
    pub hits: Vec<MessageId>,
    pub at: usize,
}

pub fn open(model: &mut Model, text: &str) -> Vec<Effect> {
    let mut state = State { query: Line::new(text), hits: Vec::new(), at: 0 };
    state.scan(model);
    let effects = state.go(model);
    model.overlays.push(Overlay::Find(state));
    effects
}

impl State {
    fn scan(&mut self, model: &Model) {
        self.hits.clear();
        self.at = 0;
        if self.query.is_empty() {
            return;
        }
        let needle = self.query.text().to_lowercase();
        let holds = |part: &Part| match part {
            Part::Text { text, .. } => contains(text, &needle),
            Part::Reasoning(reasoning) => contains(&reasoning.text, &needle),
            _ => false,
        };
        let shown = model.thread().shown().rev();
        self.hits = shown.filter(|n| n.message.parts.iter().any(holds)).map(|n| n.message.id).collect();
    }

    fn go(&self, model: &mut Model) -> Vec<Effect> {
        let Some(id) = self.hits.get(self.at).copied() else { return Vec::new() };
        model.thread_mut().selected = Some(id);
        vec![Effect::Screen(Order::Scroll(Scroll::Reveal(id)))]
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        match (key.code, key.ctrl) {
            (Code::Esc, _) => close(),
            (Code::Enter | Code::Up, _) | (Code::Char('p'), true) | (Code::F(3), _)
                if !self.hits.is_empty() =>
            {
                self.at = (self.at + 1) % self.hits.len();
                (true, self.go(model))
            }
            (Code::Down, _) | (Code::Char('n'), true) if !self.hits.is_empty() => {
                self.at = (self.at + self.hits.len() - 1) % self.hits.len();
                (true, self.go(model))
            }
            _ => {
                let before = self.query.text().to_owned();
                self.query.key(key);
                if self.query.text() == before {
                    return stay();
                }
                self.scan(model);
                (true, self.go(model))
            }
        }
    }
}

/// Whether `text` holds `needle` (already in lower case), whatever the case; ASCII without a copy.
fn contains(text: &str, needle: &str) -> bool {
    if !needle.is_ascii() {
        return text.to_lowercase().contains(needle);
    }
    let needle = needle.as_bytes();
    let Some(first) = needle.first() else { return true };
    let (low, high) = (*first, first.to_ascii_uppercase());
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = memchr::memchr2(low, high, &bytes[from..]) {
        let start = from + at;
        if bytes.len() - start < needle.len() {
            return false;
        }
        if bytes[start..start + needle.len()].eq_ignore_ascii_case(needle) {
            return true;
        }
        from = start + 1;
    }
    false
}
