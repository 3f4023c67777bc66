//! The model picker: fuzzy, filtered, sorted by any column, with details of every endpoint.

mod column;
pub mod details;
mod filter;
mod own;

pub use column::Column;
pub use filter::{Filters, Query};
pub use own::stands_for;

use super::{Fuzzy, Outcome, Overlay, close, preferences, stay, step};
use crate::app::event::HealthRow;
use crate::app::{Card, Code, Effect, Key, Level, Line, Model, Offer, OwnName, act, choose, panes, switch};
use crate::words::{MessageId, MessageState, ModelId, ModelRef};
use std::cmp::Reverse;

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub query: Line,
    /// The names of the person's own, as the config has them.
    pub own: Vec<(String, OwnName)>,
    /// What matches, best first.
    pub matches: Vec<Row>,
    pub at: usize,
    pub sort: Column,
    /// The last stand first.
    pub backwards: bool,
    pub filters: Filters,
    /// The details of the chosen model are open.
    pub details: bool,
    /// The first of its endpoints that is shown there.
    pub top: usize,
    pub health: Vec<HealthRow>,
    pub purpose: For,
}

/// A row of the list: a place in [`State::own`], or one in `Model::cards`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Own(u32),
    Model(u32),
}

/// What a choice is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum For {
    Session,
    /// Ask again about this message.
    Again(MessageId),
    /// Another model of a comparison.
    Versus,
    /// Who summarises.
    Summary,
}

pub fn open(model: &mut Model, query: &str) -> Vec<Effect> {
    // `/model name` with a name that is exactly one model, or one of the person's own, takes it at once
    if let Some(own) = model.settings.names.get(query) {
        let who = own::asked_by(model, query, own);
        return choose::set_model(model, who);
    }
    if model.known(query).is_some() {
        return choose::set_model(model, ModelRef::new(query));
    }
    let mut state = State::new(For::Session);
    state.query = Line::new(query);
    show(model, state)
}

pub fn open_for(model: &mut Model, purpose: For) -> Vec<Effect> {
    let mut state = State::new(purpose);
    // nobody asks, now, what cannot answer
    state.filters.mine = state.purpose != For::Session && model.cards.iter().any(Card::usable);
    show(model, state)
}

/// For a prompt that a budget stopped: the cheapest first.
pub fn open_cheap(model: &mut Model, message: MessageId) -> Vec<Effect> {
    let mut state = State::new(For::Again(message));
    state.sort = Column::PriceOut;
    state.filters.mine = true;
    show(model, state)
}

/// For a conversation that outgrows its model: the largest contexts first.
pub fn open_larger(model: &mut Model) -> Vec<Effect> {
    // what did not fit is asked again
    let refused = model.thread().last().filter(|m| matches!(m.state, MessageState::Failed(_))).map(|m| m.id);
    let mut state = State::new(refused.map_or(For::Session, For::Again));
    state.sort = Column::Context;
    state.filters.mine = true;
    show(model, state)
}

fn show(model: &mut Model, mut state: State) -> Vec<Effect> {
    state.own = model.settings.names.iter().map(|(name, own)| (name.clone(), own.clone())).collect();
    state.refresh(model);
    // where one is; but who looks for a cheaper or larger one begins at the best of those
    if state.query.is_empty()
        && state.sort == Column::Relevance
        && let Some(at) = state.place(model, model.model().as_str())
    {
        state.at = at;
    }
    model.overlays.push(Overlay::Picker(state));
    let turn = model.next_turn();
    model.pending.mine = Some(turn);
    vec![Effect::Mine { turn }]
}

impl State {
    fn new(purpose: For) -> Self {
        Self {
            query: Line::default(),
            own: Vec::new(),
            matches: Vec::new(),
            at: 0,
            sort: Column::Relevance,
            backwards: false,
            filters: Filters::default(),
            details: false,
            top: 0,
            health: Vec::new(),
            purpose,
        }
    }

    /// The chosen model, or the one behind the chosen name.
    pub fn card<'a>(&self, model: &'a Model) -> Option<&'a Card> {
        match self.matches.get(self.at)? {
            Row::Own(at) => model.card(&self.own.get(*at as usize)?.0),
            Row::Model(at) => model.cards.get(*at as usize),
        }
    }

    /// What a row is called.
    pub fn name<'a>(&'a self, model: &'a Model, row: Row) -> Option<&'a str> {
        match row {
            Row::Own(at) => self.own.get(at as usize).map(|(name, _)| name.as_str()),
            Row::Model(at) => model.cards.get(at as usize).map(|card| card.id.as_str()),
        }
    }

    /// The row of this name.
    fn place(&self, model: &Model, name: &str) -> Option<usize> {
        self.matches.iter().position(|row| self.name(model, *row) == Some(name))
    }

    /// What the chosen row is asked by.
    pub fn chosen(&self, model: &Model) -> Option<ModelRef> {
        let row = *self.matches.get(self.at)?;
        match self.own() {
            Some((name, own)) => Some(own::asked_by(model, name, own)),
            None => self.name(model, row).map(ModelRef::new),
        }
    }

    /// Lines of the table of details: endpoints, and the hosts behind resellers.
    pub fn lines(&self, card: &Card) -> usize {
        card.endpoints.len() + self.health.iter().map(|row| row.hosts.len()).sum::<usize>()
    }

    /// What the filters leave of a model that is listed.
    pub fn offer<'a>(&self, card: &'a Card) -> Offer<'a> {
        let query = Query::parse(self.query.text());
        self.filters.offer(&query, card).unwrap_or_else(|| card.offer())
    }

    /// Chooses and orders the rows anew, from all of them.
    pub fn refresh(&mut self, model: &Model) {
        let all = 0..u32::try_from(model.cards.len()).unwrap_or(u32::MAX);
        self.choose(model, all);
    }

    /// The rows anew, and the cursor with the model it stood on; at the top it stands for the best there is.
    pub fn follow(&mut self, model: &Model, on: Option<&str>) {
        self.refresh(model);
        if self.at > 0
            && let Some(at) = on.and_then(|on| self.place(model, on))
        {
            self.at = at;
        }
    }

    fn choose(&mut self, model: &Model, among: impl Iterator<Item = u32>) {
        let query = Query::parse(self.query.text());
        let mut fuzzy = Fuzzy::new(&query.words);
        let mut haystack = String::new();
        let mut scored: Vec<_> = among
            .filter_map(|row| {
                let card = model.cards.get(row as usize)?;
                if !self.filters.list(model, card) {
                    return None;
                }
                let offer = self.filters.offer(&query, card)?;
                let mut score = 0;
                if !query.words.is_empty() {
                    haystack.clear();
                    haystack.push_str(card.id.as_str());
                    haystack.push(' ');
                    haystack.push_str(&card.name);
                    // of two that match alike the one within reach is meant
                    score = fuzzy.score(&haystack)? + if offer.within_reach { WITHIN_REACH } else { 0 };
                }
                // the demonstration is for who has nothing else
                let relevance = (Reverse(score), rank(model, card), !offer.within_reach, card.demo(), row);
                Some((self.sort.value(model, card, &offer), relevance))
            })
            .collect();
        scored
            .sort_by(|(a, near), (b, far)| self.sort.order(self.backwards, a, b).then_with(|| near.cmp(far)));
        let (mut rows, last) = self.own_rows(model);
        rows.extend(scored.into_iter().map(|(_, (.., row))| Row::Model(row)));
        rows.extend(last);
        self.matches = rows;
        self.at = self.at.min(self.matches.len().saturating_sub(1));
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let before = self.shown(model);
        let (stays, mut effects) = self.press(model, key);
        // whatever key led to another model
        if stays && self.shown(model) != before {
            effects.extend(self.ask_health(model));
        }
        (stays, effects)
    }

    /// The model whose details are open.
    fn shown(&self, model: &Model) -> Option<ModelId> {
        self.card(model).filter(|_| self.details).map(|card| card.id.clone())
    }

    fn press(&mut self, model: &mut Model, key: Key) -> Outcome {
        if self.details && self.page(model, key) {
            return stay();
        }
        if step(&mut self.at, self.matches.len(), key) {
            return stay();
        }
        match (key.code, key.ctrl, key.alt) {
            (Code::Esc, ..) if self.details => {
                self.details = false;
                stay()
            }
            (Code::Esc, ..) => close(),
            (Code::Enter, ..) => self.take(model),
            (Code::Tab | Code::BackTab, ..) => {
                let at = Column::ALL.iter().position(|c| *c == self.sort).unwrap_or(0);
                let by = if key.code == Code::Tab { 1 } else { Column::ALL.len() - 1 };
                self.sort = Column::ALL[(at + by) % Column::ALL.len()];
                self.at = 0;
                self.refresh(model);
                stay()
            }
            (Code::Char(digit @ '1'..='9'), false, true) => {
                let place = digit.to_digit(10).map_or(0, |d| d as usize - 1);
                (true, self.favour(model, Some(place)))
            }
            (Code::Char('i'), false, true) => {
                self.backwards = !self.backwards;
                self.refresh(model);
                stay()
            }
            (Code::Char('f'), true, _) => (true, self.favour(model, None)),
            (Code::Char('x'), true, _) => (true, self.hide(model)),
            (Code::Char('s'), false, true) => (true, self.make_default(model)),
            (Code::Char('o'), false, true) => (true, preferences::open_at(model, "temperature")),
            (Code::Char('e'), false, true) => (true, preferences::next_effort(model)),
            (Code::Char('d'), true, _) => {
                self.details = !self.details;
                stay()
            }
            (Code::Char(letter), false, true) if self.filters.toggle(letter) => {
                self.at = 0;
                self.refresh(model);
                stay()
            }
            _ => {
                let before = self.query.text().to_owned();
                if self.query.key(key) && self.query.text() != before {
                    self.at = 0;
                    // a longer query without conditions can only narrow what is there already
                    let narrows = self.query.text().starts_with(&before)
                        && !self.query.text().contains(['@', '<', '>', '!', '^', '\'', '$', '\\']);
                    if narrows {
                        let rows = std::mem::take(&mut self.matches);
                        let models = rows.into_iter().filter_map(|row| match row {
                            Row::Model(at) => Some(at),
                            Row::Own(_) => None,
                        });
                        self.choose(model, models);
                    } else {
                        self.refresh(model);
                    }
                }
                stay()
            }
        }
    }

    fn take(&self, model: &mut Model) -> Outcome {
        let who = match self.chosen(model) {
            Some(who) => who,
            None if self.verbatim() => ModelRef::new(self.query.text()),
            None => return stay(),
        };
        let effects = match self.purpose {
            For::Session => choose::set_model(model, who),
            For::Again(message) => {
                model.thread_mut().selected = Some(message);
                act::again(model, who)
            }
            For::Versus => panes::versus::add(model, who),
            For::Summary => panes::context::chosen(model, who),
        };
        (false, effects)
    }

    /// Nothing is listed, and what was typed may be a name that no list has.
    pub fn verbatim(&self) -> bool {
        let text = self.query.text();
        // a condition that nobody meets is no name
        let is_name = text.starts_with(ModelRef::PRESET) || Query::parse(text).words == text;
        self.matches.is_empty() && !text.is_empty() && is_name && !text.contains(char::is_whitespace)
    }

    /// Makes the chosen model a favourite, the one of that place if there are so many, or no longer one.
    fn favour(&mut self, model: &mut Model, place: Option<usize>) -> Vec<Effect> {
        let Some(who) = self.chosen(model) else { return Vec::new() };
        let favourites = &mut model.settings.favourites;
        let was = favourites.iter().position(|f| *f == who);
        favourites.retain(|f| *f != who);
        if was.is_none() || place.is_some_and(|place| was != Some(place)) {
            favourites.insert(place.unwrap_or(usize::MAX).min(favourites.len()), who);
        }
        vec![switch::keep_settings(model)]
    }

    /// Takes a model out of the list that is never used, or brings it back.
    fn hide(&mut self, model: &mut Model) -> Vec<Effect> {
        if let Some((name, _)) = self.own() {
            model.say(Level::Info, format!("{name} stands in the config: take it out there"));
            return Vec::new();
        }
        let Some(who) = self.chosen(model) else { return Vec::new() };
        let hidden = &mut model.settings.hidden;
        if hidden.contains(&who) {
            hidden.retain(|h| *h != who);
        } else {
            hidden.push(who.clone());
            model
                .say(Level::Info, format!("{who} is hidden: Alt-H lists hidden ones, Ctrl-X brings it back"));
        }
        self.refresh(model);
        vec![switch::keep_settings(model)]
    }

    /// The model of new sessions, or no longer: then they begin with the one used last.
    fn make_default(&mut self, model: &mut Model) -> Vec<Effect> {
        let Some(who) = self.chosen(model) else { return Vec::new() };
        if model.settings.model == who {
            model.settings.model = ModelRef::default();
            model.say(Level::Info, "new sessions begin with the model used last");
        } else {
            model.say(Level::Info, format!("new sessions begin with {who}"));
            model.settings.model = who;
        }
        vec![switch::keep_settings(model)]
    }

    /// Pages through endpoints that do not all fit.
    fn page(&mut self, model: &Model, key: Key) -> bool {
        let lines = self.card(model).map_or(0, |card| self.lines(card));
        let rows = details::shown(model, lines);
        let page = rows.saturating_sub(1).max(1);
        self.top = match key.code {
            Code::PageUp => self.top.saturating_sub(page),
            Code::PageDown => self.top + page,
            _ => return false,
        }
        .min(lines.saturating_sub(rows));
        lines > rows
    }

    fn ask_health(&mut self, model: &mut Model) -> Vec<Effect> {
        self.health.clear();
        self.top = 0;
        let Some(id) = self.shown(model) else { return Vec::new() };
        let turn = model.next_turn();
        model.pending.health = Some(turn);
        vec![Effect::Health { turn, model: id }]
    }
}

/// What being within reach adds to a match, beside the some 26 points of a matched letter.
const WITHIN_REACH: u32 = 20;

/// Favourites first, then recent ones, then the rest.
fn rank(model: &Model, card: &Card) -> usize {
    let recent = || {
        let at = model.settings.recent.iter().position(|r| r.as_str() == card.id.as_str());
        at.map(|at| at + 100)
    };
    model.favourite(&card.id).or_else(recent).unwrap_or(usize::MAX)
}
