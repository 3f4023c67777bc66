//! The conversation: laid out message by message, lazily, from where the reader is.
//!
//! **Invariant:** a frame, a key and a scroll touch only the messages in view; nothing here walks the whole branch.

use super::images::Means;
use super::message::{self, Block};
use super::{find, header};
use crate::app::{Model, Place, Target, Thread};
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
    blocks: HashMap<(MessageId, u16), Block>,
    caps: Caps,
    pub(super) width: u16,
    pub(super) height: usize,
    /// Width and height of a column of a comparison.
    pub(super) column: (u16, usize),
    frame: u64,
    /// The last message and its height when the reader left the end: what came since is below.
    pub(super) left: Option<(MessageId, usize)>,
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

    /// The laid-out message, made anew when it or the width changed.
    pub fn block(&mut self, model: &Model, id: MessageId, width: u16) -> Option<&mut Block> {
        let node = model.thread().node(id)?;
        let frame = self.frame;
        let flipped = self.flipped.contains(&id);
        let means = Means::of(&self.caps, self.height, model.settings.low_bandwidth, flipped);
        let block = self.blocks.entry((id, width)).or_insert_with(|| Block::new(width));
        block.refresh(model, node, &self.caps, means);
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
        let mut skip = top.row;
        for at in top.at..thread.path().len() {
            if y >= area.bottom() {
                break;
            }
            y = self.draw_one(canvas, area, y, model, thread, at, skip, needle.as_ref());
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
        needle: Option<&Needle>,
    ) -> u16 {
        let Some(id) = thread.path().get(at).copied() else { return from };
        let Some(node) = thread.node(id) else { return from };
        let width = self.width;
        let shift = self.shift(id);
        let current = self.found.as_ref().filter(|(of, _)| *of == id).map(|(_, place)| place.clone());
        let Some(block) = self.block(model, id, width) else { return from };
        let mut y = from;
        if skip == 0 {
            header::draw(canvas, Rect { y, height: 1, ..area }, model, node);
            y += 1;
        }
        let (count, fold) = (block.len(), block.fold);
        let seen = skip.saturating_sub(1)..skip + usize::from(area.height);
        let places = needle.map(|needle| find::places(block, seen, needle)).unwrap_or_default();
        for number in skip.saturating_sub(1)..count {
            if y >= area.bottom() {
                break;
            }
            let Some(row) = block.row(number) else { break };
            row.draw_from(shift, canvas.picture, message::text_of(area, y), canvas.theme);
            if Some(number) == fold {
                canvas.zone(Rect { y, height: 1, ..area }, Target::Reasoning(id));
            }
            for place in places.iter().filter(|_| shift == 0 || row.stays.is_none()) {
                for (_, bytes) in place.iter().filter(|(at, _)| *at == number) {
                    let spot = Rect { y, height: 1, ..area };
                    find::mark(canvas, spot, row.text(), bytes, current.as_ref() == Some(place));
                }
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

    /// Columns by which the wide tables of a message are scrolled to the left.
    pub fn shift(&self, id: MessageId) -> usize {
        self.shifts.get(&id).copied().unwrap_or(0)
    }

    /// Scrolls the wide tables of the selected message, or of all that are in view.
    pub(super) fn sideways(&mut self, model: &Model, by: i32) {
        let selected = model.thread().selected;
        let frame = self.frame;
        for ((id, width), block) in &mut self.blocks {
            if block.seen != frame || selected.is_some_and(|selected| selected != *id) {
                continue;
            }
            let columns = usize::from(width.saturating_sub(message::INDENT));
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
        let seen = self.blocks.iter().filter(|(_, block)| block.seen == frame).map(|((id, _), _)| *id);
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
