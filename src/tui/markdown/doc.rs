//! A text that is laid out section by section, as far as it is looked at, and may still grow.
//!
//! **Invariant:** what a look costs depends on the sections that are looked at, not on the length of the text.

use super::Options;
use super::highlight::CodeBlock;
use super::known::Known;
use super::outline::{Outline, Within};
use super::section::{Part, Section};
use crate::tui::text::Row;
use crate::tui::theme::Meaning;

/// Markdown, or lines as they were written. Taking text costs nothing; a section is laid out when its rows are wanted,
/// and of the last one, which may still grow, only the block that is not finished is laid out again.
#[derive(Clone, Debug)]
pub struct Doc {
    options: Options,
    /// All text so far, cleaned.
    text: String,
    /// `None`: Markdown.
    lines: Option<Meaning>,
    /// A lone `\r` at the end of what came: half of a line end, perhaps.
    half_end: bool,
    ended: bool,
    /// Text has come that nobody has looked at.
    stale: bool,
    outline: Outline,
    /// One for each section of the outline.
    sections: Vec<Section>,
    /// What was known of links and footnotes when the first row was laid out.
    used: Option<Known>,
}

impl Doc {
    pub fn new(options: Options) -> Self {
        Self {
            options,
            text: String::new(),
            lines: None,
            half_end: false,
            ended: false,
            stale: false,
            outline: Outline::new(),
            sections: vec![Section::default()],
            used: None,
        }
    }

    /// Lines that are no Markdown.
    pub fn lines(options: Options, meaning: Meaning) -> Self {
        Self { lines: Some(meaning), ..Self::new(options) }
    }

    /// Takes more text, as it came from the model.
    pub fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let joined;
        let mut text = text;
        if std::mem::take(&mut self.half_end) {
            joined = format!("\r{text}");
            text = &joined;
        }
        if let Some(whole) = text.strip_suffix('\r') {
            self.half_end = true;
            text = whole;
        }
        self.text.push_str(&crate::words::clean(text));
        self.stale = true;
    }

    /// No more text comes: nothing waits for what could follow it.
    pub fn end(&mut self) {
        if !std::mem::replace(&mut self.ended, true) {
            if std::mem::take(&mut self.half_end) {
                self.text.push('\n');
            }
            self.stale = true;
        }
    }

    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Lays out again what was laid out before all definitions of links and footnotes were known.
    pub fn resolve(&mut self) {
        self.look();
        if self.used.as_ref().is_some_and(|used| *used != self.outline.known) {
            self.forget();
        }
    }

    /// Another width: what is looked at is laid out anew.
    pub fn resize(&mut self, options: Options) {
        if options != self.options {
            self.options = options;
            self.forget();
        }
    }

    pub fn options(&self) -> Options {
        self.options
    }

    /// How many sections there are; one at least.
    pub fn sections(&mut self) -> usize {
        self.look();
        self.sections.len()
    }

    /// The text of a section.
    pub fn source(&mut self, section: usize) -> &str {
        self.look();
        self.outline.starts.get(section).map_or("", |start| &self.text[start.from..self.end_of(section)])
    }

    /// The rows of a section.
    pub fn rows(&mut self, section: usize) -> &[Row] {
        self.look();
        if self.sections.get(section).is_some_and(|s| !s.is_ready()) {
            self.lay_out(section);
        }
        self.sections.get(section).map_or(&[], |s| s.rows())
    }

    /// Those of its rows that will not change any more, and whether there will be no others.
    pub fn settled(&mut self, section: usize) -> (&[Row], bool) {
        let all = self.ended || section + 1 < self.sections();
        let finished = if all { self.rows(section).len() } else { self.finished(section) };
        (&self.rows(section)[..finished], all)
    }

    fn finished(&mut self, section: usize) -> usize {
        self.rows(section);
        self.sections.get(section).map_or(0, Section::finished)
    }

    /// Rows that are laid out now.
    pub fn laid(&self) -> impl Iterator<Item = &Row> {
        self.sections.iter().flat_map(Section::rows)
    }

    /// Every row.
    pub fn all(&mut self) -> Vec<Row> {
        (0..self.sections()).flat_map(|at| self.rows(at).to_vec()).collect()
    }

    fn forget(&mut self) {
        self.used = None;
        for section in &mut self.sections {
            section.forget();
        }
    }

    /// Where a section ends.
    fn end_of(&self, section: usize) -> usize {
        self.outline.starts.get(section + 1).map_or(self.text.len(), |next| next.from)
    }

    /// Finds the sections in what came.
    fn look(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        if let Some(last) = self.sections.last_mut() {
            last.stale();
        }
        match self.lines {
            Some(_) => self.outline.advance_lines(&self.text),
            None => self.outline.advance(&self.text, self.ended),
        }
        self.sections.resize(self.outline.starts.len(), Section::default());
    }

    fn lay_out(&mut self, at: usize) {
        let begins = self.begins(at);
        let known = &self.outline.known;
        self.used.get_or_insert_with(|| known.clone());
        let last = at + 1 == self.sections.len();
        let end = self.end_of(at);
        let start = &self.outline.starts[at];
        let section = &mut self.sections[at];
        if let Some(meaning) = self.lines {
            let text = &self.text[start.from..end];
            let text = if last { text.trim_end() } else { text };
            section.lines(text, meaning, self.options);
            return;
        }
        let part = Part {
            text: &self.text[..end],
            start,
            settled: if last { self.outline.settled } else { end },
            open: self.outline.open.as_ref().filter(|_| last),
            known,
            options: self.options,
        };
        section.lay_out(&part, begins);
    }

    /// The highlighting where a section begins within a block of code: what stands above it decides.
    fn begins(&mut self, at: usize) -> Option<CodeBlock> {
        let start = &self.outline.starts[at];
        let Within::Code(fence) = &start.within else { return None };
        let known =
            |at: usize| self.sections[at].begins.as_ref().map(|b| (self.outline.starts[at].from, b.clone()));
        let before = (0..=at).rev().take_while(|at| self.outline.starts[*at].from >= fence.body);
        let nearest = before.filter_map(known).next();
        let (from, mut block) =
            nearest.unwrap_or_else(|| (fence.body, CodeBlock::new(&fence.language, start.codes)));
        for line in self.text[from..start.from].split_inclusive('\n') {
            block.skip(fence.dedented(line));
        }
        self.sections[at].begins = Some(block.clone());
        Some(block)
    }
}
