//! What is looked for, where it was laid out: which rows hold it, how they are marked, and how the view gets there.

use super::Conversation;
use super::block::{Block, Line};
use super::message::INDENT;
use super::scroll::Spot;
use crate::app::{Model, Place as View};
use crate::tui::text::{Joint, width};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{MessageId, Needle};
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use std::ops::Range;

/// One place: bytes of one row, or of several where the line was wrapped inside it.
pub type Place = Vec<(Line, Range<usize>)>;

/// The longest line that is searched as one, in rows.
const LONGEST: usize = 200;

/// The places in the rows of a message from one up to another, lines that begin above or end below them included.
pub fn places(block: &mut Block, from: Line, to: Line, needle: &Needle) -> Vec<Place> {
    let mut first = from;
    for _ in 0..LONGEST {
        match block.prev(first) {
            Some(above) if block.row(above).is_some_and(|row| row.joint != Joint::End) => first = above,
            _ => break,
        }
    }
    let mut found = Vec::new();
    let mut next = Some(first);
    while let Some(first) = next.filter(|line| *line < to) {
        let (pieces, text, after) = line(block, first);
        next = after;
        for range in needle.find_in(&text) {
            let parts = pieces.iter().filter_map(|piece| {
                let (start, end) = (range.start.max(piece.bytes.start), range.end.min(piece.bytes.end));
                let at = |byte: usize| byte - piece.bytes.start + piece.gutter;
                (start < end).then(|| (piece.row, at(start)..at(end)))
            });
            found.push(parts.collect());
        }
    }
    found
}

/// A row's part of a line.
struct Piece {
    row: Line,
    /// Where it stands in the line. The blank between two rows belongs to none.
    bytes: Range<usize>,
    gutter: usize,
}

/// One line of text out of the rows it was wrapped into, and the row after it.
fn line(block: &mut Block, first: Line) -> (Vec<Piece>, String, Option<Line>) {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let mut number = first;
    for _ in 0..LONGEST {
        let said = block.is_said(number);
        if let Some(row) = block.row(number).filter(|_| said) {
            let content = row.content();
            let gutter = row.text().len() - content.len();
            pieces.push(Piece { row: number, bytes: text.len()..text.len() + content.len(), gutter });
            text.push_str(content);
        }
        let joint = block.row(number).map_or(Joint::End, |row| row.joint);
        match block.next(number) {
            Some(next) if joint != Joint::End => {
                text.push_str(if joint == Joint::Space { " " } else { "" });
                number = next;
            }
            next => return (pieces, text, next),
        }
    }
    (pieces, text, block.next(number))
}

/// Marks the places in a row that is drawn; the one that the view went to stands out.
pub fn mark(canvas: &mut Canvas<'_>, area: Rect, text: &str, bytes: &Range<usize>, current: bool) {
    let (Some(before), Some(found)) = (text.get(..bytes.start), text.get(bytes.clone())) else { return };
    let style = if current {
        canvas.style(Meaning::Selection).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    } else {
        canvas.style(Meaning::Match)
    };
    let x = usize::from(area.x + INDENT) + width(before);
    let columns = u16::try_from(width(found)).unwrap_or(0);
    let spot = Rect::new(u16::try_from(x).unwrap_or(u16::MAX), area.y, columns, 1);
    canvas.picture.buffer.set_style(spot.intersection(area), style);
}

impl Conversation {
    /// Goes to where the words stand in a message for the `nth` time; to its head when they are not to be seen in it.
    pub fn find(&mut self, model: &Model, id: MessageId, needle: &Needle, nth: usize) -> Option<View> {
        let (width, height) = (self.width, self.height);
        if height == 0 {
            return None;
        }
        let block = self.block(model, id, width)?;
        // only the section that holds it is laid out
        let section = block.nth(needle, nth).map(|(from, nth)| (from, block.after(from), nth));
        let mut places = section.map(|(from, to, _)| places(block, from, to, needle)).unwrap_or_default();
        // what Markdown hides (an address, a mark) was counted and is not shown
        let last = places.len().checked_sub(1);
        let (Some(last), Some((.., nth))) = (last, section) else {
            return self.scroll(model, crate::app::Scroll::Reveal(id));
        };
        let place = places.swap_remove(nth.min(last));
        let line = place.first().map_or(Block::HEADER, |(line, _)| *line);
        self.found = Some((id, place));
        let spot = Spot { at: model.thread().position(id)?, line };
        let top = self.top(model, model.thread().place);
        // something may lie over the last row
        if self.rows_to(model, top, spot).is_some_and(|rows| rows + 1 < height) {
            return None;
        }
        // what stands before it is read with it
        let above = i64::try_from(height / 3).unwrap_or(0);
        self.go(model, spot, -above)
    }
}
