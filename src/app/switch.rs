//! Going to another session, and what a session is called, tagged and told.

use super::event::{Began, Hit, Opened};
use super::first::first;
use super::model::Begun;
use super::panes::find;
use super::program::rekey;
use super::undo::Undo;
use super::{Effect, Level, Model, Order, Save, Scroll, Thread, compare, draft, queue, turns};
use crate::words::{Draft, ModelRef, Session, SessionId, Titled, TurnId, Unsent, clean_line};
use std::time::Duration;

/// The first event: the last session at once, with the draft as it was; what was typed meanwhile comes behind it.
pub fn begin(model: &mut Model, began: Began) -> Vec<Effect> {
    model.cards = began.cards;
    model.themes = began.themes;
    model.settings = began.settings;
    model.spent = began.spent;
    let mut effects = rekey(model);
    sessions_changed(model, began.sessions);
    let typed = model.draft().text.clone();
    let begun = std::mem::replace(&mut model.begun, Begun::Done);
    // behind a draft that was left it is not what was meant to be sent
    let send = begun == Begun::Sending && began.last.as_ref().is_none_or(|last| last.unsent.is_empty());
    match began.last {
        Some(last) => {
            let old = model.here;
            model.here = last.session.id;
            tell_lost(model, &last.lost);
            model.threads.insert(model.here, Thread::new(last.session, last.messages, last.unsent));
            if old != model.here {
                model.threads.remove(&old);
            }
            if !typed.is_empty() {
                let draft = &mut model.thread_mut().draft;
                let chips = std::mem::take(&mut draft.chips);
                *draft = Draft { chips, ..draft::at_end(&format!("{}{typed}", draft.text)) };
            }
            effects.extend(arrive(model));
        }
        None => {
            let first = first_model(model);
            let session = &mut model.thread_mut().session;
            if session.model.as_str().is_empty() {
                session.model = first;
            }
        }
    }
    for notice in began.notices {
        model.say(Level::Warning, notice);
    }
    effects.push(Effect::Wake(model.now + Duration::from_secs(11)));
    if send {
        effects.extend(super::send::send(model, ""));
    }
    effects
}

/// The model of a new session: the chosen one, else a sensible one that can be used, else the demonstration.
fn first_model(model: &Model) -> ModelRef {
    if let Some(chosen) = model.settings.first_model() {
        return chosen.clone();
    }
    let any = first(&*model.cards)
        .or_else(|| model.cards.iter().find(|c| c.usable()))
        .or_else(|| model.cards.first());
    any.map_or_else(ModelRef::default, |card| ModelRef::from(&card.id))
}

/// What a shown session needs: its draft in the composer, its sums, its title.
fn arrive(model: &mut Model) -> Vec<Effect> {
    model.completion = None;
    model.recalled = None;
    model.compare = None;
    model.quotes.clear();
    if model.model().as_str().is_empty() {
        model.thread_mut().session.model = first_model(model);
    }
    queue::held(model);
    let turn = model.next_turn();
    model.pending.tally = Some(turn);
    let thread = model.thread();
    let place = thread.place;
    let mut effects = vec![
        Effect::Screen(Order::Arrive(thread.draft.clone())),
        Effect::Tally { turn, session: model.here },
    ];
    match model.pending.reveal.take() {
        Some(hit) => effects.extend(reveal(model, &hit)),
        None => effects.push(Effect::Screen(Order::Scroll(Scroll::To(place)))),
    }
    effects
}

/// Shows the branch, the message and the place in it.
fn reveal(model: &mut Model, hit: &Hit) -> Vec<Effect> {
    let thread = model.thread_mut();
    if thread.position(hit.message).is_none() {
        thread.show(hit.message);
    }
    thread.selected = Some(hit.message);
    let found = find::open_at(model, hit);
    if found.is_empty() { vec![Effect::Screen(Order::Scroll(Scroll::Reveal(hit.message)))] } else { found }
}

/// The draft of the session that is left, kept at once; a comparison in it ends at the chosen column.
pub fn park(model: &mut Model) -> Effect {
    model.keep_draft = None;
    let mut saves = vec![Save::Draft { session: model.here, draft: model.thread().unsent() }];
    for effect in compare::close(model, "") {
        if let Effect::Save(more) = effect {
            saves.extend(more);
        }
    }
    Effect::Save(saves)
}

/// Shows a session: at once when it is in memory, else when the store has read it.
pub fn open(model: &mut Model, session: SessionId, reveal: Option<Hit>) -> Vec<Effect> {
    model.pending.reveal = reveal;
    let mut effects = vec![park(model)];
    if model.threads.contains_key(&session) {
        let old = std::mem::replace(&mut model.here, session);
        turns::forget(model, old);
        effects.extend(arrive(model));
    } else {
        let turn = model.next_turn();
        model.pending.open = Some(turn);
        effects.push(Effect::Open { turn, session });
    }
    effects
}

pub fn opened(model: &mut Model, turn: TurnId, opened: Opened) -> Vec<Effect> {
    if model.pending.open != Some(turn) {
        return Vec::new();
    }
    model.pending.open = None;
    let id = opened.session.id;
    tell_lost(model, &opened.lost);
    model.threads.entry(id).or_insert_with(|| Thread::new(opened.session, opened.messages, opened.unsent));
    let old = std::mem::replace(&mut model.here, id);
    turns::forget(model, old);
    arrive(model)
}

/// Says what of a session could not be read; all else of it is shown.
fn tell_lost(model: &mut Model, lost: &[String]) {
    if !lost.is_empty() {
        let what = lost.join(" and ");
        model.say(Level::Error, format!("of this session {what} cannot be read; the rest is here"));
    }
}

pub fn new_session(model: &mut Model, _: &str) -> Vec<Effect> {
    let mut effects = vec![park(model)];
    let id = SessionId::new(model.now, &mut model.dice);
    let chosen = &model.settings.model;
    let who = if chosen.as_str().is_empty() { model.model().clone() } else { chosen.clone() };
    let session = Session::new(id, who, model.now);
    model.threads.insert(id, Thread::new(session, [], Unsent::default()));
    let old = std::mem::replace(&mut model.here, id);
    turns::forget(model, old);
    model.spent.session = Default::default();
    model.spent.session_demo = Default::default();
    effects.extend(arrive(model));
    effects
}

pub fn sessions_changed(model: &mut Model, mut sessions: Vec<Session>) -> Vec<Effect> {
    // the store has it until it cannot be brought back any more
    if let Some(Undo::Removed(gone)) = &model.undo {
        sessions.retain(|s| s.id != gone.id);
    }
    sessions.sort_by_key(|s| std::cmp::Reverse(s.updated));
    model.sessions = sessions;
    let open: Vec<SessionId> = model.threads.keys().copied().collect();
    for id in open {
        turns::list(model, id);
    }
    super::panes::refresh(model, |_| ());
    Vec::new()
}

pub fn named(session: &Session) -> String {
    if session.title.is_empty() { "untitled".to_owned() } else { session.title.clone() }
}

/// Changes a session's own data wherever it is held, and keeps it.
pub fn alter(model: &mut Model, id: SessionId, change: impl Fn(&mut Session)) -> Vec<Effect> {
    if let Some(thread) = model.threads.get_mut(&id) {
        change(&mut thread.session);
    }
    let Some(session) = model.sessions.iter_mut().find(|s| s.id == id) else { return Vec::new() };
    change(session);
    let session = Box::new(session.clone());
    vec![Effect::Save(vec![Save::Session(session)])]
}

// === the session's own data ===

/// Keeps the session's data if it is a session at all (has a message).
pub fn keep_session(model: &mut Model) -> Vec<Effect> {
    // another model or another wish is another price
    let mut effects: Vec<Effect> = draft::reprice(model).into_iter().collect();
    if !model.thread().is_empty() {
        let here = model.here;
        turns::list(model, here);
        effects.push(Effect::Save(vec![Save::Session(Box::new(model.session().clone()))]));
    }
    effects
}

pub fn keep_settings(model: &Model) -> Effect {
    Effect::Save(vec![Save::Settings(Box::new(model.settings.clone()))])
}

pub fn title(model: &mut Model, name: &str) -> Vec<Effect> {
    if name.is_empty() {
        return super::panes::entry::title(model);
    }
    let session = &mut model.thread_mut().session;
    session.title = clean_line(name);
    session.titled = Titled::ByPerson;
    keep_session(model)
}

/// Tags this session, or takes the tag away when it has it.
pub fn tag(model: &mut Model, name: &str) -> Vec<Effect> {
    let here = model.here;
    if name.trim_start_matches('#').trim().is_empty() {
        return super::panes::entry::tag(model, here);
    }
    toggle_tags(&mut model.thread_mut().session.tags, name);
    keep_session(model)
}

/// Each word is a tag: one that is there goes, one that is not comes.
pub fn toggle_tags(tags: &mut Vec<String>, text: &str) {
    let clean = clean_line(text);
    let words = clean.split([' ', ',']).map(|w| w.trim_start_matches('#')).filter(|w| !w.is_empty());
    for word in words {
        match tags.iter().position(|t| t == word) {
            Some(at) => {
                tags.remove(at);
            }
            None => tags.push(word.to_owned()),
        }
    }
}

pub fn system(model: &mut Model, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        return super::panes::entry::system(model);
    }
    model.thread_mut().session.system = Some(text.to_owned());
    model.say(Level::Info, "system prompt set for this session");
    keep_session(model)
}
