//! One message: its header with who, tokens, time and money, and its rows.

use crate::app::{Model, Node, Reading, ending, notes, reading, seconds};
use crate::tui::markdown::{self, Options, StreamDoc};
use crate::tui::text::{Face, Line, Prefix, Row, wrap};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{Message, MessageState, Part, Role, Source, Usd, clean_line};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// Columns left of the text: the mark of a selected message stands there.
pub const INDENT: u16 = 2;

/// A message laid out at one width: everything under its header, in three stretches of rows.
#[derive(Debug)]
pub struct Block {
    width: u16,
    /// What it was laid out from: revision, whether it was live, the second when one is shown.
    of: Option<(u32, bool, i64)>,
    head: Vec<Row>,
    /// The growing text of a reply under way and how much of it has been taken.
    stream: Option<(StreamDoc, usize)>,
    grown: usize,
    foot: Vec<Row>,
    /// The row that folds and unfolds the thinking.
    pub fold: Option<usize>,
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
            seen: 0,
        }
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.head.len() + self.grown + self.foot.len()
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
    pub fn refresh(&mut self, model: &Model, node: &Node) {
        let live = model.writing(node.message.id).map(|(_, live)| live);
        let counts = live
            .is_some_and(|l| l.waiting.is_some() || (l.thought.tokens() > 0 && l.thought_until.is_none()));
        let of = (node.revision, live.is_some(), if counts { model.now.secs() } else { 0 });
        if self.of == Some(of) {
            return;
        }
        self.of = Some(of);
        let columns = self.width.saturating_sub(INDENT + 1).max(4);
        self.head.clear();
        self.foot.clear();
        self.fold = None;
        let all = &node.message.parts;
        let (still, growing) = match all.split_last() {
            Some((Part::Text { text, .. }, before)) if live.is_some() => (before, Some(text)),
            _ => (all.as_slice(), None),
        };
        parts(&mut self.head, &mut self.fold, model, node, columns, still);
        match growing {
            Some(text) => self.grow(text, columns),
            None => self.stream = None,
        }
        self.grown = self.stream.as_mut().map_or(0, |(doc, _)| doc.rows().len());
        foot(&mut self.foot, model, &node.message, columns);
    }

    /// Takes what came since the last time.
    fn grow(&mut self, text: &str, columns: u16) {
        let taken = self.stream.as_ref().map(|(_, taken)| *taken);
        if taken.is_none_or(|taken| taken > text.len()) {
            self.stream = Some((StreamDoc::new(Options { width: columns, links: true }), 0));
        }
        if let Some((doc, taken)) = &mut self.stream {
            // texts are appended whole, so that a cut is never inside a character
            doc.push(text.get(*taken..).unwrap_or(""));
            *taken = text.len();
        }
    }
}

/// Folds blocks of thinking into one row, texts into Markdown, everything else into a line.
fn parts(
    rows: &mut Vec<Row>,
    fold: &mut Option<usize>,
    model: &Model,
    node: &Node,
    columns: u16,
    parts: &[Part],
) {
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
    for part in parts {
        match part {
            Part::Text { text, .. } if message.role == Role::User => {
                for text in crate::words::clean(text).lines() {
                    line(rows, text, Meaning::Text, columns);
                }
            }
            Part::Text { text, .. } => {
                rows.extend(markdown::layout(text, Options { width: columns, links: true }))
            }
            Part::Reasoning(_) => {}
            Part::Image { source, .. } => {
                line(rows, &format!("▣ image {}", about(source)), Meaning::Dim, columns)
            }
            Part::File { name, source } => {
                line(rows, &format!("▣ file {} {}", clean_line(name), about(source)), Meaning::Dim, columns);
            }
            Part::Audio { source } => {
                line(rows, &format!("▣ audio {}", about(source)), Meaning::Dim, columns)
            }
            Part::ToolCall { name, arguments, .. } => {
                let text = format!("⚙ {}({})", clean_line(name), clean_line(arguments));
                line(rows, &text, Meaning::Code, columns);
            }
            Part::ToolResult { name, error, .. } => {
                let text =
                    format!("⚙ {} answered{}", clean_line(name), if *error { " with an error" } else { "" });
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

fn about(source: &Source) -> String {
    match source {
        Source::Url { url } => clean_line(url),
        Source::Data { media_type, base64 } => {
            format!("({}, {} KB)", clean_line(media_type), base64.len() * 3 / 4 / 1024)
        }
        Source::Id { id } => clean_line(id),
    }
}

/// `thought for 4.2 s, 312 tokens`.
fn thinking(model: &Model, message: &Message) -> String {
    if let Some((_, live)) = model.writing(message.id) {
        let until = live.thought_until.unwrap_or(model.now);
        let took = live.first.map_or_else(|| "…".into(), |first| seconds(until.since(first)));
        let verb = if live.thought_until.is_some() { "thought for" } else { "thinking" };
        return format!("{verb} {took}, ~{} tokens", live.thought.tokens());
    }
    match message.receipt.as_ref().map(|r| r.usage.reasoning).filter(|n| *n > 0) {
        Some(tokens) => format!("thought, {} tokens", count(tokens)),
        None => "thought".into(),
    }
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
        } else if live.first.is_none() {
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

/// `You`, or the model with provider, tokens, time and money; the least telling goes first when it is narrow.
pub fn header(canvas: &mut Canvas<'_>, area: Rect, model: &Model, node: &Node) {
    let message = &node.message;
    let (who, meaning) = match (message.role, &message.by) {
        (Role::User, _) => ("You".to_owned(), Meaning::User),
        (Role::System, _) => ("System".to_owned(), Meaning::Dim),
        (Role::Tool, _) => ("Tool".to_owned(), Meaning::Dim),
        (Role::Assistant, Some(by)) => (clean_line(by.as_str()), Meaning::Assistant),
        (Role::Assistant, None) => (clean_line(model.model().as_str()), Meaning::Assistant),
    };
    let mut facts = Vec::new();
    let (at, of) = model.thread().branch(message.id);
    let mut marks = String::new();
    if of > 1 {
        marks.push_str(&format!(" {}/{of}", at + 1));
    }
    marks.push_str(match message.rating {
        1 => " +1",
        -1 => " -1",
        _ => "",
    });
    if message.pinned {
        marks.push_str(" pinned");
    }
    if message.role == Role::Assistant {
        facts = says(model, message);
    }
    let style = canvas.style(meaning).add_modifier(Modifier::BOLD);
    let x = canvas.text(area.x + INDENT, area.y, area.width.saturating_sub(INDENT), &who, style);
    let x = canvas.text(x, area.y, area.right().saturating_sub(x), &marks, canvas.style(Meaning::Accent));
    let room = usize::from(area.right().saturating_sub(x + 2));
    while facts.iter().map(|f| crate::tui::text::width(&f.0) + 3).sum::<usize>() > room + 3 {
        let Some(least) = (0..facts.len()).max_by_key(|at| facts[*at].1) else { break };
        facts.remove(least);
    }
    let text = facts.into_iter().map(|(fact, _)| fact).collect::<Vec<_>>().join(" · ");
    canvas.text_right(area.right(), area.y, area.width, &text, canvas.style(Meaning::Dim));
}

/// Facts in the order they stand, with a rank: the highest goes first.
fn says(model: &Model, message: &Message) -> Vec<(String, u8)> {
    let mut facts = Vec::new();
    let Some(reading) = reading(model, message) else { return facts };
    let provider = match model.writing(message.id) {
        Some((_, live)) => live.chosen.as_ref().map(|c| c.provider_name.clone()),
        None => message.receipt.as_ref().map(|r| r.provider.to_string()),
    };
    if let Some(provider) = provider.filter(|p| !p.is_empty()) {
        facts.push((clean_line(&provider), 3));
    }
    facts.push((
        format!("{} → {}{}", count(reading.usage.input()), tilde(&reading), count(reading.usage.output())),
        2,
    ));
    if let Some(rate) = reading.rate {
        facts.push((format!("{rate:.0} tok/s"), 5));
    }
    if let Some(ttft) = reading.ttft {
        facts.push((format!("first {}", seconds(ttft)), 6));
    }
    if let Some(receipt) = &message.receipt {
        facts.push((seconds(receipt.total), 4));
    }
    facts.push((money(&reading), 0));
    facts
}

fn tilde(reading: &Reading) -> &'static str {
    if reading.exact { "" } else { "~" }
}

/// `$0.0042`, `~$0.0042` while estimated, `?` for an unknown price; `demo` where no money is real.
pub fn money(reading: &Reading) -> String {
    let label = if reading.demo { "demo " } else { "" };
    match reading.cost {
        Some(cost) => format!("{label}{}{}", tilde(reading), usd(cost)),
        None => format!("{label}?"),
    }
}

/// Dollars with as many places as say something: `$12.30`, `$0.0042`, `$0.000012`.
pub fn usd(amount: Usd) -> String {
    if amount.is_zero() {
        return "$0".to_owned();
    }
    let places = match amount.approximate().abs() {
        s if s < 0.0001 => 7,
        s if s < 0.01 => 5,
        s if s < 1.0 => 4,
        _ => 2,
    };
    let mut text = amount.round(places);
    // zeros behind the cents say nothing
    while text.ends_with('0') && text.split_once('.').is_some_and(|(_, cents)| cents.len() > 2) {
        text.pop();
    }
    match text.strip_prefix('-') {
        Some(owed) => format!("-${owed}"),
        None => format!("${text}"),
    }
}

/// `812`, `12.4k`, `1.2M`.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub fn count(n: u64) -> String {
    match n {
        0..10_000 => n.to_string(),
        10_000..1_000_000 => format!("{:.1}k", n as f64 / 1e3),
        _ => format!("{:.1}M", n as f64 / 1e6),
    }
}
