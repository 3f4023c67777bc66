//! What a turn will cost before it is sent: here, and on other models beside it.

use super::cost::amount;
use crate::catalog::Catalog;
use crate::words::{At, Endpoint, ModelId, Usage, Usd};
use std::sync::Arc;

/// The price of a turn that has not been sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// Prompt tokens, cached ones included.
    pub prompt: u64,
    /// The prompt alone; `None`: unknown price.
    pub sending: Option<Usd>,
    /// With a reply as long as it may be; `None`: unknown price or no known limit.
    pub worst: Option<Usd>,
    /// With a reply of `expected` tokens.
    pub likely: Option<Usd>,
    /// How long the reply may be.
    pub max_output: Option<u64>,
    /// Prompt and at least one token of reply fit the context, as far as it is known.
    pub fits: bool,
}

/// What is asked for a quote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    pub prompt: u64,
    /// Of `prompt`: what the endpoint's cache is believed to hold.
    pub cached: u64,
    /// The limit the person set.
    pub max_tokens: Option<u32>,
    /// How long replies usually are.
    pub expected: u64,
    /// Searches of the web that are asked for.
    pub searches: u64,
}

/// The quote of one endpoint.
pub fn quote(endpoint: &Endpoint, turn: &Turn, at: At) -> Quote {
    let cached = turn.cached.min(turn.prompt);
    let sent = Usage {
        prompt: turn.prompt - cached,
        cached_read: cached,
        searches: turn.searches,
        ..Usage::default()
    };
    let room = endpoint.context.map(|c| u64::from(c).saturating_sub(turn.prompt));
    let limits = [turn.max_tokens.map(u64::from), endpoint.max_output.map(u64::from), room];
    let max_output = limits.into_iter().flatten().min();
    let price = |completion: u64| {
        let prices = endpoint.prices.as_ref()?;
        amount(&Usage { completion, ..sent }, prices, at)
    };
    // a reseller may choose the dearest of its hosts
    let worst = |completion: u64| {
        let resold = endpoint.resold.iter().map(|prices| amount(&Usage { completion, ..sent }, prices, at));
        resold.chain([price(completion)]).try_fold(Usd::ZERO, |most, price| Some(most.max(price?)))
    };
    Quote {
        prompt: turn.prompt,
        sending: price(0),
        worst: max_output.and_then(worst),
        likely: price(max_output.map_or(turn.expected, |most| most.min(turn.expected))),
        max_output,
        fits: room.is_none_or(|room| room > 0),
    }
}

/// The same turn on other models: for each the cheapest of its endpoints that may be used. Nothing is cached there.
pub fn beside(
    catalog: &Catalog,
    models: &[ModelId],
    turn: &Turn,
    at: At,
    usable: impl Fn(&Endpoint) -> bool,
) -> Vec<(ModelId, Quote)> {
    let cold = Turn { cached: 0, ..*turn };
    let best = |model: &ModelId| {
        let endpoints = catalog.endpoints(model).iter().filter(|e| e.tier().is_none() && usable(e));
        let quotes = endpoints.map(|e: &Arc<Endpoint>| quote(e, &cold, at));
        quotes.min_by_key(|q| (!q.fits, q.likely.is_none(), q.likely))
    };
    models.iter().filter_map(|model| Some((model.clone(), best(model)?))).collect()
}
