//! One event in, effects out: a small dispatch to the files that know.

use super::actions::{Edit, Run};
use super::{
    Code, Effect, Event, Key, Level, Model, Order, Target, attach, compare, complete, copy, draft, panes,
    program, queue, recall, switch, turns,
};
use crate::words::At;

/// What an event changes, and what it asks of the shell. Never fails, never panics, reads no clock.
pub fn update(model: &mut Model, at: At, event: Event) -> Vec<Effect> {
    model.now = at;
    let mut effects = heed(model, at, event);
    if model.wants_every_card() {
        model.pending.cards = true;
        effects.push(Effect::Models);
    }
    effects
}

fn heed(model: &mut Model, at: At, event: Event) -> Vec<Effect> {
    match event {
        Event::Began(began) => switch::begin(model, *began),
        Event::Key(key) => press(model, key),
        Event::Paste(text) => draft::paste(model, text),
        Event::Overlong(bytes) => draft::overlong(model, bytes),
        Event::Edited(draft) => draft::edited(model, draft),
        Event::Scrolled(place) if model.compare.is_some() => {
            compare::scrolled(model, place);
            Vec::new()
        }
        Event::Scrolled(place) => {
            model.thread_mut().place = place;
            Vec::new()
        }
        Event::Pressed(target) => click(model, target),
        Event::Resized { columns, rows } => {
            (model.columns, model.rows) = (columns, rows);
            Vec::new()
        }
        Event::Focus(focused) => {
            model.focused = focused;
            if focused {
                model.unseen = None;
            }
            Vec::new()
        }
        Event::Tick => tick(model),
        Event::Reply { turn, reply } => turns::reply(model, turn, reply),
        Event::Opened { turn, opened } => switch::opened(model, turn, *opened),
        Event::Spent { turn, spent } => {
            if model.pending.tally == Some(turn) {
                model.spent = spent;
            }
            Vec::new()
        }
        Event::Quoted { turn, quotes } => {
            if model.pending.quote == Some(turn) {
                model.quotes = quotes;
            }
            Vec::new()
        }
        Event::Mine { turn, rows } => {
            if model.pending.mine == Some(turn) {
                panes::refresh(model, |model| model.mine = std::sync::Arc::new(rows));
            }
            Vec::new()
        }
        Event::Booked => vec![turns::tally(model)],
        Event::Mischarged(models) => {
            model.mischarged = models;
            Vec::new()
        }
        Event::Attached { turn, chip } => attach::attached(model, turn, chip),
        Event::Paths { turn, paths } => complete::paths(model, turn, paths),
        Event::Written { turn, text } => attach::written(model, turn, text),
        Event::Copied { what, sent, file } => copy::copied(model, &what, sent, file),
        Event::Saved { path, .. } => {
            match path {
                Ok(path) => model.say(Level::Info, format!("written to {path}")),
                Err(sentence) => model.say(Level::Error, sentence),
            }
            Vec::new()
        }
        Event::Models(cards) => {
            // some that were gathered before all were asked for come too late
            if cards.is_whole() || !model.cards.is_whole() {
                panes::refresh(model, |model| model.cards = cards);
            }
            Vec::new()
        }
        Event::Tokenizer(tokenizer) => {
            if !model.tokenizers.contains(&tokenizer) {
                model.tokenizers.push(tokenizer);
            }
            Vec::new()
        }
        Event::Sessions(sessions) => switch::sessions_changed(model, sessions),
        Event::Themes(themes) => {
            model.themes = themes;
            Vec::new()
        }
        Event::Refreshed { turn, said } => {
            if model.pending.refresh.take_if(|refresh| refresh.turn == turn).is_some() {
                model.say(Level::Info, said);
            }
            Vec::new()
        }
        Event::Notice(level, text) => {
            model.say(level, text);
            vec![Effect::Wake(at + std::time::Duration::from_secs(21))]
        }
        Event::Settings(settings) => {
            model.settings = *settings;
            program::rekey(model)
        }
        Event::Line(state) => {
            model.line = state;
            Vec::new()
        }
        Event::Hangup => program::leave(model),
        Event::Found { .. }
        | Event::Rollups { .. }
        | Event::Advice { .. }
        | Event::WhatIf { .. }
        | Event::Generations { .. }
        | Event::Health { .. } => panes::answered(model, event),
    }
}

/// A key: the topmost overlay's, else the table's.
fn press(model: &mut Model, key: Key) -> Vec<Effect> {
    if key != Key::ctrl('c') {
        model.armed = None;
    }
    if !model.overlays.is_empty() {
        return panes::key(model, key);
    }
    let Some(action) = model.keymap.action(key, model) else { return Vec::new() };
    match action.run {
        Run::Do(run) => {
            let digit = match key.code {
                Code::Char(c) if c.is_ascii_digit() => c.to_string(),
                _ => String::new(),
            };
            run(model, &digit)
        }
        // the composer gives back what leads out of it
        Run::Edit(Edit::Up) => recall::recall(model, true),
        Run::Edit(Edit::Down) => recall::recall(model, false),
        Run::Edit(_) => Vec::new(),
    }
}

fn click(model: &mut Model, target: Target) -> Vec<Effect> {
    match target {
        Target::Row(row) => panes::click(model, row),
        Target::Outside => {
            model.overlays.pop();
            Vec::new()
        }
        _ if !model.overlays.is_empty() => Vec::new(),
        Target::Message(id) => {
            let thread = model.thread_mut();
            thread.selected = if thread.selected == Some(id) { None } else { Some(id) };
            Vec::new()
        }
        Target::Reasoning(id) => {
            model.thread_mut().toggle(id);
            Vec::new()
        }
        Target::Model => panes::picker::open(model, ""),
        Target::Meter => panes::usage::open(model, ""),
        Target::Title => panes::sessions::open(model, ""),
        Target::NewBelow => vec![Effect::Screen(Order::Scroll(super::Scroll::Bottom))],
    }
}

/// A moment that was asked for: keep the draft, ask its price, let notices and figures move on.
fn tick(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.keep_draft.is_some_and(|due| due <= model.now) {
        model.keep_draft = None;
        effects.push(queue::save(model));
    }
    if model.price_draft.is_some_and(|due| due <= model.now) {
        model.price_draft = None;
        effects.extend(draft::quote(model));
    }
    effects.extend(turns::tick(model));
    effects
}
