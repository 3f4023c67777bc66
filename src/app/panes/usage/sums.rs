//! The ledger's totals as the dashboard asks for them: summed when the question changes or rows come, not for a picture.

use crate::app::panes::axis::{By, Measure, Span, bucket};
use crate::words::{Dimension, Of, RollupKey, Totals};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What is asked of the totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub span: Span,
    pub by: By,
    pub measure: Measure,
    /// The demonstration's figures instead of real ones.
    pub demo: bool,
}

impl Asked {
    /// The part that totals of this dimension count in.
    fn part(self, dimension: &Dimension) -> Option<Of> {
        match (dimension, self.by) {
            (Dimension::Model(model, ..), By::Model) => Some(Of::Model(model.clone())),
            (Dimension::Model(_, provider, _), By::Provider) => Some(Of::Provider(provider.clone())),
            (Dimension::Session(id), By::Session) => Some(Of::Session(*id)),
            (Dimension::Tag(tag), By::Tag) => Some(Of::Tag(tag.clone())),
            (Dimension::Key(key), By::Key) => Some(Of::Key(key.clone())),
            _ => None,
        }
    }
}

/// A place on the time axis: everything, and what each part had of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    pub totals: Totals,
    /// Without how long things took: see [`Sums::whole`].
    pub parts: BTreeMap<Of, Totals>,
    /// The parts, largest first.
    pub order: Vec<Of>,
}

/// The answers to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    asked: Asked,
    /// By day, as the store gave them.
    rows: Vec<(RollupKey, Totals)>,
    /// By place on the time axis, without gaps.
    bars: BTreeMap<i32, Bar>,
}

impl Sums {
    pub fn new(asked: Asked) -> Self {
        Self { asked, rows: Vec::new(), bars: BTreeMap::new() }
    }

    pub fn asked(&self) -> Asked {
        self.asked
    }

    /// More rows have come.
    pub fn add(&mut self, rows: Vec<(RollupKey, Totals)>) {
        self.sum(&rows);
        self.rows.extend(rows);
        self.arrange();
    }

    /// Another question.
    pub fn ask(&mut self, asked: Asked) {
        let only_order = Asked { measure: asked.measure, ..self.asked } == asked;
        self.asked = asked;
        if !only_order {
            self.bars.clear();
            let rows = std::mem::take(&mut self.rows);
            self.sum(&rows);
            self.rows = rows;
        }
        self.arrange();
    }

    fn sum(&mut self, rows: &[(RollupKey, Totals)]) {
        for (key, totals) in rows.iter().filter(|(key, _)| key.demo == self.asked.demo) {
            let at = bucket(key.day, self.asked.span);
            if key.of == Dimension::All {
                self.bars.entry(at).or_default().totals += totals;
            } else if let Some(of) = self.asked.part(&key.of) {
                self.bars.entry(at).or_default().parts.entry(of).or_default().add_counts(totals);
            }
        }
    }

    fn arrange(&mut self) {
        if let (Some((first, _)), Some((last, _))) = (self.bars.first_key_value(), self.bars.last_key_value())
        {
            let step = if self.asked.span == Span::Week { 7 } else { 1 };
            for at in (*first..=*last).step_by(step) {
                self.bars.entry(at).or_default();
            }
        }
        for bar in self.bars.values_mut() {
            bar.order = bar.parts.keys().cloned().collect();
            bar.order.sort_by_cached_key(|of| Reverse(self.asked.measure.of(&bar.parts[of])));
        }
    }

    /// All that is known of one part of the bar at this place.
    pub fn whole(&self, at: i32, part: &Of) -> Totals {
        let mut sum = Totals::default();
        for (key, totals) in self.rows.iter().filter(|(key, _)| key.demo == self.asked.demo) {
            if bucket(key.day, self.asked.span) == at && self.asked.part(&key.of).as_ref() == Some(part) {
                sum += totals;
            }
        }
        sum
    }

    /// How many bars there are.
    pub fn len(&self) -> usize {
        self.bars.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bars.is_empty()
    }

    /// The bar that so many newer ones follow.
    pub fn bar(&self, newer: usize) -> Option<(i32, &Bar)> {
        self.bars.iter().nth_back(newer).map(|(at, bar)| (*at, bar))
    }

    /// `shown` bars, oldest first, that `newer` follow.
    pub fn window(&self, newer: usize, shown: usize) -> Vec<(i32, &Bar)> {
        let mut seen: Vec<_> =
            self.bars.iter().rev().skip(newer).take(shown).map(|(at, bar)| (*at, bar)).collect();
        seen.reverse();
        seen
    }

    /// What a part measures in a bar.
    pub fn measured(&self, bar: &Bar, of: &Of) -> u64 {
        bar.parts.get(of).map_or(0, |totals| self.asked.measure.of(totals))
    }

    /// Parts by what they measure over these bars together, largest first: the colours of a chart.
    pub fn largest(&self, bars: &[(i32, &Bar)]) -> Vec<Of> {
        let mut found: BTreeMap<&Of, u64> = BTreeMap::new();
        for (of, totals) in bars.iter().flat_map(|(_, bar)| &bar.parts) {
            let sum = found.entry(of).or_default();
            *sum = sum.saturating_add(self.asked.measure.of(totals));
        }
        let mut parts: Vec<_> = found.into_iter().collect();
        parts.sort_by_key(|(_, measured)| Reverse(*measured));
        parts.into_iter().map(|(of, _)| of.clone()).collect()
    }
}
