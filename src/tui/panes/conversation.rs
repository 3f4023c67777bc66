//! The conversation: laid out message by message, lazily, from where the reader is.
//!
//! **Invariant:** a frame, a key and a scroll touch only the messages in view; nothing here walks the whole branch.

use super::block::{Block, Line};
use super::images::Means;
use super::{find, header, message, scroll};
use crate::app::{Mark, Model, Place, Target};
use crate::tui::paint::Caps;
use crate::tui::text::width;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{MessageId, Needle};
use ratatui::layout::Rect;
use std::collections::{HashMap, HashSet};

/// Laid-out messages kept beside those in view.
const KEPT: usize = 256;

#[derive(Debug)]
pub struct Conversation {
    blocks: HashMap<MessageId, Block>,
    caps: Caps,
    pub(super) width: u16,
    pub(super) height: usize,
    /// Width and height of a column of a comparison.
    pub(super) column: (u16, usize),
    frame: u64,
    /// The last row when the reader left the end: what came since is below.
    pub(super) left: Option<(MessageId, Mark)>,
    /// Columns by which the wide tables of a message are scrolled to the left.
    shifts: HashMap<MessageId, usize>,
    /// Messages whose images the person showed or hid.
    flipped: HashSet<MessageId>,
    /// The place that was looked for and found last.
    pub(super) found: Option<(MessageId, find::Place)>,
}

impl Conversation {
    pub fn new(caps: Caps) -> Self {
        Self {
            blocks: HashMap::new(),
            caps,
            width: 0,
            height: 0,
            column: (0, 0),
            frame: 0,
            left: None,
            shifts: HashMap::new(),
            flipped: HashSet::new(),
            found: None,
        }
    }

    /// The message at this width, brought up to date.
    pub fn block(&mut self, model: &Model, id: MessageId, width: u16) -> Option<&mut Block> {
        let node = model.thread().node(id)?;
        let frame = self.frame;
        let flipped = self.flipped.contains(&id);
        let means = Means::of(&self.caps, self.height, model.settings.low_bandwidth, flipped);
        let block = self.blocks.entry(id).or_default();
        block.refresh(model, node, &self.caps, means, width);
        block.seen = frame;
        Some(block)
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
        let needle = super::overlay::finding(model);
        if needle.is_none() {
            self.found = None;
        }
        let mut y = area.y;
        let mut from = top.line;
        for id in thread.path().get(top.at..).unwrap_or_default() {
            if y >= area.bottom() {
                break;
            }
            let rest = Rect { y, height: area.bottom() - y, ..area };
            y += self.draw_one(canvas, rest, model, *id, from, needle.as_ref());
            from = Block::HEADER;
        }
        if let Place::At { .. } = thread.place
            && let count @ 1.. = self.below(model)
        {
            let more = if count == scroll::MANY { "+" } else { "" };
            let lines = if count == 1 { "line" } else { "lines" };
            let text = format!(" {count}{more} new {lines} below: End ");
            let columns = u16::try_from(width(&text)).unwrap_or(area.width).min(area.width);
            let spot = Rect::new(area.right() - columns, area.bottom() - 1, columns, 1);
            let style = canvas.style(Meaning::Selection);
            canvas.text(spot.x, spot.y, columns, &text, style);
            canvas.zone(spot, Target::NewBelow);
        }
        self.forget();
    }

    /// Draws a message from this row of it on; how many rows that took.
    fn draw_one(
        &mut self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        model: &Model,
        id: MessageId,
        from: Line,
        needle: Option<&Needle>,
    ) -> u16 {
        let width = self.width;
        let shift = self.shift(id);
        let current = self.found.as_ref().filter(|(of, _)| *of == id).map(|(_, place)| place.clone());
        let Some(node) = model.thread().node(id) else { return 0 };
        let Some(block) = self.block(model, id, width) else { return 0 };
        let mut lines = vec![from];
        while lines.len() < usize::from(area.height)
            && let Some(next) = block.next(lines[lines.len() - 1])
        {
            lines.push(next);
        }
        let last = lines[lines.len() - 1];
        let places =
            needle.map(|needle| find::places(block, from, block.past(last), needle)).unwrap_or_default();
        let mut said = 0;
        for (y, line) in (area.y..).zip(&lines) {
            let here = Rect { y, height: 1, ..area };
            if *line == Block::HEADER {
                header::draw(canvas, here, model, node);
            } else if let Some(row) = block.row(*line) {
                row.draw_from(shift, canvas.picture, message::text_of(area, y), canvas.theme);
                for place in places.iter().filter(|_| shift == 0 || row.stays.is_none()) {
                    for (_, bytes) in place.iter().filter(|(at, _)| at == line) {
                        find::mark(canvas, here, row.text(), bytes, current.as_ref() == Some(place));
                    }
                }
            } else {
                // the blank row under it
                break;
            }
            said += 1;
            if block.fold == Some(line.part) {
                canvas.zone(here, Target::Reasoning(id));
            }
        }
        if model.thread().selected == Some(id) {
            let style = canvas.style(Meaning::Accent);
            for y in area.y..area.y + said {
                canvas.text(area.x, y, 1, "▌", style);
            }
        }
        canvas.zone(Rect { height: said, ..area }, Target::Message(id));
        u16::try_from(lines.len()).unwrap_or(u16::MAX)
    }

    /// Columns by which the wide tables of a message are scrolled to the left.
    pub fn shift(&self, id: MessageId) -> usize {
        self.shifts.get(&id).copied().unwrap_or(0)
    }

    /// Scrolls the wide tables of the selected message, or of all that are in view.
    pub(super) fn sideways(&mut self, model: &Model, by: i32) {
        let selected = model.thread().selected;
        let frame = self.frame;
        let columns = usize::from(self.width.saturating_sub(message::INDENT));
        for (id, block) in &self.blocks {
            if block.seen != frame || selected.is_some_and(|selected| selected != *id) {
                continue;
            }
            let most = block.beyond(columns);
            let step = by.unsigned_abs() as usize * (columns / 3).max(1);
            let shift = self.shifts.entry(*id).or_default();
            *shift = if by < 0 { shift.saturating_sub(step) } else { (*shift + step).min(most) };
        }
        self.shifts.retain(|_, shift| *shift > 0);
    }

    /// Pixels of a cell.
    pub fn cell(&self) -> (u16, u16) {
        self.caps.cell
    }

    /// Shows or hides the images of the selected message, or of all that are in view.
    pub fn flip_images(&mut self, model: &Model) {
        let frame = self.frame;
        let selected = model.thread().selected;
        let seen = self.blocks.iter().filter(|(_, block)| block.seen == frame).map(|(id, _)| *id);
        let ids: HashSet<MessageId> = seen.filter(|id| selected.is_none_or(|s| s == *id)).collect();
        for id in ids {
            if !self.flipped.remove(&id) {
                self.flipped.insert(id);
            }
        }
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
