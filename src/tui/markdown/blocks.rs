//! Walks the events of the markdown parser and lays out block after block.

use super::highlight::CodeBlock;
use super::table::Table;
use super::{Options, math};
use crate::tui::text::{Face, Line, Prefix, Row, RowKind, expand_tabs, wrap};
use crate::tui::theme::Meaning;
use pulldown_cmark::{CodeBlockKind, Event, Options as Syntax, Parser, Tag, TagEnd};
use ratatui::style::Modifier;
use std::sync::Arc;

/// The syntax that is understood beyond CommonMark.
pub(super) fn syntax() -> Syntax {
    Syntax::ENABLE_TABLES
        | Syntax::ENABLE_FOOTNOTES
        | Syntax::ENABLE_STRIKETHROUGH
        | Syntax::ENABLE_TASKLISTS
        | Syntax::ENABLE_MATH
        | Syntax::ENABLE_GFM
}

/// What a part of a document hands on to the next part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carry {
    /// Code blocks so far.
    pub code: u32,
    /// A block ended: an empty row is due before the next one.
    pub gap: bool,
}

/// Lays out whole blocks of cleaned text.
pub(super) fn lay_out(text: &str, options: Options, carry: &mut Carry, out: &mut Vec<Row>) {
    let mut walk = Walk {
        options,
        carry,
        out,
        levels: Vec::new(),
        lists: Vec::new(),
        line: Line::default(),
        faces: vec![Face::new(Meaning::Text)],
        link: None,
        link_text: String::new(),
        image: None,
        kind: RowKind::Text,
        code: None,
        table: None,
    };
    for event in Parser::new_ext(text, syntax()) {
        walk.event(event);
    }
    walk.flush();
}

/// One container around the current block: a list item, a quote.
struct Level {
    /// Stands before the first row only.
    first: Option<(String, Face)>,
    rest: (String, Face),
    /// Shown on empty rows too.
    bar: bool,
}

struct Walk<'a> {
    options: Options,
    carry: &'a mut Carry,
    out: &'a mut Vec<Row>,
    levels: Vec<Level>,
    /// For each open list the number of its next item; `None` for bullets.
    lists: Vec<Option<u64>>,
    line: Line,
    faces: Vec<Face>,
    link: Option<Arc<str>>,
    link_text: String,
    /// Inside an image: its address and the text so far.
    image: Option<(String, String)>,
    kind: RowKind,
    /// Inside a code block: its language and text.
    code: Option<(String, String)>,
    table: Option<Table>,
}

impl Walk<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                let face = self.face();
                let face = Face::new(Meaning::Code).with(face.add);
                self.push(&text.replace('\n', " "), face);
            }
            Event::InlineMath(tex) => {
                if math::is_money(&tex) {
                    self.text(&format!("${tex}$"));
                } else {
                    let face = self.face().with(Modifier::ITALIC);
                    self.push(&math::readable(&tex), face);
                }
            }
            Event::DisplayMath(tex) => self.display_math(&tex),
            Event::Html(html) => {
                for line in html.lines() {
                    self.gap();
                    self.push(line, Face::new(Meaning::Dim));
                    self.flush();
                }
            }
            Event::InlineHtml(html) => match html.to_ascii_lowercase().as_str() {
                "<br>" | "<br/>" | "<br />" => self.hard_break(),
                _ => self.push(&html, Face::new(Meaning::Dim)),
            },
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.hard_break(),
            Event::Rule => {
                self.gap();
                let width = self.room().clamp(3, 60);
                self.push(&"─".repeat(width), Face::new(Meaning::Border));
                self.kind = RowKind::Rule;
                self.flush();
                self.carry.gap = true;
            }
            Event::FootnoteReference(name) => self.push(&format!("[{name}]"), Face::new(Meaning::Accent)),
            Event::TaskListMarker(done) => {
                let (mark, meaning) = if done { ("☑ ", Meaning::Ok) } else { ("☐ ", Meaning::Dim) };
                self.push(mark, Face::new(meaning));
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.gap(),
            Tag::Heading { level, .. } => {
                self.gap();
                let mut face = Face::new(Meaning::Heading);
                if level as u8 == 1 {
                    face = face.with(Modifier::UNDERLINED);
                }
                self.faces.push(face);
                self.kind = RowKind::Heading;
            }
            Tag::BlockQuote(kind) => {
                self.gap();
                let bar = ("▎ ".to_owned(), Face::new(Meaning::Border));
                self.levels.push(Level { first: None, rest: bar, bar: true });
                self.faces.push(Face::new(Meaning::Quote));
                if let Some(kind) = kind {
                    let name = format!("{kind:?}");
                    self.push(&name, Face::new(Meaning::Accent));
                    self.flush();
                }
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.gap();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => language_of(&info).to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                self.gap();
                let marker = match self.lists.last_mut() {
                    Some(Some(n)) => {
                        let marker = format!("{n}. ");
                        *n += 1;
                        marker
                    }
                    _ => ["• ", "◦ ", "▪ "][(self.lists.len().max(1) - 1) % 3].to_owned(),
                };
                let blank = " ".repeat(crate::tui::text::width(&marker));
                let text = Face::new(Meaning::Text);
                self.levels.push(Level { first: Some((marker, text)), rest: (blank, text), bar: false });
            }
            Tag::FootnoteDefinition(name) => {
                self.gap();
                let marker = format!("[{name}] ");
                let blank = " ".repeat(crate::tui::text::width(&marker));
                self.levels.push(Level {
                    first: Some((marker, Face::new(Meaning::Accent))),
                    rest: (blank, Face::new(Meaning::Text)),
                    bar: false,
                });
            }
            Tag::Table(alignment) => {
                self.gap();
                self.table = Some(Table::new(alignment));
            }
            Tag::TableHead => self.faces.push(Face::new(Meaning::Text).with(Modifier::BOLD)),
            Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::Emphasis => self.add(Modifier::ITALIC),
            Tag::Strong => self.add(Modifier::BOLD),
            Tag::Strikethrough => self.add(Modifier::CROSSED_OUT),
            Tag::Link { dest_url, .. } => {
                let face = self.face();
                self.faces.push(Face::new(Meaning::Link).with(face.add));
                self.link = Some(Arc::from(crate::words::clean_line(&dest_url)));
                self.link_text.clear();
            }
            Tag::Image { dest_url, .. } => {
                self.image = Some((crate::words::clean_line(&dest_url), String::new()));
            }
            Tag::HtmlBlock => self.gap(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => {
                self.flush();
                self.carry.gap = true;
            }
            TagEnd::Heading(_) => {
                self.flush();
                self.faces.pop();
                self.carry.gap = true;
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.levels.pop();
                self.faces.pop();
                self.carry.gap = true;
            }
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.carry.code += 1;
                    let mut prefix = self.prefix();
                    let mut block = CodeBlock::new(&language, self.carry.code);
                    block.label(self.options.width.into(), &mut prefix, self.out);
                    for line in text.split_inclusive('\n') {
                        block.line(line, self.options.width.into(), &mut prefix, self.out);
                    }
                    self.carry.gap = true;
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.carry.gap |= self.lists.is_empty();
            }
            TagEnd::Item => {
                // an item without text still has its marker
                let unused = self.levels.last().is_some_and(|l| l.first.is_some());
                if unused && self.line.is_empty() {
                    self.emit(Line::default());
                }
                self.flush();
                self.levels.pop();
            }
            TagEnd::FootnoteDefinition => {
                self.flush();
                self.levels.pop();
                self.carry.gap = false;
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    let mut prefix = self.prefix();
                    table.lay_out(self.options.width.into(), &mut prefix, self.out);
                    self.carry.gap = true;
                }
            }
            TagEnd::TableHead => {
                self.faces.pop();
            }
            TagEnd::TableCell => {
                let line = std::mem::take(&mut self.line);
                if let Some(table) = &mut self.table {
                    table.cell(line);
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.faces.pop();
            }
            TagEnd::Link => {
                self.faces.pop();
                let url = self.link.take();
                if let Some(url) =
                    url.filter(|url| !self.options.links && !same_address(url, &self.link_text))
                {
                    self.push(&format!(" ({url})"), Face::new(Meaning::Dim));
                }
            }
            TagEnd::Image => {
                if let Some((url, alt)) = self.image.take() {
                    let what = if alt.is_empty() { "image".to_owned() } else { format!("image: {alt}") };
                    self.link = (!url.is_empty() && !url.starts_with("data:")).then(|| Arc::from(url));
                    self.push(&format!("[{what}]"), Face::new(Meaning::Link));
                    self.link = None;
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
        } else if let Some((_, alt)) = &mut self.image {
            alt.push_str(text);
        } else {
            if self.link.is_some() {
                self.link_text.push_str(text);
            }
            let face = self.face();
            self.push(text, face);
        }
    }

    fn display_math(&mut self, tex: &str) {
        let alone = self.line.is_empty() && self.table.is_none();
        let face = self.face().with(Modifier::ITALIC);
        if !alone {
            self.push(&math::readable(tex), face);
            return;
        }
        for line in math::lines(tex) {
            self.push(&format!("  {line}"), face);
            self.flush();
        }
    }

    fn hard_break(&mut self) {
        if self.table.is_some() {
            self.text(" ");
        } else {
            self.flush();
        }
    }

    fn face(&self) -> Face {
        self.faces.last().copied().unwrap_or(Face::new(Meaning::Text))
    }

    fn add(&mut self, modifier: Modifier) {
        let face = self.face().with(modifier);
        self.faces.push(face);
    }

    fn push(&mut self, text: &str, face: Face) {
        if text.contains(['\n', '\t']) {
            let text = expand_tabs(text, 0).replace('\n', " ");
            self.line.push(&text, face, self.link.as_ref());
        } else {
            self.line.push(text, face, self.link.as_ref());
        }
    }

    /// The empty row that is due before a block.
    fn gap(&mut self) {
        self.flush();
        if !std::mem::take(&mut self.carry.gap) {
            return;
        }
        // a quote's bar runs through
        let depth = self.levels.iter().rposition(|l| l.bar).map_or(0, |i| i + 1);
        if depth == 0 || self.levels.iter().any(|l| l.first.is_some()) {
            self.out.push(Row::blank());
            return;
        }
        let rest = self.levels[..depth].iter().map(|l| l.rest.clone()).collect();
        let mut prefix = Prefix { first: Vec::clone(&rest), rest };
        wrap(&Line::default(), self.options.width.into(), &mut prefix, self.out);
        if let Some(row) = self.out.last_mut() {
            row.kind = RowKind::Blank;
        }
    }

    fn prefix(&mut self) -> Prefix {
        let rest: Vec<(String, Face)> = self.levels.iter().map(|l| l.rest.clone()).collect();
        let first = self.levels.iter_mut().map(|l| l.first.take().unwrap_or_else(|| l.rest.clone()));
        Prefix { first: first.collect(), rest }
    }

    fn room(&self) -> usize {
        let taken: usize = self.levels.iter().map(|l| crate::tui::text::width(&l.rest.0)).sum();
        usize::from(self.options.width).saturating_sub(taken)
    }

    /// Lays out the inline text so far.
    fn flush(&mut self) {
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

/// The language in a fence's info string: `rust,ignore` and `{.python}` name one too.
pub(super) fn language_of(info: &str) -> &str {
    let start = info.trim_start_matches(['{', '.', ' ']);
    let end = start.find([' ', ',', '{', '}', ':']).unwrap_or(start.len());
    &start[..end]
}

fn same_address(url: &str, label: &str) -> bool {
    let bare = |s: &str| s.trim_start_matches("mailto:").trim_end_matches('/').to_owned();
    bare(url) == bare(label)
}
