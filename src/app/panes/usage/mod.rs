//! The usage dashboard: spend by day, week or month, by model, session, tag or key; down to one reply and its why.

mod sums;

use super::axis::{By, Measure, Span, days, place};
use super::{Outcome, Overlay, close, stay, step, whatif, why};
use crate::app::{Code, Effect, Key, Model, Which};
pub use crate::metering::{Figures, percent, spent};
use crate::words::{GenerationRow, Of, RollupKey, Totals};
pub use sums::{Asked, Bar, Sums};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub sums: Sums,
    /// The store has not answered yet.
    pub reading: bool,
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
    /// Of which part, and its totals; `None`: of the whole bar.
    pub of: Option<(Of, Totals)>,
    pub from: i32,
    pub to: i32,
    pub rows: Vec<GenerationRow>,
    /// There are older ones.
    pub more: bool,
    pub reading: bool,
}

/// 400 days hold a year of months and the weeks at its edges.
const DAYS: u32 = 400;
/// Older replies are asked for when so few are left below.
const AHEAD: usize = 20;

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    let demo = model.only_demo();
    model.overlays.push(Overlay::Usage(State {
        sums: Sums::new(Asked { span: Span::Day, by: By::Model, measure: Measure::Money, demo }),
        reading: true,
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
    /// Totals have come; there may be more.
    pub fn add(&mut self, rows: Vec<(RollupKey, Totals)>) {
        self.sums.add(rows);
        self.reading = false;
    }

    /// The chosen bar and its place on the time axis.
    pub fn chosen(&self) -> Option<(i32, &Bar)> {
        self.sums.bar(self.bar)
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        let rows = match &self.replies {
            Some(replies) => replies.rows.len(),
            None => self.chosen().map_or(0, |(_, bar)| bar.order.len()),
        };
        if step(&mut self.at, rows, key) {
            return (true, self.ahead(model));
        }
        let asked = self.sums.asked();
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
                self.bar = (self.bar + 1).min(self.sums.len().saturating_sub(1));
                self.at = 0;
            }
            Code::Right | Code::Char('l') if charts => {
                self.bar = self.bar.saturating_sub(1);
                self.at = 0;
            }
            Code::Char('d') if charts => self.ask(Asked { span: Span::Day, ..asked }),
            Code::Char('w') if charts => self.ask(Asked { span: Span::Week, ..asked }),
            Code::Char('m') if charts => self.ask(Asked { span: Span::Month, ..asked }),
            Code::Tab | Code::Char('b') if charts => {
                let at = By::ALL.iter().position(|by| *by == asked.by).unwrap_or(0);
                self.ask(Asked { by: By::ALL[(at + 1) % By::ALL.len()], ..asked });
            }
            Code::Char('$') => self.sums.ask(Asked { measure: Measure::Money, ..asked }),
            Code::Char('t') => self.sums.ask(Asked { measure: Measure::Tokens, ..asked }),
            Code::Char('r') => self.sums.ask(Asked { measure: Measure::Requests, ..asked }),
            Code::Char('x') if charts => self.ask(Asked { demo: !asked.demo, ..asked }),
            _ => {}
        }
        stay()
    }

    /// Another question; other bars are chosen from their newest.
    fn ask(&mut self, asked: Asked) {
        let before = self.sums.asked();
        if (before.span, before.demo) != (asked.span, asked.demo) {
            self.bar = 0;
        }
        self.at = 0;
        self.sums.ask(asked);
    }

    /// From a part of a bar to its replies, from a reply to its why.
    fn down(&mut self, model: &mut Model) -> Vec<Effect> {
        if let Some(replies) = &self.replies {
            let Some(row) = replies.rows.get(self.at) else { return Vec::new() };
            return why::show(model, row.id(), Some(Box::new(row.receipt.clone())));
        }
        let part = self.chosen().and_then(|(at, bar)| {
            let of = bar.order.get(self.at)?;
            Some((of.clone(), self.sums.whole(at, of)))
        });
        self.read(model, part)
    }

    /// Asks for the first page of the replies of the chosen bar, or of a part of it.
    fn read(&mut self, model: &mut Model, of: Option<(Of, Totals)>) -> Vec<Effect> {
        let Some((from, to)) = self.days() else { return Vec::new() };
        self.replies = Some(Replies { of, from, to, rows: Vec::new(), more: true, reading: false });
        self.at = 0;
        self.ahead(model)
    }

    /// The first and the last day of the chosen bar.
    fn days(&self) -> Option<(i32, i32)> {
        self.chosen().map(|(at, _)| days(at, self.sums.asked().span))
    }

    /// Asks for the next page when the end of what was read comes near.
    fn ahead(&mut self, model: &mut Model) -> Vec<Effect> {
        let demo = self.sums.asked().demo;
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
            of: replies.of.as_ref().map(|(of, _)| of.clone()),
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
        let Some((at, _)) = self.chosen() else { return Vec::new() };
        let span = self.sums.asked().span;
        let (from, to) = days(at, span);
        whatif::show(model, whatif::Span::Days { from, to, name: place(at, span) })
    }
}

/// For people: a session by its title.
pub fn name(of: &Of, model: &Model) -> String {
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
