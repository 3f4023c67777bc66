//! One message laid out: its thinking, its parts, what happened on the way.

use super::block::{Block, Stretch, Told};
use super::figures::count;
use super::images::{self, Means, about};
use crate::app::{Model, Node, ending, notes, seconds, thought};
use crate::tui::markdown::Options;
use crate::tui::paint::Caps;
use crate::tui::text::{Face, Line, Prefix, Row, width, wrap};
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

/// What a message was laid out from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Of {
    revision: u32,
    live: bool,
    /// The second, while one is shown.
    second: i64,
    means: Option<Means>,
    width: u16,
    /// It is the last one: what can be done about its end is said.
    last: bool,
}

impl Block {
    /// Brings it up to date. A reply under way costs what its last block costs.
    pub fn refresh(&mut self, model: &Model, node: &Node, caps: &Caps, means: Means, width: u16) {
        let message = &node.message;
        let live = model.writing(message.id).map(|(_, live)| live);
        let counts = live.is_some_and(|l| l.waiting.is_some() || (l.thought && l.thought_until.is_none()));
        let pictured = message.parts.iter().any(|p| matches!(p, Part::Image { .. }));
        let of = Of {
            revision: node.revision,
            live: live.is_some(),
            second: if counts { model.now.secs() } else { 0 },
            means: pictured.then_some(means),
            width,
            last: model.thread().path().last() == Some(&message.id),
        };
        if self.of == Some(of) {
            return;
        }
        // what is no reply under way may be another text now
        if self.of.is_none_or(|old| old.revision != of.revision && !old.live) {
            self.stretches.clear();
        }
        self.of = Some(of);
        let columns = width.saturating_sub(INDENT + 1).max(4);
        let options = Options { width: columns, links: caps.links, sideways: true };
        let old = std::mem::take(&mut self.stretches);
        let mut new = New { stretches: Vec::new(), old, options };
        self.fold = thought_of(&mut new, model, node, live.is_some_and(|l| l.thought_until.is_none()));
        for (place, part) in message.parts.iter().enumerate() {
            match part {
                Part::Text { text, .. } => {
                    let grows = live.is_some() && place + 1 == message.parts.len();
                    let plain = (message.role == Role::User).then_some(Meaning::Text);
                    new.text(Some(place), text, plain, grows);
                }
                Part::Image { name, source, .. } => {
                    let key =
                        model.keymap.keys("images").first().map(ToString::to_string).unwrap_or_default();
                    let (caption, shown) =
                        images::lay_out(&mut self.images, place, name, source, columns, means, &key);
                    new.line(&caption, Meaning::Dim);
                    new.rows().extend(shown);
                }
                other => other_part(&mut new, other),
            }
        }
        // what happened on the way begins a stretch of its own
        new.stretches.push(Stretch::Rows(Vec::new()));
        foot(&mut new, model, message);
        self.stretches = new.stretches;
    }
}

/// The stretches of a message while they are put together.
struct New {
    stretches: Vec<Stretch>,
    /// What was there before: texts of it go on.
    old: Vec<Stretch>,
    options: Options,
}

impl New {
    /// The rows that are being put together.
    fn rows(&mut self) -> &mut Vec<Row> {
        if !matches!(self.stretches.last(), Some(Stretch::Rows(_))) {
            self.stretches.push(Stretch::Rows(Vec::new()));
        }
        match self.stretches.last_mut() {
            Some(Stretch::Rows(rows)) => rows,
            _ => unreachable!("it was pushed just now"),
        }
    }

    fn line(&mut self, text: &str, meaning: Meaning) {
        let columns = usize::from(self.options.width);
        let text = crate::tui::text::expand_tabs(text, 0);
        wrap(&Line::of(&text, Face::new(meaning)), columns, &mut Prefix::default(), self.rows());
    }

    /// A text: what was laid out of it stays, what came since is added. `place`: which part of the message.
    fn text(&mut self, place: Option<usize>, text: &str, plain: Option<Meaning>, grows: bool) {
        let here = |stretch: &Stretch| matches!(stretch, Stretch::Text(known) if known.place == place);
        let old = self.old.iter().position(here).map(|at| self.old.swap_remove(at));
        let mut known = match old {
            Some(Stretch::Text(known)) if known.goes_on_in(text) => known,
            _ => Box::new(Told::new(place, self.options, plain)),
        };
        known.take(text, self.options, grows);
        self.stretches.push(Stretch::Text(known));
    }
}

/// Folds all thinking into one row; which stretch that is.
fn thought_of(new: &mut New, model: &Model, node: &Node, grows: bool) -> Option<usize> {
    let thinks = |p: &Part| matches!(p, Part::Reasoning(_));
    if !node.message.parts.iter().any(thinks) {
        return None;
    }
    let sign = if node.open { "▾" } else { "▸" };
    new.line(&format!("{sign} {}", thinking(model, &node.message)), Meaning::Reasoning);
    let fold = new.stretches.len();
    if node.open {
        let texts = node.message.parts.iter().filter_map(|p| match p {
            Part::Reasoning(reasoning) => Some(reasoning.text.as_str()),
            _ => None,
        });
        new.text(None, texts.collect::<String>().trim_start(), Some(Meaning::Reasoning), grows);
        new.stretches.push(Stretch::Rows(vec![Row::blank()]));
    } else {
        // places in what follows are told alike whether it is open or not
        new.stretches.extend([Stretch::Rows(Vec::new()), Stretch::Rows(Vec::new())]);
    }
    Some(fold)
}

/// Everything that is neither text nor image is a line.
fn other_part(new: &mut New, part: &Part) {
    match part {
        Part::File { name, source } => {
            new.line(&format!("▣ {} · {}", clean_line(name), about(source)), Meaning::Dim);
        }
        Part::Audio { source } => new.line(&format!("▣ audio · {}", about(source)), Meaning::Dim),
        Part::ToolCall { name, arguments, .. } => {
            new.line(&format!("⚙ {}({})", clean_line(name), clean_line(arguments)), Meaning::Code);
        }
        Part::ToolResult { name, error, .. } => {
            let how = if *error { " with an error" } else { "" };
            new.line(&format!("⚙ {} answered{how}", clean_line(name)), Meaning::Dim);
        }
        Part::Annotation { value } => {
            let cited = value.get("url_citation").unwrap_or(value);
            let title = cited.get("title").or_else(|| cited.get("url")).and_then(|t| t.as_str());
            if let Some(title) = title {
                new.line(&format!("↗ {}", clean_line(title)), Meaning::Link);
            }
        }
        Part::Text { .. } | Part::Reasoning(_) | Part::Image { .. } | Part::Opaque { .. } => {}
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
fn foot(new: &mut New, model: &Model, message: &Message) {
    let mut notes = notes(model, message);
    if model.writing(message.id).is_some_and(|(_, live)| live.waiting.is_some()) {
        // the pause says it with its seconds
        notes.pop();
    }
    for note in notes {
        new.line(&format!("↪ {}", clean_line(&note)), Meaning::Warn);
    }
    if let Some((_, live)) = model.writing(message.id) {
        if let Some(waiting) = &live.waiting {
            let left = waiting.until.since(model.now).as_secs();
            let text = format!("⏳ {}: again in {left} s, Esc stops", clean_line(&waiting.why));
            new.line(&text, Meaning::Warn);
        } else if live.meter.first().is_none() {
            let why = live.chosen.as_ref().map_or("choosing an endpoint".into(), |c| {
                format!("asking {}: {}", clean_line(&c.provider_name), clean_line(&c.why))
            });
            new.line(&why, Meaning::Dim);
        }
        return;
    }
    if let Some(ending) = ending(message) {
        let meaning =
            if matches!(message.state, MessageState::Failed(_)) { Meaning::Error } else { Meaning::Warn };
        let remedies = remedies(model, message);
        let room = usize::from(new.options.width);
        // what to do about it stays together: behind the sentence, or under it
        match format!("■ {ending} · {}", remedies.join(" · ")) {
            _ if remedies.is_empty() => new.line(&format!("■ {ending}"), meaning),
            whole if width(&whole) <= room => new.line(&whole, meaning),
            _ => {
                new.line(&format!("■ {ending}"), meaning);
                let mut row = String::from(" ");
                for remedy in &remedies {
                    let gap = if row.trim().is_empty() { " " } else { " · " };
                    if width(&row) + width(gap) + width(remedy) > room {
                        new.line(&row, meaning);
                        row = format!("  {remedy}");
                    } else {
                        row.push_str(gap);
                        row.push_str(remedy);
                    }
                }
                new.line(&row, meaning);
            }
        }
    }
}

/// What can be done about the last reply that did not end by itself.
fn remedies(model: &Model, message: &Message) -> Vec<String> {
    if model.thread().path().last() != Some(&message.id) {
        return Vec::new();
    }
    let begun = !message.parts.is_empty();
    let all = [
        (begun, "continue", "goes on"),
        (true, "regenerate", "asks again"),
        (!begun, "regenerate.other", "asks another model"),
    ];
    all.iter()
        .filter(|(fits, ..)| *fits)
        .filter_map(|(_, id, does)| Some(format!("{} {does}", model.keymap.keys(id).first()?)))
        .collect()
}
