//! Where a growing text can be cut: what no later text changes any more, and the sections that are laid out one by one.
//!
//! **Invariant:** where a section begins follows from the text alone, not from the pieces in which it came.

use super::blocks;
use super::fence::{Fence, code_line};
use super::flow::Gap;
use super::known::Known;
use super::tail;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// A section that has so many bytes ends where the next block, or line of code, begins.
const ENOUGH: usize = 4 * 1024;
/// One whose last block alone makes it so large ends inside of that: between items, rows, words.
pub(super) const TOO_MUCH: usize = 3 * ENOUGH;

/// What a section goes on with where the one before ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// A block begins, or a paragraph goes on.
    Nothing,
    Code(Fence),
    /// A list, with the number of the next item.
    List(Option<u64>),
    /// A table, and where its first rows stand: they say how wide the columns are.
    Table(Range<usize>),
}

/// Where a section begins, and what is known there of the text before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub from: usize,
    pub within: Within,
    pub gap: Gap,
    /// Code blocks before it; the one it is within counts.
    pub codes: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Outline {
    /// Never empty.
    pub starts: Vec<Start>,
    /// Bytes that no more text changes.
    pub settled: usize,
    /// The code block in which they end.
    pub open: Option<Fence>,
    pub known: Known,
    codes: u32,
    gap: Gap,
}

/// The block at the top level that is being walked through.
struct Block {
    start: usize,
    kind: Kind,
    /// As they were before it.
    codes: u32,
    gap: Gap,
}

enum Kind {
    Fenced(String),
    List {
        next: Option<u64>,
        items: bool,
    },
    Table {
        rows: Option<Range<usize>>,
    },
    /// Rows of a table that was cut: without its head the parser takes them for a paragraph.
    Rows(Range<usize>),
    Words,
    Other,
}

impl Outline {
    pub fn new() -> Self {
        let start = Start { from: 0, within: Within::Nothing, gap: Gap::None, codes: 0 };
        let known = Known::default();
        Self { starts: vec![start], settled: 0, open: None, known, codes: 0, gap: Gap::None }
    }

    /// Looks at what came. `ended`: no more will.
    pub fn advance(&mut self, text: &str, ended: bool) {
        loop {
            let more =
                if self.open.is_some() { self.code_lines(text, ended) } else { self.blocks(text, ended) };
            if !more {
                return;
            }
        }
    }

    /// The same for lines that are no Markdown; only what stands in whole sections is settled.
    pub fn advance_lines(&mut self, text: &str) {
        while text.len() > self.from() + TOO_MUCH {
            let from = self.from();
            let line = text[from + ENOUGH..from + TOO_MUCH].bytes().position(|b| b == b'\n');
            let from = line.map_or_else(|| words_end(text, from), |at| from + ENOUGH + at + 1);
            self.starts.push(Start { from, within: Within::Nothing, gap: Gap::None, codes: 0 });
        }
        self.settled = self.from();
    }

    /// Walks over whole blocks; `true` when they end in an open block of code.
    fn blocks(&mut self, text: &str, ended: bool) -> bool {
        let base = self.settled;
        let shown = if ended { &text[base..] } else { tail::showable(&text[base..]) };
        let parser = Parser::new_ext(shown, blocks::syntax());
        self.known.links(&parser);
        let mut depth = 0usize;
        let mut last: Option<Block> = None;
        let (mut codes, mut gap) = (self.codes, self.gap);
        for (event, range) in parser.into_offset_iter() {
            let line = || base + shown[..range.start].rfind('\n').map_or(0, |n| n + 1);
            match &event {
                Event::Start(tag) => {
                    if depth == 0 {
                        self.whole(last.as_ref());
                        let start = line();
                        last = Some(Block { start, kind: self.kind(tag, start), codes, gap });
                    } else if let (1, Tag::Item | Tag::TableRow, Some(block)) = (depth, tag, &mut last) {
                        self.inner(text, block, line(), codes);
                    }
                    codes += u32::from(matches!(tag, Tag::CodeBlock(_)));
                    if let Tag::FootnoteDefinition(name) = tag {
                        self.known.note(name);
                    }
                    depth += 1;
                }
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    if let (0, Some(block)) = (depth, &last) {
                        gap = if *tag == TagEnd::FootnoteDefinition { Gap::AfterNote } else { Gap::Row };
                        self.long(text, block, base + range.end, codes);
                    }
                }
                _ if depth == 0 => {
                    self.whole(last.as_ref());
                    last = Some(Block { start: line(), kind: Kind::Other, codes, gap });
                    gap = Gap::Row;
                }
                _ => {}
            }
        }
        if ended {
            self.whole(last.as_ref());
            (self.settled, self.codes, self.gap) = (text.len(), codes, gap);
            return false;
        }
        let Some(block) = last else { return false };
        let start = &self.starts[self.starts.len() - 1];
        if start.from > block.start {
            // it was cut inside: what comes goes on there
            (self.settled, self.codes, self.gap) = (start.from, start.codes, start.gap);
            if let Within::Code(fence) = &start.within {
                self.open = Some(fence.clone());
            }
            return self.open.is_some();
        }
        (self.settled, self.codes, self.gap) = (block.start, block.codes, block.gap);
        if let Kind::Fenced(language) = &block.kind
            && let Some(fence) = Fence::at(text, block.start, language)
        {
            self.whole(Some(&block));
            self.settled = fence.body;
            self.codes += 1;
            self.open = Some(fence);
        }
        self.open.is_some()
    }

    /// A block is one for certain: a section may begin with it. What stands last may still vanish (an address of a link).
    fn whole(&mut self, block: Option<&Block>) {
        if let Some(block) = block {
            self.cut(block.start, ENOUGH, block.gap, block.codes, || Within::Nothing);
        }
    }

    fn kind(&self, tag: &Tag<'_>, start: usize) -> Kind {
        let section = &self.starts[self.starts.len() - 1];
        // the first block of a section may go on with what was cut
        let within = (section.from == start).then_some(&section.within);
        match (tag, within) {
            (Tag::CodeBlock(CodeBlockKind::Fenced(info)), _) => {
                Kind::Fenced(blocks::language_of(info).to_owned())
            }
            (Tag::List(_), Some(Within::List(next))) => Kind::List { next: *next, items: false },
            (Tag::List(first), _) => Kind::List { next: *first, items: false },
            (Tag::Table(_), _) => Kind::Table { rows: None },
            (Tag::Paragraph, Some(Within::Table(rows))) => Kind::Rows(rows.clone()),
            (Tag::Paragraph, _) => Kind::Words,
            _ => Kind::Other,
        }
    }

    /// An item of a list or a row of a table begins.
    fn inner(&mut self, text: &str, block: &mut Block, at: usize, codes: u32) {
        self.whole(Some(block));
        match &mut block.kind {
            Kind::List { next, items } => {
                let number = *next;
                if std::mem::replace(items, true) {
                    let gap = if text[..at].ends_with("\n\n") { Gap::Row } else { Gap::None };
                    self.cut(at, TOO_MUCH, gap, codes, || Within::List(number));
                }
                *next = number.map(|n| n + 1);
            }
            Kind::Table { rows } if at >= self.from() + TOO_MUCH => {
                let first = rows.get_or_insert(block.start..at).clone();
                self.cut(at, TOO_MUCH, Gap::None, codes, || Within::Table(first));
            }
            _ => {}
        }
    }

    /// A block ended, or the text in it: it is cut where it makes its section too large.
    fn long(&mut self, text: &str, block: &Block, end: usize, codes: u32) {
        if end < self.from() + ENOUGH {
            return;
        }
        self.whole(Some(block));
        match &block.kind {
            Kind::Fenced(language) => {
                let Some(fence) = Fence::at(text, block.start, language) else { return };
                let mut at = fence.body;
                while at < end {
                    let line = code_line(&text[at..end]);
                    if fence.is_closed_by(line) {
                        return;
                    }
                    at += line.len();
                    self.cut(at, ENOUGH, Gap::None, codes, || Within::Code(fence.clone()));
                }
            }
            Kind::Rows(first) => {
                let ends = text[block.start..end].match_indices('\n').map(|(at, _)| block.start + at + 1);
                for at in ends.filter(|at| *at < end) {
                    self.cut(at, TOO_MUCH, Gap::None, codes, || Within::Table(first.clone()));
                }
            }
            Kind::Words => {
                while end > self.from() + TOO_MUCH {
                    let from = words_end(text, self.from());
                    self.starts.push(Start { from, within: Within::Nothing, gap: Gap::None, codes });
                }
            }
            Kind::List { .. } | Kind::Table { .. } | Kind::Other => {}
        }
    }

    /// A section begins here if the one before it has enough.
    fn cut(&mut self, at: usize, enough: usize, gap: Gap, codes: u32, within: impl FnOnce() -> Within) {
        if at >= self.from() + enough {
            self.starts.push(Start { from: at, within: within(), gap, codes });
        }
    }

    /// Where the last section begins.
    fn from(&self) -> usize {
        self.starts[self.starts.len() - 1].from
    }

    /// New lines of the open block of code; `true` when it ended.
    fn code_lines(&mut self, text: &str, ended: bool) -> bool {
        let Some(fence) = self.open.clone() else { return true };
        while self.settled < text.len() {
            let line = code_line(&text[self.settled..]);
            let end = self.settled + line.len();
            if end == text.len() && !line.ends_with('\n') && !ended {
                return false;
            }
            self.settled = end;
            if fence.is_closed_by(line) {
                self.open = None;
                self.gap = Gap::Row;
                return true;
            }
            self.cut(end, ENOUGH, Gap::None, self.codes, || Within::Code(fence.clone()));
        }
        false
    }
}

/// Where words that begin at `from` are cut: behind a sentence, else between two words, else anywhere.
pub(super) fn words_end(text: &str, from: usize) -> usize {
    let (least, most) = (text.ceil_char_boundary(from + ENOUGH), text.floor_char_boundary(from + TOO_MUCH));
    let part = &text[least..most];
    let parted = |ends: &[&str]| {
        let found = ends.iter().filter_map(|end| part.find(end).map(|at| at + end.len()));
        // what follows must not read as the beginning of a block
        found.filter(|at| part[*at..].starts_with(char::is_alphabetic)).min()
    };
    let at = parted(&[". ", ".\n", "! ", "? ", "。"]).or_else(|| parted(&[" ", "\n"]));
    at.map_or(most, |at| least + at)
}
