//! The single rows around the conversation: title, completion, composer, what sending would cost, status.

use super::figures::{count, usd};
use super::overlay::{items, on, wrapped};
use crate::app::{Level, Model, Target};
use crate::tui::theme::Meaning;
use crate::tui::view::{Canvas, PROMPT};
use crate::tui::{Composer, Mode};
use crate::words::clean_line;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

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
    let elsewhere = model.live.values().filter(|l| l.session != model.here).count();
    if elsewhere > 0 {
        title.push_str(&format!(" (+{elsewhere} streaming)"));
    }
    let room = at.saturating_sub(area.x + 1);
    let end = canvas.text(area.x, area.y, room, &title, bar);
    canvas.zone(Rect { width: end.saturating_sub(area.x), ..area }, Target::Title);
}

/// What waits for the reply under way to end, or for a word of the person's when it did not end well.
pub fn queue(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    let queue = &model.thread().queue;
    let state = if model.streaming() { "queued" } else { "held" };
    let rows = usize::from(area.height);
    for (y, (at, draft)) in (area.y..area.bottom()).zip(queue.iter().enumerate()) {
        let left = queue.len() - at;
        let text = if at + 1 == rows && left > 1 {
            format!("… {left} more {state}, the last one: {}", queue.back().map_or("", |d| d.text.as_str()))
        } else {
            format!("⏸ {state}: {}", draft.text.trim())
        };
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

/// vi's mode and the keys of an unfinished command, at the right of the status line.
pub fn mode(canvas: &mut Canvas<'_>, area: Rect, composer: &Composer) {
    let (mode, pending) = composer.mode();
    let style = canvas.style(Meaning::Bar).add_modifier(Modifier::BOLD);
    canvas.text_right(area.right(), area.y, area.width / 2, &format!(" {} {pending}", mode.name()), style);
}

/// `~132 tokens · sending $0.0004 at openai, likely ~$0.0006, at most $0.082 · gpt-5-mini ~$0.0001 · sonnet ~$0.002`, as much of
/// it as fits.
fn quotes(model: &Model, columns: u16) -> Option<String> {
    let first = model.quotes.first()?;
    if let Some(context) = first.context.filter(|c| first.prompt_tokens > u64::from(*c)) {
        return Some(format!(
            "{} tokens do not fit into {}: /context makes room",
            count(first.prompt_tokens),
            count(context.into())
        ));
    }
    if let Some(why) = &first.refused {
        return Some(format!("nobody would answer: {}", clean_line(why)));
    }
    let about = |cost: Option<crate::words::Usd>| cost.map_or("?".to_owned(), |c| format!("~{}", usd(c)));
    let tilde = if first.exact { "" } else { "~" };
    let demo = if first.demo { "demo " } else { "" };
    let start =
        format!("{tilde}{} tokens · sending {demo}{}", count(first.prompt_tokens), about(first.sending));
    let likely = format!(", likely {}", about(first.cost));
    let worst = first.worst.map_or_else(String::new, |worst| format!(", at most {}", usd(worst)));
    let at = if first.endpoint.is_empty() {
        " with a key".to_owned()
    } else {
        format!(" at {}", clean_line(&first.endpoint))
    };
    let others: Vec<String> = model
        .quotes
        .iter()
        .skip(1)
        .map(|other| format!(" · {} {}", clean_line(other.model.short()), about(other.cost)))
        .collect();
    let forms = [
        format!("{start}{at}{likely}{worst}{}", others.concat()),
        format!("{start}{likely}{worst}{}", others.concat()),
        format!("{start}{worst}{}", others.concat()),
        format!("{start}{worst}{}", others.first().map_or("", String::as_str)),
        format!("{start}{worst}"),
    ];
    let fits = |text: &&String| crate::tui::text::width(text) <= usize::from(columns);
    forms.iter().find(fits).cloned().or_else(|| forms.into_iter().next_back())
}

/// The line before sending, on terminals with room for it.
pub fn quote(canvas: &mut Canvas<'_>, area: Rect, model: &Model) {
    if !area.is_empty()
        && let Some(text) = quotes(model, area.width.saturating_sub(PROMPT))
    {
        canvas.text(
            area.x + PROMPT,
            area.y,
            area.width.saturating_sub(PROMPT),
            &text,
            canvas.style(Meaning::Dim),
        );
    }
}

/// `low bandwidth · 1.2 KB/s · 84 ms round trip · 0.9 s behind`, in that mode or when the line is slow.
fn line(model: &Model) -> String {
    let (state, low) = (model.line, model.settings.low_bandwidth);
    if !low && !state.is_slow() {
        return String::new();
    }
    let mut facts = Vec::new();
    if low {
        facts.push("low bandwidth".to_owned());
    }
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    facts.push(format!("{:.1} KB/s", state.rate as f64 / 1024.0));
    facts.extend(state.round_trip.map(|took| format!("{} ms round trip", took.as_millis())));
    if state.backlog >= std::time::Duration::from_millis(100) {
        facts.push(format!("{} behind", crate::app::seconds(state.backlog)));
    }
    facts.join(" · ")
}

/// Rows of the status line: more than one only for a notice that would be cut.
pub fn notice_rows(model: &Model) -> u16 {
    let most = if model.rows < 12 { 2 } else { 3 };
    let rows = model.notice().map_or(1, |notice| wrapped(&notice.text, model.columns).len());
    u16::try_from(rows).unwrap_or(1).clamp(1, most)
}

/// Keys of the moment: an action and a word for it.
type Hint = (&'static str, &'static str);
const WRITING: &[Hint] = &[
    ("send", "send"),
    ("model.pick", "model"),
    ("sessions", "sessions"),
    ("palette", "all"),
    ("help", "help"),
];
const SELECTED: &[Hint] = &[
    ("message.copy", "copy"),
    ("message.edit", "edit"),
    ("message.again", "again"),
    ("message.quote", "quote"),
    ("message.pin", "pin"),
    ("message.good", "good"),
    ("message.bad", "bad"),
    ("message.why", "why"),
    ("message.delete", "delete"),
    ("message.leave", "back"),
];
const COMPARING: &[Hint] = &[
    ("compare.right", "column"),
    ("compare.pick", "go on from it"),
    ("compare.stop", "stop it"),
    ("compare.close", "close"),
];

/// What the keys do here, as far as they are the ones to begin with.
fn keys(model: &Model) -> String {
    let hints = match () {
        () if model.thread().selected.is_some() => SELECTED,
        () if model.compare.is_some() => COMPARING,
        () => WRITING,
    };
    let said = hints.iter().filter_map(|(id, word)| {
        let key = model.keymap.keys(id).first()?;
        Some(format!("{key} {word}"))
    });
    said.collect::<Vec<_>>().join(" · ")
}

/// The newest notice; else what sending would cost; else the keys to begin with.
pub fn status(canvas: &mut Canvas<'_>, area: Rect, model: &Model, with_quote: bool) {
    if area.is_empty() {
        return;
    }
    let bar = canvas.style(Meaning::Bar);
    canvas.fill(area, bar);
    if let Some(notice) = model.notice() {
        let meaning = match notice.level {
            Level::Info => Meaning::Bar,
            Level::Warning => Meaning::Warn,
            Level::Error => Meaning::Error,
        };
        let style = on(canvas, bar, meaning);
        for (y, row) in (area.y..area.bottom()).zip(wrapped(&notice.text, area.width)) {
            canvas.text(area.x, y, area.width, row.text(), style);
        }
        return;
    }
    let quote = quotes(model, area.width).filter(|_| with_quote && !model.draft().text.is_empty());
    let line = line(model);
    let room = usize::from(area.width)
        .saturating_sub(crate::tui::text::width(&line) + usize::from(!line.is_empty()));
    let text = quote.unwrap_or_else(|| items(&keys(model), room));
    let x = canvas.text(area.x, area.y, area.width, &text, bar);
    if !line.is_empty() {
        canvas.text_right(area.right(), area.y, area.right().saturating_sub(x + 1), &line, bar);
    }
}
