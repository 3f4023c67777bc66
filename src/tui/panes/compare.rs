//! Replies side by side: as many columns as the width holds, the rest as tabs.

use super::figures::{count, money};
use super::{Conversation, message};
use crate::app::{Model, reading, seconds};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::clean_line;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// Narrower than this nothing can be compared.
const LEAST: u16 = 36;

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model, conversation: &mut Conversation) {
    let Some(compare) = &model.compare else { return };
    if area.height < 3 || compare.replies.is_empty() {
        return;
    }
    let prompt = model.thread().message(compare.prompt).map(|m| clean_line(&m.plain())).unwrap_or_default();
    canvas.text(area.x, area.y, area.width, &format!("› {prompt}"), canvas.style(Meaning::User));
    let count = compare.replies.len();
    let columns = usize::from(area.width / LEAST).clamp(1, count);
    let first = compare.at.min(count - 1).saturating_sub(columns - 1);
    let width = area.width / u16::try_from(columns).unwrap_or(1);
    for (place, at) in (first..count).take(columns).enumerate() {
        let x = area.x + width * u16::try_from(place).unwrap_or(0);
        let column = Rect::new(x, area.y + 1, width.saturating_sub(1), area.height - 1);
        one(canvas, column, model, conversation, at);
    }
}

fn one(canvas: &mut Canvas<'_>, area: Rect, model: &Model, conversation: &mut Conversation, at: usize) {
    let Some(compare) = &model.compare else { return };
    let id = compare.replies[at];
    let Some(node) = model.thread().node(id) else { return };
    let meaning = if at == compare.at { Meaning::Selection } else { Meaning::Bar };
    let style = canvas.style(meaning);
    canvas.fill(Rect { height: 2, ..area }, style);
    let asked = model.writing(id).map(|(_, live)| live.requested.clone());
    let who = node.message.by.as_ref().map(ToString::to_string).or(asked).unwrap_or_default();
    let head = format!("{}/{} {}", at + 1, compare.replies.len(), clean_line(&who));
    canvas.text(area.x, area.y, area.width, &head, style.add_modifier(Modifier::BOLD));
    if let Some(reading) = reading(model, &node.message) {
        let mut facts = vec![money(&reading), format!("{} tok", count(reading.usage.output()))];
        facts.extend(reading.rate.map(|r| format!("{r:.0} tok/s")));
        facts.extend(reading.ttft.map(|t| format!("first {}", seconds(t))));
        canvas.text(area.x, area.y + 1, area.width, &facts.join(" · "), style);
    }
    let live = model.writing(id).is_some();
    let body = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    let shift = conversation.shift(id);
    let Some(block) = conversation.block(model, id, area.width) else { return };
    let height = usize::from(body.height);
    // a reply under way is followed, a finished one is read from its beginning
    let top = if live { block.len().saturating_sub(height) } else { 0 };
    for (y, row) in (body.y..body.bottom()).zip(top..block.len()) {
        let Some(row) = block.row(row) else { break };
        let at = Rect { y, width: body.width.saturating_sub(message::INDENT), height: 1, ..body };
        row.draw_from(shift, canvas.picture, at, canvas.theme);
    }
}
