//! The overlays that are a line to type in and a list of what fits it: actions, sessions, templates, personas, hits.

use super::overlay::{frame, line, list, on, row, rows, text};
use crate::app::panes::{palette, personas, search, sessions, templates};
use crate::app::{ACTIONS, Hit, Model};
use crate::tui::text::width;
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::clean_line;
use ratatui::layout::{Position, Rect};

type At = Option<Position>;

pub fn palette(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &palette::State) -> At {
    let mut area = frame(canvas, whole, "Every action", "Enter does it · Esc", (72, 24));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    list(canvas, area, state.matches.len(), state.at, |canvas, area, index, style| {
        let Some(action) = ACTIONS.get(state.matches[index]) else { return };
        let keys = crate::app::panes::help::keys(model, action);
        let slash = action.slash.map(|s| format!("/{s}")).unwrap_or_default();
        let dim = on(canvas, style, Meaning::Dim);
        // one under the other: the keys at the edge, the commands before them
        let text = if area.width < 50 { format!("{slash}  {keys}") } else { format!("{slash}  {keys:>15}") };
        let at = canvas.text_right(area.right(), area.y, area.width * 2 / 3, text.trim_start(), dim);
        canvas.text(area.x, area.y, at.saturating_sub(area.x + 1), action.title, style);
    });
    caret
}

pub fn sessions(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &sessions::State) -> At {
    let title = match (state.matches.len(), model.sessions.len()) {
        (_, 0) => "Sessions".to_owned(),
        (fit, all) if fit == all => format!("Sessions: {all}"),
        (fit, all) => format!("Sessions: {fit} of {all}"),
    };
    let hints = "Enter · Alt-R names · Alt-T tags · Alt-P pins · Alt-X archives · Alt-D deletes · Alt-U undoes · Alt-A archived too · #tag · Esc";
    let mut area = frame(canvas, whole, &title, hints, (100, rows(model.sessions.len(), 30)));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    if state.matches.is_empty() {
        let said = if state.query.text().trim().is_empty() {
            "No session yet: the first prompt makes one."
        } else {
            "No title and no tag fits. Ctrl-F searches what was said."
        };
        text(canvas, area, said, Meaning::Dim);
    }
    list(canvas, area, state.matches.len(), state.at, |canvas, area, index, style| {
        let id = state.matches[index];
        let Some(session) = model.sessions.iter().find(|s| s.id == id) else { return };
        let mut facts = Vec::new();
        if model.live.values().any(|l| l.session == id) {
            facts.push("streaming".to_owned());
        }
        if session.archived {
            facts.push("archived".to_owned());
        }
        facts.push(session.model.as_str().rsplit('/').next().unwrap_or("").to_owned());
        facts.push(ago(model.now.since(session.updated)));
        let dim = on(canvas, style, Meaning::Dim);
        let at =
            canvas.text_right(area.right(), area.y, area.width / 2, &clean_line(&facts.join(" · ")), dim);
        let mark = if session.pinned {
            "★ "
        } else if id == model.here {
            "● "
        } else {
            "  "
        };
        let tags: String = session.tags.iter().map(|t| format!(" #{t}")).collect();
        let title = if session.title.is_empty() { "untitled" } else { &session.title };
        canvas.text(
            area.x,
            area.y,
            at.saturating_sub(area.x + 1),
            &clean_line(&format!("{mark}{title}{tags}")),
            style,
        );
    });
    caret
}

/// `now`, `5 min`, `3 h`, `12 d` ago.
fn ago(since: std::time::Duration) -> String {
    match since.as_secs() {
        0..60 => "now".into(),
        s @ 60..3600 => format!("{} min", s / 60),
        s @ 3600..86_400 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86_400),
    }
}

pub fn templates(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &templates::State) -> At {
    let hints = "Enter takes it · Alt-S keeps the composer's text under this name · Del removes · Esc";
    let mut area =
        frame(canvas, whole, "Prompt templates", hints, (80, rows(model.settings.templates.len(), 20)));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    if state.matches.is_empty() {
        let how = "None yet. Write a prompt with {{variables}}, open this again, type a name, press Alt-S.";
        text(canvas, area, how, Meaning::Dim);
    }
    list(canvas, area, state.matches.len(), state.at, |canvas, area, index, style| {
        let name = &state.matches[index];
        let x = canvas.text(area.x, area.y, area.width, &clean_line(name), style);
        let about = model.settings.templates.get(name).map(|t| clean_line(t)).unwrap_or_default();
        let dim = on(canvas, style, Meaning::Dim);
        canvas.text(x + 2, area.y, area.right().saturating_sub(x + 2), &about, dim);
    });
    caret
}

pub fn personas(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &personas::State) -> At {
    let hints =
        "Enter takes it · Alt-S keeps this session's system prompt under this name · Del removes · Esc";
    let mut area = frame(canvas, whole, "Personas", hints, (80, rows(model.settings.personas.len() + 1, 20)));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    list(canvas, area, state.matches.len(), state.at, |canvas, area, index, style| {
        let name = &state.matches[index];
        let shown = if name.is_empty() { "(none)" } else { name };
        let x = canvas.text(area.x, area.y, area.width, &clean_line(shown), style);
        let about = model.settings.personas.get(name).map(|t| clean_line(t)).unwrap_or_default();
        let dim = on(canvas, style, Meaning::Dim);
        canvas.text(x + 2, area.y, area.right().saturating_sub(x + 2), &about, dim);
    });
    caret
}

/// Where an excerpt begins in so many columns: at its own beginning, or so far on that the first word found is seen.
fn first_shown(hit: &Hit, columns: usize) -> usize {
    let Some((start, end)) = hit.marks.first().copied() else { return 0 };
    let shown =
        |range: std::ops::Range<usize>| hit.excerpt.get(range).map_or(0, |text| width(&clean_line(text)));
    if shown(0..end) <= columns {
        return 0;
    }
    let before = hit.excerpt.get(..start).unwrap_or_default();
    let fits = |at: &usize| shown(*at..start) <= columns / 3;
    before.char_indices().rev().map(|(at, _)| at).take_while(fits).last().unwrap_or(start)
}

pub fn search(canvas: &mut Canvas<'_>, whole: Rect, state: &search::State) -> At {
    let title = match state.hits.len() {
        0 => "Search every session".to_owned(),
        1 => "Search every session: 1 message".to_owned(),
        n if n < search::MOST => format!("Search every session: {n} messages"),
        n => format!("Search every session: the newest {n} messages"),
    };
    let hints = "Enter opens the message · \"in quotes\" as a phrase · Esc";
    let mut area = frame(canvas, whole, &title, hints, (110, 30));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    if state.hits.is_empty() && !state.query.text().trim().is_empty() {
        let said = if state.answered { "Nothing holds these words." } else { "Searching…" };
        text(canvas, area, said, Meaning::Dim);
    }
    list(canvas, area, state.hits.len(), state.at, |canvas, area, index, style| {
        let hit = &state.hits[index];
        let dim = on(canvas, style, Meaning::Dim);
        let third = area.width / 3;
        canvas.text(area.x, area.y, third.saturating_sub(1), &clean_line(&hit.title), dim);
        let mut x = area.x + third;
        let mut from = first_shown(hit, usize::from(area.right().saturating_sub(x)));
        if from > 0 {
            x = canvas.text(x, area.y, 1, "…", dim);
        }
        let found = on(canvas, style, Meaning::Match);
        for (start, end) in &hit.marks {
            let (Some(before), Some(word)) = (hit.excerpt.get(from..*start), hit.excerpt.get(*start..*end))
            else {
                break;
            };
            x = canvas.text(x, area.y, area.right().saturating_sub(x), &clean_line(before), style);
            x = canvas.text(
                x,
                area.y,
                area.right().saturating_sub(x),
                &clean_line(word),
                canvas
                    .style(Meaning::Match)
                    .patch(ratatui::style::Style { fg: found.fg, ..Default::default() }),
            );
            from = *end;
        }
        let rest = hit.excerpt.get(from..).unwrap_or("");
        canvas.text(x, area.y, area.right().saturating_sub(x), &clean_line(rest), style);
    });
    caret
}
