//! What if: the same requests on another model or at the cheapest host, with the assumptions said.

use super::cost::amount;
use super::count::Counter;
use crate::catalog::Catalog;
use crate::words::{At, Endpoint, GenerationRow, ModelId, Profile, ProviderId, Usage, Usd};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where the requests would have gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This model, at the cheapest of its endpoints.
    Model(ModelId),
    /// The models they went to, each at the host this profile would have preferred.
    Profile(Profile),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(model) => model.fmt(f),
            Self::Profile(profile) => write!(f, "same models, {}", profile.name()),
        }
    }
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
pub struct Elsewhere<'a> {
    pub catalog: &'a Catalog,
    pub counter: &'a Counter,
    /// Whether an endpoint may be used at all: there is a key, the preferences allow it.
    pub usable: &'a dyn Fn(&Endpoint) -> bool,
    /// What the ledger's totals say of a model, at this provider or (`None`) at all of them.
    pub past: &'a dyn Fn(&ModelId, Option<&ProviderId>) -> Past,
}

/// How fast somebody has been.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Past {
    /// Median time to the first token.
    pub ttft: Option<Duration>,
    /// Median output tokens per second.
    pub rate: Option<f64>,
}

/// Prices rows of the ledger again. Play money, and requests that cost nothing because they failed, are passed over.
pub fn what_if<'a>(
    rows: impl IntoIterator<Item = &'a GenerationRow>,
    target: &Target,
    elsewhere: &Elsewhere<'_>,
) -> WhatIf {
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
            Target::Profile(_) => &receipt.model,
        };
        let started = receipt.attempts.first().map_or(row.at, |a| a.started);
        let usage = converted(receipt.usage, elsewhere.counter, &receipt.model, model);
        let takes = |e: &&Arc<Endpoint>| {
            e.tier().is_none()
                && (elsewhere.usable)(e)
                && e.context.is_none_or(|c| usage.total() <= u64::from(c))
                && allows(target, e)
        };
        let choices: Vec<_> = elsewhere.catalog.endpoints(model).iter().filter(takes).collect();
        if choices.is_empty() {
            answer.impossible += 1;
            continue;
        }
        let priced: Vec<_> = choices.iter().filter_map(|e| Some((*e, price(e, &usage, started)?))).collect();
        let chosen = choose(target, &priced, elsewhere);
        let would = chosen.map(|(_, would)| would);
        let (Some(was), Some(would)) = (receipt.cost.booked, would) else {
            answer.unpriced += 1;
            continue;
        };
        answer.requests += 1;
        answer.was += was;
        answer.would += would;
        let there_before = chosen.and_then(|(e, _)| {
            let at_provider = (elsewhere.past)(model, Some(&e.provider)).ttft;
            at_provider.or_else(|| (elsewhere.past)(model, None).ttft)
        });
        if let (Some(a), Some(b)) = (receipt.ttft, there_before) {
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

/// A condition of the profile that no price makes up for.
fn allows(target: &Target, endpoint: &Endpoint) -> bool {
    let policy = endpoint.policy;
    match target {
        Target::Profile(Profile::Private) => {
            endpoint.local || (policy.declared && !policy.trains && !policy.retains)
        }
        _ => true,
    }
}

type Priced<'a> = (&'a Arc<Endpoint>, Usd);

/// Who of those that could have answered would have, and for how much.
fn choose<'a>(target: &Target, priced: &[Priced<'a>], elsewhere: &Elsewhere<'_>) -> Option<Priced<'a>> {
    let cheapest = || priced.iter().min_by_key(|(_, price)| *price).copied();
    match target {
        Target::Profile(Profile::Fastest) => {
            let rate = |e: &Endpoint| (elsewhere.past)(&e.model, Some(&e.provider)).rate.unwrap_or(0.0);
            let faster = |a: &&Priced<'_>, b: &&Priced<'_>| {
                rate(a.0).total_cmp(&rate(b.0)).then_with(|| b.1.cmp(&a.1))
            };
            priced.iter().max_by(faster).copied()
        }
        // the catalog lists the maker's own endpoint first
        Target::Profile(Profile::Best) => priced.first().copied(),
        Target::Profile(Profile::Balanced) => {
            let (first, _) = cheapest()?;
            Some((first, expected(priced)?))
        }
        Target::Model(_) | Target::Profile(Profile::Cheapest | Profile::Private) => cheapest(),
    }
}

/// The mean of the prices when each endpoint is chosen with weight 1/price², as the default spreads requests.
fn expected(priced: &[Priced<'_>]) -> Option<Usd> {
    let least = priced.iter().map(|(_, price)| *price).min()?;
    if least.is_zero() {
        return Some(Usd::ZERO);
    }
    // relative to the cheapest, in millionths: money stays a whole number
    let weight = |price: Usd| {
        let ratio = least.raw().saturating_mul(1_000) / price.raw().max(1);
        ratio.saturating_mul(ratio)
    };
    let all: i128 = priced.iter().map(|(_, price)| weight(*price)).sum();
    priced.iter().map(|(_, price)| price.scale(weight(*price), all)).sum()
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
    said.push(
        match target {
            Target::Model(_) => "every request at the cheapest host of that model that may be used",
            Target::Profile(Profile::Cheapest) => {
                "every request at the cheapest host of its own model that may be used"
            }
            Target::Profile(Profile::Fastest) => {
                "every request at the host of its own model that was fastest for you in the last ninety days; where you \
                 know none, the cheapest"
            }
            Target::Profile(Profile::Best) => "every request at its model's maker where it may be used, else the next in the catalog",
            Target::Profile(Profile::Private) => {
                "every request at the cheapest host that declares to neither keep nor train on prompts"
            }
            Target::Profile(Profile::Balanced) => {
                "requests spread over the hosts with weight 1/price², as the default does: an expected value"
            }
        }
        .to_owned(),
    );
    if timed {
        said.push(
            "speed: the mean of the first-token times then, and of the medians seen there before".to_owned(),
        );
    }
    said
}
