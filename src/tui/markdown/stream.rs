//! A document that grows: finished blocks are laid out once, only the tail again.

use super::blocks;
use super::flow::Carry;
use super::highlight::CodeBlock;
use super::{Options, layout, tail};
use crate::tui::text::{Prefix, Row};
use pulldown_cmark::{Event, Parser, Tag};

/// A reply while it streams. Taking text costs nothing; asking for the rows lays out what is new since the last time:
/// the block that still grows, or the last line of an open code block.
#[derive(Clone, Debug)]
pub struct StreamDoc {
    options: Options,
    /// All text so far, cleaned.
    text: String,
    /// A lone `\r` at the end of what came: half of a line end, perhaps.
    half_end: bool,
    /// Bytes of `text` whose rows are final.
    done: usize,
    /// Final rows, then those of the tail.
    rows: Vec<Row>,
    finished: usize,
    carry: Carry,
    open: Option<OpenCode>,
    stale: bool,
}

#[derive(Clone, Debug)]
struct OpenCode {
    block: CodeBlock,
    fence: (char, usize),
    /// Columns by which the fence is indented: code lines lose as many.
    indent: usize,
}

impl StreamDoc {
    pub fn new(options: Options) -> StreamDoc {
        StreamDoc {
            options,
            text: String::new(),
            half_end: false,
            done: 0,
            rows: Vec::new(),
            finished: 0,
            carry: Carry::default(),
            open: None,
            stale: false,
        }
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

    /// The text so far, cleaned.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn options(&self) -> Options {
        self.options
    }

    /// All rows so far.
    pub fn rows(&mut self) -> &[Row] {
        if std::mem::take(&mut self.stale) {
            self.advance();
        }
        &self.rows
    }

    /// Rows that will not change any more, counted from the top: as of the last call of [`StreamDoc::rows`].
    pub fn settled(&self) -> usize {
        self.finished
    }

    /// The rows of the whole document, now that no more text comes: equal to [`layout`] of all of it.
    pub fn finish(self) -> Vec<Row> {
        layout(&self.text, self.options)
    }

    /// Lays everything out again, for another width.
    pub fn resize(&mut self, options: Options) {
        if options != self.options {
            let text = std::mem::take(&mut self.text);
            *self = StreamDoc { text, stale: true, half_end: self.half_end, ..StreamDoc::new(options) };
        }
    }

    fn advance(&mut self) {
        self.rows.truncate(self.finished);
        loop {
            if self.open.is_some() {
                if !self.code_lines() {
                    return;
                }
                continue;
            }
            let all = tail::dollars(&self.text[self.done..]);
            let shown = tail::showable(&all);
            let Some((start, fence)) = last_block(shown) else { return };
            if start > 0 {
                blocks::lay_out(&shown[..start], self.options, &mut self.carry, &mut self.rows);
                self.finished = self.rows.len();
                self.done += start;
            }
            if let Some(language) = fence
                && let Some(end) = shown[start..].find('\n')
                && let Some(fence) = tail::fence_of(&shown[start..start + end])
            {
                let line = &shown[start..start + end];
                let indent = line.len() - line.trim_start_matches(' ').len();
                self.done += end + 1;
                self.open_code(&language, fence, indent);
                continue;
            }
            let mut carry = self.carry;
            let text = tail::closed(&shown[start..]);
            blocks::lay_out(&text, self.options, &mut carry, &mut self.rows);
            return;
        }
    }

    fn open_code(&mut self, language: &str, fence: (char, usize), indent: usize) {
        if std::mem::take(&mut self.carry.gap) {
            self.rows.push(Row::blank());
        }
        self.carry.code += 1;
        let block = CodeBlock::new(language, self.carry.code);
        block.label(self.options.width.into(), &mut Prefix::default(), &mut self.rows);
        self.finished = self.rows.len();
        self.open = Some(OpenCode { block, fence, indent });
    }

    /// Lays out new lines of the open code block; `true` when it ended.
    fn code_lines(&mut self) -> bool {
        let Some(open) = &mut self.open else { return true };
        let width = usize::from(self.options.width);
        loop {
            let rest = &self.text[self.done..];
            let end = rest.find('\n').map(|n| n + 1);
            let line = &rest[..end.unwrap_or(rest.len())];
            let closes = tail::fence_of(line).is_some_and(|(sign, n)| {
                sign == open.fence.0 && n >= open.fence.1 && line.trim().chars().all(|c| c == sign)
            });
            if let (true, Some(end)) = (closes, end) {
                self.done += end;
                self.open = None;
                self.carry.gap = true;
                return true;
            }
            let indent = line.bytes().take(open.indent).take_while(|b| *b == b' ').count();
            let code = &line[indent..];
            let Some(end) = end else {
                // a line that may still become the closing fence waits
                let waits = !code.is_empty() && code.trim().chars().all(|c| c == open.fence.0);
                if !code.is_empty() && !waits {
                    open.block.clone().line(code, width, &mut Prefix::default(), &mut self.rows);
                }
                return false;
            };
            open.block.line(code, width, &mut Prefix::default(), &mut self.rows);
            self.done += end;
            self.finished = self.rows.len();
        }
    }
}

/// Where the last top-level block of `text` begins, and its language if it is a fenced code block.
fn last_block(text: &str) -> Option<(usize, Option<String>)> {
    let mut depth = 0usize;
    let mut found = None;
    for (event, range) in Parser::new_ext(text, blocks::syntax()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    let fence = match tag {
                        Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Fenced(info)) => {
                            Some(blocks::language_of(&info).to_owned())
                        }
                        _ => None,
                    };
                    let start = text[..range.start].rfind('\n').map_or(0, |n| n + 1);
                    found = Some((start, fence));
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => found = Some((range.start, None)),
            _ => {}
        }
    }
    found
}
