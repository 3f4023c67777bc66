//! Which models a comparison asks: two to six, the prompt is the composer's.

use super::{Outcome, Overlay, close, picker, stay, step};
use crate::app::{Code, Effect, Key, Level, Model, compare};
use crate::words::ModelRef;

pub const MOST: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub models: Vec<ModelRef>,
    pub at: usize,
}

/// Begins with the session's model and the first favourite.
pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    let mut models = vec![model.model().clone()];
    models.extend(model.settings.favourites.iter().find(|f| *f != model.model()).cloned());
    model.overlays.push(Overlay::Versus(State { models, at: 0 }));
    Vec::new()
}

/// A model chosen in the picker over this pane.
pub fn add(model: &mut Model, who: ModelRef) -> Vec<Effect> {
    let full = "six models at most";
    for overlay in model.overlays.iter_mut().rev() {
        if let Overlay::Versus(state) = overlay {
            if state.models.len() < MOST {
                state.at = state.models.len();
                state.models.push(who);
            } else {
                model.say(Level::Info, full);
            }
            break;
        }
    }
    Vec::new()
}

impl State {
    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.models.len(), key) {
            return stay();
        }
        match key.code {
            Code::Esc => close(),
            Code::Char('a' | '+') => (true, picker::open_for(model, picker::For::Versus)),
            Code::Char('d' | '-') | Code::Delete | Code::Backspace => {
                if self.at < self.models.len() {
                    self.models.remove(self.at);
                    self.at = self.at.min(self.models.len().saturating_sub(1));
                }
                stay()
            }
            Code::Enter if self.models.len() < 2 => {
                model.say(Level::Info, "a comparison needs two models: `a` adds one");
                stay()
            }
            Code::Enter if model.streaming() => {
                model.say(Level::Info, "a reply is under way: Esc stops it");
                stay()
            }
            Code::Enter if model.draft().text.trim().is_empty() => {
                model.say(Level::Info, "write the prompt first, then Alt-M");
                close()
            }
            Code::Enter => (false, compare::start(model, &self.models)),
            _ => stay(),
        }
    }
}
