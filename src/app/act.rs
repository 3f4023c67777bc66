//! Acting on messages: select, copy, edit, ask again, branch, rate, delete; and scrolling.

use super::panes::{picker, question};
use super::{Effect, Level, Model, Order, Save, Scroll, send, turns};
use crate::words::{MessageId, MessageState, ModelRef, Part, Purpose, Role, clean};
use std::sync::Arc;

fn scroll(by: Scroll) -> Vec<Effect> {
    vec![Effect::Screen(Order::Scroll(by))]
}

pub fn page_up(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Pages(-1))
}

pub fn page_down(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Pages(1))
}

pub fn line_up(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Lines(-1))
}

pub fn line_down(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Lines(1))
}

pub fn top(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Top)
}

pub fn bottom(model: &mut Model, _: &str) -> Vec<Effect> {
    model.thread_mut().selected = None;
    scroll(Scroll::Bottom)
}

/// The message that an action is about: the selected one, else the last reply of the shown branch.
fn subject(model: &Model) -> Option<MessageId> {
    let thread = model.thread();
    thread.selected.or_else(|| {
        thread.shown().rev().map(|n| &n.message).find(|m| m.role == Role::Assistant).map(|m| m.id)
    })
}

// === selecting ===

pub fn select_previous(model: &mut Model, _: &str) -> Vec<Effect> {
    let thread = model.thread();
    let at = thread.selected.and_then(|id| thread.position(id)).unwrap_or(thread.path().len());
    let Some(id) = at.checked_sub(1).and_then(|at| thread.path().get(at)).copied() else { return Vec::new() };
    model.thread_mut().selected = Some(id);
    scroll(Scroll::Reveal(id))
}

pub fn select_next(model: &mut Model, _: &str) -> Vec<Effect> {
    let thread = model.thread();
    let Some(at) = thread.selected.and_then(|id| thread.position(id)) else { return Vec::new() };
    let next = thread.path().get(at + 1).copied();
    model.thread_mut().selected = next;
    match next {
        Some(id) => scroll(Scroll::Reveal(id)),
        None => scroll(Scroll::Bottom),
    }
}

pub fn leave(model: &mut Model, _: &str) -> Vec<Effect> {
    model.thread_mut().selected = None;
    Vec::new()
}

// === reading ===

pub fn thinking(model: &mut Model, _: &str) -> Vec<Effect> {
    if let Some(id) = subject(model) {
        model.thread_mut().toggle(id);
    }
    Vec::new()
}

pub fn unfold(model: &mut Model, _: &str) -> Vec<Effect> {
    thinking(model, "")
}

pub fn copy(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(text) = subject(model).and_then(|id| model.thread().message(id)).map(|m| m.plain()) else {
        model.say(Level::Info, "there is nothing to copy yet");
        return Vec::new();
    };
    send_copy(model, &text)
}

pub fn copy_last(model: &mut Model, _: &str) -> Vec<Effect> {
    copy(model, "")
}

/// A code block: the last one; again: the one before, round and round.
pub fn copy_code(model: &mut Model, _: &str) -> Vec<Effect> {
    let thread = model.thread();
    let text = match thread.selected {
        Some(id) => thread.message(id).map(|m| m.plain()),
        None => thread.shown().rev().map(|n| n.message.plain()).find(|text| !blocks(text).is_empty()),
    };
    let blocks = blocks(&text.unwrap_or_default());
    if blocks.is_empty() {
        model.say(Level::Info, "there is no code block here");
        return Vec::new();
    }
    let count = blocks.len();
    let before = model.copied.filter(|(at, of)| *of == count && *at > 0).map_or(count, |(at, _)| at);
    let at = before - 1;
    model.copied = Some((at, count));
    let mut effects = send_copy(model, &blocks[at]);
    if count > 1 {
        model.say(Level::Info, format!("code block {} of {count} sent to the terminal", at + 1));
    }
    effects.truncate(1);
    effects
}

/// Fenced code blocks of a Markdown text.
pub fn blocks(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char, String)> = None;
    for line in text.lines() {
        let bare = line.trim_start();
        let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'));
        let length = mark.map_or(0, |m| bare.chars().take_while(|c| *c == m).count());
        match &mut open {
            None if length >= 3 => open = mark.map(|m| (length, m, String::new())),
            Some((fence, m, _))
                if length >= *fence && mark == Some(*m) && bare[length..].trim().is_empty() =>
            {
                found.extend(open.take().map(|(_, _, code)| code));
            }
            Some((_, _, code)) => {
                code.push_str(line);
                code.push('\n');
            }
            None => {}
        }
    }
    found.extend(open.map(|(_, _, code)| code));
    found
}

fn send_copy(model: &mut Model, text: &str) -> Vec<Effect> {
    let turn = model.next_turn();
    // never "copied": nobody knows what the terminal does with it
    model.say(Level::Info, format!("{} sent to the terminal's clipboard", send::size(text.len())));
    vec![Effect::Copy { turn, text: clean(text).into_owned() }]
}

// === asking again ===

pub fn stop(model: &mut Model, _: &str) -> Vec<Effect> {
    let selected = model.thread().selected.and_then(|id| model.writing(id)).map(|(turn, _)| turn);
    let turn = selected.or_else(|| model.live_here().last().map(|(turn, _)| turn));
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
    let (answer, mut effects) = turns::ask(model, Some(prompt), who, Purpose::Chat);
    effects.extend(send::keep(model, &[answer]));
    effects
}

/// A reply that was stopped, cut or lost is continued from its last word.
pub fn go_on(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(message) = subject(model).and_then(|id| model.thread().message(id)).cloned() else {
        return Vec::new();
    };
    if message.role != Role::Assistant || turns::ending(&message).is_none() || message.parts.is_empty() {
        model.say(Level::Info, "that reply ended by itself: there is nothing to go on from");
        return Vec::new();
    }
    let who = message.by.as_ref().map_or_else(|| model.model().clone(), ModelRef::from);
    turns::ask_on(model, message.id, who)
}

/// What is sent next answers this message: a new branch.
pub fn go_on_from_here(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(id) = model.thread().selected else { return Vec::new() };
    let thread = model.thread_mut();
    thread.go_on_from(Some(id));
    thread.selected = None;
    model.say(Level::Info, "the next prompt makes a new branch from here; the old one is kept");
    super::switch::keep_session(model)
}

/// A prompt comes back into the composer; sent, it is a branch beside the old one.
pub fn edit(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(id) = model.thread().selected.and_then(|id| prompt_of(model, id)) else { return Vec::new() };
    let Some(message) = model.thread().message(id).cloned() else { return Vec::new() };
    let draft = send::at_end(&message.plain());
    let thread = model.thread_mut();
    thread.go_on_from(message.parent);
    thread.selected = None;
    model.say(Level::Info, "edit and send: the old branch is kept");
    send::replace(model, draft)
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
    let mut effects = Vec::new();
    for turn in busy {
        model.live.remove(&turn);
        effects.push(Effect::Stop { turn });
    }
    let messages = model.thread_mut().remove(id);
    let session = model.here;
    effects.push(Effect::Save(vec![
        Save::RemoveMessages { session, messages },
        Save::Session(Box::new(model.session().clone())),
    ]));
    effects
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
    effects.extend(scroll(Scroll::Reveal(other)));
    effects
}

/// The shown branch as Markdown, into a file of the session's name.
pub fn export(model: &mut Model, name: &str) -> Vec<Effect> {
    let thread = model.thread();
    let mut text = format!("# {}\n", thread.session.title);
    for node in thread.shown() {
        let message = &node.message;
        let who = match (message.role, &message.by) {
            (Role::User, _) => "You".to_owned(),
            (_, Some(by)) => by.to_string(),
            (role, None) => format!("{role:?}"),
        };
        text.push_str(&format!("\n## {who}\n\n{}\n", message.plain().trim()));
        for part in &message.parts {
            if let Part::Image { .. } = part {
                text.push_str("\n(an image)\n");
            }
        }
        if let MessageState::Stopped = message.state {
            text.push_str("\n(stopped)\n");
        }
    }
    let name = if name.is_empty() { slug(&thread.session.title) } else { name.to_owned() };
    let turn = model.next_turn();
    vec![Effect::Export { turn, name, text }]
}

fn slug(title: &str) -> String {
    let words: String =
        title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let words = words.split('-').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-");
    format!("{}.md", if words.is_empty() { "conversation" } else { &words })
}
