//! When the context fills: summarise the older exchanges, leave them out, or move to a larger model; each with its price.

use super::{Outcome, Overlay, close, picker, stay, step};
use crate::app::shorten::{self, Cut};
use crate::app::{Card, Code, Effect, Key, Level, Model, switch};
use crate::words::{Failure, FailureKind, Filter, ModelRef, Prices, Usd};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub at: usize,
    /// How many of the newest exchanges stay.
    pub keep: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Summarise,
    LeaveOut,
    Larger,
    Nothing,
}

/// A way out and what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub way: Way,
    pub text: String,
    /// What the next prompt costs then, before its reply.
    pub prompt: Cost,
    /// What it costs itself.
    pub once: Cost,
}

/// Money that a choice costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Nothing is asked of anybody.
    None,
    Unknown,
    About(Usd),
}

impl From<Option<Usd>> for Cost {
    fn from(cost: Option<Usd>) -> Self {
        cost.map_or(Self::Unknown, Self::About)
    }
}

/// What a summary of at most 400 words comes to; of little it says less.
fn summary(older: u64) -> u64 {
    600.min(older / 2)
}

/// From this part of the context on the person is told, in percent.
const FULL: u64 = 80;

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    if shorten::count(model) == 0 {
        model.say(Level::Info, "there is nothing to make smaller yet");
        return Vec::new();
    }
    let keep = (shorten::count(model) / 2).clamp(1, 10);
    model.overlays.push(Overlay::Context(State { at: 0, keep }));
    Vec::new()
}

/// A prompt did not fit: the ways out open by themselves, nothing is left out unasked.
pub fn refused(model: &mut Model, failure: &Failure) -> Vec<Effect> {
    let by_us = failure.excluded_by.iter().any(|by| by == Filter::ContextLength.name());
    if failure.kind != FailureKind::ContextLength && !by_us {
        return Vec::new();
    }
    if model.overlays.is_empty() && model.compare.is_none() { open(model, "") } else { Vec::new() }
}

/// How full the context is, in percent, when a reply has taken it past the mark.
pub fn filling(before: u64, after: u64, size: u32) -> Option<u64> {
    let percent = |used: u64| used * 100 / u64::from(size).max(1);
    (percent(before) < FULL && percent(after) >= FULL).then(|| percent(after))
}

/// What opens this pane, to be said to the person: a command would have to take the place of a prompt.
pub fn key(model: &Model) -> String {
    model.keymap.way("context")
}

/// The summary is written by this model.
pub fn by(model: &Model) -> ModelRef {
    let chosen = &model.settings.summariser;
    if model.card(chosen.as_str()).is_some() { chosen.clone() } else { model.model().clone() }
}

/// A model chosen in the picker over this pane.
pub fn chosen(model: &mut Model, who: ModelRef) -> Vec<Effect> {
    model.settings.summariser = who;
    vec![switch::keep_settings(model)]
}

/// The cheapest model within reach that has more room than this one and enough for all of it.
fn larger(model: &Model, tokens: u64) -> Option<&Card> {
    let now = model.card(model.model().as_str()).and_then(Card::context).unwrap_or(0);
    let room = |card: &Card| card.context().filter(|c| *c > now && u64::from(*c) > tokens);
    let demo = model.demo_here();
    let cards = model.cards.iter().filter(|c| c.usable() && c.demo() == demo && room(c).is_some());
    cards.min_by_key(|card| card.prices().map_or((true, Usd::ZERO), |p| (false, p.prompt)))
}

impl State {
    pub fn cut(&self, model: &Model) -> Cut {
        shorten::cut(model, self.keep)
    }

    /// What can be done; only what can be done.
    pub fn choices(&self, model: &Model) -> Vec<Choice> {
        let cut = self.cut(model);
        let (older, stays) = (shorten::tokens(&cut.older), shorten::tokens(&cut.stays));
        let prices = |who: &str| model.card(who).and_then(Card::prices);
        let here = prices(model.model().as_str());
        let cost = |prices: Option<&Prices>, tokens: u64| Cost::from(prices.map(|p| p.prompt * tokens));
        let mut choices = Vec::new();
        if !cut.older.is_empty() {
            let by = by(model);
            let price = prices(by.as_str()).map(|p| p.prompt * older + p.completion * summary(older));
            let room = model.card(by.as_str()).and_then(Card::context);
            let small = room.is_some_and(|room| u64::from(room) < older + summary(older));
            choices.push(Choice {
                way: Way::Summarise,
                text: format!(
                    "Summarise the older ones with {by}{}",
                    if small { ", which is too small for them" } else { "" }
                ),
                prompt: cost(here, stays + summary(older)),
                once: price.into(),
            });
            choices.push(Choice {
                way: Way::LeaveOut,
                text: "Leave the older ones out".into(),
                prompt: cost(here, stays),
                once: Cost::None,
            });
        }
        let all = older + stays;
        let larger = larger(model, all);
        choices.push(Choice {
            way: Way::Larger,
            text: match larger {
                Some(card) => format!("Move to a larger model, such as {}", card.id),
                None => "Look for a larger model".into(),
            },
            prompt: larger.map_or(Cost::None, |card| cost(card.prices(), all)),
            once: Cost::None,
        });
        choices.push(Choice {
            way: Way::Nothing,
            text: "Leave it as it is".into(),
            prompt: cost(here, all),
            once: Cost::None,
        });
        choices
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let choices = self.choices(model);
        if step(&mut self.at, choices.len(), key) {
            return stay();
        }
        match key.code {
            Code::Esc => close(),
            Code::Left | Code::Char('-') => {
                self.keep = self.keep.saturating_sub(1).max(1);
                stay()
            }
            Code::Right | Code::Char('+') => {
                self.keep = (self.keep + 1).min(shorten::count(model).saturating_sub(1)).max(1);
                stay()
            }
            Code::Char('m') => (true, picker::open_for(model, picker::For::Summary)),
            Code::Enter if model.streaming() => {
                model.say(Level::Info, "a reply is under way: Esc stops it");
                stay()
            }
            Code::Enter => match choices.get(self.at).map(|choice| choice.way) {
                Some(Way::Summarise) => {
                    let by = by(model);
                    (false, shorten::summarise(model, self.keep, by))
                }
                Some(Way::LeaveOut) => (false, shorten::shorten(model, self.keep, None)),
                Some(Way::Larger) => (false, picker::open_larger(model)),
                _ => close(),
            },
            _ => stay(),
        }
    }
}
