//! The rows of one section of a text: what is whole is laid out for good, the block that still grows again and again.

use super::blocks::{self, Cut};
use super::fence::Fence;
use super::flow::{Carry, Gap};
use super::highlight::CodeBlock;
use super::known::Known;
use super::outline::{Start, Within};
use super::{Options, tail};
use crate::tui::text::{Face, Line, Prefix, Row, expand_tabs, wrap};
use crate::tui::theme::Meaning;

/// What is laid out of a section.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    rows: Vec<Row>,
    /// Rows at the top that will not change any more, where the text of the next one begins, what they hand on.
    finished: usize,
    laid: Option<usize>,
    carry: Carry,
    /// The block of code in which they end.
    code: Option<(Fence, CodeBlock)>,
    /// All of its rows stand.
    ready: bool,
    /// The highlighting where it begins, within a block of code: the same at every width.
    pub begins: Option<CodeBlock>,
}

/// What there is to lay out.
pub(super) struct Part<'a> {
    /// The whole text, up to where the section ends.
    pub text: &'a str,
    pub start: &'a Start,
    /// Up to here nothing changes any more.
    pub settled: usize,
    /// The block of code that is open there.
    pub open: Option<&'a Fence>,
    pub known: &'a Known,
    pub options: Options,
}

impl Part<'_> {
    /// What the text at `at` goes on with.
    fn cut(&self, at: usize) -> Cut<'_> {
        match &self.start.within {
            Within::List(next) if at == self.start.from => Cut::List(*next),
            Within::Table(first) if at == self.start.from => Cut::Table(&self.text[first.clone()]),
            _ => Cut::Nothing,
        }
    }
}

impl Section {
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn finished(&self) -> usize {
        self.finished
    }

    pub fn is_ready(&self) -> bool {
        self.ready
    }

    /// More text came, or its end did.
    pub fn stale(&mut self) {
        self.ready = false;
    }

    pub fn forget(&mut self) {
        *self = Self { begins: self.begins.take(), ..Self::default() };
    }

    /// Lines as they were written.
    pub fn lines(&mut self, text: &str, meaning: Meaning, options: Options) {
        self.rows.clear();
        for line in text.lines() {
            let line = Line::of(&expand_tabs(line, 0), Face::new(meaning));
            wrap(&line, options.width.into(), &mut Prefix::default(), &mut self.rows);
        }
        self.ready = true;
    }

    pub fn lay_out(&mut self, part: &Part<'_>, begins: Option<CodeBlock>) {
        self.rows.truncate(self.finished);
        let mut at = self.laid.unwrap_or_else(|| {
            self.carry = Carry { code: part.start.codes, gap: part.start.gap };
            if let (Within::Code(fence), Some(block)) = (&part.start.within, begins) {
                self.code = Some((fence.clone(), block));
            }
            part.start.from
        });
        while at < part.settled {
            at = match (&mut self.code, part.open) {
                (Some(_), _) => self.code_line(at, part),
                (None, Some(fence)) if fence.start == at => self.open(fence, part.options),
                (None, open) => {
                    let to = open.map_or(part.settled, |fence| fence.start.max(at));
                    let text = &part.text[at..to];
                    let Part { known, options, .. } = *part;
                    blocks::lay_out(text, part.cut(at), known, options, &mut self.carry, &mut self.rows);
                    to
                }
            };
        }
        self.laid = Some(at);
        self.finished = self.rows.len();
        self.rest(&part.text[at..], part);
        self.ready = true;
    }

    fn open(&mut self, fence: &Fence, options: Options) -> usize {
        if std::mem::take(&mut self.carry.gap) != Gap::None {
            self.rows.push(Row::blank());
        }
        self.carry.code += 1;
        let block = CodeBlock::new(&fence.language, self.carry.code);
        block.label(options.width.into(), &mut Prefix::default(), &mut self.rows);
        self.code = Some((fence.clone(), block));
        fence.body
    }

    /// One more line of the open block of code, or its end.
    fn code_line(&mut self, at: usize, part: &Part<'_>) -> usize {
        let Some((fence, block)) = &mut self.code else { return at };
        let rest = &part.text[at..part.settled];
        let line = rest.find('\n').map_or(rest, |end| &rest[..=end]);
        if fence.is_closed_by(line) {
            self.code = None;
            self.carry.gap = Gap::Row;
        } else {
            let width = part.options.width.into();
            block.line(fence.dedented(line), width, &mut Prefix::default(), &mut self.rows);
        }
        at + line.len()
    }

    /// What may still become something else.
    fn rest(&mut self, text: &str, part: &Part<'_>) {
        if let Some((fence, block)) = &self.code {
            // a line that may still become the closing fence waits
            if !text.is_empty() && !fence.may_be_closed_by(text) {
                let width = part.options.width.into();
                block.clone().line(fence.dedented(text), width, &mut Prefix::default(), &mut self.rows);
            }
            return;
        }
        let cut = part.cut(part.text.len() - text.len());
        let text = tail::dollars(text);
        let text = tail::closed(tail::showable(&text));
        blocks::lay_out(&text, cut, part.known, part.options, &mut self.carry.clone(), &mut self.rows);
    }
}
