//! What opens over the conversation, as lines: a question and its answers, a numbered list, a line to give.

use crate::app::panes::{Overlay, context};
use crate::app::{Code, Event, Key, Line, Model, Target};
use crate::words::{SessionId, clean_line};

/// Rows of a list that are read out; a word narrows it.
const MOST: usize = 20;

/// What is asked now, word for word; `None`: nothing, or a pane that is a picture.
pub fn said(model: &Model) -> Option<String> {
    let overlay = model.overlays.last()?;
    let text = match overlay {
        Overlay::Question(state) => {
            let answers: Vec<String> =
                state.answers.iter().map(|a| format!("{}: {}", a.key, a.text)).collect();
            format!("{} {}\n{}\n", state.question, clean_line(&state.about), answers.join("\n"))
        }
        Overlay::Entry(state) => {
            let now = clean_line(state.line.text());
            let now = if now.is_empty() { now } else { format!(" (now: {now})") };
            format!("{}{now}\n", clean_line(&state.title))
        }
        Overlay::Context(_) => {
            numbered("When the context is full", &Line::default(), context::CHOICES.map(str::to_owned).into())
        }
        Overlay::Sessions(state) => {
            numbered("Sessions", &state.query, state.matches.iter().map(|id| session(model, *id)).collect())
        }
        Overlay::Picker(state) => {
            let cards = state.matches.iter().filter_map(|row| model.cards.get(*row as usize));
            let rows = cards.map(|card| format!("{}{}", card.id, if card.usable { "" } else { ", no key" }));
            numbered("Models", &state.query, rows.collect())
        }
        Overlay::Search(state) if !state.answered => return None,
        Overlay::Search(state) => {
            let hit = |h: &crate::app::Hit| format!("{}: {}", clean_line(&h.title), clean_line(&h.excerpt));
            numbered("Found", &state.query, state.hits.iter().map(hit).collect())
        }
        Overlay::Templates(state) => numbered("Prompt templates", &state.query, state.matches.clone()),
        Overlay::Personas(state) => {
            let name = |name: &String| if name.is_empty() { "none".to_owned() } else { name.clone() };
            numbered("Personas", &state.query, state.matches.iter().map(name).collect())
        }
        _ => return None,
    };
    Some(text)
}

fn session(model: &Model, id: SessionId) -> String {
    let session = model.sessions.iter().find(|s| s.id == id);
    session.map_or_else(String::new, |s| {
        if s.title.is_empty() { "untitled".into() } else { clean_line(&s.title) }
    })
}

fn numbered(title: &str, query: &Line, rows: Vec<String>) -> String {
    let mut text = match query.text().trim() {
        "" => format!("{title}: {}.\n", rows.len()),
        words => format!("{title} for {}: {}.\n", clean_line(words), rows.len()),
    };
    for (n, row) in rows.iter().take(MOST).enumerate() {
        text.push_str(&format!("{}: {row}\n", n + 1));
    }
    if rows.len() > MOST {
        text.push_str(&format!("and {} more.\n", rows.len() - MOST));
    }
    text.push_str("A number takes one, words look for others, an empty line leaves.\n");
    text
}

/// What a line means to whatever is asked now. The last event of a choice is for a pane that is still open.
pub fn answer(model: &Model, line: &str) -> Vec<Event> {
    let key = |code| Event::Key(Key::plain(code));
    let line = line.trim();
    let Some(overlay) = model.overlays.last() else { return Vec::new() };
    if line.is_empty() {
        return vec![key(Code::Esc)];
    }
    match overlay {
        Overlay::Question(_) => vec![key(line.chars().next().map_or(Code::Esc, Code::Char))],
        Overlay::Entry(_) => written(line).into_iter().chain([key(Code::Enter)]).collect(),
        Overlay::Context(_) => match line.parse::<usize>() {
            Ok(n @ 1..=4) => std::iter::repeat_n(key(Code::Down), n - 1).chain([key(Code::Enter)]).collect(),
            _ => vec![key(Code::Esc)],
        },
        _ => match line.parse::<usize>() {
            Ok(n @ 1..) => take(overlay, n - 1),
            _ => written(line),
        },
    }
}

/// The line in place of what stood there.
fn written(line: &str) -> Vec<Event> {
    vec![Event::Key(Key::plain(Code::End)), Event::Key(Key::ctrl('u')), Event::Paste(line.to_owned())]
}

/// A first click chooses a row, one on the chosen row takes it.
fn take(overlay: &Overlay, row: usize) -> Vec<Event> {
    let (at, count) = match overlay {
        Overlay::Sessions(state) => (state.at, state.matches.len()),
        Overlay::Picker(state) => (state.at, state.matches.len()),
        Overlay::Search(state) => (state.at, state.hits.len()),
        Overlay::Templates(state) => (state.at, state.matches.len()),
        Overlay::Personas(state) => (state.at, state.matches.len()),
        _ => return Vec::new(),
    };
    if row >= count {
        return Vec::new();
    }
    let click = Event::Pressed(Target::Row(row));
    if at == row { vec![click] } else { vec![click.clone(), click] }
}
