//! Where the reader is in a conversation, and where a scroll leads: rows are counted only as far as the picture reaches.

use super::Conversation;
use crate::app::{Model, Place, Scroll};

/// A row of the branch: which message, which of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub at: usize,
    pub row: usize,
}

impl Conversation {
    /// Rows of the message at a place of the branch, its header and the blank row under it included.
    pub(super) fn height_of(&mut self, model: &Model, at: usize) -> usize {
        let Some(id) = model.thread().path().get(at).copied() else { return 0 };
        let width = self.width;
        self.block(model, id, width).map_or(0, |b| b.len() + 2)
    }

    /// The topmost row when the end is in view.
    fn bottom(&mut self, model: &Model) -> Spot {
        let mut at = model.thread().path().len();
        let mut used = 0;
        while at > 0 {
            at -= 1;
            used += self.height_of(model, at);
            // the blank row under the last message needs no place
            if used > self.height {
                return Spot { at, row: used - 1 - self.height };
            }
        }
        Spot { at: 0, row: 0 }
    }

    /// The topmost row for where the reader is; never below the end.
    pub(super) fn top(&mut self, model: &Model, place: Place) -> Spot {
        let Place::At { message, row } = place else { return self.bottom(model) };
        let Some(at) = model.thread().position(message) else { return self.bottom(model) };
        let row = usize::try_from(row).unwrap_or(0).min(self.height_of(model, at).saturating_sub(1));
        let spot = Spot { at, row };
        if self.reaches_end(model, spot) { self.bottom(model) } else { spot }
    }

    /// Whether a picture that begins here holds the end.
    fn reaches_end(&mut self, model: &Model, spot: Spot) -> bool {
        let mut rows = 0;
        for at in spot.at..model.thread().path().len() {
            rows += self.height_of(model, at);
            if rows > spot.row + 1 + self.height {
                return false;
            }
        }
        rows <= spot.row + 1 + self.height
    }

    fn moved(&mut self, model: &Model, from: Spot, by: i64) -> Spot {
        let Spot { mut at, mut row } = from;
        let last = model.thread().path().len().saturating_sub(1);
        let mut steps = by.unsigned_abs() as usize;
        while steps > 0 {
            if by < 0 {
                if row >= steps {
                    return Spot { at, row: row - steps };
                }
                if at == 0 {
                    return Spot { at: 0, row: 0 };
                }
                steps -= row + 1;
                at -= 1;
                row = self.height_of(model, at).saturating_sub(1);
            } else {
                let below = self.height_of(model, at).saturating_sub(row + 1);
                if steps <= below {
                    return Spot { at, row: row + steps };
                }
                if at >= last {
                    return Spot { at, row: row + below };
                }
                steps -= below + 1;
                at += 1;
                row = 0;
            }
        }
        Spot { at, row }
    }

    fn place(&mut self, model: &Model, spot: Spot) -> Place {
        if self.reaches_end(model, spot) {
            return Place::Bottom;
        }
        match model.thread().path().get(spot.at) {
            Some(id) => Place::At { message: *id, row: u32::try_from(spot.row).unwrap_or(u32::MAX) },
            None => Place::Bottom,
        }
    }

    /// The reader goes so many rows on from here; `None` when nothing moves.
    pub(super) fn go(&mut self, model: &Model, from: Spot, by: i64) -> Option<Place> {
        let spot = self.moved(model, from, by);
        let place = self.place(model, spot);
        self.leave(model, place);
        (place != model.thread().place).then_some(place)
    }

    /// What comes after the reader left the end is below.
    fn leave(&mut self, model: &Model, to: Place) {
        if model.thread().place == Place::Bottom && to != Place::Bottom {
            let last = model.thread().path().len().saturating_sub(1);
            let height = self.height_of(model, last);
            self.left = model.thread().path().get(last).map(|id| (*id, height));
        }
    }

    /// Where the reader is after this; `None` when nothing moves.
    pub fn scroll(&mut self, model: &Model, by: Scroll) -> Option<Place> {
        let before = model.thread().place;
        if self.height == 0 {
            return None;
        }
        let top = self.top(model, before);
        let page = i64::try_from(self.height.saturating_sub(2).max(1)).unwrap_or(1);
        let place = match by {
            Scroll::Lines(lines) => {
                let spot = self.moved(model, top, lines.into());
                self.place(model, spot)
            }
            Scroll::Pages(pages) => {
                let spot = self.moved(model, top, i64::from(pages) * page);
                self.place(model, spot)
            }
            Scroll::Top => self.place(model, Spot { at: 0, row: 0 }),
            Scroll::Bottom => Place::Bottom,
            Scroll::To(place) => place,
            Scroll::Sideways(by) => {
                self.sideways(model, by);
                return None;
            }
            Scroll::Reveal(id) => {
                let at = model.thread().position(id)?;
                if self.in_view(model, top, at) {
                    return None;
                }
                self.place(model, Spot { at, row: 0 })
            }
        };
        self.leave(model, place);
        (place != before).then_some(place)
    }

    /// Whether the head of a message and, when it fits, all of it is in view.
    fn in_view(&mut self, model: &Model, top: Spot, wanted: usize) -> bool {
        if wanted < top.at || (wanted == top.at && top.row > 0) {
            return false;
        }
        let mut y = 0;
        for at in top.at..wanted {
            y += self.height_of(model, at) - if at == top.at { top.row } else { 0 };
            if y >= self.height {
                return false;
            }
        }
        y + self.height_of(model, wanted).min(self.height) <= self.height + 1
    }

    /// Rows that came below the picture since the reader left the end.
    pub(super) fn below(&mut self, model: &Model) -> usize {
        let Some((id, rows)) = self.left else { return 0 };
        let Some(at) = model.thread().position(id) else { return 0 };
        let grown = self.height_of(model, at).saturating_sub(rows);
        // a person does not count beyond a thousand lines
        let after = (at + 1..model.thread().path().len()).take(50);
        grown + after.map(|at| self.height_of(model, at)).sum::<usize>()
    }
}
