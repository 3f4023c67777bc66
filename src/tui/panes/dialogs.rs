//! The small overlays: lists, lines and questions with nothing to draw but rows.

use super::figures::{count, usd};
use super::overlay::{frame, line, list, on, row, text};
use crate::app::panes::{
    context, entry, find, keys, palette, personas, preferences, question, search, sessions, templates,
    themes, versus,
};
use crate::app::{ACTIONS, Model};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::{Usd, clean_line};
use ratatui::layout::{Position, Rect};

type At = Option<Position>;

pub fn palette(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &palette::State) -> At {
    let mut area = frame(canvas, whole, "Every action", "Enter does it · Esc", (72, 24));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    list(canvas, area, state.matches.len(), state.at, |canvas, area, index, style| {
        let Some(action) = ACTIONS.get(state.matches[index]) else { return };
        let keys = crate::app::panes::help::keys(model, action);
        let slash = action.slash.map(|s| format!("/{s}  ")).unwrap_or_default();
        let dim = on(canvas, style, Meaning::Dim);
        let at = canvas.text_right(area.right(), area.y, area.width / 2, &format!("{slash}{keys}"), dim);
        canvas.text(area.x, area.y, at.saturating_sub(area.x + 1), action.title, style);
    });
    caret
}

pub fn sessions(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &sessions::State) -> At {
    let hints = "Enter · Alt-R names · Alt-T tags · Alt-P pins · Alt-X archives · Alt-D deletes · Alt-U undoes · Alt-A archived too · #tag";
    let mut area = frame(canvas, whole, "Sessions", hints, (100, 30));
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

pub fn themes(canvas: &mut Canvas<'_>, whole: Rect, state: &themes::State) -> At {
    // small and at the side, so that the theme is seen on the conversation
    let side =
        Rect { x: whole.right().saturating_sub(34.min(whole.width)), width: 34.min(whole.width), ..whole };
    let mut area = frame(canvas, side, "Themes", "Enter keeps · Esc takes back", (34, 20));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    list(canvas, area, state.matches.len(), state.at, |canvas, area, index, style| {
        canvas.text(area.x, area.y, area.width, &clean_line(&state.matches[index]), style);
    });
    caret
}

pub fn templates(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &templates::State) -> At {
    let hints = "Enter takes it · Ctrl-S keeps the composer's text under this name · Del removes";
    let mut area = frame(canvas, whole, "Prompt templates", hints, (80, 20));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    if state.matches.is_empty() {
        let how = "None yet. Write a prompt with {{variables}}, open this again, type a name, press Ctrl-S.";
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
    let hints = "Enter takes it · Ctrl-S keeps this session's system prompt under this name";
    let mut area = frame(canvas, whole, "Personas", hints, (80, 20));
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

pub fn search(canvas: &mut Canvas<'_>, whole: Rect, state: &search::State) -> At {
    let mut area = frame(canvas, whole, "Search every session", "Enter opens the message · Esc", (110, 30));
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
        let mut from = 0;
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

/// One line at the bottom: the conversation stays in view.
pub fn find(canvas: &mut Canvas<'_>, whole: Rect, state: &find::State) -> At {
    let area = Rect::new(whole.x, whole.bottom().saturating_sub(1), whole.width, whole.height.min(1));
    canvas.fill(area, canvas.theme.style(Meaning::Panel));
    let said = match state.hits.len() {
        0 if state.query.is_empty() => "Enter: the one before".to_owned(),
        0 => "nothing".to_owned(),
        n => format!("{}/{n} messages", state.at + 1),
    };
    let at = canvas.text_right(area.right(), area.y, area.width / 3, &said, canvas.style(Meaning::Dim));
    line(canvas, Rect { width: at.saturating_sub(area.x + 1), ..area }, "find ", &state.query)
}

pub fn entry(canvas: &mut Canvas<'_>, whole: Rect, state: &entry::State) -> At {
    let mut area = frame(canvas, whole, &clean_line(&state.title), "Enter takes it · Esc", (80, 4));
    line(canvas, row(&mut area), "› ", &state.line)
}

pub fn question(canvas: &mut Canvas<'_>, whole: Rect, state: &question::State) -> At {
    let height = u16::try_from(state.answers.len()).unwrap_or(0) + 8;
    let mut area =
        frame(canvas, whole, &state.question, "Enter or the letter · Esc: nothing happens", (70, height));
    let answers = u16::try_from(state.answers.len()).unwrap_or(0).min(area.height);
    let about = Rect { height: area.height.saturating_sub(answers), ..area };
    text(canvas, about, &state.about, Meaning::Code);
    area = Rect { y: about.bottom(), height: answers, ..area };
    list(canvas, area, state.answers.len(), state.at, |canvas, area, index, style| {
        let answer = &state.answers[index];
        canvas.text(area.x, area.y, area.width, &format!("{}  {}", answer.key, answer.text), style);
    });
    None
}

pub fn keys(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &keys::State) -> At {
    let mut area = frame(canvas, whole, "What a key press sends", "Esc twice leaves", (64, 18));
    let first = row(&mut area);
    let hint = "Press keys; what is not listed did not arrive as a key.";
    canvas.text(first.x, first.y, first.width, hint, on(canvas, canvas.style(Meaning::Panel), Meaning::Dim));
    list(
        canvas,
        area,
        state.pressed.len(),
        state.pressed.len().saturating_sub(1),
        |canvas, area, index, style| {
            let key = state.pressed[index];
            let x = canvas.text(area.x, area.y, 20, &format!("{key:<18}"), style);
            let does = table_title(model, key);
            canvas.text(x, area.y, area.right().saturating_sub(x), does, on(canvas, style, Meaning::Dim));
        },
    );
    None
}

/// What a key does in the composer, as if no overlay were open.
fn table_title(model: &Model, key: crate::app::Key) -> &'static str {
    ACTIONS
        .iter()
        .filter(|action| model.keymap.keys(action.id).contains(&key))
        .max_by_key(|action| action.when)
        .map_or(if key.typed().is_some() { "types itself" } else { "nothing here" }, |action| action.title)
}

pub fn preferences(canvas: &mut Canvas<'_>, whole: Rect, state: &preferences::State) -> At {
    let hints = "← → change · type a number · Del resets · Tab: for new sessions too · Esc";
    let title = if state.everywhere {
        "Preferences: this and every new session"
    } else {
        "Preferences of this session"
    };
    let area = frame(canvas, whole, title, hints, (84, 18));
    let mut caret = None;
    list(canvas, area, preferences::FIELDS.len(), state.at, |canvas, area, index, style| {
        let field = &preferences::FIELDS[index];
        canvas.text(area.x, area.y, 18, field.name, style);
        let x = area.x + 18;
        match &state.line {
            Some(typed) if index == state.at => {
                caret = line(canvas, Rect { x, width: area.width.saturating_sub(18), ..area }, "", typed);
            }
            _ => {
                let shown = clean_line(&(field.show)(state));
                let meaning = if shown == "default" { Meaning::Dim } else { Meaning::Accent };
                let end = canvas.text(
                    x,
                    area.y,
                    18.min(area.right().saturating_sub(x)),
                    &shown,
                    on(canvas, style, meaning),
                );
                let x = end.max(x + 18);
                canvas.text(
                    x,
                    area.y,
                    area.right().saturating_sub(x),
                    field.about,
                    on(canvas, style, Meaning::Dim),
                );
            }
        }
    });
    caret
}

pub fn context(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &context::State) -> At {
    let mut area = frame(
        canvas,
        whole,
        "When the context is full",
        "← → how many stay · Enter · Esc: nothing happens",
        (78, 12),
    );
    let (older, newest) = state.weigh(model);
    let price = model.card(model.model().as_str()).and_then(|c| c.prices()).map(|p| p.prompt);
    let cost = |tokens: u64| price.map_or("?".to_owned(), |p: Usd| format!("~{}", usd(p * tokens)));
    let about = format!(
        "The newest {} messages stay: ~{} tokens. The older ones are ~{} tokens. \
         A prompt costs {} now and {} after; a summary costs {} once. The whole conversation stays beside it as a branch.",
        state.keep,
        count(newest),
        count(older),
        cost(older + newest),
        cost(newest),
        cost(older),
    );
    area = text(canvas, area, &about, Meaning::Panel);
    row(&mut area);
    list(canvas, area, context::CHOICES.len(), state.at, |canvas, area, index, style| {
        canvas.text(area.x, area.y, area.width, context::CHOICES[index], style);
    });
    None
}

pub fn versus(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &versus::State) -> At {
    let mut area = frame(
        canvas,
        whole,
        "Ask several models at once",
        "a adds · d takes away · Enter asks · Esc",
        (72, 14),
    );
    let prompt = clean_line(&model.draft().text);
    let first = row(&mut area);
    let shown = if prompt.is_empty() { "(write the prompt first)".to_owned() } else { prompt };
    canvas.text(
        first.x,
        first.y,
        first.width,
        &format!("› {shown}"),
        on(canvas, canvas.style(Meaning::Panel), Meaning::User),
    );
    row(&mut area);
    list(canvas, area, state.models.len(), state.at, |canvas, area, index, style| {
        let who = &state.models[index];
        let x = canvas.text(area.x, area.y, area.width, &clean_line(who.as_str()), style);
        let price = model
            .card(who.as_str())
            .and_then(|c| c.prices())
            .map(|p| format!("{} / {} per M", usd(p.prompt.per_million()), usd(p.completion.per_million())));
        let dim = on(canvas, style, Meaning::Dim);
        canvas.text_right(
            area.right(),
            area.y,
            area.right().saturating_sub(x + 1),
            &price.unwrap_or_else(|| "?".into()),
            dim,
        );
    });
    None
}
