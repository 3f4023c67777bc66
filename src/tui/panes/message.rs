//! One message laid out: its thinking, its parts, what happened on the way.

use super::figures::count;
use super::images::{self, Means, about};
use crate::app::{Model, Node, ending, notes, seconds, thought};
use crate::tui::markdown::{self, Options, StreamDoc};
use crate::tui::paint::Caps;
use crate::tui::text::{Face, Line, Prefix, Row, wrap};
use crate::tui::theme::Meaning;
use crate::words::{Message, MessageState, Part, Role, clean_line};
use ratatui::layout::Rect;
use std::time::Duration;

/// Columns left of the text: the mark of a selected message stands there.
pub const INDENT: u16 = 2;

/// Where row `y` of a conversation has its text.
pub fn text_of(area: Rect, y: u16) -> Rect {
    Rect { x: area.x + INDENT, y, width: area.width.saturating_sub(INDENT), height: 1 }
}

/// A message laid out at one width: everything under its header, in three stretches of rows.
#[derive(Debug)]
pub struct Block {
    width: u16,
    /// What it was laid out from: revision, whether it was live, the second when one is shown.
    of: Option<(u32, bool, i64, Option<Means>)>,
    head: Vec<Row>,
    /// The growing text of a reply under way and how much of it has been taken.
    stream: Option<(StreamDoc, usize)>,
    grown: usize,
    foot: Vec<Row>,
    /// The row that folds and unfolds the thinking.
    pub fold: Option<usize>,
    images: images::Known,
    /// The frame it was last wanted in.
    pub seen: u64,
}

impl Block {
    pub fn new(width: u16) -> Self {
        Self {
            width,
            of: None,
            head: Vec::new(),
            stream: None,
            grown: 0,
            foot: Vec::new(),
            fold: None,
            images: images::Known::new(),
            seen: 0,
        }
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.head.len() + self.grown + self.foot.len()
    }

    /// Rows of what was said; what happened on the way stands behind them.
    pub fn body(&self) -> usize {
        self.head.len() + self.grown
    }

    /// How far its widest table can be scrolled sideways in so many columns.
    pub fn beyond(&mut self, columns: usize) -> usize {
        (0..self.len()).filter_map(|at| self.row(at).map(|row| row.beyond(columns))).max().unwrap_or(0)
    }

    pub fn row(&mut self, at: usize) -> Option<&Row> {
        let head = self.head.len();
        if at < head {
            return self.head.get(at);
        }
        if at < head + self.grown {
            return self.stream.as_mut().and_then(|(doc, _)| doc.rows().get(at - head));
        }
        self.foot.get(at - head - self.grown)
    }

    /// Lays it out again if it changed. A reply under way costs what its last block costs.
    pub fn refresh(&mut self, model: &Model, node: &Node, caps: &Caps, means: Means) {
        let live = model.writing(node.message.id).map(|(_, live)| live);
        let counts = live.is_some_and(|l| l.waiting.is_some() || (l.thought && l.thought_until.is_none()));
        let pictured = node.message.parts.iter().any(|p| matches!(p, Part::Image { .. }));
        let second = if counts { model.now.secs() } else { 0 };
        let of = (node.revision, live.is_some(), second, pictured.then_some(means));
        if self.of == Some(of) {
            return;
        }
        self.of = Some(of);
        let columns = self.width.saturating_sub(INDENT + 1).max(4);
        let options = Options { width: columns, links: caps.links, sideways: true };
        self.head.clear();
        self.foot.clear();
        self.fold = None;
        let all = &node.message.parts;
        let (still, growing) = match all.split_last() {
            Some((Part::Text { text, .. }, before)) if live.is_some() => (before, Some(text)),
            _ => (all.as_slice(), None),
        };
        self.parts(model, node, options, still, means);
        match growing {
            Some(text) => self.grow(text, options),
            None => self.stream = None,
        }
        self.grown = self.stream.as_mut().map_or(0, |(doc, _)| doc.rows().len());
        foot(&mut self.foot, model, &node.message, columns);
    }

    /// Folds blocks of thinking into one row, texts into Markdown, everything else into a line.
    fn parts(&mut self, model: &Model, node: &Node, options: Options, parts: &[Part], means: Means) {
        let Self { head: rows, fold, images, .. } = self;
        let columns = options.width;
        let message = &node.message;
        let thought: String = parts
            .iter()
            .filter_map(|p| match p {
                Part::Reasoning(r) => Some(r.text.as_str()),
                _ => None,
            })
            .collect();
        if !thought.is_empty() || parts.iter().any(|p| matches!(p, Part::Reasoning(_))) {
            *fold = Some(rows.len());
            let sign = if node.open { "▾" } else { "▸" };
            line(rows, &format!("{sign} {}", thinking(model, message)), Meaning::Reasoning, columns);
            if node.open {
                for text in crate::words::clean(&thought).trim().lines() {
                    line(rows, text, Meaning::Reasoning, columns);
                }
                rows.push(Row::blank());
            }
        }
        for (place, part) in parts.iter().enumerate() {
            match part {
                Part::Text { text, .. } if message.role == Role::User => {
                    for text in crate::words::clean(text).lines() {
                        line(rows, text, Meaning::Text, columns);
                    }
                }
                Part::Text { text, .. } => rows.extend(markdown::layout(text, options)),
                Part::Reasoning(_) => {}
                Part::Image { name, source, .. } => {
                    let key =
                        model.keymap.keys("images").first().map(ToString::to_string).unwrap_or_default();
                    let (caption, shown) = images::lay_out(images, place, name, source, columns, means, &key);
                    line(rows, &caption, Meaning::Dim, columns);
                    rows.extend(shown);
                }
                Part::File { name, source } => {
                    line(rows, &format!("▣ {} · {}", clean_line(name), about(source)), Meaning::Dim, columns);
                }
                Part::Audio { source } => {
                    line(rows, &format!("▣ audio · {}", about(source)), Meaning::Dim, columns)
                }
                Part::ToolCall { name, arguments, .. } => {
                    let text = format!("⚙ {}({})", clean_line(name), clean_line(arguments));
                    line(rows, &text, Meaning::Code, columns);
                }
                Part::ToolResult { name, error, .. } => {
                    let text = format!(
                        "⚙ {} answered{}",
                        clean_line(name),
                        if *error { " with an error" } else { "" }
                    );
                    line(rows, &text, Meaning::Dim, columns);
                }
                Part::Annotation { value } => {
                    let cited = value.get("url_citation").unwrap_or(value);
                    let title = cited.get("title").or_else(|| cited.get("url")).and_then(|t| t.as_str());
                    if let Some(title) = title {
                        line(rows, &format!("↗ {}", clean_line(title)), Meaning::Link, columns);
                    }
                }
                Part::Opaque { .. } => {}
            }
        }
    }

    /// Takes what came since the last time.
    fn grow(&mut self, text: &str, options: Options) {
        let taken = self.stream.as_ref().map(|(_, taken)| *taken);
        if taken.is_none_or(|taken| taken > text.len()) {
            self.stream = Some((StreamDoc::new(options), 0));
        }
        if let Some((doc, taken)) = &mut self.stream {
            // texts are appended whole, so that a cut is never inside a character
            doc.push(text.get(*taken..).unwrap_or(""));
            *taken = text.len();
        }
    }
}

/// `thought for 4.2 s, 312 tokens`.
fn thinking(model: &Model, message: &Message) -> String {
    if let Some((_, live)) = model.writing(message.id) {
        let until = live.thought_until.unwrap_or(model.now);
        let took = live.meter.first().map_or_else(|| "…".into(), |first| seconds(until.since(first)));
        let verb = if live.thought_until.is_some() { "thought for" } else { "thinking" };
        return format!("{verb} {took}, ~{} tokens", live.meter.usage().reasoning);
    }
    let took = message.thought_ms.map(|ms| format!(" for {}", seconds(Duration::from_millis(ms))));
    let (tokens, exact) = thought(message);
    let tilde = if exact { "" } else { "~" };
    format!("thought{}, {tilde}{} tokens", took.unwrap_or_default(), count(tokens))
}

/// What happened on the way and how it ended.
fn foot(rows: &mut Vec<Row>, model: &Model, message: &Message, columns: u16) {
    for note in notes(model, message) {
        line(rows, &format!("↪ {}", clean_line(&note)), Meaning::Warn, columns);
    }
    if let Some((_, live)) = model.writing(message.id) {
        if let Some(waiting) = &live.waiting {
            let left = waiting.until.since(model.now).as_secs();
            line(
                rows,
                &format!("⏳ {}: again in {left} s, Esc stops", clean_line(&waiting.why)),
                Meaning::Warn,
                columns,
            );
        } else if live.meter.first().is_none() {
            let why = live.chosen.as_ref().map_or("choosing an endpoint".into(), |c| {
                format!("asking {}: {}", clean_line(&c.provider_name), clean_line(&c.why))
            });
            line(rows, &why, Meaning::Dim, columns);
        }
        return;
    }
    if let Some(ending) = ending(message) {
        let meaning =
            if matches!(message.state, MessageState::Failed(_)) { Meaning::Error } else { Meaning::Warn };
        line(rows, &format!("■ {ending}"), meaning, columns);
    }
}

fn line(rows: &mut Vec<Row>, text: &str, meaning: Meaning, columns: u16) {
    let text = crate::tui::text::expand_tabs(text, 0);
    wrap(&Line::of(&text, Face::new(meaning)), usize::from(columns), &mut Prefix::default(), rows);
}
