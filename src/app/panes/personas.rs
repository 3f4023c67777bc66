//! Personas: named system prompts, one of which a session may take.

use super::{Fuzzy, Outcome, Overlay, close, stay, step};
use crate::app::{Code, Effect, Key, Level, Line, Model, switch};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub query: Line,
    /// Names; the first, empty one takes the system prompt away.
    pub matches: Vec<String>,
    pub at: usize,
}

pub fn open(model: &mut Model, name: &str) -> Vec<Effect> {
    if model.settings.personas.contains_key(name) {
        return take(model, name);
    }
    let mut state = State { query: Line::new(name), matches: Vec::new(), at: 0 };
    state.refresh(model);
    model.overlays.push(Overlay::Personas(state));
    Vec::new()
}

fn take(model: &mut Model, name: &str) -> Vec<Effect> {
    model.thread_mut().session.system = model.settings.personas.get(name).cloned();
    let said = if name.is_empty() { "no system prompt".to_owned() } else { format!("persona {name}") };
    model.say(Level::Info, said);
    switch::keep_session(model)
}

impl State {
    fn refresh(&mut self, model: &Model) {
        let mut fuzzy = Fuzzy::new(self.query.text());
        let none = std::iter::once(String::new()).filter(|_| self.query.is_empty());
        let names = model.settings.personas.keys().cloned();
        self.matches = none.chain(names.filter(|name| fuzzy.score(name).is_some())).collect();
        self.at = self.at.min(self.matches.len().saturating_sub(1));
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.matches.len(), key) {
            return stay();
        }
        match (key.code, key.ctrl, key.alt) {
            (Code::Esc, ..) => close(),
            (Code::Enter, ..) => match self.matches.get(self.at).cloned() {
                Some(name) => (false, take(model, &name)),
                None => stay(),
            },
            // the session's system prompt becomes a persona under the name typed
            (Code::Char('s'), true, false) | (Code::Char('s'), false, true) | (Code::Insert, ..) => {
                let name = self.query.text().trim().to_owned();
                let Some(text) = model.session().system.clone().filter(|_| !name.is_empty()) else {
                    model.say(
                        Level::Info,
                        "give the session a system prompt with /system, then type a name here",
                    );
                    return stay();
                };
                model.settings.personas.insert(name, text);
                self.refresh(model);
                (true, vec![switch::keep_settings(model)])
            }
            (Code::Delete, ..) => {
                if let Some(name) = self.matches.get(self.at).filter(|name| !name.is_empty()) {
                    model.settings.personas.remove(name);
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
