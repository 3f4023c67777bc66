//! A message laid out at one width, as far as it is looked at: rows one after another, in stretches of which some still grow.

use super::images;
use crate::app::Mark;
use crate::tui::markdown::{Doc, Options};
use crate::tui::text::{Joint, Row};
use crate::tui::theme::Meaning;
use crate::words::Needle;

/// Rows that belong together.
#[derive(Debug)]
pub(super) enum Stretch {
    Rows(Vec<Row>),
    Text(Box<Told>),
}

/// A text of a message.
#[derive(Debug)]
pub(super) struct Told {
    /// Which part of the message it is; `None`: its thinking.
    pub place: Option<usize>,
    doc: Doc,
    /// Bytes of it that were taken.
    taken: usize,
}

impl Told {
    /// `plain`: it is no Markdown, and means this.
    pub fn new(place: Option<usize>, options: Options, plain: Option<Meaning>) -> Self {
        let doc = plain.map_or_else(|| Doc::new(options), |meaning| Doc::lines(options, meaning));
        Self { place, doc, taken: 0 }
    }

    /// Whether this is all of the text, or its beginning while it grew.
    pub fn goes_on_in(&self, text: &str) -> bool {
        self.taken == text.len() || self.taken < text.len() && !self.doc.is_ended()
    }

    /// Takes what came since the last time. `grows`: there may be more.
    pub fn take(&mut self, text: &str, options: Options, grows: bool) {
        self.doc.resize(options);
        // texts are appended whole, so that a cut is never inside a character
        self.doc.push(text.get(self.taken..).unwrap_or(""));
        self.taken = text.len();
        if !grows {
            self.doc.end();
            self.doc.resolve();
        }
    }
}

/// A row of a message: of which stretch, in which section of it. The header stands before the first stretch, as number
/// 0, the empty row under the message behind the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub part: usize,
    section: usize,
    row: usize,
}

#[derive(Debug, Default)]
pub struct Block {
    pub(super) stretches: Vec<Stretch>,
    /// What it was laid out from.
    pub(super) of: Option<super::message::Of>,
    /// The stretch whose row folds and unfolds the thinking.
    pub fold: Option<usize>,
    pub(super) images: images::Known,
    /// The frame it was last wanted in.
    pub seen: u64,
}

impl Stretch {
    fn sections(&mut self) -> usize {
        match self {
            Self::Rows(_) => 1,
            Self::Text(told) => told.doc.sections(),
        }
    }

    fn rows(&mut self, section: usize) -> &[Row] {
        match self {
            Self::Rows(rows) if section == 0 => rows,
            Self::Rows(_) => &[],
            Self::Text(told) => told.doc.rows(section),
        }
    }
}

impl Block {
    /// The row above the message.
    pub const HEADER: Line = Line { part: 0, section: 0, row: 0 };

    /// The empty row under the message.
    pub fn last(&self) -> Line {
        Line { part: self.stretches.len() + 1, ..Self::HEADER }
    }

    /// The last row of the message itself.
    pub fn end(&mut self) -> Line {
        self.prev(self.last()).unwrap_or(Self::HEADER)
    }

    /// Whether a row shows what was said: how long was thought is ours, and what happened on the way behind it.
    pub fn is_said(&self, line: Line) -> bool {
        (1..self.stretches.len()).contains(&line.part) && Some(line.part) != self.fold
    }

    /// The row, unless it is the header or the one under the message.
    pub fn row(&mut self, line: Line) -> Option<&Row> {
        self.rows(line).get(line.row)
    }

    fn rows(&mut self, line: Line) -> &[Row] {
        let stretch = line.part.checked_sub(1).and_then(|at| self.stretches.get_mut(at));
        stretch.map_or(&[], |stretch| stretch.rows(line.section))
    }

    fn count(&mut self, line: Line) -> usize {
        let edge = line.part == 0 || line.part > self.stretches.len();
        if edge { 1 } else { self.rows(line).len() }
    }

    fn sections(&mut self, part: usize) -> usize {
        let stretch = part.checked_sub(1).and_then(|at| self.stretches.get_mut(at));
        stretch.map_or(1, Stretch::sections)
    }

    /// The row after it.
    pub fn next(&mut self, line: Line) -> Option<Line> {
        if line.row + 1 < self.count(line) {
            return Some(Line { row: line.row + 1, ..line });
        }
        let Line { mut part, mut section, .. } = line;
        loop {
            section += 1;
            if section >= self.sections(part) {
                (part, section) = (part + 1, 0);
            }
            if part > self.last().part {
                return None;
            }
            let next = Line { part, section, row: 0 };
            if self.count(next) > 0 {
                return Some(next);
            }
        }
    }

    /// The row before it.
    pub fn prev(&mut self, line: Line) -> Option<Line> {
        let Line { mut part, mut section, row } = line;
        if row > 0 {
            return Some(Line { row: row - 1, ..line });
        }
        loop {
            if section == 0 {
                part = part.checked_sub(1)?;
                section = self.sections(part);
            }
            section -= 1;
            let count = self.count(Line { part, section, row: 0 });
            if count > 0 {
                return Some(Line { part, section, row: count - 1 });
            }
        }
    }

    /// The row, told by its text.
    pub fn mark(&mut self, line: Line) -> Mark {
        let before = self.rows(line).iter().take(line.row).map(weight).sum();
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Mark { part: small(line.part), section: small(line.section), before }
    }

    /// The row that was told by its text, at another width perhaps.
    pub fn line(&mut self, mark: Mark) -> Line {
        let large = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let part = large(mark.part).min(self.last().part);
        let section = large(mark.section).min(self.sections(part) - 1);
        let mut line = Line { part, section, row: 0 };
        let mut before = 0;
        for (at, row) in self.rows(line).iter().enumerate() {
            before += weight(row);
            if before > mark.before {
                line.row = at;
                return line;
            }
        }
        line.row = self.count(line).saturating_sub(1);
        if self.count(line) > 0 { line } else { self.prev(line).unwrap_or(Self::HEADER) }
    }

    /// The first row of the section that holds the words for the `nth` time, and how often they stand in it before.
    pub fn nth(&mut self, needle: &Needle, nth: usize) -> Option<(Line, usize)> {
        let (mut left, mut found) = (nth, None);
        for (at, stretch) in self.stretches.iter_mut().enumerate() {
            let Stretch::Text(told) = stretch else { continue };
            for section in 0..told.doc.sections() {
                let count = needle.count(told.doc.source(section));
                if count > 0 {
                    found = Some((Line { part: at + 1, section, row: 0 }, left.min(count - 1)));
                }
                if left < count {
                    return found;
                }
                left -= count;
            }
        }
        found
    }

    /// What comes after this row and before every row after it.
    pub fn past(&self, line: Line) -> Line {
        Line { row: line.row + 1, ..line }
    }

    /// The row after the last one of a section.
    pub fn after(&mut self, line: Line) -> Line {
        let last = Line { row: self.count(line).saturating_sub(1), ..line };
        self.next(last).unwrap_or(self.last())
    }

    /// How far its widest table can be scrolled sideways in so many columns, of those that have been looked at.
    pub fn beyond(&self, columns: usize) -> usize {
        let laid = self.stretches.iter().filter_map(|stretch| match stretch {
            Stretch::Text(told) => told.doc.laid().map(|row| row.beyond(columns)).max(),
            Stretch::Rows(_) => None,
        });
        laid.max().unwrap_or(0)
    }
}

/// How much of the text a row holds, the same at every width: its letters, and the end of its line.
fn weight(row: &Row) -> u32 {
    let letters = row.content().chars().filter(|c| *c != ' ').count();
    u32::try_from(letters).unwrap_or(u32::MAX).saturating_add(u32::from(row.joint == Joint::End)).max(1)
}
