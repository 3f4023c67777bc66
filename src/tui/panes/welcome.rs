//! An empty conversation: what to do first, and how to add a key. It goes away with the first message.

use super::overlay::wrapped;
use crate::app::Model;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

pub fn draw(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    let models = model.cards.len();
    let usable = model.cards.iter().filter(|c| c.usable).count();
    let mut lines = vec![
        ("fareway".to_owned(), Meaning::Accent),
        ("every model from one terminal, the meter always running".to_owned(), Meaning::Dim),
        (String::new(), Meaning::Text),
    ];
    if models > 0 {
        lines.push((format!("{models} models known, {usable} within reach"), Meaning::Text));
    }
    if model.only_demo() && models > 0 {
        lines.push(("Only the built-in demo answers: no money is real here.".to_owned(), Meaning::Warn));
        lines.push((
            "Set OPENROUTER_API_KEY (or any provider's key) and start again.".to_owned(),
            Meaning::Warn,
        ));
    }
    lines.push((String::new(), Meaning::Text));
    for (id, words) in [
        ("model.pick", "choose a model"),
        ("sessions", "earlier sessions"),
        ("palette", "everything fareway can do"),
        ("help", "all keys"),
    ] {
        if let Some(key) = model.keymap.keys(id).first() {
            lines.push((format!("{:<8} {words}", key.to_string()), Meaning::Text));
        }
    }
    let room = area.width.saturating_sub(2);
    let lines: Vec<(String, Meaning)> = lines
        .iter()
        .flat_map(|(line, meaning)| {
            let rows = wrapped(line, room).into_iter().map(|row| (row.text().to_owned(), *meaning));
            let blank = line.is_empty().then(|| (String::new(), *meaning));
            blank.into_iter().chain(rows)
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
