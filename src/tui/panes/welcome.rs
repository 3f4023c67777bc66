//! An empty conversation: in the first one what to do and how to add a key, later only what will answer.

use super::figures::{count, counted, usd};
use super::overlay::wrapped;
use crate::app::Model;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::clean_line;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

type Lines = Vec<(String, Meaning)>;

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    let room = area.width.saturating_sub(2);
    let mut lines = if model.sessions.is_empty() { first(model) } else { later(model) };
    if area.height < 10 {
        // what to do comes before what it is
        lines.retain(|(line, meaning)| !line.is_empty() && (*meaning != Meaning::Dim || area.width > 60));
    }
    let lines: Lines = lines
        .into_iter()
        .flat_map(|(line, meaning)| {
            let blank = line.is_empty().then(String::new);
            let rows = wrapped(&line, room).into_iter().map(|row| row.text().to_owned());
            blank.into_iter().chain(rows).map(move |line| (line, meaning)).collect::<Lines>()
        })
        .collect();
    let top = area.y + area.height.saturating_sub(u16::try_from(lines.len()).unwrap_or(0)) / 3;
    for (y, (text, meaning)) in (top..area.bottom()).zip(lines) {
        let mut style = canvas.style(meaning);
        if meaning == Meaning::Accent {
            style = style.add_modifier(Modifier::BOLD);
        }
        canvas.text(area.x + 2, y, room, &text, style);
    }
}

/// Somebody who has never asked anything.
fn first(model: &Model) -> Lines {
    let mut lines = vec![
        ("fareway".to_owned(), Meaning::Accent),
        ("every model from one terminal, the meter always running".to_owned(), Meaning::Dim),
        (String::new(), Meaning::Text),
    ];
    lines.extend(reach(model));
    lines.extend(only_demo(model));
    lines.push((String::new(), Meaning::Text));
    for (id, words) in [
        ("model.pick", "choose a model"),
        ("palette", "everything fareway can do"),
        ("help", "all keys"),
        ("sessions", "earlier sessions"),
    ] {
        if let Some(key) = model.keymap.keys(id).first() {
            lines.push((format!("{:<8} {words}", key.to_string()), Meaning::Text));
        }
    }
    lines
}

/// Somebody who knows: the model and what it takes.
fn later(model: &Model) -> Lines {
    let name = model.model().as_str();
    let mut lines = vec![(clean_line(name), Meaning::Accent)];
    if let Some(card) = model.card(name) {
        let mut facts = Vec::new();
        match card.prices() {
            _ if card.endpoints.iter().any(|e| e.local) => facts.push("on this machine".to_owned()),
            Some(p) => {
                let (prompt, reply) = (usd(p.prompt.per_million()), usd(p.completion.per_million()));
                facts.push(format!("{prompt} in, {reply} out per million tokens"));
            }
            None => facts.push("unknown price".to_owned()),
        }
        facts.extend(card.context().map(|tokens| format!("{} of context", count(tokens.into()))));
        facts.push(counted(card.endpoints.len() as u64, "endpoint", "endpoints"));
        lines.push((facts.join(" · "), Meaning::Dim));
    }
    lines.push((String::new(), Meaning::Text));
    lines.extend(only_demo(model));
    lines.extend(reach(model));
    lines
}

fn reach(model: &Model) -> Option<(String, Meaning)> {
    let usable = model.cards.iter().filter(|c| c.usable()).count();
    let said = format!("{} models known, {usable} within reach", model.cards.known());
    (!model.cards.is_empty()).then_some((said, Meaning::Text))
}

fn only_demo(model: &Model) -> Lines {
    if !model.only_demo() || model.cards.is_empty() {
        return Lines::new();
    }
    let said = [
        "Only the built-in demo answers: no money is real here.",
        "Set OPENROUTER_API_KEY (or any provider's key) and start again.",
    ];
    said.map(|text| (text.to_owned(), Meaning::Warn)).to_vec()
}
