//! Prompt templates: choose one, its variables are asked for one by one.

use super::{Fuzzy, Outcome, Overlay, close, entry, stay, step};
use crate::app::{Code, Effect, Key, Level, Line, Model, switch};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub query: Line,
    pub matches: Vec<String>,
    pub at: usize,
}

pub fn open(model: &mut Model, name: &str) -> Vec<Effect> {
    if let Some(text) = model.settings.templates.get(name).cloned() {
        return entry::fill(model, text);
    }
    let mut state = State { query: Line::new(name), matches: Vec::new(), at: 0 };
    state.refresh(model);
    model.overlays.push(Overlay::Templates(state));
    Vec::new()
}

impl State {
    fn refresh(&mut self, model: &Model) {
        let mut fuzzy = Fuzzy::new(self.query.text());
        let names = model.settings.templates.keys();
        self.matches = names.filter(|name| fuzzy.score(name).is_some()).cloned().collect();
        self.at = self.at.min(self.matches.len().saturating_sub(1));
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.matches.len(), key) {
            return stay();
        }
        match (key.code, key.ctrl, key.alt) {
            (Code::Esc, ..) => close(),
            (Code::Enter, ..) => {
                let text =
                    self.matches.get(self.at).and_then(|name| model.settings.templates.get(name)).cloned();
                (false, text.map_or_else(Vec::new, |text| entry::fill(model, text)))
            }
            // what stands in the composer becomes a template under the name typed
            (Code::Char('s'), true, false) | (Code::Char('s'), false, true) | (Code::Insert, ..) => {
                let (name, text) = (self.query.text().trim().to_owned(), model.draft().text.clone());
                if name.is_empty() || text.trim().is_empty() {
                    model.say(Level::Info, "write the template in the composer, then type its name here");
                    return stay();
                }
                model.settings.templates.insert(name, text);
                self.refresh(model);
                (true, vec![switch::keep_settings(model)])
            }
            (Code::Delete, ..) => {
                if let Some(name) = self.matches.get(self.at) {
                    model.settings.templates.remove(name);
                }
                self.refresh(model);
                (true, vec![switch::keep_settings(model)])
            }
            _ => {
                if self.query.key(key) {
                    self.refresh(model);
                }
                stay()
            }
        }
    }
}
