//! What if: the same requests on another model or at the cheapest host, with the assumptions said.

use super::cost::amount;
use super::count::Counter;
use crate::catalog::Catalog;
use crate::words::{At, Endpoint, GenerationRow, ModelId, Usage, Usd};
use std::sync::Arc;
use std::time::Duration;

/// Where the requests would have gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This model, at the cheapest of its endpoints.
    Model(ModelId),
    /// The models they went to, each at its cheapest endpoint: the *cheapest* profile.
    CheapestHost,
}

/// The answer. Requests whose price was or would be unknown are in neither sum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WhatIf {
    /// Requests that are in both sums.
    pub requests: u64,
    pub was: Usd,
    pub would: Usd,
    /// Left out: no price then, or none there.
    pub unpriced: u64,
    /// Left out: the prompt would not have fitted, or no endpoint may be used.
    pub impossible: u64,
    /// Median time to first token, then and there, where both are known.
    pub ttft: Option<(Duration, Duration)>,
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
}

impl WhatIf {
    /// Money saved; negative when it would have been dearer.
    pub fn saved(&self) -> Usd {
        self.was - self.would
    }
}

/// What is needed to price elsewhere.
pub struct Elsewhere<'a, F, L> {
    pub catalog: &'a Catalog,
    pub counter: &'a Counter,
    /// Whether an endpoint may be used at all: there is a key, the preferences allow it.
    pub usable: F,
    /// Median time to first token of a model in the past, from the ledger's totals.
    pub ttft: L,
}

/// Prices rows of the ledger again. Play money, and requests that cost nothing because they failed, are passed over.
pub fn what_if<'a, F, L>(
    rows: impl IntoIterator<Item = &'a GenerationRow>,
    target: &Target,
    elsewhere: &Elsewhere<'_, F, L>,
) -> WhatIf
where
    F: Fn(&Endpoint) -> bool,
    L: Fn(&ModelId) -> Option<Duration>,
{
    let mut answer = WhatIf::default();
    let (mut then, mut there) = (Duration::ZERO, Duration::ZERO);
    let mut timed = 0u32;
    for row in rows {
        let receipt = &row.receipt;
        if receipt.demo || receipt.usage.is_empty() {
            continue;
        }
        let model = match target {
            Target::Model(model) => model,
            Target::CheapestHost => &receipt.model,
        };
        let started = receipt.attempts.first().map_or(row.at, |a| a.started);
        let usage = converted(receipt.usage, elsewhere.counter, &receipt.model, model);
        let takes = |e: &&Arc<Endpoint>| {
            (elsewhere.usable)(e) && e.context.is_none_or(|c| usage.total() <= u64::from(c))
        };
        let choices: Vec<_> = elsewhere.catalog.endpoints(model).iter().filter(takes).collect();
        if choices.is_empty() {
            answer.impossible += 1;
            continue;
        }
        let would = choices.iter().filter_map(|e| price(e, &usage, started)).min();
        let (Some(was), Some(would)) = (receipt.cost.booked, would) else {
            answer.unpriced += 1;
            continue;
        };
        answer.requests += 1;
        answer.was += was;
        answer.would += would;
        if let (Some(a), Some(b)) = (receipt.ttft, (elsewhere.ttft)(model)) {
            then += a;
            there += b;
            timed += 1;
        }
    }
    if timed > 0 {
        answer.ttft = Some((then / timed, there / timed));
    }
    answer.assumptions = assumptions(target, answer.ttft.is_some());
    answer
}

/// The tokens another model would make of the same text. Reports by providers (reasoning, images, searches) stay as
/// they are.
fn converted(usage: Usage, counter: &Counter, from: &ModelId, to: &ModelId) -> Usage {
    let (num, den) = (u128::from(counter.factor(to)), u128::from(counter.factor(from).max(1)));
    let scale = |n: u64| u64::try_from(u128::from(n) * num / den).unwrap_or(u64::MAX);
    Usage {
        prompt: scale(usage.prompt),
        completion: scale(usage.completion),
        cached_read: scale(usage.cached_read),
        cache_write_5m: scale(usage.cache_write_5m),
        cache_write_1h: scale(usage.cache_write_1h),
        ..usage
    }
}

fn price(endpoint: &Endpoint, usage: &Usage, at: At) -> Option<Usd> {
    amount(usage, endpoint.prices.as_ref()?, at)
}

fn assumptions(target: &Target, timed: bool) -> Vec<String> {
    let mut said = vec![
        "today's prices, at the hour each request was made".to_owned(),
        "replies as long as they were; token counts scaled by what is known of each model's tokenizer"
            .to_owned(),
        "the same share of the prompt from a cache; where no cached price is listed, at the full price"
            .to_owned(),
        "searches and reasoning as they were".to_owned(),
    ];
    if matches!(target, Target::CheapestHost) {
        said.push("every request at the cheapest host of its own model that may be used".to_owned());
    }
    if timed {
        said.push(
            "speed: the mean of the first-token times then, and of the medians seen there before".to_owned(),
        );
    }
    said
}
