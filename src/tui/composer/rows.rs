//! The composer's rows: soft wrapping, Up and Down by what is seen, the picture and its caret.

use super::Composer;
use crate::tui::text::{graphemes, put};
use crate::tui::theme::{Meaning, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// One row of the picture: a part of a line, in characters and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    line: usize,
    from: usize,
    to: usize,
    bytes: (usize, usize),
    /// The line goes on in the next row.
    goes_on: bool,
}

impl Composer {
    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (line, text) in self.engine.lines().iter().enumerate() {
            wrap(line, text, self.width.max(1), &mut rows);
        }
        rows
    }

    /// The row the cursor is in, and its column there.
    fn place(&self, rows: &[Row]) -> (usize, usize) {
        let (line, column) = self.engine.cursor();
        let at = rows.iter().rposition(|r| r.line == line && r.from <= column).unwrap_or(0);
        let Some(row) = rows.get(at) else { return (0, 0) };
        let text = self.engine.lines().get(line).map_or("", String::as_str);
        let upto = self.offset().clamp(row.bytes.0, text.len());
        (at, columns(&text[row.bytes.0..upto]))
    }

    pub(in crate::tui) fn vertical(&mut self, by: isize) -> bool {
        let rows = self.rows();
        let (at, column) = self.place(&rows);
        let Some(row) = at.checked_add_signed(by).and_then(|at| rows.get(at)).copied() else { return false };
        let text = &self.engine.lines()[row.line][row.bytes.0..row.bytes.1];
        let mut chars = row.from;
        let mut used = 0;
        for (g, w) in graphemes(text) {
            let count = g.chars().count();
            // the end of a row that goes on is the beginning of the next
            if used + w > column || (row.goes_on && chars + count >= row.to) {
                break;
            }
            used += w;
            chars += count;
        }
        self.jump(row.line, chars);
        self.settle();
        true
    }

    /// Rows it needs at this width.
    pub fn height(&mut self, width: u16) -> usize {
        self.width = usize::from(width);
        let rows = self.rows();
        // a full last row needs one more for the cursor
        let (at, column) = self.place(&rows);
        rows.len() + usize::from(column >= self.width && at + 1 == rows.len())
    }

    /// Draws the rows around the cursor and says where the caret stands.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
        if area.is_empty() {
            return None;
        }
        self.width = usize::from(area.width);
        let rows = self.rows();
        let (mut at, mut column) = self.place(&rows);
        if column >= self.width {
            (at, column) = (at + 1, 0);
        }
        let height = usize::from(area.height);
        self.top = self.top.min(at).max((at + 1).saturating_sub(height)).min(rows.len().saturating_sub(1));
        let (text, chip) = (theme.style(Meaning::Text), theme.style(Meaning::Accent));
        let selected = self.selected();
        for (y, row) in (area.y..area.bottom()).zip(rows.iter().skip(self.top)) {
            let part = &self.engine.lines()[row.line][row.bytes.0..row.bytes.1];
            let mut x = area.x;
            let mut rest = part;
            while !rest.is_empty() && x < area.right() {
                let (piece, style) = if rest.starts_with('⟦') {
                    let end = rest.find('⟧').map_or(rest.len(), |end| end + '⟧'.len_utf8());
                    (&rest[..end], chip)
                } else {
                    (&rest[..rest.find('⟦').unwrap_or(rest.len())], text)
                };
                x = put(buffer, x, y, piece, area.right() - x, style);
                rest = &rest[piece.len()..];
            }
            let (from, to) = selected.get(row.line).copied().unwrap_or_default();
            let (from, to) = (from.max(row.bytes.0), to.min(row.bytes.1));
            if from < to {
                let line = &self.engine.lines()[row.line];
                let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
                let x = area.x.saturating_add(small(columns(&line[row.bytes.0..from])));
                let width = small(columns(&line[from..to])).min(area.right().saturating_sub(x));
                buffer.set_style(Rect { x, y, width, height: 1 }, theme.style(Meaning::Selection));
            }
        }
        let small = |n: usize| u16::try_from(n).unwrap_or(0);
        let y = area.y + small(at.saturating_sub(self.top)).min(area.height - 1);
        Some(Position::new(area.x + small(column).min(area.width - 1), y))
    }
}

fn columns(text: &str) -> usize {
    graphemes(text).map(|(_, w)| w).sum()
}

/// Cuts a line into rows at spaces, or inside a word that is longer than a row.
fn wrap(line: usize, text: &str, width: usize, rows: &mut Vec<Row>) {
    let mut start = (0, 0);
    let (mut used, mut byte, mut chars) = (0, 0, 0);
    // where the row may be cut: behind the last space, with the columns up to there
    let mut cut: Option<(usize, usize, usize)> = None;
    for (g, w) in graphemes(text) {
        // a space at the end of a row hangs over its edge
        if used + w > width && byte > start.0 && g != " " {
            let (at_byte, at_char, at_used) =
                cut.filter(|(b, ..)| *b > start.0).unwrap_or((byte, chars, used));
            rows.push(Row { line, from: start.1, to: at_char, bytes: (start.0, at_byte), goes_on: true });
            start = (at_byte, at_char);
            used -= at_used.min(used);
            cut = None;
        }
        used += w;
        byte += g.len();
        chars += g.chars().count();
        if g == " " {
            cut = Some((byte, chars, used));
        }
    }
    rows.push(Row { line, from: start.1, to: chars, bytes: (start.0, byte), goes_on: false });
}
