//! The usage dashboard: spend by day, week or month, by model, session, tag or key; down to one reply and its why.

use super::{Outcome, Overlay, close, stay, step, why};
use crate::app::{Code, Effect, Key, Model, Which};
use crate::words::{Dimension, GenerationRow, RollupKey, Totals};
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
    pub generations: Option<Vec<GenerationRow>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Day,
    Week,
    Month,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Model,
    Provider,
    Session,
    Tag,
    Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Money,
    Tokens,
    Requests,
}

impl By {
    pub const ALL: [By; 5] = [Self::Model, Self::Provider, Self::Session, Self::Tag, Self::Key];

    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Provider => "provider",
            Self::Session => "session",
            Self::Tag => "tag",
            Self::Key => "key",
        }
    }
}

impl Measure {
    pub fn name(self) -> &'static str {
        match self {
            Self::Money => "spend",
            Self::Tokens => "tokens",
            Self::Requests => "requests",
        }
    }

    /// For charts; money in millionths of a dollar.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the height of a bar")]
    pub fn of(self, totals: &Totals) -> u64 {
        match self {
            Self::Money => (totals.booked.approximate() * 1e6).max(0.0) as u64,
            Self::Tokens => totals.usage.total(),
            Self::Requests => totals.requests,
        }
    }
}

/// 400 days hold a year of months and the weeks at its edges.
const DAYS: u32 = 400;

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
        generations: None,
    }));
    let turn = model.next_turn();
    model.pending.rollups = Some(turn);
    vec![Effect::Rollups { turn, days: DAYS }]
}

/// A day's place on the time axis: itself, its Monday, its month as year × 12 + month.
pub fn bucket(day: i32, span: Span) -> i32 {
    match span {
        Span::Day => day,
        // 1970-01-01 was a Thursday
        Span::Week => day - (day + 3).rem_euclid(7),
        Span::Month => {
            let (year, month, _) = civil(day);
            year * 12 + i32::from(month) - 1
        }
    }
}

/// Year, month, day of a number of days since 1970-01-01 (Howard Hinnant's algorithm).
pub fn civil(days: i32) -> (i32, u8, u8) {
    let z = i64::from(days) + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let small = |n: i64| u8::try_from(n).unwrap_or(0);
    (i32::try_from(year).unwrap_or(0), small(month), small(day))
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
    pub fn parts(&self, model: &Model) -> Vec<(String, Totals)> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let mut found: BTreeMap<String, Totals> = BTreeMap::new();
        for (key, totals) in self.rows.iter().flatten() {
            if key.demo != self.demo || bucket(key.day, self.span) != chosen {
                continue;
            }
            let name = match (&key.of, self.by) {
                (Dimension::Model(model, _), By::Model) => model.to_string(),
                (Dimension::Model(_, provider), By::Provider) => provider.to_string(),
                (Dimension::Session(id), By::Session) => model
                    .sessions
                    .iter()
                    .find(|s| s.id == *id)
                    .map_or_else(|| "(deleted)".to_owned(), |s| s.title.clone()),
                (Dimension::Tag(tag), By::Tag) => tag.clone(),
                (Dimension::Key(key), By::Key) => key.clone(),
                _ => continue,
            };
            *found.entry(name).or_default() += totals;
        }
        let mut parts: Vec<_> = found.into_iter().collect();
        parts.sort_by_key(|(_, totals)| std::cmp::Reverse(self.measure.of(totals)));
        parts
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let rows = match &self.generations {
            Some(rows) => rows.len(),
            None => self.parts(model).len(),
        };
        if step(&mut self.at, rows, key) {
            return stay();
        }
        match key.code {
            Code::Esc | Code::Backspace if self.generations.is_some() => {
                self.generations = None;
                self.at = 0;
            }
            Code::Esc | Code::Char('q') => return close(),
            Code::Enter => return (true, self.down(model)),
            Code::Left | Code::Char('h') if self.generations.is_none() => {
                self.bar = (self.bar + 1).min(self.bars().len().saturating_sub(1));
                self.at = 0;
            }
            Code::Right | Code::Char('l') if self.generations.is_none() => {
                self.bar = self.bar.saturating_sub(1);
                self.at = 0;
            }
            Code::Char('d') => self.span(Span::Day),
            Code::Char('w') => self.span(Span::Week),
            Code::Char('m') => self.span(Span::Month),
            Code::Tab | Code::Char('b') => {
                let at = By::ALL.iter().position(|b| *b == self.by).unwrap_or(0);
                self.by = By::ALL[(at + 1) % By::ALL.len()];
                self.at = 0;
            }
            Code::Char('$') => self.measure = Measure::Money,
            Code::Char('t') => self.measure = Measure::Tokens,
            Code::Char('r') => self.measure = Measure::Requests,
            Code::Char('x') => {
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

    /// From a bar to its replies, from a reply to its why.
    fn down(&mut self, model: &mut Model) -> Vec<Effect> {
        if let Some(rows) = &self.generations {
            let Some(row) = rows.get(self.at) else { return Vec::new() };
            return why::show(model, row.id(), Some(Box::new(row.receipt.clone())));
        }
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let which =
            if self.span == Span::Day { Which::Day { day: chosen, model: None } } else { Which::Recent(500) };
        let turn = model.next_turn();
        model.pending.generations = Some(turn);
        self.at = 0;
        vec![Effect::Generations { turn, which }]
    }
}
