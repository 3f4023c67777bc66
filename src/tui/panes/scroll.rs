//! Where the reader is in a conversation, and where a scroll leads: by walking from row to row, never further than the
//! picture reaches.

use super::Conversation;
use super::block::{Block, Line};
use crate::app::{Model, Place, Scroll};

/// A person does not count beyond so many lines.
pub(super) const MANY: usize = 999;

/// A row of the branch: which message, which of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub at: usize,
    pub line: Line,
}

impl Spot {
    const TOP: Self = Self { at: 0, line: Block::HEADER };
}

impl Conversation {
    fn block_at(&mut self, model: &Model, at: usize) -> Option<&mut Block> {
        let id = *model.thread().path().get(at)?;
        let width = self.width;
        self.block(model, id, width)
    }

    /// The row after it.
    fn next(&mut self, model: &Model, spot: Spot) -> Option<Spot> {
        let Spot { at, line } = spot;
        if let Some(line) = self.block_at(model, at)?.next(line) {
            return Some(Spot { at, line });
        }
        (at + 1 < model.thread().path().len()).then_some(Spot { at: at + 1, line: Block::HEADER })
    }

    /// The row before it.
    fn prev(&mut self, model: &Model, spot: Spot) -> Option<Spot> {
        let Spot { at, line } = spot;
        if let Some(line) = self.block_at(model, at)?.prev(line) {
            return Some(Spot { at, line });
        }
        let at = at.checked_sub(1)?;
        Some(Spot { at, line: self.block_at(model, at)?.last() })
    }

    /// So many rows on, or as far as it goes; and how many rows that were.
    fn walked(&mut self, model: &Model, mut spot: Spot, by: i64) -> (Spot, usize) {
        let wanted = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
        for gone in 0..wanted {
            let step = if by < 0 { self.prev(model, spot) } else { self.next(model, spot) };
            match step {
                Some(next) => spot = next,
                None => return (spot, gone),
            }
        }
        (spot, wanted)
    }

    /// The topmost row when the end is in view.
    fn bottom(&mut self, model: &Model) -> Spot {
        let Some(at) = model.thread().path().len().checked_sub(1) else { return Spot::TOP };
        let Some(block) = self.block_at(model, at) else { return Spot::TOP };
        // the blank row under the last message needs no place
        let last = Spot { at, line: block.last() };
        self.walked(model, last, -self.rows()).0
    }

    /// The topmost row for where the reader is; never below the end.
    pub(super) fn top(&mut self, model: &Model, place: Place) -> Spot {
        let Place::At { message, mark } = place else { return self.bottom(model) };
        let Some(at) = model.thread().position(message) else { return self.bottom(model) };
        let Some(block) = self.block_at(model, at) else { return self.bottom(model) };
        let spot = Spot { at, line: block.line(mark) };
        if self.reaches_end(model, spot) { self.bottom(model) } else { spot }
    }

    /// Whether a picture that begins here holds the end.
    fn reaches_end(&mut self, model: &Model, spot: Spot) -> bool {
        self.walked(model, spot, self.rows() + 1).1 <= self.height
    }

    fn rows(&self) -> i64 {
        i64::try_from(self.height).unwrap_or(0)
    }

    fn place(&mut self, model: &Model, spot: Spot) -> Place {
        if self.reaches_end(model, spot) {
            return Place::Bottom;
        }
        let mark = self.block_at(model, spot.at).map(|block| block.mark(spot.line)).unwrap_or_default();
        model.thread().path().get(spot.at).map_or(Place::Bottom, |id| Place::At { message: *id, mark })
    }

    /// The reader goes so many rows on from here; `None` when nothing moves.
    pub(super) fn go(&mut self, model: &Model, from: Spot, by: i64) -> Option<Place> {
        let (spot, _) = self.walked(model, from, by);
        let place = self.place(model, spot);
        self.leave(model, place);
        (place != model.thread().place).then_some(place)
    }

    /// What comes after the reader left the end is below.
    fn leave(&mut self, model: &Model, to: Place) {
        if model.thread().place == Place::Bottom && to != Place::Bottom {
            let at = model.thread().path().len().saturating_sub(1);
            let id = model.thread().path().get(at).copied();
            let end = self.block_at(model, at).map(|block| {
                let end = block.end();
                block.mark(end)
            });
            self.left = id.zip(end);
        }
    }

    /// Where the reader is after this; `None` when nothing moves.
    pub fn scroll(&mut self, model: &Model, by: Scroll) -> Option<Place> {
        let before = model.thread().place;
        if self.height == 0 {
            return None;
        }
        let top = self.top(model, before);
        let page = self.rows().saturating_sub(2).max(1);
        let rows = match by {
            Scroll::Lines(lines) => i64::from(lines),
            Scroll::Pages(pages) => i64::from(pages).saturating_mul(page),
            Scroll::Top => return self.go(model, Spot::TOP, 0),
            Scroll::To(place) => {
                self.leave(model, place);
                return (place != before).then_some(place);
            }
            Scroll::Bottom => return (before != Place::Bottom).then_some(Place::Bottom),
            Scroll::Sideways(by) => {
                self.sideways(model, by);
                return None;
            }
            Scroll::Reveal(id) => {
                let at = model.thread().position(id)?;
                let seen = self.in_view(model, top, at);
                return if seen { None } else { self.go(model, Spot { at, line: Block::HEADER }, 0) };
            }
        };
        self.go(model, top, rows)
    }

    /// Whether the head of a message and, when it fits, all of it is in view.
    fn in_view(&mut self, model: &Model, top: Spot, wanted: usize) -> bool {
        let head = Spot { at: wanted, line: Block::HEADER };
        let Some(above) = self.rows_to(model, top, head) else { return false };
        let Some(end) = self.block_at(model, wanted).map(|block| block.end()) else { return false };
        let room = self.height - above;
        // a message larger than the picture is in view when it begins at its top
        self.rows_to(model, head, Spot { at: wanted, line: end }).map_or(above == 0, |rows| rows < room)
    }

    /// Rows of the picture from one to another; `None` when the other is not in it.
    pub(super) fn rows_to(&mut self, model: &Model, from: Spot, to: Spot) -> Option<usize> {
        let mut spot = from;
        for rows in 0..self.height {
            if spot >= to {
                return (spot == to).then_some(rows);
            }
            spot = self.next(model, spot)?;
        }
        None
    }

    /// Rows that came below the picture since the reader left the end.
    pub(super) fn below(&mut self, model: &Model) -> usize {
        let Some((id, mark)) = self.left else { return 0 };
        let Some(at) = model.thread().position(id) else { return 0 };
        let Some(line) = self.block_at(model, at).map(|block| block.line(mark)) else { return 0 };
        let most = i64::try_from(MANY + 1).unwrap_or(0);
        // the blank row under the last message is none
        self.walked(model, Spot { at, line }, most).1.saturating_sub(1)
    }
}
