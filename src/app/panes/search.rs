//! Full-text search over every session, answered by the store's index while one types.

use super::{Outcome, Overlay, close, stay, step};
use crate::app::event::Hit;
use crate::app::{Code, Effect, Key, Line, Model, switch};

/// So many are shown; another word makes them fewer.
pub const MOST: usize = 100;

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub query: Line,
    pub hits: Vec<Hit>,
    pub at: usize,
    /// An answer came for what stands in the query.
    pub answered: bool,
}

pub fn open(model: &mut Model, text: &str) -> Vec<Effect> {
    let state = State { query: Line::new(text), hits: Vec::new(), at: 0, answered: false };
    let effects = state.ask(model);
    model.overlays.push(Overlay::Search(state));
    effects
}

impl State {
    pub fn found(&mut self, hits: Vec<Hit>) {
        self.hits = hits;
        self.answered = true;
        self.at = 0;
    }

    fn ask(&self, model: &mut Model) -> Vec<Effect> {
        let text = self.query.text().trim().to_owned();
        if text.is_empty() {
            model.pending.search = None;
            return Vec::new();
        }
        let turn = model.next_turn();
        model.pending.search = Some(turn);
        vec![Effect::Search { turn, text }]
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.hits.len(), key) {
            return stay();
        }
        match key.code {
            Code::Esc => close(),
            Code::Enter => match self.hits.get(self.at).cloned() {
                Some(hit) => (false, switch::open(model, hit.session, Some(hit))),
                None => stay(),
            },
            _ => {
                let before = self.query.text().to_owned();
                self.query.key(key);
                if self.query.text() == before {
                    return stay();
                }
                self.answered = false;
                if self.query.text().trim().is_empty() {
                    self.hits.clear();
                }
                (true, self.ask(model))
            }
        }
    }
}
