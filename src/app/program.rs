//! The program itself: layout, line, and the ways out of it.

use super::panes::question;
use super::pending::Running;
use super::switch::{keep_settings, park};
use super::{Effect, Key, Keymap, Level, MeterPlace, Model, attach, draft, recall, turns};
use crate::words::TurnId;
use std::collections::BTreeMap;
use std::time::Duration;

pub fn meter(model: &mut Model, _: &str) -> Vec<Effect> {
    model.settings.meter = match model.settings.meter {
        MeterPlace::Bottom => MeterPlace::Right,
        MeterPlace::Right => MeterPlace::Hidden,
        MeterPlace::Hidden => MeterPlace::Bottom,
    };
    vec![keep_settings(model)]
}

pub fn vi(model: &mut Model, _: &str) -> Vec<Effect> {
    model.settings.vi = !model.settings.vi;
    let state = if model.settings.vi { "on: Esc leaves insert mode" } else { "off" };
    model.say(Level::Info, format!("vi keys {state}"));
    vec![keep_settings(model)]
}

pub fn bandwidth(model: &mut Model, _: &str) -> Vec<Effect> {
    model.settings.low_bandwidth = !model.settings.low_bandwidth;
    let state = if model.settings.low_bandwidth { "on" } else { "off" };
    model.say(Level::Info, format!("low-bandwidth mode {state}"));
    vec![keep_settings(model)]
}

/// Titles by a cheap model, or from the first words.
pub fn titles(model: &mut Model, _: &str) -> Vec<Effect> {
    model.settings.titles_by_model = !model.settings.titles_by_model;
    let said = if model.settings.titles_by_model {
        "new sessions are named by a cheap model of the provider that answered; that costs a little and is shown"
    } else {
        "new sessions are named by their first words"
    };
    model.say(Level::Info, said);
    vec![keep_settings(model)]
}

pub fn refresh(model: &mut Model, _: &str) -> Vec<Effect> {
    let turn = model.next_turn();
    let what = "looking for local servers and new models".to_owned();
    model.pending.refresh = Some(Running { turn, session: model.here, command: what, since: model.now });
    turns::wake(model).into_iter().chain([Effect::Refresh { turn }]).collect()
}

pub fn redraw(_: &mut Model, _: &str) -> Vec<Effect> {
    vec![Effect::Redraw]
}

pub fn suspend(_: &mut Model, _: &str) -> Vec<Effect> {
    vec![Effect::Suspend]
}

/// Ctrl-C: stops a reply or what runs beside it, else clears the prompt (Alt-Z brings it back), else asks to be pressed again.
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
    if model.pending.under_way().next().is_some() {
        return attach::stop(model, "");
    }
    if !model.draft().text.is_empty() {
        let draft = model.draft().clone();
        recall::remember(model, &draft);
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
    if model.answering() == 0 {
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
    effects.extend(super::undo::forget_removed(model));
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
