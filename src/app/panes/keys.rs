//! The keys screen: what a key press really sent, and what it does here.

use super::{Outcome, Overlay, close, stay};
use crate::app::{Code, Effect, Key, Model};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Newest last.
    pub pressed: Vec<Key>,
}

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    model.overlays.push(Overlay::Keys(State::default()));
    Vec::new()
}

impl State {
    /// Esc twice leaves: once shows what Esc sends.
    pub fn key(&mut self, _: &mut Model, key: Key) -> Outcome {
        let esc = Key::plain(Code::Esc);
        if key == esc && self.pressed.last() == Some(&esc) {
            return close();
        }
        self.pressed.push(key);
        let over = self.pressed.len().saturating_sub(12);
        self.pressed.drain(..over);
        stay()
    }
}
