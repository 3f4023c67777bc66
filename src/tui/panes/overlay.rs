//! The frame, the line of text and the list that every overlay is made of; and which pane draws which state.

use super::{dialogs, help, lists, picker, preferences, usage, whatif, why};
use crate::app::panes::Overlay;
use crate::app::{Line, Model, Target};
use crate::tui::text::{Face, Line as Styled, Prefix, Row, expand_tabs, fit, width, wrap};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::Needle;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

/// Where the hardware cursor goes.
pub enum Caret {
    /// No overlay is open: it stays in the composer.
    Composer,
    At(Position),
    None,
}

/// Draws every open overlay, the topmost last; says where the caret is.
pub fn draw(canvas: &mut Canvas<'_>, whole: Rect, model: &Model) -> Caret {
    let mut caret = Caret::Composer;
    let count = model.overlays.len();
    for (depth, overlay) in model.overlays.iter().enumerate() {
        if depth + 1 == count && !matches!(overlay, Overlay::Find(_)) {
            canvas.zone(whole, Target::Outside);
        }
        let at = match overlay {
            Overlay::Context(state) => dialogs::context(canvas, whole, model, state),
            Overlay::Entry(state) => dialogs::entry(canvas, whole, state),
            Overlay::Find(state) => dialogs::find(canvas, whole, state),
            Overlay::Help(state) => help::draw(canvas, whole, model, state),
            Overlay::Keys(state) => dialogs::keys(canvas, whole, model, state),
            Overlay::Palette(state) => lists::palette(canvas, whole, model, state),
            Overlay::Personas(state) => lists::personas(canvas, whole, model, state),
            Overlay::Picker(state) => picker::draw(canvas, whole, model, state),
            Overlay::Preferences(state) => preferences::draw(canvas, whole, state),
            Overlay::Question(state) => dialogs::question(canvas, whole, state),
            Overlay::Search(state) => lists::search(canvas, whole, state),
            Overlay::Sessions(state) => lists::sessions(canvas, whole, model, state),
            Overlay::Templates(state) => lists::templates(canvas, whole, model, state),
            Overlay::Themes(state) => dialogs::themes(canvas, whole, state),
            Overlay::Usage(state) => usage::draw(canvas, whole, model, state),
            Overlay::Versus(state) => dialogs::versus(canvas, whole, model, state),
            Overlay::WhatIf(state) => whatif::draw(canvas, whole, model, state),
            Overlay::Why(state) => why::draw(canvas, whole, model, state),
        };
        caret = at.map_or(Caret::None, Caret::At);
    }
    caret
}

/// The words being looked for in the conversation.
pub fn finding(model: &Model) -> Option<Needle> {
    model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Find(state) if !state.query.is_empty() => Some(Needle::new(state.query.text())),
        _ => None,
    })
}

/// Less of the conversation at either side of a panel is no text but crumbs.
const CRUMBS: u16 = 8;

/// A panel in the middle, at most this large, with a title and a foot of hints; returns its inside.
pub fn frame(canvas: &mut Canvas<'_>, whole: Rect, title: &str, hints: &str, size: (u16, u16)) -> Rect {
    let width = if whole.width < size.0 + 2 * CRUMBS { whole.width } else { size.0 };
    let height = size.1.min(whole.height);
    // at 40 columns a frame has no column to spare
    let area =
        Rect::new(whole.x + (whole.width - width) / 2, whole.y + (whole.height - height) / 3, width, height);
    let panel = canvas.style(Meaning::Panel);
    canvas.fill(area, panel);
    canvas.zone(area, Target::Row(usize::MAX));
    if area.height < 3 || area.width < 4 {
        return area;
    }
    let head = Rect { height: 1, ..area };
    let bar = canvas.style(Meaning::Bar).add_modifier(Modifier::BOLD);
    canvas.fill(head, bar);
    let bordered = panel.bg == canvas.theme.base().bg;
    let mut inside = usize::from(area.width - 2);
    if bordered {
        border(canvas, area, panel);
        inside = inside.saturating_sub(2);
    }
    // blanks between the words and the lines of the border
    let set_off = |text: &str| if bordered { format!(" {text} ") } else { text.to_owned() };
    canvas.text(head.x + 1, head.y, area.width - 2, &set_off(&fit(title, inside)), bar);
    let foot = Rect::new(area.x, area.bottom() - 1, area.width, 1);
    let dim = on(canvas, panel, Meaning::Dim);
    canvas.text(foot.x + 1, foot.y, foot.width - 2, &set_off(&items(hints, inside)), dim);
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

/// Lines around a panel that has the conversation's own ground: without colours, and with the terminal's sixteen.
fn border(canvas: &mut Canvas<'_>, area: Rect, panel: Style) {
    let style = on(canvas, panel, Meaning::Border);
    let (left, right) = (area.x, area.right() - 1);
    let rule = "─".repeat(usize::from(area.width - 2));
    for (y, [begin, end]) in [(area.y, ["┌", "┐"]), (area.bottom() - 1, ["└", "┘"])] {
        canvas.text(left, y, area.width, &format!("{begin}{rule}{end}"), style);
    }
    for y in area.y + 1..area.bottom() - 1 {
        canvas.text(left, y, 1, "│", style);
        canvas.text(right, y, 1, "│", style);
    }
}

/// Hints joined by ` · `: whole ones, as many as fit; the last one, which leads out, stays longest.
pub fn items(hints: &str, columns: usize) -> String {
    let mut items: Vec<&str> = hints.split(" · ").collect();
    let room = |items: &[&str]| items.iter().map(|item| width(item) + 3).sum::<usize>().saturating_sub(3);
    while items.len() > 1 && room(&items) > columns {
        items.remove(items.len() - 2);
    }
    items.join(" · ")
}

/// Rows for a list of so many, with a line to type in and the frame; at least a few, at most so many.
pub fn rows(count: usize, most: u16) -> u16 {
    u16::try_from(count + 3).unwrap_or(most).clamp(7, most)
}

/// Takes the first row of an area.
pub fn row(area: &mut Rect) -> Rect {
    let row = Rect { height: area.height.min(1), ..*area };
    area.y += row.height;
    area.height -= row.height;
    row
}

/// A line being edited, with a mark before it; scrolls so that the caret is seen.
pub fn line(canvas: &mut Canvas<'_>, area: Rect, mark: &str, line: &Line) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let style = canvas.style(Meaning::Panel);
    let x = canvas.text(
        area.x,
        area.y,
        area.width,
        mark,
        canvas.style(Meaning::Accent).patch(Style { bg: style.bg, ..Style::new() }),
    );
    let room = usize::from(area.right().saturating_sub(x + 1));
    let mut from = 0;
    let before = &line.text()[..line.cursor()];
    for (start, grapheme) in unicode_segmentation::UnicodeSegmentation::grapheme_indices(before, true) {
        if width(&before[from..]) <= room {
            break;
        }
        from = start + grapheme.len();
    }
    let shown = line.text().get(from..).unwrap_or("");
    let columns = area.right().saturating_sub(x);
    canvas.picture.buffer.set_stringn(x, area.y, shown, usize::from(columns), style);
    let at = u16::try_from(width(&before[from..])).unwrap_or(0);
    Some(Position::new((x + at).min(area.right().saturating_sub(1)), area.y))
}

/// The visible rows of a list of `count`, around the chosen one. Only these are formatted.
pub fn list(
    canvas: &mut Canvas<'_>,
    area: Rect,
    count: usize,
    at: usize,
    mut draw: impl FnMut(&mut Canvas<'_>, Rect, usize, Style),
) {
    let height = usize::from(area.height);
    if height == 0 {
        return;
    }
    let top = (at + 1).saturating_sub(height.saturating_sub(height / 4)).min(count.saturating_sub(height));
    for (y, index) in (area.y..area.bottom()).zip(top..count) {
        let row = Rect { y, height: 1, ..area };
        let style = canvas.style(if index == at { Meaning::Selection } else { Meaning::Panel });
        if index == at {
            canvas.fill(row, style);
        }
        draw(canvas, row, index, style);
        canvas.zone(row, Target::Row(index));
    }
}

/// Text as it stands in so many columns.
pub fn wrapped(text: &str, columns: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    for line in crate::words::clean(text).lines() {
        let line = expand_tabs(line, 0);
        let styled = Styled::of(&line, Face::new(Meaning::Panel));
        wrap(&styled, usize::from(columns), &mut Prefix::default(), &mut rows);
    }
    rows
}

/// A line that is too long goes on underneath, further in.
pub fn broken(line: &str, columns: u16) -> Vec<String> {
    if width(line) <= usize::from(columns) {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start().len();
    let rest = wrapped(line.trim_start(), columns.saturating_sub(6).max(10));
    let at = |n: usize| if n == 0 { indent } else { 6 };
    rest.iter().enumerate().map(|(n, row)| format!("{}{}", " ".repeat(at(n)), row.text())).collect()
}

/// Wrapped text; returns what is left of the area.
pub fn text(canvas: &mut Canvas<'_>, area: Rect, text: &str, meaning: Meaning) -> Rect {
    let style = on(canvas, canvas.style(Meaning::Panel), meaning);
    let mut left = area;
    for laid in wrapped(text, area.width) {
        let spot = row(&mut left);
        if spot.is_empty() {
            break;
        }
        canvas.text(spot.x, spot.y, spot.width, laid.text(), style);
    }
    left
}

/// The style of a meaning on a row whose background is given.
pub fn on(canvas: &Canvas<'_>, row: Style, meaning: Meaning) -> Style {
    Style { bg: row.bg, ..canvas.style(meaning) }
}
