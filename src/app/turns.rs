//! Asking, and hearing what comes back: several replies may be under way at once, in one session or in many.

use super::{Effect, Level, Live, Model, Reading, Save, live, panes};
use crate::words::{
    At, Attempt, Cost, CostSource, EndpointId, Failure, FailureKind, GenerationId, Message, MessageId,
    MessageState, ModelId, ModelRef, Outcome, Part, Preferences, ProviderId, Purpose, Receipt, Reply,
    Request, Role, SessionId, Stop, TurnId,
};
use std::sync::Arc;
use std::time::Duration;

/// The text so far is on disk at least this often.
const KEEP_EVERY: Duration = Duration::from_millis(500);

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
    let turn = model.next_turn();
    let generation = GenerationId::new(model.now, &mut model.dice);
    let mut request = request(model, upto, who);
    request.generation = generation;
    request.purpose = purpose;
    let mut live = Live::new(model.here, id, purpose, model.now);
    live.generation = generation;
    live.requested = request.model.as_str().to_owned();
    model.live.insert(turn, live);
    model.thread_mut().session.updated = model.now;
    let mut effects = vec![Effect::Ask { turn, request: Box::new(request) }];
    effects.extend(wake(model));
    effects
}

/// The request that answers `upto` in the session on the screen.
pub fn request(model: &Model, upto: Option<MessageId>, who: ModelRef) -> Request {
    let thread = model.thread();
    let session = &thread.session;
    let mut messages = Vec::new();
    let mut at = upto;
    // never more than there are: a damaged store may hold a circle of parents
    for _ in 0..thread.count() {
        let Some(message) = at.and_then(|id| thread.message(id)) else { break };
        // a reply that failed before its first word says nothing to anybody
        if message.role != Role::Assistant || !message.parts.is_empty() {
            messages.push(Arc::clone(message));
        }
        at = message.parent;
    }
    let system = session.system.as_deref().filter(|s| !s.trim().is_empty());
    messages.extend(system.map(|system| Arc::new(Message::loose(Role::System, vec![Part::text(system)]))));
    messages.reverse();
    Request {
        session: Some(session.id),
        fallbacks: session.fallbacks.clone(),
        messages,
        params: session.params.clone(),
        preferences: preferences(model),
        tags: session.tags.clone(),
        model: who,
        ..Request::default()
    }
}

/// The session's preferences, else the person's, with the one-key profile underneath.
fn preferences(model: &Model) -> Preferences {
    let mine = &model.session().preferences;
    let base = if *mine == Preferences::default() { &model.settings.preferences } else { mine };
    Preferences { profile: base.profile.or(model.settings.profile), ..base.clone() }
}

/// One item of an answer. An answer of a turn that is not under way says nothing.
pub fn reply(model: &mut Model, turn: TurnId, reply: Reply) -> Vec<Effect> {
    let at = model.now;
    let Some(live) = model.live.get_mut(&turn) else { return Vec::new() };
    if live.aside.is_some() {
        return aside(model, turn, reply);
    }
    let Some(thread) = model.threads.get_mut(&live.session) else { return Vec::new() };
    let id = live.message;
    match reply {
        Reply::Chosen(chosen) => {
            thread.change(id, |message| live.chosen(chosen, message));
        }
        Reply::Waiting { endpoint, until, failure } => {
            live.waits(endpoint.as_str(), until, &failure);
            thread.change(id, |_| ());
        }
        Reply::FellBack { from, failure } => {
            live.fell_back(from.as_str(), &failure, at);
            thread.change(id, |_| ());
        }
        Reply::Resumed { from, endpoint, model, failure } => {
            live.resumed(from.as_str(), endpoint.as_str(), &failure);
            thread.change(id, |message| message.by = Some(model));
        }
        Reply::Delta(delta) => {
            thread.change(id, |message| live.heard(delta, message, at));
            if at.since(live.saved) >= KEEP_EVERY {
                live.saved = at;
                let session = live.session;
                let message = thread.message(id).map(Arc::clone);
                return message
                    .map(|message| Effect::Save(vec![Save::Message { session, message }]))
                    .into_iter()
                    .collect();
            }
        }
        Reply::Done(receipt) => return ended(model, turn, MessageState::Done, *receipt),
        Reply::Failed { failure, receipt } => {
            return ended(model, turn, MessageState::Failed(failure), *receipt);
        }
    }
    Vec::new()
}

/// A reply that stands outside the conversation (a summary).
fn aside(model: &mut Model, turn: TurnId, reply: Reply) -> Vec<Effect> {
    let at = model.now;
    let Some(live) = model.live.get_mut(&turn) else { return Vec::new() };
    let Some((mut message, keep)) = live.aside.take() else { return Vec::new() };
    match reply {
        Reply::Chosen(chosen) => live.chosen(chosen, &mut message),
        Reply::Delta(delta) => live.heard(delta, &mut message, at),
        Reply::Done(_) => {
            live.aside = Some((message, keep));
            let Some(live) = model.live.remove(&turn) else { return Vec::new() };
            return panes::context::summarised(model, &live);
        }
        Reply::Failed { failure, .. } => {
            model.live.remove(&turn);
            model.say(Level::Error, sentence(&failure));
            return Vec::new();
        }
        Reply::Waiting { .. } | Reply::FellBack { .. } | Reply::Resumed { .. } => {}
    }
    live.aside = Some((message, keep));
    Vec::new()
}

/// The last word of a reply: the message is kept with its receipt, the figures move on.
fn ended(model: &mut Model, turn: TurnId, state: MessageState, receipt: Receipt) -> Vec<Effect> {
    let Some(live) = model.live.remove(&turn) else { return Vec::new() };
    let (booked, demo, usage) = (receipt.cost.booked, receipt.demo, receipt.usage);
    let cut = receipt.stop == Some(Stop::Length);
    let budget = match &state {
        MessageState::Failed(failure) if failure.kind == FailureKind::Budget => Some(failure.clone()),
        _ => None,
    };
    let mut effects = settle(model, &live, state, receipt);
    for (total, counts) in [
        (if demo { &mut model.spent.today_demo } else { &mut model.spent.today }, true),
        (
            if demo { &mut model.spent.session_demo } else { &mut model.spent.session },
            live.session == model.here,
        ),
    ] {
        if counts {
            total.requests += 1;
            total.usage += usage;
            total.booked += booked.unwrap_or_default();
            total.unpriced += u64::from(booked.is_none());
        }
    }
    if cut && live.session == model.here {
        model.say(Level::Warning, "the reply was cut at its length limit: Alt-G goes on");
    }
    if let Some(failure) = budget {
        panes::question::budget(model, live.message, &failure);
    }
    let turn = model.next_turn();
    model.pending.tally = Some(turn);
    effects.push(Effect::Tally { turn, session: model.here });
    if !model.focused && model.settings.notify && model.now.since(live.asked) > Duration::from_secs(5) {
        let title = model.threads.get(&live.session).map_or("", |t| t.session.title.as_str());
        effects.push(Effect::Notify(format!("fareway: the reply is there ({title})")));
    }
    effects.extend(forget(model, live.session));
    effects
}

/// Puts state and receipt into the message and keeps it.
fn settle(model: &mut Model, live: &Live, state: MessageState, receipt: Receipt) -> Vec<Effect> {
    let Some(thread) = model.threads.get_mut(&live.session) else { return Vec::new() };
    thread.change(live.message, |message| {
        message.state = state;
        message.by.get_or_insert_with(|| receipt.model.clone());
        message.receipt = Some(Box::new(receipt));
    });
    thread.session.updated = model.now;
    let session = live.session;
    let mut saves: Vec<Save> = thread
        .message(live.message)
        .map(|message| Save::Message { session, message: Arc::clone(message) })
        .into_iter()
        .collect();
    saves.push(Save::Session(Box::new(thread.session.clone())));
    list(model, session);
    vec![Effect::Save(saves)]
}

/// Stops one reply and keeps what was heard, with what we think it cost: the ledger has the exact row.
pub fn stop(model: &mut Model, turn: TurnId) -> Vec<Effect> {
    let Some(live) = model.live.remove(&turn) else { return Vec::new() };
    let receipt = stopped(&live, model.now);
    let mut effects = vec![Effect::Stop { turn }];
    effects.extend(settle(model, &live, MessageState::Stopped, receipt));
    let turn = model.next_turn();
    model.pending.tally = Some(turn);
    effects.push(Effect::Tally { turn, session: model.here });
    effects.extend(forget(model, live.session));
    effects
}

fn stopped(live: &Live, now: At) -> Receipt {
    let reading = live.reading(now);
    let (endpoint, by, provider) = match &live.chosen {
        Some(c) => (c.endpoint.clone(), c.model.clone(), c.provider.clone()),
        None => (EndpointId::new(""), ModelId::new(&live.requested), ProviderId::new("")),
    };
    let cost = Cost {
        booked: reading.cost,
        source: if reading.cost.is_some() { CostSource::Estimate } else { CostSource::Unknown },
        ..Cost::default()
    };
    let total = now.since(live.asked);
    let attempt = Attempt {
        endpoint: endpoint.clone(),
        model: by.clone(),
        provider: provider.clone(),
        key: None,
        started: live.asked,
        ttft: reading.ttft,
        total,
        status: None,
        usage: reading.usage,
        cost: cost.clone(),
        outcome: Outcome::Cancelled,
        hedge: false,
        rescue: false,
    };
    Receipt {
        generation: live.generation,
        requested: live.requested.clone(),
        model: by,
        provider,
        endpoint,
        attempts: vec![attempt],
        usage: reading.usage,
        cost,
        ttft: reading.ttft,
        total,
        stop: None,
        native_stop: None,
        upstream_id: None,
        demo: reading.demo,
        decision: None,
    }
}

/// A conversation that is neither shown nor answered is not kept in memory.
pub fn forget(model: &mut Model, session: SessionId) -> Option<Effect> {
    let busy = model.live.values().any(|live| live.session == session);
    if session != model.here && !busy {
        model.threads.remove(&session);
    }
    None
}

/// The list of sessions follows the threads.
pub fn list(model: &mut Model, id: SessionId) {
    let Some(thread) = model.threads.get(&id) else { return };
    if thread.is_empty() {
        return;
    }
    let session = thread.session.clone();
    model.sessions.retain(|s| s.id != id);
    let at = model.sessions.partition_point(|s| s.updated > session.updated);
    model.sessions.insert(at, session);
}

/// Seconds that move while something is under way.
pub fn tick(model: &mut Model) -> Vec<Effect> {
    wake(model).into_iter().collect()
}

/// Asks for the next whole second while a reply is under way; nothing when all is quiet.
fn wake(model: &Model) -> Option<Effect> {
    (!model.live.is_empty()).then(|| Effect::Wake(At::from_secs(model.now.secs() + 1)))
}

/// How a finished or failed message ended, in a phrase for its foot; `None` when it simply ended.
pub fn ending(message: &Message) -> Option<String> {
    match &message.state {
        MessageState::Done => match message.receipt.as_ref().and_then(|r| r.stop) {
            Some(Stop::Length) => Some("cut at the length limit".into()),
            Some(Stop::ContentFilter) => Some("ended by the provider's filter".into()),
            _ => None,
        },
        MessageState::Partial => Some("not finished".into()),
        MessageState::Stopped => Some("stopped".into()),
        MessageState::Failed(failure) => Some(sentence(failure)),
    }
}

fn sentence(failure: &Failure) -> String {
    let mut text = crate::words::clean_line(&failure.message);
    if !failure.nearest.is_empty() {
        text.push_str(&format!(" Nearest names: {}.", failure.nearest.join(", ")));
    }
    text
}

/// What the header of a message says of tokens and money.
pub fn reading(model: &Model, message: &Message) -> Option<Reading> {
    match model.writing(message.id) {
        Some((_, live)) => Some(live.reading(model.now)),
        None => message.receipt.as_deref().map(Reading::of),
    }
}

/// What happened on the way to a message: live while it is heard, from the receipt later.
pub fn notes(model: &Model, message: &Message) -> Vec<String> {
    match model.writing(message.id) {
        Some((_, live)) => live.notes.clone(),
        None => live::notes(message),
    }
}
