//! The small overlays: a line, a question, a choice.

use super::figures::{count, counted, usd};
use super::overlay::{frame, line, list, on, row, text, wrapped};
use crate::app::panes::context::{self, Choice, Cost};
use crate::app::panes::{entry, find, keys, question, themes, versus};
use crate::app::{ACTIONS, Model, shorten};
use crate::tui::theme::Meaning;
use crate::tui::view::Canvas;
use crate::words::clean_line;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

type At = Option<Position>;

pub fn themes(canvas: &mut Canvas<'_>, whole: Rect, state: &themes::State) -> At {
    // small and at the side, so that the theme is seen on the conversation
    let width = if whole.width < 60 { 20 } else { 32 }.min(whole.width);
    let side = Rect { x: whole.right().saturating_sub(width), width, ..whole };
    let mut area = frame(canvas, side, "Themes", "Enter keeps · Esc takes back", (width, 20));
    let caret = line(canvas, row(&mut area), "› ", &state.query);
    list(canvas, area, state.matches.len(), state.at, |canvas, area, index, style| {
        canvas.text(area.x, area.y, area.width, &clean_line(&state.matches[index]), style);
    });
    caret
}

/// One line at the bottom: the conversation stays in view.
pub fn find(canvas: &mut Canvas<'_>, whole: Rect, state: &find::State) -> At {
    let area = Rect::new(whole.x, whole.bottom().saturating_sub(1), whole.width, whole.height.min(1));
    canvas.fill(area, canvas.theme.style(Meaning::Panel));
    let (at, count) = state.standing();
    let said = match count {
        0 if state.query.is_empty() => "newest first".to_owned(),
        0 => "nothing".to_owned(),
        _ if state.typing => format!("{at} of {count} · Enter: the one before"),
        _ => format!("{at} of {count} · n before · N after · Esc"),
    };
    let at = canvas.text_right(area.right(), area.y, area.width / 2, &said, canvas.style(Meaning::Dim));
    line(canvas, Rect { width: at.saturating_sub(area.x + 1), ..area }, "find ", &state.query)
}

pub fn entry(canvas: &mut Canvas<'_>, whole: Rect, state: &entry::State) -> At {
    let mut area = frame(canvas, whole, &clean_line(&state.title), "Enter takes it · Esc", (80, 4));
    line(canvas, row(&mut area), "› ", &state.line)
}

pub fn question(canvas: &mut Canvas<'_>, whole: Rect, state: &question::State) -> At {
    let about = wrapped(&state.about, 68.min(whole.width.saturating_sub(2))).len().min(8);
    let height = u16::try_from(state.answers.len() + about).unwrap_or(0) + 3;
    let mut area = frame(canvas, whole, &state.question, "Enter or the letter · Esc", (70, height));
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

pub fn context(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &context::State) -> At {
    let cut = state.cut(model);
    let (older, stays) = (shorten::tokens(&cut.older), shorten::tokens(&cut.stays));
    let mut about = String::new();
    if let Some(size) = model.card(model.model().as_str()).and_then(|c| c.context()) {
        about = format!("~{} of {} tokens. ", count(older + stays), count(size.into()));
    }
    if !cut.older.is_empty() {
        about.push_str(&match state.keep {
            1 => "The newest exchange stays".to_owned(),
            keep => format!("The newest {keep} exchanges stay"),
        });
        if cut.pinned > 0 {
            about.push_str(&format!(", and {} pinned", cut.pinned));
        }
        let messages = counted(cut.older.len() as u64, "message", "messages");
        about.push_str(&format!(": ~{}. Older: {messages}, ~{}. ", count(stays), count(older)));
        about.push_str("The whole conversation stays beside it as a branch: /undo goes back.");
    }
    let choices = state.choices(model);
    let rows = wrapped(&about, 82.min(whole.width.saturating_sub(2))).len() + choices.len();
    let hints = "Enter · ← → how many stay · m who summarises · Esc";
    let size = (84, u16::try_from(rows).unwrap_or(0) + 4);
    let title =
        if cut.unanswered { "The prompt does not fit into the context" } else { "When the context is full" };
    let mut area = frame(canvas, whole, title, hints, size);
    area = text(canvas, area, &about, Meaning::Panel);
    if usize::from(area.height) > choices.len() + 1 {
        row(&mut area);
    }
    let dim = on(canvas, canvas.style(Meaning::Panel), Meaning::Dim);
    let price = |cost: Cost| match cost {
        Cost::None => String::new(),
        Cost::Unknown => "?".to_owned(),
        Cost::About(cost) => format!("~{}", usd(cost)),
    };
    // without room for columns the chosen one's figures stand in a line of their own
    let narrow = area.width < 60;
    if usize::from(area.height) > choices.len() {
        let heads = row(&mut area);
        match choices.get(state.at) {
            Some(Choice { prompt, once, .. }) if narrow => {
                let figures = [("a prompt", price(*prompt)), ("once", price(*once))];
                let said = figures.iter().filter(|(_, cost)| !cost.is_empty());
                let said: Vec<String> = said.map(|(name, cost)| format!("{name} {cost}")).collect();
                canvas.text(heads.x, heads.y, heads.width, &said.join(" · "), dim);
            }
            _ => {
                columns(canvas, heads, ["a prompt then", "once"].map(str::to_owned), dim);
            }
        }
    }
    list(canvas, area, choices.len(), state.at, |canvas, area, index, style| {
        let choice = &choices[index];
        let mut right = area.right();
        if !narrow {
            let money = on(canvas, style, Meaning::Money);
            right = columns(canvas, area, [price(choice.prompt), price(choice.once)], money);
        }
        canvas.text(area.x, area.y, right.saturating_sub(area.x + 1), &clean_line(&choice.text), style);
    });
    None
}

/// What a choice costs, at the right of its row; says where that begins.
fn columns(canvas: &mut Canvas<'_>, area: Rect, costs: [String; 2], style: Style) -> u16 {
    costs.iter().rev().fold(area.right(), |right, cost| {
        canvas.text_right(right, area.y, 13, cost, style);
        right.saturating_sub(14)
    })
}

pub fn versus(canvas: &mut Canvas<'_>, whole: Rect, model: &Model, state: &versus::State) -> At {
    let mut area = frame(
        canvas,
        whole,
        "Ask several models at once",
        "Enter asks · a adds · d takes away · Esc",
        (72, u16::try_from(state.models.len()).unwrap_or(0) + 5),
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
        let price = model.card(who.as_str()).and_then(|c| c.prices()).map(|p| {
            let per_million = [p.prompt, p.completion].map(|price| usd(price.per_million()));
            if area.width < 60 { per_million.join("/") } else { per_million.join(" / ") + " per M" }
        });
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
