//! Going somewhere else: sessions, models, profiles, layouts, and out of the program.

use super::event::{Began, Opened};
use super::panes::question;
use super::{Effect, Key, Keymap, Level, MeterPlace, Model, Order, Save, Scroll, Thread, draft, turns};
use crate::words::{Draft, MessageId, ModelRef, Profile, Session, SessionId, Titled, TurnId, clean_line};
use std::collections::BTreeMap;
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
    match began.last {
        Some(last) => {
            let old = model.here;
            model.here = last.session.id;
            model.threads.insert(model.here, Thread::new(last.session, last.messages, last.draft));
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
    effects
}

/// The model of a new session: the chosen one, else the first that can be used, else the demonstration.
fn first_model(model: &Model) -> ModelRef {
    if let Some(chosen) = model.settings.first_model() {
        return chosen.clone();
    }
    let real = model.cards.iter().find(|c| c.usable && !c.demo());
    let any = real.or_else(|| model.cards.iter().find(|c| c.usable)).or_else(|| model.cards.first());
    any.map_or_else(ModelRef::default, |card| ModelRef::from(&card.id))
}

/// What a shown session needs: its draft in the composer, its sums, its title.
fn arrive(model: &mut Model) -> Vec<Effect> {
    model.completion = None;
    model.recalled = None;
    model.compare = None;
    model.quotes.clear();
    let turn = model.next_turn();
    model.pending.tally = Some(turn);
    let thread = model.thread();
    let place = thread.place;
    let mut effects = vec![
        Effect::Screen(Order::Draft(thread.draft.clone())),
        Effect::Title(thread.session.title.clone()),
        Effect::Tally { turn, session: model.here },
    ];
    if let Some(message) = model.pending.reveal.take() {
        model.thread_mut().show(message);
        model.thread_mut().selected = Some(message);
        effects.push(Effect::Screen(Order::Scroll(Scroll::Reveal(message))));
    } else {
        effects.push(Effect::Screen(Order::Scroll(Scroll::To(place))));
    }
    effects
}

/// The draft of the session that is left, kept at once.
fn park(model: &mut Model) -> Effect {
    model.keep_draft = None;
    Effect::Save(vec![Save::Draft { session: model.here, draft: model.draft().clone() }])
}

/// Shows a session: at once when it is in memory, else when the store has read it.
pub fn open(model: &mut Model, session: SessionId, reveal: Option<MessageId>) -> Vec<Effect> {
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
    model.threads.entry(id).or_insert_with(|| Thread::new(opened.session, opened.messages, opened.draft));
    let old = std::mem::replace(&mut model.here, id);
    turns::forget(model, old);
    arrive(model)
}

pub fn new_session(model: &mut Model, _: &str) -> Vec<Effect> {
    let mut effects = vec![park(model)];
    let id = SessionId::new(model.now, &mut model.dice);
    let chosen = &model.settings.model;
    let who = if chosen.as_str().is_empty() { model.model().clone() } else { chosen.clone() };
    let session = Session::new(id, who, model.now);
    model.threads.insert(id, Thread::new(session, [], Draft::default()));
    let old = std::mem::replace(&mut model.here, id);
    turns::forget(model, old);
    model.spent.session = Default::default();
    model.spent.session_demo = Default::default();
    effects.extend(arrive(model));
    effects
}

pub fn sessions_changed(model: &mut Model, mut sessions: Vec<Session>) -> Vec<Effect> {
    sessions.sort_by_key(|s| std::cmp::Reverse(s.updated));
    model.sessions = sessions;
    let open: Vec<SessionId> = model.threads.keys().copied().collect();
    for id in open {
        turns::list(model, id);
    }
    super::panes::refresh(model);
    Vec::new()
}

pub fn remove(model: &mut Model, session: SessionId) -> Vec<Effect> {
    let turns: Vec<TurnId> =
        model.live.iter().filter(|(_, live)| live.session == session).map(|(turn, _)| *turn).collect();
    let mut effects = Vec::new();
    for turn in turns {
        model.live.remove(&turn);
        effects.push(Effect::Stop { turn });
    }
    model.sessions.retain(|s| s.id != session);
    if session == model.here {
        effects.extend(new_session(model, ""));
    }
    model.threads.remove(&session);
    effects.push(Effect::Save(vec![Save::RemoveSession(session)]));
    super::panes::refresh(model);
    effects
}

// === the session's own data ===

/// Keeps the session's data if it is a session at all (has a message).
pub fn keep_session(model: &mut Model) -> Vec<Effect> {
    if model.thread().is_empty() {
        return Vec::new();
    }
    let here = model.here;
    turns::list(model, here);
    vec![Effect::Save(vec![Save::Session(Box::new(model.session().clone()))])]
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
    let mut effects = keep_session(model);
    effects.push(Effect::Title(model.session().title.clone()));
    effects
}

/// Tags a session, or takes the tag away when it has it.
pub fn tag(model: &mut Model, name: &str) -> Vec<Effect> {
    let name = clean_line(name.trim_start_matches('#').trim());
    if name.is_empty() {
        return super::panes::entry::tag(model);
    }
    let tags = &mut model.thread_mut().session.tags;
    if tags.contains(&name) {
        tags.retain(|t| *t != name);
    } else {
        tags.push(name);
    }
    keep_session(model)
}

pub fn system(model: &mut Model, text: &str) -> Vec<Effect> {
    if text.is_empty() {
        return super::panes::entry::system(model);
    }
    model.thread_mut().session.system = Some(text.to_owned());
    model.say(Level::Info, "system prompt set for this session");
    keep_session(model)
}

// === models ===

/// Makes a model the session's; the picker makes one the default of new sessions.
pub fn set_model(model: &mut Model, who: ModelRef) -> Vec<Effect> {
    let old = std::mem::replace(&mut model.thread_mut().session.model, who.clone());
    if old != who {
        let recent = &mut model.settings.recent;
        recent.retain(|r| *r != who && *r != old);
        if !old.as_str().is_empty() {
            recent.insert(0, old);
        }
        recent.insert(0, who.clone());
        recent.truncate(20);
    }
    model.price_draft = Some(model.now);
    let mut effects = keep_session(model);
    effects.push(keep_settings(model));
    effects.push(Effect::Wake(model.now));
    effects
}

pub fn favourite(model: &mut Model, digit: &str) -> Vec<Effect> {
    let at = digit.parse::<usize>().unwrap_or(1).saturating_sub(1);
    match model.settings.favourites.get(at).cloned() {
        Some(who) => set_model(model, who),
        None => {
            model.say(
                Level::Info,
                format!("no favourite {}: Ctrl-K, then Ctrl-F on a model makes it one", at + 1),
            );
            Vec::new()
        }
    }
}

pub fn last_model(model: &mut Model, _: &str) -> Vec<Effect> {
    let now = model.model().clone();
    match model.settings.recent.iter().find(|r| **r != now).cloned() {
        Some(who) => set_model(model, who),
        None => {
            model.say(Level::Info, "no model before this one: Ctrl-K chooses");
            Vec::new()
        }
    }
}

pub fn profile(model: &mut Model, name: &str) -> Vec<Effect> {
    let all = Profile::ALL;
    let next = all.iter().find(|p| p.name() == name).copied().unwrap_or_else(|| {
        let now = model.settings.profile.unwrap_or(Profile::Balanced);
        let at = all.iter().position(|p| *p == now).unwrap_or(0);
        all[(at + 1) % all.len()]
    });
    model.settings.profile = Some(next);
    model.say(Level::Info, format!("profile {}", next.name()));
    vec![keep_settings(model)]
}

// === layout and the program ===

pub fn meter(model: &mut Model, _: &str) -> Vec<Effect> {
    model.settings.meter = match model.settings.meter {
        MeterPlace::Bottom => MeterPlace::Right,
        MeterPlace::Right => MeterPlace::Hidden,
        MeterPlace::Hidden => MeterPlace::Bottom,
    };
    vec![keep_settings(model)]
}

pub fn bandwidth(model: &mut Model, _: &str) -> Vec<Effect> {
    model.settings.low_bandwidth = !model.settings.low_bandwidth;
    let state = if model.settings.low_bandwidth { "on" } else { "off" };
    model.say(Level::Info, format!("low-bandwidth mode {state}"));
    vec![keep_settings(model)]
}

pub fn refresh(model: &mut Model, _: &str) -> Vec<Effect> {
    model.say(Level::Info, "looking for local servers and new models");
    vec![Effect::Refresh]
}

pub fn redraw(_: &mut Model, _: &str) -> Vec<Effect> {
    vec![Effect::Redraw]
}

pub fn suspend(_: &mut Model, _: &str) -> Vec<Effect> {
    vec![Effect::Suspend]
}

/// Ctrl-C: stops a reply, else clears the prompt (Alt-Z brings it back), else asks to be pressed again.
pub fn interrupt(model: &mut Model, _: &str) -> Vec<Effect> {
    let key = Key::ctrl('c');
    if let Some((armed, at)) = model.armed
        && armed == key
        && model.now.since(at) < Duration::from_secs(2)
    {
        return leave(model);
    }
    let turn = model.live_here().last().map(|(turn, _)| turn);
    if let Some(turn) = turn {
        let effects = turns::stop(model, turn);
        model.say(Level::Info, "stopped; what was heard is kept");
        return effects;
    }
    if !model.draft().text.is_empty() {
        let text = model.draft().text.clone();
        if text.len() < 8 * 1024 {
            model.settings.history.retain(|h| *h != text);
            model.settings.history.push(text);
        }
        let effects = draft::clear(model);
        model.armed = Some((key, model.now));
        model.say(Level::Info, "cleared (Up brings it back); Ctrl-C again quits");
        return effects;
    }
    model.armed = Some((key, model.now));
    model.say(Level::Info, "Ctrl-C again quits");
    Vec::new()
}

pub fn quit(model: &mut Model, _: &str) -> Vec<Effect> {
    if model.live.is_empty() {
        return leave(model);
    }
    question::quit(model);
    Vec::new()
}

/// Everything unsaved is handed over, then the program ends. Replies under way are stopped and kept.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    let turns: Vec<TurnId> = model.live.keys().copied().collect();
    let mut effects = Vec::new();
    for turn in turns {
        effects.extend(turns::stop(model, turn));
    }
    effects.push(park(model));
    effects.push(keep_settings(model));
    effects.push(Effect::Quit);
    effects
}

/// Makes the key map from the settings; mistakes are said and the defaults hold.
pub fn rekey(model: &mut Model) -> Vec<Effect> {
    match Keymap::new(&model.settings.keys) {
        Ok(keymap) => model.keymap = keymap,
        Err(wrong) => {
            model.keymap = Keymap::new(&BTreeMap::new()).unwrap_or_default();
            for sentence in wrong {
                model.say(Level::Warning, sentence);
            }
        }
    }
    Vec::new()
}
