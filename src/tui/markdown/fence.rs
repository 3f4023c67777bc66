//! A fenced block of code at the top level: where it begins, what closes it, line by line.

use super::outline::TOO_MUCH;
use super::tail;

/// A fenced block of code at the top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    /// Where the line of its fence begins, and its first line of code.
    pub start: usize,
    pub body: usize,
    pub language: String,
    sign: char,
    length: usize,
    /// Columns by which the fence is indented: code lines lose as many.
    indent: usize,
}

impl Fence {
    /// The fence that begins here, if its line is whole.
    pub fn at(text: &str, start: usize, language: &str) -> Option<Self> {
        let end = start + text[start..].find('\n')? + 1;
        let line = &text[start..end];
        let (sign, length) = tail::fence_of(line)?;
        let indent = line.len() - line.trim_start_matches(' ').len();
        Some(Self { start, body: end, language: language.to_owned(), sign, length, indent })
    }

    pub fn is_closed_by(&self, line: &str) -> bool {
        tail::fence_of(line).is_some_and(|(sign, n)| {
            sign == self.sign && n >= self.length && line.trim().chars().all(|c| c == sign)
        })
    }

    /// A line of its code, without the blanks that the fence has too.
    pub fn dedented<'a>(&self, line: &'a str) -> &'a str {
        &line[line.bytes().take(self.indent).take_while(|b| *b == b' ').count()..]
    }

    /// Whether a line without its end may still become the closing fence.
    pub fn may_be_closed_by(&self, line: &str) -> bool {
        line.trim().chars().all(|c| c == self.sign)
    }
}

/// A line with its end, or as much of it as one row of sections holds.
pub(super) fn code_line(text: &str) -> &str {
    let end = text.find('\n').map_or(text.len(), |n| n + 1);
    if end <= TOO_MUCH { &text[..end] } else { &text[..text.floor_char_boundary(TOO_MUCH)] }
}
