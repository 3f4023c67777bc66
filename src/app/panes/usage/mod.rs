//! The usage dashboard: spend by day, week or month, by model, session, tag or key; down to one reply and its why.

use super::axis::{By, Measure, Span, bucket, days, place};
use super::{Outcome, Overlay, close, stay, step, whatif, why};
use crate::app::{Code, Effect, Key, Model, Which};
pub use crate::metering::{Figures, percent, spent};
use crate::words::{Dimension, GenerationRow, Of, RollupKey, Totals};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// `None` until the store has answered.
    pub rows: Option<Vec<(RollupKey, Totals)>>,
    pub span: Span,
    pub by: By,
    pub measure: Measure,
    /// The demonstration's figures instead of real ones.
    pub demo: bool,
    /// The chosen bar, counted from the newest.
    pub bar: usize,
    /// The chosen row of the breakdown or of the replies.
    pub at: usize,
    /// Down one level: the replies of the chosen bar.
    pub replies: Option<Replies>,
    /// Sentences that the ledger and the catalog prove.
    pub advice: Vec<String>,
}

/// The replies of one bar, or of one part of it, as far as they were read.
#[derive(Clone, Debug, PartialEq)]
pub struct Replies {
    /// Of which part; `None`: of the whole bar.
    pub of: Option<Part>,
    pub from: i32,
    pub to: i32,
    pub rows: Vec<GenerationRow>,
    /// There are older ones.
    pub more: bool,
    pub reading: bool,
}

/// Part of a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub of: Of,
    pub name: String,
    pub totals: Totals,
}

/// 400 days hold a year of months and the weeks at its edges.
const DAYS: u32 = 400;
/// Older replies are asked for when so few are left below.
const AHEAD: usize = 20;

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    let demo = model.only_demo();
    model.overlays.push(Overlay::Usage(State {
        rows: None,
        span: Span::Day,
        by: By::Model,
        measure: Measure::Money,
        demo,
        bar: 0,
        at: 0,
        replies: None,
        advice: Vec::new(),
    }));
    let turn = model.next_turn();
    model.pending.rollups = Some(turn);
    vec![Effect::Rollups { turn, days: DAYS }, Effect::Advise { turn }]
}

impl State {
    /// The time axis with its totals, oldest first, without gaps.
    pub fn bars(&self) -> Vec<(i32, Totals)> {
        let mut found: BTreeMap<i32, Totals> = BTreeMap::new();
        for (key, totals) in self.rows.iter().flatten() {
            if key.demo == self.demo && key.of == Dimension::All {
                *found.entry(bucket(key.day, self.span)).or_default() += totals;
            }
        }
        let (Some(first), Some(last)) = (found.keys().next().copied(), found.keys().last().copied()) else {
            return Vec::new();
        };
        let step = if self.span == Span::Week { 7 } else { 1 };
        (first..=last).step_by(step).map(|at| (at, found.remove(&at).unwrap_or_default())).collect()
    }

    /// The chosen bar's place on the time axis.
    pub fn chosen(&self) -> Option<i32> {
        let bars = self.bars();
        bars.len().checked_sub(1 + self.bar).map(|at| bars[at].0)
    }

    /// The chosen bar broken down, largest first.
    pub fn parts(&self, model: &Model) -> Vec<Part> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let mut found: BTreeMap<Of, Totals> = BTreeMap::new();
        for (key, totals) in self.rows.iter().flatten() {
            if key.demo == self.demo
                && bucket(key.day, self.span) == chosen
                && let Some(of) = self.of(&key.of)
            {
                *found.entry(of).or_default() += totals;
            }
        }
        let part = |(of, totals)| Part { name: name(&of, model), of, totals };
        let mut parts: Vec<_> = found.into_iter().map(part).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(self.measure.of(&part.totals)));
        parts
    }

    /// What each part measures at each of these places, in their order: for stacked bars and sparklines.
    pub fn series(&self, parts: &[Part], places: &[i32]) -> Vec<Vec<u64>> {
        let mut series = vec![vec![0; places.len()]; parts.len()];
        for (key, totals) in self.rows.iter().flatten().filter(|(key, _)| key.demo == self.demo) {
            let Some(of) = self.of(&key.of) else { continue };
            let Some(part) = parts.iter().position(|part| part.of == of) else { continue };
            if let Ok(place) = places.binary_search(&bucket(key.day, self.span)) {
                let cell: &mut u64 = &mut series[part][place];
                *cell = cell.saturating_add(self.measure.of(totals));
            }
        }
        series
    }

    /// Parts by what they measure over these places together, largest first: the colours of a chart.
    pub fn largest(&self, model: &Model, places: &[i32]) -> Vec<Part> {
        let mut found: BTreeMap<Of, Totals> = BTreeMap::new();
        for (key, totals) in self.rows.iter().flatten().filter(|(key, _)| key.demo == self.demo) {
            if places.binary_search(&bucket(key.day, self.span)).is_ok()
                && let Some(of) = self.of(&key.of)
            {
                *found.entry(of).or_default() += totals;
            }
        }
        let part = |(of, totals)| Part { name: name(&of, model), of, totals };
        let mut parts: Vec<_> = found.into_iter().map(part).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(self.measure.of(&part.totals)));
        parts
    }

    fn of(&self, dimension: &Dimension) -> Option<Of> {
        match (dimension, self.by) {
            (Dimension::Model(model, _), By::Model) => Some(Of::Model(model.clone())),
            (Dimension::Model(_, provider), By::Provider) => Some(Of::Provider(provider.clone())),
            (Dimension::Session(id), By::Session) => Some(Of::Session(*id)),
            (Dimension::Tag(tag), By::Tag) => Some(Of::Tag(tag.clone())),
            (Dimension::Key(key), By::Key) => Some(Of::Key(key.clone())),
            _ => None,
        }
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let rows = match &self.replies {
            Some(replies) => replies.rows.len(),
            None => self.parts(model).len(),
        };
        if step(&mut self.at, rows, key) {
            return (true, self.ahead(model));
        }
        let charts = self.replies.is_none();
        match key.code {
            Code::Esc | Code::Backspace if !charts => {
                self.replies = None;
                self.at = 0;
            }
            Code::Esc | Code::Char('q') => return close(),
            Code::Enter => return (true, self.down(model)),
            Code::Char('a') if charts => return (true, self.read(model, None)),
            Code::Char('i') => return (true, self.what_if(model)),
            Code::Left | Code::Char('h') if charts => {
                self.bar = (self.bar + 1).min(self.bars().len().saturating_sub(1));
                self.at = 0;
            }
            Code::Right | Code::Char('l') if charts => {
                self.bar = self.bar.saturating_sub(1);
                self.at = 0;
            }
            Code::Char('d') if charts => self.span(Span::Day),
            Code::Char('w') if charts => self.span(Span::Week),
            Code::Char('m') if charts => self.span(Span::Month),
            Code::Tab | Code::Char('b') if charts => {
                let at = By::ALL.iter().position(|b| *b == self.by).unwrap_or(0);
                self.by = By::ALL[(at + 1) % By::ALL.len()];
                self.at = 0;
            }
            Code::Char('$') => self.measure = Measure::Money,
            Code::Char('t') => self.measure = Measure::Tokens,
            Code::Char('r') => self.measure = Measure::Requests,
            Code::Char('x') if charts => {
                self.demo = !self.demo;
                self.bar = 0;
            }
            _ => {}
        }
        stay()
    }

    fn span(&mut self, span: Span) {
        self.span = span;
        self.bar = 0;
        self.at = 0;
    }

    /// From a part of a bar to its replies, from a reply to its why.
    fn down(&mut self, model: &mut Model) -> Vec<Effect> {
        if let Some(replies) = &self.replies {
            let Some(row) = replies.rows.get(self.at) else { return Vec::new() };
            return why::show(model, row.id(), Some(Box::new(row.receipt.clone())));
        }
        let part = self.parts(model).into_iter().nth(self.at);
        self.read(model, part)
    }

    /// Asks for the first page of the replies of the chosen bar, or of a part of it.
    fn read(&mut self, model: &mut Model, of: Option<Part>) -> Vec<Effect> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let (from, to) = days(chosen, self.span);
        self.replies = Some(Replies { of, from, to, rows: Vec::new(), more: true, reading: false });
        self.at = 0;
        self.ahead(model)
    }

    /// Asks for the next page when the end of what was read comes near.
    fn ahead(&mut self, model: &mut Model) -> Vec<Effect> {
        let demo = self.demo;
        let at = self.at;
        let Some(replies) = &mut self.replies else { return Vec::new() };
        if !replies.more || replies.reading || at + AHEAD < replies.rows.len() {
            return Vec::new();
        }
        replies.reading = true;
        let turn = model.next_turn();
        model.pending.generations = Some(turn);
        let which = Which::Days {
            from: replies.from,
            to: replies.to,
            demo,
            of: replies.of.as_ref().map(|part| part.of.clone()),
            before: replies.rows.last().map(|row| (row.at, row.id())),
        };
        vec![Effect::Generations { turn, which }]
    }

    /// A page has come.
    pub fn heard(&mut self, rows: Vec<GenerationRow>, more: bool) {
        if let Some(replies) = &mut self.replies {
            replies.rows.extend(rows);
            replies.more = more;
            replies.reading = false;
        }
    }

    /// What the chosen bar would have cost elsewhere.
    fn what_if(&self, model: &mut Model) -> Vec<Effect> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let (from, to) = days(chosen, self.span);
        whatif::show(model, whatif::Span::Days { from, to, name: place(chosen, self.span) })
    }
}

/// For people: a session by its title.
fn name(of: &Of, model: &Model) -> String {
    match of {
        Of::All => "everything".to_owned(),
        Of::Model(id) => id.to_string(),
        Of::Provider(slug) => slug.to_string(),
        Of::Session(id) => {
            let known = model.sessions.iter().find(|s| s.id == *id);
            known.map_or_else(|| "(no session kept)".to_owned(), |s| s.title.clone())
        }
        Of::Tag(text) | Of::Key(text) => text.clone(),
    }
}
