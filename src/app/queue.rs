//! Prompts sent while a reply is under way: they wait under it and go out one after the other when it has ended well.

use super::model::Compare;
use super::{Effect, Level, Model, Save, ask, compare, draft, send};
use crate::words::{Draft, Purpose, SessionId};

/// The draft waits for its turn; the composer is free again.
pub fn push(model: &mut Model, draft: Draft) -> Vec<Effect> {
    let thread = model.thread_mut();
    thread.queue.push_back(draft);
    draft::clear(model)
}

/// The prompt queued last comes back into the composer.
pub fn back(model: &mut Model, _: &str) -> Vec<Effect> {
    match model.thread_mut().queue.pop_back() {
        Some(draft) => draft::replace(model, draft),
        None => Vec::new(),
    }
}

/// Enter on an empty composer: the first of those that were held goes out.
pub fn send_held(model: &mut Model) -> Vec<Effect> {
    if model.streaming() { Vec::new() } else { next(model, model.here) }
}

/// A reply of this session has ended: the next prompt goes out, unless the reply failed or was stopped.
pub fn ended(model: &mut Model, session: SessionId, well: bool) -> Vec<Effect> {
    let busy = model.live.values().any(|l| l.session == session && l.purpose != Purpose::Title);
    let waiting = model.threads.get(&session).map_or(0, |thread| thread.queue.len());
    if busy || waiting == 0 {
        return Vec::new();
    }
    if well {
        return next(model, session);
    }
    if session == model.here {
        held(model);
    }
    Vec::new()
}

/// Says what waits here and is not sent by itself.
pub fn held(model: &mut Model) {
    let waiting = model.thread().queue.len();
    if waiting > 0 && !model.streaming() {
        let what =
            if waiting == 1 { "a queued prompt is".into() } else { format!("{waiting} queued prompts are") };
        let text = format!("{what} held: Enter sends the next one, Esc takes the last one back");
        model.say(Level::Warning, text);
    }
}

/// Sends the first one, in whichever session it waits; who reads elsewhere stays there.
fn next(model: &mut Model, session: SessionId) -> Vec<Effect> {
    let here = std::mem::replace(&mut model.here, session);
    let thread = model.thread_mut();
    let (place, selected) = (thread.place, thread.selected);
    let mut effects = Vec::new();
    if let Some(draft) = thread.queue.pop_front() {
        if model.compare.as_ref().is_some_and(|compare| is_of(model, compare)) {
            // a comparison without a verdict goes on from the chosen column
            effects.extend(compare::close(model, ""));
        }
        let who = model.model().clone();
        let head = model.session().head;
        let prompt = send::prompt(model, draft::parts(&draft), head);
        let (answer, asked) = ask::ask(model, Some(prompt), who, Purpose::Chat);
        effects.extend(send::keep(model, &[prompt, answer]));
        effects.push(save(model));
        effects.extend(asked);
        let thread = model.thread_mut();
        (thread.place, thread.selected) = (place, selected);
    }
    model.here = here;
    effects
}

fn is_of(model: &Model, compare: &Compare) -> bool {
    model.thread().message(compare.prompt).is_some()
}

/// The draft on disk holds what waits, too: whatever ends the program, no prompt is lost.
pub fn save(model: &Model) -> Effect {
    Effect::Save(vec![Save::Draft { session: model.here, draft: model.thread().unsent() }])
}
