//! The conversation: laid out message by message, lazily, from where the reader is.
//!
//! **Invariant:** a frame, a key and a scroll touch only the messages in view; nothing here walks the whole branch.

use super::message::{self, Block};
use crate::app::{Model, Place, Scroll, Target, Thread};
use crate::tui::text::width;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::MessageId;
use ratatui::layout::Rect;
use std::collections::HashMap;

/// Laid-out messages kept beside those in view.
const KEPT: usize = 256;

#[derive(Debug, Default)]
pub struct Conversation {
    blocks: HashMap<(MessageId, u16), Block>,
    width: u16,
    height: usize,
    frame: u64,
    /// The last message and its height when the reader left the end: what came since is below.
    left: Option<(MessageId, usize)>,
}

/// A row of the branch: which message, which of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    at: usize,
    row: usize,
}

impl Conversation {
    /// The laid-out message, made anew when it or the width changed.
    pub fn block(&mut self, model: &Model, id: MessageId, width: u16) -> Option<&mut Block> {
        let node = model.thread().node(id)?;
        let frame = self.frame;
        let block = self.blocks.entry((id, width)).or_insert_with(|| Block::new(width));
        block.refresh(model, node);
        block.seen = frame;
        Some(block)
    }

    /// Rows of the message at a place of the branch, its header and the blank row under it included.
    fn height_of(&mut self, model: &Model, at: usize) -> usize {
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
    fn top(&mut self, model: &Model, place: Place) -> Spot {
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
            Scroll::Reveal(id) => {
                let at = model.thread().position(id)?;
                if self.in_view(model, top, at) {
                    return None;
                }
                self.place(model, Spot { at, row: 0 })
            }
        };
        if before == Place::Bottom && place != Place::Bottom {
            let last = model.thread().path().len().saturating_sub(1);
            let height = self.height_of(model, last);
            self.left = model.thread().path().get(last).map(|id| (*id, height));
        }
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
    fn below(&mut self, model: &Model) -> usize {
        let Some((id, rows)) = self.left else { return 0 };
        let Some(at) = model.thread().position(id) else { return 0 };
        let grown = self.height_of(model, at).saturating_sub(rows);
        // a person does not count beyond a thousand lines
        let after = (at + 1..model.thread().path().len()).take(50);
        grown + after.map(|at| self.height_of(model, at)).sum::<usize>()
    }

    pub fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
        self.frame += 1;
        self.width = area.width;
        self.height = usize::from(area.height);
        if area.is_empty() {
            return;
        }
        let thread = model.thread();
        if thread.path().is_empty() {
            super::welcome::draw(canvas, area, model);
            return;
        }
        let top = self.top(model, thread.place);
        let find = super::overlay::finding(model);
        let mut y = area.y;
        let mut skip = top.row;
        for at in top.at..thread.path().len() {
            if y >= area.bottom() {
                break;
            }
            y = self.draw_one(canvas, area, y, model, thread, at, skip, find.as_deref());
            skip = 0;
        }
        if let Place::At { .. } = thread.place
            && let count @ 1.. = self.below(model)
        {
            let text = format!(" {count} new {} below: End ", if count == 1 { "line" } else { "lines" });
            let columns = u16::try_from(width(&text)).unwrap_or(area.width).min(area.width);
            let spot = Rect::new(area.right() - columns, area.bottom() - 1, columns, 1);
            let style = canvas.style(Meaning::Selection);
            canvas.text(spot.x, spot.y, columns, &text, style);
            canvas.zone(spot, Target::NewBelow);
        }
        self.forget();
    }

    #[allow(clippy::too_many_arguments, reason = "one place calls it, with what it has in hand")]
    fn draw_one(
        &mut self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        from: u16,
        model: &Model,
        thread: &Thread,
        at: usize,
        skip: usize,
        find: Option<&str>,
    ) -> u16 {
        let Some(id) = thread.path().get(at).copied() else { return from };
        let Some(node) = thread.node(id) else { return from };
        let width = self.width;
        let Some(block) = self.block(model, id, width) else { return from };
        let mut y = from;
        if skip == 0 {
            message::header(canvas, Rect { y, height: 1, ..area }, model, node);
            y += 1;
        }
        let (count, fold) = (block.len(), block.fold);
        for number in skip.saturating_sub(1)..count {
            if y >= area.bottom() {
                break;
            }
            let Some(row) = block.row(number) else { break };
            row.draw(
                canvas.picture,
                area.x + message::INDENT,
                y,
                area.width.saturating_sub(message::INDENT),
                canvas.theme,
            );
            if Some(number) == fold {
                canvas.zone(Rect { y, height: 1, ..area }, Target::Reasoning(id));
            }
            if let Some(words) = find {
                mark(canvas, Rect { y, height: 1, ..area }, row.text(), words);
            }
            y += 1;
        }
        if thread.selected == Some(id) {
            let style = canvas.style(Meaning::Accent);
            for y in from..y {
                canvas.text(area.x, y, 1, "▌", style);
            }
        }
        canvas.zone(Rect { y: from, height: y - from, ..area }, Target::Message(id));
        // the blank row under it
        if skip > count + 1 { y } else { y.saturating_add(1) }
    }

    /// Lets go of what has been out of view longest.
    fn forget(&mut self) {
        if self.blocks.len() > 2 * KEPT {
            let mut seen: Vec<u64> = self.blocks.values().map(|b| b.seen).collect();
            seen.sort_unstable_by(|a, b| b.cmp(a));
            let least = seen.get(KEPT).copied().unwrap_or(0).min(self.frame.saturating_sub(1));
            self.blocks.retain(|_, b| b.seen > least);
        }
    }

    /// Messages that are laid out now.
    pub fn kept(&self) -> usize {
        self.blocks.len()
    }
}

/// Marks the words searched for in a row.
fn mark(canvas: &mut Canvas<'_>, area: Rect, text: &str, words: &str) {
    let style = canvas.style(Meaning::Match);
    let lower = text.to_lowercase();
    // where lower case is longer or shorter than the text, places do not agree: better no mark than a wrong one
    if lower.len() != text.len() || words.is_empty() {
        return;
    }
    for (at, found) in lower.match_indices(words) {
        let (Some(before), Some(found)) = (text.get(..at), text.get(at..at + found.len())) else { continue };
        let x = usize::from(area.x + message::INDENT) + width(before);
        let spot = Rect::new(
            u16::try_from(x).unwrap_or(u16::MAX),
            area.y,
            u16::try_from(width(found)).unwrap_or(0),
            1,
        );
        canvas.picture.buffer.set_style(spot.intersection(area), style);
    }
}
