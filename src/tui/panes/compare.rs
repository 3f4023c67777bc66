//! Replies side by side: as many columns as the width holds, the rest as tabs above them.

use super::block::{Block, Line};
use super::figures::{count, money};
use super::scroll::MANY;
use super::{Conversation, message};
use crate::app::{Mark, Model, Place, Scroll, ending, notes, reading, seconds};
use crate::tui::text::width;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{MessageId, MessageState, clean_line};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// Narrower than this nothing can be compared.
const LEAST: u16 = 36;

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model, conversation: &mut Conversation) {
    let Some(compare) = &model.compare else { return };
    if area.height < 4 || compare.replies.is_empty() {
        return;
    }
    let mut area = area;
    let prompt = model.thread().message(compare.prompt).map(|m| clean_line(&m.plain())).unwrap_or_default();
    canvas.text(area.x, area.y, area.width, &format!("› {prompt}"), canvas.style(Meaning::User));
    let count = compare.replies.len();
    let columns = usize::from(area.width / LEAST).clamp(1, count);
    area = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if columns < count {
        tabs(canvas, area, model);
        area = Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    let first = compare.at.min(count - 1).saturating_sub(columns - 1);
    let wide = area.width / u16::try_from(columns).unwrap_or(1);
    for (place, at) in (first..count).take(columns).enumerate() {
        let x = area.x + wide * u16::try_from(place).unwrap_or(0);
        let column = Rect { x, width: wide.saturating_sub(1), ..area };
        one(canvas, column, model, conversation, at);
    }
}

/// The model's name without its author, and how far it has got: `…` streaming, `✓` there, `✗` failed.
fn name(model: &Model, id: MessageId) -> (String, &'static str) {
    let live = model.writing(id).map(|(_, live)| live.requested.clone());
    let message = model.thread().message(id);
    let state = match message.map(|m| &m.state) {
        _ if live.is_some() => "…",
        Some(MessageState::Failed(_)) => "✗",
        Some(MessageState::Stopped) => "■",
        _ => "✓",
    };
    let by = message.and_then(|m| m.by.as_ref()).map(ToString::to_string);
    (clean_line(&by.or(live).unwrap_or_default()), state)
}

fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// One word for every reply, those out of view too.
fn tabs(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    let Some(compare) = &model.compare else { return };
    let each = usize::from(area.width) / compare.replies.len();
    let mut x = area.x;
    for (at, id) in compare.replies.iter().enumerate() {
        let (name, state) = name(model, *id);
        let short = short(&name);
        let style = canvas.style(if at == compare.at { Meaning::Selection } else { Meaning::Dim });
        let room = u16::try_from(each).unwrap_or(0).saturating_sub(1).min(area.right().saturating_sub(x));
        // without room for names how far each has got says more than their first letter
        let tab =
            if room < 10 { format!(" {}{state} ", at + 1) } else { format!(" {}{state} {short} ", at + 1) };
        let end = canvas.text(x, area.y, room, &tab, style);
        x = end + 1;
    }
}

/// Where a scroll of the chosen column leads: a row of its reply, never past its end.
pub fn scroll(conversation: &mut Conversation, model: &Model, by: Scroll) -> Option<Place> {
    let compare = model.compare.as_ref()?;
    let message = *compare.replies.get(compare.at)?;
    let (columns, height) = conversation.column;
    let block = conversation.block(model, message, columns)?;
    let now = top(block, *compare.tops.get(compare.at)?, height);
    let page = i32::try_from(height.saturating_sub(1).max(1)).unwrap_or(1);
    let line = match by {
        Scroll::Lines(n) => walked(block, now, n),
        Scroll::Pages(n) => walked(block, now, n.saturating_mul(page)),
        Scroll::Top => walked(block, Block::HEADER, 1),
        Scroll::Bottom => bottom(block, height),
        _ => return None,
    };
    let line = line.min(bottom(block, height));
    Some(Place::At { message, mark: block.mark(line) })
}

/// So many rows on, between the header and the row under the message, which no column shows.
fn walked(block: &mut Block, mut line: Line, by: i32) -> Line {
    for _ in 0..by.unsigned_abs() {
        let step = if by < 0 { block.prev(line) } else { block.next(line) };
        match step {
            Some(next) if next != Block::HEADER && next != block.last() => line = next,
            _ => break,
        }
    }
    line
}

/// The topmost row when the end of the reply is in view.
fn bottom(block: &mut Block, height: usize) -> Line {
    let end = block.end();
    walked(block, end, -i32::try_from(height.saturating_sub(1)).unwrap_or(0))
}

/// The topmost row for where the reader is: never past the end, so that a column is full when it can be.
fn top(block: &mut Block, mark: Mark, height: usize) -> Line {
    let line = match block.line(mark) {
        Block::HEADER => walked(block, Block::HEADER, 1),
        line => line,
    };
    line.min(bottom(block, height))
}

fn one(canvas: &mut Canvas<'_>, area: Rect, model: &Model, conversation: &mut Conversation, at: usize) {
    let Some(compare) = &model.compare else { return };
    let id = compare.replies[at];
    let Some(node) = model.thread().node(id) else { return };
    let meaning = if at == compare.at { Meaning::Selection } else { Meaning::Bar };
    let style = canvas.style(meaning);
    canvas.fill(Rect { height: 2, ..area }, style);
    let measured = reading(model, &node.message);
    let first = measured.and_then(|r| r.ttft).map(|ttft| format!("first {}", seconds(ttft)));
    let left = match &first {
        Some(first) => {
            canvas.text_right(area.right(), area.y, area.width / 2, first, style).saturating_sub(1)
        }
        None => area.right(),
    };
    let (name, state) = name(model, id);
    let room = left.saturating_sub(area.x);
    let head = |name: &str| format!("{}/{} {name} {state}", at + 1, compare.replies.len());
    let mut said = head(&name);
    if width(&said) > usize::from(room) {
        said = head(short(&name));
    }
    canvas.text(area.x, area.y, room, &said, style.add_modifier(Modifier::BOLD));
    if let Some(reading) = measured {
        let mut facts = vec![money(&reading), format!("{} tok", count(reading.usage.output()))];
        facts.extend(reading.rate.map(|r| format!("{r:.0} tok/s")));
        canvas.text(area.x, area.y + 1, area.width, &facts.join(" · "), style);
    }
    let mut body = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    let live = model.writing(id).is_some();
    // how it ended, if not well; on the way, what happened last
    let said = if live { notes(model, &node.message).pop() } else { ending(&node.message) };
    conversation.column = (area.width, usize::from(body.height));
    let shift = conversation.shift(id);
    let Some(block) = conversation.block(model, id, area.width) else { return };
    let mark = compare.tops.get(at).copied().unwrap_or_default();
    let full = usize::from(body.height);
    // the same stands under the reply: it is said here while that is out of view
    let hidden = top(block, mark, full) < bottom(block, full);
    if let Some(said) = said.filter(|_| hidden)
        && body.height > 1
    {
        canvas.text(body.x, body.y, body.width, &clean_line(&said), canvas.style(Meaning::Warn));
        body = Rect { y: body.y + 1, height: body.height - 1, ..body };
    }
    let height = usize::from(body.height);
    // the reader stays where they are while it grows below
    let mut line = top(block, mark, height);
    for y in body.y..body.bottom() {
        let Some(row) = block.row(line) else { break };
        let at = Rect { y, width: body.width.saturating_sub(message::INDENT), height: 1, ..body };
        row.draw_from(shift, canvas.picture, at, canvas.theme);
        line = block.next(line).unwrap_or(block.last());
    }
    let mut below = 0;
    while line != block.last() && below < MANY {
        line = block.next(line).unwrap_or(block.last());
        below += 1;
    }
    if below > 0 && body.height > 1 {
        let more = format!(" ↓ {}{} more rows ", below + 1, if below == MANY { "+" } else { "" });
        let foot = Rect { y: body.bottom() - 1, height: 1, ..body };
        canvas.fill(foot, canvas.style(Meaning::Text));
        canvas.text_right(foot.right(), foot.y, foot.width, &more, canvas.style(Meaning::Dim));
    }
}
