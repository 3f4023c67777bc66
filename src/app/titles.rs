//! A session's title by a cheap model, when the person allows it: asked beside the conversation, booked as what it is.

use super::{Card, Effect, Level, Live, Model, Save, turns};
use crate::words::{
    GenerationId, Message, MessageId, ModelRef, Params, Part, Preferences, ProviderId, Purpose,
    ReasoningParams, Receipt, Request, Role, SessionId, Titled, clean_line,
};
use std::sync::Arc;

/// How much of a prompt and of its answer the title is made from, in characters.
const ENOUGH: usize = 1_200;
/// The longest title, in characters.
const LONGEST: usize = 60;

/// Asks for a title after the first answer. Only of the provider that answered: nobody else has seen the text.
pub fn ask(model: &mut Model, session: SessionId, provider: &ProviderId) -> Vec<Effect> {
    let Some(thread) = model.threads.get(&session).filter(|_| model.settings.titles_by_model) else {
        return Vec::new();
    };
    let asked = model.live.values().any(|live| live.session == session && live.purpose == Purpose::Title);
    if thread.session.titled != Titled::Locally || asked {
        return Vec::new();
    }
    let Some(card) = cheapest(model, provider) else { return Vec::new() };
    let begin: String = thread
        .shown()
        .take(2)
        .map(|node| format!("{}\n\n", node.message.plain().chars().take(ENOUGH).collect::<String>()))
        .collect();
    let text = format!(
        "Name this conversation in at most six words, in its own language. Answer with the name alone.\n\n{begin}"
    );
    let mut tags = thread.session.tags.clone();
    tags.push("title".to_owned());
    let mine = &thread.session.preferences;
    let base = if *mine == Preferences::default() { &model.settings.preferences } else { mine };
    let preferences = Preferences { only: vec![provider.to_string()], profile: None, ..base.clone() };
    // who always thinks gets room for it, and is told to be short
    let thinks = card.supports("reasoning");
    let effort = card.efforts.first().copied();
    let params = Params {
        max_tokens: Some(if thinks { 1_000 } else { 40 }),
        reasoning: effort.map(|e| ReasoningParams { effort: Some(e), ..ReasoningParams::default() }),
        ..Params::default()
    };
    let who = ModelRef::from(&card.id);
    let generation = GenerationId::new(model.now, &mut model.dice);
    let id = MessageId::new(model.now, &mut model.dice);
    let turn = model.next_turn();
    let mut live = Live::new(session, id, Purpose::Title, model.now);
    live.generation = generation;
    live.requested = who.to_string();
    live.aside = Some((Box::new(Message::loose(Role::Assistant, Vec::new())), 0));
    model.live.insert(turn, live);
    let request = Request {
        generation,
        session: Some(session),
        purpose: Purpose::Title,
        model: who,
        messages: vec![Arc::new(Message::loose(Role::User, vec![Part::text(text)]))],
        params,
        preferences,
        tags,
        ..Request::default()
    };
    vec![Effect::Ask { turn, request: Box::new(request) }]
}

/// The model with the lowest known price at a provider.
fn cheapest<'a>(model: &'a Model, provider: &ProviderId) -> Option<&'a Card> {
    let price = |card: &&Card| {
        let here = card.endpoints.iter().filter(|e| e.provider == *provider);
        here.filter_map(|e| e.prices.as_ref()).map(|p| p.prompt * 600 + p.completion * 20).min()
    };
    // canned words name nothing
    let fits = |card: &&Card| !card.demo() && price(card).is_some();
    let mut cards: Vec<&Card> = model.cards.iter().filter(fits).collect();
    // among equals one that does not think first, then the shorter name
    cards.sort_by_key(|card| (price(card), card.supports("reasoning"), card.id.as_str().len()));
    cards.first().copied()
}

/// The title is there: it takes the place of the first words, and its cost is said.
pub fn named(model: &mut Model, live: &Live, receipt: &Receipt) -> Vec<Effect> {
    let Some((message, _)) = &live.aside else { return Vec::new() };
    let title = tidy(&message.plain());
    let mut effects = Vec::new();
    if let Some(thread) = model.threads.get_mut(&live.session)
        && thread.session.titled == Titled::Locally
        && !title.is_empty()
    {
        thread.session.title = title;
        thread.session.titled = Titled::ByModel;
        effects.push(Effect::Save(vec![Save::Session(Box::new(thread.session.clone()))]));
        turns::list(model, live.session);
        let cost = receipt.cost.booked.map_or("?".to_owned(), |usd| format!("${}", usd.round(6)));
        let demo = if receipt.demo { " (demo)" } else { "" };
        model.say(Level::Info, format!("titled by {} for {cost}{demo}", receipt.model));
    }
    effects
}

/// The first line without quotes, marks and `Title:` before it.
fn tidy(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("");
    let line = line.trim_matches(|c: char| "\"'`*#“”«»_ ".contains(c));
    let line = line.strip_prefix("Title:").or_else(|| line.strip_prefix("title:")).unwrap_or(line);
    let line = clean_line(line.trim().trim_end_matches('.'));
    if line.chars().count() <= LONGEST {
        line
    } else {
        line.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}
