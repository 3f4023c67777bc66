//! Making a conversation smaller: older exchanges are left out or summarised, on a new branch beside the whole one.

use super::undo::{self, Undo};
use super::{Effect, Level, Live, Model, ask, draft, send};
use crate::metering::Tally;
use crate::words::{Message, MessageId, MessageState, ModelRef, Part, Purpose, Request, Role};
use std::sync::Arc;

type Messages = Vec<Arc<Message>>;

/// The shown branch taken apart: what would go, and what stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cut {
    pub older: Messages,
    pub stays: Messages,
    /// Older exchanges that stay because one of their messages is pinned.
    pub pinned: usize,
    /// The last prompt has no answer: it is asked again afterwards.
    pub unanswered: bool,
}

/// A prompt and what was answered to it, oldest first; a failed answer without a word is none.
fn exchanges(model: &Model) -> Vec<Messages> {
    let mut all: Vec<Messages> = Vec::new();
    for message in model.thread().shown().map(|node| &node.message) {
        if message.role == Role::Assistant && message.parts.is_empty() {
            continue;
        }
        let answered = |exchange: &Messages| exchange.iter().any(|m| m.role == Role::Assistant);
        match all.last_mut() {
            Some(last) if message.role != Role::User || !answered(last) => last.push(Arc::clone(message)),
            _ => all.push(vec![Arc::clone(message)]),
        }
    }
    all
}

pub fn count(model: &Model) -> usize {
    exchanges(model).len()
}

/// The newest so many exchanges stay, and pinned ones.
pub fn cut(model: &Model, keep: usize) -> Cut {
    let all = exchanges(model);
    let from = all.len().saturating_sub(keep);
    let mut cut = Cut::default();
    for (at, exchange) in all.into_iter().enumerate() {
        let pinned = at < from && exchange.iter().any(|message| message.pinned);
        cut.pinned += usize::from(pinned);
        if at < from && !pinned { &mut cut.older } else { &mut cut.stays }.extend(exchange);
    }
    cut.unanswered = cut.stays.last().is_some_and(|message| message.role == Role::User);
    cut
}

/// Roughly how many tokens messages are: what their receipts say, else by their length.
pub fn tokens(messages: &[Arc<Message>]) -> u64 {
    let one = |message: &Arc<Message>| match message.receipt.as_deref() {
        Some(receipt) if receipt.usage.completion > 0 => receipt.usage.completion,
        _ => Tally::message(message).milli().div_ceil(1000),
    };
    messages.iter().map(one).sum()
}

/// A new branch of copies: a summary (if any), then what stays. The old branch stays beside it, and `/undo` shows it again.
pub fn shorten(model: &mut Model, keep: usize, summary: Option<String>) -> Vec<Effect> {
    let cut = cut(model, keep);
    let count = cut.older.len();
    let (session, head) = (model.here, model.session().head);
    let mut effects: Vec<Effect> = undo::forget_removed(model).into_iter().collect();
    model.undo = Some(Undo::Branch { session, head });
    let mut ids = Vec::new();
    let mut parent = None;
    model.thread_mut().go_on_from(None);
    let first = summary.map(|text| {
        let text = format!("Summary of the {count} messages before this:\n\n{text}");
        Message::text(MessageId::nil(), None, Role::User, text, model.now)
    });
    for message in first.into_iter().chain(cut.stays.iter().map(|m| (**m).clone())) {
        let id = MessageId::new(model.now, &mut model.dice);
        // a copy carries no receipt: its money was spent once
        let copy = Message { id, parent, receipt: None, ..message };
        parent = Some(id);
        ids.push(id);
        model.thread_mut().push(Arc::new(copy));
    }
    model.say(
        Level::Info,
        format!("{count} older messages are left out on this branch; /undo goes back to the whole one"),
    );
    let mut asked = Vec::new();
    if cut.unanswered {
        let who = model.model().clone();
        let (answer, effects) = ask::ask(model, parent, who, Purpose::Chat);
        ids.push(answer);
        asked = effects;
    }
    effects.extend(send::keep(model, &ids));
    effects.extend(asked);
    effects.extend(draft::weigh(model));
    effects
}

/// Asks for a summary of the older messages; [`summarised`] makes the branch when it is there.
pub fn summarise(model: &mut Model, keep: usize, who: ModelRef) -> Vec<Effect> {
    let mut messages = cut(model, keep).older;
    let count = messages.len();
    messages.push(Arc::new(Message::loose(
        Role::User,
        vec![Part::text(
            "Summarise our conversation so far for yourself: what was asked, what was found, decided and left open, \
             with every name, number and constraint that matters later. At most 400 words, no preamble.",
        )],
    )));
    let id = MessageId::new(model.now, &mut model.dice);
    let mut message = Message::text(id, Some(id), Role::Assistant, "", model.now);
    message.parts.clear();
    message.state = MessageState::Partial;
    let turn = model.next_turn();
    let mut live = Live::new(model.here, id, Purpose::Summary, model.now);
    live.requested = who.to_string();
    live.aside = Some((Box::new(message), keep));
    model.live.insert(turn, live);
    model.say(Level::Info, format!("{who} summarises {count} messages; Esc stops it"));
    let session = Some(model.here);
    let request = Request { session, purpose: Purpose::Summary, model: who, messages, ..Request::default() };
    vec![Effect::Ask { turn, request: Box::new(request) }]
}

/// The summary is there; who reads another session stays in it.
pub fn summarised(model: &mut Model, live: &Live) -> Vec<Effect> {
    let Some((message, keep)) = &live.aside else { return Vec::new() };
    if message.plain().trim().is_empty() || !model.threads.contains_key(&live.session) {
        model.say(Level::Warning, "no summary was made; nothing is changed");
        return Vec::new();
    }
    let here = std::mem::replace(&mut model.here, live.session);
    let effects = shorten(model, *keep, Some(message.plain()));
    model.here = here;
    effects
}
