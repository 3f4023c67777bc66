//! What opens over the conversation, as lines: a question and its answers, a numbered list, a line to give.

use crate::app::panes::Overlay;
use crate::app::panes::context::{Choice, Cost};
use crate::app::panes::picker;
use crate::app::panes::question::Then;
use crate::app::{Card, Code, Event, Key, Line, Model, Offer, Target};
use crate::words::{SessionId, Usd, clean_line};

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
        Overlay::Context(state) => {
            let rows = state.choices(model).into_iter().map(choice).collect();
            numbered("When the context is full", &Line::default(), rows)
        }
        Overlay::Sessions(state) => {
            numbered("Sessions", &state.query, state.matches.iter().map(|id| session(model, *id)).collect())
        }
        Overlay::Picker(state) => {
            let said = |at: &picker::Row| match *at {
                picker::Row::Own(at) => {
                    let (name, own) = state.own.get(at as usize)?;
                    Some(format!("{}: {}", clean_line(name), picker::stands_for(own)))
                }
                picker::Row::Model(at) => {
                    model.cards.get(at as usize).map(|card| row(card, &state.offer(card)))
                }
            };
            numbered("Models", &state.query, state.matches.iter().filter_map(said).collect())
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

/// What says the same in lines, outside.
pub fn instead(overlay: &Overlay) -> &'static str {
    match overlay {
        Overlay::Usage(_) => "; `fareway usage` says it in lines",
        Overlay::WhatIf(_) => "; `fareway whatif` says it in lines",
        Overlay::Why(_) => "; `fareway why` says it in lines",
        Overlay::Versus(_) => "; `fareway ask --compare NAME,NAME PROMPT` does it in lines",
        Overlay::Preferences(_) => "; the config file has it all, see `fareway config`",
        Overlay::Help(_) | Overlay::Palette(_) => "; /help lists the commands",
        _ => "",
    }
}

/// A way out in words, with what it costs.
fn choice(choice: Choice) -> String {
    let price = |cost: Cost| match cost {
        Cost::None => None,
        Cost::Unknown => Some("an unknown price".to_owned()),
        Cost::About(usd) => Some(format!("about ${}", usd.round(6))),
    };
    let once = price(choice.once).map(|cost| format!("{cost} once"));
    let prompt = price(choice.prompt).map(|cost| format!("{cost} for the next prompt"));
    let costs: Vec<String> = once.into_iter().chain(prompt).collect();
    if costs.is_empty() { choice.text } else { format!("{}: {}", choice.text, costs.join(", then ")) }
}

/// A model in words, with what it costs: nobody should have to look elsewhere for it.
fn row(card: &Card, offer: &Offer<'_>) -> String {
    let million = |price: Usd| price.per_million().round(2);
    let mut said = vec![card.id.to_string()];
    said.push(match offer.prices() {
        Some(p) if p.prompt.is_zero() && p.completion.is_zero() => "free".to_owned(),
        Some(p) => format!("${} in and ${} out per million", million(p.prompt), million(p.completion)),
        None => "unknown price".to_owned(),
    });
    said.extend(
        offer
            .context()
            .map(|tokens| format!("{} thousand tokens of context", tokens.saturating_add(500) / 1_000)),
    );
    if !offer.within_reach {
        said.push("no key".to_owned());
    }
    said.join(", ")
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

/// Whether a line says no to what is asked now.
pub fn leaves(model: &Model, line: &str) -> bool {
    let begins = line.trim().chars().next();
    match model.overlays.last() {
        Some(Overlay::Question(state)) => {
            let chosen = state.answers.iter().find(|answer| Some(answer.key) == begins);
            chosen.is_none_or(|answer| answer.then == Then::Nothing)
        }
        _ => begins.is_none(),
    }
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
        Overlay::Context(state) => match line.parse::<usize>() {
            Ok(n) if (1..=state.choices(model).len()).contains(&n) => {
                std::iter::repeat_n(key(Code::Down), n - 1).chain([key(Code::Enter)]).collect()
            }
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
