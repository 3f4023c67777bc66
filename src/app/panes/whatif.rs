//! What if: a session, day, week or month priced again under each routing profile and on the favourite models.

use super::{Outcome, Overlay, close, stay};
use crate::app::{Code, Effect, Key, Level, Model};
pub use crate::metering::{Target, WhatIf};
use crate::words::{ModelId, Profile, SessionId};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub span: Span,
    /// Requests looked at, and the answers; `None` until they are there.
    pub answers: Option<(usize, Vec<(Target, WhatIf)>)>,
    pub top: usize,
}

/// What is priced again.
#[derive(Clone, Debug, PartialEq)]
pub enum Span {
    /// These civil days, the last one included.
    Days {
        from: i32,
        to: i32,
        name: String,
    },
    Session(SessionId),
}

/// How many favourites and models in the list, beside the profiles.
const MODELS: usize = 6;

/// The session on the screen; with a name, on that model too.
pub fn open(model: &mut Model, name: &str) -> Vec<Effect> {
    let named = model.known(name.trim());
    if named.is_none() && !name.trim().is_empty() {
        model.say(Level::Warning, format!("there is no model `{}`", name.trim()));
        return Vec::new();
    }
    let span = Span::Session(model.here);
    ask(model, span, named)
}

pub fn show(model: &mut Model, span: Span) -> Vec<Effect> {
    ask(model, span, None)
}

fn ask(model: &mut Model, span: Span, named: Option<ModelId>) -> Vec<Effect> {
    let mut models: Vec<ModelId> = named.into_iter().collect();
    let listed = model.settings.favourites.iter().chain(&model.settings.recent);
    for name in listed.chain([model.model()]) {
        if let Some(card) = model.card(name.as_str()).filter(|card| !card.demo())
            && !models.contains(&card.id)
            && models.len() < MODELS
        {
            models.push(card.id.clone());
        }
    }
    let profiles = Profile::ALL.into_iter().map(Target::Profile);
    let targets = profiles.chain(models.into_iter().map(Target::Model)).collect();
    let turn = model.next_turn();
    model.pending.what_if = Some(turn);
    model.overlays.push(Overlay::WhatIf(State { span: span.clone(), answers: None, top: 0 }));
    vec![Effect::WhatIf { turn, span, targets }]
}

impl State {
    pub fn key(&mut self, _: &mut Model, key: Key) -> Outcome {
        self.top = match key.code {
            Code::Up | Code::Char('k') => self.top.saturating_sub(1),
            Code::Down | Code::Char('j') => self.top + 1,
            Code::Esc | Code::Enter | Code::Char('q') => return close(),
            _ => self.top,
        };
        stay()
    }
}
