//! Where laid-out rows come out: the containers around a block, the gaps between blocks, the line being filled.

use super::Options;
use crate::tui::text::{Face, Line, Prefix, Row, RowKind, expand_tabs, width, wrap};
use crate::tui::theme::Meaning;
use std::sync::Arc;

/// What a part of a document hands on to the next part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carry {
    /// Code blocks so far.
    pub code: u32,
    pub gap: Gap,
}

/// What parts the next block from the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Gap {
    #[default]
    None,
    Row,
    /// A row, unless it is a footnote: they stand close together.
    AfterNote,
}

/// One container around the current block: a list item, a quote, a footnote.
struct Level {
    /// Stands before the first row only.
    first: Option<(String, Face)>,
    rest: (String, Face),
    /// Shown on empty rows too.
    bar: bool,
}

pub(super) struct Flow<'a> {
    pub options: Options,
    pub carry: &'a mut Carry,
    pub out: &'a mut Vec<Row>,
    /// The inline text that has not been wrapped yet.
    pub line: Line,
    /// What the rows of this line will be.
    pub kind: RowKind,
    levels: Vec<Level>,
}

impl<'a> Flow<'a> {
    pub fn new(options: Options, carry: &'a mut Carry, out: &'a mut Vec<Row>) -> Self {
        Self { options, carry, out, line: Line::default(), kind: RowKind::Text, levels: Vec::new() }
    }

    pub fn push(&mut self, text: &str, face: Face, link: Option<&Arc<str>>) {
        if text.contains(['\n', '\t']) {
            let text = expand_tabs(text, 0).replace('\n', " ");
            self.line.push(&text, face, link);
        } else {
            self.line.push(text, face, link);
        }
    }

    /// Rows from here on stand behind a marker, as wide as it.
    pub fn open_item(&mut self, marker: String, face: Face) {
        let blank = " ".repeat(width(&marker));
        self.levels.push(Level {
            first: Some((marker, face)),
            rest: (blank, Face::new(Meaning::Text)),
            bar: false,
        });
    }

    /// The marker of the innermost item becomes another, of any width; `false` when it stands already.
    pub fn change_marker(&mut self, marker: &str, face: Face) -> bool {
        let Some(level) = self.levels.last_mut().filter(|l| l.first.is_some()) else { return false };
        level.rest.0 = " ".repeat(width(marker));
        level.first = Some((marker.to_owned(), face));
        true
    }

    /// Rows from here on stand behind a bar.
    pub fn open_bar(&mut self) {
        let bar = ("▎ ".to_owned(), Face::new(Meaning::Border));
        self.levels.push(Level { first: None, rest: bar, bar: true });
    }

    /// The row that is due before a footnote.
    pub fn gap_before_note(&mut self) {
        self.flush();
        if self.carry.gap == Gap::AfterNote {
            self.carry.gap = Gap::None;
        }
        self.gap();
    }

    /// Whether text stands directly in an item of a list.
    pub fn in_item(&self) -> bool {
        self.levels.last().is_some_and(|level| !level.bar)
    }

    /// The innermost item ends; one without text still shows its marker.
    pub fn close_item(&mut self) {
        if self.levels.last().is_some_and(|l| l.first.is_some()) && self.line.is_empty() {
            self.emit(Line::default());
        }
        self.close();
    }

    pub fn close(&mut self) {
        self.flush();
        self.levels.pop();
    }

    /// The empty row that is due before a block.
    pub fn gap(&mut self) {
        self.flush();
        if std::mem::take(&mut self.carry.gap) == Gap::None {
            return;
        }
        // a quote's bar runs through
        let depth = self.levels.iter().rposition(|l| l.bar).map_or(0, |i| i + 1);
        if depth == 0 || self.levels.iter().any(|l| l.first.is_some()) {
            self.out.push(Row::blank());
            return;
        }
        let rest: Vec<_> = self.levels[..depth.min(self.fitting())].iter().map(|l| l.rest.clone()).collect();
        let mut prefix = Prefix { first: rest.clone(), rest };
        wrap(&Line::default(), self.options.width.into(), &mut prefix, self.out);
        if let Some(row) = self.out.last_mut() {
            row.kind = RowKind::Blank;
        }
    }

    /// How many containers there is room for, from the outermost inwards: a third of the width stays for text. Beside
    /// these the innermost always stands: what is deeper goes no further to the right.
    fn fitting(&self) -> usize {
        let columns = usize::from(self.options.width);
        let innermost = self.levels.last().map_or(0, |level| width(&level.rest.0));
        let most = columns - columns.div_ceil(3);
        let mut taken = innermost;
        let outer = &self.levels[..self.levels.len().saturating_sub(1)];
        let fits = outer.iter().take_while(|level| {
            taken += width(&level.rest.0);
            taken <= most
        });
        let fits = fits.count();
        if fits == outer.len() { self.levels.len() } else { fits }
    }

    /// What stands at the left of the next rows.
    pub fn prefix(&mut self) -> Prefix {
        let (fits, last) = (self.fitting(), self.levels.len().saturating_sub(1));
        let mut prefix = Prefix::default();
        for (at, level) in self.levels.iter_mut().enumerate() {
            let first = level.first.take().unwrap_or_else(|| level.rest.clone());
            if at < fits || at == last {
                prefix.first.push(first);
                prefix.rest.push(level.rest.clone());
            }
        }
        prefix
    }

    /// Columns that are left beside the containers.
    pub fn room(&self) -> usize {
        let fits = self.fitting();
        let innermost = self.levels.last().filter(|_| fits < self.levels.len());
        let taken: usize =
            self.levels[..fits].iter().chain(innermost).map(|level| width(&level.rest.0)).sum();
        usize::from(self.options.width).saturating_sub(taken)
    }

    /// Lays out the inline text so far.
    pub fn flush(&mut self) {
        if !self.line.is_empty() {
            let line = std::mem::take(&mut self.line);
            self.emit(line);
        }
    }

    fn emit(&mut self, line: Line) {
        let mut prefix = self.prefix();
        let from = self.out.len();
        wrap(&line, self.options.width.into(), &mut prefix, self.out);
        let kind = std::mem::take(&mut self.kind);
        for row in &mut self.out[from..] {
            row.kind = kind;
        }
    }
}
