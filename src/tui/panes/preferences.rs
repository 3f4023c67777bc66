//! The form of routing, sampling and reasoning: a field a row, what the chosen one means beside it or under the form.

use super::overlay::{frame, line, list, on, text};
use crate::app::panes::preferences::{FIELDS, State};
use crate::tui::text::width;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::clean_line;
use ratatui::layout::{Position, Rect};

/// Columns of a field's name, and of its value.
const NAME: u16 = 20;
const VALUE: u16 = 18;
/// Rows for the explanation where it has no room beside the fields.
const ABOUT: u16 = 3;

pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, state: &State) -> Option<Position> {
    let hints = "← → change · type a value · Del resets · Tab: new sessions too · Alt-1…5 profile · Esc";
    let title = if state.everywhere {
        "Preferences: this and every new session"
    } else {
        "Preferences of this session"
    };
    let longest = FIELDS.iter().map(|field| width(field.about)).max().unwrap_or(0);
    let wide = NAME + VALUE + u16::try_from(longest).unwrap_or(0);
    let beside = whole.width >= wide + 2;
    let rows = u16::try_from(FIELDS.len()).unwrap_or(0) + 2;
    let size = if beside { (wide + 2, rows) } else { (84, rows + ABOUT) };
    let mut area = frame(canvas, whole, title, hints, size);
    if !beside && area.height > ABOUT + 3 {
        area.height -= ABOUT;
        let below = Rect { y: area.bottom() + 1, height: ABOUT - 1, ..area };
        text(canvas, below, FIELDS.get(state.at).map_or("", |field| field.about), Meaning::Dim);
    }
    let mut caret = None;
    list(canvas, area, FIELDS.len(), state.at, |canvas, area, index, style| {
        let field = &FIELDS[index];
        canvas.text(area.x, area.y, NAME - 1, field.name, style);
        let x = area.x + NAME;
        let room = area.right().saturating_sub(x);
        match &state.line {
            Some(typed) if index == state.at => {
                caret = line(canvas, Rect { x, width: room, ..area }, "", typed);
            }
            _ => {
                let shown = clean_line(&field.show(state));
                let meaning = if shown == "default" { Meaning::Dim } else { Meaning::Accent };
                canvas.text(x, area.y, room.min(VALUE - 1), &shown, on(canvas, style, meaning));
                if beside {
                    let x = x + VALUE;
                    let room = area.right().saturating_sub(x);
                    canvas.text(x, area.y, room, field.about, on(canvas, style, Meaning::Dim));
                }
            }
        }
    });
    caret
}
