//! The form of routing preferences, sampling and reasoning, for this session or for every new one.

mod field;
mod fields;
mod values;

use super::{Outcome, Overlay, close, stay, step};
use crate::app::{Code, Effect, Key, Level, Line, Model, ask, switch};
use crate::words::{Effort, MaxPrice, Params, Preferences, Profile, ReasoningParams};
use values::cycle;

pub use field::Field;
pub use fields::FIELDS;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub at: usize,
    /// What is set here holds for new sessions too.
    pub everywhere: bool,
    pub params: Params,
    pub preferences: Preferences,
    /// A value being typed.
    pub line: Option<Line>,
}

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    open_at(model, "")
}

/// With the cursor at the field of that name.
pub fn open_at(model: &mut Model, field: &str) -> Vec<Effect> {
    let session = model.session();
    let empty = session.preferences == Preferences::default();
    let mut preferences =
        if empty { model.settings.preferences.clone() } else { session.preferences.clone() };
    preferences.profile = preferences.profile.or(model.settings.profile);
    let params = ask::params(model).clone();
    model.overlays.push(Overlay::Preferences(State {
        at: FIELDS.iter().position(|f| f.name == field).unwrap_or(0),
        everywhere: false,
        params,
        preferences,
        line: None,
    }));
    Vec::new()
}

/// How long the session's model may think, one step further: only efforts that it takes, when they are known.
pub fn next_effort(model: &mut Model) -> Vec<Effect> {
    let known = model.card(model.model().as_str()).map(|c| c.efforts.clone()).unwrap_or_default();
    let all = if known.is_empty() { EFFORTS.to_vec() } else { known };
    let reasoning = &mut model.thread_mut().session.params.reasoning;
    let now = reasoning.as_ref().and_then(|r| r.effort);
    *reasoning = cycle(now, &all, 1)
        .map(|effort| ReasoningParams { effort: Some(effort), ..reasoning.clone().unwrap_or_default() });
    switch::keep_session(model)
}

const EFFORTS: [Effort; 7] =
    [Effort::None, Effort::Minimal, Effort::Low, Effort::Medium, Effort::High, Effort::Xhigh, Effort::Max];

impl State {
    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let field = &FIELDS[self.at.min(FIELDS.len() - 1)];
        if let Some(line) = &mut self.line {
            match key.code {
                Code::Esc => self.line = None,
                Code::Enter => return (true, self.take(model, field)),
                _ => {
                    line.key(key);
                }
            }
            return stay();
        }
        if step(&mut self.at, FIELDS.len(), key) {
            return stay();
        }
        match (key.code, field.change) {
            (Code::Esc, _) => close(),
            (Code::Left | Code::Right, Some(change)) => {
                change(self, if key.code == Code::Left { -1 } else { 1 });
                (true, self.keep(model))
            }
            (Code::Enter, Some(change)) if field.typed.is_none() => {
                change(self, 1);
                (true, self.keep(model))
            }
            (Code::Enter | Code::Left | Code::Right, _) => {
                self.line = Some(Line::new(field.text(self)));
                stay()
            }
            (Code::Backspace | Code::Delete, _) => {
                (field.copy)(self, &Self::default());
                (true, self.keep(model))
            }
            (Code::Tab, _) => {
                self.everywhere = !self.everywhere;
                (true, self.keep(model))
            }
            // one key a profile, on whichever row
            (Code::Char(c @ '1'..='5'), _) if key.alt => {
                let at = c.to_digit(10).unwrap_or(1) as usize - 1;
                self.preferences.profile = Profile::ALL.get(at).copied();
                (true, self.keep(model))
            }
            (Code::Char(c), _) if field.typed.is_some() && key.typed().is_some() => {
                self.line = Some(Line::new(c.to_string()));
                stay()
            }
            _ => stay(),
        }
    }

    /// The text that was typed becomes the field's value, or a sentence says why not.
    fn take(&mut self, model: &mut Model, field: &Field) -> Vec<Effect> {
        let line = self.line.take().unwrap_or_default();
        let text = line.text().trim().trim_start_matches('$');
        let taken = match field.typed {
            _ if text.is_empty() => {
                (field.copy)(self, &Self::default());
                true
            }
            Some(typed) => typed(self, text),
            None => false,
        };
        if !taken {
            model.say(Level::Warning, format!("`{text}` is no value for {}: {}", field.name, field.about));
            return Vec::new();
        }
        let named = [&self.preferences.order, &self.preferences.only, &self.preferences.ignore];
        let known = |name: &str| {
            // a slug may name one endpoint of a provider: `deepinfra/turbo`
            let slug = name.split('/').next().unwrap_or(name);
            model.cards.iter().flat_map(|card| &card.endpoints).any(|e| e.provider.as_str() == slug)
        };
        let unknown = named.into_iter().flatten().find(|name| !known(name)).cloned();
        if let Some(name) = unknown.filter(|_| matches!(field.name, "order" | "only" | "ignore")) {
            model.say(Level::Warning, format!("kept, but no provider `{name}` is known; Ctrl-K lists them"));
        }
        self.keep(model)
    }

    /// What was set holds at once.
    fn keep(&mut self, model: &mut Model) -> Vec<Effect> {
        if self.preferences.max_price == Some(MaxPrice::default()) {
            self.preferences.max_price = None;
        }
        let session = &mut model.thread_mut().session;
        session.params = self.params.clone();
        session.preferences = self.preferences.clone();
        let mut effects = switch::keep_session(model);
        if self.everywhere {
            model.settings.params = self.params.clone();
            model.settings.preferences = self.preferences.clone();
            model.settings.profile = self.preferences.profile;
            effects.push(switch::keep_settings(model));
        }
        effects
    }
}
