//! Choosing what answers: the session's model, favourites, the one before, the one-key profile.

use super::switch::{keep_session, keep_settings};
use super::{Effect, Level, Model, draft};
use crate::words::{ModelRef, Profile};

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
    let mut effects = keep_session(model);
    effects.push(keep_settings(model));
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
        let mine = model.session().preferences.profile.or(model.settings.profile);
        let now = mine.unwrap_or(Profile::Balanced);
        let at = all.iter().position(|p| *p == now).unwrap_or(0);
        all[(at + 1) % all.len()]
    });
    model.settings.profile = Some(next);
    model.say(Level::Info, format!("profile {}: {}", next.name(), meaning(next)));
    let mut effects = vec![keep_settings(model)];
    effects.extend(draft::reprice(model));
    // a profile of the session's own would hide the one just chosen
    if model.thread_mut().session.preferences.profile.take().is_some() {
        effects.extend(keep_session(model));
    }
    effects
}

fn meaning(profile: Profile) -> &'static str {
    match profile {
        Profile::Balanced => "price first, health minded",
        Profile::Cheapest => "the lowest price of each request",
        Profile::Fastest => "the most tokens a second",
        Profile::Best => "the best endpoint whatever it costs",
        Profile::Private => "nobody who keeps prompts or trains on them",
    }
}
