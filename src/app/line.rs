//! A line of text being edited in an overlay: insertion, deletion and movement by whole graphemes.

use super::{Code, Key};
use unicode_segmentation::UnicodeSegmentation;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// A byte offset, always on a grapheme boundary.
    cursor: usize,
}

impl Line {
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into().replace(['\n', '\r', '\t'], " ");
        Self { cursor: text.len(), text }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn insert(&mut self, text: &str) {
        let text: String = crate::words::clean_line(text);
        self.text.insert_str(self.cursor, &text);
        self.settle(self.cursor + text.len());
    }

    /// Takes a key if it edits or moves; says whether it did.
    pub fn key(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => self.insert(c.encode_utf8(&mut [0; 4])),
            (Code::Backspace, false, false) | (Code::Char('h'), true, false) => {
                let from = self.left();
                self.cut(from, self.cursor);
            }
            (Code::Delete, ..) => {
                let to = self.right();
                self.cut(self.cursor, to);
            }
            (Code::Char('w'), true, _) | (Code::Backspace, _, true) => {
                let from = self.word_left();
                self.cut(from, self.cursor);
            }
            (Code::Char('u'), true, _) => self.cut(0, self.cursor),
            (Code::Left, false, false) => self.cursor = self.left(),
            (Code::Right, false, false) => self.cursor = self.right(),
            (Code::Home, ..) | (Code::Char('a'), true, _) => self.cursor = 0,
            (Code::End, ..) | (Code::Char('e'), true, _) => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    fn cut(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.settle(from);
    }

    /// A joiner or a combining mark may have merged with its neighbours: go to the end of that grapheme.
    fn settle(&mut self, at: usize) {
        self.cursor = self
            .text
            .grapheme_indices(true)
            .map(|(start, g)| start + g.len())
            .find(|end| *end >= at)
            .unwrap_or(self.text.len());
        if at == 0 {
            self.cursor = 0;
        }
    }

    fn left(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |g| self.cursor + g.len())
    }

    fn word_left(&self) -> usize {
        let before = self.text[..self.cursor].trim_end();
        before.rfind(' ').map_or(0, |at| at + 1)
    }
}
