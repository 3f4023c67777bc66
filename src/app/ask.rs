//! Asking: the request that answers a message, and the turn that hears what comes back.

use super::{Effect, Level, Live, Model, attachments, turns};
use crate::words::{
    GenerationId, Message, MessageId, MessageState, ModelRef, Params, Part, Preferences, Purpose, Request,
    Role,
};
use std::sync::Arc;

/// Asks for an answer to `prompt` and hangs the answer under it; shows it unless it is one of a comparison.
pub fn ask(
    model: &mut Model,
    prompt: Option<MessageId>,
    who: ModelRef,
    purpose: Purpose,
) -> (MessageId, Vec<Effect>) {
    let id = MessageId::new(model.now, &mut model.dice);
    let mut message = Message::text(id, prompt, Role::Assistant, "", model.now);
    message.parts.clear();
    message.state = MessageState::Partial;
    let thread = model.thread_mut();
    let upto = prompt;
    if purpose == Purpose::Compare {
        thread.hang(Arc::new(message));
    } else {
        thread.push(Arc::new(message));
        thread.place = super::Place::Bottom;
    }
    (id, begin(model, id, upto, who, purpose))
}

/// Goes on with a message that was cut or stopped, from its last word (the gateway sends it as a prefill).
pub fn ask_on(model: &mut Model, message: MessageId, who: ModelRef) -> Vec<Effect> {
    model.thread_mut().change(message, |m| m.state = MessageState::Partial);
    begin(model, message, Some(message), who, Purpose::Chat)
}

fn begin(
    model: &mut Model,
    id: MessageId,
    upto: Option<MessageId>,
    who: ModelRef,
    purpose: Purpose,
) -> Vec<Effect> {
    let cut = turns::cut_short(model);
    model.notices.retain(|notice| notice.text != cut);
    let turn = model.next_turn();
    let generation = GenerationId::new(model.now, &mut model.dice);
    let (mut request, left_out) = put_together(model, upto, who);
    if !left_out.is_empty() {
        model.say(Level::Warning, format!("not sent again, {}", left_out.join("; ")));
    }
    request.generation = generation;
    request.message = Some(id);
    request.purpose = purpose;
    let mut live = Live::new(model.here, id, purpose, model.now);
    live.generation = generation;
    live.requested = request.model.as_str().to_owned();
    model.live.insert(turn, live);
    model.thread_mut().session.updated = model.now;
    let mut effects = vec![Effect::Ask { turn, request: Box::new(request) }];
    effects.extend(turns::wake(model));
    effects
}

/// The request that answers `upto` in the session on the screen.
pub fn request(model: &Model, upto: Option<MessageId>, who: ModelRef) -> Request {
    put_together(model, upto, who).0
}

/// The request, and what of the conversation stays behind because it would be refused for it.
fn put_together(model: &Model, upto: Option<MessageId>, who: ModelRef) -> (Request, Vec<String>) {
    let thread = model.thread();
    let session = &thread.session;
    let mut messages = Vec::new();
    let mut left_out = Vec::new();
    let mut at = upto;
    // never more than there are: a damaged store may hold a circle of parents
    for _ in 0..thread.count() {
        let Some(message) = at.and_then(|id| thread.message(id)) else { break };
        // a reply that failed before its first word says nothing to anybody
        if message.role != Role::Assistant || !message.parts.is_empty() {
            // who asks with an image just now means it
            let refused = if at == upto { None } else { attachments::refused(model, message, &who) };
            messages.push(refused.map_or_else(
                || Arc::clone(message),
                |(message, why)| {
                    left_out.push(why);
                    message
                },
            ));
        }
        at = message.parent;
    }
    let system = session.system.as_deref().filter(|s| !s.trim().is_empty());
    messages.extend(system.map(|system| Arc::new(Message::loose(Role::System, vec![Part::text(system)]))));
    messages.reverse();
    left_out.reverse();
    let request = Request {
        session: Some(session.id),
        fallbacks: session.fallbacks.clone(),
        messages,
        params: params(model).clone(),
        preferences: preferences(model),
        tags: session.tags.clone(),
        model: who,
        ..Request::default()
    };
    (request, left_out)
}

/// The session's parameters, else those saved for every session.
pub(super) fn params(model: &Model) -> &Params {
    let mine = &model.session().params;
    if *mine == Params::default() { &model.settings.params } else { mine }
}

/// The session's preferences, else the person's, with the one-key profile underneath.
fn preferences(model: &Model) -> Preferences {
    let mine = &model.session().preferences;
    let base = if *mine == Preferences::default() { &model.settings.preferences } else { mine };
    Preferences { profile: base.profile.or(model.settings.profile), ..base.clone() }
}
