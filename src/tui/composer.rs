//! The composer: tui-textarea keeps text, cursor and undo; wrapping, graphemes, chips and the caret are ours.
//!
//! The engine counts characters and measures emoji wrongly, so nothing of its drawing or key handling is used:
//! every edit here goes by whole graphemes, and the caret stands where our own widths say.

mod rows;

use super::modal::Modal;
use crate::app::Edit;
use crate::words::Draft;
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

impl Composer {
    pub fn draft(&self) -> Draft {
        let (row, column) = self.engine.cursor();
        Draft { text: self.engine.lines().join("\n"), row, column, chips: Vec::new() }
    }

    /// Another text in place of this one, as an edit: undo brings the old one back.
    pub fn replace(&mut self, draft: &Draft) {
        let lines: Vec<&str> = draft.text.split('\n').map(|l| l.trim_end_matches('\r')).collect();
        let old = self.engine.lines().join("\n");
        self.rewrite(&old, &lines.join("\n"));
        self.jump(draft.row, draft.column);
        self.top = 0;
        self.settle();
        self.replaced();
    }

    /// One text becomes another; what is alike at both ends is not touched.
    pub(super) fn rewrite(&mut self, old: &str, new: &str) {
        if old == new {
            return;
        }
        let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
        let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let room = old.len().min(new.len()) - head;
        let tail = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
        let row = old[..head].iter().filter(|c| **c == '\n').count();
        let column = old[..head].iter().rev().take_while(|c| **c != '\n').count();
        self.jump(row, column);
        if old.len() > head + tail {
            self.engine.delete_str(old.len() - head - tail);
        }
        if new.len() > head + tail {
            self.engine.insert_str(new[head..new.len() - tail].iter().collect::<String>());
        }
    }

    /// The text of another session: nothing of the one before is brought back by undo.
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
}
