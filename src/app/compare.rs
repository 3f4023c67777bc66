//! One prompt, several models, side by side; the winner goes on, the others stay as branches.

use super::model::Compare;
use super::{Effect, Level, Mark, Model, Place, ask, choose, draft, send, switch, turns};
use crate::words::{ModelRef, Purpose};

/// Asks them all at once.
pub fn start(model: &mut Model, models: &[ModelRef]) -> Vec<Effect> {
    let parts = draft::parts(model.draft());
    if model.streaming() {
        model.say(Level::Warning, "a reply is under way: Esc stops it");
        return Vec::new();
    }
    let parent = model.thread().goes_on_from();
    let prompt = send::prompt(model, parts, parent);
    let mut asked = Vec::new();
    let mut replies = Vec::new();
    for who in models {
        let (id, effects) = ask::ask(model, Some(prompt), who.clone(), Purpose::Compare);
        replies.push(id);
        asked.extend(effects);
    }
    // whatever ends this, a branch with an answer is shown
    if let Some(first) = replies.first() {
        model.thread_mut().show(*first);
    }
    let mut ids = vec![prompt];
    ids.extend(&replies);
    let mut effects = send::keep(model, &ids);
    effects.extend(asked);
    effects.extend(draft::sent(model));
    let tops = vec![Mark::default(); replies.len()];
    model.compare = Some(Compare { prompt, replies, at: 0, tops });
    effects
}

pub fn left(model: &mut Model, _: &str) -> Vec<Effect> {
    turn(model, -1)
}

pub fn right(model: &mut Model, _: &str) -> Vec<Effect> {
    turn(model, 1)
}

fn turn(model: &mut Model, by: isize) -> Vec<Effect> {
    if let Some(compare) = &mut model.compare {
        let count = compare.replies.len().max(1);
        compare.at = (compare.at + count).wrapping_add_signed(by) % count;
    }
    Vec::new()
}

/// The chosen column was scrolled to this row.
pub fn scrolled(model: &mut Model, place: Place) {
    let Some(compare) = &mut model.compare else { return };
    if let (Place::At { mark, .. }, Some(top)) = (place, compare.tops.get_mut(compare.at)) {
        *top = mark;
    }
}

/// Stops the chosen column's reply.
pub fn stop(model: &mut Model, _: &str) -> Vec<Effect> {
    let chosen = model.compare.as_ref().and_then(|c| c.replies.get(c.at)).copied();
    let turn = chosen.and_then(|id| model.writing(id)).map(|(turn, _)| turn);
    turn.map_or_else(Vec::new, |turn| turns::stop(model, turn))
}

/// The chosen one wins: the conversation goes on from it, and the verdict is kept for the picker. Who still answers is
/// stopped: nobody waits for it, it costs, and the next prompt would wait.
pub fn pick(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(compare) = model.compare.take() else { return Vec::new() };
    let Some(winner) = compare.replies.get(compare.at).copied() else { return Vec::new() };
    let others = compare.replies.iter().filter(|reply| **reply != winner);
    let under_way: Vec<_> = others.filter_map(|id| model.writing(*id)).map(|(turn, _)| turn).collect();
    let kept = if under_way.is_empty() { "branches" } else { "stopped, and branches" };
    let mut wins = None;
    for reply in &compare.replies {
        // who failed or said nothing lost to nobody's judgement
        let answered = model.thread().message(*reply).filter(|m| !m.plain().trim().is_empty());
        let Some(by) = answered.and_then(|m| m.by.clone()) else { continue };
        let who = ModelRef::from(&by);
        model.settings.rate(&who, 0, if *reply == winner { 1 } else { -1 });
        if *reply == winner {
            model.say(Level::Info, format!("going on with {by}; the others are {kept} beside it"));
            wins = Some(who);
        }
    }
    model.thread_mut().show(winner);
    let mut effects: Vec<Effect> = under_way.into_iter().flat_map(|turn| turns::stop(model, turn)).collect();
    // keeps the session and the verdicts too
    effects.extend(choose::set_model(model, wins.unwrap_or_else(|| model.model().clone())));
    effects
}

/// Closes without a verdict: the chosen column is shown, nothing is stopped.
pub fn close(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(compare) = model.compare.take() else { return Vec::new() };
    if let Some(id) = compare.replies.get(compare.at) {
        model.thread_mut().show(*id);
    }
    switch::keep_session(model)
}
