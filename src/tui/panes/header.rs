//! The row above a message: who, which branch, and what it took.

use super::figures::{count, money, tilde};
use super::message::INDENT;
use crate::app::{Model, Node, reading, seconds};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{Message, Role, clean_line};
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// `You`, or the model with provider, tokens, time and money; the least telling goes first when it is narrow.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model, node: &Node) {
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
        marks.push_str(&format!(" ‹{}/{of}›", at + 1));
    }
    marks.push_str(match message.rating {
        1 => " · rated good",
        -1 => " · rated bad",
        _ => "",
    });
    if message.pinned {
        marks.push_str(" · pinned");
    }
    if let Some(fork) = &model.thread().fork {
        marks.push_str(match () {
            () if fork.edits == Some(message.id) => " editing",
            () if fork.edits.is_none() && fork.parent == Some(message.id) => " the next prompt goes on here",
            () => "",
        });
    }
    // what was never asked of anybody has no figures
    let asked = message.receipt.as_deref().is_none_or(|receipt| !receipt.attempts.is_empty());
    if message.role == Role::Assistant && asked {
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
    // of a reply that was killed nobody knows how long it took
    if let Some(receipt) = message.receipt.as_deref().filter(|receipt| !receipt.total.is_zero()) {
        facts.push((seconds(receipt.total), 4));
    }
    facts.push((money(&reading), 0));
    facts
}
