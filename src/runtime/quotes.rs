//! What sending the draft would cost: messages are weighed once, only the draft is weighed at every pause in typing.

use crate::app::Quote;
use crate::gateway::Gateway;
use crate::metering::{self, Counter, Tally, Tokenizer, Turn};
use crate::store::Store;
use crate::words::{At, Filter, Message, MessageId, ModelId, ModelRef, Of, Request};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Messages of the session on the screen with their weight: in tokens of o200k, and counted by a tokenizer of one's own.
#[derive(Default)]
pub struct Quotes {
    weighed: Mutex<BTreeMap<MessageId, Weighed>>,
    /// Models whose hosts were asked for in this run.
    looked: Mutex<BTreeSet<ModelId>>,
}

struct Weighed {
    message: Arc<Message>,
    tally: Tally,
    exact: Option<(Tokenizer, u64)>,
}

/// What quoting looks at.
pub struct Known<'a> {
    pub gateway: &'a Gateway,
    pub counter: &'a Counter,
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
    /// The same request on each of the models, at the endpoint that routing would ask first under the request's own
    /// preferences. Blocks; loads a vocabulary the first time it is needed.
    pub fn quote(&self, request: &Request, models: &[ModelRef], known: &Known<'_>) -> Vec<Quote> {
        let quotes = models.iter().enumerate().filter_map(|(at, name)| {
            let mut request = Request { model: name.clone(), ..request.clone() };
            if at > 0 {
                // what the favourite itself would cost, not what stands in for it
                request.fallbacks.clear();
            }
            self.one(known.gateway.expand(request).ok()?, known)
        });
        quotes.collect()
    }

    /// Whether nobody asked this before.
    pub fn is_first_look(&self, model: &ModelId) -> bool {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner).insert(model.clone())
    }

    fn one(&self, request: Request, known: &Known<'_>) -> Option<Quote> {
        let catalog = known.gateway.catalog();
        let weight = self.weigh(&request);
        let previewed = known.gateway.preview(&request, weight.milli().div_ceil(1000).max(1));
        let (model, refused) = match &previewed {
            Ok(preview) => (preview.endpoint.model.clone(), None),
            Err(failure) => {
                let resolved = known.gateway.resolve(&request.model).ok()?;
                // no key yet: what it would cost with one; any other reason is one that the person set
                let keyless = failure.excluded_by.first().is_some_and(|by| by == Filter::NoKey.name());
                (resolved.models.first()?.model.clone(), (!keyless).then(|| failure.message.clone()))
            }
        };
        let card = catalog.model(model.as_str())?;
        let (prompt, exact) = self.prompt(&request, &model, weight, known.counter);
        let turn = Turn {
            prompt,
            cached: previewed.as_ref().map_or(0, |preview| preview.cached),
            max_tokens: request.params.max_tokens,
            expected: usual(known, &model),
            searches: u64::from(request.searches()),
        };
        let (endpoint, quote) = match previewed {
            Ok(preview) => {
                (preview.endpoint.tag.clone(), metering::quote(&preview.endpoint, &turn, known.now))
            }
            Err(_) => {
                let one = std::slice::from_ref(&model);
                let (_, quote) = metering::beside(&catalog, one, &turn, known.now, |_| true).pop()?;
                (String::new(), quote)
            }
        };
        Some(Quote {
            endpoint,
            refused,
            prompt_tokens: quote.prompt,
            exact,
            sending: quote.sending,
            cost: quote.likely,
            worst: quote.worst,
            context: card.context,
            demo: card.demo,
            model,
        })
    }

    /// What the request weighs, in tokens of o200k: a message that was weighed before costs nothing.
    fn weigh(&self, request: &Request) -> Tally {
        let mut kept = self.weighed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = BTreeMap::new();
        let mut tally = Tally::default();
        for message in &request.messages {
            let weighed = match kept.remove(&message.id) {
                Some(weighed) if Arc::ptr_eq(&weighed.message, message) => weighed,
                _ => Weighed { message: Arc::clone(message), tally: Tally::message(message), exact: None },
            };
            tally += weighed.tally;
            // the draft has no id of its own and changes with every key
            if message.id != MessageId::nil() {
                next.insert(message.id, weighed);
            }
        }
        *kept = next;
        tally
    }

    /// Tokens of the request for this model, and whether its own tokenizer counted them.
    fn prompt(&self, request: &Request, model: &ModelId, weight: Tally, counter: &Counter) -> (u64, bool) {
        let Some(tokenizer) = Tokenizer::load(model) else {
            return (counter.tokens(model, &weight), false);
        };
        let mut kept = self.weighed.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |message: &Arc<Message>| {
            let mut weighed = kept.get_mut(&message.id).filter(|w| Arc::ptr_eq(&w.message, message));
            let known = weighed.as_ref().and_then(|w| w.exact).filter(|(by, _)| *by == tokenizer);
            let count = known.map_or_else(|| count_message(tokenizer, message), |(_, count)| count);
            if let Some(weighed) = &mut weighed {
                weighed.exact = Some((tokenizer, count));
            }
            count
        };
        (request.messages.iter().map(count).sum(), true)
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
