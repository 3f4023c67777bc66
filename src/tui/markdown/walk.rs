//! Walks over the events of the Markdown parser and lays out block after block.

use super::blocks::language_of;
use super::flow::{Carry, Flow, Gap};
use super::highlight::CodeBlock;
use super::inline::Inline;
use super::table::Table;
use super::{Options, link, math, matrix};
use crate::tui::text::{Face, Row, RowKind};
use crate::tui::theme::Meaning;
use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use ratatui::style::Modifier;

/// An open list.
struct List {
    /// The number of its next item; `None` for bullets.
    next: Option<u64>,
    /// Its items are parted by empty rows.
    loose: bool,
}

pub(super) struct Walk<'a> {
    pub flow: Flow<'a>,
    pub inline: Inline,
    lists: Vec<List>,
    /// The first list goes on with this number.
    pub goes_on: Option<Option<u64>>,
    /// Inside a code block: its language and text.
    code: Option<(String, String)>,
    pub table: Option<Table>,
    /// The first rows of the table that the first one here goes on with.
    pub sample: Option<Table>,
    /// A block of HTML has shown something.
    pub html: bool,
    /// A formula on rows of its own was the last thing in this paragraph.
    displayed: bool,
}

impl<'a> Walk<'a> {
    pub fn new(options: Options, carry: &'a mut Carry, out: &'a mut Vec<Row>) -> Self {
        Self {
            flow: Flow::new(options, carry, out),
            inline: Inline::default(),
            lists: Vec::new(),
            goes_on: None,
            code: None,
            table: None,
            sample: None,
            html: false,
            displayed: false,
        }
    }
}

impl Walk<'_> {
    pub fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                let face = Face::new(Meaning::Code).with(self.inline.face().add);
                self.push(&text.replace('\n', " "), face);
            }
            Event::InlineMath(tex) => {
                if math::is_money(&tex) {
                    self.text(&format!("${tex}$"));
                } else {
                    self.push(&math::readable(&tex), self.inline.face().with(Modifier::ITALIC));
                }
            }
            Event::DisplayMath(tex) => self.display_math(&tex),
            Event::Html(html) => html.lines().for_each(|line| self.html_line(line)),
            Event::InlineHtml(html) => {
                self.tag(&html);
                if html.eq_ignore_ascii_case("</summary>") {
                    self.hard_break();
                }
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.hard_break(),
            Event::Rule => {
                self.flow.gap();
                let width = self.flow.room().clamp(3, 60);
                self.push(&"─".repeat(width), Face::new(Meaning::Border));
                self.flow.kind = RowKind::Rule;
                self.end_block();
            }
            Event::FootnoteReference(name) => self.push(&format!("[{name}]"), Face::new(Meaning::Accent)),
            Event::TaskListMarker(done) => {
                let (mark, meaning) = if done { ("☑ ", Meaning::Ok) } else { ("☐ ", Meaning::Dim) };
                // the box is the bullet
                if !self.flow.change_marker(mark, Face::new(meaning)) {
                    self.push(mark, Face::new(meaning));
                }
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                if let Some(list) = self.lists.last_mut().filter(|_| self.flow.in_item()) {
                    list.loose = true;
                }
                self.flow.gap();
            }
            Tag::HtmlBlock => self.html = false,
            Tag::Heading { level, .. } => {
                self.flow.gap();
                let face = Face::new(Meaning::Heading);
                self.inline.open(match level as u8 {
                    1 => face.with(Modifier::UNDERLINED),
                    2 => face,
                    _ => face.with(Modifier::ITALIC),
                });
                self.flow.kind = RowKind::Heading;
            }
            Tag::BlockQuote(kind) => {
                self.flow.gap();
                self.flow.open_bar();
                self.inline.open(Face::new(Meaning::Quote));
                if let Some(kind) = kind {
                    let name = format!("{kind:?}");
                    self.push(&name, Face::new(Meaning::Accent).with(Modifier::BOLD));
                    self.flow.flush();
                }
            }
            Tag::CodeBlock(kind) => {
                self.flow.gap();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => language_of(&info).to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::List(first) => {
                self.flow.flush();
                if self.lists.is_empty() {
                    self.flow.gap();
                }
                let goes_on = self.goes_on.take();
                self.lists.push(List { next: goes_on.unwrap_or(first), loose: false });
            }
            Tag::Item => {
                if self.lists.last().is_some_and(|list| list.loose) {
                    self.flow.flush();
                    self.flow.carry.gap = Gap::Row;
                }
                self.flow.gap();
                let marker = match self.lists.last_mut() {
                    Some(List { next: Some(n), .. }) => {
                        let marker = format!("{n}. ");
                        *n += 1;
                        marker
                    }
                    _ => ["• ", "◦ ", "▪ "][(self.lists.len().max(1) - 1) % 3].to_owned(),
                };
                self.flow.open_item(marker, Face::new(Meaning::Text));
            }
            Tag::FootnoteDefinition(name) => {
                self.flow.gap_before_note();
                self.flow.open_item(format!("[{name}] "), Face::new(Meaning::Accent));
            }
            Tag::Table(alignment) => {
                self.flow.gap();
                self.table = Some(Table::new(alignment));
            }
            Tag::TableHead => self.inline.open(Face::new(Meaning::Text).with(Modifier::BOLD)),
            Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Emphasis => self.inline.add(Modifier::ITALIC),
            Tag::Strong => self.inline.add(Modifier::BOLD),
            Tag::Strikethrough => self.inline.add(Modifier::CROSSED_OUT),
            Tag::Link { dest_url, .. } => self.inline.open_link(&dest_url),
            Tag::Image { dest_url, .. } => self.inline.open_image(&dest_url),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_block(),
            TagEnd::HtmlBlock => {
                self.inline.end_block();
                if self.html {
                    self.flow.carry.gap = Gap::Row;
                }
            }
            TagEnd::Heading(_) => {
                self.end_block();
                self.inline.close();
            }
            TagEnd::BlockQuote(_) => {
                self.flow.close();
                self.inline.close();
                self.flow.carry.gap = Gap::Row;
            }
            TagEnd::CodeBlock => self.code_block(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.flow.carry.gap = Gap::Row;
                }
            }
            TagEnd::Item => {
                self.flow.close_item();
                self.inline.end_block();
            }
            TagEnd::FootnoteDefinition => {
                self.flow.close();
                self.flow.carry.gap = Gap::AfterNote;
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    let mut prefix = self.flow.prefix();
                    let sample = self.sample.take();
                    table.lay_out(sample.as_ref(), self.flow.options, &mut prefix, self.flow.out);
                    self.flow.carry.gap = Gap::Row;
                }
            }
            TagEnd::TableCell => {
                let line = std::mem::take(&mut self.flow.line);
                self.inline.end_block();
                if let Some(table) = &mut self.table {
                    table.cell(line);
                }
            }
            TagEnd::TableHead | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.inline.close();
            }
            TagEnd::Link => {
                if let Some(address) = self.inline.close_link(self.flow.options.links) {
                    self.push(&format!(" ({address})"), Face::new(Meaning::Dim));
                }
            }
            TagEnd::Image => self.inline.close_image(&mut self.flow.line),
            _ => {}
        }
    }

    fn end_block(&mut self) {
        self.displayed = false;
        self.flow.flush();
        self.inline.end_block();
        self.flow.carry.gap = Gap::Row;
    }

    fn code_block(&mut self) {
        let Some((language, text)) = self.code.take() else { return };
        let width = usize::from(self.flow.options.width);
        self.flow.carry.code += 1;
        let mut prefix = self.flow.prefix();
        let mut block = CodeBlock::new(&language, self.flow.carry.code);
        block.label(width, &mut prefix, self.flow.out);
        for line in text.split_inclusive('\n') {
            block.line(line, width, &mut prefix, self.flow.out);
        }
        self.flow.carry.gap = Gap::Row;
    }

    pub fn push(&mut self, text: &str, face: Face) {
        self.flow.push(text, face, self.inline.link());
    }

    pub fn text(&mut self, text: &str) {
        // what stands behind a formula in its paragraph begins a row
        let text = if std::mem::take(&mut self.displayed) { text.trim_start() } else { text };
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
        } else if self.inline.is_running() {
            for (piece, url) in link::addresses(text) {
                if let Some((text, face)) = self.inline.text(piece) {
                    let face = if url.is_some() { Face::new(Meaning::Link).with(face.add) } else { face };
                    self.flow.push(&text, face, url.as_ref());
                }
            }
        } else if let Some((text, face)) = self.inline.text(text) {
            self.push(&text, face);
        }
    }

    fn display_math(&mut self, tex: &str) {
        let alone = self.flow.line.is_empty() && self.table.is_none();
        let face = self.inline.face().with(Modifier::ITALIC);
        if !alone {
            self.push(&math::readable(tex), face);
            return;
        }
        for line in matrix::lines(tex) {
            self.push(&format!("  {line}"), face);
            self.flow.flush();
        }
        self.displayed = true;
    }
}
