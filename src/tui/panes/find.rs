//! What is looked for, where it was laid out: which rows hold it, how they are marked, and how the view gets there.

use super::Conversation;
use super::message::{Block, INDENT};
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
pub type Place = Vec<(usize, Range<usize>)>;

/// The longest line that is searched as one, in rows.
const LONGEST: usize = 200;

/// The places in these rows of a message, lines that begin above or end below them included.
pub fn places(block: &mut Block, rows: Range<usize>, needle: &Needle) -> Vec<Place> {
    let body = block.body();
    let mut first = rows.start.min(body);
    while first > rows.start.saturating_sub(LONGEST) && first > 0 && goes_on(block, first - 1) {
        first -= 1;
    }
    let mut found = Vec::new();
    while first < rows.end.min(body) {
        let (pieces, text) = line(block, first, body);
        first += pieces.len().max(1);

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

fn goes_on(block: &mut Block, row: usize) -> bool {
    block.row(row).is_some_and(|row| row.joint != Joint::End)
}

/// A row's part of a line.
struct Piece {
    row: usize,
    /// Where it stands in the line. The blank between two rows belongs to none.
    bytes: Range<usize>,
    gutter: usize,
}

/// One line of text out of the rows it was wrapped into.
fn line(block: &mut Block, first: usize, body: usize) -> (Vec<Piece>, String) {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let fold = block.fold;
    for number in first..body.min(first + LONGEST) {
        let Some(row) = block.row(number) else { break };
        // the row that says how long was thought is ours
        let content = if Some(number) == fold { "" } else { row.content() };
        let gutter = row.text().len() - content.len();
        pieces.push(Piece { row: number, bytes: text.len()..text.len() + content.len(), gutter });
        text.push_str(content);
        match row.joint {
            Joint::End => break,
            Joint::Space => text.push(' '),
            Joint::Word => {}
        }
    }
    (pieces, text)
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
        let mut places = places(block, 0..usize::MAX, needle);
        // what Markdown hides (an address, a mark) was counted and is not shown
        let last = places.len().checked_sub(1);
        let Some(last) = last else { return self.scroll(model, crate::app::Scroll::Reveal(id)) };
        let place = places.swap_remove(nth.min(last));
        let row = place.first().map_or(0, |(row, _)| row + 1);
        self.found = Some((id, place));
        let at = model.thread().position(id)?;
        let before = model.thread().place;
        let top = self.top(model, before);
        if self.shows(model, top, Spot { at, row }) {
            return None;
        }
        // what stands before it is read with it
        let above = i64::try_from(height / 3).unwrap_or(0);
        self.go(model, Spot { at, row }, -above)
    }

    /// Whether a row of a message is in view, the last ones left out: something may lie over them.
    fn shows(&mut self, model: &Model, top: Spot, wanted: Spot) -> bool {
        if wanted.at < top.at || (wanted.at == top.at && wanted.row < top.row) {
            return false;
        }
        let mut y = 0;
        for at in top.at..wanted.at {
            y += self.height_of(model, at) - if at == top.at { top.row } else { 0 };
            if y >= self.height {
                return false;
            }
        }
        y + wanted.row - if wanted.at == top.at { top.row } else { 0 } + 1 < self.height
    }
}
