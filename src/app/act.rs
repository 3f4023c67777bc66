//! Acting on messages: select, copy, edit, ask again, branch, rate, delete; and scrolling.

use super::panes::{picker, question};
use super::undo::Undo;
use super::{Effect, Level, Model, Order, Save, Scroll, ask, draft, read, send, telling, turns};
use crate::words::{Draft, Fork, MessageId, ModelRef, Purpose, Role, clean};
use std::sync::Arc;

/// The message that an action is about: the selected one, else the last reply of the shown branch.
pub fn subject(model: &Model) -> Option<MessageId> {
    let thread = model.thread();
    thread.selected.or_else(|| {
        thread.shown().rev().map(|n| &n.message).find(|m| m.role == Role::Assistant).map(|m| m.id)
    })
}

// === asking again ===

pub fn stop(model: &mut Model, _: &str) -> Vec<Effect> {
    let selected = model.thread().selected.and_then(|id| model.writing(id)).map(|(turn, _)| turn);
    // of several the one that is read
    let thread = model.thread();
    let here = || model.live_here().filter(|(_, live)| thread.position(live.message).is_some()).last();
    let turn = selected.or_else(|| here().or_else(|| model.live_here().last()).map(|(turn, _)| turn));
    turn.map_or_else(Vec::new, |turn| turns::stop(model, turn))
}

/// The prompt that a message answers, or the message itself when it is a prompt.
fn prompt_of(model: &Model, id: MessageId) -> Option<MessageId> {
    let message = model.thread().message(id)?;
    if message.role == Role::User { Some(id) } else { message.parent }
}

pub fn regenerate(model: &mut Model, _: &str) -> Vec<Effect> {
    let who = model.model().clone();
    again(model, who)
}

pub fn regenerate_other(model: &mut Model, _: &str) -> Vec<Effect> {
    match subject(model) {
        Some(id) => picker::open_for(model, picker::For::Again(id)),
        None => Vec::new(),
    }
}

/// The same prompt once more: the new reply is a branch beside the old one.
pub fn again(model: &mut Model, who: ModelRef) -> Vec<Effect> {
    let last = model.thread().last().map(|m| m.id);
    let Some(prompt) = subject(model).or(last).and_then(|id| prompt_of(model, id)) else {
        model.say(Level::Info, "there is nothing to ask again yet");
        return Vec::new();
    };
    if model.streaming() {
        model.say(Level::Warning, "a reply is under way: Esc stops it");
        return Vec::new();
    }
    model.thread_mut().selected = None;
    let (answer, mut effects) = ask::ask(model, Some(prompt), who, Purpose::Chat);
    effects.extend(send::keep(model, &[answer]));
    effects
}

/// A reply that was stopped, cut or lost is continued from its last word.
pub fn go_on(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(message) = subject(model).and_then(|id| model.thread().message(id)).cloned() else {
        return Vec::new();
    };
    if message.role != Role::Assistant || telling::ending(&message).is_none() || message.parts.is_empty() {
        model.say(Level::Info, "that reply ended by itself: there is nothing to go on from");
        return Vec::new();
    }
    let who = message.by.as_ref().map_or_else(|| model.model().clone(), ModelRef::from);
    ask::ask_on(model, message.id, who)
}

/// What is sent next answers this message: a new branch.
pub fn go_on_from_here(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(id) = model.thread().selected else { return Vec::new() };
    let mut effects = leave_fork(model, "");
    let thread = model.thread_mut();
    thread.selected = None;
    if thread.session.head != Some(id) {
        thread.fork = Some(Fork { parent: Some(id), edits: None, parked: Draft::default() });
    }
    effects.extend(draft::reprice(model));
    effects
}

/// A prompt comes back into the composer; sent, it is a branch beside the old one.
pub fn edit(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(id) = model.thread().selected.and_then(|id| prompt_of(model, id)) else { return Vec::new() };
    let Some(message) = model.thread().message(id).cloned() else { return Vec::new() };
    if model.streaming() {
        model.say(Level::Warning, "a reply is under way: Esc stops it");
        return Vec::new();
    }
    let mut effects = leave_fork(model, "");
    let parked = model.draft().clone();
    let thread = model.thread_mut();
    thread.fork = Some(Fork { parent: message.parent, edits: Some(id), parked });
    thread.selected = None;
    effects.extend(draft::replace(model, draft::of(&message)));
    effects.extend(read::scroll(Scroll::Reveal(id)));
    effects
}

/// The next prompt goes on at the end after all; what stood in the composer before an edit is there again.
pub fn leave_fork(model: &mut Model, _: &str) -> Vec<Effect> {
    match model.thread_mut().fork.take() {
        Some(Fork { edits: Some(_), parked, .. }) => draft::replace(model, parked),
        Some(_) => draft::reprice(model).into_iter().collect(),
        None => Vec::new(),
    }
}

pub fn quote(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(text) = subject(model).and_then(|id| model.thread().message(id)).map(|m| m.plain()) else {
        return Vec::new();
    };
    model.thread_mut().selected = None;
    let quoted: String = text.lines().take(200).map(|line| format!("> {line}\n")).collect();
    vec![Effect::Screen(Order::Insert(format!("{}\n", clean(&quoted))))]
}

// === marking ===

fn mark(model: &mut Model, change: impl FnOnce(&mut crate::words::Message)) -> Vec<Effect> {
    let Some(id) = subject(model) else { return Vec::new() };
    let here = model.here;
    let writing = model.writing(id).is_some();
    let thread = model.thread_mut();
    thread.change(id, change);
    let message = thread.message(id).filter(|_| !writing).map(Arc::clone);
    message.map(|message| Effect::Save(vec![Save::Message { session: here, message }])).into_iter().collect()
}

pub fn pin(model: &mut Model, _: &str) -> Vec<Effect> {
    mark(model, |m| m.pinned = !m.pinned)
}

pub fn good(model: &mut Model, _: &str) -> Vec<Effect> {
    rate(model, 1)
}

pub fn bad(model: &mut Model, _: &str) -> Vec<Effect> {
    rate(model, -1)
}

/// Rates a reply, or takes the same rating back; the picker counts it for its model.
fn rate(model: &mut Model, to: i8) -> Vec<Effect> {
    let Some((before, by)) =
        subject(model).and_then(|id| model.thread().message(id)).map(|m| (m.rating, m.by.clone()))
    else {
        return Vec::new();
    };
    let after = if before == to { 0 } else { to };
    let mut effects = mark(model, |m| m.rating = after);
    if let Some(by) = by {
        model.settings.rate(&ModelRef::from(&by), before, after);
        effects.push(super::switch::keep_settings(model));
    }
    effects
}

pub fn delete(model: &mut Model, _: &str) -> Vec<Effect> {
    if let Some(id) = model.thread().selected {
        question::delete(model, id);
    }
    Vec::new()
}

/// Takes a message and all that follows it out, here and in the store.
pub fn delete_now(model: &mut Model, id: MessageId) -> Vec<Effect> {
    let gone = model.thread().below(id);
    let busy: Vec<_> =
        model.live.iter().filter(|(_, live)| gone.contains(&live.message)).map(|(turn, _)| *turn).collect();
    let mut effects: Vec<Effect> = super::undo::forget_removed(model).into_iter().collect();
    if model.thread().fork.as_ref().is_some_and(|f| f.parent.or(f.edits).is_some_and(|id| gone.contains(&id)))
    {
        effects.extend(leave_fork(model, ""));
    }
    for turn in busy {
        effects.extend(turns::stop(model, turn));
    }
    let (session, head) = (model.here, model.session().head);
    let kept = gone.iter().filter_map(|id| model.thread().message(*id)).map(Arc::clone).collect();
    model.undo = Some(Undo::Messages { session, messages: kept, head });
    let messages = model.thread_mut().remove(id);
    model.say(Level::Info, "deleted: /undo, or u at a message, brings it back");
    effects.push(Effect::Save(vec![
        Save::RemoveMessages { session, messages },
        Save::Session(Box::new(model.session().clone())),
    ]));
    effects
}

/// What was deleted last comes back, in its place in the tree.
pub fn undo(model: &mut Model, _: &str) -> Vec<Effect> {
    super::undo::undo(model)
}

// === branches ===

pub fn branch_left(model: &mut Model, _: &str) -> Vec<Effect> {
    branch(model, -1)
}

pub fn branch_right(model: &mut Model, _: &str) -> Vec<Effect> {
    branch(model, 1)
}

fn branch(model: &mut Model, by: isize) -> Vec<Effect> {
    let Some(id) = subject(model) else { return Vec::new() };
    let thread = model.thread_mut();
    let (at, _) = thread.branch(id);
    let Some(other) = at.checked_add_signed(by).and_then(|at| thread.siblings(id).get(at)).copied() else {
        return Vec::new();
    };
    thread.show(other);
    thread.selected = Some(other);
    let mut effects = super::switch::keep_session(model);
    effects.extend(read::scroll(Scroll::Reveal(other)));
    effects
}
