//! Asking, and hearing what comes back: several replies may be under way at once, in one session or in many.

use super::{
    Effect, Level, Live, Model, Reading, Save, Unseen, draft, panes, queue, shorten, telling, titles,
};
use crate::words::{
    At, Attempt, Cost, CostSource, EndpointId, FailureKind, MessageState, ModelId, Outcome, ProviderId,
    Purpose, Receipt, Reply, SessionId, Stop, TurnId, Usd,
};
use std::sync::Arc;
use std::time::Duration;

/// The text so far is on disk at least this often.
const KEEP_EVERY: Duration = Duration::from_millis(500);
/// How often the figures of a reply under way move; slower on a slow line, and when nobody looks.
const FIGURES_EVERY: Duration = Duration::from_millis(250);
const FIGURES_EVERY_LOW: Duration = Duration::from_secs(1);

/// True until it is gone on with, or asked again.
pub(super) fn cut_short(model: &Model) -> String {
    format!("the reply was cut at its length limit: {} goes on", model.keymap.way("continue"))
}

/// A reply that took longer is told to somebody who looks elsewhere.
const LONG: Duration = Duration::from_secs(5);

/// One item of an answer. An answer of a turn that is not under way says nothing.
pub fn reply(model: &mut Model, turn: TurnId, reply: Reply) -> Vec<Effect> {
    let effects = hear(model, turn, reply);
    measure(model);
    effects
}

/// Lets the figures of what is under way move on, if it is time.
fn measure(model: &mut Model) {
    let calm = model.settings.low_bandwidth || !model.focused;
    let every = if calm { FIGURES_EVERY_LOW } else { FIGURES_EVERY };
    for live in model.live.values_mut() {
        live.measure(model.now, every);
    }
}

fn hear(model: &mut Model, turn: TurnId, reply: Reply) -> Vec<Effect> {
    let at = model.now;
    let Some(live) = model.live.get_mut(&turn) else { return Vec::new() };
    if live.aside.is_some() {
        return aside(model, turn, reply);
    }
    let Some(thread) = model.threads.get_mut(&live.session) else { return Vec::new() };
    let tokenizers = &model.tokenizers;
    let id = live.message;
    match reply {
        Reply::Chosen(chosen) => {
            thread.change(id, |message| live.chosen(chosen, message, at));
        }
        Reply::Waiting { endpoint, until, failure } => {
            live.waits(endpoint.as_str(), until, &failure);
            thread.change(id, |_| ());
        }
        Reply::FellBack { from, failure } => {
            live.fell_back(from.as_str(), &failure, at);
            thread.change(id, |_| ());
        }
        Reply::Resumed { from, failure, chosen } => {
            thread.change(id, |message| live.resumed(from.as_str(), &failure, chosen, message));
        }
        Reply::Delta(delta) => {
            thread.change(id, |message| live.heard(delta, message, tokenizers, at));
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
        Reply::Chosen(chosen) => live.chosen(chosen, &mut message, at),
        Reply::Delta(delta) => live.heard(delta, &mut message, &model.tokenizers, at),
        Reply::Done(receipt) => {
            live.aside = Some((message, keep));
            let Some(live) = model.live.remove(&turn) else { return Vec::new() };
            let mut effects = match live.purpose {
                Purpose::Title => titles::named(model, &live, &receipt),
                _ => shorten::summarised(model, &live),
            };
            effects.push(tally(model));
            effects.extend(queue::ended(model, live.session, true));
            effects.extend(forget(model, live.session));
            return effects;
        }
        Reply::Failed { failure, .. } => {
            let (purpose, session) = (live.purpose, live.session);
            model.live.remove(&turn);
            // without a title by a model the first words stand
            if purpose != Purpose::Title {
                model.say(Level::Error, telling::sentence(&failure));
                queue::ended(model, session, false);
            }
            return vec![tally(model)];
        }
        Reply::Waiting { .. } | Reply::FellBack { .. } | Reply::Resumed { .. } => {}
    }
    live.aside = Some((message, keep));
    Vec::new()
}

/// The last word of a reply: the message is kept with its receipt, the figures move on.
fn ended(model: &mut Model, turn: TurnId, state: MessageState, receipt: Receipt) -> Vec<Effect> {
    let Some(mut live) = model.live.remove(&turn) else { return Vec::new() };
    let (booked, demo, usage) = (receipt.cost.booked, receipt.demo, receipt.usage);
    let cut = receipt.stop == Some(Stop::Length);
    let refusal = match &state {
        MessageState::Failed(failure) => Some(failure.clone()),
        _ => None,
    };
    let failed = state != MessageState::Done;
    let provider = (state == MessageState::Done).then(|| receipt.provider.clone());
    if let Some(off) = super::reading::off(&receipt.cost) {
        model.mischarged.insert(receipt.model.clone(), off);
    }
    // who was cut short may want the rest first
    let well =
        state == MessageState::Done && matches!(receipt.stop, None | Some(Stop::Stop | Stop::ToolCalls));
    let mut effects = settle(model, &mut live, state, receipt);
    if let Some(provider) = provider.filter(|_| live.purpose == Purpose::Chat) {
        effects.extend(titles::ask(model, live.session, &provider));
    }
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
        model.say(Level::Warning, cut_short(model));
    }
    match refusal {
        Some(failure) if failure.kind == FailureKind::Budget => {
            panes::question::budget(model, live.message, &failure);
        }
        Some(failure) if live.session == model.here => {
            effects.extend(panes::context::refused(model, &failure));
            effects.extend(draft::weigh(model));
        }
        _ => {}
    }
    if !failed && live.session == model.here && live.purpose == Purpose::Chat {
        warn_of_context(model, usage.total());
    }
    effects.push(tally(model));
    effects.extend(queue::ended(model, live.session, well));
    effects.extend(away(model, &live, failed));
    effects.extend(forget(model, live.session));
    effects
}

/// Says once that the context fills: when a reply has taken it past the mark.
fn warn_of_context(model: &mut Model, used: u64) {
    let replies = model.thread().shown().rev().filter_map(|node| node.message.receipt.as_deref());
    let before = replies.map(|receipt| receipt.usage.total()).nth(1).unwrap_or(0);
    let size = model.card(model.model().as_str()).and_then(|card| card.context());
    if let Some(percent) = size.and_then(|size| panes::context::filling(before, used, size)) {
        let way = panes::context::key(model);
        model.say(Level::Warning, format!("the context is {percent} % full: {way} makes room"));
    }
}

/// A reply ended and nobody looks: the title says so, and after a long one a notification. One for a comparison.
fn away(model: &mut Model, live: &Live, failed: bool) -> Option<Effect> {
    if model.focused {
        return None;
    }
    model.unseen = Some(if failed { Unseen::Failed } else { Unseen::Answered });
    let took = model.now.since(live.asked);
    let more = model.live.values().any(|l| l.session == live.session && l.purpose != Purpose::Title);
    if !model.settings.notify || took <= LONG || more {
        return None;
    }
    let title = model.threads.get(&live.session).map_or("", |t| t.session.title.as_str());
    let ended = if failed { "failed" } else { "answered" };
    Some(Effect::Notify(format!("{ended} after {}: {title}", crate::words::seconds(took))))
}

/// What the ledger makes of today and of this session.
pub(super) fn tally(model: &mut Model) -> Effect {
    let turn = model.next_turn();
    model.pending.tally = Some(turn);
    Effect::Tally { turn, session: model.here }
}

/// Puts state and receipt into the message and keeps it.
fn settle(model: &mut Model, live: &mut Live, state: MessageState, receipt: Receipt) -> Vec<Effect> {
    let Some(thread) = model.threads.get_mut(&live.session) else { return Vec::new() };
    let now = model.now;
    thread.change(live.message, |message| {
        live.thinking_ends(message, now);
        message.state = state;
        message.by.get_or_insert_with(|| receipt.model.clone());
        let receipt = match message.receipt.take() {
            Some(before) => receipt.after(*before),
            None => receipt,
        };
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
    let Some(mut live) = model.live.remove(&turn) else { return Vec::new() };
    let receipt = stopped(&live, model.now);
    let mut effects = vec![Effect::Stop { turn }];
    effects.extend(settle(model, &mut live, MessageState::Stopped, receipt));
    effects.push(tally(model));
    effects.extend(queue::ended(model, live.session, false));
    effects.extend(forget(model, live.session));
    effects
}

fn stopped(live: &Live, now: At) -> Receipt {
    let (reading, source) = match live.nothing_taken() {
        true => (Reading { cost: Some(Usd::ZERO), ..Reading::default() }, CostSource::Catalog),
        false => (live.reading(now), CostSource::Estimate),
    };
    let (endpoint, by, provider) = match &live.chosen {
        Some(c) => (c.endpoint.clone(), c.model.clone(), c.provider.clone()),
        None => (EndpointId::new(""), ModelId::new(&live.requested), ProviderId::new("")),
    };
    let cost = Cost {
        booked: reading.cost,
        source: if reading.cost.is_some() { source } else { CostSource::Unknown },
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
        dearer: live.chosen.as_ref().and_then(|chosen| chosen.dearer),
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

/// A conversation that is neither shown nor answered is not kept in memory, unless something for its draft is on its way.
pub fn forget(model: &mut Model, session: SessionId) -> Option<Effect> {
    let awaited = model.pending.run.as_ref().is_some_and(|run| run.session == session)
        || model.pending.attach.iter().any(|(_, of)| *of == session);
    let busy = awaited || model.live.values().any(|live| live.session == session);
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
    measure(model);
    wake(model).into_iter().collect()
}

/// Asks for the next whole second while a reply, or something beside it, is under way; nothing when all is quiet.
pub fn wake(model: &Model) -> Option<Effect> {
    let moves = !model.live.is_empty() || model.pending.under_way().next().is_some();
    moves.then(|| Effect::Wake(At::from_secs(model.now.secs() + 1)))
}
