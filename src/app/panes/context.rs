//! When the context fills: drop the oldest, summarise them, or move to a larger model. Every way is a new branch.

use super::{Outcome, Overlay, close, picker, stay, step};
use crate::app::{Code, Effect, Key, Level, Live, Model, Save, send, switch};
use crate::metering::Tally;
use crate::words::{Message, MessageId, Part, Purpose, Request, Role};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub at: usize,
    /// How many of the newest messages stay.
    pub keep: usize,
}

pub const CHOICES: [&str; 4] = [
    "Summarise the older ones with this session's model",
    "Leave the older ones out",
    "Move to a model with a larger context",
    "Leave it as it is",
];

pub fn open(model: &mut Model, _: &str) -> Vec<Effect> {
    if model.thread().path().len() < 4 {
        model.say(Level::Info, "there is little to make smaller yet");
        return Vec::new();
    }
    let keep = (model.thread().path().len() / 2).clamp(2, 20);
    model.overlays.push(Overlay::Context(State { at: 0, keep }));
    Vec::new()
}

/// Roughly how many tokens a message is: what its receipt says, else by its length.
pub fn tokens(message: &Message) -> u64 {
    if let Some(receipt) = message.receipt.as_deref().filter(|r| r.usage.completion > 0) {
        return receipt.usage.completion;
    }
    Tally::message(message).milli().div_ceil(1000)
}

impl State {
    /// Tokens of the older messages and of those that stay.
    pub fn weigh(&self, model: &Model) -> (u64, u64) {
        let thread = model.thread();
        let cut = thread.path().len().saturating_sub(self.keep);
        let mut sums = (0, 0);
        for (at, node) in thread.shown().enumerate() {
            let side = if at < cut { &mut sums.0 } else { &mut sums.1 };
            *side += tokens(&node.message);
        }
        sums
    }

    pub fn key(&mut self, model: &mut Model, key: Key) -> Outcome {
        if step(&mut self.at, CHOICES.len(), key) {
            return stay();
        }
        let most = model.thread().path().len().saturating_sub(1);
        match (key.code, self.at) {
            (Code::Esc, _) => close(),
            (Code::Left | Code::Char('-'), _) => {
                self.keep = self.keep.saturating_sub(2).max(2);
                stay()
            }
            (Code::Right | Code::Char('+'), _) => {
                self.keep = (self.keep + 2).min(most);
                stay()
            }
            (Code::Enter, 0) => (false, summarise(model, self.keep)),
            (Code::Enter, 1) => (false, shorten(model, self.keep, None)),
            (Code::Enter, 2) => (false, picker::open_larger(model)),
            (Code::Enter, _) => close(),
            _ => stay(),
        }
    }
}

/// A new branch of copies: a summary (if any), then the newest `keep` messages. The old branch stays beside it.
fn shorten(model: &mut Model, keep: usize, summary: Option<String>) -> Vec<Effect> {
    let thread = model.thread();
    let cut = thread.path().len().saturating_sub(keep);
    let kept: Vec<Arc<Message>> = thread.shown().skip(cut).map(|n| Arc::clone(&n.message)).collect();
    let count = cut;
    let mut ids = Vec::new();
    let mut parent = None;
    model.thread_mut().go_on_from(None);
    let first = summary.map(|text| {
        let text = format!("Summary of the {count} messages before this:\n\n{text}");
        Message::text(MessageId::nil(), None, Role::User, text, model.now)
    });
    for message in first.into_iter().chain(kept.iter().map(|m| (**m).clone())) {
        let id = MessageId::new(model.now, &mut model.dice);
        // a copy carries no receipt: its money was spent once
        let copy = Message { id, parent, receipt: None, ..message };
        parent = Some(id);
        ids.push(id);
        model.thread_mut().push(Arc::new(copy));
    }
    model.say(
        Level::Info,
        format!("{count} older messages are left out on this branch; the whole one is beside it"),
    );
    send::keep(model, &ids)
}

/// Asks for a summary of the older messages; `summarised` makes the branch when it is there.
fn summarise(model: &mut Model, keep: usize) -> Vec<Effect> {
    let thread = model.thread();
    let cut = thread.path().len().saturating_sub(keep);
    let mut messages: Vec<Arc<Message>> = thread.shown().take(cut).map(|n| Arc::clone(&n.message)).collect();
    messages.push(Arc::new(Message::loose(
        Role::User,
        vec![Part::text(
            "Summarise our conversation so far for yourself: what was asked, what was found, decided and left open, \
             with every name, number and constraint that matters later. At most 400 words, no preamble.",
        )],
    )));
    let who = model.model().clone();
    let id = MessageId::new(model.now, &mut model.dice);
    let mut message = Message::text(id, Some(id), Role::Assistant, "", model.now);
    message.parts.clear();
    let turn = model.next_turn();
    let mut live = Live::new(model.here, id, Purpose::Summary, model.now);
    live.requested = who.to_string();
    live.aside = Some((Box::new(message), keep));
    model.live.insert(turn, live);
    model.say(Level::Info, "summarising; Esc stops it");
    let session = Some(model.here);
    let request = Request { session, purpose: Purpose::Summary, model: who, messages, ..Request::default() };
    vec![Effect::Ask { turn, request: Box::new(request) }]
}

/// The summary is there.
pub fn summarised(model: &mut Model, live: &Live) -> Vec<Effect> {
    let Some((message, keep)) = &live.aside else { return Vec::new() };
    if live.session != model.here || message.plain().trim().is_empty() {
        model.say(Level::Warning, "no summary was made; nothing is changed");
        return Vec::new();
    }
    let mut effects = shorten(model, *keep, Some(message.plain()));
    effects.extend(switch::keep_session(model));
    effects.retain(
        |e| !matches!(e, Effect::Save(saves) if saves.iter().all(|s| matches!(s, Save::Draft { .. }))),
    );
    effects
}
