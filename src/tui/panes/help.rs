//! Help: every row comes from the table of actions.

use super::overlay::{frame, on};
use crate::app::Model;
use crate::app::panes::help::{Row, State, rows};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &State) -> Option<Position> {
    let hints = if state.names {
        "↑ ↓ PgUp PgDn · n commands · [keymap] of the config takes these names · Esc"
    } else {
        "↑ ↓ PgUp PgDn · n names for the config · Esc"
    };
    let area = frame(canvas, whole, "Help", hints, (86, whole.height));
    let panel = canvas.style(Meaning::Panel);
    let narrow = area.width < 50;
    let keys = if narrow { 12 } else { 26 };
    for (y, row) in (area.y..area.bottom()).zip(rows(model).into_iter().skip(state.top)) {
        match row {
            Row::Heading(text) => {
                let style = on(canvas, panel, Meaning::Heading).add_modifier(Modifier::BOLD);
                canvas.text(area.x, y, area.width, text, style);
            }
            Row::Action { keys: pressed, title, slash, id } => {
                let pressed = if narrow { pressed.split(' ').next().unwrap_or("") } else { &pressed };
                canvas.text(area.x + 1, y, keys - 2, pressed, on(canvas, panel, Meaning::Accent));
                let end = canvas.text(area.x + keys, y, area.width.saturating_sub(keys), title, panel);
                let dim = on(canvas, panel, Meaning::Dim);
                if state.names {
                    // in place of as much of the title as it takes: it is to be copied
                    canvas.text_right(area.right(), y, area.width - keys, &format!(" {id}"), dim);
                    continue;
                }
                // a name that would be cut says nothing
                if let Some(slash) = slash.filter(|s| usize::from(area.right() - end) > s.len() + 2) {
                    let room = area.right().saturating_sub(end + 1);
                    canvas.text_right(area.right(), y, room, &format!("/{slash}"), dim);
                }
            }
        }
    }
    None
}
