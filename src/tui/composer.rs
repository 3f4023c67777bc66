//! The composer: tui-textarea keeps text, cursor and undo; wrapping, graphemes, chips and the caret are ours.
//!
//! The engine counts characters and measures emoji wrongly, so nothing of its drawing or key handling is used:
//! every edit here goes by whole graphemes, and the caret stands where our own widths say.

use super::modal::Modal;
use super::text::graphemes;
use super::theme::{Meaning, Theme};
use crate::app::Edit;
use crate::words::Draft;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tui_textarea::{CursorMove, TextArea};
use unicode_segmentation::UnicodeSegmentation;

#[derive(Debug)]
pub struct Composer {
    pub(super) engine: TextArea<'static>,
    pub(super) modal: Modal,
    /// Columns of the last picture: Up and Down go by the rows that are seen.
    width: usize,
    /// The first visible row.
    top: usize,
}

impl Default for Composer {
    fn default() -> Self {
        let engine = engine(vec![String::new()], (0, 0));
        Self { engine, modal: Modal::default(), width: 76, top: 0 }
    }
}

fn engine(lines: Vec<String>, cursor: (usize, usize)) -> TextArea<'static> {
    let mut engine = TextArea::default();
    engine.set_max_histories(1000);
    engine.set_undo_coalescing(true);
    engine.set_lines(lines, cursor);
    engine
}

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
    pub fn draft(&self) -> Draft {
        let (row, column) = self.engine.cursor();
        Draft { text: self.engine.lines().join("\n"), row, column, chips: Vec::new() }
    }

    pub fn set(&mut self, draft: &Draft) {
        let lines = draft.text.split('\n').map(|l| l.trim_end_matches('\r').to_owned()).collect();
        self.engine = engine(lines, (draft.row, draft.column));
        self.top = 0;
        self.settle();
        self.replaced();
    }

    /// Types text at the cursor. Line ends may be `\r`, `\n` or both.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
        if text.chars().count() == 1 {
            // one character at a time joins into one undo step
            text.chars().for_each(|c| {
                if c == '\n' { self.engine.insert_newline() } else { self.engine.insert_char(c) }
            });
        } else {
            self.engine.insert_str(text);
        }
        self.settle();
    }

    /// Does what a key asks. `false`: there is nothing to do that way (Up on the first row).
    pub fn edit(&mut self, edit: Edit) -> bool {
        match edit {
            Edit::Newline => self.engine.insert_newline(),
            Edit::Backspace => {
                let count = self.unit_before();
                self.back(count);
                self.engine.delete_str(count);
            }
            Edit::Delete => {
                let count = self.unit_after();
                self.engine.delete_str(count);
            }
            Edit::WordBack => {
                if self.chip_before().is_some() {
                    return self.edit(Edit::Backspace);
                }
                self.engine.delete_word();
            }
            Edit::WordDelete => {
                self.engine.delete_next_word();
            }
            Edit::ToHead => {
                self.engine.delete_line_by_head();
            }
            Edit::ToEnd => {
                self.engine.delete_line_by_end();
            }
            Edit::Left => self.back(self.unit_before()),
            Edit::Right => self.forward(self.unit_after()),
            Edit::WordLeft => self.engine.move_cursor(CursorMove::WordBack),
            Edit::WordRight => self.engine.move_cursor(CursorMove::WordForward),
            Edit::Up => return self.vertical(-1),
            Edit::Down => return self.vertical(1),
            Edit::Home => self.engine.move_cursor(CursorMove::Head),
            Edit::End => self.engine.move_cursor(CursorMove::End),
            Edit::Top => self.engine.move_cursor(CursorMove::Top),
            Edit::Bottom => self.engine.move_cursor(CursorMove::Bottom),
            Edit::Undo => {
                self.engine.undo();
            }
            Edit::Redo => {
                self.engine.redo();
            }
        }
        self.settle();
        true
    }

    /// To a character of a line. The engine's own steps go by screen columns and lose their way at zero-width marks.
    pub(super) fn jump(&mut self, row: usize, column: usize) {
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.engine.move_cursor(CursorMove::Jump(small(row), small(column)));
    }

    fn back(&mut self, count: usize) {
        match self.engine.cursor() {
            (row, column) if column >= count => self.jump(row, column - count),
            (0, _) => {}
            (row, _) => {
                let end = self.engine.lines().get(row - 1).map_or(0, |l| l.chars().count());
                self.jump(row - 1, end);
            }
        }
    }

    fn forward(&mut self, count: usize) {
        let (row, column) = self.engine.cursor();
        if count > self.line().chars().count().saturating_sub(column) {
            self.jump(row + 1, 0);
        } else if count > 0 {
            self.jump(row, column + count);
        }
    }

    fn line(&self) -> &str {
        self.engine.lines().get(self.engine.cursor().0).map_or("", String::as_str)
    }

    /// Byte offset of the cursor in its line.
    fn offset(&self) -> usize {
        let line = self.line();
        line.char_indices().nth(self.engine.cursor().1).map_or(line.len(), |(at, _)| at)
    }

    fn chip_before(&self) -> Option<usize> {
        let before = &self.line()[..self.offset()];
        if !before.ends_with('⟧') {
            return None;
        }
        before.rfind('⟦').map(|at| before[at..].chars().count())
    }

    /// Characters that one Backspace takes: a chip, a grapheme, or the end of the line before.
    fn unit_before(&self) -> usize {
        let before = &self.line()[..self.offset()];
        let grapheme = || before.graphemes(true).next_back().map(|g| g.chars().count());
        self.chip_before().or_else(grapheme).unwrap_or_else(|| usize::from(self.engine.cursor().0 > 0))
    }

    fn unit_after(&self) -> usize {
        let after = &self.line()[self.offset()..];
        if after.starts_with('⟦')
            && let Some(end) = after.find('⟧')
        {
            return after[..end].chars().count() + 1;
        }
        let last = self.engine.cursor().0 + 1 >= self.engine.lines().len();
        after.graphemes(true).next().map_or(usize::from(!last), |g| g.chars().count())
    }

    /// Puts the cursor on the end of the grapheme or chip it has come into the middle of.
    fn settle(&mut self) {
        let at = self.offset();
        let line = self.line();
        let ends = || std::iter::once(0).chain(line.grapheme_indices(true).map(|(start, g)| start + g.len()));
        let mut end = ends().find(|end| *end >= at).unwrap_or(line.len());
        let open = line[..end].rfind('⟦');
        if let Some(open) = open.filter(|open| !line[*open..end].contains('⟧') && *open < end)
            && let Some(close) = line[open..].find('⟧')
        {
            let closed = open + close + '⟧'.len_utf8();
            // a mark that combines with the bracket belongs to it
            end = ends().find(|end| *end >= closed).unwrap_or(line.len());
        }
        let by = line[at..end].chars().count();
        self.forward(by);
    }

    // === rows ===

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

    pub(super) fn vertical(&mut self, by: isize) -> bool {
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
                x = buffer.set_stringn(x, y, piece, usize::from(area.right() - x), style).0;
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
