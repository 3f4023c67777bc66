//! The model picker: fuzzy, filtered, sorted by any column, with details of every endpoint.

use super::{Fuzzy, Outcome, Overlay, close, stay, step};
use crate::app::event::HealthRow;
use crate::app::{Card, Code, Effect, Key, Line, Model, act, panes, switch};
use crate::words::{MessageId, ModelRef, Usd};
use std::cmp::Reverse;

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub query: Line,
    /// Rows of `Model::cards` that match, best first.
    pub matches: Vec<u32>,
    pub at: usize,
    pub sort: Column,
    pub filters: Filters,
    /// The details of the chosen model are open.
    pub details: bool,
    pub health: Vec<HealthRow>,
    pub purpose: For,
}

/// What a choice is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum For {
    Session,
    /// Ask again about this message.
    Again(MessageId),
    /// Another model of a comparison.
    Versus,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// By match; without a query favourites, then recent ones.
    #[default]
    Relevance,
    Name,
    Provider,
    PriceIn,
    PriceOut,
    Context,
}

impl Column {
    pub const ALL: [Column; 6] =
        [Self::Relevance, Self::Name, Self::Provider, Self::PriceIn, Self::PriceOut, Self::Context];

    pub fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Name => "name",
            Self::Provider => "provider",
            Self::PriceIn => "price in",
            Self::PriceOut => "price out",
            Self::Context => "context",
        }
    }
}

/// What must hold; words in the query set the rest: `@openai`, `>100k` of context, `<2.5` dollars a million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    pub free: bool,
    pub local: bool,
    pub vision: bool,
    pub tools: bool,
    pub reasoning: bool,
    /// Only what my keys reach.
    pub mine: bool,
}

impl Filters {
    /// Letter for Alt, name, and whether it is on.
    pub fn table(&self) -> [(char, &'static str, bool); 6] {
        [
            ('f', "free", self.free),
            ('l', "local", self.local),
            ('v', "vision", self.vision),
            ('t', "tools", self.tools),
            ('r', "reasoning", self.reasoning),
            ('k', "my keys", self.mine),
        ]
    }

    fn toggle(&mut self, letter: char) -> bool {
        let flag = match letter {
            'f' => &mut self.free,
            'l' => &mut self.local,
            'v' => &mut self.vision,
            't' => &mut self.tools,
            'r' => &mut self.reasoning,
            'k' => &mut self.mine,
            _ => return false,
        };
        *flag = !*flag;
        true
    }

    fn admit(&self, card: &Card) -> bool {
        (!self.free || card.free())
            && (!self.local || card.local())
            && (!self.vision || card.takes("image"))
            && (!self.tools || card.supports("tools"))
            && (!self.reasoning || card.supports("reasoning"))
            && (!self.mine || card.usable)
    }
}

/// A query taken apart: words to match, and conditions.
#[derive(Debug, Default, PartialEq)]
struct Query {
    words: String,
    providers: Vec<String>,
    context: Option<u32>,
    price: Option<Usd>,
}

impl Query {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for word in text.split_whitespace() {
            if let Some(provider) = word.strip_prefix('@').filter(|p| !p.is_empty()) {
                query.providers.push(provider.to_lowercase());
            } else if let Some(context) = word.strip_prefix('>').and_then(tokens) {
                query.context = Some(context);
            } else if let Some(price) =
                word.strip_prefix('<').and_then(|p| p.trim_start_matches('$').parse().ok())
            {
                query.price = Some(price);
            } else if !matches!(word, "@" | ">" | "<") {
                if !query.words.is_empty() {
                    query.words.push(' ');
                }
                query.words.push_str(word);
            }
        }
        query
    }

    fn admit(&self, card: &Card) -> bool {
        let provider = |wanted: &String| {
            card.endpoints.iter().any(|e| {
                e.provider.as_str().starts_with(wanted.as_str())
                    || e.provider_name.to_lowercase().starts_with(wanted.as_str())
            })
        };
        (self.providers.is_empty() || self.providers.iter().any(provider))
            && self.context.is_none_or(|least| card.context().is_some_and(|c| c >= least))
            && self.price.is_none_or(|most| card.prices().is_some_and(|p| p.prompt.per_million() <= most))
    }
}

/// `200k`, `1m`, `32000`.
fn tokens(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    let (digits, unit) = match lower.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => lower.strip_suffix('m').map_or((lower.as_str(), 1), |digits| (digits, 1_000_000)),
    };
    digits.parse::<u32>().ok()?.checked_mul(unit)
}

pub fn open(model: &mut Model, query: &str) -> Vec<Effect> {
    // `/model name` with a name that is exactly one model takes it at once
    if !query.is_empty() && model.card(query).is_some() {
        return switch::set_model(model, ModelRef::new(query));
    }
    let mut state = State::new(For::Session);
    state.query = Line::new(query);
    show(model, state)
}

pub fn open_for(model: &mut Model, purpose: For) -> Vec<Effect> {
    show(model, State::new(purpose))
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
    let mut state = State::new(For::Session);
    state.sort = Column::Context;
    state.filters.mine = true;
    show(model, state)
}

fn show(model: &mut Model, mut state: State) -> Vec<Effect> {
    state.refresh(model);
    // where one is; but who looks for a cheaper or larger one begins at the best of those
    if state.query.is_empty()
        && state.sort == Column::Relevance
        && let Some(at) = state.matches.iter().position(|row| {
            model.cards.get(*row as usize).is_some_and(|c| c.id.as_str() == model.model().as_str())
        })
    {
        state.at = at;
    }
    model.overlays.push(Overlay::Picker(state));
    Vec::new()
}

impl State {
    fn new(purpose: For) -> Self {
        Self {
            query: Line::default(),
            matches: Vec::new(),
            at: 0,
            sort: Column::Relevance,
            filters: Filters::default(),
            details: false,
            health: Vec::new(),
            purpose,
        }
    }

    /// The chosen model.
    pub fn card<'a>(&self, model: &'a Model) -> Option<&'a Card> {
        model.cards.get(*self.matches.get(self.at)? as usize)
    }

    /// Chooses and orders the rows anew, from all of them.
    pub fn refresh(&mut self, model: &Model) {
        let all = 0..u32::try_from(model.cards.len()).unwrap_or(u32::MAX);
        self.choose(model, all);
    }

    fn choose(&mut self, model: &Model, among: impl Iterator<Item = u32>) {
        let query = Query::parse(self.query.text());
        let mut fuzzy = Fuzzy::new(&query.words);
        let mut haystack = String::new();
        let mut scored: Vec<(u32, u32)> = among
            .filter_map(|row| {
                let card = model.cards.get(row as usize)?;
                if !self.filters.admit(card) || !query.admit(card) {
                    return None;
                }
                if query.words.is_empty() {
                    return Some((0, row));
                }
                haystack.clear();
                haystack.push_str(card.id.as_str());
                haystack.push(' ');
                haystack.push_str(&card.name);
                Some((fuzzy.score(&haystack)?, row))
            })
            .collect();
        let card = |row: u32| &model.cards[row as usize];
        match self.sort {
            Column::Relevance => scored.sort_by_cached_key(|(score, row)| {
                let card = card(*row);
                (Reverse(*score), rank(model, card), !card.usable, *row)
            }),
            Column::Name => scored.sort_by(|a, b| card(a.1).name.cmp(&card(b.1).name)),
            Column::Provider => scored.sort_by_cached_key(|(_, row)| card(*row).providers()),
            Column::PriceIn => scored.sort_by_cached_key(|(_, row)| price(card(*row), |p| p.prompt)),
            Column::PriceOut => scored.sort_by_cached_key(|(_, row)| price(card(*row), |p| p.completion)),
            Column::Context => scored.sort_by_cached_key(|(_, row)| Reverse(card(*row).context())),
        }
        self.matches = scored.into_iter().map(|(_, row)| row).collect();
        self.at = self.at.min(self.matches.len().saturating_sub(1));
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, self.matches.len(), key) {
            return (true, self.ask_health(model));
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
            (Code::Char('f'), true, _) => (true, self.favour(model)),
            (Code::Char('d'), true, _) => {
                self.details = !self.details;
                (true, self.ask_health(model))
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
                        self.choose(model, rows.into_iter());
                    } else {
                        self.refresh(model);
                    }
                }
                stay()
            }
        }
    }

    fn take(&self, model: &mut Model) -> Outcome {
        let Some(card) = self.card(model) else { return stay() };
        let who = ModelRef::from(&card.id);
        let effects = match self.purpose {
            For::Session => switch::set_model(model, who),
            For::Again(message) => {
                model.thread_mut().selected = Some(message);
                act::again(model, who)
            }
            For::Versus => panes::versus::add(model, who),
        };
        (false, effects)
    }

    /// Makes the chosen model a favourite, or no longer one.
    fn favour(&mut self, model: &mut Model) -> Vec<Effect> {
        let Some(card) = self.card(model) else { return Vec::new() };
        let who = ModelRef::from(&card.id);
        let favourites = &mut model.settings.favourites;
        if favourites.contains(&who) {
            favourites.retain(|f| *f != who);
        } else {
            favourites.push(who);
        }
        vec![switch::keep_settings(model)]
    }

    fn ask_health(&mut self, model: &mut Model) -> Vec<Effect> {
        self.health.clear();
        let Some(id) = self.card(model).map(|c| c.id.clone()).filter(|_| self.details) else {
            return Vec::new();
        };
        let turn = model.next_turn();
        model.pending.health = Some(turn);
        vec![Effect::Health { turn, model: id }]
    }
}

/// Favourites first, then recent ones, then the rest.
fn rank(model: &Model, card: &Card) -> usize {
    let recent = || {
        let at = model.settings.recent.iter().position(|r| r.as_str() == card.id.as_str());
        at.map(|at| at + 100)
    };
    model.favourite(&card.id).or_else(recent).unwrap_or(usize::MAX)
}

/// Unknown prices come after every known one.
fn price(card: &Card, of: impl Fn(&crate::words::Prices) -> Usd) -> (bool, Usd) {
    let lowest = card.endpoints.iter().filter_map(|e| e.prices.as_ref().map(&of)).min();
    (lowest.is_none(), lowest.unwrap_or_default())
}
