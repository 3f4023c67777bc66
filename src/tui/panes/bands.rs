//! The single rows around the conversation: title, what is under way, completion, composer.

use super::overlay::items;
use crate::app::{Model, Target};
use crate::tui::theme::Meaning;
use crate::tui::view::{Canvas, PROMPT};
use crate::tui::{Composer, Mode};
use crate::words::{Purpose, clean_line};
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use std::time::Duration;

/// Session at the left, model at the right.
pub fn title(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    if area.is_empty() {
        return;
    }
    let session = model.session();
    canvas.fill(area, canvas.theme.style(Meaning::Bar));
    let mut who = clean_line(model.model().as_str());
    if model.demo_here() {
        who.push_str(" demo");
    }
    if let Some(profile) = model.settings.profile {
        who.push_str(&format!(" [{}]", profile.name()));
    }
    let half = area.width / 2;
    let bar = canvas.style(Meaning::Bar);
    let at = canvas.text_right(
        area.right(),
        area.y,
        area.width - half.min(8),
        &who,
        bar.add_modifier(Modifier::BOLD),
    );
    canvas.zone(Rect { x: at, width: area.right().saturating_sub(at), ..area }, Target::Model);
    let mut title =
        if session.title.is_empty() { "new session".to_owned() } else { clean_line(&session.title) };
    for tag in &session.tags {
        title.push_str(&format!(" #{tag}"));
    }
    if let Some(system) = &session.system {
        let persona = model.settings.personas.iter().find(|(_, text)| *text == system);
        let name = persona.map_or("own system prompt", |(name, _)| name.as_str());
        title.push_str(&format!(" · {}", clean_line(name)));
    }
    let elsewhere = model.live.values().filter(|l| l.session != model.here).count();
    if elsewhere > 0 {
        title.push_str(&format!(" (+{elsewhere} streaming)"));
    }
    let room = at.saturating_sub(area.x + 1);
    let end = canvas.text(area.x, area.y, room, &title, bar);
    canvas.zone(Rect { width: end.saturating_sub(area.x), ..area }, Target::Title);
}

/// What is under way beside the reply, and what waits for its end: the rows above the composer.
pub fn pending(model: &Model) -> Vec<String> {
    let mut rows = Vec::new();
    let thread = model.thread();
    let key = |id: &str| model.keymap.keys(id).first().map(ToString::to_string).unwrap_or_default();
    if let Some(fork) = &thread.fork {
        let what = if fork.edits.is_some() { "editing" } else { "a new branch" };
        let leave = key("branch.leave");
        rows.push(format!("⑂ {what}: {} sends it beside the old one · {leave} leaves it", key("send")));
    }
    let took = |since| crate::app::seconds(Duration::from_secs(model.now.since(since).as_secs()));
    for run in model.pending.under_way() {
        rows.push(format!("⚙ {} · {} · {} stops it", run.command, took(run.since), key("command.stop")));
    }
    for (_, live) in model.live_here().filter(|(_, live)| live.purpose == Purpose::Summary) {
        let (who, took) = (&live.requested, took(live.asked));
        rows.push(format!("⚙ {who} summarises older messages · {took} · {} stops it", key("stop")));
    }
    let state = if model.streaming() { "queued" } else { "held" };
    rows.extend(thread.queue.iter().map(|draft| format!("⏸ {state}: {}", draft.text.trim())));
    rows
}

pub fn queue(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    let mut all = pending(model);
    let rows = usize::from(area.height);
    if all.len() > rows
        && let Some(last) = all.pop()
    {
        let left = all.len() + 2 - rows;
        all.truncate(rows.saturating_sub(1));
        all.push(format!("… {left} more, the last one {}", last.trim_start_matches(['⏸', ' '])));
    }
    for (y, text) in (area.y..area.bottom()).zip(all) {
        let text = clean_line(&text.replace('\n', " ⏎ "));
        let columns = area.width.saturating_sub(PROMPT);
        canvas.text(area.x + PROMPT, y, columns, &text, canvas.style(Meaning::User));
    }
}

pub fn completion(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    let Some(completion) = &model.completion else { return };
    let rows = usize::from(area.height);
    let top = completion.at.saturating_sub(rows.saturating_sub(1));
    let widest = completion.items.iter().map(|item| crate::tui::text::width(&item.text)).max().unwrap_or(0);
    let column = area.x + PROMPT + u16::try_from(widest).unwrap_or(0).min(area.width / 2) + 2;
    for (y, (at, item)) in (area.y..area.bottom()).zip(completion.items.iter().enumerate().skip(top)) {
        let row = Rect { y, height: 1, ..area };
        let meaning = if at == completion.at { Meaning::Selection } else { Meaning::Panel };
        let style = canvas.style(meaning);
        canvas.fill(row, style);
        let x =
            canvas.text(row.x + PROMPT, y, row.width.saturating_sub(PROMPT), &clean_line(&item.text), style);
        let x = column.max(x + 2);
        canvas.text(x, y, row.right().saturating_sub(x), &clean_line(&item.about), style);
    }
}

pub fn composer(
    canvas: &mut Canvas<'_>,
    area: Rect,
    model: &Model,
    composer: &mut Composer,
) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let style = canvas.style(Meaning::Accent).add_modifier(Modifier::BOLD);
    let (mode, _) = if model.settings.vi { composer.mode() } else { Default::default() };
    let mark = match mode {
        Mode::Insert => "› ",
        Mode::Normal => "n ",
        Mode::Visual | Mode::Lines => "v ",
    };
    canvas.text(area.x, area.y, PROMPT, mark, style);
    let inner = Rect { x: area.x + PROMPT, width: area.width.saturating_sub(PROMPT), ..area };
    let caret = composer.draw(inner, &mut canvas.picture.buffer, canvas.theme);
    if model.draft().text.is_empty() {
        let queued = !model.thread().queue.is_empty();
        let hint = match () {
            () if model.thread().selected.is_some() => "a message is selected · Esc leaves",
            () if model.compare.is_some() => "side by side · Esc closes",
            () if mode == Mode::Normal => "i writes, j k: prompts before, Enter sends",
            () if model.streaming() && queued && inner.width < 60 => "Esc: the last one back, then: stop",
            () if model.streaming() && queued => "Esc takes the last one back · Esc again stops the reply",
            () if model.streaming() => "Esc stops the reply · what you send now waits for its end",
            () if queued => "Enter sends the held prompt · Esc takes the last one back",
            () => "Write a prompt · @ for files · / for commands",
        };
        let hint = items(hint, usize::from(inner.width));
        canvas.text(inner.x, inner.y, inner.width, &hint, canvas.style(Meaning::Dim));
    }
    caret
}
