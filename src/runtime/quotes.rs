//! What sending the draft would cost: messages are weighed once, only the draft is weighed at every pause in typing.

use crate::app::Quote;
use crate::catalog::Catalog;
use crate::config;
use crate::metering::{self, Counter, Tally, Tokenizer, Turn};
use crate::routing::{self, Names};
use crate::store::{Of, Store};
use crate::words::{At, Endpoint, Message, MessageId, ModelId, ModelRef, ProviderId, Request};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Messages of the session on the screen with their weight: in tokens of o200k, and counted by a tokenizer of one's own.
#[derive(Default)]
pub struct Quotes {
    weighed: Mutex<BTreeMap<MessageId, Weighed>>,
}

struct Weighed {
    message: Arc<Message>,
    tally: Tally,
    exact: Option<(Tokenizer, u64)>,
}

/// What quoting looks at.
pub struct Known<'a> {
    pub catalog: &'a Catalog,
    pub names: &'a Names,
    pub counter: &'a Counter,
    pub usable: &'a BTreeSet<ProviderId>,
    pub store: &'a Store,
    pub today: i32,
    pub now: At,
}

/// Role marks and separators round each message, in tokens.
const FRAME: u64 = 4;
/// How long a reply usually is, until the person's own are known.
const USUAL: u64 = 500;
/// Days of replies that say how long they usually are.
const PAST: i32 = 30;

impl Quotes {
    /// The same request on each of the models. Blocks; loads a vocabulary the first time it is needed.
    pub fn quote(&self, request: &Request, models: &[ModelRef], known: &Known<'_>) -> Vec<Quote> {
        models.iter().filter_map(|name| self.one(request, name, known)).collect()
    }

    fn one(&self, request: &Request, name: &ModelRef, known: &Known<'_>) -> Option<Quote> {
        // the same name that routing would make of it
        let resolved = routing::resolve(name, known.catalog, known.names).ok()?;
        let model = known.catalog.model(resolved.models.first()?.model.as_str())?;
        let (prompt, exact) = self.prompt(request, &model.id, known.counter);
        let turn = Turn {
            prompt,
            cached: 0,
            max_tokens: request.params.max_tokens,
            expected: usual(known, &model.id),
        };
        let usable = config::usable(known.usable);
        let wishes = &request.preferences;
        let listed = |names: &[String], e: &Endpoint| {
            names.iter().any(|n| *n == e.tag || n.as_str() == e.provider.as_str())
        };
        let allowed =
            |e: &Endpoint| (wishes.only.is_empty() || listed(&wishes.only, e)) && !listed(&wishes.ignore, e);
        let one = std::slice::from_ref(&model.id);
        let mut quotes = metering::beside(known.catalog, one, &turn, known.now, |e| usable(e) && allowed(e));
        if quotes.is_empty() {
            // no key yet: what it would cost with one
            quotes = metering::beside(known.catalog, one, &turn, known.now, |_| true);
        }
        let (_, quote) = quotes.pop()?;
        Some(Quote {
            model: model.id.clone(),
            prompt_tokens: quote.prompt,
            exact,
            sending: quote.sending,
            cost: quote.likely,
            worst: quote.worst,
            context: model.context,
            demo: model.demo,
        })
    }

    /// Tokens of the request for this model, and whether its own tokenizer counted them.
    fn prompt(&self, request: &Request, model: &ModelId, counter: &Counter) -> (u64, bool) {
        let tokenizer = Tokenizer::load(model);
        let mut kept = self.weighed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = BTreeMap::new();
        let (mut tally, mut exact) = (Tally::default(), 0);
        for message in &request.messages {
            let mut weighed = match kept.remove(&message.id) {
                Some(weighed) if Arc::ptr_eq(&weighed.message, message) => weighed,
                _ => Weighed { message: Arc::clone(message), tally: Tally::message(message), exact: None },
            };
            tally += weighed.tally;
            if let Some(tokenizer) = tokenizer {
                let count = weighed.exact.filter(|(by, _)| *by == tokenizer).map(|(_, count)| count);
                let count = count.unwrap_or_else(|| count_message(tokenizer, message));
                weighed.exact = Some((tokenizer, count));
                exact += count;
            }
            // the draft has no id of its own and changes with every key
            if message.id != MessageId::nil() {
                next.insert(message.id, weighed);
            }
        }
        *kept = next;
        match tokenizer {
            Some(_) => (exact, true),
            None => (counter.tokens(model, &tally), false),
        }
    }
}

/// The text by the tokenizer; what is no text as the estimate has it.
fn count_message(tokenizer: Tokenizer, message: &Message) -> u64 {
    let text = message.plain();
    let rest = Tally::message(message).milli().saturating_sub(Tally::of(&text).milli() + FRAME * 1000);
    tokenizer.count(&text) + rest.div_ceil(1000) + FRAME
}

/// The mean length of this model's replies lately, else of all.
fn usual(known: &Known<'_>, model: &ModelId) -> u64 {
    let mean = |of| {
        let days = known.today - PAST..known.today + 1;
        let totals = known.store.totals(days, false, of).wait().ok()?;
        let answered = totals.requests.checked_sub(totals.failed + totals.cancelled).filter(|n| *n >= 3)?;
        totals.usage.output().checked_div(answered).filter(|mean| *mean > 0)
    };
    mean(Of::Model(model.clone())).or_else(|| mean(Of::All)).unwrap_or(USUAL)
}
